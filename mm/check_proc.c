/*
 * check_proc.c: /proc/mm_check: reading it runs the checkers that hold in a running system, a line each: name, faults.
 *
 * Owns:   nothing.
 * Locks:  the checkers' own.
 * Read next: check.h. user/test/test.h reads it after each user test.
 */
#include "mm/check.h"
#include "mm/proc.h"
#include "kernel/fs/proc_fs.h"

static const struct {
	const char *name;
	int (*run)(void);
} checkers[] = {
	{ "page_alloc", check_page_alloc }, { "slab", check_slab }, { "vmalloc", check_vmalloc }, { "lru", check_lru },
	{ "areas", check_all_mms }, { "commit", check_commit }, { "rmap", check_rmap },
	{ "account", check_account },
};

static int mm_check_show(struct seq_file *m, void *unused)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(checkers); i++)
		seq_printf(m, "%s %d\n", checkers[i].name, checkers[i].run());
	return 0;
}

static int mm_check_open(struct inode *inode, struct file *file)
{
	return single_open(file, mm_check_show, NULL);
}

static const struct file_operations mm_check_fops = {
	.open = mm_check_open, .read = seq_read, .llseek = seq_lseek, .release = seq_release,
};

void check_proc_init(void)
{
	proc_create("mm_check", 0400, &mm_check_fops, NULL);
}
