/*
 * What the layer above the filesystems does: permissions, mounts, locks, select, odd descriptors and odd paths.
 */
#include "test.h"
#include <poll.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/uio.h>


static int make(const char *name, mode_t mode)
{
	int fd = open(name, O_CREAT | O_EXCL | O_RDWR, mode);

	CHECK_OK(fd);
	CHECK_OK(close(fd));
	return chmod(name, mode);
}

static void permissions(void)
{
	CHECK_OK(chmod(".", 0755));
	CHECK_OK(make("ro", 0644));
	CHECK_OK(make("secret", 0600));
	CHECK_OK(make("program", 0644));
	CHECK_OK(mkdir("closed", 0700));
	CHECK_OK(make("closed/f", 0666));
	CHECK_ERR(access("program", X_OK), EACCES);	/* root, too, needs somebody's x */
	need_root();
	become_nobody();
	CHECK_OK(open("ro", O_RDONLY));
	CHECK_ERR(open("ro", O_WRONLY), EACCES);
	CHECK_ERR(open("ro", O_RDONLY | O_TRUNC), EACCES);
	CHECK_ERR(open("secret", O_RDONLY), EACCES);
	CHECK_ERR(open("closed/f", O_RDONLY), EACCES);
	CHECK_ERR(open("new", O_CREAT | O_RDWR, 0600), EACCES);
	CHECK_ERR(mkdir("d", 0700), EACCES);
	CHECK_ERR(unlink("ro"), EACCES);
	CHECK_ERR(rename("ro", "rw"), EACCES);
	CHECK_ERR(chmod("ro", 0666), EPERM);
	CHECK_ERR(chown("ro", NOBODY, NOBODY), EPERM);
	CHECK_ERR(truncate("ro", 0), EACCES);
	CHECK_ERR(chroot("."), EPERM);
	CHECK_ERR(mknod("dev", S_IFCHR | 0666, 0x103), EACCES);
	CHECK_ERR(mount("none", ".", "tmpfs", 0, NULL), EPERM);
}

static void sticky_directory(void)
{
	CHECK_OK(chmod(".", 01777));
	CHECK_OK(make("roots", 0666));
	need_root();
	become_nobody();
	CHECK_ERR(unlink("roots"), EPERM);
	CHECK_ERR(rename("roots", "mine"), EPERM);
	CHECK_OK(make("own", 0600));
	CHECK_ERR(rename("own", "roots"), EPERM);
	CHECK_OK(rename("own", "other"));
	CHECK_OK(unlink("other"));
	CHECK_ERR(mknod("dev", S_IFCHR | 0666, 0x103), EPERM);
	CHECK_OK(mknod("fifo", S_IFIFO | 0666, 0));
}

static void set_id_bits(void)
{
	struct stat st;

	if (geteuid())
		SKIP("needs root");
	CHECK_OK(make("s", 06755));
	CHECK_OK(stat("s", &st));
	CHECK_EQ(st.st_mode & 07777, 06755);
	CHECK_OK(chown("s", NOBODY, NOBODY));
	CHECK_OK(stat("s", &st));
	CHECK_EQ(st.st_mode & 07777, 0755);
	CHECK_EQ(st.st_uid, NOBODY);
	CHECK_OK(chown("s", -1, 7));
	CHECK_OK(stat("s", &st));
	CHECK_EQ(st.st_uid, NOBODY);
	CHECK_EQ(st.st_gid, 7);
	CHECK_OK(mkdir("d", 0755));
	CHECK_OK(chown("d", -1, 7));
	CHECK_OK(chmod("d", 02755));
	CHECK_OK(make("d/f", 0644));
	CHECK_OK(mkdir("d/e", 0755));
	CHECK_OK(stat("d/f", &st));
	CHECK_EQ(st.st_gid, 7);
	CHECK_OK(stat("d/e", &st));
	CHECK_EQ(st.st_mode & 07777, 02755);
}

/* A link may lead to a link: 40 in all, wherever they stand. */
static void chains_of_links(void)
{
	char from[16], to[16], path[512] = "";
	int i;

	CHECK_OK(make("l0", 0644));
	for (i = 1; i <= 41; i++) {
		snprintf(from, sizeof(from), "l%d", i);
		snprintf(to, sizeof(to), "l%d", i - 1);
		CHECK_OK(symlink(to, from));
	}
	CHECK_OK(access("l40", F_OK));
	CHECK_ERR(access("l41", F_OK), ELOOP);
	CHECK_OK(symlink(".", "here"));
	for (i = 0; i < 40; i++)
		strcat(path, "here/");
	strcat(path, "l0");
	CHECK_OK(access(path, F_OK));
	strcat(path, "/");
	CHECK_ERR(access(path, F_OK), ENOTDIR);
	memmove(path + 5, path, strlen(path) + 1);
	CHECK_ERR(access(path, F_OK), ELOOP);
}

