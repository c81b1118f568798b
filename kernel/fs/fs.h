#ifndef KERNEL_FS_FS_H
#define KERNEL_FS_FS_H

/*
 * The virtual file system's structures, as Linux 2.6.20's.
 *
 *	fd ─► file ─► dentry ─► inode ─► address_space ─► pages
 *	        │        └ parent, name; hashed; negative when it has no inode
 *	        └ vfsmount ─► super_block ─► block device
 *
 * Lock letters: [i] inode->i_mutex  [il] inode_lock  [d] dcache_lock  [f] files_struct->file_lock
 *               [tree] mapping->tree_lock  [mm] mapping->i_mmap_lock  [p] mapping->private_lock
 *               [ns] namespace_sem  [x] atomic  [c] constant after creation  [s] s_umount
 */
#include "kernel/types.h"
#include "kernel/atomic.h"
#include "kernel/spinlock.h"
#include "kernel/mutex.h"
#include "kernel/rcu.h"
#include "kernel/lib/list.h"
#include "kernel/lib/radix_tree.h"
#include "mm/prio_tree.h"
#include "kernel/uapi/errno.h"
#include "kernel/uapi/fcntl.h"
#include "kernel/uapi/stat.h"
#include "kernel/uapi/limits.h"
#include "kernel/uapi/signal.h"

struct inode;
struct address_space;
struct task_struct;
struct wait_queue_head;
struct dentry;
struct file;
struct super_block;
struct vfsmount;
struct nameidata;
struct vm_area_struct;
struct page;
struct writeback_control;
struct backing_dev_info;
struct block_device;
struct poll_table;
struct iovec;
struct kstatfs;
struct file_lock;
struct pollfd;
struct timespec_abi;
struct __kernel_timespec;

/* ---- Page cache of one file ---------------------------------------------------------- */
#define PAGECACHE_TAG_DIRTY	0
#define PAGECACHE_TAG_WRITEBACK	1

struct address_space_operations {
	int (*writepage)(struct page *page, struct writeback_control *wbc);	/* => page locked in, unlocked out */
	int (*readpage)(struct file *file, struct page *page);		/* => page locked in; unlocked when the read ends */
	int (*writepages)(struct address_space *mapping, struct writeback_control *wbc);
	int (*set_page_dirty)(struct page *page);			/* => may not sleep */
	int (*readpages)(struct file *file, struct address_space *mapping, struct list_head *pages, unsigned nr_pages);
	/* => page locked; [from, to) of it will be overwritten, resp. was. AOP_TRUNCATED_PAGE: look the page up again */
	int (*prepare_write)(struct file *file, struct page *page, unsigned from, unsigned to);
	int (*commit_write)(struct file *file, struct page *page, unsigned from, unsigned to);
	sector_t (*bmap)(struct address_space *mapping, sector_t block);
	void (*invalidatepage)(struct page *page, unsigned long offset);
	int (*releasepage)(struct page *page, gfp_t gfp);		/* 1: buffers are gone */
};
#define AOP_TRUNCATED_PAGE	0x80001

struct address_space {
	struct inode *host;			/* [c] */
	struct radix_tree_root page_tree;	/* [tree] */
	spinlock_t tree_lock;			/* irq-safe */
	unsigned int i_mmap_writable;		/* [mm] VM_SHARED mappings */
	struct prio_tree_root i_mmap;		/* [mm] */
	spinlock_t i_mmap_lock;
	unsigned int truncate_count;		/* [mm] raised by truncate: faults look again */
	unsigned long nrpages;			/* [tree] */
	pgoff_t writeback_index;		/* where a cyclic writeback goes on; a hint */
	const struct address_space_operations *a_ops;	/* [c] */
	unsigned long flags;			/* [x] gfp mask and AS_* */
	struct backing_dev_info *backing_dev_info;	/* [c] */
	spinlock_t private_lock;
	struct list_head private_list;		/* [p] metadata buffers to write at fsync */
	struct address_space *assoc_mapping;	/* [p] the block device's, whose buffers these are */
};

