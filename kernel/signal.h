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
struct signal_struct;
struct timespec_abi;
struct pt_regs;

/* ---- sets ---- */
static inline void sigaddset(sigset_t *set, int sig) { set->sig[(sig - 1) / _NSIG_BPW] |= 1UL << ((sig - 1) % _NSIG_BPW); }
static inline void sigdelset(sigset_t *set, int sig) { set->sig[(sig - 1) / _NSIG_BPW] &= ~(1UL << ((sig - 1) % _NSIG_BPW)); }
static inline bool sigismember(const sigset_t *set, int sig) { return set->sig[(sig - 1) / _NSIG_BPW] >> ((sig - 1) % _NSIG_BPW) & 1; }
static inline void sigemptyset(sigset_t *set) { *set = (sigset_t){ { 0 } }; }
static inline void sigfillset(sigset_t *set) { for (int i = 0; i < _NSIG_WORDS; i++) set->sig[i] = ~0UL; }
static inline bool sigisemptyset(const sigset_t *set) { unsigned long any = 0; for (int i = 0; i < _NSIG_WORDS; i++) any |= set->sig[i]; return !any; }
static inline void sigorsets(sigset_t *r, const sigset_t *a, const sigset_t *b) { for (int i = 0; i < _NSIG_WORDS; i++) r->sig[i] = a->sig[i] | b->sig[i]; }
static inline void sigandsets(sigset_t *r, const sigset_t *a, const sigset_t *b) { for (int i = 0; i < _NSIG_WORDS; i++) r->sig[i] = a->sig[i] & b->sig[i]; }
static inline void signandsets(sigset_t *r, const sigset_t *a, const sigset_t *b) { for (int i = 0; i < _NSIG_WORDS; i++) r->sig[i] = a->sig[i] & ~b->sig[i]; }
#define sigmask(sig)	(1ULL << ((sig) - 1))

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
int __kill_pgrp(pid_t pgrp, int sig, int priv);	/* => tasklist_lock held */
int kill_pgrp(pid_t pgrp, int sig, int priv);
/* A synchronous fault: cannot be ignored or blocked (default action then). */
void force_sig_info(int sig, siginfo_t *info, struct task_struct *p);
void force_sig(int sig, struct task_struct *p);
void force_sig_fault(int sig, int code, void __user *addr);
void recalc_sigpending(void);
void flush_signal_handlers(struct task_struct *t, bool force_default);
/* The group's siglock, if @p still has one (NULL: it is gone). => interrupts off on success */
struct sighand_struct *lock_task_sighand(struct task_struct *p, unsigned long *flags);
void unlock_task_sighand(struct task_struct *p, unsigned long *flags);
void signal_init(void);
void flush_sigqueue(struct sigpending *pending, struct signal_struct *sig);
void signal_wake_up(struct task_struct *t, bool fatal);	/* => siglock held */
void do_notify_parent(struct task_struct *p, int sig);		/* => tasklist_lock held */
bool parent_wants_no_zombie(struct task_struct *p);		/* => tasklist_lock held */
void wake_up_parent(struct task_struct *p);			/* who waits for @p shall look. => tasklist_lock held */
void zap_other_threads(struct task_struct *p);			/* => siglock held */
/* @p leaves: it takes no more signals and counts in no stop. True: the group stands still now, tell the parent */
bool signal_exiting(struct task_struct *p);
void notify_parent_of_stop(struct task_struct *p, int why);	/* CLD_STOPPED, CLD_CONTINUED. => tasklist_lock held */
int dequeue_signal(const sigset_t *mask, siginfo_t *info);	/* => siglock held; 0: none */
void discard_signal(int sig, struct sigpending *pending);	/* => siglock held; of the current group */
bool signal_is_ignored(int sig, const struct k_sigaction *ka);
int do_sigaction(int sig, const struct k_sigaction *act, struct k_sigaction *old);	/* 0 or -EINVAL */
int sigprocmask(int how, const sigset_t *set);			/* 0 or -EINVAL */
long sigsuspend(const sigset_t *set);				/* -ERESTARTNOHAND. => sleeps */
/* Both layouts of rt_sigtimedwait(2)'s timeout. => sleeps */
long do_sigtimedwait(const sigset_t __user *uset, siginfo_t __user *uinfo, const void __user *timeout, size_t sigsetsize,
		     const struct timespec_abi *abi);
/* ppoll, pselect: the mask for the time of the call. 0, -EINVAL, -EFAULT. @umask may be NULL */
int set_user_sigmask(const sigset_t __user *umask, size_t sigsetsize);
/* The call ends: the old mask comes back now, or after the handler if the call was @interrupted. */
void restore_user_sigmask(const sigset_t __user *umask, bool interrupted);
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
