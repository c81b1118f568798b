#ifndef KERNEL_RACE_H
#define KERNEL_RACE_H

/*
 * Named places where a test can make two CPUs meet in a chosen order. In a release build they are nothing.
 *
 *	race_arm("cow-copied");		the next task that comes there waits …
 *	race_wait("cow-copied");	… and the test knows that it stands there …
 *	(do the other half)
 *	race_release("cow-copied");	… until it is let go
 */
#include "kernel/types.h"

#ifdef CONFIG_DEBUG
/* => process context, no spinlock held, if a test may arm it */
void race_point(const char *name);
void race_arm(const char *name);
/* True when somebody stands there; false after five seconds. => sleeps */
bool race_wait(const char *name);
void race_release(const char *name);
#else
#define race_point(name)	((void)0)
#endif

#endif
