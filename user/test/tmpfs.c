/*
 * tmpfs: limits in blocks and inodes, mount options, holes, room in advance, mappings, names; /dev/shm is one. Where
 * mounting is not allowed (Linux, in a container) the tests of limits are skipped.
 */
#include "test.h"
#include <limits.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/statfs.h>

#ifndef FALLOC_FL_KEEP_SIZE
#define FALLOC_FL_KEEP_SIZE	1
#define FALLOC_FL_PUNCH_HOLE	2
#endif
#define RW		(PROT_READ | PROT_WRITE)
#define TMPFS		0x01021994

static void mount_at_m(const char *options)
{
	CHECK_OK(mkdir("m", 0755));
	if (mount("none", "m", "tmpfs", 0, options)) {
		if (errno == EPERM || errno == EACCES)
			SKIP("mounting is not allowed here");
		FAIL("mount -o %s: errno %d", options, errno);
	}
}

static void unmount_m(void)
{
	CHECK_OK(umount("m"));
	CHECK_OK(rmdir("m"));
}

static struct statfs usage(const char *path)
{
	struct statfs st;

	CHECK_OK(statfs(path, &st));
	CHECK_EQ(st.f_type, TMPFS);
	CHECK_EQ(st.f_bsize, PAGE);
	return st;
}

static long used_blocks(void) { struct statfs st = usage("m"); return (long)(st.f_blocks - st.f_bfree); }
static long used_inodes(void) { struct statfs st = usage("m"); return (long)(st.f_files - st.f_ffree); }

/* A new file without a name on /dev/shm. */
static int shm_file(void)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "/dev/shm/test.%d", (int)getpid());
	fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	CHECK_OK(fd);
	CHECK_OK(unlink(name));
	return fd;
}

static long pages_of(int fd)
{
	struct stat st;

	CHECK_OK(fstat(fd, &st));
	return st.st_blocks / (PAGE / 512);
}

static long size_of(int fd)
{
	struct stat st;

	CHECK_OK(fstat(fd, &st));
	return (long)st.st_size;
}

static void fill(int fd, int pages)
{
	char buf[PAGE];
	int i;

	for (i = 0; i < pages; i++) {
		memset(buf, 'a' + i % 26, PAGE);
		CHECK_EQ(pwrite(fd, buf, PAGE, (off_t)i * PAGE), PAGE);
	}
}

static char byte_at(int fd, long pos)
{
	char c = 1;

	CHECK_EQ(pread(fd, &c, 1, pos), 1);
	return c;
}

static void blocks_are_limited(void)
{
	static char buf[65536];
	int fd, i;

	mount_at_m("size=256k");
	CHECK_EQ(usage("m").f_blocks, 64);
	CHECK_EQ(used_blocks(), 0);
	CHECK_OK(fd = open("m/f", O_RDWR | O_CREAT, 0600));
	for (i = 0; i < 3; i++)
		CHECK_EQ(write(fd, buf, sizeof(buf)), sizeof(buf));
	CHECK_EQ(write(fd, buf, 100), 100);
	CHECK_EQ(write(fd, buf, sizeof(buf)), 16 * PAGE - 100);	/* as much as fits */
	CHECK_ERR(write(fd, buf, 1), ENOSPC);
	CHECK_EQ(used_blocks(), 64);
	CHECK_EQ(pwrite(fd, "x", 1, 0), 1);			/* what is there can be written */
	CHECK_ERR(pwrite(fd, "x", 1, 1 << 20), ENOSPC);
	CHECK_EQ(size_of(fd), 64 * PAGE);
	CHECK_OK(ftruncate(fd, 10 * PAGE + 1));
	CHECK_EQ(used_blocks(), 11);
	CHECK_OK(unlink("m/f"));
	CHECK_EQ(used_blocks(), 11);				/* it is open still */
	CHECK_OK(close(fd));
	CHECK_EQ(used_blocks(), 0);
	unmount_m();
}

