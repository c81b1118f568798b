/*
 * The echo command, for the program and for the shell.
 */
#ifndef _ECHO_H
#define _ECHO_H

int echo_command(int argc, char **argv);	/* => 0, or 1: it could not be written */

#endif
