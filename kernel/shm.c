/*
 * shm.c: System V shared memory: segments that live until somebody removes them, found by key or number.
 *
 * Owns:   the segments (struct shm_segment), each with a file of mm/shmem.c that holds its pages.
 * Locks:  shm_mutex for all of it; taken inside mmap_sem, when areas come and go, so nothing of a user's memory may be
 *         touched under it.
 * Read next: mm/shmem.c, shmop(2).
 *
 *	shmget ──► segment ──► shm_file                             id = sequence << 15 | index: an old id is not the
 *	              ▲  nattch: areas that show it, + shmat under way   new segment's in its place
 *	              └── vma->vm_file (one for each shmat) ->private_data
 *
 * A removed segment (SHM_DEST) loses its key and goes with the last area that shows it.
 */
#include "kernel/sched.h"
#include "kernel/shm.h"
#include "kernel/syscalls.h"
#include "kernel/time.h"
#include "kernel/uaccess.h"
#include "kernel/fs/fs.h"
#include "kernel/fs/proc_fs.h"
#include "kernel/lib/radix_tree.h"
#include "kernel/lib/string.h"
#include "kernel/uapi/mman.h"
#include "kernel/uapi/shm.h"
#include "mm/locking.h"
#include "mm/shmem.h"
#include "mm/slab.h"

#define SHMMIN		1
#define INDEX_BITS	15
#define MAX_SEGMENTS	(1 << INDEX_BITS)
#define S_IRUGO		0444
#define S_IWUGO		0222
#define S_IXUGO		0111

struct shm_segment {			/* all [shm_mutex], or constant */
	int id;
	int key;
	uid_t uid, cuid;
	gid_t gid, cgid;
	mode_t mode;			/* permissions, SHM_DEST, SHM_LOCKED */
	size_t size;			/* bytes, as asked for */
	unsigned long nattch;
	s64 atime, dtime, ctime;
	pid_t cpid, lpid;
	uid_t locker;			/* SHM_LOCKED: who is charged */
	struct file *file;		/* a reference */
};

static DEFINE_MUTEX(shm_mutex, RANK_SHM);
static RADIX_TREE(segments, GFP_KERNEL);	/* by index */
static int nr_segments, next_sequence;
static unsigned long total_pages;

/* /proc/sys/kernel: today's defaults, which are no limits. */
static unsigned long shm_max = ~0UL - (1UL << 24), shm_all = ~0UL - (1UL << 24);
static int shm_mni = 4096;

static const struct file_operations shm_file_operations;
static const struct vm_operations_struct shm_vm_ops;

static unsigned long pages_of(const struct shm_segment *seg) { return (seg->size + PAGE_SIZE - 1) >> PAGE_SHIFT; }
static s64 now(void) { return (s64)(ktime_get_real() / NSEC_PER_SEC); }

/* ---- finding, and who may --------------------------------------------------------------------------------------- */

/* The first segment whose index is at least @index; NULL. => shm_mutex held */
static struct shm_segment *next_segment(unsigned int index)
{
	struct shm_segment *seg;

	ASSERT(mutex_is_locked(&shm_mutex));
	return radix_tree_gang_lookup(&segments, (void **)&seg, index, 1) ? seg : NULL;
}

#define index_of(seg)	((unsigned int)(seg)->id & (MAX_SEGMENTS - 1))
#define for_each_segment(seg) for ((seg) = next_segment(0); (seg); (seg) = next_segment(index_of(seg) + 1))

/* The segment of number @id; ERR_PTR(-EINVAL). => shm_mutex held */
static struct shm_segment *find_segment(int id)
{
	struct shm_segment *seg = id < 0 ? NULL : radix_tree_lookup(&segments, (unsigned int)id & (MAX_SEGMENTS - 1));

	ASSERT(mutex_is_locked(&shm_mutex));
	return seg && seg->id == id ? seg : ERR_PTR(-EINVAL);
}

