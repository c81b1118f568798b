/*
 * extable.c: the table of instructions that touch user memory, and where to go on when one of them faults.
 *
 * Owns:   nothing: the linker gathers the table (section __ex_table) from uaccess.S and <asm/uaccess.h>.
 * Locks:  none: it never changes.
 * Read next: the machine's fault.c and uaccess.S.
 */
#include "kernel/arch.h"

struct exception_table_entry { unsigned long insn, fixup; };
extern const struct exception_table_entry __start___ex_table[], __stop___ex_table[];

static const struct exception_table_entry *search_exception_tables(unsigned long addr)
{
	for (const struct exception_table_entry *e = __start___ex_table; e != __stop___ex_table; e++)
		if (e->insn == addr)
			return e;
	return NULL;
}

/* Is this an access to user memory that may fail? => any context */
bool has_fixup(const struct pt_regs *regs)
{
	return search_exception_tables(instruction_pointer(regs));
}

/* True: @regs now continue at the fixup of an access that may fail. => any context */
bool fixup_exception(struct pt_regs *regs)
{
	const struct exception_table_entry *e = search_exception_tables(instruction_pointer(regs));

	if (e)
		instruction_pointer(regs) = e->fixup;
	return e;
}
