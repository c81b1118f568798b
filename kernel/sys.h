#ifndef KERNEL_SYS_H
#define KERNEL_SYS_H

/* The system's own names and numbers (kernel/sys.c, main.c, fork.c). */
#include "kernel/types.h"
#include "kernel/uapi/utsname.h"

extern struct new_utsname system_utsname;	/* nodename and domainname change by sethostname, under uts_sem */
extern char saved_command_line[];		/* as the machine was given it */
extern unsigned long total_forks;		/* since boot; approximate */

#endif
