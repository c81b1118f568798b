#ifndef ASM_UACCESS_H
#define ASM_UACCESS_H

/*
 * User memory. An access that faults and cannot be repaired continues at its entry in the exception table.
 * DEBUG=1 opens user pages (sstatus.SUM) only around each access, so that a stray user pointer traps.
 *
 * Names with __ leave access_ok() to the caller.
 */
#include "kernel/types.h"
#include "kernel/uapi/errno.h"
#include <asm/csr.h>
#include <asm/processor.h>

#ifdef CONFIG_DEBUG
#define user_access_begin()	csr_set(sstatus, SR_SUM)
#define user_access_end()	csr_clear(sstatus, SR_SUM)
#else
#define user_access_begin()	((void)0)
#define user_access_end()	((void)0)
#endif

/* Does [p, p + n) lie below TASK_SIZE? */
#define access_ok(p, n)	((unsigned long)(n) <= TASK_SIZE && (unsigned long)(p) <= TASK_SIZE - (unsigned long)(n))

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

#define get_user(x, ptr) ({						\
	__typeof__(ptr) _gu = (ptr);					\
	access_ok(_gu, sizeof(*_gu)) ? __get_user(x, _gu) : ((x) = (__typeof__(*(ptr)))0, -EFAULT); })
#define put_user(x, ptr) ({						\
	__typeof__(ptr) _pu = (ptr);					\
	access_ok(_pu, sizeof(*_pu)) ? __put_user(x, _pu) : -EFAULT; })

/* uaccess.S. The bytes not done; kernel or user addresses on both sides. */
unsigned long __copy_user(void *to, const void *from, unsigned long n);
unsigned long __clear_user(void __user *to, unsigned long n);
/* uaccess.S, without access_ok: see below. */
long __strncpy_from_user(char *to, const char __user *from, long n);
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
#define strlen_user(s)	strnlen_user((s), (long)TASK_SIZE)

#endif
