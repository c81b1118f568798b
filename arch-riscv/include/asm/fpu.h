#ifndef ASM_FPU_H
#define ASM_FPU_H

/* The floating-point registers (process.c, switch.S). */
struct task_struct;
struct fp_state;

void fpu_save(struct fp_state *state);
void fpu_restore(const struct fp_state *state);
/* The running @task's registers into its fstate, if they have changed; they then count as Clean. */
void fpu_flush(struct task_struct *task);

#endif
