/*
 * echo [-n] word...
 */
#include <echo.h>

int main(int argc, char **argv)
{
	return echo_command(argc, argv);
}
