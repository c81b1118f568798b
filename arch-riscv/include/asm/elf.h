#ifndef ASM_ELF_H
#define ASM_ELF_H

/* Which executables are ours. */
#include "kernel/uapi/elf.h"
#include <asm/processor.h>

/* ELF_CLASS comes from the header above. */
#define ELF_DATA		ELFDATA2LSB
#define ELF_MACHINE		EM_RISCV
#define ELF_MIN_ALIGN		PAGE_SIZE
#define ELF_ET_DYN_BASE		PAGE_ALIGN(TASK_SIZE / 3 * 2)

#endif
