#ifndef ASM_SEGMENT_H
#define ASM_SEGMENT_H

/* Each CPU's descriptor table, with Linux's numbers where a user program can see them. */
#define GDT_ENTRY_TLS_MIN	6
#define GDT_ENTRY_TLS_ENTRIES	3
#define GDT_ENTRY_TLS_MAX	(GDT_ENTRY_TLS_MIN + GDT_ENTRY_TLS_ENTRIES - 1)
#define GDT_ENTRIES		32

#define __KERNEL_CS	0x60
#define __KERNEL_DS	0x68
#define __USER_CS	0x73
#define __USER_DS	0x7b
#define __TSS		0x80
#define __KERNEL_PERCPU	0xd8
#define __DOUBLEFAULT_TSS 0xf8

#endif
