#ifndef KERNEL_PROFILE_H
#define KERNEL_PROFILE_H

/* Where the kernel spends its time: a histogram of the addresses at which the tick meets it (kernel/profile.c). */

struct pt_regs;
extern unsigned int *prof_buffer;

void set_profile(const char *value);	/* the command line's profile=SHIFT */
void profile_init(void);		/* => once at boot, vmalloc works */
void profile_proc_init(void);
void profile_hit(unsigned long pc);

/* => each tick; interrupts off */
#define profile_tick(regs) do {						\
	if (unlikely(prof_buffer) && !user_mode(regs))			\
		profile_hit(instruction_pointer(regs));			\
} while (0)

#endif
