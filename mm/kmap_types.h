#ifndef MM_KMAP_TYPES_H
#define MM_KMAP_TYPES_H

/*
 * What a CPU's atomic windows are for, under 2.6.20's names: who uses one names it, so that two who may meet on a CPU
 * (a copy and an interrupt in it) never take the same.
 */
enum km_type {
	KM_BOUNCE_READ, KM_SKB_SUNRPC_DATA, KM_SKB_DATA_SOFTIRQ, KM_USER0, KM_USER1, KM_BIO_SRC_IRQ, KM_BIO_DST_IRQ,
	KM_PTE0, KM_PTE1, KM_IRQ0, KM_IRQ1, KM_SOFTIRQ0, KM_SOFTIRQ1,
	KM_TYPE_NR
};

#endif
