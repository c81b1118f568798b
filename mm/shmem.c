/*
 * shmem.c: memory that is shared by having an inode: files whose pages have no other place than memory. The data half of
 * tmpfs; MAP_SHARED | MAP_ANONYMOUS, SysV segments and memfd_create are files of it without a name.
 *
 * Owns:   struct shmem_inode_info, the pages of its inodes, and what was promised for them.
 * Locks:  info->lock makes "in the cache" and "charged" one step; i_mutex keeps writes, truncation and holes apart.
 * Read next: kernel/fs/tmpfs.c (names, limits, mounting), filemap.c (the cache), mmap.c:attach_backing (who asks).
 *
 *	          ┌─ in the cache ───────────────────────────────► it
 *	getpage ──┤                   SGP_READ ───────────────────► NULL, a hole
 *	          └─ not there ──┬──
 *	                         └── SGP_CACHE, SGP_WRITE: charge a block, then a page of zeroes into the cache
 *
 * A page is uptodate and dirty from its birth: nothing but truncation takes it out of the cache, and reclaim sees by
 * BDI_CAP_NO_WRITEBACK that memory is its only place. With swap, a page that is "not there" may have an entry in the inode's
 * swap vector: getpage brings it back from there before it thinks of a new one, and truncation frees the entries.
 *
 * Charges: VM_ACCOUNT objects were charged as a whole when they were made; others page by page, and to their mount's limit.
 */
#include "mm/shmem.h"
#include "mm/pagemap.h"
#include "mm/swap.h"
#include "mm/slab.h"
#include "mm/highmem.h"
#include "mm/backing-dev.h"
#include "mm/locking.h"
#include "kernel/uaccess.h"

#define SECTORS_PER_PAGE	(PAGE_SIZE / 512)

enum sgp_type {
	SGP_READ,	/* within the file; a hole stays one */
	SGP_CACHE,	/* within the file; made where it is missing */
	SGP_WRITE,	/* perhaps beyond the end; made where it is missing */
};

static struct kmem_cache *shmem_inode_cache;
static const struct vm_operations_struct shmem_vm_ops;

static struct backing_dev_info shmem_backing_dev_info = {
	.capabilities = BDI_CAP_NO_ACCT_DIRTY | BDI_CAP_NO_WRITEBACK,
};

/* ---- what is promised ---------------------------------------------------------------------------------------- */

static long size_in_pages(loff_t size)
{
	return (long)(((u64)size + PAGE_SIZE - 1) >> PAGE_SHIFT);
}

/* What @inode stands for in Committed_AS. */
unsigned long shmem_promised(const struct inode *inode)
{
	const struct shmem_inode_info *info = SHMEM_I(inode);

	return info->flags & VM_ACCOUNT ? (unsigned long)size_in_pages(inode->i_size) : info->alloced;
}

/* One block more of @inode's mount. False: it is full. */
static bool take_block(struct shmem_sb_info *sbinfo)
{
	bool ok = true;

	if (!READ_ONCE(sbinfo->max_blocks))
		return true;
	spin_lock(&sbinfo->stat_lock);
	if (sbinfo->max_blocks && sbinfo->used_blocks >= sbinfo->max_blocks)
		ok = false;
	else
		sbinfo->used_blocks++;
	spin_unlock(&sbinfo->stat_lock);
	return ok;
}

static void uncharge_blocks(struct inode *inode, unsigned long pages)
{
	struct shmem_sb_info *sbinfo = SHMEM_SB(inode->i_sb);

	if (!(SHMEM_I(inode)->flags & VM_ACCOUNT))
		vm_unacct_memory((long)pages);
	if (!READ_ONCE(sbinfo->max_blocks))
		return;
	spin_lock(&sbinfo->stat_lock);
	sbinfo->used_blocks -= min(pages, sbinfo->used_blocks);	/* it was perhaps made unlimited meanwhile, and back never */
	spin_unlock(&sbinfo->stat_lock);
}

