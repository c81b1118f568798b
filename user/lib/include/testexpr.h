/*
 * The test command's expressions, for the program and for the shell.
 */
#ifndef _TESTEXPR_H
#define _TESTEXPR_H

/* => 0 true, 1 false, 2 after a message; if argv[0] is "[", the last is "]" */
int test_command(int argc, char **argv);

#endif