static struct shm_segment *find_key(int key)
{
	struct shm_segment *seg;

	for_each_segment(seg)
		if (seg->key == key)
			return seg;
	return NULL;
}

/* May the caller do what @want's permission bits (of any class) say? */
static bool allowed(const struct shm_segment *seg, unsigned int want)
{
	unsigned int granted = seg->mode;

	want |= want >> 3 | want >> 6;
	if (current->euid == seg->cuid || current->euid == seg->uid)
		granted >>= 6;
	else if (current->egid == seg->cgid || current->egid == seg->gid)
		granted >>= 3;
	return capable_root() || !(want & ~granted & 7);
}

static bool is_owner(const struct shm_segment *seg)
{
	return current->euid == seg->uid || current->euid == seg->cuid || capable_root();
}

/* ---- making and destroying ----------------------------------------------------------------------------------------- */

static unsigned int free_index(void)
{
	unsigned int index = 0;
	struct shm_segment *seg;

	for_each_segment(seg) {
		if (index_of(seg) != index)
			break;
		index++;
	}
	return index;
}

/* Number @seg and enter it. 0 or -ENOMEM. => shm_mutex held */
static int enter_segment(struct shm_segment *seg)
{
	unsigned int index = free_index();
	int error = radix_tree_insert(&segments, index, seg);

	if (error)
		return error;
	seg->id = next_sequence << INDEX_BITS | (int)index;
	next_sequence = (next_sequence + 1) & (0x7fffffff >> INDEX_BITS);
	seg->file->f_dentry->d_inode->i_ino = (ino_t)seg->id;	/* maps shows it */
	nr_segments++;
	total_pages += pages_of(seg);
	return 0;
}

static struct file *segment_file(int key, size_t size, int flags)
{
	unsigned long account = flags & SHM_NORESERVE && sysctl_overcommit_memory != OVERCOMMIT_NEVER ? 0 : VM_ACCOUNT;
	struct file *file;
	char name[16];

	snprintf(name, sizeof(name), "SYSV%08x", (unsigned int)key);
	file = shmem_file_setup(name, (loff_t)size, account);
	if (!IS_ERR(file))
		file->f_op = &shm_file_operations;
	return file;
}

/* A new segment's id, or -EINVAL, -ENOSPC, -ENOMEM, -ENFILE. => shm_mutex held; may sleep */
static int new_segment(int key, size_t size, int flags)
{
	struct shm_segment *seg;
	int error;

	if (size < SHMMIN || size > shm_max)
		return -EINVAL;
	if (flags & SHM_HUGETLB)		/* there are no huge pages */
		return -EINVAL;
	if (size + PAGE_SIZE - 1 < size || nr_segments >= min(shm_mni, MAX_SEGMENTS) ||
	    total_pages + ((size + PAGE_SIZE - 1) >> PAGE_SHIFT) > shm_all)
		return -ENOSPC;
	seg = kzalloc(sizeof(*seg), GFP_KERNEL);
	if (!seg)
		return -ENOMEM;
	seg->file = segment_file(key, size, flags);
	error = IS_ERR(seg->file) ? (int)PTR_ERR(seg->file) : 0;
	seg->key = key;
	seg->size = size;
	seg->mode = (mode_t)flags & 0777;
	seg->uid = seg->cuid = current->euid;
	seg->gid = seg->cgid = current->egid;
	seg->cpid = current->tgid;
	seg->ctime = now();
	if (!error) {
		error = enter_segment(seg);
		if (!error)
			return seg->id;
		fput(seg->file);
	}
	kfree(seg);
	return error;
}

/* => shm_mutex held; nobody shows it; may sleep */
static void destroy_segment(struct shm_segment *seg)
{
	ASSERT(!seg->nattch);
	radix_tree_delete(&segments, index_of(seg));
	nr_segments--;
	total_pages -= pages_of(seg);
	fput(seg->file);
	kfree(seg);
}

