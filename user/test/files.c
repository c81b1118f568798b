/*
 * Files by descriptor and by name: open's flags, links, rename, holes, sizes, limits of
 * names and of links, and their errnos.
 */
#include "test.h"
#include <limits.h>
#include <sys/statfs.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/sendfile.h>

static int make(const char *name, const char *data)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);

	CHECK(fd >= 0);
	CHECK_EQ(write(fd, data, strlen(data)), strlen(data));
	return fd;
}

static int is(const char *name, const char *data)
{
	char buf[256];
	int fd = open(name, O_RDONLY), n;

	if (fd < 0)
		return 0;
	n = read(fd, buf, sizeof(buf));
	close(fd);
	return n == (int)strlen(data) && !memcmp(buf, data, n);
}

static void open_flags(void)
{
	int fd;
	char c;

	CHECK_ERR(open("f", O_RDONLY), ENOENT);
	CHECK_ERR(open("", O_RDONLY), ENOENT);
	close(make("f", "hello"));
	CHECK_ERR(open("f", O_CREAT | O_EXCL | O_RDWR, 0600), EEXIST);
	CHECK_ERR(open("f", O_RDONLY | O_DIRECTORY), ENOTDIR);
	CHECK_ERR(open("f/x", O_RDONLY), ENOTDIR);
	CHECK_ERR(open("f/", O_RDONLY), ENOTDIR);
	CHECK_ERR(open(".", O_WRONLY), EISDIR);
	CHECK_ERR(open(".", O_RDWR | O_CREAT, 0600), EISDIR);
	CHECK_OK(fd = open("f", O_RDONLY));
	CHECK_ERR(write(fd, "x", 1), EBADF);
	CHECK_OK(fd = open("f", O_WRONLY));
	CHECK_ERR(read(fd, &c, 1), EBADF);
	CHECK_OK(fd = open("f", O_RDWR | O_TRUNC));
	CHECK_EQ(lseek(fd, 0, SEEK_END), 0);
	CHECK_ERR(read(-1, &c, 1), EBADF);
	CHECK_ERR(close(999), EBADF);
}

static void append_mode(void)
{
	int a = make("f", "one"), b;

	CHECK_OK(b = open("f", O_WRONLY | O_APPEND));
	CHECK_EQ(lseek(a, 0, SEEK_SET), 0);
	CHECK_EQ(write(b, "two", 3), 3);
	CHECK_EQ(lseek(b, 0, SEEK_CUR), 6);
	CHECK_EQ(lseek(b, 0, SEEK_SET), 0);
	CHECK_EQ(write(b, "3", 1), 1);
	CHECK(is("f", "onetwo3"));
	CHECK_EQ(fcntl(b, F_GETFL) & (O_APPEND | O_ACCMODE), O_APPEND | O_WRONLY);
}

