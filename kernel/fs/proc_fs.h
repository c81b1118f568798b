#ifndef KERNEL_FS_PROC_FS_H
#define KERNEL_FS_PROC_FS_H

/*
 * How the kernel's parts put files into /proc. Paths are relative to /proc ("meminfo", "sys/vm/swappiness"); missing
 * directories are made. => any time after slab is up; may sleep. Entries stay for good.
 */
#include "kernel/fs/seq_file.h"

/* A read-only file, mode 0444, whose whole text one call of @show(m, @data) prints. 0 or -ENOMEM, -EEXIST. */
int proc_create_seq(const char *path, int (*show)(struct seq_file *m, void *data), void *data);
/* A file with operations of its own; proc_data(inode) is @data. */
int proc_create(const char *path, mode_t mode, const struct file_operations *fops, void *data);
int proc_symlink(const char *path, const char *target);
void *proc_data(const struct inode *inode);

/* Numbers and strings under /proc/sys: one line, blanks or tabs between numbers. */
struct proc_sys {
	const char *path;		/* "vm/swappiness": without "sys/" */
	void *data;			/* int[n], unsigned long[n], or char[n] */
	enum { PROC_SYS_INT, PROC_SYS_ULONG, PROC_SYS_STRING } kind;
	unsigned int n;			/* 0 means 1 */
	mode_t mode;			/* 0 means 0644 */
	long min, max;			/* both 0: no bounds. Out of them: -EINVAL, nothing is changed */
	int (*changed)(const struct proc_sys *entry);	/* after a write took effect; its -errno is the writer's. May be NULL */
	int (*refresh)(const struct proc_sys *entry);	/* before a read: brings data up to date. May be NULL */
};
/* => @entry is static. 0 or -ENOMEM, -EEXIST. */
int proc_sys_register(const struct proc_sys *entry);

void proc_init(void);

#endif
