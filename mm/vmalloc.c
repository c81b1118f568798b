/*
 * vmalloc.c: memory that is contiguous for the kernel's eyes only.
 *
 * Owns:   the addresses from VMALLOC_START to VMALLOC_END, as a list of areas sorted by address.
 * Locks:  vmlist_lock for the list. The page tables below an area belong to the area's owner.
 * Read next: vmalloc_proc.c (/proc/vmallocinfo), vmalloc_check.c.
 *
 *	│ area │guard│  hole  │ area │guard│guard│ stack area │guard│ …
 *
 * No page is ever mapped behind an area's last one, so that running past the end faults; a stack area has such a page
 * before its first one, too. The top levels of the kernel's page tables are made at boot and shared by all: a new
 * area needs no word to other address spaces.
 */
#include "mm/highmem.h"
#include "mm/internal.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "kernel/arch.h"
#include "kernel/irq.h"
#include "kernel/lib/string.h"

#define IOREMAP_MAX_ALIGN	(1UL << (PAGE_SHIFT + 7))

struct vm_struct *vmlist;
DEFINE_SPINLOCK(vmlist_lock, RANK_VMLIST);

/* ---- page tables -------------------------------------------------------------------------------------- */

/* The pte of the kernel's @addr, its table made if need be; NULL: no memory. */
static pte_t *kernel_pte_alloc(unsigned long addr)
{
	return pte_alloc_kernel(pmd_offset(pgd_offset_k(addr), addr), addr);
}

/* The pte of the kernel's @addr, NULL if there is no table. */
static pte_t *kernel_pte(unsigned long addr)
{
	pmd_t *pmd = pmd_offset(pgd_offset_k(addr), addr);

	return pmd_present(*pmd) ? pte_offset_kernel(pmd, addr) : NULL;
}

/* => [@start, @end) belongs to the caller; afterwards no CPU has a translation of it */
static void unmap_kernel_range(unsigned long start, unsigned long end)
{
	pte_t *pte = NULL;

	for (unsigned long addr = start; addr < end; addr += PAGE_SIZE) {
		pte = pte && addr & ~PMD_MASK ? pte + 1 : kernel_pte(addr);
		if (pte)
			pte_clear(&init_mm, addr, pte);
		else
			addr = (addr | ~PMD_MASK) & PAGE_MASK;
	}
	flush_tlb_kernel_range(start, end);
}

/* Map @pages, or @pfn and those after it, from @start on. 0 or -ENOMEM, with nothing mapped. */
static int map_kernel_range(unsigned long start, unsigned long size, struct page **pages, unsigned long pfn,
			    pgprot_t prot)
{
	pte_t *pte = NULL;

	for (unsigned long i = 0, addr = start; i < size >> PAGE_SHIFT; i++, addr += PAGE_SIZE) {
		pte = pte && addr & ~PMD_MASK ? pte + 1 : kernel_pte_alloc(addr);
		if (!pte) {
			unmap_kernel_range(start, addr);
			return -ENOMEM;
		}
		ASSERT(pte_none(*pte));
		set_pte_at(&init_mm, addr, pte, pages ? mk_pte(pages[i], prot) : pfn_pte(pfn + i, prot));
	}
	return 0;
}

/* ---- areas ------------------------------------------------------------------------------------------------ */

static unsigned long area_lead(unsigned long flags)
{
	return flags & VM_STACK_AREA ? PAGE_SIZE : 0;
}

/* First byte that the area keeps from others, the guard before a stack among them. */
static unsigned long area_start(const struct vm_struct *area)
{
	return (unsigned long)area->addr - area_lead(area->flags);
}

static unsigned long area_end(const struct vm_struct *area)
{
	return (unsigned long)area->addr + area->size;
}

