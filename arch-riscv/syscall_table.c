/*
 * syscall_table.c: Linux's system-call numbers of RISC-V (the generic table), and the functions that serve them.
 *
 * A number without a function in asm/syscall_list.h is sys_ni_syscall: -ENOSYS, counted.
 *
 * The C compiler takes it for granted that an int in a 64-bit register is sign-extended; a user need not care. So each
 * function is reached through one that takes whole registers and passes what the prototype asks for.
 * Read next: kernel/syscalls.h, trap.c:do_syscall().
 */
#include "kernel/arch.h"
#include "kernel/syscalls.h"
#include <asm/trap.h>
#include <asm/unistd.h>

#define SYS(name, n)	CALL(name, sys_##name, n)

#pragma GCC diagnostic ignored "-Wint-conversion"	/* registers become pointers, too */
#define ARGS0
#define ARGS1		a
#define ARGS2		a, b
#define ARGS3		a, b, c
#define ARGS4		a, b, c, d
#define ARGS5		a, b, c, d, e
#define ARGS6		a, b, c, d, e, f
#define CALL(nr, fn, n) \
	static long words_to_##fn(unsigned long a, unsigned long b, unsigned long c, unsigned long d, unsigned long e, unsigned long f) \
	{ return fn(ARGS##n); }
#include <asm/syscall_list.h>
#undef CALL

#pragma GCC diagnostic ignored "-Woverride-init"	/* the first line fills what no other line names */
#define CALL(nr, fn, n)	[__NR_##nr] = (long (*)(void))(void (*)(void))words_to_##fn,

long (*const sys_call_table[NR_syscalls])(void) = {
	[0 ... NR_syscalls - 1] = sys_ni_syscall,
#include <asm/syscall_list.h>
};
const unsigned int nr_syscalls = NR_syscalls;
