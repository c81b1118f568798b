#ifndef KERNEL_PID_H
#define KERNEL_PID_H

/* Pids (kernel/pid.c). find_task_by_pid() is in sched.h. => tasklist_lock held for all */
#include "kernel/sched.h"

#define PID_MAX		32768
#define RESERVED_PIDS	300	/* not given out again after the numbers came round */

void pidhash_init(void);
pid_t alloc_pid(void);		/* 0: none is free */
void hash_pid(struct task_struct *p);
void unhash_pid(struct task_struct *p);
pid_t last_pid_used(void);	/* => no lock */
bool pgrp_in_session(pid_t pgrp, pid_t session);

#endif
