/*
 * binfmt_elf.c: loads ELF programs: static ones, position-independent ones, and those that name an interpreter.
 *
 * Owns:   nothing.
 * Read next: binfmts.h, exec.c.
 *
 * Every field of the file may be anything. All are checked before the old program is given up; after that, only
 * memory can fail, and the new program is killed.
 *
 *	stack, as the program finds it:   sp ─► argc, argv[] NULL, envp[] NULL, auxv …, platform, random bytes, strings
 */
#include "kernel/arch.h"
#include "kernel/binfmts.h"
#include "kernel/random.h"
#include "kernel/sched.h"
#include "kernel/uaccess.h"
#include "kernel/lib/string.h"
#include "kernel/fs/fs.h"
#include "kernel/uapi/auxvec.h"
#include "kernel/uapi/mman.h"
#include "mm/mm.h"
#include "mm/pagemap.h"
#include "mm/slab.h"
#include <asm/elf.h>

#define STACK_GAP	(128UL << 10)	/* what a program's own segments must leave below its arguments */

/* A file with its headers read and checked, and where it was put. */
struct elf_image {
	Elf_Ehdr hdr;
	Elf_Phdr *phdrs;
	struct file *file;
	unsigned long low, high;	/* of all segments, as linked, whole pages */
	unsigned long bias;		/* added to all addresses */
};

/* ---- reading and checking ---- */

static int read_exact(struct file *file, loff_t pos, void *buf, size_t n)
{
	ssize_t got = pos < 0 ? -EINVAL : kernel_read(file, pos, buf, n);

	return got == (ssize_t)n ? 0 : got < 0 && got != -EINVAL ? (int)got : -ENOEXEC;
}

static bool header_ok(const Elf_Ehdr *h)
{
	return !memcmp(h->e_ident, ELFMAG, SELFMAG) && h->e_ident[EI_CLASS] == ELF_CLASS &&
	       h->e_ident[EI_DATA] == ELFDATA2LSB && h->e_machine == ELF_MACHINE &&
	       (h->e_type == ET_EXEC || h->e_type == ET_DYN) && h->e_phentsize == sizeof(Elf_Phdr) &&
	       h->e_phnum > 0 && h->e_phnum <= 65536 / sizeof(Elf_Phdr);
}

/* A segment must lie in user space and be as far into its page as it is in the file. */
static bool segment_ok(const Elf_Phdr *p)
{
	unsigned long start = (unsigned long)p->p_vaddr, size = (unsigned long)p->p_memsz;

	s64 from = (s64)p->p_offset;

	if (p->p_filesz > p->p_memsz || p->p_memsz > TASK_SIZE || p->p_vaddr > TASK_SIZE - size)
		return false;
	if (from < 0 || from > (s64)(~0ULL >> 1) - (s64)p->p_filesz)
		return false;
	return !((start - (unsigned long)p->p_offset) & ~PAGE_MASK) && PAGE_ALIGN(start + size) >= start;
}

/* Program headers into image->phdrs (kfree them), all segments checked. 0, -ENOEXEC, -ENOMEM, -EIO */
static int read_image(struct elf_image *image)
{
	size_t size = image->hdr.e_phnum * sizeof(Elf_Phdr);
	int err;

	image->phdrs = kmalloc(size, GFP_KERNEL);
	if (!image->phdrs)
		return -ENOMEM;
	err = read_exact(image->file, (loff_t)image->hdr.e_phoff, image->phdrs, size);
	if (err)
		return err;
	image->low = ~0UL;
	for (int i = 0; i < image->hdr.e_phnum; i++) {
		const Elf_Phdr *p = &image->phdrs[i];

		if (p->p_type != PT_LOAD || !p->p_memsz)
			continue;
		if (!segment_ok(p))
			return -ENOEXEC;
		image->low = min(image->low, (unsigned long)p->p_vaddr & PAGE_MASK);
		image->high = max(image->high, PAGE_ALIGN((unsigned long)(p->p_vaddr + p->p_memsz)));
	}
	return image->low < image->high ? 0 : -ENOEXEC;
}