/* Room for one more page, of the mount and of memory. 0 or -ENOSPC. */
static int charge_block(struct inode *inode)
{
	bool account = !(SHMEM_I(inode)->flags & VM_ACCOUNT);

	if (account && vm_enough_memory(1, capable_root()))
		return -ENOSPC;
	if (take_block(SHMEM_SB(inode->i_sb)))
		return 0;
	if (account)
		vm_unacct_memory(1);
	return -ENOSPC;
}

static void set_alloced(struct inode *inode, unsigned long pages)
{
	assert_held(&SHMEM_I(inode)->lock);
	SHMEM_I(inode)->alloced = pages;
	inode->i_blocks = (u64)pages * SECTORS_PER_PAGE;
}

/* Pages left the cache: give back what they were charged. => may be called at any time, once they are out */
static void shmem_recalc_inode(struct inode *inode)
{
	struct shmem_inode_info *info = SHMEM_I(inode);
	unsigned long freed, left;

	spin_lock(&info->lock);
	left = READ_ONCE(inode->i_mapping->nrpages);
	ASSERT_OP(info->alloced, >=, left);
	freed = info->alloced - left;
	set_alloced(inode, left);
	spin_unlock(&info->lock);
	if (freed)
		uncharge_blocks(inode, freed);
}

/* ---- getting a page ---------------------------------------------------------------------------------------------- */

/* Is page @idx one that may be there? => info->lock held, where the answer must last */
static bool within_file(struct inode *inode, pgoff_t idx, enum sgp_type sgp)
{
	return sgp == SGP_WRITE || ((loff_t)idx << PAGE_SHIFT) < i_size_read(inode);
}

/* @page becomes @idx of the file, charged. 0; -EEXIST: there is one; -EINVAL: the file ended; -ENOMEM. => may sleep */
static int enter_page(struct inode *inode, struct page *page, pgoff_t idx, enum sgp_type sgp)
{
	struct shmem_inode_info *info = SHMEM_I(inode);
	int error = radix_tree_preload(GFP_KERNEL);	/* so that the one under the lock finds all it needs */

	if (error)
		return error;
	spin_lock(&info->lock);
	error = within_file(inode, idx, sgp) ? add_to_page_cache(page, inode->i_mapping, idx, GFP_ATOMIC) : -EINVAL;
	if (!error)
		set_alloced(inode, info->alloced + 1);
	spin_unlock(&info->lock);
	radix_tree_preload_end();
	return error;
}

/* A new page of zeroes at @idx. As shmem_getpage; -EEXIST: another was faster. */
static int shmem_new_page(struct inode *inode, pgoff_t idx, enum sgp_type sgp, struct page **pagep)
{
	int error = charge_block(inode);
	struct page *page;

	if (error)
		return error;
	error = -ENOMEM;
	page = alloc_page(mapping_gfp_mask(inode->i_mapping) | __GFP_ZERO);
	if (page) {
		__SetPageUptodate(page);
		SetPageDirty(page);
		error = enter_page(inode, page, idx, sgp);
	}
	if (!error) {
		lru_cache_add(page);
		unlock_page(page);
		*pagep = page;
		return 0;
	}
	if (page) {
		ClearPageDirty(page);
		put_page(page);
	}
	uncharge_blocks(inode, 1);
	return error;
}

/*
 * Page @idx of the file, referenced, in *@pagep; NULL for a hole that @sgp leaves alone.
 * 0, -EINVAL: behind the end; -EFBIG, -ENOSPC: mount or memory are full; -ENOMEM. => may sleep
 */
static int shmem_getpage(struct inode *inode, pgoff_t idx, enum sgp_type sgp, struct page **pagep)
{
	int error;

	*pagep = NULL;
	if ((u64)idx > inode->i_sb->s_maxbytes >> PAGE_SHIFT)
		return -EFBIG;
	do {
		if (!within_file(inode, idx, sgp))
			return -EINVAL;
		*pagep = find_get_page(inode->i_mapping, idx);
		if (*pagep || sgp == SGP_READ)
			return 0;
		error = shmem_new_page(inode, idx, sgp, pagep);
	} while (error == -EEXIST);
	return error;
}