/* A page of a mapping that the mount has no room for: SIGBUS. */
static void a_full_mount_kills(void)
{
	char *p;
	int fd;

	mount_at_m("nr_blocks=4");
	CHECK_OK(fd = open("m/f", O_RDWR | O_CREAT, 0600));
	CHECK_OK(ftruncate(fd, 8 * PAGE));
	CHECK_EQ(used_blocks(), 0);
	p = mmap(NULL, 8 * PAGE, RW, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	p[0] = p[7 * PAGE] = 1;
	CHECK_EQ(p[3 * PAGE], 0);
	CHECK_EQ(p[4 * PAGE], 0);
	CHECK_EQ(used_blocks(), 4);
	CHECK_KILLED(SIGBUS, p[PAGE] = 1);
	CHECK_ERR(pwrite(fd, "x", 1, PAGE), ENOSPC);
	CHECK_EQ(byte_at(fd, PAGE), 0);				/* a hole still */
	CHECK_OK(madvise(p + 3 * PAGE, PAGE, MADV_REMOVE));
	CHECK_EQ(used_blocks(), 3);
	p[PAGE] = 1;
	CHECK_OK(munmap(p, 8 * PAGE));
	CHECK_OK(close(fd));
	CHECK_EQ(used_blocks(), 4);
	CHECK_OK(truncate("m/f", 0));
	CHECK_EQ(used_blocks(), 0);
	unmount_m();
}

static void inodes_are_limited(void)
{
	int fd;

	mount_at_m("nr_inodes=5");
	CHECK_EQ(usage("m").f_files, 5);
	CHECK_EQ(used_inodes(), 1);			/* the root */
	CHECK_OK(fd = open("m/a", O_RDWR | O_CREAT, 0600));
	CHECK_OK(link("m/a", "m/b"));			/* a link pins memory, too */
	CHECK_OK(symlink("somewhere", "m/c"));
	CHECK_OK(mkdir("m/d", 0700));
	CHECK_EQ(used_inodes(), 5);
	CHECK_ERR(open("m/e", O_RDWR | O_CREAT, 0600), ENOSPC);
	CHECK_ERR(mkdir("m/e", 0700), ENOSPC);
	CHECK_ERR(symlink("x", "m/e"), ENOSPC);
	CHECK_ERR(link("m/a", "m/e"), ENOSPC);
	CHECK_ERR(mknod("m/e", S_IFIFO | 0600, 0), ENOSPC);
	CHECK_OK(rename("m/c", "m/d/c"));
	CHECK_OK(unlink("m/b"));
	CHECK_EQ(used_inodes(), 4);
	CHECK_OK(link("m/a", "m/b"));
	CHECK_OK(rename("m/d/c", "m/b"));		/* a link is replaced */
	CHECK_EQ(used_inodes(), 4);
	CHECK_OK(unlink("m/a"));
	CHECK_EQ(used_inodes(), 4);			/* it is open */
	CHECK_OK(close(fd));
	CHECK_EQ(used_inodes(), 3);
	CHECK_OK(rmdir("m/d"));
	CHECK_OK(unlink("m/b"));
	CHECK_EQ(used_inodes(), 1);
	unmount_m();
}

static void options(void)
{
	static const struct { const char *options; long blocks; } good[] = {
		{ "size=4096", 1 }, { "size=4097", 2 }, { "size=64k", 16 }, { "size=2M", 512 }, { "size=1g", 262144 },
		{ "nr_blocks=7", 7 }, { "nr_blocks=1k", 1024 }, { "size=0", 0 }, { "size=8k,size=12k", 3 },
	};
	static const char *const bad[] = {
		"size", "size=", "size=x", "size=1x", "nr_blocks=-", "nr_blocks=5%", "nr_inodes=many", "mode=9", "uid=", "gid=z", "nothing=1",
		"nothing",
	};
	struct stat st;
	unsigned i;

	mount_at_m(NULL);
	CHECK(usage("m").f_blocks > 0 && usage("m").f_files > 0);
	CHECK_OK(stat("m", &st));
	CHECK_EQ(st.st_mode, S_IFDIR | 01777);
	CHECK_OK(umount("m"));
	for (i = 0; i < COUNT(good); i++) {
		CHECK_OK(mount("none", "m", "tmpfs", 0, good[i].options));
		if (usage("m").f_blocks != (unsigned long)good[i].blocks)
			FAIL("%s gives %ld blocks", good[i].options, (long)usage("m").f_blocks);
		CHECK_OK(umount("m"));
	}
	for (i = 0; i < COUNT(bad); i++)
		if (!mount("none", "m", "tmpfs", 0, bad[i]) || errno != EINVAL)
			FAIL("%s: errno %d", bad[i], errno);
	CHECK_OK(mount("none", "m", "tmpfs", 0, "mode=0750,uid=12,gid=34"));
	CHECK_OK(stat("m", &st));
	CHECK(st.st_mode == (S_IFDIR | 0750) && st.st_uid == 12 && st.st_gid == 34);
	unmount_m();
}

/* /proc/mounts says how to mount it like this again. */
static void shown_options(void)
{
	char line[512], *end;
	int found = 0;
	FILE *f;

	mount_at_m("size=40k,nr_inodes=77,mode=700,uid=5");
	f = fopen("/proc/mounts", "r");
	CHECK(f != NULL);
	while (fgets(line, sizeof(line), f)) {
		if (!strstr(line, "/m tmpfs "))
			continue;
		end = strstr(line, ",size=40k,nr_inodes=77,mode=700,uid=5");
		found += end != NULL;
	}
	fclose(f);
	CHECK_EQ(found, 1);
	unmount_m();
}

static void remounting(void)
{
	int fd;

	mount_at_m("nr_blocks=8,nr_inodes=8");
	CHECK_OK(fd = open("m/f", O_RDWR | O_CREAT, 0600));
	fill(fd, 6);
	CHECK_ERR(mount("none", "m", "tmpfs", MS_REMOUNT, "nr_blocks=5"), EINVAL);
	CHECK_EQ(usage("m").f_blocks, 8);
	CHECK_OK(mount("none", "m", "tmpfs", MS_REMOUNT, "nr_blocks=6"));
	CHECK_ERR(pwrite(fd, "x", 1, 6 * PAGE), ENOSPC);
	CHECK_OK(mount("none", "m", "tmpfs", MS_REMOUNT, "nr_blocks=20,nr_inodes=3"));
	fill(fd, 20);
	CHECK_EQ(usage("m").f_files, 3);
	CHECK_EQ(used_blocks(), 20);
	CHECK_ERR(mount("none", "m", "tmpfs", MS_REMOUNT, "nr_inodes=1"), EINVAL);
	CHECK_ERR(mount("none", "m", "tmpfs", MS_REMOUNT, "size=?"), EINVAL);
	CHECK_OK(mount("none", "m", "tmpfs", MS_REMOUNT, "nr_blocks=0"));
	CHECK_EQ(usage("m").f_blocks, 0);
	fill(fd, 30);
	CHECK_ERR(mount("none", "m", "tmpfs", MS_REMOUNT, "nr_blocks=100"), EINVAL);	/* nobody has counted */
	CHECK_ERR(umount("m"), EBUSY);
	CHECK_OK(close(fd));
	unmount_m();
}

static void holes(void)
{
	char buf[2 * PAGE];
	int fd = shm_file(), i;

	CHECK_OK(ftruncate(fd, 100 * PAGE));
	CHECK_EQ(pages_of(fd), 0);
	memset(buf, 1, sizeof(buf));
	CHECK_EQ(pread(fd, buf, sizeof(buf), 10 * PAGE + 7), 2 * PAGE);
	for (i = 0; i < 2 * PAGE; i++)
		CHECK_EQ(buf[i], 0);
	CHECK_EQ(pages_of(fd), 0);			/* reading makes nothing */
	CHECK_EQ(pwrite(fd, "xyz", 3, 50 * PAGE - 1), 3);
	CHECK_EQ(pages_of(fd), 2);
	CHECK_EQ(byte_at(fd, 50 * PAGE - 2), 0);
	CHECK_EQ(byte_at(fd, 50 * PAGE), 'y');
	CHECK_EQ(pread(fd, buf, 10, 100 * PAGE), 0);
	CHECK_EQ(pread(fd, buf, sizeof(buf), 99 * PAGE), PAGE);
}

static void punched(void)
{
	int fd = shm_file();
	char *shared, *private;

	fill(fd, 8);
	shared = mmap(NULL, 8 * PAGE, RW, MAP_SHARED, fd, 0);
	private = mmap(NULL, 8 * PAGE, RW, MAP_PRIVATE, fd, 0);
	CHECK(shared != MAP_FAILED && private != MAP_FAILED);
	CHECK_EQ(shared[3 * PAGE], 'd');
	CHECK_EQ(private[4 * PAGE], 'e');
	private[3 * PAGE] = 'P';
	CHECK_OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2 * PAGE + 10, 4 * PAGE));
	CHECK_EQ(pages_of(fd), 5);
	CHECK_EQ(size_of(fd), 8 * PAGE);
	CHECK(shared[2 * PAGE + 9] == 'c' && shared[2 * PAGE + 10] == 0 && shared[3 * PAGE - 1] == 0);
	CHECK(shared[3 * PAGE] == 0 && shared[6 * PAGE - 1] == 0 && shared[6 * PAGE + 9] == 0 && shared[6 * PAGE + 10] == 'g');
	CHECK_EQ(private[3 * PAGE], 'P');		/* a copy of one's own stays */
	CHECK_EQ(private[4 * PAGE], 0);
	CHECK_EQ(byte_at(fd, 5 * PAGE), 0);
	shared[4 * PAGE] = 'n';
	CHECK_EQ(byte_at(fd, 4 * PAGE), 'n');
	CHECK_OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 100, 10));
	CHECK(byte_at(fd, 99) == 'a' && byte_at(fd, 100) == 0 && byte_at(fd, 109) == 0 && byte_at(fd, 110) == 'a');
}

