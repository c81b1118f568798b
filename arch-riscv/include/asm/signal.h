/*
 * The signal action as RISC-V's kernel takes it: without a restorer, the kernel maps
 * its own return trampoline.
 */
#ifndef ASM_SIGNAL_H
#define ASM_SIGNAL_H

#include "kernel/uapi/signal.h"

struct sigaction {
	union {
		__sighandler_t sa_handler;
		void (*sa_sigaction)(int, siginfo_t *, void *);
	};
	unsigned long sa_flags;
	sigset_t sa_mask;
};

#endif
