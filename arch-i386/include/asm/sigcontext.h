/*
 * The registers in an i386 signal frame, and the two frames: sigreturn's, for handlers
 * without SA_SIGINFO, and rt_sigreturn's.
 */
#ifndef ASM_SIGCONTEXT_H
#define ASM_SIGCONTEXT_H

#include "kernel/uapi/signal.h"

/* FSAVE's image, a status word, then FXSAVE's 512 bytes at a 16-byte boundary. */
struct _fpreg {
	unsigned short significand[4];
	unsigned short exponent;
};

struct _fpstate {
	__u32 cw;
	__u32 sw;
	__u32 tag;
	__u32 ipoff;
	__u32 cssel;
	__u32 dataoff;
	__u32 datasel;
	struct _fpreg _st[8];
	__u16 status;
	__u16 magic;			/* 0xffff: no FXSAVE image; 0: there is one */
	__u8 _fxsr[512];
};
#define X86_FXSR_MAGIC	0x0000

struct sigcontext {
	__u16 gs, __gsh;
	__u16 fs, __fsh;
	__u16 es, __esh;
	__u16 ds, __dsh;
	__u32 edi;
	__u32 esi;
	__u32 ebp;
	__u32 esp;
	__u32 ebx;
	__u32 edx;
	__u32 ecx;
	__u32 eax;
	__u32 trapno;
	__u32 err;
	__u32 eip;
	__u16 cs, __csh;
	__u32 eflags;
	__u32 esp_at_signal;
	__u16 ss, __ssh;
	struct _fpstate *fpstate;	/* 0: no FPU state saved */
	__u32 oldmask;
	__u32 cr2;
};

struct ucontext {
	unsigned long uc_flags;
	struct ucontext *uc_link;
	stack_t uc_stack;
	struct sigcontext uc_mcontext;
	sigset_t uc_sigmask;
};

_Static_assert(sizeof(struct sigcontext) == 88, "Linux's layout");
_Static_assert(sizeof(struct _fpstate) == 624, "Linux's layout");

/*
 * What the handler's stack pointer points at: a return address into the trampoline,
 * then the handler's arguments. retcode is unused, but debuggers know frames by it.
 */
struct sigframe {
	__u32 pretcode;
	int sig;
	struct sigcontext sc;
	struct _fpstate fpstate_unused;
	unsigned long extramask[_NSIG_WORDS - 1];
	char retcode[8];
};

struct rt_sigframe {
	__u32 pretcode;
	int sig;
	__u32 pinfo;
	__u32 puc;
	struct siginfo info;
	struct ucontext uc;
	char retcode[8];
};

#endif