static void removed_by_advice(void)
{
	int fd = shm_file(), ro;
	char *p, *q, path[64];

	fill(fd, 4);
	p = mmap(NULL, 4 * PAGE, RW, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	CHECK_OK(madvise(p + PAGE, 2 * PAGE, MADV_REMOVE));
	CHECK_EQ(pages_of(fd), 2);
	CHECK(p[0] == 'a' && p[PAGE] == 0 && p[3 * PAGE - 1] == 0 && p[3 * PAGE] == 'd');
	CHECK_ERR(madvise(p + 1, PAGE, MADV_REMOVE), EINVAL);
	q = mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK_ERR(madvise(q, PAGE, MADV_REMOVE), EINVAL);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CHECK_OK(ro = open(path, O_RDONLY));
	q = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, ro, 0);
	CHECK(q != MAP_FAILED);
	CHECK_ERR(madvise(q, PAGE, MADV_REMOVE), EACCES);
	q = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0);
	CHECK_ERR(madvise(q, PAGE, MADV_REMOVE), EACCES);
	q = mmap(NULL, 2 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	q[0] = q[PAGE] = 5;
	CHECK_OK(madvise(q, PAGE, MADV_REMOVE));
	CHECK(q[0] == 0 && q[PAGE] == 5);
	CHECK_OK(munmap(q, PAGE));
	CHECK_ERR(madvise(q, 2 * PAGE, MADV_REMOVE), ENOMEM);
	CHECK_EQ(q[PAGE], 0);
}

