#ifndef MM_SHMEM_H
#define MM_SHMEM_H

/*
 * Memory that is shared by having an inode: the data half of tmpfs (mm/shmem.c; names are kernel/fs/tmpfs.c's).
 *
 *	shmem_sb_info          what a mount may hold, and holds
 *	    ▲
 *	shmem_inode_info ──► vfs_inode ──► i_mapping ──► pages, each uptodate and charged from the moment it is in the cache
 *
 * Lock letters: [l] info->lock  [st] stat_lock  [c] constant  [i+l] i_mutex and info->lock to write, one to read
 */
#include "mm/mm.h"
#include "kernel/fs/fs.h"

struct shmem_sb_info {
	unsigned long max_blocks, used_blocks;	/* [st] pages; max 0: unlimited, and not counted */
	unsigned long max_inodes, used_inodes;	/* [st] inodes and further links; the same */
	spinlock_t stat_lock;
	mode_t mode;				/* [c] the root's, as mounted */
	uid_t uid;				/* [c] */
	gid_t gid;				/* [c] */
};

struct shmem_inode_info {
	spinlock_t lock;
	unsigned long flags;			/* [c] VM_ACCOUNT: charged as a whole, at creation */
	unsigned long alloced;			/* [l] pages it has been charged for */
	unsigned int seals;			/* [i+l] F_SEAL_* */
	int writable;				/* [l] shared mappings that may write, while it may still be sealed */
	struct inode vfs_inode;
};

static inline struct shmem_inode_info *SHMEM_I(const struct inode *inode)
{
	return container_of(inode, struct shmem_inode_info, vfs_inode);
}

static inline struct shmem_sb_info *SHMEM_SB(const struct super_block *sb) { return sb->s_fs_info; }

/* An unnamed file of @size bytes of zeroes, writable. @flags: VM_ACCOUNT charges it now. ERR_PTR. => may sleep */
struct file *shmem_file_setup(const char *name, loff_t size, unsigned long vm_flags);
/* MAP_SHARED | MAP_ANONYMOUS: give @vma such a file. 0 or -errno. => mmap_sem held for write */
int shmem_zero_setup(struct vm_area_struct *vma);
/* mmap of such a file, and its faults, for who adds something of its own (SysV segments). */
int shmem_mmap(struct file *file, struct vm_area_struct *vma);
long shmem_fallocate(struct file *file, int mode, loff_t offset, loff_t len);
struct page *shmem_nopage(struct vm_area_struct *vma, unsigned long address, int *type);
bool shmem_file(const struct file *file);	/* does its data live here? */
long memfd_fcntl(struct file *file, unsigned int cmd, unsigned long arg);	/* memfd.c: F_ADD_SEALS, F_GET_SEALS */
/* A shared mapping of a file that is sealed or may be: counted, or less than asked for. 0 or -EPERM. */
int memfd_mmap(struct file *file, struct vm_area_struct *vma);
long shmem_accounted_pages(void);	/* what all such files were promised, found by looking at each (mmap_check.c); tmpfs.c. => may sleep */

/* ---- between tmpfs.c and shmem.c ---- */
struct inode *shmem_alloc_inode(struct super_block *sb);
void shmem_destroy_inode(struct inode *inode);
void shmem_init_reg(struct inode *inode);	/* a new regular file */
unsigned long shmem_promised(const struct inode *inode);
void shmem_clear_inode(struct inode *inode);	/* its pages are gone: nothing is promised any more */
/* An inode of @sb; @dir (or NULL) may give its group. ERR_PTR(-ENOSPC, -ENOMEM). => may sleep */
struct inode *tmpfs_new_inode(struct super_block *sb, const struct inode *dir, mode_t mode, dev_t dev);
extern struct vfsmount *shm_mnt;		/* tmpfs.c: where files without a name live; no limits */
void shmem_init(void);				/* the inode cache. => boot */
void tmpfs_init(void);				/* => boot, mounts are up */

#endif
