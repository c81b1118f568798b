/*
 * Threads over clone and futex. A thread's stack and its thread-local storage are one
 * mapping: the stack grows down from the storage. join unmaps it after the kernel has
 * cleared the tid, so that nobody still runs on it.
 */
#include <elf.h>
#include <sys/mman.h>
#include <linux/futex.h>
#include "user/lib/internal.h"

#define STACK_SIZE	(64 * 1024UL)
#define ROUND(n, to)	(((n) + (to) - 1) & ~((to) - 1))
#ifdef __NR_futex_time64
#define FUTEX_NR	__NR_futex_time64
#else
#define FUTEX_NR	__NR_futex
#endif

extern const Elf_Ehdr __ehdr_start __attribute__((visibility("hidden")));

static const Elf_Phdr *tls_segment(void)
{
	const Elf_Phdr *ph = (const void *)((const char *)&__ehdr_start + __ehdr_start.e_phoff);
	int i;

	for (i = 0; i < __ehdr_start.e_phnum; i++)
		if (ph[i].p_type == PT_TLS)
			return &ph[i];
	return NULL;
}

/* Bytes of thread-local data, rounded as the linker rounded its offsets. */
size_t __tls_size(void)
{
	const Elf_Phdr *ph = tls_segment();

	return ph ? ROUND(ph->p_memsz, ph->p_align > 16 ? ph->p_align : 16) : 0;
}

/*
 * Make block a thread's storage and initialise its data.
 * => block has room for __tls_size() and a struct pthread
 */
struct pthread *__tls_init(void *block)
{
	const Elf_Phdr *ph = tls_segment();
	struct pthread *p;
	char *data = __tls_place(block, __tls_size(), &p);

	memset(block, 0, __tls_size() + sizeof(*p));
	if (ph) {
		/* i386's data ends at p, and its offsets count from the rounded size */
		if (data == block)
			data += __tls_size() - ROUND(ph->p_memsz, ph->p_align);
		memcpy(data, (void *)(uintptr_t)ph->p_vaddr, ph->p_filesz);
	}
	p->self = p;
	return p;
}

static int futex(unsigned int *word, int op, unsigned int value)
{
	return syscall(FUTEX_NR, word, op | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

static int thread_main(void *arg)
{
	struct pthread *p = arg;

	p->result = p->fn(p->arg);
	return 0;
}

int pthread_create(pthread_t *t, const pthread_attr_t *attr, void *(*fn)(void *), void *arg)
{
	const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
		CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
	size_t size = STACK_SIZE + ROUND(__tls_size() + sizeof(struct pthread), PAGE);
	long room[4];
	struct pthread *p;
	char *block;
	int err;

	block = mmap(NULL, size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (block == MAP_FAILED)
		return EAGAIN;
	p = __tls_init(block + STACK_SIZE);
	p->fn = fn;
	p->arg = arg;
	p->block = block;
	p->block_size = size;
	if (clone(thread_main, block + STACK_SIZE, flags, p, &p->tid, __tls_arg(p, room),
		  &p->tid) < 0) {
		err = errno;
		munmap(block, size);
		return err;
	}
	*t = p;
	return 0;
}

int pthread_join(pthread_t p, void **result)
{
	pid_t tid;

	/* the kernel's wake at exit is not a private one */
	while ((tid = __atomic_load_n(&p->tid, __ATOMIC_ACQUIRE)))
		syscall(FUTEX_NR, &p->tid, FUTEX_WAIT, tid, NULL, NULL, 0);
	if (result)
		*result = p->result;
	munmap(p->block, p->block_size);
	return 0;
}

int pthread_kill(pthread_t p, int sig)
{
	return tgkill(getpid(), p->tid, sig) ? errno : 0;
}

int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	return sigprocmask(how, set, old) ? errno : 0;
}

/* A lock word: 0 free, 1 held, 2 held and somebody may be asleep on it. */
void __lock(int *word)
{
	int seen = 0;

	if (__atomic_compare_exchange_n(word, &seen, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	while (__atomic_exchange_n(word, 2, __ATOMIC_ACQUIRE))
		futex((unsigned int *)word, FUTEX_WAIT, 2);
}

void __unlock(int *word)
{
	if (__atomic_exchange_n(word, 0, __ATOMIC_RELEASE) == 2)
		futex((unsigned int *)word, FUTEX_WAKE, 1);
}

int pthread_mutex_lock(pthread_mutex_t *m)
{
	__lock(&m->word);
	return 0;
}

int pthread_mutex_unlock(pthread_mutex_t *m)
{
	__unlock(&m->word);
	return 0;
}

int pthread_barrier_init(pthread_barrier_t *b, const pthread_barrierattr_t *attr, unsigned int n)
{
	*b = (pthread_barrier_t){ n, n, 0 };
	return 0;
}

/* The last to come starts the next round, in which the others find themselves awake. */
int pthread_barrier_wait(pthread_barrier_t *b)
{
	unsigned int round = __atomic_load_n(&b->round, __ATOMIC_ACQUIRE);

	if (__atomic_sub_fetch(&b->left, 1, __ATOMIC_ACQ_REL) == 0) {
		b->left = b->count;
		__atomic_store_n(&b->round, round + 1, __ATOMIC_RELEASE);
		futex(&b->round, FUTEX_WAKE, 0x7fffffff);
		return PTHREAD_BARRIER_SERIAL_THREAD;
	}
	while (__atomic_load_n(&b->round, __ATOMIC_ACQUIRE) == round)
		futex(&b->round, FUTEX_WAIT, round);
	return 0;
}
