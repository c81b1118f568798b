#ifndef KERNEL_INIT_H
#define KERNEL_INIT_H

/* Boot (kernel/main.c), and what it calls in files that have no header of their own. */
void start_kernel(void) __attribute__((noreturn));
const char *get_command_line(void);	/* whole, for /proc/cmdline */
void futex_init(void);

#endif
