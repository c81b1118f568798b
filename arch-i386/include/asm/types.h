#ifndef ASM_TYPES_H
#define ASM_TYPES_H

/* A physical address: PAE reaches beyond what a long holds. */
#ifdef CONFIG_PAE
typedef u64 phys_t;
#else
typedef u32 phys_t;
#endif

#endif