static void trailing_slashes(void)
{
	struct stat st;

	CHECK_OK(mkdir("d", 0755));
	CHECK_OK(make("f", 0644));
	CHECK_OK(symlink("d", "ld"));
	CHECK_OK(symlink("f", "lf"));
	CHECK_OK(symlink("none", "dangling"));
	CHECK_OK(stat("d//", &st));
	CHECK_OK(lstat("ld/", &st));
	CHECK(S_ISDIR(st.st_mode));
	CHECK_ERR(lstat("lf/", &st), ENOTDIR);
	CHECK_ERR(unlink("d/"), EISDIR);
	CHECK_ERR(unlink("f/"), ENOTDIR);
	CHECK_ERR(unlink("none/"), ENOENT);
	CHECK_ERR(unlink("."), EISDIR);
	CHECK_ERR(open("new/", O_CREAT | O_RDWR, 0600), EISDIR);
	CHECK_ERR(symlink("x", "new/"), ENOENT);
	CHECK_ERR(link("f", "new/"), ENOENT);
	CHECK_ERR(rename("f", "new/"), ENOTDIR);
	CHECK_ERR(mkdir("f/", 0700), EEXIST);
	CHECK_ERR(mkdir("dangling", 0700), EEXIST);
	CHECK_OK(open("dangling", O_CREAT | O_RDWR, 0600));
	CHECK_OK(stat("none", &st));
	CHECK_ERR(open("lf", O_RDONLY | O_NOFOLLOW), ELOOP);
	CHECK_ERR(open("lf", O_CREAT | O_EXCL | O_RDWR, 0600), EEXIST);
	CHECK_OK(rename("d/", "e/"));
	CHECK_OK(rmdir("e/"));
}

static void rename_flags(void)
{
#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif
	CHECK_OK(make("a", 0644));
	CHECK_OK(make("b", 0644));
	CHECK_ERR(syscall(__NR_renameat2, AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE), EEXIST);
	CHECK_OK(syscall(__NR_renameat2, AT_FDCWD, "a", AT_FDCWD, "c", RENAME_NOREPLACE));
	CHECK_ERR(syscall(__NR_renameat2, AT_FDCWD, "b", AT_FDCWD, "c", 0x100), EINVAL);
	CHECK_ERR(rename("b", "."), EBUSY);
	CHECK_ERR(rename("..", "x"), EBUSY);
	CHECK_OK(link("b", "same"));
	CHECK_OK(rename("b", "same"));
	CHECK_OK(access("b", F_OK));	/* two names of one file: nothing happens */
	CHECK_ERR(rename("b", "/proc/version"), EXDEV);
}

static int mount_tmpfs(const char *dir)
{
	CHECK_OK(mkdir(dir, 0755));
	return mount("none", dir, "tmpfs", MS_NODEV, "mode=1777");
}

static void memory_filesystem(void)
{
	struct statfs fs;
	struct stat st, outer;
	char buf[8192];
	int fd, i;

	if (mount_tmpfs("m"))
		SKIP("may not mount");
	CHECK_OK(stat("m", &st));
	CHECK_OK(stat(".", &outer));
	CHECK(st.st_dev != outer.st_dev);
	CHECK_EQ(st.st_mode, S_IFDIR | 01777);
	CHECK_OK(statfs("m", &fs));
	CHECK_EQ(fs.f_type, 0x01021994);
	CHECK_OK(fd = open("m/f", O_CREAT | O_RDWR, 0600));
	for (i = 0; i < 10; i++)
		CHECK_EQ(write(fd, memset(buf, 'a' + i, sizeof(buf)), sizeof(buf)), sizeof(buf));
	CHECK_EQ(pread(fd, buf, 1, 5 * sizeof(buf)), 1);
	CHECK_EQ(buf[0], 'f');
	CHECK_OK(ftruncate(fd, 100));
	CHECK_OK(ftruncate(fd, 8192));
	CHECK_EQ(pread(fd, buf, 200, 0), 200);
	CHECK(buf[99] == 'a' && buf[100] == 0);
	CHECK_OK(mkdir("m/d", 0755));
	CHECK_OK(symlink("f", "m/d/l"));
	CHECK_OK(rename("m/f", "m/d/f"));
	CHECK_OK(access("m/d/l", R_OK));
	CHECK_ERR(rename("m/d", "d"), EXDEV);
	CHECK_ERR(rmdir("m/d"), ENOTEMPTY);
	CHECK_ERR(rmdir("m"), EBUSY);
	CHECK_ERR(rename("m", "n"), EBUSY);
	CHECK_ERR(umount("m"), EBUSY);		/* fd */
	CHECK_OK(unlink("m/d/f"));
	CHECK_EQ(pread(fd, buf, 1, 0), 1);
	CHECK_OK(close(fd));
	CHECK_ERR(umount("m/d"), EINVAL);
	CHECK_OK(umount("m"));
	CHECK_ERR(access("m/d", F_OK), ENOENT);
	CHECK_OK(rmdir("m"));
}

