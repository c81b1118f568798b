/*
 * util.c: kmalloc's small relatives.
 *
 * Owns:   nothing.
 * Locks:  none.
 * Read next: slab.c.
 */
#include "mm/mm.h"
#include "mm/slab.h"
#include "kernel/uaccess.h"
#include "kernel/lib/string.h"
#include "kernel/uapi/errno.h"

/* @size zeroed bytes, or NULL. => as kmalloc */
void *kzalloc(size_t size, gfp_t gfp)
{
	return kmalloc(size, gfp | __GFP_ZERO);
}

/* An array of @n zeroed elements of @size bytes, or NULL, also where the product overflows. => as kmalloc */
void *kcalloc(size_t n, size_t size, gfp_t gfp)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return kzalloc(bytes, gfp);
}

/* A copy of @len bytes, or NULL. => as kmalloc */
void *kmemdup(const void *src, size_t len, gfp_t gfp)
{
	void *p = kmalloc(len, gfp);

	if (p)
		memcpy(p, src, len);
	return p;
}

/* A copy of @s; NULL for NULL, or without memory. => as kmalloc */
char *kstrdup(const char *s, gfp_t gfp)
{
	return s ? kmemdup(s, strlen(s) + 1, gfp) : NULL;
}

/*
 * A copy of the user's string, which takes @n bytes at most, NUL included. ERR_PTR(-EFAULT), -EINVAL if it is longer,
 * -ENOMEM.
 * => sleeps. The user may change the string meanwhile: what we return ends with NUL all the same.
 */
char *strndup_user(const char __user *s, long n)
{
	long length = strnlen_user(s, n);
	char *p;

	if (!length)
		return ERR_PTR(-EFAULT);
	if (length > n)
		return ERR_PTR(-EINVAL);
	p = kmalloc((size_t)length, GFP_KERNEL);
	if (!p)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(p, s, (size_t)length)) {
		kfree(p);
		return ERR_PTR(-EFAULT);
	}
	p[length - 1] = '\0';
	return p;
}