/* One user less. => shm_mutex held */
static void put_segment(struct shm_segment *seg)
{
	ASSERT(seg->nattch);
	if (!--seg->nattch && seg->mode & SHM_DEST)
		destroy_segment(seg);
}

/* => shm_mutex held */
static int get_segment(int key, size_t size, int flags)
{
	struct shm_segment *seg = key == IPC_PRIVATE ? NULL : find_key(key);

	if (!seg)
		return key == IPC_PRIVATE || flags & IPC_CREAT ? new_segment(key, size, flags) : -ENOENT;
	if ((flags & (IPC_CREAT | IPC_EXCL)) == (IPC_CREAT | IPC_EXCL))
		return -EEXIST;
	if (size > seg->size)
		return -EINVAL;
	return allowed(seg, (unsigned int)flags & 0777) ? seg->id : -EACCES;
}

/* shmget(2) */
long sys_shmget(int key, size_t size, int flags)
{
	long ret;

	mutex_lock(&shm_mutex);
	ret = get_segment(key, size, flags);
	mutex_unlock(&shm_mutex);
	return ret;
}

/* ---- areas that show a segment -------------------------------------------------------------------------------------- */

static struct shm_segment *segment_of(const struct file *file)
{
	return file->private_data;
}

/* One area more. => shm_mutex held */
static void count_area(struct shm_segment *seg)
{
	seg->atime = now();
	seg->lpid = current->tgid;
	seg->nattch++;
}

/* An area is split, moved, or copied by fork. => mmap_sem held for write */
static void shm_open(struct vm_area_struct *vma)
{
	mutex_lock(&shm_mutex);
	count_area(segment_of(vma->vm_file));
	mutex_unlock(&shm_mutex);
}

static void shm_close(struct vm_area_struct *vma)
{
	struct shm_segment *seg = segment_of(vma->vm_file);

	mutex_lock(&shm_mutex);
	seg->dtime = now();
	seg->lpid = current->tgid;
	put_segment(seg);
	mutex_unlock(&shm_mutex);
}

/*
 * => remap_file_pages comes here with the file of an area that it has just unmapped: if that was the last one of a removed
 *    segment, @file outlives it
 */
static int shm_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct shm_segment *seg;
	int error = shmem_mmap(file, vma);

	if (error)
		return error;
	mutex_lock(&shm_mutex);
	seg = find_segment((int)file->f_dentry->d_inode->i_ino);
	if (!IS_ERR(seg) && seg->file->f_dentry == file->f_dentry) {	/* else it is another's of the same number */
		vma->vm_ops = &shm_vm_ops;
		count_area(seg);
	} else {
		error = -EINVAL;
	}
	mutex_unlock(&shm_mutex);
	return error;
}

static const struct file_operations shm_file_operations = { .mmap = shm_mmap, .fallocate = shmem_fallocate };
static const struct vm_operations_struct shm_vm_ops = { .open = shm_open, .close = shm_close, .nopage = shmem_nopage };

/* A file of this attachment's own: a reader's cannot be mapped, or made, writable. ERR_PTR. => @seg is held by nattch */
static struct file *attach_file(struct shm_segment *seg, int flags)
{
	struct file *file = dentry_open(dget(seg->file->f_dentry), mntget(seg->file->f_vfsmnt), flags & SHM_RDONLY ? O_RDONLY : O_RDWR);

	if (!IS_ERR(file)) {
		file->f_op = &shm_file_operations;
		file->private_data = seg;
	}
	return file;
}

/* Map @file, all of it, at @addr (0: anywhere). The address or -errno. => may sleep */
static long map_segment(struct file *file, unsigned long addr, size_t size, int flags)
{
	unsigned long prot = PROT_READ | (flags & SHM_RDONLY ? 0 : PROT_WRITE) | (flags & SHM_EXEC ? PROT_EXEC : 0);
	struct mm_struct *mm = current->mm;
	long ret = -EINVAL;

	down_write(&mm->mmap_sem);
	if (!addr || flags & SHM_REMAP || (addr + size > addr && !find_vma_intersection(mm, addr, addr + size)))
		ret = (long)do_mmap_pgoff(file, addr, size, prot, MAP_SHARED | (addr ? MAP_FIXED : 0), 0);
	up_write(&mm->mmap_sem);
	return ret;
}

