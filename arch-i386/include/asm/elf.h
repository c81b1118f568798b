#ifndef ASM_ELF_H
#define ASM_ELF_H

/* Which executables are ours. */
#include "kernel/uapi/elf.h"
#include <asm/processor.h>

#define ELF_MACHINE		EM_386
#define ELF_PLATFORM		"i686"
#define ELF_ET_DYN_BASE		(TASK_SIZE / 3 * 2)

#endif
