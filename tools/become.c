/*
 * A function for GNU make: $(become COMMAND,NAMES) ends make and goes on as `sh -c COMMAND`, with the make variables
 * NAMES in its environment. So `make run` has the input, the output and the exit status of the command that it
 * runs, where make itself would turn every failure into its own status 2. A make that cannot load objects does
 * without, and fails with 2.
 */
#include <gnumake.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int plugin_is_GPL_compatible;

static char *become(const char *name, unsigned int argc, char **argv)
{
	char *variable, *save, reference[80];

	(void)name;
	(void)argc;
	for (variable = strtok_r(argv[1], " ", &save); variable; variable = strtok_r(NULL, " ", &save)) {
		snprintf(reference, sizeof(reference), "$(%s)", variable);
		setenv(variable, gmk_expand(reference), 1);
	}
	fflush(NULL);
	execl("/bin/sh", "sh", "-c", argv[0], (char *)NULL);
	return NULL;
}

int become_gmk_setup(void);

int become_gmk_setup(void)
{
	gmk_add_function("become", become, 2, 2, GMK_FUNC_DEFAULT);
	return 1;
}