/* Where shmat's arguments want it; 0 or -EINVAL. */
static int attach_address(unsigned long *addr, int flags)
{
	if (!*addr)
		return flags & SHM_REMAP ? -EINVAL : 0;
	if (!(*addr & ~PAGE_MASK))
		return 0;
	if (!(flags & SHM_RND))
		return -EINVAL;
	*addr &= PAGE_MASK;
	return !*addr && flags & SHM_REMAP ? -EINVAL : 0;
}

/* shmat(2): the address or -errno. => may sleep */
long sys_shmat(int id, char __user *where, int flags)
{
	unsigned int want = S_IRUGO | (flags & SHM_RDONLY ? 0 : S_IWUGO) | (flags & SHM_EXEC ? S_IXUGO : 0);
	unsigned long addr = (unsigned long)where;
	struct shm_segment *seg;
	struct file *file;
	long ret = attach_address(&addr, flags);

	if (ret)
		return ret;
	mutex_lock(&shm_mutex);
	seg = find_segment(id);
	ret = IS_ERR(seg) ? PTR_ERR(seg) : allowed(seg, want) ? 0 : -EACCES;
	if (!ret)
		seg->nattch++;			/* it stays, whoever removes it meanwhile */
	mutex_unlock(&shm_mutex);
	if (ret)
		return ret;

	file = attach_file(seg, flags);
	ret = PTR_ERR(file);
	if (!IS_ERR(file)) {
		ret = map_segment(file, addr, seg->size, flags);
		fput(file);
	}
	mutex_lock(&shm_mutex);
	put_segment(seg);
	mutex_unlock(&shm_mutex);
	return ret;
}

/* Does @vma show a segment that was attached at @addr? */
static bool attached_at(const struct vm_area_struct *vma, unsigned long addr)
{
	return vma->vm_ops == &shm_vm_ops && (vma->vm_start - addr) >> PAGE_SHIFT == vma->vm_pgoff;
}

/* Unmap what is left of the attachment at @addr, perhaps several areas. 0 or -EINVAL. => mmap_sem held for write */
static int detach(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = find_vma(mm, addr), *next;
	const struct file *file = NULL;
	size_t size = 0;

	for (; vma && (!file || vma->vm_end - addr <= size); vma = next) {
		next = vma->vm_next;
		if (!attached_at(vma, addr) || (file && vma->vm_file != file))
			continue;
		if (!file)
			size = pages_of(segment_of(vma->vm_file)) << PAGE_SHIFT;
		file = vma->vm_file;		/* only compared from now on */
		do_munmap(mm, vma->vm_start, vma->vm_end - vma->vm_start);
	}
	return file ? 0 : -EINVAL;
}

/* shmdt(2) */
long sys_shmdt(char __user *where)
{
	unsigned long addr = (unsigned long)where;
	int ret = -EINVAL;

	if (addr & ~PAGE_MASK)
		return ret;
	down_write(&current->mm->mmap_sem);
	ret = detach(current->mm, addr);
	up_write(&current->mm->mmap_sem);
	return ret;
}

/* ---- shmctl ------------------------------------------------------------------------------------------------------------ */

static void fill_ds(struct shmid64_ds *ds, const struct shm_segment *seg)
{
	*ds = (struct shmid64_ds){
		.shm_perm = {
			.key = seg->key, .uid = seg->uid, .gid = seg->gid, .cuid = seg->cuid, .cgid = seg->cgid, .mode = seg->mode,
			.seq = (u16)(seg->id >> INDEX_BITS),
		},
		.shm_segsz = seg->size, .shm_cpid = seg->cpid, .shm_lpid = seg->lpid, .shm_nattch = seg->nattch,
		.shm_atime = (long)seg->atime, .shm_dtime = (long)seg->dtime, .shm_ctime = (long)seg->ctime,
	};
}

