#ifndef KERNEL_FUTEX_H
#define KERNEL_FUTEX_H

/* futex(2) inside (kernel/futex.c). */
#include "kernel/types.h"
#include "kernel/uapi/futex.h"

/* Is the fourth argument of @op a timeout (and not a second number)? */
static inline bool futex_has_timeout(int op)
{
	op &= FUTEX_CMD_MASK;
	return op == FUTEX_WAIT || op == FUTEX_WAIT_BITSET;
}

/* @timeout: NULL, or ns as the user gave them; @val2: the fourth argument of the other operations. => may sleep */
long do_futex(u32 __user *uaddr, int op, u32 val, const u64 *timeout, u32 __user *uaddr2, u32 val2, u32 val3);

#endif