/* Put @area into the first hole where it fits. False: there is none. => vmlist_lock held */
static bool insert_area(struct vm_struct *area, unsigned long align)
{
	unsigned long lead = area_lead(area->flags), addr = ALIGN(VMALLOC_START + lead, align);
	struct vm_struct **p, *next;

	assert_held(&vmlist_lock);
	for (p = &vmlist; ; p = &next->next) {
		next = *p;
		if (addr + area->size < addr || addr + area->size > VMALLOC_END)
			return false;
		if (!next || addr + area->size <= area_start(next))
			break;
		addr = ALIGN(max(addr, area_end(next) + lead), align);
	}
	area->addr = (void *)addr;
	area->next = next;
	*p = area;
	return true;
}

/* Are there multiples of @align up to the window's end, and not past the last address? */
static bool align_fits(unsigned long align)
{
	return ALIGN(VMALLOC_END, align) >= VMALLOC_END;
}

/* An area of @size bytes (whole pages) and a guard page, with nothing mapped. NULL: no memory, no addresses. */
static struct vm_struct *get_vm_area(unsigned long size, unsigned long align, unsigned long flags, void *caller)
{
	struct vm_struct *area;
	bool found;

	BUG_ON(in_interrupt());
	area = kzalloc(sizeof(*area), GFP_KERNEL);
	if (!area)
		return NULL;
	area->size = size + PAGE_SIZE;
	area->flags = flags;
	area->caller = caller;
	spin_lock(&vmlist_lock);
	found = align_fits(align) && insert_area(area, align);
	spin_unlock(&vmlist_lock);
	if (!found) {
		static struct ratelimit limit;

		kfree(area);
		if (printk_ratelimit(&limit))
			printk(KERN_WARNING "allocation of %lu KiB failed: out of vmalloc space - use vmalloc=<size>\n",
			       size >> 10);
		return NULL;
	}
	return area;
}

/* The area that begins at @addr leaves the list; NULL: there is none. Its addresses are free at once. */
static struct vm_struct *unlink_area(const void *addr)
{
	struct vm_struct **p, *area;

	spin_lock(&vmlist_lock);
	for (p = &vmlist; (area = *p) && area->addr != addr; p = &area->next)
		;
	if (area)
		*p = area->next;
	spin_unlock(&vmlist_lock);
	return area;
}

/* The area that holds @addr, its guard pages included; NULL if none does. => it stays only if the caller knows why */
struct vm_struct *find_vm_area(const void *addr)
{
	struct vm_struct *area;

	spin_lock(&vmlist_lock);
	for (area = vmlist; area; area = area->next)
		if (area_start(area) <= (unsigned long)addr && (unsigned long)addr < area_end(area))
			break;
	spin_unlock(&vmlist_lock);
	return area;
}

/* Unmap the area at @addr; it is the caller's then. NULL, after a complaint: there is none. */
static struct vm_struct *take_area(const void *addr)
{
	struct vm_struct *area;

	BUG_ON(in_interrupt());
	area = find_vm_area(addr);
	if (!area || area->addr != addr) {
		printk(KERN_ERR "vfree: no area begins at %p\n", addr);
		WARN_ON(true);
		return NULL;
	}
	/* Unmapped while nobody else can have these addresses. */
	unmap_kernel_range((unsigned long)addr, area_end(area) - PAGE_SIZE);
	return unlink_area(addr);
}

/* ---- vmalloc ------------------------------------------------------------------------------------------------ */

static void free_area_pages(struct vm_struct *area)
{
	for (unsigned int i = 0; i < area->nr_pages; i++)
		__free_page(area->pages[i]);
	if (is_vmalloc_addr(area->pages))
		vfree(area->pages);
	else
		kfree(area->pages);
}

/* Pages for all of @area; false: there are not enough, those that came are noted. */
static bool alloc_area_pages(struct vm_struct *area, gfp_t gfp)
{
	unsigned long nr = (area->size - PAGE_SIZE) >> PAGE_SHIFT, bytes = nr * sizeof(struct page *);

	area->pages = bytes > PAGE_SIZE ? vmalloc(bytes) : kmalloc(bytes, GFP_KERNEL);
	if (!area->pages)
		return false;
	for (; area->nr_pages < nr; area->nr_pages++) {
		area->pages[area->nr_pages] = alloc_page(gfp);
		if (!area->pages[area->nr_pages])
			return false;
	}
	return true;
}