/* Readahead state of an open file: 2.6.20's two windows (mm/readahead.c). */
struct file_ra_state {
	unsigned long start, size;		/* current window */
	unsigned long flags;			/* RA_FLAG_* */
	unsigned long cache_hit;		/* pages found already there, in a row */
	unsigned long prev_page;
	unsigned long ahead_start, ahead_size;	/* window ahead */
	unsigned long ra_pages;			/* largest window */
	unsigned long mmap_hit, mmap_miss;
};
#define RA_FLAG_MISS	1
#define RA_FLAG_INCACHE	2

/* ---- Inode ---------------------------------------------------------------------------- */
struct ktimespec { s64 tv_sec; long tv_nsec; };

struct inode {
	struct hlist_node i_hash;	/* [il] inode hash chain */
	struct list_head i_list;	/* [il] in use, unused, or dirty (sb->s_dirty, s_io) */
	struct list_head i_sb_list;	/* [il] all of sb */
	struct list_head i_dentry;	/* [d] aliases */
	ino_t i_ino;			/* [c] */
	atomic_t i_count;
	mode_t i_mode;			/* [i] */
	unsigned int i_nlink;		/* [i] */
	uid_t i_uid;
	gid_t i_gid;
	dev_t i_rdev;			/* [c] of a device node */
	loff_t i_size;			/* [i] to write; read by i_size_read */
	unsigned int i_size_seq;	/* odd while i_size is being written */
	struct ktimespec i_atime, i_mtime, i_ctime;
	u64 i_blocks;			/* [i] 512-byte units */
	unsigned int i_blkbits;
	unsigned long i_version;
	struct mutex i_mutex;
	struct rw_semaphore i_alloc_sem;
	const struct inode_operations *i_op;	/* [c] */
	const struct file_operations *i_fop;	/* [c] */
	struct super_block *i_sb;	/* [c] */
	struct address_space *i_mapping;	/* &i_data, or the block device's */
	struct address_space i_data;
	struct pipe_inode_info *i_pipe;	/* [i] */
	struct block_device *i_bdev;
	struct file_lock *i_flock;	/* locks.c: file_lock_lock */
	unsigned long i_state;		/* [il] I_* */
	unsigned long dirtied_when;	/* [il] jiffies */
	unsigned int i_flags;
	atomic_t i_writecount;		/* > 0: open for writing; < 0: being executed (ETXTBSY) */
	void *i_private;		/* the filesystem's */
};

#define I_DIRTY_SYNC		1	/* inode itself */
#define I_DIRTY_DATASYNC	2	/* data-related: size, blocks */
#define I_DIRTY_PAGES		4
#define I_LOCK			8	/* being read or written */
#define I_FREEING		16
#define I_CLEAR			32
#define I_NEW			64
#define I_WILL_FREE		128
#define I_DIRTY			(I_DIRTY_SYNC | I_DIRTY_DATASYNC | I_DIRTY_PAGES)

/* 64-bit sizes tear on 32 bits: read and write them by the pair. */
loff_t i_size_read(const struct inode *inode);
void i_size_write(struct inode *inode, loff_t size);	/* => i_mutex held */

struct iattr {
	unsigned int ia_valid;		/* ATTR_* */
	mode_t ia_mode;
	uid_t ia_uid;
	gid_t ia_gid;
	loff_t ia_size;
	struct ktimespec ia_atime, ia_mtime, ia_ctime;
};
#define ATTR_MODE	1u
#define ATTR_UID	2u
#define ATTR_GID	4u
#define ATTR_SIZE	8u
#define ATTR_ATIME	16u
#define ATTR_MTIME	32u
#define ATTR_CTIME	64u
#define ATTR_ATIME_SET	128u
#define ATTR_MTIME_SET	256u
#define ATTR_FORCE	512u

struct kstat {
	u64 ino;
	dev_t dev;
	mode_t mode;
	unsigned int nlink;
	uid_t uid;
	gid_t gid;
	dev_t rdev;
	loff_t size;
	struct ktimespec atime, mtime, ctime;
	unsigned long blksize;
	u64 blocks;
};