/* See shmem.h. => mmap_sem held for read */
struct page *shmem_nopage(struct vm_area_struct *vma, unsigned long address, int *type)
{
	struct page *page;
	int error = shmem_getpage(vma->vm_file->f_mapping->host, linear_page_index(vma, address), SGP_CACHE, &page);

	if (error)
		return error == -ENOMEM ? NOPAGE_OOM : NOPAGE_SIGBUS;
	mark_page_accessed(page);
	*type = VM_FAULT_MINOR;
	return page;
}

/* ---- read and write ------------------------------------------------------------------------------------------------- */

/* @bytes of zeroes for who reads a hole. How many could not be stored. */
static size_t zeroes_out(char *buf, size_t bytes, bool user)
{
	if (user)
		return clear_user((void __user *)buf, bytes);
	memset(buf, 0, bytes);
	return 0;
}

/* Up to the end of a page, or of the file: 0 there. Bytes or -errno. */
static ssize_t read_piece(struct inode *inode, loff_t pos, char *buf, size_t bytes, bool user)
{
	unsigned long offset = (unsigned long)pos & ~PAGE_MASK;
	loff_t size = i_size_read(inode);
	struct page *page;
	size_t left;
	int error;

	if (pos >= size)
		return 0;
	bytes = min(bytes, (size_t)min_t(loff_t, PAGE_SIZE - offset, size - pos));
	error = shmem_getpage(inode, (pgoff_t)(pos >> PAGE_SHIFT), SGP_READ, &page);
	if (error)
		return error == -EINVAL ? 0 : error;	/* truncated meanwhile */
	if (page) {
		mark_page_accessed(page);
		left = copy_page_out(page, offset, buf, bytes, user);
		put_page(page);
	} else {
		left = zeroes_out(buf, bytes, user);
	}
	return left == bytes ? -EFAULT : (ssize_t)(bytes - left);
}

static ssize_t do_shmem_read(struct file *file, loff_t *ppos, char *buf, size_t count, bool user)
{
	size_t done = 0;
	ssize_t n = 0;

	while (done < count) {
		n = read_piece(file->f_mapping->host, *ppos, buf + done, count - done, user);
		if (n <= 0)
			break;
		done += (size_t)n;
		*ppos += n;
		cond_resched();
	}
	return done ? (ssize_t)done : n;
}

static ssize_t shmem_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	ssize_t ret;

	if (!access_ok(buf, count))
		return -EFAULT;
	ret = do_shmem_read(file, ppos, (char *)buf, count, true);
	touch_atime(file->f_vfsmnt, file->f_dentry);
	return ret;
}

static ssize_t shmem_kernel_read(struct file *file, char *buf, size_t count, loff_t *ppos)
{
	return do_shmem_read(file, ppos, buf, count, false);
}

/* The number of bytes that could not be had. The page is not locked: reading the user's memory may fault, even on itself. */
static size_t copy_page_in(struct page *page, unsigned long offset, const char *buf, size_t bytes, bool user)
{
	size_t left = bytes;
	char *kaddr;

	if (user) {
		kaddr = kmap_atomic(page, KM_USER0);
		left = __copy_from_user_inatomic(kaddr + offset, (const void __user *)buf, bytes);
		kunmap_atomic(kaddr, KM_USER0);
		if (likely(!left))
			return 0;
	}
	kaddr = kmap(page);
	if (user)
		left = __copy_from_user(kaddr + offset, (const void __user *)buf, bytes);
	else
		left = (memcpy(kaddr + offset, buf, bytes), 0);
	kunmap(page);
	return left;
}