/* IPC_STAT: by id, 0. SHM_STAT: by index, the id. */
static long stat_segment(int id, int cmd, void __user *buf)
{
	struct shm_segment *seg;
	struct shmid64_ds ds;
	long ret;

	mutex_lock(&shm_mutex);
	if (cmd == IPC_STAT)
		seg = find_segment(id);
	else
		seg = id < MAX_SEGMENTS ? radix_tree_lookup(&segments, (unsigned int)id) : NULL;
	if (!seg || IS_ERR(seg))
		ret = -EINVAL;
	else if (cmd != SHM_STAT_ANY && !allowed(seg, S_IRUGO))
		ret = -EACCES;
	else
		ret = (fill_ds(&ds, seg), cmd == IPC_STAT ? 0 : seg->id);
	mutex_unlock(&shm_mutex);
	return ret >= 0 && copy_to_user(buf, &ds, sizeof(ds)) ? -EFAULT : ret;
}

/* The highest index in use; 0 when there is none. => shm_mutex held */
static int highest_index(void)
{
	struct shm_segment *seg;
	int index = 0;

	for_each_segment(seg)
		index = (int)index_of(seg);
	return index;
}

static long ipc_info(void __user *buf)
{
	struct shminfo64 info = { .shmmax = shm_max, .shmmin = SHMMIN, .shmmni = (unsigned long)shm_mni, .shmseg = (unsigned long)shm_mni,
				  .shmall = shm_all };
	long ret;

	mutex_lock(&shm_mutex);
	ret = highest_index();
	mutex_unlock(&shm_mutex);
	return copy_to_user(buf, &info, sizeof(info)) ? -EFAULT : ret;
}

static unsigned long resident(const struct shm_segment *seg) { return READ_ONCE(seg->file->f_mapping->nrpages); }

static long shm_info(void __user *buf)
{
	struct shm_info info = { 0 };
	struct shm_segment *seg;
	long ret;

	mutex_lock(&shm_mutex);
	info.used_ids = nr_segments;
	info.shm_tot = total_pages;
	for_each_segment(seg)
		info.shm_rss += resident(seg);
	ret = highest_index();
	mutex_unlock(&shm_mutex);
	return copy_to_user(buf, &info, sizeof(info)) ? -EFAULT : ret;
}

/* => shm_mutex held; the caller owns it */
static int remove_segment(struct shm_segment *seg)
{
	if (seg->nattch) {
		seg->mode |= SHM_DEST;
		seg->key = IPC_PRIVATE;		/* not found any more */
	} else {
		destroy_segment(seg);
	}
	return 0;
}

static int set_segment(struct shm_segment *seg, const struct ipc64_perm *perm)
{
	if (perm->uid == (uid_t)-1 || perm->gid == (gid_t)-1)
		return -EINVAL;
	seg->uid = perm->uid;
	seg->gid = perm->gid;
	seg->mode = (seg->mode & ~0777u) | (perm->mode & 0777);
	seg->ctime = now();
	return 0;
}

/* Pages that @uid has locked by SHM_LOCK. => shm_mutex held */
static unsigned long locked_pages(uid_t uid)
{
	unsigned long pages = 0;
	struct shm_segment *seg;

	for_each_segment(seg)
		if (seg->mode & SHM_LOCKED && seg->locker == uid)
			pages += pages_of(seg);
	return pages;
}