struct inode_operations {	/* => directory's i_mutex held where a directory is changed or looked up */
	int (*create)(struct inode *dir, struct dentry *dentry, mode_t mode);
	struct dentry *(*lookup)(struct inode *dir, struct dentry *dentry);	/* NULL: d_add was done (perhaps negative) */
	int (*link)(struct dentry *old, struct inode *dir, struct dentry *dentry);
	int (*unlink)(struct inode *dir, struct dentry *dentry);
	int (*symlink)(struct inode *dir, struct dentry *dentry, const char *target);
	int (*mkdir)(struct inode *dir, struct dentry *dentry, mode_t mode);
	int (*rmdir)(struct inode *dir, struct dentry *dentry);
	int (*mknod)(struct inode *dir, struct dentry *dentry, mode_t mode, dev_t dev);
	int (*rename)(struct inode *old_dir, struct dentry *old, struct inode *new_dir, struct dentry *new);
	/* The target into @buf (NUL added). Length or -errno. NULL for what is not a link. */
	int (*readlink)(struct dentry *dentry, char *buf, size_t size);
	int (*follow_link)(struct dentry *dentry, struct nameidata *nd);	/* magic links of procfs: jump; NULL: use readlink */
	void (*truncate)(struct inode *inode);		/* i_size is new; free blocks beyond */
	int (*permission)(struct inode *inode, int mask);
	int (*setattr)(struct dentry *dentry, struct iattr *attr);
	int (*getattr)(struct vfsmount *mnt, struct dentry *dentry, struct kstat *stat);
};

/* ---- Dentry ------------------------------------------------------------------------------- */
struct qstr {
	const char *name;
	unsigned int len;
	unsigned int hash;
};

#define DNAME_INLINE_LEN 40

struct dentry {
	atomic_t d_count;
	unsigned int d_flags;		/* [d] DCACHE_* */
	struct inode *d_inode;		/* [d] NULL: negative */
	struct dentry *d_parent;	/* [d] */
	struct qstr d_name;		/* [d] */
	struct hlist_node d_hash;	/* [d] */
	struct list_head d_lru;		/* [d] unused ones, oldest last */
	struct list_head d_child;	/* [d] in d_parent->d_subdirs */
	struct list_head d_subdirs;	/* [d] */
	struct list_head d_alias;	/* [d] in inode->i_dentry */
	const struct dentry_operations *d_op;
	struct super_block *d_sb;	/* [c] */
	int d_mounted;			/* [d] filesystems mounted here */
	char d_iname[DNAME_INLINE_LEN];
	struct rcu_head d_rcu;
};
extern unsigned long dhash_entries, ihash_entries;	/* of the command line: chains of the hashes; 0: by memory */
#define DCACHE_REFERENCED	1u	/* used since the shrinker looked last */
#define DCACHE_ON_LRU		2u
static inline bool d_unhashed(const struct dentry *dentry) { return hlist_unhashed(&dentry->d_hash); }

struct dentry_operations {
	int (*d_revalidate)(struct dentry *dentry);	/* 0: drop it and look up again. => may sleep */
	int (*d_delete)(struct dentry *dentry);		/* 1: do not keep it when unused */
};

/* dcache.c */
struct dentry *d_alloc(struct dentry *parent, const struct qstr *name);
struct dentry *d_alloc_root(struct inode *root);
struct dentry *d_lookup(struct dentry *parent, const struct qstr *name);
void d_instantiate(struct dentry *dentry, struct inode *inode);
void d_add(struct dentry *dentry, struct inode *inode);
void d_delete(struct dentry *dentry);
void d_drop(struct dentry *dentry);
void d_move(struct dentry *dentry, struct dentry *target);
bool d_invalidate(struct dentry *dentry);
struct dentry *dget(struct dentry *dentry);
void dput(struct dentry *dentry);			/* => may sleep */
void shrink_dcache_sb(struct super_block *sb);
void shrink_dcache_parent(struct dentry *parent);
/* The path of (dentry, mnt) as seen from the current root, at the end of @buf. ERR_PTR(-ENAMETOOLONG). " (deleted)" is added. */
char *d_path(struct dentry *dentry, struct vfsmount *mnt, char *buf, int buflen);
unsigned int full_name_hash(const char *name, unsigned int len);

