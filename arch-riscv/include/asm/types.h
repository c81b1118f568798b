#ifndef ASM_TYPES_H
#define ASM_TYPES_H

/* A physical address: 56 bits in Sv39's page tables. The same C type as on i386 PAE, so that %llx fits both. */
typedef u64 phys_t;

#endif
