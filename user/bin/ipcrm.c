/*
 * ipcrm [-m id]... [-M key]...: remove System V shared memory segments.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/shm.h>

int main(int argc, char **argv)
{
	int c, id, failed = 0;
	char *end;

	if (argc < 2)
		errx(1, "usage: ipcrm [-m id]... [-M key]...");
	while ((c = getopt(argc, argv, "m:M:")) != -1) {
		if (c == '?')
			return 1;
		id = (int)strtoul(optarg, &end, 0);
		if (c == 'M' && !*end)
			id = shmget(id, 0, 0);
		if (*end || id < 0 || shmctl(id, IPC_RMID, NULL)) {
			warn("%s", optarg);
			failed = 1;
		}
	}
	return failed;
}