/* ---- Open file --------------------------------------------------------------------------------- */
struct file {
	atomic_t f_count;
	unsigned int f_flags;		/* O_* */
	unsigned int f_mode;		/* FMODE_* */
	loff_t f_pos;			/* [f_pos_lock] when shared */
	struct mutex f_pos_lock;
	struct dentry *f_dentry;	/* [c] */
	struct vfsmount *f_vfsmnt;	/* [c] */
	const struct file_operations *f_op;
	struct address_space *f_mapping;	/* [c] */
	struct file_ra_state f_ra;
	pid_t f_owner;
	unsigned long f_version;
	void *private_data;
};
#define FMODE_READ	1u
#define FMODE_WRITE	2u
#define FMODE_LSEEK	4u
#define FMODE_PREAD	8u
#define FMODE_PWRITE	16u
#define FMODE_ATOMIC_POS 32u	/* read, write and lseek take f_pos_lock: files and directories */
#define FMODE_PATH	64u	/* O_PATH: a place, not an open file */
#define FMODE_WRITER	128u	/* counted in i_writecount */

typedef int (*filldir_t)(void *ctx, const char *name, int namelen, loff_t offset, u64 ino, unsigned int d_type);

struct file_operations {
	loff_t (*llseek)(struct file *file, loff_t offset, int whence);
	ssize_t (*read)(struct file *file, char __user *buf, size_t count, loff_t *pos);
	ssize_t (*write)(struct file *file, const char __user *buf, size_t count, loff_t *pos);
	/* As read, into the kernel's memory, for exec and sendfile. NULL: through the page cache. */
	ssize_t (*kernel_read)(struct file *file, char *buf, size_t count, loff_t *pos);
	/* As write, from the kernel's memory, for sendfile. NULL: through the page cache, if the file has one. */
	ssize_t (*kernel_write)(struct file *file, const char *buf, size_t count, loff_t *pos);
	int (*readdir)(struct file *file, void *ctx, filldir_t fill);	/* => i_mutex held; moves f_pos */
	unsigned int (*poll)(struct file *file, struct poll_table *wait);
	long (*ioctl)(struct file *file, unsigned int cmd, unsigned long arg);
	int (*mmap)(struct file *file, struct vm_area_struct *vma);
	int (*open)(struct inode *inode, struct file *file);
	int (*flush)(struct file *file);			/* each close of a descriptor */
	int (*release)(struct inode *inode, struct file *file);	/* the last reference went */
	int (*fsync)(struct file *file, struct dentry *dentry, int datasync);	/* => i_mutex held, data written already */
	long (*fallocate)(struct file *file, int mode, loff_t offset, loff_t len);	/* => checked; takes i_mutex */
	unsigned long (*get_unmapped_area)(struct file *file, unsigned long addr, unsigned long len,
					   unsigned long pgoff, unsigned long flags);
};

/* file_table.c, open.c */
struct file *fget(unsigned int fd);		/* referenced, or NULL: EBADF */
void fput(struct file *file);			/* => may sleep */
static inline void get_file(struct file *file) { atomic_inc(&file->f_count); }
struct file *get_empty_filp(void);		/* ERR_PTR(-ENFILE, -ENOMEM) */
struct file *filp_open(const char *path, int flags, mode_t mode);	/* kernel string */
struct file *dentry_open(struct dentry *dentry, struct vfsmount *mnt, int flags);	/* eats both references */
int filp_close(struct file *file);
/* An open file without a name, on @mnt: ERR_PTR. Eats the inode's reference. */
struct file *alloc_file_pseudo(struct vfsmount *mnt, struct inode *inode, const char *name, unsigned int flags, const struct file_operations *fop);
/* The same for objects without any path: pipes. */
struct file *alloc_file_anon(struct inode *inode, const char *name, unsigned int flags, const struct file_operations *fop);
int get_unused_fd(void);
int get_unused_fd_flags(unsigned int flags);	/* O_CLOEXEC */
void put_unused_fd(unsigned int fd);
void fd_install(unsigned int fd, struct file *file);
loff_t generic_file_llseek(struct file *file, loff_t offset, int whence);
loff_t no_llseek(struct file *file, loff_t offset, int whence);
ssize_t vfs_read(struct file *file, char __user *buf, size_t count, loff_t *pos);
ssize_t vfs_write(struct file *file, const char __user *buf, size_t count, loff_t *pos);
ssize_t kernel_write(struct file *file, const char *buf, size_t count, loff_t *pos);
int vfs_fallocate(struct file *file, int mode, loff_t offset, loff_t len);	/* fallocate(2). => takes i_mutex */
int simple_sync_file(struct file *file, struct dentry *dentry, int datasync);
int vfs_fsync(struct file *file, struct dentry *dentry, int datasync);
int generic_readlink_user(struct dentry *dentry, char __user *buf, int size);

