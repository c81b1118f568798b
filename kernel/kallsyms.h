#ifndef KERNEL_KALLSYMS_H
#define KERNEL_KALLSYMS_H

/* The kernel's own symbols: functions' addresses and names, linked in by tools/link-kernel. */
#include "kernel/types.h"

/* The function that holds @addr and how far in; NULL if it is not code of ours. => any context */
const char *kallsyms_lookup(unsigned long addr, unsigned long *offset);
/* "do_exit+0x1c" into @buf, or the bare address. => any context */
int sprint_symbol(char *buf, size_t size, unsigned long addr);
/* One line of a backtrace into the log. */
void print_ip(unsigned long addr);

#endif