/* Open and check what PT_INTERP names, if anything. 0, or -errno */
static int open_interpreter(struct elf_image *image, struct elf_image *interp)
{
	const Elf_Phdr *p = image->phdrs, *end = p + image->hdr.e_phnum;
	char *name;
	int err;

	while (p < end && p->p_type != PT_INTERP)
		p++;
	if (p == end)
		return 0;
	if (p->p_filesz < 2 || p->p_filesz > PATH_MAX)
		return -ENOEXEC;
	name = kmalloc(p->p_filesz, GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	err = read_exact(image->file, (loff_t)p->p_offset, name, p->p_filesz);
	if (!err && name[p->p_filesz - 1])
		err = -ENOEXEC;
	if (!err) {
		interp->file = open_exec(name);
		err = IS_ERR(interp->file) ? (int)PTR_ERR(interp->file) : 0;
		if (err)
			interp->file = NULL;
	}
	kfree(name);
	if (err)
		return err;
	err = read_exact(interp->file, 0, &interp->hdr, sizeof(interp->hdr));
	if (!err && !header_ok(&interp->hdr))
		err = -ENOEXEC;
	if (!err)
		err = read_image(interp);
	return err == -ENOEXEC ? -ELIBBAD : err;
}

/* Where the program goes, and whether that leaves its arguments alone. 0 or -errno */
static int choose_place(struct linux_binprm *bprm, struct elf_image *image)
{
	unsigned long limit = (bprm->p & PAGE_MASK) - STACK_GAP;

	if (image->hdr.e_type == ET_DYN)
		image->bias = (ELF_ET_DYN_BASE & PAGE_MASK) - image->low;
	else if (image->low < PAGE_SIZE)
		return -EPERM;		/* page 0 stays unmapped */
	if (image->high - image->low > limit || image->low + image->bias > limit - (image->high - image->low))
		return -ENOMEM;
	return 0;
}

/* ---- mapping ---- */

static unsigned long segment_prot(const Elf_Phdr *p)
{
	return (p->p_flags & PF_R ? PROT_READ : 0) | (p->p_flags & PF_W ? PROT_WRITE : 0) |
	       (p->p_flags & PF_X ? PROT_EXEC : 0);
}

/* Whole pages of @file, or of zeros if NULL, at exactly @addr. 0 or -errno */
static int map_at(struct file *file, unsigned long addr, unsigned long len, unsigned long prot, unsigned long pgoff)
{
	unsigned long flags = MAP_PRIVATE | MAP_FIXED | (file ? 0 : MAP_ANONYMOUS), got;

	if (!len)
		return 0;
	down_write(&current->mm->mmap_sem);
	got = do_mmap_pgoff(file, addr, len, prot, flags, pgoff);
	up_write(&current->mm->mmap_sem);
	return IS_ERR((void *)got) ? (int)got : 0;
}

/*
 *	vaddr        +filesz                    +memsz
 *	  │ from the file │ cleared to the page's end │ whole pages of zeros │
 *
 * Cleared even behind memsz: loaders and heaps begin in what is left of that page, and take it to be zero.
 */
static int map_segment(struct elf_image *image, const Elf_Phdr *p)
{
	unsigned long start = (unsigned long)p->p_vaddr + image->bias, prot = segment_prot(p);
	unsigned long file_end = start + (unsigned long)p->p_filesz, end = start + (unsigned long)p->p_memsz;
	unsigned long from = start & PAGE_MASK, split = PAGE_ALIGN(file_end);
	int err = 0;

	if (p->p_filesz)
		err = map_at(image->file, from, split - from, prot, (unsigned long)(p->p_offset >> PAGE_SHIFT));
	else
		split = from;
	/* A segment that may not be written shows the file's bytes behind its end, as everywhere. */
	if (!err && p->p_filesz && end > file_end && (prot & PROT_WRITE) &&
	    clear_user((void __user *)file_end, split - file_end))
		err = -EFAULT;
	if (!err && end > split)
		err = map_at(NULL, split, PAGE_ALIGN(end) - split, prot, 0);
	return err;
}

static int map_image(struct elf_image *image)
{
	for (int i = 0; i < image->hdr.e_phnum; i++) {
		const Elf_Phdr *p = &image->phdrs[i];
		int err = p->p_type == PT_LOAD && p->p_memsz ? map_segment(image, p) : 0;

		if (err)
			return err;
	}
	return 0;
}

/* An interpreter goes where mmap would put it. 0 or -errno */
static int place_and_map_interpreter(struct elf_image *interp)
{
	unsigned long addr;

	if (interp->hdr.e_type == ET_DYN) {
		down_write(&current->mm->mmap_sem);
		addr = get_unmapped_area(NULL, 0, interp->high - interp->low, 0, 0);
		up_write(&current->mm->mmap_sem);
		if (IS_ERR((void *)addr))
			return (int)addr;
		interp->bias = addr - interp->low;
	}
	return map_image(interp);
}

/* code, data and brk, for brk(2) and /proc. */
static void set_mm_layout(struct elf_image *image)
{
	struct mm_struct *mm = current->mm;

	mm->start_code = ~0UL;
	mm->end_code = mm->start_data = mm->end_data = 0;
	for (int i = 0; i < image->hdr.e_phnum; i++) {
		const Elf_Phdr *p = &image->phdrs[i];
		unsigned long start = (unsigned long)p->p_vaddr + image->bias;

		if (p->p_type != PT_LOAD || !p->p_memsz)
			continue;
		mm->start_code = min(mm->start_code, start);
		mm->start_data = max(mm->start_data, start);
		if (p->p_flags & PF_X)
			mm->end_code = max(mm->end_code, start + (unsigned long)p->p_filesz);
		mm->end_data = max(mm->end_data, start + (unsigned long)p->p_filesz);
	}
	mm->start_brk = mm->brk = image->high + image->bias;
}

/* ---- the stack's lower half ---- */

/* Where the program finds its own headers: in the segment that holds them. */
static unsigned long phdr_address(const struct elf_image *image)
{
	for (int i = 0; i < image->hdr.e_phnum; i++) {
		const Elf_Phdr *p = &image->phdrs[i];

		if (p->p_type == PT_LOAD && image->hdr.e_phoff >= p->p_offset &&
		    image->hdr.e_phoff - p->p_offset < p->p_filesz)
			return (unsigned long)(image->hdr.e_phoff - p->p_offset + p->p_vaddr) + image->bias;
	}
	return 0;
}

struct aux_out {
	unsigned long *v;
	int n;
};

static void aux(struct aux_out *out, unsigned long type, unsigned long value)
{
	out->v[out->n++] = type;
	out->v[out->n++] = value;
}

/* Words of the auxiliary vector. */
static int build_auxv(unsigned long *v, const struct linux_binprm *bprm, const struct elf_image *image,
		      const struct elf_image *interp, unsigned long random, unsigned long platform)
{
	struct aux_out out = { v, 0 };
	bool secure = current->euid != current->uid || current->egid != current->gid;

	aux(&out, AT_HWCAP, arch_hwcap());
	aux(&out, AT_PAGESZ, PAGE_SIZE);
	aux(&out, AT_CLKTCK, USER_HZ);
	aux(&out, AT_PHDR, phdr_address(image));
	aux(&out, AT_PHENT, sizeof(Elf_Phdr));
	aux(&out, AT_PHNUM, image->hdr.e_phnum);
	aux(&out, AT_BASE, interp->file ? interp->bias : 0);
	aux(&out, AT_FLAGS, 0);
	aux(&out, AT_ENTRY, (unsigned long)image->hdr.e_entry + image->bias);
	aux(&out, AT_UID, current->uid);
	aux(&out, AT_EUID, current->euid);
	aux(&out, AT_GID, current->gid);
	aux(&out, AT_EGID, current->egid);
	aux(&out, AT_SECURE, secure);
	aux(&out, AT_RANDOM, random);
	aux(&out, AT_EXECFN, bprm->exec);
	if (platform)
		aux(&out, AT_PLATFORM, platform);
	aux(&out, AT_NULL, 0);
	return out.n;
}

/* Pointers to @n strings that stand one after another from *p on, and NULL. The words' next place, or NULL on a fault */
static unsigned long __user *put_pointers(unsigned long __user *word, int n, unsigned long *p)
{
	while (n-- > 0) {
		long len;

		if (put_user(*p, word++))
			return NULL;
		len = strnlen_user((const char __user *)*p, MAX_ARG_STRLEN);
		if (!len || len > MAX_ARG_STRLEN)
			return NULL;
		*p += (unsigned long)len;
	}
	return put_user(0UL, word++) ? NULL : word;
}

/* Everything below the strings. *sp is where the program starts. 0 or -EFAULT */
static int build_stack(struct linux_binprm *bprm, const struct elf_image *image, const struct elf_image *interp,
		       unsigned long *sp)
{
	struct mm_struct *mm = current->mm;
	unsigned long top = bprm->p, platform = 0, strings = bprm->p, words;
	unsigned long __user *word;
	u8 random[16];
	int n;

	if (arch_platform[0]) {
		top -= strlen(arch_platform) + 1;
		platform = top;
		if (copy_to_user((void __user *)platform, arch_platform, strlen(arch_platform) + 1))
			return -EFAULT;
	}
	top = (top - sizeof(random)) & ~15UL;
	get_random_bytes(random, sizeof(random));
	if (copy_to_user((void __user *)top, random, sizeof(random)))
		return -EFAULT;
	memset(mm->saved_auxv, 0, sizeof(mm->saved_auxv));
	n = build_auxv(mm->saved_auxv, bprm, image, interp, top, platform);
	words = 1 + (unsigned long)bprm->argc + 1 + (unsigned long)bprm->envc + 1 + (unsigned long)n;
	*sp = (top - words * sizeof(long)) & ~15UL;

	word = (unsigned long __user *)*sp;
	if (put_user((unsigned long)bprm->argc, word++))
		return -EFAULT;
	mm->arg_start = strings;
	word = put_pointers(word, bprm->argc, &strings);
	mm->arg_end = mm->env_start = strings;
	if (word)
		word = put_pointers(word, bprm->envc, &strings);
	mm->env_end = strings;
	mm->start_stack = *sp;
	if (!word || copy_to_user(word, mm->saved_auxv, (unsigned long)n * sizeof(long)))
		return -EFAULT;
	return 0;
}

/* ---- all together ---- */

/* The old program is gone: map the new one and point the registers at it. */
static int become(struct linux_binprm *bprm, struct elf_image *image, struct elf_image *interp)
{
	unsigned long entry, sp;
	int err = map_image(image);

	if (err)
		return err;
	set_mm_layout(image);
	entry = (unsigned long)image->hdr.e_entry + image->bias;
	if (interp->file) {
		err = place_and_map_interpreter(interp);
		if (err)
			return err;
		entry = (unsigned long)interp->hdr.e_entry + interp->bias;
	}
	down_write(&current->mm->mmap_sem);
	err = arch_setup_additional_pages(current->mm);
	up_write(&current->mm->mmap_sem);
	if (!err)
		err = build_stack(bprm, image, interp, &sp);
	if (!err)
		start_thread(task_pt_regs(current), entry, sp);
	return err;
}

/* => binfmts.h */
int load_elf_binary(struct linux_binprm *bprm)
{
	struct elf_image *images = kzalloc(2 * sizeof(*images), GFP_KERNEL), *image = images, *interp;
	int err = -ENOEXEC;

	if (!images)
		return -ENOMEM;
	interp = images + 1;
	image->file = bprm->file;
	memcpy(&image->hdr, bprm->buf, sizeof(image->hdr));
	if (header_ok(&image->hdr))
		err = read_image(image);
	if (!err)
		err = choose_place(bprm, image);
	if (!err)
		err = open_interpreter(image, interp);
	if (!err)
		err = flush_old_exec(bprm);
	if (!err)
		err = become(bprm, image, interp);
	if (interp->file) {
		allow_write_access(interp->file);
		fput(interp->file);
	}
	kfree(interp->phdrs);
	kfree(image->phdrs);
	kfree(images);
	return err;
}
