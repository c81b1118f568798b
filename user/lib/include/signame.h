/*
 * Names of signals, for kill and trap.
 */
#ifndef _SIGNAME_H
#define _SIGNAME_H

const char *signal_name(int sig);		/* without SIG; "?" if it has none */
int signal_number(const char *name);		/* TERM, SIGTERM, 15; -1 if unknown */
int print_signals(void);

#endif
