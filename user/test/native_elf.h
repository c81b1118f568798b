/*
 * ELF's structures in the size that this machine's programs have.
 */
#ifndef USER_TEST_NATIVE_ELF_H
#define USER_TEST_NATIVE_ELF_H

#include <elf.h>

#if __SIZEOF_POINTER__ == 8
typedef Elf64_Ehdr Ehdr;
typedef Elf64_Phdr Phdr;
#else
typedef Elf32_Ehdr Ehdr;
typedef Elf32_Phdr Phdr;
#endif

#endif
