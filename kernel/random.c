/*
 * random.c: random numbers by ChaCha20 with fast key erasure.
 *
 * Owns:   the key. Each request makes a stream; its first 32 bytes become the next key, so that old output cannot be
 *         computed from what is in memory later.
 * Locks:  random_lock for the key.
 */
#include "kernel/random.h"
#include "kernel/arch.h"
#include "kernel/spinlock.h"
#include "kernel/syscalls.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "kernel/uaccess.h"

#define GRND_NONBLOCK	1u
#define GRND_RANDOM	2u
#define GRND_INSECURE	4u

#define KEY_WORDS	8
#define BLOCK_BYTES	64

static DEFINE_SPINLOCK(random_lock, RANK_IRQ_LEAF);
static u32 random_key[KEY_WORDS];	/* [random_lock] */

static u32 rotl(u32 x, int n) { return x << n | x >> (32 - n); }

static void quarter_round(u32 *x, int a, int b, int c, int d)
{
	x[a] += x[b]; x[d] = rotl(x[d] ^ x[a], 16);
	x[c] += x[d]; x[b] = rotl(x[b] ^ x[c], 12);
	x[a] += x[b]; x[d] = rotl(x[d] ^ x[a], 8);
	x[c] += x[d]; x[b] = rotl(x[b] ^ x[c], 7);
}

/* Block number @counter of the stream of @key. */
static void chacha20_block(const u32 *key, u64 counter, u32 *out)
{
	static const u32 sigma[4] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };
	u32 in[16];

	memcpy(in, sigma, sizeof(sigma));
	memcpy(in + 4, key, KEY_WORDS * sizeof(u32));
	in[12] = (u32)counter;
	in[13] = (u32)(counter >> 32);
	in[14] = in[15] = 0;
	memcpy(out, in, sizeof(in));
	for (int i = 0; i < 10; i++) {
		quarter_round(out, 0, 4, 8, 12);
		quarter_round(out, 1, 5, 9, 13);
		quarter_round(out, 2, 6, 10, 14);
		quarter_round(out, 3, 7, 11, 15);
		quarter_round(out, 0, 5, 10, 15);
		quarter_round(out, 1, 6, 11, 12);
		quarter_round(out, 2, 7, 8, 13);
		quarter_round(out, 3, 4, 9, 14);
	}
	for (int i = 0; i < 16; i++)
		out[i] += in[i];
}

/* A key for one stream; ours moves on. The cycle counter makes each boot's differ a little more. */
static void take_key(u32 *key)
{
	u32 block[16];
	unsigned long flags;

	spin_lock_irqsave(&random_lock, flags);
	random_key[0] ^= (u32)get_cycles();
	random_key[1] ^= (u32)(get_cycles() >> 32);
	chacha20_block(random_key, 0, block);
	memcpy(random_key, block, sizeof(random_key));
	memcpy(key, block + KEY_WORDS, sizeof(random_key));
	spin_unlock_irqrestore(&random_lock, flags);
}

/* => any context */
void get_random_bytes(void *buf, size_t n)
{
	u32 key[KEY_WORDS], block[16];
	u8 *p = buf;

	take_key(key);
	for (u64 counter = 0; n; counter++) {
		size_t part = min_t(size_t, n, BLOCK_BYTES);

		chacha20_block(key, counter, block);
		memcpy(p, block, part);
		p += part;
		n -= part;
	}
}

/* => any context */
void add_random_seed(const void *seed, size_t n)
{
	const u8 *p = seed;
	u32 block[16];
	unsigned long flags;

	spin_lock_irqsave(&random_lock, flags);
	while (n) {
		size_t part = min(n, sizeof(random_key));

		for (size_t i = 0; i < part; i++)
			((u8 *)random_key)[i] ^= p[i];
		chacha20_block(random_key, 1, block);
		memcpy(random_key, block, sizeof(random_key));
		p += part;
		n -= part;
	}
	spin_unlock_irqrestore(&random_lock, flags);
}

/* getrandom(2): short only if a signal comes during a long request. */
long sys_getrandom(char __user *buf, size_t count, unsigned int flags)
{
	u8 chunk[256];
	size_t done = 0;

	if ((flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE)) ||
	    (flags & (GRND_RANDOM | GRND_INSECURE)) == (GRND_RANDOM | GRND_INSECURE))
		return -EINVAL;
	count = min_t(size_t, count, ~0U >> 7);
	while (done < count) {
		size_t n = min(count - done, sizeof(chunk));

		get_random_bytes(chunk, n);
		if (copy_to_user(buf + done, chunk, n))
			return done ? (long)done : -EFAULT;
		done += n;
		if (!(done % (64 * sizeof(chunk)))) {
			if (signal_pending(current))
				break;
			cond_resched();
		}
	}
	memset(chunk, 0, sizeof(chunk));
	return (long)done;
}
