#ifndef ASM_FUTEX_H
#define ASM_FUTEX_H

/* Atomic change of a user's word. => page faults disabled: it fails with -EFAULT instead of sleeping. */
#include "kernel/uaccess.h"

/* *@uval gets the old value; it was replaced if it is @oldval. 0 or -EFAULT. */
static inline int futex_atomic_cmpxchg_inatomic(u32 *uval, u32 __user *uaddr, u32 oldval, u32 newval)
{
	u32 val, fail;
	int err = 0;

	if (!access_ok(uaddr, sizeof(*uaddr)))
		return -EFAULT;
	user_access_begin();
	__asm__ __volatile__(
		"1:	lr.w.aqrl %1, %3\n"
		"	bne %1, %z4, 3f\n"
		"2:	sc.w.aqrl %2, %z5, %3\n"
		"	bnez %2, 1b\n"
		"3:\n"
		".subsection 1\n"
		"4:	li %0, %6\n	j 3b\n"
		".previous\n" _ASM_EXTABLE(1b, 4b) _ASM_EXTABLE(2b, 4b)
		: "+r"(err), "=&r"(val), "=&r"(fail), "+A"(*uaddr)
		: "rJ"((long)(int)oldval), "rJ"(newval), "i"(-EFAULT) : "memory");
	user_access_end();
	*uval = val;
	return err;
}

#endif
