/*
 * Where RISC-V keeps a thread's storage: tp points at the end of struct pthread, and
 * the program's thread-local data follows.
 */
#include "user/lib/internal.h"

/* => p's data lies between p + 1 and the end of its block */
void *__tls_place(void *block, size_t tls_size, struct pthread **p)
{
	*p = block;
	return *p + 1;
}

void __tls_set(struct pthread *p)
{
	asm volatile("mv tp, %0" : : "r"(p + 1));
}

/* What clone's CLONE_SETTLS wants for p. */
void *__tls_arg(struct pthread *p, void *room)
{
	return p + 1;
}

pthread_t pthread_self(void)
{
	struct pthread *end;

	asm("mv %0, tp" : "=r"(end));
	return end - 1;
}