static void *vmalloc_caller(unsigned long size, unsigned long align, gfp_t gfp, pgprot_t prot, unsigned long flags,
			    void *caller)
{
	struct vm_struct *area;

	size = PAGE_ALIGN(size);
	if (!size || size >> PAGE_SHIFT > num_physpages)
		return NULL;
	area = get_vm_area(size, max(align, PAGE_SIZE), flags, caller);
	if (!area)
		return NULL;
	if (alloc_area_pages(area, gfp) && !map_kernel_range((unsigned long)area->addr, size, area->pages, 0, prot))
		return area->addr;
	unlink_area(area->addr);
	free_area_pages(area);
	kfree(area);
	return NULL;
}

/* @size bytes in whole pages of @gfp's kind, at a multiple of @align, with VM_ @flags. NULL on failure. => sleeps, as all below */
void *__vmalloc_area(unsigned long size, unsigned long align, gfp_t gfp, pgprot_t prot, unsigned long flags)
{
	return vmalloc_caller(size, align, gfp, prot, flags | VM_ALLOC, __builtin_return_address(0));
}

/* @size bytes; the pages come from high memory first. */
void *vmalloc(unsigned long size)
{
	return vmalloc_caller(size, PAGE_SIZE, GFP_KERNEL | __GFP_HIGHMEM, PAGE_KERNEL, VM_ALLOC,
			      __builtin_return_address(0));
}

/* @size bytes of zeros that programs may be shown (remap_vmalloc_range). */
void *vmalloc_user(unsigned long size)
{
	return vmalloc_caller(size, PAGE_SIZE, GFP_KERNEL | __GFP_HIGHMEM | __GFP_ZERO, PAGE_KERNEL,
			      VM_ALLOC | VM_USERMAP, __builtin_return_address(0));
}

/* @size bytes in pages of low memory, which every device reaches and the direct map shows. */
void *vmalloc_32(unsigned long size)
{
	return vmalloc_caller(size, PAGE_SIZE, GFP_KERNEL, PAGE_KERNEL, VM_ALLOC, __builtin_return_address(0));
}

/* => @addr came from vmalloc or a relative, or is NULL; sleeps, interrupts on; no spinlock that is irq-safe */
void vfree(const void *addr)
{
	struct vm_struct *area;

	if (!addr)
		return;
	area = take_area(addr);
	if (!area)
		return;
	free_area_pages(area);
	kfree(area);
}

/* ---- other people's pages -------------------------------------------------------------------------------------- */

/* @count pages, one after the other, under one address. NULL on failure. => the caller keeps them until vunmap */
void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot)
{
	struct vm_struct *area;

	if (!count || count > num_physpages)
		return NULL;
	area = get_vm_area((unsigned long)count << PAGE_SHIFT, PAGE_SIZE, flags | VM_MAP, __builtin_return_address(0));
	if (!area)
		return NULL;
	if (!map_kernel_range((unsigned long)area->addr, (unsigned long)count << PAGE_SHIFT, pages, 0, prot))
		return area->addr;
	unlink_area(area->addr);
	kfree(area);
	return NULL;
}

/* => @addr came from vmap, or is NULL; as vfree */
void vunmap(const void *addr)
{
	if (addr)
		kfree(take_area(addr));
}

/* Naturally aligned, within reason. */
static unsigned long ioremap_align(unsigned long size)
{
	unsigned long align = 1UL << fls((unsigned int)min(size, IOREMAP_MAX_ALIGN - 1));

	return min(max(align, PAGE_SIZE), IOREMAP_MAX_ALIGN);
}

