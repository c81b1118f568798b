#ifndef KERNEL_SIGNAL_H
#define KERNEL_SIGNAL_H

/*
 * Signals. Lock letters: [s] sighand->siglock of the thread group (irq-safe)
 */
#include "kernel/atomic.h"
#include "kernel/lib/list.h"
#include "kernel/spinlock.h"
#include "kernel/wait.h"
#include "kernel/uapi/signal.h"
#include <asm/signal.h>		/* sigset_t (64 bits), struct sigaction, siginfo_t, stack_t, SA_* as the ISA's Linux has them */

struct task_struct;
struct pt_regs;

struct sigpending {
	struct list_head list;		/* [s] of struct sigqueue, oldest first */
	sigset_t signal;		/* [s] */
};

struct sigqueue {
	struct list_head list;
	siginfo_t info;
};

struct k_sigaction { struct sigaction sa; };

struct sighand_struct {
	atomic_t count;
	spinlock_t siglock;
	struct k_sigaction action[_NSIG];	/* [s] */
};

/* A signal on its way to a handler: what the arch builds a frame from. */
struct ksignal {
	int sig;
	siginfo_t info;
	struct k_sigaction ka;
};

#define SEND_SIG_NOINFO	((siginfo_t *)0)	/* from a user process: kill() */
#define SEND_SIG_PRIV	((siginfo_t *)1)	/* from the kernel */

int send_sig_info(int sig, siginfo_t *info, struct task_struct *p);
int send_sig(int sig, struct task_struct *p, int priv);
int group_send_sig_info(int sig, siginfo_t *info, struct task_struct *p);
int kill_pgrp(pid_t pgrp, int sig, int priv);
int kill_pid(pid_t pid, int sig, int priv);
/* A synchronous fault: cannot be ignored or blocked (default action then). */
void force_sig_info(int sig, siginfo_t *info, struct task_struct *p);
void force_sig(int sig, struct task_struct *p);
void force_sig_fault(int sig, int code, void __user *addr);
void recalc_sigpending(void);
void flush_signal_handlers(struct task_struct *t, bool force_default);
void exit_sighand(struct task_struct *p);
/* Dequeue what is to be done next; true: *ks wants a frame. May not return (fatal signal), may stop the group. */
bool get_signal(struct ksignal *ks);
/* After the frame stands: block the handler's mask, one-shot. */
void signal_delivered(struct ksignal *ks);
void set_current_blocked(const sigset_t *set);
int do_sigaltstack(const stack_t __user *uss, stack_t __user *uoss, unsigned long sp);
/* Is @sp on the alternate stack? */
bool on_sig_stack(unsigned long sp);
/* Where a frame of @size bytes goes: alternate stack or below @sp. */
unsigned long sigsp(unsigned long sp, const struct ksignal *ks);

#endif
