/*
 * printk.c: the kernel's log.
 *
 * Owns:   the ring of the last log_size bytes (64 KiB, or log_buf_len=) and the console that shows it.
 * Locks:  console_lock (unranked: anybody may print anywhere) is held while a message is made, put into the ring and
 *         shown, so that messages do not mix; log_lock guards the ring for readers.
 *         Readers are woken by the tick: printk is called where a wake-up could deadlock.
 * Read next: panic.c; kernel/fs's console for who draws it.
 *
 *	log_end - log_size … log_start ……… log_end	byte counts; modulo log_size they index the ring
 *	                     └ unread by syslog(2, 3…)
 */
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "kernel/arch.h"
#include "kernel/syscalls.h"
#include "kernel/uaccess.h"
#include "kernel/lib/string.h"
#include "mm/vmalloc.h"

#define FIRST_LOG_SIZE	(64 * 1024UL)	/* a power of two */
#define MAX_LOG_SIZE	(16UL << 20)
#define LINE_MAX	1024
#define DEFAULT_LEVEL	4
#define MINIMUM_LOGLEVEL 1

int console_loglevel = 7;
int oops_in_progress;

static DEFINE_SPINLOCK(log_lock, RANK_LOG);
static DEFINE_SPINLOCK(console_lock, RANK_NONE);
static int console_owner = -1;		/* CPU that prints, to notice printing inside printing */
static char first_log_buf[FIRST_LOG_SIZE];
static char *log_buf = first_log_buf;	/* [log_lock] */
static unsigned long log_size = FIRST_LOG_SIZE;	/* [log_lock] a power of two; changes once, at boot */
static unsigned long wanted_log_size;	/* log_buf_len= */
static unsigned long log_start, log_end, log_cleared;	/* [log_lock] */
static bool at_line_start = true;	/* [console_lock] */
static char line[LINE_MAX];		/* [console_lock] */
static void (*console_write)(const char *s, size_t n) = early_console_write;
static bool readers_to_wake;
static DECLARE_WAIT_QUEUE_HEAD(log_wait);

static void ring_put(const char *s, size_t n)
{
	unsigned long flags;

	spin_lock_irqsave(&log_lock, flags);
	while (n--)
		log_buf[log_end++ & (log_size - 1)] = *s++;
	if (log_end - log_start > log_size)
		log_start = log_end - log_size;
	spin_unlock_irqrestore(&log_lock, flags);
	WRITE_ONCE(readers_to_wake, true);
}

/* The command line's log_buf_len=SIZE: log_buf_init() will see to it. */
void set_log_buf_len(const char *value)
{
	wanted_log_size = min((unsigned long)memparse(value, NULL), MAX_LOG_SIZE);
}

/*
 * A larger ring, if log_buf_len= wants one, rounded up to a power of two, with all that was logged so far. It lies in low
 * memory, where who looks into a dead machine's memory finds it.
 * => once at boot, vmalloc works
 */
void __init log_buf_init(void)
{
	unsigned long size = FIRST_LOG_SIZE, flags;
	char *buf;

	while (size < wanted_log_size)
		size *= 2;
	buf = size > FIRST_LOG_SIZE ? vmalloc_32(size) : NULL;
	if (!buf) {
		if (size > FIRST_LOG_SIZE)
			printk(KERN_WARNING "log_buf_len=%lu: no memory\n", wanted_log_size);
		return;
	}
	spin_lock_irqsave(&log_lock, flags);
	for (unsigned long i = log_end > log_size ? log_end - log_size : 0; i < log_end; i++)
		buf[i & (size - 1)] = log_buf[i & (log_size - 1)];
	log_buf = buf;
	log_size = size;
	spin_unlock_irqrestore(&log_lock, flags);
}

/* One line, or the piece of one, whose level is known: into the ring with its mark, onto the console without. */
static void emit(const char *s, size_t n, int level)
{
	char prefix[32];
	int marks, len = 0;

	if (at_line_start) {
		u64 us = arch_clock_ns() / 1000;

		marks = scnprintf(prefix, sizeof(prefix), "<%d>", level);
		len = marks + scnprintf(prefix + marks, sizeof(prefix) - marks, "[%5llu.%06llu] ",
					us / 1000000, us % 1000000);
		ring_put(prefix, len);
		if (level < console_loglevel)
			console_write(prefix + marks, len - marks);
	}
	ring_put(s, n);
	if (level < console_loglevel)
		console_write(s, n);
	at_line_start = s[n - 1] == '\n';
}

/* => console_lock held, unless the world is ending */
static int emit_lines(const char *fmt, __builtin_va_list args)
{
	static int level = DEFAULT_LEVEL;
	int n = vsnprintf(line, sizeof(line), fmt, args), len = min(n, LINE_MAX - 1);
	const char *s = line, *end = line + len;

	while (s < end) {
		const char *nl;

		if (end - s >= 3 && s[0] == '<' && isdigit(s[1]) && s[2] == '>') {
			level = s[1] - '0';
			s += 3;
		} else if (at_line_start) {
			level = DEFAULT_LEVEL;
		}
		nl = memchr(s, '\n', (size_t)(end - s));
		nl = nl ? nl + 1 : end;
		if (nl > s)
			emit(s, (size_t)(nl - s), level);
		s = nl;
	}
	return len;
}

