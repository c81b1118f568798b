#ifndef ASM_CURRENT_H
#define ASM_CURRENT_H

/* The running task stays in tp while we are in the kernel; sscratch holds it while we are not. */
struct task_struct;
register struct task_struct *current __asm__("tp");

#endif