/* Up to the end of a page. Bytes or -errno. => i_mutex held */
static ssize_t write_piece(struct inode *inode, loff_t pos, const char *buf, size_t bytes, bool user)
{
	unsigned long offset = (unsigned long)pos & ~PAGE_MASK;
	struct page *page;
	size_t left;
	int error;

	bytes = min_t(size_t, bytes, PAGE_SIZE - offset);
	error = shmem_getpage(inode, (pgoff_t)(pos >> PAGE_SHIFT), SGP_WRITE, &page);
	if (error)
		return error;
	left = copy_page_in(page, offset, buf, bytes, user);
	if (pos + (loff_t)(bytes - left) > inode->i_size)
		i_size_write(inode, pos + (loff_t)(bytes - left));
	set_page_dirty(page);
	mark_page_accessed(page);
	put_page(page);
	return left == bytes ? -EFAULT : (ssize_t)(bytes - left);
}

/* What the file's seals say of a write that would end at @end. 0 or -EPERM. => i_mutex held */
static int seals_allow(struct inode *inode, loff_t end)
{
	unsigned int seals = SHMEM_I(inode)->seals;

	if (seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))
		return -EPERM;
	return seals & F_SEAL_GROW && end > inode->i_size ? -EPERM : 0;
}

/* => i_mutex held. Bytes or -errno; *@pos moves. */
static ssize_t write_pieces(struct inode *inode, loff_t *pos, const char *buf, size_t count, bool user)
{
	size_t done = 0;
	ssize_t n = 0;

	while (done < count) {
		n = write_piece(inode, *pos, buf + done, count - done, user);
		if (n < 0)
			break;
		done += (size_t)n;
		*pos += n;
		cond_resched();
	}
	if (n == -EFAULT)		/* a page may have been made behind the end, for bytes that never came */
		vmtruncate(inode, inode->i_size);
	return done ? (ssize_t)done : n;
}

static ssize_t do_shmem_write(struct file *file, const char *buf, size_t count, loff_t *ppos, bool user)
{
	struct inode *inode = file->f_mapping->host;
	loff_t pos = *ppos;
	ssize_t ret;

	mutex_lock(&inode->i_mutex);
	ret = generic_write_checks(file, &pos, &count);
	if (!ret && count)
		ret = seals_allow(inode, pos + (loff_t)count);
	if (!ret && count)
		ret = remove_suid(file->f_dentry);
	if (!ret && count) {
		file_update_time(file);
		ret = write_pieces(inode, &pos, buf, count, user);
	}
	mutex_unlock(&inode->i_mutex);
	if (ret > 0)
		*ppos = pos;
	return ret;
}

static ssize_t shmem_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	return access_ok(buf, count) ? do_shmem_write(file, (const char *)buf, count, ppos, true) : -EFAULT;
}

static ssize_t shmem_kernel_write(struct file *file, const char *buf, size_t count, loff_t *ppos)
{
	return do_shmem_write(file, buf, count, ppos, false);
}

/* ---- becoming shorter, holes, room in advance ------------------------------------------------------------------------- */

/* The size is new and the pages behind it are gone, but for one that a fault entered before it saw the size. */
static void shmem_truncate(struct inode *inode)
{
	spin_lock(&SHMEM_I(inode)->lock);
	spin_unlock(&SHMEM_I(inode)->lock);	/* from now on everybody sees it */
	truncate_inode_pages(inode->i_mapping, inode->i_size);
	shmem_recalc_inode(inode);
	inode->i_ctime = inode->i_mtime = current_fs_time(inode->i_sb);
}

/* Bytes [@from, @to) of one page, if it is there, become zeroes. */
static void zero_part(struct inode *inode, loff_t from, loff_t to)
{
	unsigned long offset = (unsigned long)from & ~PAGE_MASK;
	struct page *page;

	if (from >= to || shmem_getpage(inode, (pgoff_t)(from >> PAGE_SHIFT), SGP_READ, &page) || !page)
		return;
	memclear_highpage_flush(page, (unsigned int)offset, (unsigned int)(to - from));
	set_page_dirty(page);
	put_page(page);
}

/*
 * Bytes [@start, @end) become a hole: whole pages are freed, parts of pages zeroed. => i_mutex held; may sleep
 * Private copies stay. A fault that found its page before it left the cache is undone by the second walk.
 */
