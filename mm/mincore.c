/*
 * mincore.c: which pages of a range are in memory.
 *
 * Owns:   nothing.
 * Locks:  mmap_sem for read while a page of answers is filled, not while it is copied out.
 * Read next: filemap.c:find_get_page.
 */
#include "mm/mm.h"
#include "mm/pagemap.h"
#include "kernel/syscalls.h"
#include "kernel/uaccess.h"

static unsigned char file_page_cached(struct vm_area_struct *vma, unsigned long addr)
{
	struct page *page = find_get_page(vma->vm_file->f_mapping, linear_page_index(vma, addr));
	unsigned char present = 0;

	if (page) {
		present = PageUptodate(page);
		put_page(page);
	}
	return present;
}

/* Answers for [@addr, @end), which lies in one table: mapped, or at least in the file's cache. */
static void mincore_pte_range(struct vm_area_struct *vma, pmd_t *pmd, unsigned long addr, unsigned long end, unsigned char *vec)
{
	spinlock_t *ptl = NULL;
	pte_t *map = NULL, *pte = NULL;

	if (pmd)
		map = pte = pte_offset_map_lock(vma->vm_mm, pmd, addr, &ptl);
	for (; addr != end; addr += PAGE_SIZE, vec++) {
		if (pte && pte_present(*pte++))
			*vec = 1;
		else
			*vec = vma->vm_file ? file_page_cached(vma, addr) : 0;
	}
	if (map)
		pte_unmap_unlock(map, ptl);
}

static void mincore_vma(struct vm_area_struct *vma, unsigned long addr, unsigned long end, unsigned char *vec)
{
	unsigned long next;

	for (; addr != end; vec += (next - addr) >> PAGE_SHIFT, addr = next) {
		pgd_t *pgd = pgd_offset(vma->vm_mm, addr);
		pmd_t *pmd = pgd_none(*pgd) ? NULL : pmd_offset(pgd, addr);

		next = pmd_addr_end(addr, end);
		mincore_pte_range(vma, pmd && !pmd_none(*pmd) ? pmd : NULL, addr, next, vec);
	}
}

/* Answers for up to @pages from @addr on, as far as one area goes. How many, or -ENOMEM: nothing is mapped at @addr. */
static long do_mincore(unsigned long addr, unsigned char *vec, unsigned long pages)
{
	struct vm_area_struct *vma = find_vma(current->mm, addr);
	unsigned long end;

	if (!vma || addr < vma->vm_start)
		return -ENOMEM;
	end = min(vma->vm_end, addr + (pages << PAGE_SHIFT));
	mincore_vma(vma, addr, end, vec);
	return (long)((end - addr) >> PAGE_SHIFT);
}

long sys_mincore(unsigned long start, size_t len, unsigned char __user *vec)
{
	unsigned long pages = (len >> PAGE_SHIFT) + ((len & ~PAGE_MASK) != 0);
	unsigned char *answers;
	long done = 0;

	if (start & ~PAGE_MASK)
		return -EINVAL;
	if (!access_ok((void __user *)start, len))
		return -ENOMEM;
	if (!access_ok(vec, pages))
		return -EFAULT;
	answers = (unsigned char *)__get_free_page(GFP_USER);
	if (!answers)
		return -EAGAIN;
	while (pages) {
		down_read(&current->mm->mmap_sem);
		done = do_mincore(start, answers, min(pages, PAGE_SIZE));
		up_read(&current->mm->mmap_sem);
		if (done > 0 && copy_to_user(vec, answers, (unsigned long)done))
			done = -EFAULT;
		if (done <= 0)
			break;
		pages -= (unsigned long)done;
		vec += done;
		start += (unsigned long)done << PAGE_SHIFT;
	}
	free_page((unsigned long)answers);
	return done < 0 ? done : 0;
}
