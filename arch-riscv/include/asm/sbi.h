#ifndef ASM_SBI_H
#define ASM_SBI_H

/* Calls into the firmware (OpenSBI): extension and function in a7 and a6, error and value in a0 and a1. */
#include "kernel/types.h"

#define SBI_EXT_PUTCHAR		0x01		/* legacy: the number is all */
#define SBI_EXT_GETCHAR		0x02		/* as well; the answer is in the place of the error */
#define SBI_EXT_TIME		0x54494d45
#define SBI_EXT_IPI		0x735049
#define SBI_EXT_RFENCE		0x52464e43
#define   SBI_RFENCE_FENCE_I	0
#define   SBI_RFENCE_SFENCE_VMA	1
#define SBI_EXT_HSM		0x48534d
#define   SBI_HSM_START		0
#define SBI_EXT_SRST		0x53525354
#define   SBI_SRST_SHUTDOWN	0
#define   SBI_SRST_COLD_REBOOT	1

static inline long sbi_call(unsigned long ext, unsigned long fid, unsigned long arg0, unsigned long arg1,
			    unsigned long arg2, unsigned long arg3)
{
	register unsigned long a0 __asm__("a0") = arg0;
	register unsigned long a1 __asm__("a1") = arg1;
	register unsigned long a2 __asm__("a2") = arg2;
	register unsigned long a3 __asm__("a3") = arg3;
	register unsigned long a6 __asm__("a6") = fid;
	register unsigned long a7 __asm__("a7") = ext;

	__asm__ __volatile__("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a3), "r"(a6), "r"(a7) : "memory");
	return (long)a0;
}

#endif