static void descriptors(void)
{
	int fd = make("f", "x"), other;
	struct rlimit lim;

	CHECK_OK(other = dup(fd));
	CHECK_EQ(lseek(other, 5, SEEK_SET), 5);
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), 5);
	CHECK_EQ(dup2(fd, 50), 50);
	CHECK_EQ(dup2(50, 50), 50);
	CHECK_ERR(dup2(49, 51), EBADF);
	CHECK_ERR(dup2(fd, -1), EBADF);
	CHECK_ERR(dup3(fd, fd, 0), EINVAL);
	CHECK_EQ(dup3(fd, 51, O_CLOEXEC), 51);
	CHECK_EQ(fcntl(51, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(fcntl(50, F_GETFD), 0);
	CHECK_EQ(fcntl(fd, F_DUPFD, 60), 60);
	CHECK_ERR(fcntl(fd, 12345), EINVAL);
	CHECK_OK(getrlimit(RLIMIT_NOFILE, &lim));
	lim.rlim_cur = 61;
	CHECK_OK(setrlimit(RLIMIT_NOFILE, &lim));
	while ((fd = dup(0)) >= 0)
		CHECK(fd < 61);
	CHECK_EQ(errno, EMFILE);
	CHECK_ERR(open("f", O_RDONLY), EMFILE);
}

static void seeking(void)
{
	int fd = make("f", "0123456789"), p[2];
	char c;

	CHECK_EQ(lseek(fd, -3, SEEK_END), 7);
	CHECK_EQ(read(fd, &c, 1), 1);
	CHECK_EQ(c, '7');
	CHECK_EQ(lseek(fd, -2, SEEK_CUR), 6);
	CHECK_ERR(lseek(fd, -1, SEEK_SET), EINVAL);
	CHECK_ERR(lseek(fd, 0, 99), EINVAL);
	CHECK_EQ(lseek(fd, 1LL << 33, SEEK_SET), 1LL << 33);
	CHECK_EQ(read(fd, &c, 1), 0);
	CHECK(lseek(fd, LLONG_MAX, SEEK_CUR) == -1 && (errno == EINVAL || errno == EOVERFLOW));
	CHECK(lseek(fd, LLONG_MAX, SEEK_END) == -1 && (errno == EINVAL || errno == EOVERFLOW));
	CHECK_OK(posix_fadvise(fd, LLONG_MAX, 2, POSIX_FADV_DONTNEED));
	CHECK_OK(pipe(p));
	CHECK_ERR(lseek(p[0], 0, SEEK_SET), ESPIPE);
	CHECK_ERR(pread(p[0], &c, 1, 0), ESPIPE);
	CHECK_EQ(pread(fd, &c, 1, 4), 1);
	CHECK_EQ(c, '4');
	CHECK_ERR(pread(fd, &c, 1, -1), EINVAL);
	CHECK_EQ(pwrite(fd, "X", 1, 2), 1);
	CHECK(is("f", "01X3456789"));
}

static void vectors(void)
{
	char a[3], b[4];
	struct iovec out[3] = { { "ab", 2 }, { "", 0 }, { "cdef", 4 } };
	struct iovec in[2] = { { a, 3 }, { b, 4 } };
	volatile int n = -1;
	int fd = make("f", "");

	CHECK_EQ(writev(fd, out, 3), 6);
	CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
	CHECK_EQ(readv(fd, in, 2), 6);
	CHECK(!memcmp(a, "abc", 3) && !memcmp(b, "def", 3));
	CHECK_ERR(writev(fd, out, n), EINVAL);
	n = 1025;
	CHECK_ERR(writev(fd, out, n), EINVAL);
	CHECK_EQ(writev(fd, out, 0), 0);
}

static void sparse_file(void)
{
	int fd = make("f", "a");
	char buf[PAGE];
	struct stat st;
	int i;

	CHECK_EQ(pwrite(fd, "z", 1, 10 << 20), 1);
	CHECK_OK(fstat(fd, &st));
	CHECK_EQ(st.st_size, (10 << 20) + 1);
	CHECK(st.st_blocks < 200);
	CHECK_EQ(pread(fd, buf, PAGE, 5 << 20), PAGE);
	for (i = 0; i < PAGE; i++)
		CHECK_EQ(buf[i], 0);
	CHECK_EQ(pread(fd, buf, PAGE, 10 << 20), 1);
	CHECK_EQ(buf[0], 'z');
}

static void truncation(void)
{
	int fd = make("f", "0123456789");
	struct stat st;
	char c;

	CHECK_OK(ftruncate(fd, 4));
	CHECK(is("f", "0123"));
	CHECK_OK(truncate("f", 8));
	CHECK_EQ(pread(fd, &c, 1, 6), 1);
	CHECK_EQ(c, 0);
	CHECK_OK(ftruncate(fd, 100000));
	CHECK_EQ(pwrite(fd, "x", 1, 99999), 1);
	CHECK_OK(ftruncate(fd, 50000));
	CHECK_OK(ftruncate(fd, 100000));
	CHECK_EQ(pread(fd, &c, 1, 99999), 1);
	CHECK_EQ(c, 0);
	CHECK_OK(fstat(fd, &st));
	CHECK_EQ(st.st_size, 100000);
	CHECK_ERR(ftruncate(fd, -1), EINVAL);
	CHECK_ERR(truncate("none", 0), ENOENT);
	CHECK_ERR(truncate(".", 0), EISDIR);
	CHECK_OK(fd = open("f", O_RDONLY));
	CHECK_ERR(ftruncate(fd, 0), EINVAL);
}

/* Across the sizes where ext2 goes from direct to indirect to double indirect blocks. */
static void large_file(void)
{
	static char buf[65536], back[65536];
	int fd = make("f", ""), i, j;

	for (i = 0; i < 80; i++) {
		for (j = 0; j < (int)sizeof(buf); j += 4)
			*(uint32_t *)(buf + j) = i * 65536 + j;
		CHECK_EQ(write(fd, buf, sizeof(buf)), sizeof(buf));
	}
	CHECK_OK(fsync(fd));
	for (i = 79; i >= 0; i -= 7) {
		CHECK_EQ(pread(fd, back, sizeof(back), (off_t)i * 65536), sizeof(back));
		for (j = 0; j < (int)sizeof(buf); j += 4)
			CHECK_EQ(*(uint32_t *)(back + j), i * 65536 + j);
	}
}

static void hard_links(void)
{
	struct stat a, b;

	close(make("f", "x"));
	CHECK_OK(link("f", "g"));
	CHECK_OK(stat("f", &a));
	CHECK_OK(stat("g", &b));
	CHECK_EQ(a.st_ino, b.st_ino);
	CHECK_EQ(a.st_nlink, 2);
	CHECK_ERR(link("f", "g"), EEXIST);
	CHECK_ERR(link("none", "h"), ENOENT);
	CHECK_ERR(link(".", "h"), EPERM);
	CHECK_OK(unlink("f"));
	CHECK(is("g", "x"));
	CHECK_OK(stat("g", &b));
	CHECK_EQ(b.st_nlink, 1);
	CHECK_ERR(unlink("f"), ENOENT);
	CHECK_ERR(unlink("."), EISDIR);
}

static void unlinked_file_lives_on(void)
{
	int fd = make("f", "alive");
	struct stat st;
	char buf[8];

	CHECK_OK(unlink("f"));
	CHECK_ERR(open("f", O_RDONLY), ENOENT);
	CHECK_OK(fstat(fd, &st));
	CHECK_EQ(st.st_nlink, 0);
	CHECK_EQ(pread(fd, buf, 8, 0), 5);
	CHECK_EQ(pwrite(fd, "more", 4, 5), 4);
	CHECK_EQ(lseek(fd, 0, SEEK_END), 9);
}

static void symbolic_links(void)
{
	char buf[64], name[16];
	struct stat st;
	int i;

	CHECK_OK(symlink("target", "l"));
	CHECK_EQ(readlink("l", buf, sizeof(buf)), 6);
	CHECK(!memcmp(buf, "target", 6));
	CHECK_EQ(readlink("l", buf, 3), 3);
	CHECK_ERR(readlink(".", buf, sizeof(buf)), EINVAL);
	CHECK_ERR(readlink("none", buf, sizeof(buf)), ENOENT);
	CHECK_ERR(open("l", O_RDONLY), ENOENT);
	CHECK_ERR(open("l", O_RDONLY | O_NOFOLLOW), ELOOP);
	CHECK_ERR(symlink("x", "l"), EEXIST);
	CHECK_ERR(symlink("", "m"), ENOENT);
	close(open("l", O_WRONLY | O_CREAT, 0600));
	CHECK_OK(stat("target", &st));
	CHECK_OK(lstat("l", &st));
	CHECK(S_ISLNK(st.st_mode));
	CHECK_EQ(st.st_size, 6);
	CHECK_OK(symlink("loop2", "loop1"));
	CHECK_OK(symlink("loop1", "loop2"));
	CHECK_ERR(open("loop1", O_RDONLY), ELOOP);
	CHECK_ERR(stat("loop1/x", &st), ELOOP);
	CHECK_OK(symlink("target", "c0"));
	for (i = 1; i <= 41; i++) {
		snprintf(name, sizeof(name), "c%d", i);
		snprintf(buf, sizeof(buf), "c%d", i - 1);
		CHECK_OK(symlink(buf, name));
	}
	CHECK_OK(stat("c39", &st));
	CHECK_ERR(stat("c41", &st), ELOOP);
}

static void long_symlinks(void)
{
	char target[PATH_MAX + 2], back[PATH_MAX + 2];
	int lengths[] = { 59, 60, 61, 1000 }, i;

	for (i = 0; i < 4; i++) {
		memset(target, 'a' + i, lengths[i]);
		target[lengths[i]] = 0;
		CHECK_OK(symlink(target, "l"));
		CHECK_EQ(readlink("l", back, sizeof(back)), lengths[i]);
		CHECK(!memcmp(target, back, lengths[i]));
		CHECK_OK(unlink("l"));
	}
	memset(target, 'x', PATH_MAX);
	target[PATH_MAX] = 0;
	CHECK_ERR(symlink(target, "l"), ENAMETOOLONG);
}

static void long_names(void)
{
	char name[300], path[PATH_MAX + 10];
	struct stat st;

	memset(name, 'n', sizeof(name));
	name[255] = 0;
	close(make(name, "long"));
	CHECK(is(name, "long"));
	CHECK_OK(unlink(name));
	name[255] = 'n';
	name[256] = 0;
	CHECK_ERR(open(name, O_RDWR | O_CREAT, 0600), ENAMETOOLONG);
	CHECK_ERR(mkdir(name, 0700), ENAMETOOLONG);
	CHECK_ERR(stat(name, &st), ENAMETOOLONG);
	memset(path, '/', sizeof(path));
	strcpy(path + PATH_MAX - 2, ".");
	CHECK_OK(stat(path, &st));
	memset(path, '/', PATH_MAX);
	strcpy(path + PATH_MAX - 1, ".");
	CHECK_ERR(stat(path, &st), ENAMETOOLONG);
}

static void rename_files(void)
{
	struct stat a, b;

	close(make("a", "A"));
	close(make("b", "B"));
	CHECK_OK(stat("a", &a));
	CHECK_OK(rename("a", "b"));
	CHECK(is("b", "A"));
	CHECK_OK(stat("b", &b));
	CHECK_EQ(a.st_ino, b.st_ino);
	CHECK_ERR(stat("a", &a), ENOENT);
	CHECK_ERR(rename("a", "c"), ENOENT);
	CHECK_OK(link("b", "c"));
	CHECK_OK(rename("b", "c"));
	CHECK(is("b", "A") && is("c", "A"));
	CHECK_OK(rename("b", "b"));
	CHECK_ERR(rename("b", ""), ENOENT);
	CHECK_ERR(rename("b", "c/x"), ENOTDIR);
	CHECK_OK(mkdir("d", 0700));
	CHECK_OK(rename("b", "d/b"));
	CHECK(is("d/b", "A"));
}

static void rename_dirs(void)
{
	struct stat st, parent;

	CHECK_OK(mkdir("d", 0700));
	CHECK_OK(mkdir("d/sub", 0700));
	CHECK_OK(mkdir("e", 0700));
	close(make("f", "F"));
	CHECK_ERR(rename("d", "d/sub/x"), EINVAL);
	CHECK_ERR(rename("d", "f"), ENOTDIR);
	CHECK_ERR(rename("f", "e"), EISDIR);
	CHECK_ERR(rename("e", "d"), ENOTEMPTY);
	CHECK_ERR(rename("d/..", "x"), EBUSY);
	CHECK_OK(rename("d", "e"));
	CHECK_OK(stat("e/sub", &st));
	CHECK_ERR(stat("d", &st), ENOENT);
	CHECK_OK(mkdir("g", 0700));
	CHECK_OK(rename("e/sub", "g/sub"));
	CHECK_OK(stat("g", &parent));
	CHECK_OK(stat("g/sub/..", &st));
	CHECK_EQ(st.st_ino, parent.st_ino);
	CHECK_EQ(parent.st_nlink, 3);
	CHECK_OK(stat("e", &st));
	CHECK_EQ(st.st_nlink, 2);
}

static void modes_and_times(void)
{
	struct timespec ts[2] = { { 1000, 0 }, { 2000, 0 } };
	struct stat st;
	int fd;

	umask(022);
	CHECK_OK(fd = open("f", O_CREAT | O_WRONLY, 0777));
	CHECK_OK(fstat(fd, &st));
	CHECK_EQ(st.st_mode, S_IFREG | 0755);
	CHECK_OK(chmod("f", 04640));
	CHECK_OK(stat("f", &st));
	CHECK_EQ(st.st_mode & 07777, 04640);
	CHECK_OK(fchmod(fd, 0600));
	CHECK_OK(utimensat(AT_FDCWD, "f", ts, 0));
	CHECK_OK(stat("f", &st));
	CHECK_EQ(st.st_atime, 1000);
	CHECK_EQ(st.st_mtime, 2000);
	CHECK_EQ(write(fd, "x", 1), 1);
	CHECK_OK(stat("f", &st));
	CHECK(st.st_mtime > 2000);
	ts[0].tv_nsec = UTIME_OMIT;
	ts[1].tv_nsec = UTIME_NOW;
	CHECK_OK(utimensat(AT_FDCWD, "f", ts, 0));
	CHECK_ERR(chmod("none", 0), ENOENT);
	CHECK_ERR(access("none", F_OK), ENOENT);
	CHECK_OK(access("f", R_OK | W_OK));
	if (getuid() == 0) {
		CHECK_ERR(access("f", X_OK), EACCES);
		CHECK_OK(chown("f", 12, 34));
		CHECK_OK(stat("f", &st));
		CHECK_EQ(st.st_uid * 100 + st.st_gid, 1234);
	}
}

static void at_calls(void)
{
	struct stat st;
	int d, fd;

	CHECK_OK(mkdir("d", 0700));
	CHECK_OK(d = open("d", O_RDONLY | O_DIRECTORY));
	CHECK_OK(fd = openat(d, "f", O_CREAT | O_RDWR, 0600));
	CHECK_OK(stat("d/f", &st));
	CHECK_OK(fstatat(d, "f", &st, 0));
	CHECK_ERR(openat(fd, "x", O_RDONLY), ENOTDIR);
	CHECK_ERR(openat(999, "x", O_RDONLY), EBADF);
	CHECK_OK(openat(999, "/", O_RDONLY));
	CHECK_OK(unlinkat(d, "f", 0));
	CHECK_OK(mkdirat(d, "sub", 0700));
	CHECK_ERR(unlinkat(d, "sub", 0), EISDIR);
	CHECK_OK(unlinkat(d, "sub", AT_REMOVEDIR));
	CHECK_OK(rmdir("d"));
	CHECK_ERR(openat(d, "f", O_CREAT | O_RDWR, 0600), ENOENT);
}

static void fs_statistics(void)
{
	struct statfs sf;
	int fd = make("f", "x");

	CHECK_OK(statfs(".", &sf));
	CHECK(sf.f_bsize >= 512 && sf.f_blocks >= sf.f_bfree && sf.f_bfree >= sf.f_bavail);
	CHECK_EQ(sf.f_namelen, 255);
	CHECK_OK(fstatfs(fd, &sf));
	CHECK_OK(statfs("/proc", &sf));
	CHECK_EQ(sf.f_type, 0x9fa0);
	CHECK_ERR(statfs("none", &sf), ENOENT);
	CHECK_ERR(fstatfs(999, &sf), EBADF);
}

/* Fill a small disk to the last block; a large one is left in peace. */
static void full_disk(void)
{
	static char buf[65536];
	struct statfs sf;
	long long total = 0;
	int fd = make("f", "");
	ssize_t n;

	CHECK_OK(statfs(".", &sf));
	if ((unsigned long long)sf.f_bavail * sf.f_bsize > 256ULL << 20)
		SKIP("the disk is large");
	while ((n = write(fd, buf, sizeof(buf))) > 0)
		total += n;
	CHECK_EQ(n, -1);
	CHECK_EQ(errno, ENOSPC);
	CHECK_EQ(lseek(fd, 0, SEEK_END), total);
	CHECK_OK(ftruncate(fd, 0));
	CHECK_EQ(write(fd, buf, sizeof(buf)), sizeof(buf));
}

static void devices(void)
{
	char buf[16] = "xxxxxxxxxxxxxxx", two[16];
	int null, zero, full, rnd;

	CHECK_OK(null = open("/dev/null", O_RDWR));
	CHECK_EQ(write(null, buf, 16), 16);
	CHECK_EQ(read(null, buf, 16), 0);
	CHECK_OK(zero = open("/dev/zero", O_RDWR));
	CHECK_EQ(read(zero, buf, 16), 16);
	CHECK(!memcmp(buf, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16));
	CHECK_OK(full = open("/dev/full", O_RDWR));
	CHECK_ERR(write(full, buf, 1), ENOSPC);
	CHECK_OK(rnd = open("/dev/urandom", O_RDONLY));
	CHECK_EQ(read(rnd, buf, 16), 16);
	CHECK_EQ(read(rnd, two, 16), 16);
	CHECK(memcmp(buf, two, 16));
}

static void concurrent_appends(void)
{
	char rec[32];
	int i, j, fd, counts[4] = { 0 };

	close(make("f", ""));
	for (i = 0; i < 4; i++) {
		if (fork() == 0) {
			fd = open("f", O_WRONLY | O_APPEND);
			memset(rec, '0' + i, sizeof(rec));
			for (j = 0; j < 200; j++)
				CHECK_EQ(write(fd, rec, sizeof(rec)), sizeof(rec));
			_exit(0);
		}
	}
	for (i = 0; i < 4; i++) {
		CHECK(wait(&j) > 0);
		CHECK_EQ(j, 0);
	}
	CHECK_OK(fd = open("f", O_RDONLY));
	for (i = 0; i < 800; i++) {
		CHECK_EQ(read(fd, rec, sizeof(rec)), sizeof(rec));
		for (j = 1; j < (int)sizeof(rec); j++)
			CHECK_EQ(rec[j], rec[0]);
		counts[rec[0] - '0']++;
	}
	CHECK_EQ(read(fd, rec, 1), 0);
	for (i = 0; i < 4; i++)
		CHECK_EQ(counts[i], 200);
}

static void send_file(void)
{
	int in = make("in", "0123456789"), out = make("out", "");
	off_t off = 2;

	CHECK_EQ(sendfile(out, in, &off, 5), 5);
	CHECK_EQ(off, 7);
	CHECK(is("out", "23456"));
	CHECK_ERR(sendfile(out, 999, NULL, 1), EBADF);
}

TEST_MAIN(
	TEST(open_flags), TEST(append_mode), TEST(descriptors), TEST(seeking), TEST(vectors),
	TEST(sparse_file), TEST(truncation), TEST(large_file), TEST(hard_links),
	TEST(unlinked_file_lives_on), TEST(symbolic_links), TEST(long_symlinks), TEST(long_names),
	TEST(rename_files), TEST(rename_dirs), TEST(modes_and_times), TEST(at_calls),
	TEST(fs_statistics), TEST(full_disk), TEST(devices), TEST(concurrent_appends),
	TEST(send_file),
)
