/*
 * ls [-1aAdFhiltRrS] [file...]: names in columns on a terminal, else one a line.
 */
#include <dirent.h>
#include <err.h>
#include <human.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

struct entry {
	char *name, *path;
	struct stat st;
};

static char opt[128];
static int width = 80, status;

static int compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	long long diff = 0;

	if (opt['t'])
		diff = y->st.st_mtime - x->st.st_mtime;
	else if (opt['S'])
		diff = y->st.st_size - x->st.st_size;
	if (diff == 0)
		diff = strcmp(x->name, y->name);
	if (opt['r'])
		diff = -diff;
	return diff < 0 ? -1 : diff > 0;
}

static char type_letter(mode_t m)
{
	return S_ISDIR(m) ? 'd' : S_ISLNK(m) ? 'l' : S_ISCHR(m) ? 'c' : S_ISBLK(m) ? 'b' :
		S_ISFIFO(m) ? 'p' : S_ISSOCK(m) ? 's' : '-';
}

static void print_mode(mode_t m)
{
	char s[11] = "?rwxrwxrwx";
	int i;

	s[0] = type_letter(m);
	for (i = 0; i < 9; i++)
		if (!(m >> (8 - i) & 1))
			s[i + 1] = '-';
	if (m & S_ISUID)
		s[3] = m & S_IXUSR ? 's' : 'S';
	if (m & S_ISGID)
		s[6] = m & S_IXGRP ? 's' : 'S';
	if (m & S_ISVTX)
		s[9] = m & S_IXOTH ? 't' : 'T';
	printf("%s", s);
}

static const char *suffix(const struct entry *e)
{
	mode_t m = e->st.st_mode;

	if (!opt['F'])
		return "";
	return S_ISDIR(m) ? "/" : S_ISLNK(m) ? "@" : S_ISFIFO(m) ? "|" : m & 0111 ? "*" : "";
}

static void print_long(const struct entry *e)
{
	const struct stat *st = &e->st;
	char buf[PATH_MAX], when[32];
	time_t now = time(NULL);
	ssize_t n;

	print_mode(st->st_mode);
	printf(" %3u %5u %5u ", st->st_nlink, st->st_uid, st->st_gid);
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		printf("%4u,%4u", major(st->st_rdev), minor(st->st_rdev));
	else if (opt['h'])
		printf("%9s", human_size(buf, st->st_size));
	else
		printf("%9lld", (long long)st->st_size);
	/* an old (or future) date tells its year instead of the hour */
	strftime(when, sizeof(when), now - st->st_mtime > 15724800 || st->st_mtime > now + 3600 ?
		 "%b %e  %Y" : "%b %e %H:%M", gmtime(&st->st_mtime));
	printf(" %s %s%s", when, e->name, S_ISLNK(st->st_mode) ? "" : suffix(e));
	if (S_ISLNK(st->st_mode)) {
		n = readlink(e->path, buf, sizeof(buf) - 1);
		buf[n > 0 ? n : 0] = 0;
		printf(" -> %s", buf);
	}
	printf("\n");
}

static void print_columns(struct entry *v, int n)
{
	int longest = 0, cols, rows, len, i, r, c;

	for (i = 0; i < n; i++) {
		len = strlen(v[i].name) + strlen(suffix(&v[i])) + (opt['i'] ? 9 : 0);
		longest = len > longest ? len : longest;
	}
	cols = opt['1'] ? 1 : width / (longest + 2);
	cols = cols < 1 ? 1 : cols;
	rows = (n + cols - 1) / cols;
	for (r = 0; r < rows; r++) {
		for (c = 0; c < cols && (i = c * rows + r) < n; c++) {
			if (opt['i'])
				printf("%8llu ", (unsigned long long)v[i].st.st_ino);
			len = printf("%s%s", v[i].name, suffix(&v[i])) + (opt['i'] ? 9 : 0);
			if (i + rows < n)
				printf("%*s", longest + 2 - len, "");
		}
		printf("\n");
	}
}

static void print_entries(struct entry *v, int n)
{
	int i;

	qsort(v, n, sizeof(*v), compare);
	if (!opt['l']) {
		print_columns(v, n);
		return;
	}
	for (i = 0; i < n; i++) {
		if (opt['i'])
			printf("%8llu ", (unsigned long long)v[i].st.st_ino);
		print_long(&v[i]);
	}
}

/* Add path, called name, to the n entries at *v. => 0, or -1 after a message */
static int add(struct entry **v, int *n, const char *name, const char *path, int follow)
{
	struct entry *e;

	if (*n % 64 == 0) {
		*v = realloc(*v, (*n + 64) * sizeof(**v));
		if (!*v)
			err(1, "ls");
	}
	e = &(*v)[*n];
	if (follow ? stat(path, &e->st) && lstat(path, &e->st) : lstat(path, &e->st)) {
		warn("%s", path);
		status = 1;
		return -1;
	}
	e->name = strdup(name);
	e->path = strdup(path);
	(*n)++;
	return 0;
}

static void free_entries(struct entry *v, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		free(v[i].name);
		free(v[i].path);
	}
	free(v);
}

static int is_dots(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

static void list_dir(const char *dir, int header)
{
	struct entry *v = NULL;
	char path[PATH_MAX];
	unsigned long long blocks = 0;
	struct dirent *ent;
	int n = 0, i;
	DIR *d = opendir(dir);

	if (!d) {
		warn("%s", dir);
		status = 1;
		return;
	}
	while ((ent = readdir(d))) {
		if (ent->d_name[0] == '.' && !opt['a'] && !(opt['A'] && !is_dots(ent->d_name)))
			continue;
		snprintf(path, sizeof(path), "%s%s%s", dir, dir[strlen(dir) - 1] == '/' ? "" : "/",
			 ent->d_name);
		if (add(&v, &n, ent->d_name, path, 0) == 0)
			blocks += v[n - 1].st.st_blocks;
	}
	closedir(d);
	if (header)
		printf("%s:\n", dir);
	if (opt['l'])
		printf("total %llu\n", blocks / 2);
	print_entries(v, n);
	for (i = 0; opt['R'] && i < n; i++) {
		if (S_ISDIR(v[i].st.st_mode) && !is_dots(v[i].name)) {
			printf("\n");
			list_dir(v[i].path, 1);
		}
	}
	free_entries(v, n);
}

int main(int argc, char **argv)
{
	struct entry *v = NULL;
	struct winsize ws;
	int c, i, n = 0, files = 0;

	if (!isatty(1))
		opt['1'] = 1;
	else if (ioctl(1, TIOCGWINSZ, &ws) == 0 && ws.ws_col)
		width = ws.ws_col;
	while ((c = getopt(argc, argv, "1aAdFhilRrtS")) != -1) {
		if (c == '?')
			return 2;
		opt[c] = 1;
	}
	if (optind == argc)
		argv[--optind] = ".";
	for (i = optind; i < argc; i++)
		add(&v, &n, argv[i], argv[i], !opt['l'] && !opt['d']);
	/* files first, then directories */
	for (i = 0; i < n; i++) {
		if (!S_ISDIR(v[i].st.st_mode) || opt['d']) {
			struct entry e = v[files];

			v[files++] = v[i];
			v[i] = e;
		}
	}
	print_entries(v, files);
	for (i = files; i < n; i++) {
		if (i > 0)
			printf("\n");
		list_dir(v[i].path, n > 1 || opt['R']);
	}
	free_entries(v, n);
	return status | !!fflush(stdout);
}
