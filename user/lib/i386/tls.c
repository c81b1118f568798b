/*
 * Where i386 keeps a thread's storage: gs:0 is the start of struct pthread, and the
 * program's thread-local data ends there.
 */
#include <sys/syscall.h>
#include "user/lib/internal.h"

struct user_desc {
	unsigned int entry_number;
	unsigned int base_addr;
	unsigned int limit;
	unsigned int flags;
};

#define DESC_FLAGS	0x51	/* 32-bit data, limit in pages, usable */

/* The descriptor that the kernel chose for the first thread; the others share it. */
static unsigned int entry = -1;

void *__tls_place(void *block, size_t tls_size, struct pthread **p)
{
	*p = (struct pthread *)((char *)block + tls_size);
	return block;
}

/* What clone's CLONE_SETTLS wants for p. */
void *__tls_arg(struct pthread *p, void *room)
{
	struct user_desc *d = room;

	*d = (struct user_desc){ entry, (unsigned int)p, 0xfffff, DESC_FLAGS };
	return d;
}

void __tls_set(struct pthread *p)
{
	struct user_desc d;
	long ret;

	/* errno lives in the storage that is not there yet: no syscall() here */
	asm volatile("int $0x80" : "=a"(ret)
		     : "a"(__NR_set_thread_area), "b"(__tls_arg(p, &d)) : "memory");
	if (ret)
		_exit(127);
	entry = d.entry_number;
	asm volatile("movw %w0, %%gs" : : "r"(entry * 8 + 3));
}

pthread_t pthread_self(void)
{
	struct pthread *p;

	asm("movl %%gs:0, %0" : "=r"(p));
	return p;
}
