#ifndef ASM_FUTEX_H
#define ASM_FUTEX_H

/* Atomic operations on a user's word. => page faults disabled: they fail with -EFAULT instead of sleeping. */
#include "kernel/types.h"
#include "kernel/uapi/futex.h"
#include <asm/uaccess.h>

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

#define __futex_amo(insn, operand)						\
	__asm__ __volatile__("1:	" insn " %1, %z3, %2\n2:\n"		\
		".subsection 1\n"						\
		"3:	li %0, %4\n	j 2b\n"					\
		".previous\n" _ASM_EXTABLE(1b, 3b)				\
		: "+r"(err), "=&r"(old), "+A"(*uaddr)				\
		: "rJ"(operand), "i"(-EFAULT) : "memory")

/* FUTEX_WAKE_OP's @op (FUTEX_OP_SET …) with @oparg. 0 and the old value, or -EFAULT, or -ENOSYS. */
static inline int futex_atomic_op(int op, u32 oparg, int *oldval, u32 __user *uaddr)
{
	int err = 0, old = 0;

	if (!access_ok(uaddr, sizeof(*uaddr)))
		return -EFAULT;
	user_access_begin();
	switch (op) {
	case FUTEX_OP_SET:
		__futex_amo("amoswap.w.aqrl", oparg);
		break;
	case FUTEX_OP_ADD:
		__futex_amo("amoadd.w.aqrl", oparg);
		break;
	case FUTEX_OP_OR:
		__futex_amo("amoor.w.aqrl", oparg);
		break;
	case FUTEX_OP_ANDN:
		__futex_amo("amoand.w.aqrl", ~oparg);
		break;
	case FUTEX_OP_XOR:
		__futex_amo("amoxor.w.aqrl", oparg);
		break;
	default:
		err = -ENOSYS;
	}
	user_access_end();
	*oldval = old;
	return err;
}

/* FUTEX_WAKE_OP whole: do the operation that @encoded_op tells, then say whether its comparison held, or -errno. */
static inline int futex_atomic_op_inuser(int encoded_op, u32 __user *uaddr)
{
	int op = (encoded_op >> 28) & 7, cmp = (encoded_op >> 24) & 15;
	int oparg = (encoded_op << 8) >> 20, cmparg = (encoded_op << 20) >> 20;
	int old, err;

	if ((u32)encoded_op >> 28 & FUTEX_OP_OPARG_SHIFT)
		oparg = 1 << (oparg & 31);
	err = futex_atomic_op(op, (u32)oparg, &old, uaddr);
	if (err)
		return err;
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
