#ifndef KERNEL_ATOMIC_H
#define KERNEL_ATOMIC_H

/*
 * Atomic integers over the compiler's builtins.
 * => operations that return a value are full barriers; the others order nothing.
 */
#include "kernel/types.h"

#define ATOMIC_INIT(i)	{ (i) }

#define DEFINE_ATOMIC_OPS(pre, type, val)						\
static inline val pre##_read(const type *v) { return READ_ONCE(v->counter); }		\
static inline void pre##_set(type *v, val i) { WRITE_ONCE(v->counter, i); }		\
static inline void pre##_add(val i, type *v)						\
{ __atomic_fetch_add(&v->counter, i, __ATOMIC_RELAXED); }				\
static inline void pre##_sub(val i, type *v)						\
{ __atomic_fetch_sub(&v->counter, i, __ATOMIC_RELAXED); }				\
static inline void pre##_inc(type *v) { pre##_add(1, v); }				\
static inline void pre##_dec(type *v) { pre##_sub(1, v); }				\
static inline val pre##_add_return(val i, type *v)					\
{ return __atomic_add_fetch(&v->counter, i, __ATOMIC_SEQ_CST); }			\
static inline val pre##_sub_return(val i, type *v)					\
{ return __atomic_sub_fetch(&v->counter, i, __ATOMIC_SEQ_CST); }			\
static inline val pre##_inc_return(type *v) { return pre##_add_return(1, v); }		\
static inline val pre##_dec_return(type *v) { return pre##_sub_return(1, v); }		\
static inline bool pre##_dec_and_test(type *v) { return pre##_dec_return(v) == 0; }	\
static inline bool pre##_inc_and_test(type *v) { return pre##_inc_return(v) == 0; }	\
static inline bool pre##_add_negative(val i, type *v) { return pre##_add_return(i, v) < 0; } \
static inline val pre##_xchg(type *v, val new)						\
{ return __atomic_exchange_n(&v->counter, new, __ATOMIC_SEQ_CST); }			\
static inline val pre##_cmpxchg(type *v, val old, val new)				\
{											\
	__atomic_compare_exchange_n(&v->counter, &old, new, false,			\
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);		\
	return old;									\
}											\
/* Add @i unless the value is @u; true if it was added. */				\
static inline bool pre##_add_unless(type *v, val i, val u)				\
{											\
	val c = pre##_read(v);								\
	while (c != u) {								\
		val seen = pre##_cmpxchg(v, c, c + i);					\
		if (seen == c)								\
			return true;							\
		c = seen;								\
	}										\
	return false;									\
}											\
static inline bool pre##_inc_not_zero(type *v) { return pre##_add_unless(v, 1, 0); }

DEFINE_ATOMIC_OPS(atomic, atomic_t, int)
DEFINE_ATOMIC_OPS(atomic_long, atomic_long_t, long)

#define xchg(p, v)	__atomic_exchange_n((p), (v), __ATOMIC_SEQ_CST)
#define cmpxchg(p, old, new) ({							\
	__typeof__(*(p)) _old = (old);						\
	__atomic_compare_exchange_n((p), &_old, (new), false,			\
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);	\
	_old; })

#define smp_load_acquire(p)	__atomic_load_n((p), __ATOMIC_ACQUIRE)
#define smp_store_release(p, v)	__atomic_store_n((p), (v), __ATOMIC_RELEASE)

#endif
