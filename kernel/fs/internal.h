#ifndef KERNEL_FS_INTERNAL_H
#define KERNEL_FS_INTERNAL_H

/* What the files of kernel/fs/ tell only each other. */
#include "kernel/fs/fs.h"
#include "kernel/sched.h"
#include "kernel/syscalls.h"
#include "kernel/printk.h"
#include "kernel/uaccess.h"
#include "kernel/lib/string.h"
#include "kernel/uapi/mount.h"
#include "kernel/uapi/statfs.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "mm/bootmem.h"
#include "mm/pagemap.h"
#include "mm/backing-dev.h"

#define LONG_MAX	((long)(~0UL >> 1))
#define LLONG_MAX	((loff_t)(~0ULL >> 1))
/* The page cache counts pages in an unsigned long. */
#define MAX_LFS_FILESIZE ((u64)LLONG_MAX >> (BITS_PER_LONG == 64 ? 0 : 64 - BITS_PER_LONG - PAGE_SHIFT))

/* dcache.c */
extern spinlock_t dcache_lock;		/* dentries, mount tree. RANK_DCACHE */
struct dentry *dget_locked(struct dentry *dentry);
bool is_subdir(struct dentry *dentry, struct dentry *ancestor);
unsigned int d_hash_bits(void);
int shrink_dcache_memory(int nr, gfp_t gfp);
void dcache_init(void);
void dentry_counts(long *all, long *unused);

