/*
 * syscall_table.c: Linux's system-call numbers of RISC-V (the generic table), and the functions that serve them.
 *
 * A number without a function here is sys_ni_syscall: -ENOSYS, counted. Read next: kernel/syscalls.h, trap.c:do_syscall().
 */
#include "kernel/arch.h"
#include "kernel/syscalls.h"
#include <asm/unistd.h>

/* Each function has its own arguments; the trap passes six. */
#define CALL(nr, fn)	[__NR_##nr] = (long (*)(void))(void (*)(void))(fn)
#define SYS(name)	CALL(name, sys_##name)

#pragma GCC diagnostic ignored "-Woverride-init"	/* the first line fills what no other line names */

long (*const sys_call_table[NR_syscalls])(void) = {
	[0 ... NR_syscalls - 1] = sys_ni_syscall,
};
const unsigned int nr_syscalls = NR_syscalls;
