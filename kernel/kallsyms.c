/*
 * kallsyms.c: addresses into names, for backtraces.
 *
 * Owns:   nothing; the table is made by tools/kallsyms and linked last. Names stand one after another.
 */
#include "kernel/kallsyms.h"
#include "kernel/printk.h"
#include "kernel/lib/string.h"

extern const unsigned long kallsyms_num, kallsyms_addresses[];
extern const char kallsyms_names[];
extern char _text[], _etext[], __init_begin[], __init_text_end[];

static bool is_text(unsigned long addr)
{
	return (addr >= (unsigned long)_text && addr < (unsigned long)_etext) ||
	       (addr >= (unsigned long)__init_begin && addr < (unsigned long)__init_text_end);
}

/*
 * The function that holds @addr; *offset (if wanted) says how far in.
 * => NULL if @addr is no code of the kernel; any context
 */
const char *kallsyms_lookup(unsigned long addr, unsigned long *offset)
{
	unsigned long low = 0, high = kallsyms_num;
	const char *name = kallsyms_names;

	if (!is_text(addr) || !high || addr < kallsyms_addresses[0])
		return NULL;
	while (high - low > 1) {
		unsigned long mid = (low + high) / 2;

		if (kallsyms_addresses[mid] <= addr)
			low = mid;
		else
			high = mid;
	}
	for (unsigned long i = 0; i < low; i++)
		name += strlen(name) + 1;
	if (offset)
		*offset = addr - kallsyms_addresses[low];
	return name;
}

/* "name+0xoffset", or the address alone; the length as snprintf's. => any context */
int sprint_symbol(char *buf, size_t size, unsigned long addr)
{
	unsigned long offset;
	const char *name = kallsyms_lookup(addr, &offset);

	if (!name)
		return snprintf(buf, size, "0x%lx", addr);
	return snprintf(buf, size, "%s+0x%lx", name, offset);
}

/* A backtrace's line. => any context */
void print_ip(unsigned long addr)
{
	char name[96];

	sprint_symbol(name, sizeof(name), addr);
	printk("  [<%0*lx>] %s\n", (int)(2 * sizeof(long)), addr, name);
}
