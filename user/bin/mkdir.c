/*
 * mkdir [-p] [-m mode] directory...
 */
#include <err.h>
#include <errno.h>
#include <filemode.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

/* Make what is missing of the way there. */
static void make_parents(char *path)
{
	char *p;

	for (p = path + 1; (p = strchr(p, '/')); p++) {
		*p = 0;
		mkdir(path, 0777);
		*p = '/';
	}
}

int main(int argc, char **argv)
{
	int parents = 0, exactly = 0, status = 0, c, i;
	mode_t mode = 0777;
	struct stat st;

	while ((c = getopt(argc, argv, "pm:")) != -1) {
		if (c == '?')
			return 2;
		if (c == 'p')
			parents = 1;
		else if (parse_mode(optarg, S_IFDIR | 0777, 0, &mode))
			errx(1, "%s is no mode", optarg);
		else
			exactly = 1;
	}
	if (optind == argc)
		errx(2, "usage: mkdir [-p] [-m mode] directory...");
	for (i = optind; i < argc; i++) {
		if (parents)
			make_parents(argv[i]);
		if (mkdir(argv[i], mode & 0777) == 0 && (!exactly || chmod(argv[i], mode & 07777) == 0))
			continue;	/* the umask is for those who said no mode */
		if (parents && errno == EEXIST && !stat(argv[i], &st) && S_ISDIR(st.st_mode))
			continue;
		warn("%s", argv[i]);
		status = 1;
	}
	return status;
}
