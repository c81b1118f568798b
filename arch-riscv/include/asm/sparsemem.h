#ifndef ASM_SPARSEMEM_H
#define ASM_SPARSEMEM_H

#define SECTION_SIZE_BITS	26	/* 64 MiB */
#define MAX_PHYSMEM_BITS	37	/* what the direct map can show */

#endif
