/*
 * poweroff [-r | -h] [-f]: off, or -r restart, or -h halt. init takes the system down;
 * -f, or a first process that is no init, does it at once.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/reboot.h>

int main(int argc, char **argv)
{
	int cmd = RB_POWER_OFF, sig = SIGUSR2, force = 0, c;

	while ((c = getopt(argc, argv, "rhf")) != -1) {
		if (c == '?')
			return 2;
		force |= c == 'f';
		if (c == 'r') {
			cmd = RB_AUTOBOOT;
			sig = SIGTERM;
		} else if (c == 'h') {
			cmd = RB_HALT_SYSTEM;
			sig = SIGUSR1;
		}
	}
	if (!force && kill(1, sig) == 0) {
		signal(SIGTERM, SIG_DFL);
		sleep(10);
	}
	sync();
	reboot(cmd);
	perror("poweroff");
	return 1;
}
