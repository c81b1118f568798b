/*
 * task_mmu.c: address spaces as text: /proc/PID/maps and the Vm lines of status; and as a file: /proc/PID/mem.
 *
 * Locks:  mmap_sem for reading from start to stop of each piece of maps; a reader that comes back finds its place by
 *         address, so areas that came or went meanwhile do not confuse it.
 * Read next: mm/mmap.c (who makes areas).
 */
#include "kernel/fs/proc/internal.h"

/* ---- maps: a record is an area; the position is the address to go on from, plus one -------------------------------- */

static struct mm_struct *maps_mm(struct seq_file *m)
{
	return get_task_mm(proc_task(m->file->f_dentry->d_inode));
}

static void *maps_start(struct seq_file *m, loff_t *pos)
{
	struct mm_struct *mm = maps_mm(m);
	struct vm_area_struct *vma;

	m->private = mm;
	if (!mm)
		return NULL;
	down_read(&mm->mmap_sem);
	vma = find_vma(mm, (unsigned long)*pos);
	if (vma)
		*pos = (loff_t)max((unsigned long)*pos, vma->vm_start);
	return vma;
}

static void *maps_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct vm_area_struct *vma = v;

	*pos = (loff_t)vma->vm_end;
	return vma->vm_next;
}

static void maps_stop(struct seq_file *m, void *v)
{
	struct mm_struct *mm = m->private;

	if (mm) {
		up_read(&mm->mmap_sem);
		mmput(mm);
		m->private = NULL;
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

static int maps_show(struct seq_file *m, void *v)
{
	struct vm_area_struct *vma = v;
	struct file *file = vma->vm_file;
	const char *name = file ? NULL : area_name(vma);
	unsigned long flags = vma->vm_flags, ino = 0;
	size_t begin = m->count;
	dev_t dev = 0;

	if (file) {
		dev = file->f_dentry->d_inode->i_sb->s_dev;
		ino = file->f_dentry->d_inode->i_ino;
	}
	seq_printf(m, "%08lx-%08lx %c%c%c%c %08llx %02x:%02x %lu", vma->vm_start, vma->vm_end,
		   flags & VM_READ ? 'r' : '-', flags & VM_WRITE ? 'w' : '-', flags & VM_EXEC ? 'x' : '-',
		   flags & VM_MAYSHARE ? 's' : 'p',
		   file ? (unsigned long long)vma->vm_pgoff << PAGE_SHIFT : 0ULL, MAJOR(dev), MINOR(dev), ino);
	if (file || name) {
		do
			seq_putc(m, ' ');
		while (m->count - begin < 73 && m->count < m->size);
		if (file)
			seq_path(m, file->f_vfsmnt, file->f_dentry, "\n");
		else
			seq_puts(m, name);
	}
	seq_putc(m, '\n');
	return 0;
}

static const struct seq_operations maps_op = {
	.start = maps_start, .next = maps_next, .stop = maps_stop, .show = maps_show,
};

static int maps_open(struct inode *inode, struct file *file)
{
	if (!proc_may_inspect(proc_task(inode)))
		return -EACCES;
	return seq_open(file, &maps_op, NULL);
}

const struct file_operations proc_maps_fops = {
	.open = maps_open, .read = seq_read, .llseek = seq_lseek, .release = seq_release,
};

/* ---- status ----------------------------------------------------------------------------------------------------------- */

static void kib_line(struct seq_file *m, const char *name, unsigned long pages)
{
	seq_printf(m, "%s:\t%8lu kB\n", name, pages << (PAGE_SHIFT - 10));
}

void task_mem_status(struct seq_file *m, struct mm_struct *mm)
{
	unsigned long rss = get_mm_rss(mm), total = mm->total_vm;
	unsigned long text = (PAGE_ALIGN(mm->end_code) - (mm->start_code & PAGE_MASK)) >> PAGE_SHIFT;

	kib_line(m, "VmPeak", max(mm->hiwater_vm, total));
	kib_line(m, "VmSize", total);
	kib_line(m, "VmLck", mm->locked_vm);
	kib_line(m, "VmHWM", max(mm->hiwater_rss, rss));
	kib_line(m, "VmRSS", rss);
	kib_line(m, "VmData", total - mm->shared_vm - mm->stack_vm);
	kib_line(m, "VmStk", mm->stack_vm);
	kib_line(m, "VmExe", text);
	kib_line(m, "VmLib", mm->exec_vm > text ? mm->exec_vm - text : 0);
	kib_line(m, "VmPTE", (unsigned long)atomic_long_read(&mm->nr_ptes));
}

/* ---- mem: the address space as a file, position = address --------------------------------------------------------------- */

static int mem_open(struct inode *inode, struct file *file)
{
	return proc_may_inspect(proc_task(inode)) ? 0 : -EACCES;
}

static loff_t mem_lseek(struct file *file, loff_t offset, int whence)
{
	if (whence == SEEK_CUR)
		offset = (loff_t)((u64)offset + (u64)file->f_pos);
	else if (whence != SEEK_SET)
		return -EINVAL;
	return file->f_pos = offset;		/* any address, as Linux: negative ones are high ones */
}

/* Through a page of our own: neither side's memory may be followed while the other faults. */
static ssize_t mem_transfer(struct file *file, char __user *buf, size_t count, loff_t *pos, bool write)
{
	struct task_struct *task = proc_task(file->f_dentry->d_inode);
	char *page = (char *)__get_free_page(GFP_KERNEL);
	ssize_t done = 0;

	if (!page)
		return -ENOMEM;
	while ((size_t)done < count) {
		int n = (int)min(count - (size_t)done, (size_t)PAGE_SIZE), got;

		if (write && copy_from_user(page, buf + done, (size_t)n)) {
			done = done ? done : -EFAULT;
			break;
		}
		got = access_process_vm(task, (unsigned long)*pos, page, n, write);
		if (got <= 0 || (!write && copy_to_user(buf + done, page, (size_t)got))) {
			done = done ? done : got <= 0 ? -EIO : -EFAULT;
			break;
		}
		done += got;
		*pos += got;
	}
	free_page((unsigned long)page);
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
	.open = mem_open, .read = mem_read, .write = mem_write, .llseek = mem_lseek,
};
