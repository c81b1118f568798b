#ifndef ASM_ELF_H
#define ASM_ELF_H

/* Which executables are ours. */
#include "kernel/uapi/elf.h"
#include <asm/processor.h>

#define ELF_MACHINE		EM_386
#define ELF_EXEC_PAGESIZE	PAGE_SIZE
#define ELF_PLATFORM		"i686"
#define ELF_ET_DYN_BASE		(TASK_SIZE / 3 * 2)
#define elf_check_arch(hdr)	((hdr)->e_machine == ELF_MACHINE && (hdr)->e_ident[EI_CLASS] == ELFCLASS32)
/* AT_* of this machine only: none (no vDSO, so neither AT_SYSINFO). */
#define ARCH_DLINFO(put)	((void)0)

#endif
