#ifndef ASM_SYSCALLS_H
#define ASM_SYSCALLS_H

/* System calls that only this machine has (signal.c, process.c). */
struct user_desc;

long sys_sigreturn(void);	/* => only from the end of a handler */
long sys_rt_sigreturn(void);
long sys_set_thread_area(struct user_desc __user *u);
long sys_get_thread_area(struct user_desc __user *u);

#endif
