#ifndef MM_BACKING_DEV_H
#define MM_BACKING_DEV_H

/* What a device under a page cache is like, and whether it is congested (mm/backing-dev.c). */
#include "kernel/types.h"

enum bdi_state { BDI_pdflush, BDI_write_congested, BDI_read_congested };

struct backing_dev_info {
	unsigned long ra_pages;		/* largest readahead, pages */
	unsigned long state;		/* bits, atomic */
	unsigned int capabilities;
};

#define BDI_CAP_NO_ACCT_DIRTY	1u	/* dirty pages do not count: memory-backed */
#define BDI_CAP_NO_WRITEBACK	2u
#define bdi_cap_account_dirty(bdi)	(!((bdi)->capabilities & BDI_CAP_NO_ACCT_DIRTY))
#define bdi_cap_writeback_dirty(bdi)	(!((bdi)->capabilities & BDI_CAP_NO_WRITEBACK))
#define VM_MAX_READAHEAD	128	/* KiB */

extern struct backing_dev_info default_backing_dev_info;
void set_bdi_congested(struct backing_dev_info *bdi, int rw);
void clear_bdi_congested(struct backing_dev_info *bdi, int rw);
long congestion_wait(int rw, long timeout);
static inline bool bdi_write_congested(struct backing_dev_info *bdi) { return bdi->state & (1UL << BDI_write_congested); }

#endif