static void shmem_truncate_range(struct inode *inode, loff_t start, loff_t end)
{
	loff_t first = (loff_t)PAGE_ALIGN((u64)start), last = end & ~(loff_t)~PAGE_MASK;

	if (first > last) {			/* within one page */
		zero_part(inode, start, end);
	} else {
		zero_part(inode, start, first);
		zero_part(inode, last, end);
	}
	if (first < last) {
		unmap_mapping_range(inode->i_mapping, first, last - first, 0);
		truncate_inode_pages_range(inode->i_mapping, first, last - 1);
		unmap_mapping_range(inode->i_mapping, first, last - first, 0);
		shmem_recalc_inode(inode);
	}
	inode->i_ctime = inode->i_mtime = current_fs_time(inode->i_sb);
}

/* Pages of [@start, @end), as far as they go; what was made new is taken back on failure. 0 or -errno. => i_mutex held */
static int shmem_preallocate(struct inode *inode, loff_t start, loff_t end)
{
	pgoff_t first = (pgoff_t)(start >> PAGE_SHIFT), last = (pgoff_t)((end - 1) >> PAGE_SHIFT);
	struct page *page;
	pgoff_t idx;
	int error = 0;

	for (idx = first; idx <= last; idx++) {
		error = signal_pending(current) ? -EINTR : shmem_getpage(inode, idx, SGP_WRITE, &page);
		if (error)
			break;
		put_page(page);
		cond_resched();
	}
	if (error)
		vmtruncate(inode, inode->i_size);	/* pages within the file may stay: they read as before */
	return error;
}

/* fallocate(2), MADV_REMOVE. => may sleep */
long shmem_fallocate(struct file *file, int mode, loff_t offset, loff_t len)
{
	struct inode *inode = file->f_mapping->host;
	loff_t end = offset + len;
	long ret = 0;

	if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE))
		return -EOPNOTSUPP;
	mutex_lock(&inode->i_mutex);
	if (mode & FALLOC_FL_PUNCH_HOLE) {
		if (SHMEM_I(inode)->seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))
			ret = -EPERM;
		else
			shmem_truncate_range(inode, offset, end);
	} else if (!(mode & FALLOC_FL_KEEP_SIZE) && end > inode->i_size && SHMEM_I(inode)->seals & F_SEAL_GROW) {
		ret = -EPERM;
	} else {
		ret = shmem_preallocate(inode, offset, end);
		if (!ret && !(mode & FALLOC_FL_KEEP_SIZE) && end > inode->i_size)
			i_size_write(inode, end);
		inode->i_ctime = current_fs_time(inode->i_sb);
	}
	mutex_unlock(&inode->i_mutex);
	return ret;
}

/* A new size, or mode, must respect the seals. => i_mutex held */
static int shmem_setattr(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = dentry->d_inode;
	unsigned int seals = SHMEM_I(inode)->seals;
	int error = inode_change_ok(inode, attr);

	if (error)
		return error;
	if (attr->ia_valid & ATTR_SIZE && ((attr->ia_size < inode->i_size && seals & F_SEAL_SHRINK) ||
					   (attr->ia_size > inode->i_size && seals & F_SEAL_GROW)))
		return -EPERM;
	if (attr->ia_valid & ATTR_MODE && seals & F_SEAL_EXEC && (inode->i_mode ^ attr->ia_mode) & 0111)
		return -EPERM;
	return inode_setattr(inode, attr);
}

/* ---- mmap --------------------------------------------------------------------------------------------------------------- */

/* See shmem.h. 0 or -EPERM: sealed against writing. */
int shmem_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &shmem_vm_ops;
	touch_atime(file->f_vfsmnt, file->f_dentry);
	return vma->vm_flags & VM_SHARED ? memfd_mmap(file, vma) : 0;
}

static int shmem_set_page_dirty(struct page *page)
{
	return !TestSetPageDirty(page);
}

