/*
 * Signals. The kernel's structures are the library's; without SA_RESTORER the kernel
 * maps the way back from a handler.
 */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include "user/lib/internal.h"

#define BIT_OF(sig)	(1UL << ((sig) - 1) % _NSIG_BPW)
#define WORD_OF(set, sig)	((set)->sig[((sig) - 1) / _NSIG_BPW])

static int bad(int sig)
{
	if (sig >= 1 && sig <= _NSIG)
		return 0;
	errno = EINVAL;
	return 1;
}

int sigemptyset(sigset_t *set) { memset(set, 0, sizeof(*set)); return 0; }
int sigfillset(sigset_t *set) { memset(set, -1, sizeof(*set)); return 0; }
int sigaddset(sigset_t *set, int sig) { return bad(sig) ? -1 : (WORD_OF(set, sig) |= BIT_OF(sig), 0); }
int sigdelset(sigset_t *set, int sig) { return bad(sig) ? -1 : (WORD_OF(set, sig) &= ~BIT_OF(sig), 0); }
int sigismember(const sigset_t *set, int sig) { return bad(sig) ? -1 : !!(WORD_OF(set, sig) & BIT_OF(sig)); }

/* The old action gets a word of slack: QEMU's user emulation of RISC-V writes one too many. */
int sigaction(int sig, const struct sigaction *act, struct sigaction *old)
{
	struct {
		struct sigaction act;
		long slack;
	} buf;

	if (sys(rt_sigaction, sig, act, old ? &buf.act : NULL, sizeof(sigset_t)))
		return -1;
	if (old)
		*old = buf.act;
	return 0;
}

sighandler_t signal(int sig, sighandler_t fn)
{
	struct sigaction act = { .sa_handler = fn, .sa_flags = SA_RESTART }, old;

	return sigaction(sig, &act, &old) ? SIG_ERR : old.sa_handler;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	return sys(rt_sigprocmask, how, set, old, sizeof(*set));
}

int sigpending(sigset_t *set) { return sys(rt_sigpending, set, sizeof(*set)); }
int sigsuspend(const sigset_t *mask) { return sys(rt_sigsuspend, mask, sizeof(*mask)); }
int sigaltstack(const stack_t *ss, stack_t *old) { return sys(sigaltstack, ss, old); }
int kill(pid_t pid, int sig) { return sys(kill, pid, sig); }
int killpg(pid_t pgrp, int sig) { return kill(-pgrp, sig); }
int tgkill(pid_t pid, pid_t tid, int sig) { return sys(tgkill, pid, tid, sig); }
int raise(int sig) { return tgkill(getpid(), gettid(), sig); }
int pause(void) { return ppoll(NULL, 0, NULL, NULL); }

int sigtimedwait(const sigset_t *set, siginfo_t *info, const void *timeout)
{
#ifdef __NR_rt_sigtimedwait_time64
	return sys(rt_sigtimedwait_time64, set, info, timeout, sizeof(*set));
#else
	return sys(rt_sigtimedwait, set, info, timeout, sizeof(*set));
#endif
}

int sigwaitinfo(const sigset_t *set, siginfo_t *info) { return sigtimedwait(set, info, NULL); }

int sigqueue(pid_t pid, int sig, const union sigval value)
{
	siginfo_t info = { .si_signo = sig, .si_code = SI_QUEUE };

	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value = value;
	return sys(rt_sigqueueinfo, pid, sig, &info);
}

void __save_mask(sigjmp_buf env, int save)
{
	env->has_mask = save;
	if (save)
		sigprocmask(SIG_SETMASK, NULL, &env->mask);
}

void siglongjmp(sigjmp_buf env, int value)
{
	if (env->has_mask)
		sigprocmask(SIG_SETMASK, &env->mask, NULL);
	longjmp(env, value);
}
