#ifndef ASM_CURRENT_H
#define ASM_CURRENT_H

struct task_struct;

/* The task that runs here. For the task itself it never changes, so the compiler may keep it. */
static inline struct task_struct *get_current(void)
{
	struct task_struct *t;

	__asm__("movl %%fs:4,%0" : "=r"(t));
	return t;
}
#define current	get_current()

#endif
