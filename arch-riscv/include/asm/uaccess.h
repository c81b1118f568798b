#ifndef ASM_UACCESS_H
#define ASM_UACCESS_H

/*
 * What kernel/uaccess.h is made of, for its eyes only: the words of user memory, by instructions that may fault.
 * An access that faults and cannot be repaired continues at its entry in the exception table.
 * DEBUG=1 opens user pages (sstatus.SUM) only around each access, so that a stray user pointer traps.
 *
 * __get_user(x, ptr), __put_user(x, ptr): a scalar of at most 8 bytes; 0 or -EFAULT. access_ok() is the caller's.
 */
#include "kernel/types.h"
#include "kernel/uapi/errno.h"
#include <asm/csr.h>

#ifdef CONFIG_DEBUG
#define user_access_begin()	csr_set(sstatus, SR_SUM)
#define user_access_end()	csr_clear(sstatus, SR_SUM)
#else
#define user_access_begin()	((void)0)
#define user_access_end()	((void)0)
#endif

/* An entry of the exception table: a fault at @insn continues at @fixup. */
#define _ASM_EXTABLE(insn, fixup)			\
	".pushsection __ex_table, \"a\"\n"		\
	"	.balign 8\n"				\
	"	.quad " #insn ", " #fixup "\n"		\
	".popsection\n"

#define __get_user_asm(insn, val, ptr, err)				\
	__asm__ __volatile__("1:	" insn " %1, %2\n2:\n"		\
		".subsection 1\n"					\
		"3:	li %0, %3\n	li %1, 0\n	j 2b\n"		\
		".previous\n" _ASM_EXTABLE(1b, 3b)			\
		: "+r"(err), "=&r"(val) : "m"(*(ptr)), "i"(-EFAULT))

#define __put_user_asm(insn, val, ptr, err)				\
	__asm__ __volatile__("1:	" insn " %z2, %1\n2:\n"		\
		".subsection 1\n"					\
		"3:	li %0, %3\n	j 2b\n"				\
		".previous\n" _ASM_EXTABLE(1b, 3b)			\
		: "+r"(err), "=m"(*(ptr)) : "rJ"(val), "i"(-EFAULT))

#define __get_user(x, ptr) ({						\
	const volatile __typeof__(*(ptr)) *_gp = (ptr);			\
	unsigned long _gv;						\
	int _ge = 0;							\
	_Static_assert(sizeof(*_gp) <= 8, "get_user: a scalar");	\
	user_access_begin();						\
	switch (sizeof(*_gp)) {						\
	case 1: __get_user_asm("lbu", _gv, (const u8 *)_gp, _ge); break;	\
	case 2: __get_user_asm("lhu", _gv, (const u16 *)_gp, _ge); break;	\
	case 4: __get_user_asm("lwu", _gv, (const u32 *)_gp, _ge); break;	\
	default: __get_user_asm("ld", _gv, (const u64 *)_gp, _ge);	\
	}								\
	user_access_end();						\
	(x) = (__typeof__(*(ptr)))_gv;					\
	_ge; })

#define __put_user(x, ptr) ({						\
	__typeof__(*(ptr)) *_pp = (ptr);				\
	unsigned long _pv = (unsigned long)(x);				\
	int _pe = 0;							\
	_Static_assert(sizeof(*_pp) <= 8, "put_user: a scalar");	\
	user_access_begin();						\
	switch (sizeof(*_pp)) {						\
	case 1: __put_user_asm("sb", _pv, (u8 *)_pp, _pe); break;	\
	case 2: __put_user_asm("sh", _pv, (u16 *)_pp, _pe); break;	\
	case 4: __put_user_asm("sw", _pv, (u32 *)_pp, _pe); break;	\
	default: __put_user_asm("sd", _pv, (u64 *)_pp, _pe);		\
	}								\
	user_access_end();						\
	_pe; })

#endif