/* inode.c */
extern spinlock_t inode_lock;		/* inode lists and states. RANK_INODE */
extern struct list_head inode_in_use, inode_unused;
extern unsigned int nr_inodes, nr_unused_inodes;
void __iget(struct inode *inode);	/* => inode_lock held */
void wait_on_inode(struct inode *inode);
void wake_up_inode(struct inode *inode);
bool invalidate_inodes(struct super_block *sb);	/* true: some are still used */
int shrink_icache_memory(int nr, gfp_t gfp);
void inode_init(void);
#define I_LOCK_BIT	3
static inline bool timespec_equal(const struct ktimespec *a, const struct ktimespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}
static inline bool timespec_after(const struct ktimespec *a, const struct ktimespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

/* fs-writeback.c */
static inline bool mapping_tagged(struct address_space *mapping, int tag)
{
	return radix_tree_tagged(&mapping->page_tree, (unsigned)tag);
}
long do_sync(void);

/* super.c */
extern struct list_head super_blocks;	/* sb_lock */
extern spinlock_t sb_lock;		/* RANK_SB */
struct file_system_type *get_fs_type(const char *name);
void deactivate_super(struct super_block *sb);
/*
 * Around each call that changes @sb's tree or files. 0, or -EROFS while it becomes read-only. Never sleeps; nests.
 */
int sb_start_write(struct super_block *sb);
void sb_end_write(struct super_block *sb);
/* => may sleep: on return no change is half done, and none begins until sb_thaw. */
void sb_freeze(struct super_block *sb);
void sb_thaw(struct super_block *sb);
int do_remount_sb(struct super_block *sb, int flags, char *data);
#define MS_RMT_MASK	(MS_RDONLY | MS_SYNCHRONOUS | MS_NOATIME)
#define MS_FORCE_RO	(1 << 29)	/* do_remount_sb: whoever writes */
void put_super_locked(struct super_block *sb);
dev_t new_anon_dev(void);
void sync_supers(void);
void sync_filesystems(int wait);
/* Calls fn(sb, arg) for all superblocks, each held by a count and its s_umount for read. */
void iterate_supers(void (*fn)(struct super_block *sb, long arg), long arg);

/* drop_caches.c. => procfs is up */
void drop_caches_init(void);

/* namespace.c */
struct vfsmount *lookup_mnt(struct vfsmount *mnt, struct dentry *dentry);
#define MS_NOUSER	(1UL << 31)	/* kernel-internal superblock: objects without paths */
#define MS_ACTIVE	(1UL << 30)	/* mounted: unused inodes may be kept */
#define MNT_NOSUID	MS_NOSUID
#define MNT_NODEV	MS_NODEV
#define MNT_NOEXEC	MS_NOEXEC

/* namei.c */
void get_fs_root(struct fs_struct *fs, struct path *root);	/* referenced */
void get_fs_pwd(struct fs_struct *fs, struct path *pwd);
#define LOOKUP_EMPTY	0x4000u		/* "" means the starting point itself */
#define LOOKUP_RENAME	0x8000u
/* What a call's AT_* flags ask of the walk. */
static inline unsigned int at_lookup_flags(int flags)
{
	return (flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW) | (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0);
}
int path_lookup_at(int dfd, const char *name, unsigned int flags, struct nameidata *nd);
void nd_release(struct nameidata *nd);
void follow_mount(struct path *path);
int open_or_create(struct nameidata *nd, int flags, mode_t mode, struct path *path, bool *created);
int nd_follow_last(struct nameidata *nd, struct dentry *link);
struct dentry *lookup_one(struct dentry *dir, const struct qstr *name);
int nd_jump(struct nameidata *nd, struct path *path);	/* eats the path */
struct file *do_filp_open(int dfd, const char *name, int flags, mode_t mode);
int may_open(struct path *path, int acc_mode, int flags);

/* open.c, attr.c, stat.c */
/* Without the padding that 64-bit alignment would add at the end (i386 packs it to 84 bytes). */
#define STATFS64_SIZE	(offsetof(struct __kernel_statfs64, f_spare) + sizeof(((struct __kernel_statfs64 *)0)->f_spare))
int do_truncate(struct dentry *dentry, loff_t length, unsigned int extra);
int vfs_getattr(struct vfsmount *mnt, struct dentry *dentry, struct kstat *stat);
int vfs_fstatat(int dfd, const char __user *name, unsigned int flags, struct kstat *stat);
int vfs_fstat(unsigned int fd, struct kstat *stat);
int vfs_statfs(struct dentry *dentry, struct kstatfs *buf);
void generic_set_owner(struct inode *inode, const struct inode *dir, mode_t mode);

/* locks.c */
void locks_remove_posix(struct file *file, void *owner);
void locks_remove_flock(struct file *file);
long fcntl_lock(struct file *file, unsigned int fd, unsigned int cmd, unsigned long arg);

/* file_table.c */
int nr_open_files(void);
extern int sysctl_file_max;
int expand_files(struct files_struct *files, unsigned int fd);
void set_fs_root(struct fs_struct *fs, const struct path *path);
void set_fs_pwd(struct fs_struct *fs, const struct path *path);
/* file.c */
int close_fd(unsigned int fd);
void set_close_on_exec(unsigned int fd, bool set);
/* pipe.c */
long pipe_fcntl(struct file *file, unsigned int cmd, unsigned long arg);
void put_filp(struct file *file);	/* one that was never opened */
void files_init(void);

/* libfs.c: what memory-backed filesystems share, and operations that do nothing */
extern const struct file_operations empty_fops, no_open_fops;
extern const struct inode_operations empty_iops;
extern const struct address_space_operations empty_aops;
extern struct backing_dev_info noop_backing_dev_info;
loff_t dcache_dir_lseek(struct file *file, loff_t offset, int whence);
int dcache_readdir(struct file *file, void *ctx, filldir_t fill);
int simple_statfs(struct dentry *dentry, struct kstatfs *buf);
ssize_t generic_read_dir(struct file *file, char __user *buf, size_t count, loff_t *pos);
unsigned int dt_type(mode_t mode);
struct dentry *simple_lookup(struct inode *dir, struct dentry *dentry);
void simple_add_entry(struct inode *dir, struct dentry *dentry, struct inode *inode);
int simple_link(struct dentry *old, struct inode *dir, struct dentry *dentry);
int simple_unlink(struct inode *dir, struct dentry *dentry);
int simple_rmdir(struct inode *dir, struct dentry *dentry);
int simple_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir, struct dentry *new);
void kill_litter_super(struct super_block *sb);	/* of a filesystem whose names are pinned */
void libfs_init(void);
/* ramfs.c */
struct inode *ramfs_new_inode(struct super_block *sb, const struct inode *dir, mode_t mode, dev_t dev);
int ramfs_fill_super(struct super_block *sb, void *data, int silent);
extern const struct file_operations simple_dir_operations;
extern const struct super_operations simple_super_operations;

extern const struct file_operations def_fifo_fops, def_chr_fops, mem_fops;
void devices_init(void);
void mount_devices(void);
void ramfs_init(void);

struct seq_file;
/* What /proc's root shows of our own. */
int filesystems_show(struct seq_file *m, void *data);
int mounts_show(struct seq_file *m, void *data);
int chrdevs_show(struct seq_file *m, void *data);

#define IS_RDONLY(inode)	((inode)->i_sb->s_flags & MS_RDONLY)

#endif
