/*
 * page.c: /proc/kpagecount and /proc/kpageflags: 64 bits for each page frame: how often it is mapped, and what it is.
 *
 * Locks:  none: each word is what was so at the moment.
 * Read next: mm/page_flags.h (the kernel's own bits), tools that read pagemap.
 */
#include "kernel/fs/proc/internal.h"

/* The bits of kpageflags, which programs know. */
enum {
	KPF_LOCKED, KPF_ERROR, KPF_REFERENCED, KPF_UPTODATE, KPF_DIRTY, KPF_LRU, KPF_ACTIVE, KPF_SLAB, KPF_WRITEBACK, KPF_RECLAIM,
	KPF_BUDDY, KPF_MMAP, KPF_ANON, KPF_SWAPCACHE, KPF_SWAPBACKED, KPF_COMPOUND_HEAD, KPF_COMPOUND_TAIL, KPF_NOPAGE = 20,
	KPF_ZERO_PAGE = 24, KPF_RESERVED = 32, KPF_PRIVATE = 36,
};

static const struct { unsigned char page, kpf; } same_bits[] = {
	{ PG_locked, KPF_LOCKED }, { PG_error, KPF_ERROR }, { PG_referenced, KPF_REFERENCED }, { PG_uptodate, KPF_UPTODATE },
	{ PG_dirty, KPF_DIRTY }, { PG_lru, KPF_LRU }, { PG_active, KPF_ACTIVE }, { PG_slab, KPF_SLAB },
	{ PG_writeback, KPF_WRITEBACK }, { PG_reclaim, KPF_RECLAIM }, { PG_buddy, KPF_BUDDY }, { PG_swapcache, KPF_SWAPCACHE },
	{ PG_reserved, KPF_RESERVED }, { PG_private, KPF_PRIVATE },
};

static u64 kpage_count(unsigned long pfn)
{
	struct page *page = pfn_valid(pfn) ? pfn_to_page(pfn) : NULL;

	/* A slab's or a free page keeps other things in these words. */
	return page && !PageSlab(page) && !PageBuddy(page) ? (u64)(unsigned int)page_mapcount(page) : 0;
}

static u64 kpage_flags(unsigned long pfn)
{
	struct page *page;
	u64 flags = 0;

	if (!pfn_valid(pfn))
		return 1ULL << KPF_NOPAGE;
	page = pfn_to_page(pfn);
	for (unsigned int i = 0; i < ARRAY_SIZE(same_bits); i++)
		if (test_bit(same_bits[i].page, &page->flags))
			flags |= 1ULL << same_bits[i].kpf;
	if (flags & (1ULL << KPF_SLAB | 1ULL << KPF_BUDDY))
		return flags;
	if (page_mapped(page))
		flags |= 1ULL << KPF_MMAP;
	if (PageAnon(page))
		flags |= 1ULL << KPF_ANON | 1ULL << KPF_SWAPBACKED;
	if (PageCompound(page))
		flags |= 1ULL << (compound_head(page) == page ? KPF_COMPOUND_HEAD : KPF_COMPOUND_TAIL);
	if (page == ZERO_PAGE(0))
		flags |= 1ULL << KPF_ZERO_PAGE;
	return flags;
}

static ssize_t kpage_read(char __user *buf, size_t count, loff_t *pos, u64 (*word)(unsigned long pfn))
{
	u64 frames = (u64)max_pfn * sizeof(u64), value;
	u64 __user *out = (u64 __user *)buf;
	size_t done = 0;

	if (*pos % (loff_t)sizeof(u64) || count % sizeof(u64))
		return -EINVAL;
	if ((u64)*pos >= frames)
		return 0;
	count = (size_t)min_t(u64, count, frames - (u64)*pos);
	for (; done < count; done += sizeof(u64), out++) {
		value = word((unsigned long)((u64)*pos / sizeof(u64)) + done / sizeof(u64));
		if (put_user(value, out))
			return done ? (ssize_t)done : -EFAULT;
		if (!(done % PAGE_SIZE))
			cond_resched();
	}
	*pos += (loff_t)done;
	return (ssize_t)done;
}

static ssize_t kpagecount_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	return kpage_read(buf, count, pos, kpage_count);
}

static ssize_t kpageflags_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	return kpage_read(buf, count, pos, kpage_flags);
}

static const struct file_operations kpagecount_fops = { .read = kpagecount_read, .llseek = generic_file_llseek };
static const struct file_operations kpageflags_fops = { .read = kpageflags_read, .llseek = generic_file_llseek };

void __init proc_page_init(void)
{
	if (proc_create("kpagecount", 0400, &kpagecount_fops, NULL) || proc_create("kpageflags", 0400, &kpageflags_fops, NULL))
		printk(KERN_ERR "/proc/kpage*: no memory\n");
}
