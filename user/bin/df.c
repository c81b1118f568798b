/*
 * df [-h] [-i] [path...]: how full the mounted file systems are, from /proc/mounts.
 */
#include <err.h>
#include <human.h>
#include <mounts.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/statfs.h>

static int human, inodes;

static void column(unsigned long long n)
{
	char buf[24];

	if (human && !inodes)
		printf(" %10s", human_size(buf, n << 10));
	else
		printf(" %10llu", n);
}

static int show(const char *dev, const char *dir)
{
	unsigned long long total, left, avail, used, percent;
	struct statfs sf;

	if (statfs(dir, &sf))
		return warn("%s", dir), 1;
	if (inodes) {
		total = sf.f_files;
		left = avail = sf.f_ffree;
	} else {
		total = sf.f_blocks * sf.f_bsize >> 10;
		left = sf.f_bfree * sf.f_bsize >> 10;
		avail = sf.f_bavail * sf.f_bsize >> 10;
	}
	used = total - left;
	percent = used + avail ? (used * 100 + used + avail - 1) / (used + avail) : 0;
	printf("%-16s", dev);
	column(total);
	column(used);
	column(avail);
	printf(" %4llu%% %s\n", percent, dir);
	return 0;
}

/* File systems without blocks (proc) are only shown when asked for. */
static int show_all(void)
{
	struct mount_entry m;
	struct statfs sf;
	int status = 0;
	FILE *f = open_mounts();

	while (next_mount(f, &m))
		if (statfs(m.dir, &sf) == 0 && sf.f_blocks)
			status |= show(m.device, m.dir);
	fclose(f);
	return status;
}

/* The file system that holds @path: what was mounted there last. */
static int show_holder(const char *path)
{
	struct mount_entry m, found = { .device = NULL };
	struct stat want, st;
	FILE *f = open_mounts();
	int status;

	if (stat(path, &want)) {
		fclose(f);
		return warn("%s", path), 1;
	}
	while (next_mount(f, &m))
		if (stat(m.dir, &st) == 0 && st.st_dev == want.st_dev) {
			found.device = strcpy(found.line, m.device);
			found.dir = strcpy(found.line + strlen(m.device) + 1, m.dir);
		}
	status = found.device ? show(found.device, found.dir) : show("-", path);
	fclose(f);
	return status;
}

int main(int argc, char **argv)
{
	int status = 0, c, i;

	while ((c = getopt(argc, argv, "hik")) != -1) {
		if (c == '?')
			return 2;
		human |= c == 'h';
		inodes |= c == 'i';
	}
	printf("%-16s %10s %10s %10s %5s %s\n", "Filesystem", inodes ? "Inodes" : human ? "Size" :
	       "1K-blocks", "Used", "Available", "Use%", "Mounted on");
	if (optind == argc)
		return show_all();
	for (i = optind; i < argc; i++)
		status |= show_holder(argv[i]);
	return status;
}
