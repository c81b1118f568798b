#ifndef ASM_UACCESS_H
#define ASM_UACCESS_H

/*
 * User memory. An access that faults and cannot be repaired continues at its entry in the exception table.
 * DEBUG=1 opens user pages (SMAP's EFLAGS.AC) only around each access, so that a stray user pointer traps.
 *
 * Names with __ leave access_ok() to the caller.
 */
#include "kernel/types.h"
#include "kernel/uapi/errno.h"
#include <asm/processor.h>

#ifdef CONFIG_DEBUG
/* By popf, which a CPU without SMAP knows as well. */
#define user_access_begin()	__asm__ __volatile__("pushfl; orl $0x40000,(%%esp); popfl" : : : "memory", "cc")
#define user_access_end()	__asm__ __volatile__("pushfl; andl $~0x40000,(%%esp); popfl" : : : "memory", "cc")
#else
#define user_access_begin()	((void)0)
#define user_access_end()	((void)0)
#endif

/* Does [p, p + n) lie below TASK_SIZE? */
#define access_ok(p, n)	((unsigned long)(n) <= TASK_SIZE && (unsigned long)(p) <= TASK_SIZE - (unsigned long)(n))

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

#define get_user(x, ptr) ({						\
	__typeof__(ptr) _gu = (ptr);					\
	access_ok(_gu, sizeof(*_gu)) ? __get_user(x, _gu) : ((x) = (__typeof__(*(ptr)))0, -EFAULT); })
#define put_user(x, ptr) ({						\
	__typeof__(ptr) _pu = (ptr);					\
	access_ok(_pu, sizeof(*_pu)) ? __put_user(x, _pu) : -EFAULT; })

/* uaccess.S. The bytes not done; kernel or user addresses on both sides. */
unsigned long __copy_user(void *to, const void *from, unsigned long n);
unsigned long __clear_user(void __user *to, unsigned long n);
/* uaccess.S, without access_ok: @n when there is no NUL in @n bytes, or -EFAULT. */
long __strncpy_from_user(char *to, const char __user *from, long n);
/* The length with NUL; @n + 1 when there is none in @n bytes; 0 on a fault. */
long __strnlen_user(const char __user *s, long n);

#define __copy_to_user(to, from, n)		__copy_user((void *)(to), (from), (n))
#define __copy_from_user(to, from, n)		__copy_user((to), (const void *)(from), (n))
#define __copy_to_user_inatomic(to, from, n)	__copy_to_user(to, from, n)
#define __copy_from_user_inatomic(to, from, n)	__copy_from_user(to, from, n)

static inline unsigned long __must_check copy_to_user(void __user *to, const void *from, unsigned long n)
{
	return access_ok(to, n) ? __copy_to_user(to, from, n) : n;
}

/* What could not be read is zeroed, so that no caller hands on old kernel memory. */
static inline unsigned long __must_check copy_from_user(void *to, const void __user *from, unsigned long n)
{
	unsigned long left = access_ok(from, n) ? __copy_from_user(to, from, n) : n;

	if (unlikely(left))
		__builtin_memset((char *)to + (n - left), 0, left);
	return left;
}

static inline unsigned long __must_check clear_user(void __user *to, unsigned long n)
{
	return access_ok(to, n) ? __clear_user(to, n) : n;
}

/* Bytes up to the end of user space, at most @n: a string that has no end there faults. */
static inline long user_string_limit(const char __user *s, long n)
{
	unsigned long room = (unsigned long)s < TASK_SIZE ? TASK_SIZE - (unsigned long)s : 0;

	return (unsigned long)n < room ? n : (long)room;
}

/* The length without NUL; @n if there is no NUL in @n bytes; -EFAULT. */
static inline long strncpy_from_user(char *to, const char __user *from, long n)
{
	long limit = user_string_limit(from, n);
	long len = __strncpy_from_user(to, from, limit);

	return len == limit && limit < n ? -EFAULT : len;
}

/* The length with NUL; more than @n if there is none in @n bytes; 0 on a fault. */
static inline long strnlen_user(const char __user *s, long n)
{
	long limit = user_string_limit(s, n);
	long len = __strnlen_user(s, limit);

	return len > limit && limit < n ? 0 : len;
}

#endif
