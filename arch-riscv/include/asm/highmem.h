#ifndef ASM_HIGHMEM_H
#define ASM_HIGHMEM_H

/* No high memory: every page has its address in the direct map. The slots' names remain, as 2.6.20 has them. */
enum km_type {
	KM_BOUNCE_READ, KM_SKB_SUNRPC_DATA, KM_SKB_DATA_SOFTIRQ, KM_USER0, KM_USER1, KM_BIO_SRC_IRQ, KM_BIO_DST_IRQ,
	KM_PTE0, KM_PTE1, KM_IRQ0, KM_IRQ1, KM_SOFTIRQ0, KM_SOFTIRQ1,
	KM_TYPE_NR
};

/* => as with high memory: no sleeping, and user accesses fail instead of faulting, until kunmap_atomic. */
#define kmap_atomic(page, type)		((void)(type), pagefault_disable(), page_address(page))
#define kmap_atomic_pfn(pfn, type)	kmap_atomic(pfn_to_page(pfn), type)
#define kunmap_atomic(addr, type)	((void)(addr), (void)(type), pagefault_enable())
#define kmap_atomic_to_page(addr)	virt_to_page(addr)

#endif
