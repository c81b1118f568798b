/*
 * vmalloc_proc.c: /proc/vmallocinfo.
 *
 * Owns:   nothing.
 * Locks:  vmlist_lock, while a line is made.
 * Read next: vmalloc.c.
 */
#include "mm/proc.h"
#include "mm/vmalloc.h"
#include "kernel/fs/proc_fs.h"
#include "kernel/kallsyms.h"

static void show_area(struct seq_file *m, const struct vm_struct *area)
{
	char caller[64];

	sprint_symbol(caller, sizeof(caller), (unsigned long)area->caller);
	seq_printf(m, "0x%lx-0x%lx %7lu %s", (unsigned long)area->addr, (unsigned long)area->addr + area->size, area->size,
		   caller);
	if (area->nr_pages)
		seq_printf(m, " pages=%u", area->nr_pages);
	if (area->flags & VM_IOREMAP)
		seq_printf(m, " phys=%llx ioremap", (u64)area->phys_addr);
	if (area->flags & VM_STACK_AREA)
		seq_puts(m, " stack");
	else if (area->flags & VM_ALLOC)
		seq_puts(m, " vmalloc");
	if (area->flags & VM_MAP)
		seq_puts(m, " vmap");
	if (area->flags & VM_USERMAP)
		seq_puts(m, " user");
	seq_putc(m, '\n');
}

static int vmallocinfo_show(struct seq_file *m, void *unused)
{
	struct vm_struct *area;

	spin_lock(&vmlist_lock);
	for (area = vmlist; area; area = area->next)
		show_area(m, area);
	spin_unlock(&vmlist_lock);
	return 0;
}

void vmalloc_proc_init(void)
{
	proc_create_seq("vmallocinfo", vmallocinfo_show, NULL);
}
