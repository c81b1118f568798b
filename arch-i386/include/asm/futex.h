#ifndef ASM_FUTEX_H
#define ASM_FUTEX_H

/* Atomic change of a user's word. => page faults disabled: it fails with -EFAULT instead of sleeping. */
#include "kernel/uaccess.h"

/* *@uval gets the old value; it was replaced if it is @oldval. 0 or -EFAULT. */
static inline int futex_atomic_cmpxchg_inatomic(u32 *uval, u32 __user *uaddr, u32 oldval, u32 newval)
{
	int err = 0;

	if (!access_ok(uaddr, sizeof(*uaddr)))
		return -EFAULT;
	user_access_begin();
	__asm__ __volatile__(
		"1:	lock; cmpxchgl %4,%2\n2:\n"
		".subsection 1\n"
		"3:	movl %3,%0; jmp 2b\n"
		".previous\n" _ASM_EXTABLE(1b, 3b)
		: "+r"(err), "+a"(oldval), "+m"(*uaddr) : "i"(-EFAULT), "r"(newval) : "memory", "cc");
	user_access_end();
	*uval = oldval;
	return err;
}

#endif
