#ifndef ASM_OFFSETS_H
#define ASM_OFFSETS_H

/* Where assembly finds the fields of task_struct, pt_regs and cpu_local; process.c asserts each. */

#define CPU_LOCAL_CURRENT	4

#define TASK_STACK		0
#define TASK_CPU		4
#define TASK_TIF_FLAGS		8
#define TASK_THREAD		12
#define THREAD_ESP		(TASK_THREAD + 0)
#define TIF_WORK_MASK		7	/* SIGPENDING, NEED_RESCHED, RESTORE_SIGMASK */

#define PT_EDX		8
#define PT_EAX		24
#define PT_XDS		28
#define PT_XES		32
#define PT_XFS		36
#define PT_TRAPNO	40
#define PT_ORIG_EAX	44
#define PT_XCS		52
#define PT_SIZE		68

#define STACK_SHIFT	13

#define TRAMPOLINE_BASE	0x8000	/* where a CPU starts: a page of RAM below 1 MiB, out of the boot loader's way */

#endif
