/*
 * ipcs [-m] [-l | -u]: System V shared memory: the segments; -l: the limits, -u: how much there is of all.
 */
#include <err.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/shm.h>

static void limits(void)
{
	struct shminfo info;

	if (shmctl(0, IPC_INFO, (struct shmid_ds *)&info) < 0)
		err(1, "shmctl");
	printf("max number of segments = %lu\nmax seg size (kbytes) = %lu\nmax total shared memory (pages) = %lu\nmin seg size (bytes) = %lu\n",
	       info.shmmni, info.shmmax >> 10, info.shmall, info.shmmin);
}

static void usage_of_all(void)
{
	struct shm_info info;

	if (shmctl(0, SHM_INFO, (struct shmid_ds *)&info) < 0)
		err(1, "shmctl");
	printf("segments allocated %d\npages allocated %lu\npages resident  %lu\npages swapped   %lu\n", info.used_ids, info.shm_tot,
	       info.shm_rss, info.shm_swp);
}

static void segments(void)
{
	struct shm_info info;
	int last = shmctl(0, SHM_INFO, (struct shmid_ds *)&info), i, id;
	struct shmid_ds ds;

	if (last < 0)
		err(1, "shmctl");
	printf("%-10s %-10s %-10s %-6s %-10s %-6s status\n", "key", "shmid", "owner", "perms", "bytes", "nattch");
	for (i = 0; i <= last; i++) {
		id = shmctl(i, SHM_STAT_ANY, &ds);
		if (id < 0)
			continue;
		printf("0x%08x %-10d %-10u %-6o %-10lu %-6lu %s%s\n", (unsigned)ds.shm_perm.__key, id, ds.shm_perm.uid, ds.shm_perm.mode & 0777,
		       (unsigned long)ds.shm_segsz, (unsigned long)ds.shm_nattch, ds.shm_perm.mode & SHM_DEST ? "dest " : "",
		       ds.shm_perm.mode & SHM_LOCKED ? "locked" : "");
	}
}

int main(int argc, char **argv)
{
	void (*show)(void) = segments;
	int c;

	while ((c = getopt(argc, argv, "mlu")) != -1) {
		if (c == '?')
			return 1;
		show = c == 'l' ? limits : c == 'u' ? usage_of_all : show;
	}
	show();
	return 0;
}