#define NR_OPEN_DEFAULT	BITS_PER_LONG
struct files_struct {
	atomic_t count;
	spinlock_t file_lock;
	unsigned int max_fds;			/* [f] */
	struct file **fd;			/* [f] */
	unsigned long *open_fds, *close_on_exec; /* [f] bitmaps of max_fds */
	unsigned int next_fd;			/* [f] lowest that may be free */
	struct file *fd_array[NR_OPEN_DEFAULT];
	unsigned long open_fds_init[1], close_on_exec_init[1];
};
struct fs_struct {
	atomic_t count;
	spinlock_t lock;
	mode_t umask;
	struct dentry *root, *pwd;		/* [lock] */
	struct vfsmount *rootmnt, *pwdmnt;	/* [lock] */
};
extern struct files_struct init_files;
extern int sysctl_nr_open;			/* a process's limit of descriptors cannot be more */
extern struct fs_struct init_fs;
struct files_struct *dup_files(struct files_struct *old, int *error);	/* fork */
void put_files_struct(struct files_struct *files);
void close_on_exec_files(struct files_struct *files);		/* exec */
struct files_struct *get_task_files(struct task_struct *t);
struct fs_struct *copy_fs_struct(struct fs_struct *old);
void put_fs_struct(struct fs_struct *fs);
int unshare_files(void);					/* exec of a thread that shares them */

/* ---- Superblock, mounts ------------------------------------------------------------------ */
struct super_operations {
	struct inode *(*alloc_inode)(struct super_block *sb);
	void (*destroy_inode)(struct inode *inode);
	void (*read_inode)(struct inode *inode);		/* fills a new one; make_bad_inode on error */
	int (*write_inode)(struct inode *inode, int wait);
	void (*put_inode)(struct inode *inode);
	void (*delete_inode)(struct inode *inode);		/* no link, no user left: free it on disk; ends in clear_inode */
	void (*clear_inode)(struct inode *inode);
	void (*put_super)(struct super_block *sb);
	void (*write_super)(struct super_block *sb);
	int (*sync_fs)(struct super_block *sb, int wait);
	int (*statfs)(struct dentry *dentry, struct kstatfs *buf);
	int (*remount_fs)(struct super_block *sb, int *flags, char *data);
	int (*show_options)(struct vfsmount *mnt, char *buf, size_t size);
};

struct kstatfs {
	long f_type, f_bsize;
	u64 f_blocks, f_bfree, f_bavail, f_files, f_ffree;
	u32 f_fsid[2];
	long f_namelen, f_frsize;
};

struct super_block {
	struct list_head s_list;	/* [sb_lock] all superblocks */
	dev_t s_dev;			/* [c] */
	unsigned long s_blocksize;
	unsigned int s_blocksize_bits;
	bool s_dirt;			/* the superblock itself wants writing */
	u64 s_maxbytes;			/* largest file */
	struct file_system_type *s_type;
	const struct super_operations *s_op;
	unsigned long s_flags;		/* MS_* */
	unsigned long s_magic;
	struct dentry *s_root;
	struct rw_semaphore s_umount;
	atomic_t s_writers;		/* calls that are changing it */
	bool s_frozen;			/* no new ones: sb_start_write fails */
	int s_count;			/* [sb_lock] */
	atomic_t s_active;
	struct list_head s_inodes;	/* [il] */
	struct list_head s_dirty, s_io;	/* [il] inodes to write, being written */
	struct block_device *s_bdev;
	struct mutex s_vfs_rename_mutex;
	char s_id[32];
	void *s_fs_info;
};

