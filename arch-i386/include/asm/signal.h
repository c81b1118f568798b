/*
 * The signal action as i386's rt_sigaction takes it. sa_restorer counts only with
 * SA_RESTORER; else the kernel maps its own return trampoline.
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
	void (*sa_restorer)(void);
	sigset_t sa_mask;
};

/* sigaction(2) before rt_sigaction: a mask of one word, after the handler */
typedef unsigned long old_sigset_t;

struct old_sigaction {
	__sighandler_t sa_handler;
	old_sigset_t sa_mask;
	unsigned long sa_flags;
	void (*sa_restorer)(void);
};

#endif
