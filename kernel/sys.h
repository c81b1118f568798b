#ifndef KERNEL_SYS_H
#define KERNEL_SYS_H

/* The system's names and its end (kernel/sys.c). */
#include "kernel/uapi/utsname.h"

/* The C libraries refuse kernels older than 4.15 (riscv64). */
#define UTS_RELEASE	"6.1.0-pagoda"
#define UTS_VERSION	"#1 SMP"

extern struct new_utsname system_utsname;
void sys_init(void);		/* the tunables of this file. => procfs is up */
void kernel_power_off(int code) __attribute__((noreturn));	/* files safe, then off. => process context */

#endif