/* As printk. */
int vprintk(const char *fmt, __builtin_va_list args)
{
	unsigned long flags;
	int n, cpu;
	bool locked;

	local_irq_save(flags);
	cpu = smp_processor_id();
	if (READ_ONCE(console_owner) == cpu && !oops_in_progress) {
		local_irq_restore(flags);
		return 0;		/* the console's driver wants to print: it cannot */
	}
	/* The holder may be a CPU that was stopped for a panic. */
	locked = oops_in_progress ? spin_trylock(&console_lock) : (spin_lock(&console_lock), true);
	WRITE_ONCE(console_owner, cpu);
	n = emit_lines(fmt, args);
	WRITE_ONCE(console_owner, -1);
	if (locked)
		spin_unlock(&console_lock);
	local_irq_restore(flags);
	return n;
}

/* A message; KERN_* in front of a line gives its level. => any context; never sleeps */
int printk(const char *fmt, ...)
{
	__builtin_va_list args;
	int n;

	__builtin_va_start(args, fmt);
	n = vprintk(fmt, args);
	__builtin_va_end(args);
	return n;
}

/* Ten messages in five seconds for each @state. => any context; a lost race prints one more or less */
bool printk_ratelimit(struct ratelimit *state)
{
	u64 now = ktime_get();

	if (!state->printed || now - state->begin > 5 * NSEC_PER_SEC) {
		state->begin = now;
		state->printed = 0;
	}
	return state->printed++ < 10;
}

/* @write shows the log from now on. => boot, one CPU; @write: any context, interrupts off */
void register_console(void (*write)(const char *s, size_t n), bool replay)
{
	unsigned long flags;

	spin_lock_irqsave(&console_lock, flags);
	console_write = write;
	for (unsigned long i = log_end > log_size ? log_end - log_size : 0; replay && i < log_end; i++)
		write(&log_buf[i & (log_size - 1)], 1);
	spin_unlock_irqrestore(&console_lock, flags);
}

/* The tick (and the idle loop) wakes who waits for messages. => interrupts off, no lock held */
void printk_tick(void)
{
	if (!READ_ONCE(readers_to_wake))
		return;
	WRITE_ONCE(readers_to_wake, false);
	if (waitqueue_active(&log_wait))
		wake_up_interruptible(&log_wait);
}

/* Bytes [from, to) of the log to the user; those overwritten meanwhile are skipped. Bytes or -EFAULT */
static int copy_log(char __user *buf, unsigned long from, unsigned long to)
{
	char chunk[128];
	int done = 0;

	while (from < to) {
		size_t n = min(to - from, sizeof(chunk));

		spin_lock_irq(&log_lock);
		for (size_t i = 0; i < n; i++)
			chunk[i] = log_buf[(from + i) & (log_size - 1)];
		spin_unlock_irq(&log_lock);
		if (copy_to_user(buf + done, chunk, n))
			return -EFAULT;
		from += n;
		done += n;
	}
	return done;
}

static int read_log(char __user *buf, int len)
{
	unsigned long from, to;
	int err = wait_event_interruptible(log_wait, READ_ONCE(log_start) != READ_ONCE(log_end));

	if (err)
		return err;
	spin_lock_irq(&log_lock);
	from = log_start;
	to = min(log_end, from + len);
	log_start = to;
	spin_unlock_irq(&log_lock);
	return copy_log(buf, from, to);
}

/* The last @len bytes since the log was cleared. */
static int read_all(char __user *buf, int len, bool clear)
{
	unsigned long from, to;

	spin_lock_irq(&log_lock);
	to = log_end;
	from = to > log_size ? to - log_size : 0;
	from = max(from, log_cleared);
	if (to - from > (unsigned long)len)
		from = to - len;
	if (clear)
		log_cleared = to;
	spin_unlock_irq(&log_lock);
	return copy_log(buf, from, to);
}

/* syslog(2). Bytes, a number, or -errno. => may sleep */
int do_syslog(int type, char __user *buf, int len)
{
	if (type != 3 && type != 10 && !capable_root())
		return -EPERM;
	if (type >= 2 && type <= 4) {
		if (!buf || len < 0)
			return -EINVAL;
		if (!len)
			return 0;
		if (!access_ok(buf, len))
			return -EFAULT;
	}
	switch (type) {
	case 0:				/* open, close */
	case 1:
		return 0;
	case 2:
		return read_log(buf, len);
	case 3:
	case 4:
		return read_all(buf, len, type == 4);
	case 5:
		WRITE_ONCE(log_cleared, READ_ONCE(log_end));
		return 0;
	case 6:				/* console off, on */
		console_loglevel = MINIMUM_LOGLEVEL;
		return 0;
	case 7:
		console_loglevel = 7;
		return 0;
	case 8:
		if (len < 1 || len > 8)
			return -EINVAL;
		console_loglevel = max(len, MINIMUM_LOGLEVEL);
		return 0;
	case 9:
		return (int)(READ_ONCE(log_end) - READ_ONCE(log_start));
	case 10:
		return (int)log_size;
	}
	return -EINVAL;
}

/* syslog(2) */
long sys_syslog(int type, char __user *buf, int len)
{
	return do_syslog(type, buf, len);
}
