#ifndef ASM_FUTEX_H
#define ASM_FUTEX_H

/* Atomic operations on a user's word. => page faults disabled: they fail with -EFAULT instead of sleeping. */
#include "kernel/types.h"
#include "kernel/uapi/futex.h"
#include <asm/uaccess.h>

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

/* What FUTEX_WAKE_OP's @op makes of @old; false: no such operation. */
static inline bool futex_op_value(int op, int old, int oparg, int *result)
{
	switch (op) {
	case FUTEX_OP_SET:
		*result = oparg;
		return true;
	case FUTEX_OP_ADD:
		*result = old + oparg;
		return true;
	case FUTEX_OP_OR:
		*result = old | oparg;
		return true;
	case FUTEX_OP_ANDN:
		*result = old & ~oparg;
		return true;
	case FUTEX_OP_XOR:
		*result = old ^ oparg;
		return true;
	}
	return false;
}

/* FUTEX_WAKE_OP whole: do the operation that @encoded_op tells, then say whether its comparison held, or -errno. */
static inline int futex_atomic_op_inuser(int encoded_op, u32 __user *uaddr)
{
	int op = (encoded_op >> 28) & 7, cmp = (encoded_op >> 24) & 15;
	int oparg = (encoded_op << 8) >> 20, cmparg = (encoded_op << 20) >> 20;
	int old, new, err;
	u32 seen;

	if ((u32)encoded_op >> 28 & FUTEX_OP_OPARG_SHIFT)
		oparg = 1 << (oparg & 31);
	if (!access_ok(uaddr, sizeof(*uaddr)) || __get_user(seen, uaddr))
		return -EFAULT;
	do {
		old = (int)seen;
		if (!futex_op_value(op, old, oparg, &new))
			return -ENOSYS;
		err = futex_atomic_cmpxchg_inatomic(&seen, uaddr, (u32)old, (u32)new);
		if (err)
			return err;
	} while (seen != (u32)old);

	switch (cmp) {
	case FUTEX_OP_CMP_EQ:
		return old == cmparg;
	case FUTEX_OP_CMP_NE:
		return old != cmparg;
	case FUTEX_OP_CMP_LT:
		return old < cmparg;
	case FUTEX_OP_CMP_GE:
		return old >= cmparg;
	case FUTEX_OP_CMP_LE:
		return old <= cmparg;
	case FUTEX_OP_CMP_GT:
		return old > cmparg;
	}
	return -ENOSYS;
}

#endif
