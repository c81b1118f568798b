#ifndef ASM_MMU_H
#define ASM_MMU_H

/* What an address space is for this machine. */
#include <asm/page.h>

typedef struct {
	unsigned long sigreturn;	/* user address of the return trampolines */
#ifdef CONFIG_PAE
	u64 pgd_area[4 + 3];		/* the four top entries, wherever in here they are 32-byte aligned */
#endif
} mm_context_t;

#endif
