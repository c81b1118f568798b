#ifndef ASM_SPARSEMEM_H
#define ASM_SPARSEMEM_H

#define SECTION_SIZE_BITS	26	/* 64 MiB */
#ifdef CONFIG_PAE
#define MAX_PHYSMEM_BITS	34	/* 16 GiB: section, node and zone share page->flags */
#else
#define MAX_PHYSMEM_BITS	32
#endif

#endif