/* Keep it in memory (where everything is, as long as there is no swap). => shm_mutex held */
static int lock_segment(struct shm_segment *seg, bool lock)
{
	unsigned long limit = rlimit(RLIMIT_MEMLOCK);

	if (lock && !capable_root() && !limit)
		return -EPERM;
	if (!lock) {
		seg->mode &= ~(mode_t)SHM_LOCKED;
		return 0;
	}
	if (seg->mode & SHM_LOCKED)
		return 0;
	if (!capable_root() && locked_pages(current->uid) + pages_of(seg) > limit >> PAGE_SHIFT)
		return -ENOMEM;
	seg->mode |= SHM_LOCKED;
	seg->locker = current->uid;
	return 0;
}

/* What only the owner may do. */
static long change_segment(int id, int cmd, const struct shmid64_ds __user *buf)
{
	struct shm_segment *seg;
	struct ipc64_perm perm;
	long ret;

	if (cmd == IPC_SET && copy_from_user(&perm, &buf->shm_perm, sizeof(perm)))
		return -EFAULT;
	mutex_lock(&shm_mutex);
	seg = find_segment(id);
	if (IS_ERR(seg))
		ret = PTR_ERR(seg);
	else if (!is_owner(seg))
		ret = -EPERM;
	else if (cmd == IPC_RMID)
		ret = remove_segment(seg);
	else if (cmd == IPC_SET)
		ret = set_segment(seg, &perm);
	else
		ret = lock_segment(seg, cmd == SHM_LOCK);
	mutex_unlock(&shm_mutex);
	return ret;
}

/* shmctl(2), with today's structures. */
long sys_shmctl(int id, int cmd, void __user *buf)
{
	if (id < 0 || cmd < 0)
		return -EINVAL;
	switch (cmd) {
	case IPC_INFO:
		return ipc_info(buf);
	case SHM_INFO:
		return shm_info(buf);
	case IPC_STAT:
	case SHM_STAT:
	case SHM_STAT_ANY:
		return stat_segment(id, cmd, buf);
	case IPC_SET:
	case IPC_RMID:
	case SHM_LOCK:
	case SHM_UNLOCK:
		return change_segment(id, cmd, buf);
	}
	return -EINVAL;
}

/* ---- /proc --------------------------------------------------------------------------------------------------------------- */

#define SIZE_WIDTH	(sizeof(long) == 8 ? 21 : 10)

/* /proc/sysvipc/shm */
static int sysvipc_show(struct seq_file *m, void *data)
{
	struct shm_segment *seg;

	seq_printf(m, "       key      shmid perms %*s  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime %*s %*s\n",
		   SIZE_WIDTH, "size", SIZE_WIDTH, "rss", SIZE_WIDTH, "swap");
	mutex_lock(&shm_mutex);
	for_each_segment(seg)
		seq_printf(m, "%10d %10d  %4o %*lu %5u %5u  %5lu %5u %5u %5u %5u %10llu %10llu %10llu %*lu %*lu\n", seg->key, seg->id,
			   seg->mode, SIZE_WIDTH, (unsigned long)seg->size, (unsigned)seg->cpid, (unsigned)seg->lpid, seg->nattch,
			   seg->uid, seg->gid, seg->cuid, seg->cgid, (unsigned long long)seg->atime, (unsigned long long)seg->dtime,
			   (unsigned long long)seg->ctime, SIZE_WIDTH, resident(seg) << PAGE_SHIFT, SIZE_WIDTH, 0UL);
	mutex_unlock(&shm_mutex);
	return 0;
}

/* => boot, /proc is up */
void __init shm_init(void)
{
	static const struct proc_sys table[] = {
		{ .path = "kernel/shmmax", .data = &shm_max, .kind = PROC_SYS_ULONG },
		{ .path = "kernel/shmall", .data = &shm_all, .kind = PROC_SYS_ULONG },
		{ .path = "kernel/shmmni", .data = &shm_mni, .min = 0, .max = MAX_SEGMENTS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (proc_sys_register(&table[i]))
			printk(KERN_ERR "/proc/sys/%s: no memory\n", table[i].path);
	if (proc_create_seq("sysvipc/shm", sysvipc_show, NULL))
		printk(KERN_ERR "/proc/sysvipc/shm: no memory\n");
}
