/*
 * The part of POSIX threads that the tests and storms use: threads that are joined,
 * mutexes, barriers. Built on clone and futex: user/lib/pthread.c.
 */
#ifndef _PTHREAD_H
#define _PTHREAD_H

#include <sched.h>
#include <signal.h>

typedef struct pthread *pthread_t;
typedef struct { int unused; } pthread_attr_t;
typedef struct { int word; } pthread_mutex_t;
typedef struct { int unused; } pthread_mutexattr_t;
typedef struct { unsigned int count, left, round; } pthread_barrier_t;
typedef struct { int unused; } pthread_barrierattr_t;

#define PTHREAD_MUTEX_INITIALIZER	{ 0 }
#define PTHREAD_BARRIER_SERIAL_THREAD	(-1)

int pthread_create(pthread_t *t, const pthread_attr_t *attr, void *(*fn)(void *), void *arg);
int pthread_join(pthread_t t, void **result);
pthread_t pthread_self(void);
int pthread_kill(pthread_t t, int sig);
int pthread_sigmask(int how, const sigset_t *set, sigset_t *old);
int pthread_mutex_lock(pthread_mutex_t *m);
int pthread_mutex_unlock(pthread_mutex_t *m);
int pthread_barrier_init(pthread_barrier_t *b, const pthread_barrierattr_t *attr, unsigned int n);
int pthread_barrier_wait(pthread_barrier_t *b);

#endif
