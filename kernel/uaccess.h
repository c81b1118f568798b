#ifndef KERNEL_UACCESS_H
#define KERNEL_UACCESS_H

/*
 * User memory: the only way to follow a user's pointer. The instructions that may fault are the machine's: <asm/uaccess.h> has
 * __get_user() and __put_user(), uaccess.S what is declared here. Names with __ leave access_ok() to the caller.
 *
 * => all may sleep, since they may fault; between pagefault_disable() and pagefault_enable() they fail instead.
 */
#include "kernel/types.h"
#include "kernel/uapi/errno.h"
#include <asm/processor.h>
#include <asm/uaccess.h>

/* Does [p, p + n) lie below TASK_SIZE? */
#define access_ok(p, n)	((unsigned long)(n) <= TASK_SIZE && (unsigned long)(p) <= TASK_SIZE - (unsigned long)(n))

/* A scalar: 0 or -EFAULT; what could not be read is 0. */
#define get_user(x, ptr) ({						\
	__typeof__(ptr) _gu = (ptr);					\
	access_ok(_gu, sizeof(*_gu)) ? __get_user(x, _gu) : ((x) = (__typeof__(*(ptr)))0, -EFAULT); })
#define put_user(x, ptr) ({						\
	__typeof__(ptr) _pu = (ptr);					\
	access_ok(_pu, sizeof(*_pu)) ? __put_user(x, _pu) : -EFAULT; })

/* uaccess.S. The bytes not done; kernel or user addresses on both sides. */
unsigned long __copy_user(void *to, const void *from, unsigned long n);
unsigned long __clear_user(void __user *to, unsigned long n);
/* uaccess.S: @n when there is no NUL in @n bytes, or -EFAULT. */
long __strncpy_from_user(char *to, const char __user *from, long n);
/* uaccess.S: the length with NUL; @n + 1 when there is none in @n bytes; 0 on a fault. */
long __strnlen_user(const char __user *s, long n);

#define __copy_to_user(to, from, n)		__copy_user((void *)(to), (from), (n))
#define __copy_from_user(to, from, n)		__copy_user((to), (const void *)(from), (n))
/* => page faults disabled */
#define __copy_to_user_inatomic(to, from, n)	__copy_to_user(to, from, n)
#define __copy_from_user_inatomic(to, from, n)	__copy_from_user(to, from, n)

/* The bytes not done, as of the next two. */
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