static void mounts(void)
{
	char where[4096];
	int fd;

	if (mount_tmpfs("m"))
		SKIP("may not mount");
	CHECK_ERR(mount("none", "m", "nosuchfs", 0, NULL), ENODEV);
	CHECK_ERR(mount("none", "none", "tmpfs", 0, NULL), ENOENT);
	CHECK_ERR(mount("/dev/null", "m", "ext2", 0, NULL), ENOTBLK);
	CHECK_OK(mkdir("m/sub", 0755));
	CHECK_OK(mount("none", "m/sub", "tmpfs", 0, NULL));
	CHECK_ERR(umount("m"), EBUSY);		/* something is mounted below */
	CHECK_OK(chdir("m/sub"));
	CHECK(getcwd(where, sizeof(where)) && strstr(where, "/m/sub"));
	CHECK_ERR(umount("."), EBUSY);
	CHECK_OK(chdir("../.."));
	CHECK_OK(access("m/sub/..", F_OK));
	CHECK_OK(umount("m/sub"));
	CHECK_OK(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	CHECK_ERR(open("m/f", O_CREAT | O_RDWR, 0600), EROFS);
	CHECK_ERR(rmdir("m/sub"), EROFS);
	CHECK_OK(mount(NULL, "m", NULL, MS_REMOUNT, NULL));
	CHECK_OK(fd = open("m/f", O_CREAT | O_RDWR, 0600));
	CHECK_ERR(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL), EBUSY);
	CHECK_OK(umount2("m", 2));		/* MNT_DETACH: gone from the tree, alive while it is used */
	CHECK_EQ(write(fd, "x", 1), 1);
	CHECK_ERR(access("m/f", F_OK), ENOENT);
}

/* With a mount go those below it, at any depth, if it is told not to wait. */
static void lazy_umount_of_a_tree(void)
{
	if (mount_tmpfs("m"))
		SKIP("mount needs more rights than we have");
	CHECK_OK(mount_tmpfs("m/a"));
	CHECK_OK(mount_tmpfs("m/a/b"));
	CHECK_OK(mount_tmpfs("m/c"));
	CHECK_ERR(umount("m"), EBUSY);
	CHECK_OK(umount2("m", 2));
	CHECK_ERR(umount("m"), EINVAL);
	CHECK_ERR(access("m/a", F_OK), ENOENT);
	CHECK_OK(rmdir("m"));
}

static void set_lock(int fd, int type, off_t start, off_t len, int expected)
{
	struct flock l = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len };

	if (expected)
		CHECK_ERR(fcntl(fd, F_SETLK, &l), expected);
	else
		CHECK_OK(fcntl(fd, F_SETLK, &l));
}

static struct flock get_lock(int fd, int type, off_t start, off_t len)
{
	struct flock l = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len };

	CHECK_OK(fcntl(fd, F_GETLK, &l));
	return l;
}

