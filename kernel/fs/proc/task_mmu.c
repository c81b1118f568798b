/*
 * task_mmu.c: address spaces as text: /proc/PID/maps and the Vm lines of status; and as a file: /proc/PID/mem.
 *
 * Locks:  mmap_sem for reading from start to stop of each piece of maps; a reader that comes back finds its place by
 *         address, so areas that came or went meanwhile do not confuse it.
 * Read next: mm/mmap.c (who makes areas).
 */
#include "kernel/fs/proc/internal.h"

/* ---- the address space that a file was opened for: what the task runs later is another --------------------------- */

/* See internal.h. The mm is taken before the question is asked: exec changes who the task is before it changes its mm. */
struct mm_struct *proc_mem_open(struct inode *inode)
{
	struct task_struct *task = proc_task(inode);
	struct mm_struct *mm;
	bool may;

	if (!proc_task_alive(task))
		return ERR_PTR(-ESRCH);
	mm = get_task_mm(task);
	may = proc_may_inspect(task);
	if (mm) {
		if (may)
			atomic_inc(&mm->mm_count);
		mmput(mm);
	}
	return may ? mm : ERR_PTR(-EACCES);
}

/* See internal.h. */
bool proc_use_mm(struct mm_struct *mm)
{
	return mm && atomic_inc_not_zero(&mm->mm_users);
}

int proc_mem_release(struct inode *inode, struct file *file)
{
	if (file->private_data)
		mmdrop(file->private_data);
	return 0;
}

/* ---- maps: a record is an area; the position is the address to go on from ------------------------------------------ */

struct maps_private {
	struct mm_struct *mm;		/* a reference to the structure, or NULL */
	bool used;			/* between start and stop: we are a user, and hold mmap_sem */
};

void *maps_start(struct seq_file *m, loff_t *pos)
{
	struct maps_private *priv = m->private;
	struct vm_area_struct *vma;

	if (!proc_task_alive(proc_task(m->file->f_dentry->d_inode)))
		return ERR_PTR(-ESRCH);
	priv->used = proc_use_mm(priv->mm);
	if (!priv->used)
		return NULL;
	down_read(&priv->mm->mmap_sem);
	vma = find_vma(priv->mm, (unsigned long)*pos);
	if (vma)
		*pos = (loff_t)max((unsigned long)*pos, vma->vm_start);
	return vma;
}

void *maps_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct vm_area_struct *vma = v;

	*pos = (loff_t)vma->vm_end;
	return vma->vm_next;
}

void maps_stop(struct seq_file *m, void *v)
{
	struct maps_private *priv = m->private;

	if (priv->used) {
		up_read(&priv->mm->mmap_sem);
		mmput(priv->mm);
		priv->used = false;
	}
}

static const char *area_name(struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;

	if (vma->vm_ops && vma->vm_ops->name)
		return vma->vm_ops->name(vma);
	if (vma->vm_start <= mm->brk && vma->vm_end >= mm->start_brk && mm->start_brk != mm->brk)
		return "[heap]";
	if (vma->vm_start <= mm->start_stack && vma->vm_end >= mm->start_stack)
		return "[stack]";
	return NULL;
}

#define NAME_COLUMN	(25 + sizeof(void *) * 6)

/* The line of maps, which begins a record of smaps, too. */
void maps_line(struct seq_file *m, struct vm_area_struct *vma)
{
	struct file *file = vma->vm_file;
	const char *name = file ? NULL : area_name(vma);
	unsigned long flags = vma->vm_flags, ino = 0;
	size_t begin = m->count;
	dev_t dev = 0;

	if (file) {
		dev = file->f_dentry->d_inode->i_sb->s_dev;
		ino = file->f_dentry->d_inode->i_ino;
	}
	seq_printf(m, "%08lx-%08lx %c%c%c%c %08llx %02x:%02x %lu ", vma->vm_start, vma->vm_end,
		   flags & VM_READ ? 'r' : '-', flags & VM_WRITE ? 'w' : '-', flags & VM_EXEC ? 'x' : '-',
		   flags & VM_MAYSHARE ? 's' : 'p',
		   file ? (unsigned long long)vma->vm_pgoff << PAGE_SHIFT : 0ULL, MAJOR(dev), MINOR(dev), ino);
	if (file || name) {
		while (m->count - begin < NAME_COLUMN && m->count < m->size)
			seq_putc(m, ' ');
		if (file)
			seq_path(m, file->f_vfsmnt, file->f_dentry, "\n");
		else
			seq_puts(m, name);
	}
	seq_putc(m, '\n');
}

static int maps_show(struct seq_file *m, void *v)
{
	maps_line(m, v);
	return 0;
}

static const struct seq_operations maps_op = {
	.start = maps_start, .next = maps_next, .stop = maps_stop, .show = maps_show,
};

