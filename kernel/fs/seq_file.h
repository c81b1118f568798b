#ifndef KERNEL_FS_SEQ_FILE_H
#define KERNEL_FS_SEQ_FILE_H

/*
 * Files whose text is made up while it is read, record by record.
 *
 *	start(pos) ─► show ─► next ─► show … ─► stop	one buffer's worth for each read()
 *
 * Lock letters: [m] seq_file->lock
 */
#include "kernel/fs/fs.h"
#include "kernel/printk.h"

struct seq_file;

struct seq_operations {
	/* The record number *pos, or NULL at the end, or ERR_PTR. stop follows always, even then. => may sleep */
	void *(*start)(struct seq_file *m, loff_t *pos);
	void *(*next)(struct seq_file *m, void *v, loff_t *pos);
	void (*stop)(struct seq_file *m, void *v);
	int (*show)(struct seq_file *m, void *v);	/* 0 or -errno */
};

struct seq_file {
	char *buf;			/* [m] */
	size_t size;			/* [m] of buf */
	size_t from, count;		/* [m] text not yet read: count bytes at from */
	loff_t index;			/* [m] record that comes next */
	loff_t read_pos;		/* [m] file position behind the text given out */
	struct mutex lock;
	const struct seq_operations *op;	/* constant */
	int (*single_show)(struct seq_file *m, void *data);	/* of single_open */
	struct file *file;
	void *private;			/* the file's own */
};

/* => show functions only. A text that does not fit is made again with a larger buffer. */
void seq_printf(struct seq_file *m, const char *fmt, ...) __printf(2, 3);
void seq_puts(struct seq_file *m, const char *s);
void seq_putc(struct seq_file *m, char c);
void seq_write(struct seq_file *m, const void *data, size_t n);
/* @s with the bytes of @escape (and backslash) as \ooo. */
void seq_escape(struct seq_file *m, const char *s, const char *escape);
void seq_path(struct seq_file *m, struct vfsmount *mnt, struct dentry *dentry, const char *escape);

int seq_open(struct file *file, const struct seq_operations *op, void *private);
/* All of the text by one call of @show(m, @data). */
int single_open(struct file *file, int (*show)(struct seq_file *m, void *data), void *data);
ssize_t seq_read(struct file *file, char __user *buf, size_t count, loff_t *pos);
loff_t seq_lseek(struct file *file, loff_t offset, int whence);
int seq_release(struct inode *inode, struct file *file);

#endif