static void record_locks(void)
{
	pid_t parent = getpid();
	struct flock l;
	int fd;

	CHECK_OK(fd = open("f", O_CREAT | O_RDWR, 0600));
	set_lock(fd, F_WRLCK, 0, 100, 0);
	set_lock(fd, F_UNLCK, 40, 20, 0);	/* cut in two */
	set_lock(fd, F_RDLCK, 0, 10, 0);	/* the front becomes weaker */
	CHECK_CHILD_OK(
		set_lock(fd, F_RDLCK, 0, 10, 0);
		set_lock(fd, F_WRLCK, 0, 10, EAGAIN);
		set_lock(fd, F_RDLCK, 10, 30, EAGAIN);
		set_lock(fd, F_WRLCK, 40, 20, 0);
		set_lock(fd, F_WRLCK, 59, 2, EAGAIN);
		set_lock(fd, F_WRLCK, 100, 0, 0);
		l = get_lock(fd, F_RDLCK, 50, 100);
		CHECK_EQ(l.l_type, F_WRLCK);
		CHECK_EQ(l.l_start, 60);
		CHECK_EQ(l.l_len, 40);
		CHECK_EQ(l.l_pid, parent);
	);
	CHECK_EQ(get_lock(fd, F_WRLCK, 0, 0).l_type, F_UNLCK);	/* the child's went with it */
	CHECK_OK(close(dup(fd)));			/* closing any copy drops them all */
	CHECK_CHILD_OK(set_lock(fd, F_WRLCK, 0, 0, 0));
}

/* Until process @pid sleeps, by the state in its /proc/PID/stat. */
static void wait_until_asleep(pid_t pid)
{
	char path[32], stat[256] = "", *state;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	do {
		CHECK_OK(fd = open(path, O_RDONLY));
		CHECK(read(fd, stat, sizeof(stat) - 1) > 0);
		CHECK_OK(close(fd));
		CHECK(state = strrchr(stat, ')'));
	} while (state[2] != 'S');
}

/* The waiter gets it when the holder ends; two who wait for each other are told. */
static void waiting_for_locks(void)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };
	int fd, ready[2], status;
	pid_t child;
	char c;

	CHECK_OK(fd = open("f", O_CREAT | O_RDWR, 0600));
	CHECK_OK(pipe(ready));
	set_lock(fd, F_WRLCK, 0, 1, 0);
	child = fork();
	if (child == 0) {
		set_lock(fd, F_WRLCK, 1, 1, 0);
		CHECK_EQ(write(ready[1], "r", 1), 1);
		CHECK_OK(fcntl(fd, F_SETLKW, &l));
		_exit(0);
	}
	CHECK_EQ(read(ready[0], &c, 1), 1);
	while (get_lock(fd, F_WRLCK, 1, 1).l_pid != child)
		;
	wait_until_asleep(child);	/* else the other call below is the one that closes the circle */
	l.l_start = 1;
	CHECK_ERR(fcntl(fd, F_SETLKW, &l), EDEADLK);
	set_lock(fd, F_UNLCK, 0, 1, 0);
	CHECK_OK(fcntl(fd, F_SETLKW, &l));
	CHECK_EQ(waitpid(child, &status, 0), child);
	CHECK_EQ(status, 0);
}

static void whole_file_locks(void)
{
	int a, b;

	CHECK_OK(a = open("f", O_CREAT | O_RDWR, 0600));
	CHECK_OK(b = open("f", O_RDONLY));
	CHECK_OK(syscall(__NR_flock, a, LOCK_SH));
	CHECK_OK(syscall(__NR_flock, b, LOCK_SH | LOCK_NB));
	CHECK_ERR(syscall(__NR_flock, a, LOCK_EX | LOCK_NB), EAGAIN);
	CHECK_OK(syscall(__NR_flock, b, LOCK_UN));
	CHECK_OK(syscall(__NR_flock, a, LOCK_EX | LOCK_NB));
	CHECK_ERR(syscall(__NR_flock, b, LOCK_SH | LOCK_NB), EAGAIN);
	CHECK_OK(close(a));
	CHECK_OK(syscall(__NR_flock, b, LOCK_EX | LOCK_NB));
	CHECK_ERR(syscall(__NR_flock, b, 0), EINVAL);
	CHECK_ERR(syscall(__NR_flock, 99, LOCK_SH), EBADF);
}

/* The raw call with a 64-bit timespec, wherever it is. */
static int select64(int n, unsigned long *in, unsigned long *out, long long sec, long long nsec)
{
	struct { long long sec, nsec; } t = { sec, nsec };
#ifdef __NR_pselect6_time64
	return syscall(__NR_pselect6_time64, n, in, out, NULL, &t, NULL);
#else
	return syscall(__NR_pselect6, n, in, out, NULL, &t, NULL);
#endif
}

