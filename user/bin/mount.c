/*
 * mount [-r] [-t type] [-o option,...] device directory; alone, it lists what is mounted.
 */
#include <err.h>
#include <mounts.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>

static const struct {
	const char *name;
	unsigned long set, clear;
} options[] = {
	{ "ro", MS_RDONLY, 0 }, { "rw", 0, MS_RDONLY }, { "remount", MS_REMOUNT, 0 },
	{ "sync", MS_SYNCHRONOUS, 0 }, { "nosuid", MS_NOSUID, 0 }, { "nodev", MS_NODEV, 0 },
	{ "noexec", MS_NOEXEC, 0 }, { "noatime", MS_NOATIME, 0 }, { "bind", MS_BIND, 0 },
};
#define NR_OPTIONS	((int)(sizeof(options) / sizeof(*options)))

/* What is no flag goes to the file system, as one string. */
static unsigned long parse(char *list, unsigned long flags, char *data, size_t size)
{
	char *word;
	int i;

	for (word = strtok(list, ","); word; word = strtok(NULL, ",")) {
		for (i = 0; i < NR_OPTIONS && strcmp(word, options[i].name); i++)
			;
		if (i < NR_OPTIONS) {
			flags = (flags | options[i].set) & ~options[i].clear;
		} else {
			snprintf(data + strlen(data), size - strlen(data), "%s%s",
				 *data ? "," : "", word);
		}
	}
	return flags;
}

static int list(void)
{
	struct mount_entry m;
	FILE *f = open_mounts();

	while (next_mount(f, &m))
		printf("%s on %s type %s (%s)\n", m.device, m.dir, m.type, m.options);
	fclose(f);
	return 0;
}

int main(int argc, char **argv)
{
	const char *type = "ext2";
	unsigned long flags = 0;
	char data[256] = "";
	int c;

	while ((c = getopt(argc, argv, "rt:o:")) != -1) {
		switch (c) {
		case 'r': flags |= MS_RDONLY; break;
		case 't': type = optarg; break;
		case 'o': flags = parse(optarg, flags, data, sizeof(data)); break;
		default: return 2;
		}
	}
	if (argc == 1)
		return list();
	if (argc - optind == 1 && flags & MS_REMOUNT)
		argv[--optind] = "none";
	if (argc - optind != 2)
		errx(2, "usage: mount [-r] [-t type] [-o options] device directory");
	if (mount(argv[optind], argv[optind + 1], type, flags, data))
		err(1, "%s on %s", argv[optind], argv[optind + 1]);
	return 0;
}
