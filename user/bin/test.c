/*
 * test expression: as the shell's builtin; true is status 0.
 */
#include <testexpr.h>

int main(int argc, char **argv)
{
	return test_command(argc, argv);
}
