#ifndef KERNEL_KTEST_H
#define KERNEL_KTEST_H

/*
 * Self-tests of the kernel, in the kernel (mm/test/ and beside it).
 *
 *	KTEST(module, what_must_hold) { … EXPECT_EQ(t, got, wanted); … }
 *
 * Booted with ktest=GLOB, those whose "module.what_must_hold" matches run one after the other, report in TAP on the
 * console, and the machine powers off: exit code 0, or KTEST_EXIT_FAILED. After each, everything allocated must be
 * back, and the checkers of mm/check.h must be content.
 *
 * KTEST_DIES is for one that must end in a panic: it runs only when GLOB is its whole name, and who boots it looks for
 * what the panic says. If it returns, it has failed.
 */
#include "kernel/types.h"
#include "kernel/printk.h"

#define KTEST_EXIT_FAILED	102

struct ktest {
	const char *module, *name;
	int failures;
	const char *skipped;		/* the reason, or NULL */
	u32 seed;			/* of ktest_random(): the same in each run */
};

struct ktest_case {
	const char *module, *name;
	void (*run)(struct ktest *t);
	bool dies;
};

#define KTEST(mod, test)	__KTEST(mod, test, false)
#define KTEST_DIES(mod, test)	__KTEST(mod, test, true)
#define __KTEST(mod, test, dies)							\
	static void ktest_##mod##_##test(struct ktest *t);				\
	static const struct ktest_case ktest_case_##mod##_##test = {			\
		#mod, #test, ktest_##mod##_##test, dies };				\
	static const struct ktest_case *const ktest_entry_##mod##_##test		\
		__used __section(".ktest") = &ktest_case_##mod##_##test;		\
	static void ktest_##mod##_##test(struct ktest *t)

void ktest_fail(struct ktest *t, const char *file, int line, const char *fmt, ...) __printf(4, 5);

/* Both are values: true if it holds, so that a test may give up. */
#define EXPECT(t, cond) ({								\
	bool _ok = !!(cond);								\
	if (!_ok)									\
		ktest_fail((t), __FILE__, __LINE__, "%s", #cond);			\
	_ok; })
#define EXPECT_OP(t, a, op, b) ({							\
	long long _a = (long long)(a), _b = (long long)(b);				\
	bool _ok = _a op _b;								\
	if (!_ok)									\
		ktest_fail((t), __FILE__, __LINE__, "%s (%lld, 0x%llx) " #op " %s (%lld, 0x%llx)", #a,	\
			   _a, _a, #b, _b, _b);						\
	_ok; })
#define EXPECT_EQ(t, a, b)	EXPECT_OP(t, a, ==, b)

/* The test cannot run here; it should return at once. */
static inline void ktest_skip(struct ktest *t, const char *why) { t->skipped = why; }
u32 ktest_random(u32 *seed);
/* Run @fn(@arg, cpu) in a thread on each online CPU at once; returns when all have. => sleeps */
void ktest_on_all_cpus(struct ktest *t, void (*fn)(void *arg, int cpu), void *arg);

/* Start a thread of @fn(@arg) and wait until it waits (TASK_UNINTERRUPTIBLE). False: it is none, or ended. => sleeps */
bool ktest_sleeper(struct ktest *t, int (*fn)(void *), void *arg);

/* Run the tests that match and power off. => process context, everything is up */
void ktest_run(const char *glob) __noreturn;

#endif
