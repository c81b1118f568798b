/*
 * profile.c: a histogram of where in the kernel the tick finds a CPU, for a boot with profile=SHIFT.
 *
 * Owns:   the buffer: the step, then a counter for each step's worth of kernel text, the last one for all that lies behind.
 * Locks:  none: counters are added to atomically.
 * Read next: timer.c:timer_interrupt, mm/vmalloc.c:remap_vmalloc_range.
 *
 * /proc/profile is the buffer, as readprofile(8) knows it: reading copies it, a mapping shows it as it grows, a write of
 * whatever text sets it back to 0.
 */
#include "kernel/profile.h"
#include "kernel/arch.h"
#include "kernel/init.h"
#include "kernel/uaccess.h"
#include "kernel/fs/fs.h"
#include "kernel/fs/proc_fs.h"
#include "kernel/lib/string.h"
#include "mm/mm.h"
#include "mm/vmalloc.h"

#define MAX_SHIFT	12

extern char _text[], _etext[];

unsigned int *prof_buffer;		/* [0] is the step; NULL: nobody asked */
static unsigned long prof_len;		/* counters */
static int prof_shift = -1;

/* See profile.h. */
void set_profile(const char *value)
{
	prof_shift = (int)min(simple_strtoul(value, NULL, 0), (unsigned long)MAX_SHIFT);
}

static unsigned long prof_bytes(void)
{
	return (1 + prof_len) * sizeof(*prof_buffer);
}

/* See profile.h. */
void __init profile_init(void)
{
	unsigned int *buffer;

	if (prof_shift < 0)
		return;
	prof_len = ((unsigned long)(_etext - _text) >> prof_shift) + 1;
	buffer = vmalloc_user(prof_bytes());
	if (!buffer) {
		printk(KERN_WARNING "profile=%d: no memory for %lu counters\n", prof_shift, prof_len);
		return;
	}
	buffer[0] = 1u << prof_shift;
	WRITE_ONCE(prof_buffer, buffer);
}

/* One tick at @pc. => interrupts off, profile=SHIFT was said */
void profile_hit(unsigned long pc)
{
	unsigned long i = (pc - (unsigned long)_text) >> prof_shift;

	__atomic_fetch_add(&prof_buffer[1 + min(i, prof_len - 1)], 1, __ATOMIC_RELAXED);
}

/* ---- /proc/profile --------------------------------------------------------------------------------------- */

static ssize_t profile_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	if (*pos < 0 || *pos >= (loff_t)prof_bytes())
		return 0;
	count = min_t(size_t, count, prof_bytes() - (size_t)*pos);
	if (copy_to_user(buf, (char *)prof_buffer + *pos, count))
		return -EFAULT;
	*pos += (loff_t)count;
	return (ssize_t)count;
}

static ssize_t profile_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	for (unsigned long i = 0; i < prof_len; i++)
		WRITE_ONCE(prof_buffer[1 + i], 0);
	return (ssize_t)count;
}

/* To look at, not to change. */
static int profile_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_WRITE)
		return -EPERM;
	vma->vm_flags &= ~VM_MAYWRITE;
	return remap_vmalloc_range(vma, prof_buffer, vma->vm_pgoff);
}

static const struct file_operations profile_fops = {
	.llseek = generic_file_llseek, .read = profile_read, .write = profile_write, .mmap = profile_mmap,
};

void profile_proc_init(void)
{
	if (prof_buffer)
		proc_create("profile", 0644, &profile_fops, NULL);
}
