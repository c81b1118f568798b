/*
 * What the library's files share with each other and with no program.
 */
#ifndef USER_LIB_INTERNAL_H
#define USER_LIB_INTERNAL_H

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>

#define sys(name, ...)	syscall(__NR_##name, ##__VA_ARGS__)
#define PAGE		4096UL

/* A thread; its thread-local data lies beside it, on the side the ISA chose. */
struct pthread {
	struct pthread *self;		/* i386 finds it at gs:0 */
	pid_t tid;			/* the kernel clears it at exit and wakes joiners */
	void *(*fn)(void *);
	void *arg, *result;
	void *block;			/* mapping: stack and storage together */
	size_t block_size;
} __attribute__((aligned(16)));

/* user/lib/<ISA>/tls.c */
void *__tls_place(void *block, size_t tls_size, struct pthread **p);
void __tls_set(struct pthread *p);
void *__tls_arg(struct pthread *p, void *room);

/* pthread.c */
size_t __tls_size(void);
struct pthread *__tls_init(void *block);
void __lock(int *word);
void __unlock(int *word);

/* start.c */
extern const char *__program_name;

/* stdio.c */
void __flush_all(void);

#endif
