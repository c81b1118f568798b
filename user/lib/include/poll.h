#ifndef _POLL_H
#define _POLL_H

#include <signal.h>
#include <time.h>
#include "kernel/uapi/poll.h"

typedef unsigned long nfds_t;

int poll(struct pollfd *fds, nfds_t n, int timeout);
int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *ts, const sigset_t *mask);

#endif
