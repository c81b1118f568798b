/*
 * echo.c: echo [-n] word...
 */
#include <echo.h>
#include <stdio.h>
#include <string.h>

int echo_command(int argc, char **argv)
{
	int i = 1, newline = 1;

	if (argc > 1 && !strcmp(argv[1], "-n"))
		newline = 0, i++;
	for (; i < argc; i++)
		printf("%s%s", argv[i], i + 1 < argc ? " " : "");
	if (newline)
		putchar('\n');
	return fflush(stdout) ? 1 : 0;
}
