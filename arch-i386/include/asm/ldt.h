#ifndef ASM_LDT_H
#define ASM_LDT_H

/* set_thread_area(2): a segment, as Linux's ABI describes one. */
#include "kernel/uapi/types.h"

struct user_desc {
	__u32 entry_number;		/* -1: choose a free one */
	__u32 base_addr;
	__u32 limit;
	__u32 seg_32bit:1;
	__u32 contents:2;
	__u32 read_exec_only:1;
	__u32 limit_in_pages:1;
	__u32 seg_not_present:1;
	__u32 useable:1;
};

#endif
