/*
 * From the kernel's stack image to main, and back out: arguments, environment, auxiliary
 * vector, exit.
 */
#include <sys/auxv.h>
#include <stdio.h>
#include <signal.h>
#include "user/lib/internal.h"

#define MAX_ATEXIT	32

__thread int errno;
char **environ;
const char *__program_name = "?";

static unsigned long *auxv;
static void (*exit_fns[MAX_ATEXIT])(void);
static int nr_exit_fns;
static char first_tls[1024] __attribute__((aligned(64)));

int main(int argc, char **argv, char **envp);

long __set_errno(long ret)
{
	errno = -ret;
	return -1;
}

void __libc_start(long *sp)
{
	int argc = sp[0];
	char **argv = (char **)sp + 1;
	char **p = argv + argc + 1;

	environ = p;
	while (*p)
		p++;
	auxv = (unsigned long *)(p + 1);
	if (__tls_size() + sizeof(struct pthread) > sizeof(first_tls))
		_exit(127);
	__tls_set(__tls_init(first_tls));
	if (argc > 0)
		__program_name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	exit(main(argc, argv, environ));
}

unsigned long getauxval(unsigned long type)
{
	unsigned long *a;

	for (a = auxv; a[0]; a += 2)
		if (a[0] == type)
			return a[1];
	errno = ENOENT;
	return 0;
}

int atexit(void (*fn)(void))
{
	if (nr_exit_fns == MAX_ATEXIT)
		return -1;
	exit_fns[nr_exit_fns++] = fn;
	return 0;
}

void _exit(int status)
{
	for (;;)
		sys(exit_group, status);
}

void _Exit(int status)
{
	_exit(status);
}

void exit(int status)
{
	while (nr_exit_fns)
		exit_fns[--nr_exit_fns]();
	__flush_all();
	_exit(status);
}

void abort(void)
{
	signal(SIGABRT, SIG_DFL);
	raise(SIGABRT);
	_exit(127);
}

void __assert_fail(const char *expr, const char *file, int line)
{
	fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, expr);
	abort();
}
