#ifndef ASM_MMU_H
#define ASM_MMU_H

/* What an address space owns of the machine: where its signal-return page lies. No ASIDs: all run as ASID 0. */
typedef struct {
	unsigned long sigreturn;	/* [m] user address of the trampoline, 0: none */
} mm_context_t;

#endif