struct file_system_type {
	const char *name;
	bool requires_dev;
	/* The superblock mounted, referenced, s_root set; ERR_PTR. */
	struct super_block *(*get_sb)(struct file_system_type *type, int flags, const char *dev, void *data);
	void (*kill_sb)(struct super_block *sb);
	struct file_system_type *next;
};

struct vfsmount {
	struct hlist_node mnt_hash;	/* [d] by (parent, mountpoint) */
	struct vfsmount *mnt_parent;	/* [d] itself for the root */
	struct dentry *mnt_mountpoint;	/* [d] */
	struct dentry *mnt_root;	/* [c] */
	struct super_block *mnt_sb;	/* [c] */
	struct list_head mnt_mounts, mnt_child;	/* [ns] */
	struct list_head mnt_list;	/* [ns] all, in order of mounting */
	atomic_t mnt_count;
	int mnt_flags;			/* MNT_* */
	char *mnt_devname;
};
static inline struct vfsmount *mntget(struct vfsmount *m) { if (m) atomic_inc(&m->mnt_count); return m; }
void mntput(struct vfsmount *mnt);

/* super.c, namespace.c */
int register_filesystem(struct file_system_type *fs);
struct super_block *get_sb_bdev(struct file_system_type *type, int flags, const char *dev, void *data,
				int (*fill_super)(struct super_block *, void *, int));
struct super_block *get_sb_nodev(struct file_system_type *type, int flags, void *data,
				 int (*fill_super)(struct super_block *, void *, int));
struct super_block *get_sb_single(struct file_system_type *type, int flags, void *data,
				  int (*fill_super)(struct super_block *, void *, int));
void kill_block_super(struct super_block *sb);
void kill_anon_super(struct super_block *sb);
struct vfsmount *kern_mount(struct file_system_type *type);	/* internal, has no place in the tree. ERR_PTR */
/* First mount. @dev: "/dev/vda", "ram0"…; 0 or -errno with a sentence in the log. */
int mount_root(const char *dev, const char *fstype, int flags);
int do_mount(const char *dev, const char *dir, const char *type, unsigned long flags, void *data);
void umount_all(void);			/* power-off: sync and unmount everything, root read-only */
void sync_filesystems(int wait);

/* inode.c */
struct inode *new_inode(struct super_block *sb);
void for_each_inode_of(struct super_block *sb, void (*fn)(struct inode *inode, void *arg), void *arg);	/* => @fn: inode_lock held */
struct inode *iget(struct super_block *sb, ino_t ino);	/* by read_inode; NULL without memory; check is_bad_inode */
struct inode *iget_locked(struct super_block *sb, ino_t ino);	/* I_NEW: fill, then unlock_new_inode */
void unlock_new_inode(struct inode *inode);
void iput(struct inode *inode);				/* => may sleep */
void clear_inode(struct inode *inode);
void insert_inode_hash(struct inode *inode);
void remove_inode_hash(struct inode *inode);
void make_bad_inode(struct inode *inode);
bool is_bad_inode(const struct inode *inode);
void __mark_inode_dirty(struct inode *inode, int flags);
static inline void mark_inode_dirty(struct inode *inode) { __mark_inode_dirty(inode, I_DIRTY); }
static inline void mark_inode_dirty_sync(struct inode *inode) { __mark_inode_dirty(inode, I_DIRTY_SYNC); }
int write_inode_now(struct inode *inode, int sync);
void writeback_inodes(struct writeback_control *wbc);	/* fs-writeback.c: what pdflush calls */
void sync_inodes_sb(struct super_block *sb, int wait);
void touch_atime(struct vfsmount *mnt, struct dentry *dentry);
void file_update_time(struct file *file);
struct ktimespec current_fs_time(struct super_block *sb);
void generic_fillattr(struct inode *inode, struct kstat *stat);
int inode_change_ok(struct inode *inode, struct iattr *attr);
int inode_setattr(struct inode *inode, struct iattr *attr);
int notify_change(struct dentry *dentry, struct iattr *attr);	/* => i_mutex held */
int permission(struct inode *inode, int mask);		/* MAY_* */
#define MAY_EXEC	1
#define MAY_WRITE	2
#define MAY_READ	4
#define MAY_APPEND	8
int get_write_access(struct inode *inode);		/* 0 or -ETXTBSY */
void put_write_access(struct inode *inode);
int deny_write_access(struct file *file);
void allow_write_access(struct file *file);
void init_special_inode(struct inode *inode, mode_t mode, dev_t rdev);
void inode_init_once(struct inode *inode);		/* for alloc_inode's caches */
void address_space_init_once(struct address_space *mapping);
/* An inode of a kernel-internal filesystem (pipes, shared memory), not hashed. NULL without memory. */
struct inode *new_anon_inode(mode_t mode);

