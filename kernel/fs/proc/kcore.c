/*
 * kcore.c: /proc/kcore: the kernel's memory as a core file, for `gdb pagoda /proc/kcore` and who wants to look.
 *
 * Owns:   nothing.
 * Read next: mm/vmalloc.c:vread.
 *
 *	offset 0	one page: the ELF header, two program headers
 *	offset 4096	PAGE_OFFSET and what follows: the direct map as far as low memory goes, the vmalloc window; 0 elsewhere
 */
#include "kernel/fs/proc/internal.h"
#include "kernel/uaccess.h"
#include "kernel/uapi/elf.h"
#include "kernel/lib/string.h"
#include "mm/mm.h"
#include "mm/vmalloc.h"
#include <asm/elf.h>

#define HEADER_SIZE	PAGE_SIZE

static unsigned long lowmem_end(void)
{
	return PAGE_OFFSET + (max_low_pfn << PAGE_SHIFT);
}

static Elf_Phdr segment(unsigned long start, unsigned long end)
{
	return (Elf_Phdr){
		.p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X, .p_offset = HEADER_SIZE + (start - PAGE_OFFSET),
		.p_vaddr = start, .p_filesz = end - start, .p_memsz = end - start, .p_align = PAGE_SIZE,
	};
}

static void make_header(char *page)
{
	Elf_Ehdr *eh = (Elf_Ehdr *)page;
	Elf_Phdr *ph = (Elf_Phdr *)(eh + 1);

	*eh = (Elf_Ehdr){
		.e_ident = { [EI_CLASS] = ELF_CLASS, [EI_DATA] = ELFDATA2LSB, [EI_VERSION] = EV_CURRENT },
		.e_type = ET_CORE, .e_machine = ELF_MACHINE, .e_version = EV_CURRENT, .e_phoff = sizeof(*eh),
		.e_ehsize = sizeof(*eh), .e_phentsize = sizeof(*ph), .e_phnum = 2,
	};
	memcpy(eh->e_ident, ELFMAG, SELFMAG);
	ph[0] = segment(VMALLOC_START, VMALLOC_END);
	ph[1] = segment(PAGE_OFFSET, lowmem_end());
}

/* @n bytes of the header page, from @offset on. 0, -ENOMEM, -EFAULT */
static int copy_header(char __user *buf, size_t offset, size_t n)
{
	char *page = (char *)get_zeroed_page(GFP_KERNEL);
	int err;

	if (!page)
		return -ENOMEM;
	make_header(page);
	err = copy_to_user(buf, page + offset, n) ? -EFAULT : 0;
	free_page((unsigned long)page);
	return err;
}

/* The part of a page at the kernel's @addr. 0, -ENOMEM, -EFAULT */
static int copy_kernel(char __user *buf, unsigned long addr, size_t n)
{
	unsigned long left = n;
	char *page;

	if (is_vmalloc_addr((void *)addr)) {
		page = (char *)__get_free_page(GFP_KERNEL);
		if (!page)
			return -ENOMEM;
		vread(page, (char *)addr, n);
		left = copy_to_user(buf, page, n);
		free_page((unsigned long)page);
		return left ? -EFAULT : 0;
	}
	if (addr < lowmem_end())
		left = copy_to_user(buf, (char *)addr, n);
	/* Either side may have faulted: firmware's own memory reads as 0, and if it was the user's, so does this. */
	return left && clear_user(buf + (n - left), left) ? -EFAULT : 0;
}

static ssize_t kcore_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	u64 size = HEADER_SIZE + (VMALLOC_END - PAGE_OFFSET);
	size_t done = 0;
	int err = 0;

	while (done < count && (u64)*pos < size && !err) {
		size_t offset = (size_t)*pos & ~PAGE_MASK, n = min_t(size_t, count - done, PAGE_SIZE - offset);

		if ((u64)*pos < HEADER_SIZE)
			err = copy_header(buf + done, offset, n);
		else
			err = copy_kernel(buf + done, PAGE_OFFSET + (unsigned long)(*pos - HEADER_SIZE), n);
		if (err)
			break;
		done += n;
		*pos += (loff_t)n;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return done ? (ssize_t)done : err;
}

static int kcore_open(struct inode *inode, struct file *file)
{
	return capable_root() ? 0 : -EPERM;
}

static const struct file_operations kcore_fops = {
	.open = kcore_open, .llseek = generic_file_llseek, .read = kcore_read,
};

/* => boot */
void proc_kcore_init(void)
{
	proc_create("kcore", 0400, &kcore_fops, NULL);
}
