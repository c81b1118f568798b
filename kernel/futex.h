#ifndef KERNEL_FUTEX_H
#define KERNEL_FUTEX_H

/* futex(2) inside (kernel/futex.c). */
#include "kernel/time.h"
#include "kernel/uapi/futex.h"

/* @timeout: NULL, or a time in @abi's layout; for operations that do not wait it is a second number. => may sleep */
long do_futex(u32 __user *uaddr, int op, u32 val, const void __user *timeout, u32 __user *uaddr2, u32 val3,
	      const struct timespec_abi *abi);

#endif