/* See internal.h. */
int maps_open_as(struct inode *inode, struct file *file, const struct seq_operations *op)
{
	struct maps_private *priv = kzalloc(sizeof(*priv), GFP_KERNEL);
	struct mm_struct *mm = priv ? proc_mem_open(inode) : ERR_PTR(-ENOMEM);
	int error;

	if (IS_ERR(mm)) {
		kfree(priv);
		return (int)PTR_ERR(mm);
	}
	priv->mm = mm;
	error = seq_open(file, op, priv);
	if (error) {
		if (mm)
			mmdrop(mm);
		kfree(priv);
	}
	return error;
}

int proc_maps_release(struct inode *inode, struct file *file)
{
	struct maps_private *priv = ((struct seq_file *)file->private_data)->private;

	if (priv->mm)
		mmdrop(priv->mm);
	kfree(priv);
	return seq_release(inode, file);
}

static int maps_open(struct inode *inode, struct file *file)
{
	return maps_open_as(inode, file, &maps_op);
}

const struct file_operations proc_maps_fops = {
	.open = maps_open, .read = seq_read, .llseek = seq_lseek, .release = proc_maps_release,
};

/* ---- status ----------------------------------------------------------------------------------------------------------- */

static void kib_line(struct seq_file *m, const char *name, unsigned long pages)
{
	seq_printf(m, "%s:\t%8lu kB\n", name, pages << (PAGE_SHIFT - 10));
}

void task_mem_status(struct seq_file *m, struct mm_struct *mm)
{
	unsigned long shmem = mm_shmem_rss(mm), file_rss = get_mm_counter(mm, file_rss);
	unsigned long rss = file_rss + get_mm_counter(mm, anon_rss), total = mm->total_vm;
	unsigned long text = (PAGE_ALIGN(mm->end_code) - (mm->start_code & PAGE_MASK)) >> PAGE_SHIFT;

	kib_line(m, "VmPeak", max(mm->hiwater_vm, total));
	kib_line(m, "VmSize", total);
	kib_line(m, "VmLck", mm->locked_vm);
	kib_line(m, "VmPin", 0);
	kib_line(m, "VmHWM", max(mm->hiwater_rss, rss));
	kib_line(m, "VmRSS", rss);
	kib_line(m, "RssAnon", get_mm_counter(mm, anon_rss));
	kib_line(m, "RssFile", file_rss - min(shmem, file_rss));
	kib_line(m, "RssShmem", shmem);
	kib_line(m, "VmData", mm->data_vm);
	kib_line(m, "VmStk", mm->stack_vm);
	kib_line(m, "VmExe", text);
	kib_line(m, "VmLib", mm->exec_vm > text ? mm->exec_vm - text : 0);
	kib_line(m, "VmPTE", (unsigned long)atomic_long_read(&mm->nr_ptes));
	kib_line(m, "VmSwap", 0);
}

/* ---- mem: the address space as a file, position = address --------------------------------------------------------------- */

static int mem_open(struct inode *inode, struct file *file)
{
	struct mm_struct *mm = proc_mem_open(inode);

	if (IS_ERR(mm))
		return (int)PTR_ERR(mm);
	file->private_data = mm;
	return 0;
}

loff_t proc_mem_lseek(struct file *file, loff_t offset, int whence)
{
	if (whence == SEEK_CUR)
		offset = (loff_t)((u64)offset + (u64)file->f_pos);
	else if (whence != SEEK_SET)
		return -EINVAL;
	return file->f_pos = offset;		/* any address, as Linux: negative ones are high ones */
}

/* Through @page, of our own: neither side's memory may be followed while the other faults. */
static ssize_t mem_pieces(struct file *file, char *page, char __user *buf, size_t count, loff_t *pos, bool write)
{
	struct task_struct *task = proc_task(file->f_dentry->d_inode);
	ssize_t done = 0;

	while ((size_t)done < count) {
		int n = (int)min(count - (size_t)done, (size_t)PAGE_SIZE), got = 0;

		if (write && copy_from_user(page, buf + done, (size_t)n))
			return done ? done : -EFAULT;
		if ((u64)*pos <= ~0UL)
			got = access_remote_vm(task, file->private_data, (unsigned long)*pos, page, n, write);
		if (!got)
			return done ? done : -EIO;
		if (!write && copy_to_user(buf + done, page, (size_t)got))
			return done ? done : -EFAULT;
		done += got;
		*pos += got;
	}
	return done;
}

static ssize_t mem_transfer(struct file *file, char __user *buf, size_t count, loff_t *pos, bool write)
{
	struct mm_struct *mm = file->private_data;
	ssize_t done = -ENOMEM;
	char *page;

	if (!count || !proc_use_mm(mm))
		return 0;
	page = (char *)__get_free_page(GFP_KERNEL);
	if (page)
		done = mem_pieces(file, page, buf, count, pos, write);
	free_page((unsigned long)page);
	mmput(mm);
	return done;
}

static ssize_t mem_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	return mem_transfer(file, buf, count, pos, false);
}

static ssize_t mem_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	return mem_transfer(file, (char __user *)buf, count, pos, true);
}

const struct file_operations proc_mem_fops = {
	.open = mem_open, .read = mem_read, .write = mem_write, .llseek = proc_mem_lseek, .release = proc_mem_release,
};