/* @size bytes of device registers at physical @phys, uncached. NULL on failure. => sleeps */
void *ioremap(phys_t phys, unsigned long size)
{
	unsigned long offset = (unsigned long)phys & ~PAGE_MASK, bytes = PAGE_ALIGN(size + offset);
	struct vm_struct *area;

	if (!size || phys + size < phys)
		return NULL;
	area = get_vm_area(bytes, ioremap_align(bytes), VM_IOREMAP, __builtin_return_address(0));
	if (!area)
		return NULL;
	area->phys_addr = phys - offset;
	if (map_kernel_range((unsigned long)area->addr, bytes, NULL, (unsigned long)(phys >> PAGE_SHIFT),
			     PAGE_KERNEL_NOCACHE)) {
		unlink_area(area->addr);
		kfree(area);
		return NULL;
	}
	return (char *)area->addr + offset;
}

/* => @addr came from ioremap, or is NULL; as vfree */
void iounmap(volatile void *addr)
{
	if (addr)
		kfree(take_area((void *)((unsigned long)addr & PAGE_MASK)));
}

/* ---- for programs to see --------------------------------------------------------------------------------------- */

/* The page at @addr of the window; NULL: none. => it stays only if the caller knows why; device registers are no pages */
struct page *vmalloc_to_page(const void *addr)
{
	pte_t *pte = kernel_pte((unsigned long)addr);

	return pte && pte_present(*pte) && pfn_valid(pte_pfn(*pte)) ? pte_page(*pte) : NULL;
}

/*
 * Fill @vma with the pages of the area at @addr, from its page @pgoff on. -EINVAL: the area is not for programs, or ends
 * before @vma does; -ENOMEM, with a part mapped, which goes with @vma.
 * => a driver's mmap: mmap_sem held for write; a page that is still mapped outlives vfree()
 */
int remap_vmalloc_range(struct vm_area_struct *vma, void *addr, unsigned long pgoff)
{
	unsigned long size = vma->vm_end - vma->vm_start, user = vma->vm_start, end = user + size, have;
	struct vm_struct *area = find_vm_area(addr);
	int err = 0;

	if ((unsigned long)addr & ~PAGE_MASK || !area || area->addr != addr || !(area->flags & VM_USERMAP))
		return -EINVAL;
	have = (area->size - PAGE_SIZE) >> PAGE_SHIFT;
	if (pgoff > have || size >> PAGE_SHIFT > have - pgoff)
		return -EINVAL;
	for (unsigned long i = pgoff; user < end && !err; user += PAGE_SIZE, i++)
		err = vm_insert_page(vma, user, area->pages[i]);
	vma->vm_flags |= VM_RESERVED;
	return err;
}

/* One page's part of an area, by the page's own window: the area may be unmapped meanwhile, and then old bytes are read. */
static void vread_page(char *buf, const char *addr, unsigned long n)
{
	struct page *page = vmalloc_to_page(addr);
	char *p;

	if (!page) {
		memset(buf, 0, n);
		return;
	}
	p = kmap_atomic(page, KM_USER0);
	memcpy(buf, p + ((unsigned long)addr & ~PAGE_MASK), n);
	kunmap_atomic(p, KM_USER0);
}

/*
 * @count bytes from @addr on into @buf. Holes and guards read as 0, and so do device registers: to read them may do something.
 * => does not sleep, except for the lock
 */
void vread(char *buf, const char *addr, unsigned long count)
{
	unsigned long n;

	for (; count; count -= n, buf += n, addr += n) {
		struct vm_struct *area = is_vmalloc_addr(addr) ? find_vm_area(addr) : NULL;

		n = min(count, PAGE_SIZE - ((unsigned long)addr & ~PAGE_MASK));
		if (area && !(area->flags & VM_IOREMAP))
			vread_page(buf, addr, n);
		else
			memset(buf, 0, n);
	}
}

/* Tell where the window is. => slab is up */
void vmalloc_init(void)
{
	printk(KERN_INFO "vmalloc: %lx-%lx, %lu MiB\n", VMALLOC_START, VMALLOC_END, (VMALLOC_END - VMALLOC_START) >> 20);
}
