/*
 * Directories: making, removing, listing, walking, and what a removed one still does.
 */
#include "test.h"
#include <limits.h>

static int entries(const char *path)
{
	struct dirent *e;
	int n = 0;
	DIR *d = opendir(path);

	CHECK(d != NULL);
	while ((e = readdir(d)))
		n++;
	closedir(d);
	return n;
}

static void make_and_remove(void)
{
	struct stat st;

	umask(022);
	CHECK_OK(mkdir("d", 0777));
	CHECK_OK(stat("d", &st));
	CHECK_EQ(st.st_mode, S_IFDIR | 0755);
	CHECK_EQ(st.st_nlink, 2);
	CHECK_ERR(mkdir("d", 0777), EEXIST);
	CHECK_ERR(mkdir("none/d", 0777), ENOENT);
	CHECK_ERR(mkdir("", 0777), ENOENT);
	CHECK_OK(mkdir("d/sub/", 0777));
	CHECK_OK(stat("d", &st));
	CHECK_EQ(st.st_nlink, 3);
	CHECK_ERR(rmdir("d"), ENOTEMPTY);
	CHECK_ERR(rmdir("d/sub/."), EINVAL);
	CHECK_ERR(rmdir("d/sub/.."), ENOTEMPTY);
	CHECK_OK(rmdir("d/sub"));
	CHECK_OK(rmdir("d"));
	CHECK_ERR(rmdir("d"), ENOENT);
	close(creat("f", 0600));
	CHECK_ERR(rmdir("f"), ENOTDIR);
	CHECK_ERR(mkdir("f", 0700), EEXIST);
	CHECK_ERR(mkdir("f/d", 0700), ENOTDIR);
	CHECK(rmdir("/") == -1 && (errno == EBUSY || errno == EPERM));
}

static void list(void)
{
	int seen[50] = { 0 }, dots = 0, i;
	char name[300];
	struct dirent *e;
	struct stat st;
	DIR *d;

	CHECK_OK(mkdir("d", 0700));
	CHECK_EQ(entries("d"), 2);
	for (i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "d/file%d", i);
		close(creat(name, 0600));
	}
	d = opendir("d");
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.') {
			dots++;
			continue;
		}
		i = atoi(e->d_name + 4);
		CHECK(i >= 0 && i < 50 && !seen[i]++);
		snprintf(name, sizeof(name), "d/%s", e->d_name);
		CHECK_OK(stat(name, &st));
		CHECK_EQ(st.st_ino, e->d_ino);
		CHECK(e->d_type == DT_REG || e->d_type == DT_UNKNOWN);
	}
	CHECK_EQ(dots, 2);
	for (i = 0; i < 50; i++)
		CHECK_EQ(seen[i], 1);
	rewinddir(d);
	for (i = 0; readdir(d); i++)
		;
	CHECK_EQ(i, 52);
}

/* Thousands of names: several blocks of a directory, and holes in them used again. */
static void large_directory(void)
{
	char name[64];
	int i;

	CHECK_OK(mkdir("d", 0700));
	for (i = 0; i < 1500; i++) {
		snprintf(name, sizeof(name), "d/a-rather-long-name-of-a-file-%d", i);
		close(creat(name, 0600));
	}
	CHECK_EQ(entries("d"), 1502);
	for (i = 0; i < 1500; i += 2) {
		snprintf(name, sizeof(name), "d/a-rather-long-name-of-a-file-%d", i);
		CHECK_OK(unlink(name));
	}
	CHECK_EQ(entries("d"), 752);
	for (i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "d/short%d", i);
		close(creat(name, 0600));
	}
	CHECK_EQ(entries("d"), 1052);
	CHECK_OK(access("d/a-rather-long-name-of-a-file-1499", F_OK));
	CHECK_ERR(access("d/a-rather-long-name-of-a-file-1498", F_OK), ENOENT);
}

static void working_directory(void)
{
	char start[PATH_MAX], now[PATH_MAX];
	int fd;

	CHECK(getcwd(start, sizeof(start)) != NULL);
	CHECK_OK(mkdir("d", 0700));
	CHECK_OK(mkdir("d/e", 0700));
	CHECK_OK(fd = open(".", O_RDONLY));
	CHECK_OK(chdir("d/e"));
	CHECK(getcwd(now, sizeof(now)) && !strcmp(now + strlen(start), "/d/e"));
	CHECK_OK(chdir("../.."));
	CHECK(getcwd(now, sizeof(now)) && !strcmp(now, start));
	CHECK_OK(chdir("d"));
	CHECK_OK(fchdir(fd));
	CHECK(getcwd(now, sizeof(now)) && !strcmp(now, start));
	CHECK_ERR(chdir("none"), ENOENT);
	close(creat("f", 0600));
	CHECK_ERR(chdir("f"), ENOTDIR);
	CHECK_OK(chdir("/"));
	CHECK(getcwd(now, sizeof(now)) && !strcmp(now, "/"));
	CHECK_OK(chdir(".."));
	CHECK(getcwd(now, sizeof(now)) && !strcmp(now, "/"));
}

static void removed_working_directory(void)
{
	char buf[64];

	CHECK_OK(mkdir("d", 0700));
	CHECK_OK(chdir("d"));
	CHECK_OK(rmdir("../d"));
	CHECK(getcwd(buf, sizeof(buf)) == NULL && errno == ENOENT);
	CHECK_ERR(open("f", O_CREAT | O_RDWR, 0600), ENOENT);
	CHECK_ERR(mkdir("e", 0700), ENOENT);
	CHECK_OK(chdir(".."));
}

static void deep_tree(void)
{
	char path[PATH_MAX];
	int i;

	for (i = 0; i < 60; i++) {
		CHECK_OK(mkdir("deep", 0700));
		CHECK_OK(chdir("deep"));
	}
	CHECK(getcwd(path, sizeof(path)) && strlen(path) >= 300);
	for (i = 0; i < 60; i++) {
		CHECK_OK(chdir(".."));
		CHECK_OK(rmdir("deep"));
	}
}

static void read_and_write(void)
{
	char buf[16];
	int fd;

	CHECK_OK(fd = open(".", O_RDONLY));
	CHECK_ERR(read(fd, buf, sizeof(buf)), EISDIR);
	CHECK_ERR(syscall(__NR_getdents64, fd, buf, 4), EINVAL);
	CHECK_OK(fd = open("f", O_RDWR | O_CREAT, 0600));
	CHECK_ERR(syscall(__NR_getdents64, fd, buf, sizeof(buf)), ENOTDIR);
}

/* Two processes make and remove the same names; each call has one winner. */
static void races(void)
{
	int i, round, st, made = 0;

	for (i = 0; i < 3; i++) {
		if (fork() == 0) {
			for (round = 0; round < 300; round++) {
				if (mkdir("d", 0700) && errno != EEXIST)
					_exit(1);
				if (rename("d", "e") && errno != ENOENT && errno != ENOTEMPTY &&
				    errno != EEXIST)
					_exit(2);
				if (rmdir("e") && errno != ENOENT)
					_exit(3);
			}
			_exit(0);
		}
	}
	for (i = 0; i < 3; i++) {
		CHECK(wait(&st) > 0);
		CHECK_EQ(st, 0);
	}
	made = access("d", F_OK) == 0;
	CHECK_EQ(rmdir("d"), made ? 0 : -1);
}

TEST_MAIN(
	TEST(make_and_remove), TEST(list), TEST(large_directory), TEST(working_directory),
	TEST(removed_working_directory), TEST(deep_tree), TEST(read_and_write), TEST(races),
)