/* namei.c */
struct path { struct vfsmount *mnt; struct dentry *dentry; };
struct nameidata {
	struct path path;		/* where we are; referenced */
	struct qstr last;		/* last component (LOOKUP_PARENT) */
	unsigned int flags;
	int last_type;			/* LAST_NORM … */
	int depth;			/* symbolic links followed */
	struct link_body *links;	/* texts of links being followed, innermost first */
};
#define LOOKUP_FOLLOW		1u
#define LOOKUP_DIRECTORY	2u
#define LOOKUP_PARENT		16u
#define LOOKUP_CREATE		0x200u
enum { LAST_NORM, LAST_ROOT, LAST_DOT, LAST_DOTDOT, LAST_JUMP };
int kern_path(const char *name, unsigned int flags, struct path *path);	/* kernel string; path_put it */
int user_path_at(int dfd, const char __user *name, unsigned int flags, struct path *path);
void path_put(struct path *path);
void path_get(const struct path *path);
char *getname(const char __user *name);			/* ERR_PTR(-EFAULT, -ENAMETOOLONG, -ENOENT, -ENOMEM) */
void putname(char *name);

/* Calls whose times have two layouts (poll.c, attr.c; time32.c for i386's first). => may sleep */
long do_ppoll(struct pollfd __user *fds, unsigned int nfds, void __user *timeout, const sigset_t __user *mask,
	      size_t sigsetsize, const struct timespec_abi *abi);
long do_pselect6(int n, unsigned long __user *const sets[3], void __user *timeout, const void __user *packed,
		 const struct timespec_abi *abi);
/* @times: two, or NULL for now. @name NULL: the file that is open as @dfd */
long do_utimensat(int dfd, const char __user *name, const struct __kernel_timespec *times, int flags);

/* exec: open for execution: regular, x permission, deny write. ERR_PTR */
struct file *open_exec(const char *name);

/* Character devices (devices.c): the major number's operations, by minor range. */
struct char_device {
	dev_t first;
	unsigned int count;
	const char *name;		/* node in /dev: "null", "tty", "ttyS%d" */
	const struct file_operations *fops;
	mode_t mode;
	struct char_device *next;
};
int register_chrdev(struct char_device *cdev);
/* A node in /dev ("vda", S_IFBLK | 0660): shown at once, or when /dev is made. => may sleep. 0 or -errno */
int dev_node_create(const char *name, mode_t mode, dev_t dev);

/* Poll (poll.c). */
struct poll_table { void (*qproc)(struct file *file, struct wait_queue_head *q, struct poll_table *p); };
static inline void poll_wait(struct file *file, struct wait_queue_head *q, struct poll_table *p)
{
	if (p && p->qproc)
		p->qproc(file, q, p);
}

void vfs_init(void);			/* dcache, inode, files, mounts, the built-in filesystems' registration. => slab up */
void ext2_init(void);			/* ext2/super.c. => vfs_init was called */

#endif
