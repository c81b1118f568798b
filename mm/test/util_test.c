/*
 * util_test.c: copies of strings and memory, of the kernel's and of the user's.
 */
#include "mm/fault_inject.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "mm/test/user_mm.h"
#include "kernel/ktest.h"
#include "kernel/lib/string.h"
#include "kernel/uapi/errno.h"

KTEST(util, zeroed_memory_and_copies)
{
	char *p = kzalloc(300, GFP_KERNEL);

	EXPECT(t, p && !memchr_inv(p, 0, 300));
	kfree(p);
	EXPECT(t, !kcalloc(~0UL / 2, 4, GFP_KERNEL));		/* the product overflows */
	p = kstrdup("string", GFP_KERNEL);
	EXPECT(t, p && !strcmp(p, "string"));
	kfree(p);
	EXPECT(t, !kstrdup(NULL, GFP_KERNEL));
	p = kmemdup("12345678", 4, GFP_KERNEL);
	EXPECT(t, p && !memcmp(p, "1234", 4));
	kfree(p);
}

/* What strndup_user() makes of the string at @addr with room for @n: its length, or the error. */
static long dup_length(unsigned long addr, long n)
{
	char *p = strndup_user((const char __user *)addr, n);
	long len;

	if (IS_ERR(p))
		return PTR_ERR(p);
	len = (long)strlen(p);
	kfree(p);
	return len;
}

/* The room includes the NUL. A string may end with the last byte that there is, and no later. */
KTEST(util, strings_of_the_user)
{
	struct mm_struct *mm = user_mm_begin(t);
	unsigned long end = BASE + PAGE_SIZE;

	if (!mm)
		return;
	EXPECT_EQ(t, map_anon(BASE, 1), BASE);
	for (unsigned long a = end - 8; a < end - 1; a++)
		EXPECT_EQ(t, poke(a, 'x'), 0);
	EXPECT_EQ(t, dup_length(end - 8, 9), 7);
	EXPECT_EQ(t, dup_length(end - 8, 8), 7);
	EXPECT_EQ(t, dup_length(end - 8, 7), -EINVAL);
	EXPECT_EQ(t, dup_length(end - 1, 1), 0);
	EXPECT_EQ(t, poke(end - 1, 'x'), 0);			/* no NUL any more before the hole */
	EXPECT_EQ(t, dup_length(end - 8, 100), -EFAULT);
	EXPECT_EQ(t, dup_length(end, 100), -EFAULT);
	EXPECT_EQ(t, dup_length(0, 100), -EFAULT);
	EXPECT_EQ(t, dup_length(TASK_SIZE, 100), -EFAULT);
	set_fail_nth(1);
	EXPECT_EQ(t, dup_length(BASE, 100), -ENOMEM);
	set_fail_nth(0);
	user_mm_end(t, mm);
}
