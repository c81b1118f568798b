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

/* kcore.c */
void proc_kcore_init(void);

/* pid.c */
struct dentry *proc_pid_lookup(struct inode *dir, struct dentry *dentry);
int proc_pid_readdir(struct file *file, void *ctx, filldir_t fill);
void proc_pid_clear_inode(struct inode *inode);
struct task_struct *proc_task(const struct inode *inode);
bool proc_may_inspect(struct task_struct *task);
bool proc_task_alive(struct task_struct *task);		/* not reaped yet */
/* One number from the user, [min, max]. 0 or -errno. */
int proc_number(const char __user *buf, size_t count, int min, int max, int *value);

/* array.c, task_mmu.c: what the files of a process say */
int proc_pid_stat(struct seq_file *m, struct task_struct *task);
int proc_pid_status(struct seq_file *m, struct task_struct *task);
int proc_pid_statm(struct seq_file *m, struct task_struct *task);
int proc_pid_limits(struct seq_file *m, struct task_struct *task);
int proc_tid_stat(struct seq_file *m, struct task_struct *task);
void task_mem_status(struct seq_file *m, struct mm_struct *mm);
extern const struct file_operations proc_maps_fops, proc_mem_fops, proc_smaps_fops, proc_pagemap_fops, proc_clear_refs_fops;

/*
 * The address space of @inode's task, if the caller may look into it; NULL if it has none. ERR_PTR(-EACCES, -ESRCH).
 * => a reference to the structure: mmdrop, or proc_mem_release when it is file->private_data
 */
struct mm_struct *proc_mem_open(struct inode *inode);
int proc_mem_release(struct inode *inode, struct file *file);
bool proc_use_mm(struct mm_struct *mm);		/* become a user: true, mmput it; false: it is gone, or NULL */
loff_t proc_mem_lseek(struct file *file, loff_t offset, int whence);
/* Files whose records are areas. => maps_start holds mmap_sem until maps_stop */
int maps_open_as(struct inode *inode, struct file *file, const struct seq_operations *op);
int proc_maps_release(struct inode *inode, struct file *file);
void *maps_start(struct seq_file *m, loff_t *pos);
void *maps_next(struct seq_file *m, void *v, loff_t *pos);
void maps_stop(struct seq_file *m, void *v);
void maps_line(struct seq_file *m, struct vm_area_struct *vma);
unsigned long mm_shmem_rss(struct mm_struct *mm);	/* smaps.c: pages of shared memory that it maps. => may sleep */

/* ../namespace.c, ../super.c, ../devices.c */
int mounts_show(struct seq_file *m, void *data);
int filesystems_show(struct seq_file *m, void *data);
int chrdevs_show(struct seq_file *m, void *data);

void proc_misc_init(void);
void proc_sys_init(void);
void proc_page_init(void);

#endif