static const struct address_space_operations shmem_aops = { .set_page_dirty = shmem_set_page_dirty };
static const struct vm_operations_struct shmem_vm_ops = { .nopage = shmem_nopage };
static const struct inode_operations shmem_file_iops = { .truncate = shmem_truncate, .setattr = shmem_setattr };
static const struct file_operations shmem_file_operations = {
	.llseek = generic_file_llseek, .read = shmem_read, .write = shmem_write, .kernel_read = shmem_kernel_read,
	.kernel_write = shmem_kernel_write, .mmap = shmem_mmap, .fsync = simple_sync_file, .fallocate = shmem_fallocate,
};

/* ---- inodes --------------------------------------------------------------------------------------------------------------- */

static void inode_ctor(void *obj, struct kmem_cache *cachep, unsigned long flags)
{
	struct shmem_inode_info *info = obj;

	inode_init_once(&info->vfs_inode);
	spin_lock_init(&info->lock, RANK_PRIVATE);
}

struct inode *shmem_alloc_inode(struct super_block *sb)
{
	struct shmem_inode_info *info = kmem_cache_alloc(shmem_inode_cache, GFP_KERNEL);

	if (!info)
		return NULL;
	info->flags = 0;
	info->alloced = 0;
	info->seals = F_SEAL_SEAL;	/* none can be added */
	info->writable = 0;
	return &info->vfs_inode;
}

void shmem_destroy_inode(struct inode *inode)
{
	kmem_cache_free(shmem_inode_cache, SHMEM_I(inode));
}

void shmem_init_reg(struct inode *inode)
{
	inode->i_op = &shmem_file_iops;
	inode->i_fop = &shmem_file_operations;
	inode->i_mapping->a_ops = &shmem_aops;
	inode->i_mapping->backing_dev_info = &shmem_backing_dev_info;
	mapping_set_gfp_mask(inode->i_mapping, GFP_HIGHUSER);
}

void shmem_clear_inode(struct inode *inode)
{
	if (!S_ISREG(inode->i_mode))
		return;
	shmem_recalc_inode(inode);
	if (SHMEM_I(inode)->flags & VM_ACCOUNT)
		vm_unacct_memory(size_in_pages(inode->i_size));
}

bool shmem_file(const struct file *file)
{
	return file->f_mapping->a_ops == &shmem_aops;
}

void __init shmem_init(void)
{
	shmem_inode_cache = kmem_cache_create("shmem_inode_cache", sizeof(struct shmem_inode_info), 0,
					      SLAB_PANIC | SLAB_RECLAIM_ACCOUNT, inode_ctor, NULL);
}

/* ---- files without a name ----------------------------------------------------------------------------------------------- */

struct file *shmem_file_setup(const char *name, loff_t size, unsigned long vm_flags)
{
	long charge = vm_flags & VM_ACCOUNT ? size_in_pages(size) : 0;
	struct inode *inode;

	if (size < 0 || (u64)size > shm_mnt->mnt_sb->s_maxbytes)
		return ERR_PTR(-EINVAL);
	if (charge && vm_enough_memory(charge, capable_root()))
		return ERR_PTR(-ENOMEM);
	inode = tmpfs_new_inode(shm_mnt->mnt_sb, NULL, S_IFREG | 0777, 0);
	if (IS_ERR(inode)) {
		vm_unacct_memory(charge);
		return ERR_PTR(PTR_ERR(inode));
	}
	SHMEM_I(inode)->flags = vm_flags & VM_ACCOUNT;
	inode->i_size = size;
	inode->i_nlink = 0;
	return alloc_file_pseudo(shm_mnt, inode, name, O_RDWR | O_LARGEFILE, &shmem_file_operations);
}

int shmem_zero_setup(struct vm_area_struct *vma)
{
	struct file *file = shmem_file_setup("dev/zero", (loff_t)(vma->vm_end - vma->vm_start),
					     vma->vm_flags & VM_NORESERVE ? 0 : VM_ACCOUNT);

	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	if (vma->vm_file)		/* /dev/zero's own, by its mmap */
		fput(vma->vm_file);
	vma->vm_file = file;
	vma->vm_ops = &shmem_vm_ops;
	return 0;
}
