#ifndef ASM_UACCESS_H
#define ASM_UACCESS_H

/*
 * What kernel/uaccess.h is made of, for its eyes only: the words of user memory, by instructions that may fault.
 * An access that faults and cannot be repaired continues at its entry in the exception table.
 * DEBUG=1 opens user pages (SMAP's EFLAGS.AC) only around each access, so that a stray user pointer traps.
 *
 * __get_user(x, ptr), __put_user(x, ptr): a scalar of at most 8 bytes; 0 or -EFAULT. access_ok() is the caller's.
 */
#include "kernel/types.h"
#include "kernel/uapi/errno.h"

#ifdef CONFIG_DEBUG
/* By popf, which a CPU without SMAP knows as well. */
#define user_access_begin()	__asm__ __volatile__("pushfl; orl $0x40000,(%%esp); popfl" : : : "memory", "cc")
#define user_access_end()	__asm__ __volatile__("pushfl; andl $~0x40000,(%%esp); popfl" : : : "memory", "cc")
#else
#define user_access_begin()	((void)0)
#define user_access_end()	((void)0)
#endif

/* An entry of the exception table: a fault at @insn continues at @fixup. */
#define _ASM_EXTABLE(insn, fixup)			\
	".pushsection __ex_table, \"a\"\n"		\
	"	.long " #insn ", " #fixup "\n"		\
	".popsection\n"

#define __get_user_asm(insn, mod, val, ptr, err)			\
	__asm__ __volatile__("1:	" insn " %2,%" mod "1\n2:\n"	\
		".subsection 1\n"					\
		"3:	movl %3,%0; xorl %k1,%k1; jmp 2b\n"		\
		".previous\n" _ASM_EXTABLE(1b, 3b)			\
		: "+r"(err), "=&q"(val) : "m"(*(ptr)), "i"(-EFAULT))

#define __put_user_asm(insn, mod, val, ptr, err)			\
	__asm__ __volatile__("1:	" insn " %" mod "2,%1\n2:\n"	\
		".subsection 1\n"					\
		"3:	movl %3,%0; jmp 2b\n"				\
		".previous\n" _ASM_EXTABLE(1b, 3b)			\
		: "+r"(err), "=m"(*(ptr)) : "qi"(val), "i"(-EFAULT))

#define __get_user(x, ptr) ({						\
	const volatile __typeof__(*(ptr)) *_gp = (ptr);			\
	u32 _gl, _gh = 0;						\
	int _ge = 0;							\
	_Static_assert(sizeof(*_gp) <= 8, "get_user: a scalar");	\
	user_access_begin();						\
	switch (sizeof(*_gp)) {						\
	case 1: __get_user_asm("movzbl", "k", _gl, (const u8 *)_gp, _ge); break;	\
	case 2: __get_user_asm("movzwl", "k", _gl, (const u16 *)_gp, _ge); break;	\
	case 8: __get_user_asm("movl", "k", _gh, (const u32 *)_gp + 1, _ge); fallthrough;	\
	default: __get_user_asm("movl", "k", _gl, (const u32 *)_gp, _ge);	\
	}								\
	user_access_end();						\
	(x) = (__typeof__(*(ptr)))__builtin_choose_expr(sizeof(*_gp) == 8, (u64)_gh << 32 | _gl, _gl); \
	_ge; })

#define __put_user(x, ptr) ({						\
	__typeof__(*(ptr)) *_pp = (ptr);				\
	u64 _pv = (u64)__builtin_choose_expr(sizeof(*_pp) == 8, (x), (unsigned long)(x)); \
	u32 _pl = (u32)_pv;						\
	int _pe = 0;							\
	_Static_assert(sizeof(*_pp) <= 8, "put_user: a scalar");	\
	user_access_begin();						\
	switch (sizeof(*_pp)) {						\
	case 1: __put_user_asm("movb", "b", _pl, (u8 *)_pp, _pe); break;	\
	case 2: __put_user_asm("movw", "w", _pl, (u16 *)_pp, _pe); break;	\
	case 8: __put_user_asm("movl", "k", (u32)(_pv >> 32), (u32 *)_pp + 1, _pe); fallthrough;	\
	default: __put_user_asm("movl", "k", _pl, (u32 *)_pp, _pe);	\
	}								\
	user_access_end();						\
	_pe; })

#endif