static void room_in_advance(void)
{
	int fd = shm_file(), pipe_fd[2], ro;
	char path[64];

	CHECK_OK(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 3 * PAGE));
	CHECK(pages_of(fd) == 3 && size_of(fd) == 0);
	CHECK_OK(fallocate(fd, 0, PAGE, 3 * PAGE + 1));
	CHECK(pages_of(fd) == 5 && size_of(fd) == 4 * PAGE + 1);
	CHECK_EQ(byte_at(fd, 4 * PAGE), 0);
	CHECK_OK(ftruncate(fd, 100));
	CHECK_EQ(pages_of(fd), 1);
	CHECK_ERR(fallocate(fd, 0, -1, PAGE), EINVAL);
	CHECK_ERR(fallocate(fd, 0, 0, 0), EINVAL);
	CHECK_ERR(fallocate(fd, 0, 0, -1), EINVAL);
	CHECK_ERR(fallocate(fd, 0x80000, 0, 1), EOPNOTSUPP);
	CHECK_ERR(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 1), EOPNOTSUPP);
	CHECK_ERR(fallocate(fd, 0, 1, LLONG_MAX), EFBIG);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CHECK_OK(ro = open(path, O_RDONLY));
	CHECK_ERR(fallocate(ro, 0, 0, 1), EBADF);
	CHECK_ERR(fallocate(1000, 0, 0, 1), EBADF);
	CHECK_OK(pipe(pipe_fd));
	CHECK_ERR(fallocate(pipe_fd[1], 0, 0, 1), ESPIPE);
	mount_at_m("nr_blocks=4");
	CHECK_OK(fd = open("m/f", O_RDWR | O_CREAT, 0600));
	CHECK_ERR(fallocate(fd, 0, 0, 5 * PAGE), ENOSPC);
	CHECK(used_blocks() == 0 && size_of(fd) == 0);		/* not a part of it */
	CHECK_OK(fallocate(fd, 0, 0, 4 * PAGE));
	CHECK_OK(close(fd));
	unmount_m();
}