static void selecting(void)
{
	unsigned long in[2] = { 0 }, out[2] = { 0 };
	int p[2], high;

	CHECK_OK(pipe(p));
	CHECK_OK(high = fcntl(p[0], F_DUPFD, 40));
	in[high / (8 * sizeof(long))] |= 1UL << high % (8 * sizeof(long));
	out[0] = 1UL << p[1];
	CHECK_EQ(select64(high + 1, in, out, 5, 0), 1);
	CHECK(out[0] == 1UL << p[1] && !in[0] && !in[1]);
	in[high / (8 * sizeof(long))] |= 1UL << high % (8 * sizeof(long));
	CHECK_EQ(select64(high + 1, in, NULL, 0, 1000000), 0);
	CHECK_EQ(write(p[1], "x", 1), 1);
	in[high / (8 * sizeof(long))] |= 1UL << high % (8 * sizeof(long));
	CHECK_EQ(select64(high + 1, in, NULL, 5, 0), 1);
	in[0] = 1UL << 30;
	CHECK_ERR(select64(31, in, NULL, 0, 0), EBADF);
	CHECK_ERR(select64(-1, in, NULL, 0, 0), EINVAL);
	CHECK_ERR(select64(1, NULL, NULL, 0, 1000000000), EINVAL);
}

/* A path only: no reading, but a place to start from. */
static void path_descriptors(void)
{
#ifndef O_PATH
#define O_PATH 010000000
#endif
	struct stat st;
	char c;
	int fd;

	CHECK_OK(mkdir("d", 0755));
	CHECK_OK(make("d/f", 0644));
	CHECK_OK(symlink("f", "d/l"));
	CHECK_OK(fd = open("d", O_PATH));
	CHECK_OK(fstatat(fd, "f", &st, 0));
	CHECK_OK(fchdir(fd));
	CHECK_OK(access("f", F_OK));
	CHECK_OK(fd = open("l", O_PATH | O_NOFOLLOW));
	CHECK_OK(fstat(fd, &st));
	CHECK(S_ISLNK(st.st_mode));
	CHECK_OK(fd = open("f", O_PATH));
	CHECK_ERR(read(fd, &c, 1), EBADF);
	CHECK_ERR(ioctl(fd, FIONREAD, &c), EBADF);
	CHECK_ERR(fchmod(fd, 0600), EBADF);
	CHECK_ERR(openat(fd, "x", O_RDONLY), ENOTDIR);
	CHECK_OK(fstatat(fd, "", &st, AT_EMPTY_PATH));
	CHECK(S_ISREG(st.st_mode));
}

static void vectors_at_a_position(void)
{
	char a[3] = "abc", b[5] = "defgh", buf[9] = "";
	struct iovec out[2] = { { a, 3 }, { b, 5 } }, in[2] = { { buf, 4 }, { buf + 4, 4 } };
	int fd;

	CHECK_OK(fd = open("f", O_CREAT | O_RDWR, 0600));
	CHECK_EQ(syscall(__NR_pwritev, fd, out, 2, 10L, 0L), 8);
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), 0);
	CHECK_EQ(syscall(__NR_preadv, fd, in, 2, 10L, 0L), 8);
	CHECK(!strcmp(buf, "abcdefgh"));
	CHECK_EQ(syscall(__NR_preadv, fd, in, 2, 15L, 0L), 3);
	CHECK_ERR(syscall(__NR_preadv, fd, in, -1L, 0L, 0L), EINVAL);
}

static void syncing(void)
{
	int fd, p[2];

	CHECK_OK(fd = open("f", O_CREAT | O_RDWR, 0600));
	CHECK_EQ(write(fd, "data", 4), 4);
	CHECK_OK(fsync(fd));
	CHECK_OK(fdatasync(fd));
	CHECK_OK(syscall(__NR_syncfs, fd));
	CHECK_OK(pipe(p));
	CHECK_ERR(fsync(p[0]), EINVAL);
	CHECK_ERR(fsync(99), EBADF);
	CHECK_OK(fd = open(".", O_RDONLY));
	CHECK_OK(fsync(fd));
}

TEST_MAIN(
	TEST(permissions), TEST(sticky_directory), TEST(set_id_bits), TEST(chains_of_links), TEST(trailing_slashes),
	TEST(rename_flags), TEST(memory_filesystem), TEST(mounts), TEST(lazy_umount_of_a_tree), TEST(record_locks),
	TEST(waiting_for_locks),
	TEST(whole_file_locks), TEST(selecting), TEST(path_descriptors), TEST(vectors_at_a_position), TEST(syncing),
)
