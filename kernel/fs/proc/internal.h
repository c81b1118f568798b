#ifndef KERNEL_FS_PROC_INTERNAL_H
#define KERNEL_FS_PROC_INTERNAL_H

/* Between the files of kernel/fs/proc/ only. */
#include "kernel/fs/internal.h"
#include "kernel/fs/proc_fs.h"
#include "kernel/pid.h"

/*
 * A fixed entry. The tree only grows: readers need no lock, a new entry is published by its parent's or brother's
 * pointer. Lock letters: [p] proc_mutex  [c] constant once linked
 */
struct proc_entry {
	const char *name;			/* [c] */
	unsigned int len;			/* [c] */
	mode_t mode;				/* [c] */
	ino_t ino;				/* [c] */
	struct proc_entry *children, *next;	/* [p] */
	const struct file_operations *fops;	/* [c] */
	const struct inode_operations *iops;	/* [c] */
	int (*show)(struct seq_file *m, void *data);	/* [c] */
	const char *target;			/* [c] of a symbolic link */
	void *data;				/* [c] */
};

#define PROC_ROOT_INO	1
#define PROC_PID_INO	0x10000	/* inodes from here on belong to a process */

extern struct proc_entry proc_root;
struct dentry *proc_lookup_entry(struct inode *dir, struct dentry *dentry);	/* of a fixed directory */
int proc_fill_entries(struct file *file, void *ctx, filldir_t fill, struct proc_entry *dir);
struct inode *proc_new_inode(struct super_block *sb, struct proc_entry *entry);
struct proc_entry *proc_add(const char *path, mode_t mode);	/* NULL: no memory, or it exists */

/* pid.c */
struct dentry *proc_pid_lookup(struct inode *dir, struct dentry *dentry);
int proc_pid_readdir(struct file *file, void *ctx, filldir_t fill);
void proc_pid_clear_inode(struct inode *inode);
struct task_struct *proc_task(const struct inode *inode);
bool proc_may_inspect(struct task_struct *task);

/* array.c, task_mmu.c: what the files of a process say */
int proc_pid_stat(struct seq_file *m, struct task_struct *task);
int proc_pid_status(struct seq_file *m, struct task_struct *task);
int proc_pid_statm(struct seq_file *m, struct task_struct *task);
int proc_pid_limits(struct seq_file *m, struct task_struct *task);
void task_mem_status(struct seq_file *m, struct mm_struct *mm);
extern const struct file_operations proc_maps_fops, proc_mem_fops;

/* ../namespace.c, ../super.c, ../devices.c */
int mounts_show(struct seq_file *m, void *data);
int filesystems_show(struct seq_file *m, void *data);
int chrdevs_show(struct seq_file *m, void *data);

void proc_misc_init(void);
void proc_sys_init(void);

#endif