static void truncation(void)
{
	int fd = shm_file();
	char *p;

	fill(fd, 4);
	p = mmap(NULL, 4 * PAGE, RW, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	CHECK_EQ(p[3 * PAGE], 'd');
	CHECK_OK(ftruncate(fd, PAGE + 10));
	CHECK_EQ(pages_of(fd), 2);
	CHECK_KILLED(SIGBUS, p[2 * PAGE] = 1);
	CHECK_EQ(p[PAGE + 9], 'b');
	CHECK_EQ(p[PAGE + 10], 0);
	p[PAGE + 20] = 'x';					/* behind the end: nobody's */
	CHECK_OK(ftruncate(fd, PAGE + 10));
	CHECK_OK(ftruncate(fd, 4 * PAGE));
	CHECK_EQ(p[2 * PAGE], 0);
	CHECK_EQ(byte_at(fd, PAGE + 10), 0);
	CHECK_ERR(ftruncate(fd, -1), EINVAL);
	CHECK_OK(ftruncate(fd, 0));
	CHECK_EQ(pages_of(fd), 0);
}

/* What read, write and mappings show is one thing. */
static void one_view(void)
{
	int fd = shm_file();
	char *p, buf[PAGE];

	CHECK_OK(ftruncate(fd, 2 * PAGE));
	p = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	CHECK_EQ(p[100], 0);
	CHECK_EQ(pwrite(fd, "hello", 5, 100), 5);
	CHECK(!memcmp(p + 100, "hello", 5));
	memcpy(p + PAGE, "there", 5);
	CHECK_EQ(pread(fd, buf, 5, PAGE), 5);
	CHECK(!memcmp(buf, "there", 5));
	CHECK_EQ(pwrite(fd, p + 90, 20, 3000), 20);		/* from its own mapping, the same page */
	CHECK(!memcmp(p + 3010, "hello", 5));
	CHECK_EQ(pread(fd, p + PAGE + 90, 20, 90), 20);
	CHECK_CHILD_OK({ CHECK(!memcmp(p + PAGE + 100, "hello", 5)); p[0] = 'C'; });
	CHECK_EQ(byte_at(fd, 0), 'C');
	CHECK_ERR(pwrite(fd, (char *)8, 10, 0), EFAULT);
	CHECK_ERR(pread(fd, (char *)8, 10, 0), EFAULT);
	CHECK_EQ(size_of(fd), 2 * PAGE);
	CHECK_EQ(pages_of(fd), 2);
	CHECK_ERR(pwrite(fd, (char *)8, 10, 50 * PAGE), EFAULT);	/* (Linux 6.18 grows the file all the same) */
	CHECK_OK(ftruncate(fd, 2 * PAGE));
	CHECK_OK(fsync(fd));
	CHECK_OK(msync(p, 2 * PAGE, MS_SYNC));
}

static unsigned next_random(unsigned *seed) { return *seed = *seed * 1103515245 + 12345, *seed >> 16; }

/* Writers through mappings and by write, holes and a changing size, all at once: a byte is zero or what somebody wrote. */
static void everything_at_once(void)
{
	enum { PAGES = 16, ROUNDS = 1500 };
	int fd = shm_file(), worker, i, status;
	char *p, c;

	CHECK_OK(ftruncate(fd, 2 * PAGES * PAGE));
	p = mmap(NULL, PAGES * PAGE, RW, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	for (worker = 0; worker < 5; worker++) {
		unsigned seed = worker + 1;

		if (fork())
			continue;
		for (i = 0; i < ROUNDS; i++) {
			long page = next_random(&seed) % PAGES;

			c = 'a' + worker;
			switch (worker) {
			case 0:
			case 1:
				p[page * PAGE] = c;
				c = p[next_random(&seed) % PAGES * PAGE];
				CHECK(!c || (c >= 'a' && c < 'e'));
				break;
			case 2:
				CHECK_EQ(pwrite(fd, &c, 1, page * PAGE), 1);
				CHECK_EQ(pread(fd, &c, 1, next_random(&seed) % PAGES * PAGE), 1);
				CHECK(!c || (c >= 'a' && c < 'e'));
				break;
			case 3:
				CHECK_OK(madvise(p + page * PAGE, (PAGES - page) * PAGE, MADV_REMOVE));
				break;
			case 4:			/* never so short that the others' pages end */
				CHECK_OK(ftruncate(fd, (PAGES + page) * PAGE + 7));
				CHECK_EQ(pwrite(fd, "z", 1, (PAGES + page) * PAGE), 1);
			}
		}
		_exit(0);
	}
	while (wait(&status) > 0)
		CHECK_EQ(status, 0);
	CHECK_OK(munmap(p, PAGES * PAGE));
	CHECK_OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 2 * PAGES * PAGE));
	CHECK_EQ(pages_of(fd), 0);			/* all that it was charged is given back */
}

