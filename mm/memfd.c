/*
 * memfd.c: memfd_create(2): a file of mm/shmem.c that only its descriptors know; and seals, promises that it will not change.
 *
 * Owns:   the seals of shmem inodes, and the count of mappings that a seal against writing must wait for.
 * Locks:  i_mutex and info->lock to add a seal: one of them is enough to look. Writes and truncation look under i_mutex,
 *         mmap under info->lock.
 * Read next: shmem.c (what the seals forbid), fcntl(2).
 *
 * Not in 2.6.20. A mapping that may write is counted from its mmap on, not from when it is linked into the file's prio tree,
 * so that no seal falls between the two.
 */
#include "mm/shmem.h"
#include "mm/slab.h"
#include "kernel/syscalls.h"
#include "kernel/uaccess.h"
#include "kernel/lib/string.h"
#include "kernel/uapi/mman.h"

#define ALL_SEALS	(F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE | F_SEAL_EXEC)
#define NAME_PREFIX	"memfd:"
#define NAME_MAX_LEN	(NAME_MAX - (sizeof(NAME_PREFIX) - 1))

static struct shmem_inode_info *info_of(const struct vm_area_struct *vma)
{
	return SHMEM_I(vma->vm_file->f_mapping->host);
}

static void count_writable(struct shmem_inode_info *info, int change)
{
	spin_lock(&info->lock);
	info->writable += change;
	ASSERT_OP(info->writable, >=, 0);
	spin_unlock(&info->lock);
}

static void memfd_open(struct vm_area_struct *vma)
{
	count_writable(info_of(vma), 1);
}

static void memfd_close(struct vm_area_struct *vma)
{
	count_writable(info_of(vma), -1);
}

static const struct vm_operations_struct memfd_vm_ops = { .open = memfd_open, .close = memfd_close, .nopage = shmem_nopage };

/* See shmem.h. */
int memfd_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct shmem_inode_info *info = SHMEM_I(file->f_mapping->host);
	int error = 0;

	spin_lock(&info->lock);
	if (info->seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) {
		if (vma->vm_flags & VM_WRITE)
			error = -EPERM;
		vma->vm_flags &= ~VM_MAYWRITE;
	} else if (vma->vm_flags & VM_MAYWRITE && !(info->seals & F_SEAL_SEAL)) {
		info->writable++;
		vma->vm_ops = &memfd_vm_ops;
	}
	spin_unlock(&info->lock);
	return error;
}

/* 0, -EPERM: no more seals; -EBUSY: it is mapped for writing. => i_mutex held */
static int add_seals(struct shmem_inode_info *info, unsigned int seals)
{
	int error = 0;

	if (seals & F_SEAL_EXEC && info->vfs_inode.i_mode & 0111)	/* what may be executed for ever is never written again */
		seals |= F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;
	spin_lock(&info->lock);
	if (info->seals & F_SEAL_SEAL)
		error = -EPERM;
	else if (seals & F_SEAL_WRITE && !(info->seals & F_SEAL_WRITE) && info->writable)
		error = -EBUSY;
	else
		info->seals |= seals;
	spin_unlock(&info->lock);
	return error;
}

/* See shmem.h. */
long memfd_fcntl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct inode *inode = file->f_dentry->d_inode;
	int error;

	if (!shmem_file(file))
		return -EINVAL;
	if (cmd == F_GET_SEALS)
		return READ_ONCE(SHMEM_I(inode)->seals);
	if (!(file->f_mode & FMODE_WRITE))
		return -EPERM;
	if (arg & ~(unsigned long)ALL_SEALS)
		return -EINVAL;
	mutex_lock(&inode->i_mutex);
	error = add_seals(SHMEM_I(inode), (unsigned int)arg);
	mutex_unlock(&inode->i_mutex);
	return error;
}

/* "memfd:" and the user's name. ERR_PTR(-EFAULT, -EINVAL: too long, -ENOMEM). kfree it. */
static char *get_name(const char __user *uname)
{
	char *name = kmalloc(NAME_MAX + 1, GFP_KERNEL);
	long len;

	if (!name)
		return ERR_PTR(-ENOMEM);
	strlcpy(name, NAME_PREFIX, NAME_MAX + 1);
	len = strncpy_from_user(name + sizeof(NAME_PREFIX) - 1, uname, NAME_MAX_LEN + 1);
	if (len >= 0 && len <= (long)NAME_MAX_LEN)
		return name;
	kfree(name);
	return ERR_PTR(len < 0 ? len : -EINVAL);
}

static struct file *new_memfd(const char *name, unsigned int flags)
{
	struct file *file = shmem_file_setup(name, 0, 0);
	struct inode *inode;

	if (IS_ERR(file))
		return file;
	inode = file->f_dentry->d_inode;
	if (flags & (MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL))
		SHMEM_I(inode)->seals = 0;
	if (flags & MFD_NOEXEC_SEAL) {
		inode->i_mode &= ~(mode_t)0111;
		SHMEM_I(inode)->seals |= F_SEAL_EXEC;
	}
	return file;
}

/* memfd_create(2) */
long sys_memfd_create(const char __user *uname, unsigned int flags)
{
	struct file *file;
	char *name;
	int fd;

	if (flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL | MFD_EXEC))	/* MFD_HUGETLB: there are no huge pages */
		return -EINVAL;
	if ((flags & (MFD_EXEC | MFD_NOEXEC_SEAL)) == (MFD_EXEC | MFD_NOEXEC_SEAL))
		return -EINVAL;
	name = get_name(uname);
	if (IS_ERR(name))
		return PTR_ERR(name);
	fd = get_unused_fd_flags(flags & MFD_CLOEXEC ? O_CLOEXEC : 0);
	if (fd >= 0) {
		file = new_memfd(name, flags);
		if (IS_ERR(file)) {
			put_unused_fd((unsigned)fd);
			fd = (int)PTR_ERR(file);
		} else {
			fd_install((unsigned)fd, file);
		}
	}
	kfree(name);
	return fd;
}
