/*
 * Copying files and trees: what cp and mv share.
 */
#include <copytree.h>
#include <dirent.h>
#include <dirwalk.h>
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

static int copy_data(const char *from, const char *to, mode_t mode)
{
	static char buf[32768];
	int in = open(from, O_RDONLY), out, status = 0;
	ssize_t n = 0, done, part;

	if (in < 0)
		return warn("%s", from), 1;
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC, mode & 0777);
	if (out < 0) {
		warn("%s", to);
		close(in);
		return 1;
	}
	while (!status && (n = read(in, buf, sizeof(buf))) > 0) {
		for (done = 0; done < n; done += part) {
			part = write(out, buf + done, n - done);
			if (part < 0) {
				warn("%s", to);
				status = 1;
				break;
			}
		}
	}
	if (n < 0) {
		warn("%s", from);
		status = 1;
	}
	close(in);
	if (close(out)) {
		warn("%s", to);
		status = 1;
	}
	return status;
}

/* Is dir (or what it will be made in) inside the tree that st is the root of? */
static int inside(const char *dir, const struct stat *st)
{
	char path[PATH_MAX];
	struct stat at, up;
	int depth;

	snprintf(path, sizeof(path), "%s", dir);
	if (stat(path, &at)) {
		if (strrchr(path, '/'))
			strrchr(path, '/')[1] = 0;
		else
			strcpy(path, ".");
		if (stat(path, &at))
			return 0;
	}
	for (depth = 0; depth < 100; depth++) {
		if (at.st_dev == st->st_dev && at.st_ino == st->st_ino)
			return 1;
		if (strlen(path) + 4 > sizeof(path))
			return 0;
		strcat(path, "/..");
		if (stat(path, &up) || (up.st_ino == at.st_ino && up.st_dev == at.st_dev))
			return 0;
		at = up;
	}
	return 0;
}

static int copy_dir(const char *from, const char *to, const struct stat *st, int flags)
{
	char a[PATH_MAX], b[PATH_MAX];
	struct dirent *e;
	struct stat there;
	int status = 0;
	DIR *d;

	if (stat(to, &there) == 0 ? !S_ISDIR(there.st_mode) : mkdir(to, (st->st_mode & 0777) | 0700))
		return warn("%s", to), 1;
	d = opendir(from);
	if (!d)
		return warn("%s", from), 1;
	while ((e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (snprintf(a, sizeof(a), "%s/%s", from, e->d_name) >= sizeof(a) ||
		    snprintf(b, sizeof(b), "%s/%s", to, e->d_name) >= sizeof(b)) {
			warnx("%s/%s: path too long", from, e->d_name);
			status = 1;
		} else {
			status |= copy_tree(a, b, flags);
		}
	}
	closedir(d);
	return status;
}

static int copy_link(const char *from, const char *to)
{
	char target[PATH_MAX];
	ssize_t n = readlink(from, target, sizeof(target) - 1);

	if (n >= 0) {
		target[n] = 0;
		if (symlink(target, to) == 0)
			return 0;
	}
	return warn("%s", to), 1;
}

int copy_tree(const char *from, const char *to, int flags)
{
	int recursive = flags & COPY_RECURSIVE, status;
	struct stat st, there;

	if (recursive ? lstat(from, &st) : stat(from, &st))
		return warn("%s", from), 1;
	if (stat(to, &there) == 0 && there.st_dev == st.st_dev && there.st_ino == st.st_ino)
		return warnx("%s and %s are the same file", from, to), 1;
	if (S_ISDIR(st.st_mode) && !recursive)
		return warnx("%s is a directory", from), 1;
	if (S_ISDIR(st.st_mode) && inside(to, &st))
		return warnx("%s lies inside %s", to, from), 1;
	if (S_ISDIR(st.st_mode))
		status = copy_dir(from, to, &st, flags);
	else if (S_ISLNK(st.st_mode))
		return copy_link(from, to);
	else if (S_ISREG(st.st_mode) || !recursive)
		status = copy_data(from, to, st.st_mode);
	else
		status = mknod(to, st.st_mode, st.st_rdev) ? warn("%s", to), 1 : 0;
	if (!status && flags & COPY_ATTRIBUTES) {
		struct timespec times[2] = { st.st_atim, st.st_mtim };

		if (chown(to, st.st_uid, st.st_gid) || chmod(to, st.st_mode & 07777) ||
		    utimensat(AT_FDCWD, to, times, 0))
			warn("%s", to);
	}
	return status;
}

int remove_copied(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && each_inside(path, remove_copied))
		return 1;
	if (remove(path) == 0)
		return 0;
	warn("%s", path);
	return 1;
}

int for_each_target(int argc, char **argv, int (*fn)(const char *, const char *, int), int flags)
{
	const char *last = argv[argc - 1], *base, *end;
	char to[PATH_MAX];
	struct stat st;
	int dir, status = 0, i;

	dir = stat(last, &st) == 0 && S_ISDIR(st.st_mode);
	if (argc > 2 && !dir)
		return warnx("%s is not a directory", last), 1;
	for (i = 0; i < argc - 1; i++) {
		if (!dir) {
			status |= fn(argv[i], last, flags);
			continue;
		}
		for (end = argv[i] + strlen(argv[i]); end > argv[i] + 1 && end[-1] == '/'; end--)
			;
		for (base = end; base > argv[i] && base[-1] != '/'; base--)
			;
		snprintf(to, sizeof(to), "%s/%.*s", last, (int)(end - base), base);
		status |= fn(argv[i], to, flags);
	}
	return status;
}