static void names(void)
{
	char longest[NAME_MAX + 2], path[NAME_MAX + 32];
	struct dirent *e;
	int n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/dev/shm/dir.%d", (int)getpid());
	CHECK_OK(mkdir(path, 0700));
	CHECK_OK(chdir(path));
	CHECK_OK(close(open("a", O_RDWR | O_CREAT, 0640)));
	CHECK_OK(link("a", "b"));
	CHECK_OK(mkdir("d", 0700));
	CHECK_OK(symlink("d/x", "s"));
	CHECK_ERR(open("a", O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
	CHECK_ERR(mkdir("a", 0700), EEXIST);
	CHECK_ERR(rmdir("a"), ENOTDIR);
	CHECK_ERR(unlink("none"), ENOENT);
	CHECK_OK(rename("b", "d/x"));
	CHECK_ERR(rmdir("d"), ENOTEMPTY);
	CHECK_ERR(rename("a", "d"), EISDIR);
	CHECK_ERR(rename("d", "d/y"), EINVAL);
	CHECK_ERR(rename("a", "/proc/x"), EXDEV);
	CHECK_EQ(readlink("s", path, sizeof(path)), 3);
	CHECK_OK(close(open("s", O_RDONLY)));
	memset(longest, 'n', sizeof(longest) - 1);
	longest[NAME_MAX + 1] = 0;
	CHECK_ERR(open(longest, O_RDWR | O_CREAT, 0600), ENAMETOOLONG);
	longest[NAME_MAX] = 0;
	CHECK_OK(close(open(longest, O_RDWR | O_CREAT, 0600)));
	d = opendir(".");
	while ((e = readdir(d)))
		n++;
	closedir(d);
	CHECK_EQ(n, 6);
	CHECK_OK(unlink(longest));
	CHECK_OK(unlink("a"));
	CHECK_OK(unlink("s"));
	CHECK_OK(unlink("d/x"));
	CHECK_OK(rmdir("d"));
	CHECK_OK(chdir("/"));
	snprintf(path, sizeof(path), "/dev/shm/dir.%d", (int)getpid());
	CHECK_OK(rmdir(path));
}

static void sent(void)
{
	int a = shm_file(), b = open("f", O_RDWR | O_CREAT, 0600), c = shm_file();
	off_t pos = 10;

	fill(a, 3);
	CHECK_EQ(sendfile(b, a, &pos, 2 * PAGE), 2 * PAGE);
	CHECK_EQ(pos, 2 * PAGE + 10);
	CHECK(byte_at(b, 0) == 'a' && byte_at(b, 2 * PAGE - 1) == 'c');
	pos = 0;
	CHECK_EQ(sendfile(c, b, &pos, 3 * PAGE), 2 * PAGE);
	CHECK(byte_at(c, PAGE) == 'b' && size_of(c) == 2 * PAGE && pages_of(c) == 2);
}

/* A program there runs, and its text cannot be written meanwhile. */
static void executed(void)
{
	char name[64], buf[PAGE];
	int in = open("/bin/true", O_RDONLY), out, n;

	snprintf(name, sizeof(name), "/dev/shm/true.%d", (int)getpid());
	CHECK_OK(out = open(name, O_WRONLY | O_CREAT, 0700));
	while ((n = read(in, buf, sizeof(buf))) > 0)
		CHECK_EQ(write(out, buf, n), n);
	CHECK_EQ(IN_CHILD({ execl(name, "true", (char *)NULL); _exit(errno == ETXTBSY ? 7 : errno == EACCES ? 8 : 9); }), 7 << 8);
	CHECK_OK(close(out));
	n = IN_CHILD({ execl(name, "true", (char *)NULL); _exit(errno == EACCES ? 8 : 9); });
	CHECK_OK(unlink(name));
	if (n == 8 << 8)
		SKIP("/dev/shm is mounted noexec here");
	CHECK_EQ(n, 0);
}

static void dev_shm(void)
{
	struct stat st;

	CHECK_OK(stat("/dev/shm", &st));
	CHECK_EQ(st.st_mode, S_IFDIR | 01777);
	CHECK(usage("/dev/shm").f_blocks > 0);
}

TEST_MAIN(
	TEST(blocks_are_limited), TEST(a_full_mount_kills), TEST(inodes_are_limited), TEST(options), TEST(shown_options),
	TEST(remounting), TEST(holes), TEST(punched), TEST(removed_by_advice), TEST(room_in_advance), TEST(truncation),
	TEST(one_view), TEST(everything_at_once), TEST(names), TEST(sent), TEST(executed), TEST(dev_shm),
)
