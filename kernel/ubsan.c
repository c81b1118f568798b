/*
 * ubsan.c: what the compiler calls in a debug build where the language promises nothing: a panic that says where.
 *
 * Owns:   the names that gcc's -fsanitize=undefined expects. Each is given a description that begins with the place.
 *         Signed numbers wrap (-fno-strict-overflow), as everywhere in kernels: that is not among them.
 * Read next: panic.c.
 */
#include "kernel/printk.h"

struct source_location {
	const char *file;
	u32 line, column;
};

static void __noreturn report(const struct source_location *at, const char *what)
{
	panic("undefined behaviour: %s at %s:%u:%u", what, at->file, at->line, at->column);
}

#define HANDLER(name, what)								\
	void __ubsan_handle_##name(const struct source_location *at);			\
	void __ubsan_handle_##name(const struct source_location *at) { report(at, what); }

HANDLER(divrem_overflow, "division by zero")
HANDLER(shift_out_of_bounds, "shift by more than the type's width")
HANDLER(out_of_bounds, "index outside of the array")
HANDLER(builtin_unreachable, "a place that cannot be reached")
HANDLER(load_invalid_value, "a bool that is neither true nor false")
