/*
 * System V shared memory: shmget, shmat, shmdt, shmctl: what they do, who may, all their errnos, what /proc shows. Other
 * segments may exist (Linux): only our own are looked at.
 */
#include "test.h"
#include <limits.h>
#include <time.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>

#ifndef SHM_EXEC
#define SHM_EXEC	0100000
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE	23
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif
#ifndef SHM_STAT_ANY
#define SHM_STAT_ANY	15
#endif
#ifndef SHM_DEST
#define SHM_DEST	01000
#define SHM_LOCKED	02000
#endif

static int made[64], nr_made;

static void remove_made(void)
{
	while (nr_made)
		shmctl(made[--nr_made], IPC_RMID, NULL);
}

/* A new segment, gone when the test ends well. */
static int segment(size_t size, int mode)
{
	int id = shmget(IPC_PRIVATE, size, IPC_CREAT | mode);

	CHECK_OK(id);
	made[nr_made++] = id;
	return id;
}

static struct shmid_ds stat_of(int id)
{
	struct shmid_ds ds;

	CHECK_OK(shmctl(id, IPC_STAT, &ds));
	return ds;
}

static void removed(int id)
{
	struct shmid_ds ds;

	CHECK_OK(shmctl(id, IPC_RMID, NULL));
	CHECK(shmctl(id, IPC_STAT, &ds) == -1 && (errno == EINVAL || errno == EIDRM));
}

static char *attach(int id, int flags)
{
	char *p = shmat(id, NULL, flags);

	CHECK(p != (void *)-1);
	CHECK_EQ((uintptr_t)p % PAGE, 0);
	return p;
}

static void is_shared(void)
{
	int id = segment(3 * PAGE + 5, 0600);
	char *p = attach(id, 0), *q = attach(id, 0);

	CHECK(p != q);
	CHECK(p[0] == 0 && p[4 * PAGE - 1] == 0);	/* to the end of its last page */
	p[3 * PAGE] = 7;
	CHECK_EQ(q[3 * PAGE], 7);
	CHECK_CHILD_OK({ CHECK_EQ(p[3 * PAGE], 7); q[0] = 9; });
	CHECK_EQ(p[0], 9);
	CHECK_OK(shmdt(p));
	CHECK_KILLED(SIGSEGV, p[0] = 1);
	CHECK_EQ(q[0], 9);
	CHECK_OK(shmdt(q));
	p = attach(id, 0);
	CHECK_EQ(p[0], 9);				/* it keeps what is in it */
	CHECK_OK(shmdt(p));
	removed(id);
	remove_made();
}

static void by_key(void)
{
	key_t key = 0x70610000 | getpid();
	int id = shmget(key, 2 * PAGE, IPC_CREAT | IPC_EXCL | 0640), again;

	CHECK_OK(id);
	again = shmget(key, 0, 0);
	CHECK_EQ(again, id);
	CHECK_EQ(shmget(key, 2 * PAGE, IPC_CREAT | 0600), id);
	CHECK_ERR(shmget(key, PAGE, IPC_CREAT | IPC_EXCL | 0600), EEXIST);
	CHECK_ERR(shmget(key, 2 * PAGE + 1, 0), EINVAL);
	CHECK_ERR(shmget(key + 1, PAGE, 0600), ENOENT);
	CHECK_ERR(shmget(key + 1, 0, IPC_CREAT | 0600), EINVAL);
	CHECK(segment(PAGE, 0600) != segment(PAGE, 0600));
	removed(id);
	CHECK_ERR(shmget(key, PAGE, 0), ENOENT);
	again = shmget(key, PAGE, IPC_CREAT | 0600);
	CHECK(again >= 0 && again != id);		/* its number is not the old one's */
	removed(again);
	remove_made();
}

static void told(void)
{
	time_t before = time(NULL) - 1;
	int id = segment(PAGE + 1, 0640);
	struct shmid_ds ds = stat_of(id);
	char *p;

	CHECK_EQ(ds.shm_segsz, PAGE + 1);
	CHECK_EQ(ds.shm_perm.mode, 0640);
	CHECK(ds.shm_perm.uid == geteuid() && ds.shm_perm.cuid == geteuid());
	CHECK(ds.shm_perm.gid == getegid() && ds.shm_perm.cgid == getegid());
	CHECK_EQ(ds.shm_perm.__key, IPC_PRIVATE);
	CHECK(ds.shm_cpid == getpid() && ds.shm_lpid == 0);
	CHECK(ds.shm_atime == 0 && ds.shm_dtime == 0 && ds.shm_ctime >= before);
	CHECK_EQ(ds.shm_nattch, 0);
	p = attach(id, 0);
	ds = stat_of(id);
	CHECK(ds.shm_nattch == 1 && ds.shm_atime >= before && ds.shm_dtime == 0 && ds.shm_lpid == getpid());
	CHECK_OK(shmdt(p));
	ds = stat_of(id);
	CHECK(ds.shm_nattch == 0 && ds.shm_dtime >= before);
	ds.shm_perm.mode = 01604;
	ds.shm_perm.uid = 5;
	ds.shm_perm.gid = 6;
	CHECK_OK(shmctl(id, IPC_SET, &ds));
	ds = stat_of(id);
	CHECK(ds.shm_perm.mode == 0604 && ds.shm_perm.uid == 5 && ds.shm_perm.gid == 6 && ds.shm_perm.cuid == geteuid());
	remove_made();
}

static long attached(int id) { return (long)stat_of(id).shm_nattch; }

static void attachments_are_counted(void)
{
	int id = segment(4 * PAGE, 0600), to[2], from[2];
	char *p = attach(id, 0), *q = attach(id, SHM_RDONLY), c;
	pid_t child;

	CHECK_EQ(attached(id), 2);
	CHECK_OK(pipe(to));
	CHECK_OK(pipe(from));
	child = fork();
	if (child == 0) {
		write(from[1], "x", 1);
		read(to[0], &c, 1);
		if (shmdt(q))
			_exit(1);
		write(from[1], "x", 1);
		read(to[0], &c, 1);
		execl("/bin/sleep", "sleep", "0", (char *)NULL);
		_exit(2);
	}
	CHECK_EQ(read(from[0], &c, 1), 1);
	CHECK_EQ(attached(id), 4);		/* fork copies them */
	CHECK_EQ(write(to[1], "x", 1), 1);
	CHECK_EQ(read(from[0], &c, 1), 1);
	CHECK_EQ(attached(id), 3);
	CHECK_EQ(write(to[1], "x", 1), 1);
	CHECK_EQ(waitpid(child, NULL, 0), child);
	CHECK_EQ(attached(id), 2);		/* exec and exit drop them */
	CHECK_OK(munmap(p + PAGE, PAGE));	/* two areas now */
	CHECK_EQ(attached(id), 3);
	CHECK_OK(munmap(p, PAGE));
	CHECK_EQ(attached(id), 2);
	CHECK_OK(shmdt(p));			/* still known by its first address */
	CHECK_EQ(attached(id), 1);
	CHECK_ERR(shmdt(p), EINVAL);
	CHECK_OK(mprotect(q + PAGE, PAGE, PROT_NONE));
	CHECK_EQ(attached(id), 3);
	CHECK_OK(shmdt(q));			/* all of it */
	CHECK_EQ(attached(id), 0);
	remove_made();
}

static void goes_with_the_last(void)
{
	key_t key = 0x70620000 | getpid();
	int id = shmget(key, PAGE, IPC_CREAT | 0600), st;
	char *p, *q;

	CHECK_OK(id);
	p = attach(id, 0);
	p[0] = 1;
	CHECK_OK(shmctl(id, IPC_RMID, NULL));
	CHECK_EQ(stat_of(id).shm_perm.mode, SHM_DEST | 0600);
	CHECK_EQ(stat_of(id).shm_perm.__key, IPC_PRIVATE);
	CHECK_ERR(shmget(key, PAGE, 0), ENOENT);
	q = attach(id, 0);			/* Linux lets one, by number */
	CHECK_EQ(q[0], 1);
	CHECK_OK(shmdt(p));
	st = IN_CHILD(_exit(q[0] == 1 ? 3 : 4));
	CHECK_EQ(st, 3 << 8);
	CHECK_EQ(q[0], 1);
	CHECK_OK(shmdt(q));
	CHECK_ERR(shmat(id, NULL, 0), EINVAL);
	CHECK_ERR(shmctl(id, IPC_RMID, NULL), EINVAL);
}

/* remap_file_pages maps the segment once more over its own place: if that was the last of a removed one, there is none. */
static void remapped_over_itself(void)
{
	int id = segment(4 * PAGE, 0600), i;
	char *p = attach(id, 0), *q;

	p[0] = 'a';
	p[2 * PAGE] = 'c';
	CHECK_OK(remap_file_pages(p, PAGE, 0, 2, 0));
	CHECK_EQ(p[0], 'c');
	CHECK_OK(remap_file_pages(p, 4 * PAGE, 0, 0, 0));
	CHECK(p[0] == 'a' && p[2 * PAGE] == 'c');
	CHECK_EQ(attached(id), 1);
	CHECK_OK(shmdt(p));
	removed(id);
	for (i = 0; i < 50; i++) {
		id = segment(4 * PAGE, 0600);
		p = attach(id, 0);
		CHECK_OK(shmctl(id, IPC_RMID, NULL));
		CHECK_OK(remap_file_pages(p, PAGE, 0, 1, 0));		/* the other pages hold it */
		CHECK_EQ(attached(id), 2);
		CHECK(remap_file_pages(p, 4 * PAGE, 0, 0, 0) == -1 && (errno == EINVAL || errno == EIDRM));
		CHECK_KILLED(SIGSEGV, p[0] = 1);
		CHECK_ERR(shmctl(id, IPC_RMID, NULL), EINVAL);
		nr_made--;
		q = attach(segment(PAGE, 0600), 0);			/* in its memory, perhaps */
		q[0] = i;
		CHECK_OK(shmdt(q));
		remove_made();
	}
}

static void addresses(void)
{
	int id = segment(2 * PAGE, 0700);
	char *hole = mmap(NULL, 8 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *p;

	CHECK(hole != MAP_FAILED);
	CHECK_OK(munmap(hole, 8 * PAGE));
	CHECK_ERR(shmat(id, hole + 1, 0), EINVAL);
	p = shmat(id, hole + PAGE + 5, SHM_RND);
	CHECK(p == hole + PAGE);
	p[0] = 'a';
	CHECK_ERR(shmat(id, hole, 0), EINVAL);			/* something is there */
	CHECK_ERR(shmat(id, hole + 2 * PAGE, 0), EINVAL);
	CHECK_ERR(shmat(id, NULL, SHM_REMAP), EINVAL);
	CHECK(shmat(id, hole, SHM_REMAP) == hole);
	CHECK_EQ(hole[0], 'a');
	CHECK_EQ(hole[PAGE], 0);
	CHECK_EQ(hole[2 * PAGE], 0);				/* the first one's second page */
	CHECK_EQ(attached(id), 2);
	CHECK_ERR(shmdt(hole + 1), EINVAL);
	CHECK_OK(shmdt(hole));
	CHECK_OK(shmdt(hole + PAGE));				/* by the address it was attached at */
	CHECK_EQ(attached(id), 0);
	CHECK_ERR(shmdt(hole), EINVAL);
	CHECK_ERR(shmdt(NULL), EINVAL);
	CHECK_ERR(shmat(-1, NULL, 0), EINVAL);
	CHECK_ERR(shmat(INT_MAX, NULL, 0), EINVAL);
	CHECK_ERR(shmat(id, (void *)-PAGE, 0), EINVAL);
	remove_made();
}

static void protections(void)
{
	int id = segment(PAGE, 0700);
	char *ro = attach(id, SHM_RDONLY), *x = attach(id, SHM_EXEC), *rw = attach(id, 0);

	CHECK_EQ(ro[0], 0);
	CHECK_KILLED(SIGSEGV, ro[0] = 1);
	CHECK_ERR(mprotect(ro, PAGE, PROT_READ | PROT_WRITE), EACCES);
	x[0] = 1;
	CHECK_EQ(ro[0], 1);
	CHECK_OK(mprotect(rw, PAGE, PROT_READ));
	CHECK_KILLED(SIGSEGV, rw[0] = 1);
	CHECK_OK(mprotect(rw, PAGE, PROT_READ | PROT_WRITE));
	rw[0] = 2;
	if (has_no_execute()) {
#if defined(__riscv)
		*(unsigned int *)rw = 0x00008067;	/* ret */
#else
		rw[0] = (char)0xc3;
#endif
		((void (*)(void))x)();
		CHECK_KILLED(SIGSEGV, ((void (*)(void))rw)());
	}
	remove_made();
}

static void permissions(void)
{
	key_t key = 0x70630000 | getpid();
	int id = shmget(key, PAGE, IPC_CREAT | 0604), group, none = segment(PAGE, 0), st;
	struct shmid_ds ds;

	if (geteuid()) {
		shmctl(id, IPC_RMID, NULL);
		SKIP("needs root");
	}
	CHECK_OK(id);
	group = segment(PAGE, 0040);
	ds = stat_of(group);
	ds.shm_perm.gid = NOBODY;
	CHECK_OK(shmctl(group, IPC_SET, &ds));
	attach(none, 0);				/* root may */
	st = IN_CHILD({
		need_root();
		become_nobody();
		CHECK_OK(shmdt(attach(id, SHM_RDONLY)));
		CHECK_ERR(shmat(id, NULL, 0), EACCES);
		CHECK_ERR(shmat(id, NULL, SHM_RDONLY | SHM_EXEC), EACCES);
		attach(group, SHM_RDONLY);
		CHECK_ERR(shmat(group, NULL, 0), EACCES);
		CHECK_ERR(shmat(none, NULL, SHM_RDONLY), EACCES);
		CHECK_EQ(shmget(key, PAGE, 0004), id);
		CHECK_EQ(shmget(key, PAGE, 0), id);
		CHECK_ERR(shmget(key, PAGE, 0600), EACCES);
		CHECK_ERR(shmctl(none, IPC_STAT, &ds), EACCES);
		CHECK_OK(shmctl(id, IPC_STAT, &ds));
		CHECK_ERR(shmctl(id, IPC_SET, &ds), EPERM);
		CHECK_ERR(shmctl(id, IPC_RMID, NULL), EPERM);
		CHECK_ERR(shmctl(id, SHM_LOCK, NULL), EPERM);
		CHECK_ERR(shmctl(id, SHM_UNLOCK, NULL), EPERM);
	});
	removed(id);
	CHECK_EQ(st, 0);
	remove_made();
}

static void locking(void)
{
	int id = segment(PAGE, 0600);

	if (shmctl(id, SHM_LOCK, NULL) && errno == EPERM) {
		remove_made();
		SKIP("locking is not allowed here");
	}
	CHECK_EQ(stat_of(id).shm_perm.mode, SHM_LOCKED | 0600);
	CHECK_OK(shmctl(id, SHM_LOCK, NULL));
	CHECK_OK(shmctl(id, SHM_UNLOCK, NULL));
	CHECK_EQ(stat_of(id).shm_perm.mode, 0600);
	CHECK_ERR(shmctl(-1, SHM_LOCK, NULL), EINVAL);
	remove_made();
}

/* A user's segments are locked up to a limit of their own; whose they are does not matter. */
static void locking_limits(void)
{
	struct rlimit lim;
	int id, big, st;

	need_root();
	id = segment(2 * PAGE, 0666);
	big = segment(8 * PAGE, 0666);
	st = IN_CHILD({
		int own;

		CHECK_OK(getrlimit(RLIMIT_MEMLOCK, &lim));
		lim.rlim_cur = 3 * PAGE;
		CHECK_OK(setrlimit(RLIMIT_MEMLOCK, &lim));
		become_nobody();
		CHECK_OK(own = shmget(IPC_PRIVATE, 2 * PAGE, 0600));
		made[nr_made = 0] = own;
		nr_made = 1;
		CHECK_OK(shmctl(own, SHM_LOCK, NULL));
		CHECK_OK(shmctl(own, SHM_LOCK, NULL));		/* once */
		CHECK_ERR(shmctl(id, SHM_LOCK, NULL), EPERM);
		CHECK_OK(own = shmget(IPC_PRIVATE, 2 * PAGE, 0600));
		made[nr_made++] = own;
		CHECK_ERR(shmctl(own, SHM_LOCK, NULL), ENOMEM);
		CHECK_OK(shmctl(made[0], SHM_UNLOCK, NULL));
		CHECK_OK(shmctl(own, SHM_LOCK, NULL));
		CHECK_OK(mlock(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), PAGE));
		CHECK_OK(shmctl(own, SHM_UNLOCK, NULL));
		lim.rlim_cur = 0;
		CHECK_OK(setrlimit(RLIMIT_MEMLOCK, &lim));
		CHECK_ERR(shmctl(own, SHM_LOCK, NULL), EPERM);
		CHECK_OK(shmctl(own, SHM_UNLOCK, NULL));
		remove_made();
	});
	CHECK_OK(shmctl(big, SHM_LOCK, NULL));			/* root's have none */
	remove_made();
	CHECK_EQ(st, 0);
}

/* Room for the segment there must be in the address space. */
static void attaching_limits(void)
{
	int id = segment(300 * PAGE, 0600);
	struct rlimit lim;

	CHECK_OK(getrlimit(RLIMIT_AS, &lim));
	lim.rlim_cur = 100 * PAGE;
	CHECK_CHILD_OK({
		CHECK_OK(setrlimit(RLIMIT_AS, &lim));
		CHECK_ERR(shmat(id, NULL, 0), ENOMEM);
		CHECK_EQ(attached(id), 0);
	});
	CHECK(shmat(id, NULL, 0) != (void *)-1);
	CHECK_EQ(attached(id), 1);
	remove_made();
}

/* By index: 0640 root's is not for others, but with SHM_STAT_ANY; a place without a segment is nobody's. */
static void by_index(void)
{
	int id = segment(PAGE, 0600), last, i, found = -1, st;
	struct shmid_ds ds;
	struct shm_info use;

	last = shmctl(0, SHM_INFO, (struct shmid_ds *)&use);
	for (i = 0; i <= last; i++)
		if (shmctl(i, SHM_STAT, &ds) == id)
			found = i;
	CHECK(found >= 0);
	st = geteuid() ? 0 : IN_CHILD({
		become_nobody();
		CHECK_ERR(shmctl(found, SHM_STAT, &ds), EACCES);
		CHECK_EQ(shmctl(found, SHM_STAT_ANY, &ds), id);
		CHECK(ds.shm_segsz == PAGE && ds.shm_perm.mode == 0600);
	});
	removed(id);
	CHECK_EQ(st, 0);
	CHECK(shmctl(found, SHM_STAT, &ds) != id);
	CHECK_ERR(shmctl(32767, SHM_STAT, &ds), EINVAL);
	CHECK_ERR(shmctl(32767, SHM_STAT_ANY, &ds), EINVAL);
	CHECK_ERR(shmctl(-1, SHM_STAT, &ds), EINVAL);
	remove_made();
}

static void bad_arguments(void)
{
	int id = segment(PAGE, 0600);
	struct shmid_ds ds;

	CHECK_ERR(shmget(IPC_PRIVATE, 0, 0600), EINVAL);
	CHECK_ERR(shmctl(id, IPC_STAT, (struct shmid_ds *)8), EFAULT);
	CHECK_ERR(shmctl(id, IPC_SET, (struct shmid_ds *)8), EFAULT);
	CHECK_ERR(shmctl(0, IPC_INFO, (struct shmid_ds *)8), EFAULT);
	CHECK_ERR(shmctl(0, SHM_INFO, (struct shmid_ds *)8), EFAULT);
	CHECK_ERR(shmctl(id, 99, &ds), EINVAL);
	CHECK_ERR(shmctl(id, -1, &ds), EINVAL);
	ds = stat_of(id);
	ds.shm_perm.uid = -1;
	CHECK_ERR(shmctl(id, IPC_SET, &ds), EINVAL);
	ds.shm_perm.uid = ds.shm_perm.cuid;
	ds.shm_perm.gid = -1;
	CHECK_ERR(shmctl(id, IPC_SET, &ds), EINVAL);
	CHECK_ERR(shmctl(-1, IPC_STAT, &ds), EINVAL);
	CHECK_ERR(shmctl(INT_MAX, IPC_STAT, &ds), EINVAL);
	CHECK_ERR(shmctl(INT_MAX, SHM_STAT, &ds), EINVAL);
	CHECK_ERR(shmctl(INT_MAX, IPC_RMID, NULL), EINVAL);
	CHECK_EQ(attached(id), 0);
	remove_made();
}

static void written(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0)
		SKIP("limits cannot be changed here");
	CHECK_EQ(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void read_line(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY), n;

	CHECK_OK(fd);
	n = read(fd, text, size - 1);
	CHECK(n > 0);
	text[n] = 0;
	close(fd);
}

static void limits(void)
{
	char max[64], all[64], mni[64];
	struct shminfo info;
	struct shm_info use;
	int too_big, too_many, too_much, fits;
	char text[64];

	read_line("/proc/sys/kernel/shmmax", max, sizeof(max));
	read_line("/proc/sys/kernel/shmall", all, sizeof(all));
	read_line("/proc/sys/kernel/shmmni", mni, sizeof(mni));
	CHECK(shmctl(0, IPC_INFO, (struct shmid_ds *)&info) >= 0);
	CHECK(info.shmmax == strtoul(max, NULL, 10) && info.shmmni == strtoul(mni, NULL, 10) && info.shmmin == 1);
	segment(3 * PAGE, 0600);
	CHECK(shmctl(0, SHM_INFO, (struct shmid_ds *)&use) >= 0);
	CHECK(use.used_ids >= 1 && use.shm_tot >= 3);
	written("/proc/sys/kernel/shmmax", "8192");
	too_big = shmget(IPC_PRIVATE, 8193, 0600) == -1 ? errno : 0;
	fits = shmget(IPC_PRIVATE, 8192, 0600);
	written("/proc/sys/kernel/shmmax", max);
	snprintf(text, sizeof(text), "%lu", use.shm_tot + 2);
	written("/proc/sys/kernel/shmall", text);
	too_much = shmget(IPC_PRIVATE, PAGE, 0600) == -1 ? errno : 0;
	written("/proc/sys/kernel/shmall", all);
	snprintf(text, sizeof(text), "%d", use.used_ids + 1);
	written("/proc/sys/kernel/shmmni", text);
	too_many = shmget(IPC_PRIVATE, PAGE, 0600) == -1 ? errno : 0;
	written("/proc/sys/kernel/shmmni", mni);
	CHECK_OK(shmctl(fits, IPC_RMID, NULL));
	CHECK_EQ(too_big, EINVAL);
	CHECK_EQ(too_much, ENOSPC);
	CHECK_EQ(too_many, ENOSPC);
	read_line("/proc/sys/kernel/shmmax", text, sizeof(text));
	CHECK(!strcmp(text, max));
	remove_made();
}

/* The lines of our segment, and its place by index. */
static void listed(void)
{
	int id = segment(2 * PAGE + 1, 0640), found = 0, index, last, key, shmid, cpid;
	unsigned int mode;
	unsigned long size, nattch;
	char line[512], *p = attach(id, 0), *rest;
	struct shmid_ds ds;
	struct shm_info use;
	FILE *f = fopen("/proc/sysvipc/shm", "r");

	CHECK(f != NULL);
	CHECK(fgets(line, sizeof(line), f) != NULL);
	CHECK(strstr(line, "       key      shmid perms ") == line && strstr(line, " size  cpid  lpid nattch   uid   gid  cuid  cgid      atime"));
	CHECK_EQ(strlen(line), sizeof(long) == 8 ? 170 : 137);
	p[0] = 1;
	while (fgets(line, sizeof(line), f)) {
		CHECK_EQ(strlen(line), sizeof(long) == 8 ? 170 : 137);
		key = strtol(line, &rest, 10);
		shmid = strtol(rest, &rest, 10);
		if (shmid != id)
			continue;
		mode = strtoul(rest, &rest, 8);
		size = strtoul(rest, &rest, 10);
		cpid = strtol(rest, &rest, 10);
		strtol(rest, &rest, 10);
		nattch = strtoul(rest, &rest, 10);
		CHECK(key == 0 && mode == 0640 && size == 2 * PAGE + 1 && cpid == getpid() && nattch == 1);
		found++;
	}
	fclose(f);
	CHECK_EQ(found, 1);
	last = shmctl(0, SHM_INFO, (struct shmid_ds *)&use);
	CHECK(last >= 0 && use.shm_rss >= 1);
	for (index = 0; index <= last; index++)
		found += shmctl(index, SHM_STAT, &ds) == id && ds.shm_segsz == 2 * PAGE + 1;
	CHECK_EQ(found, 2);
	f = fopen("/proc/self/maps", "r");
	while (fgets(line, sizeof(line), f)) {
		if (strtoul(line, NULL, 16) != (unsigned long)p)
			continue;
		rest = strstr(line, "/SYSV00000000 (deleted)");
		CHECK(rest && strstr(line, " rw-s "));
		snprintf(line + 200, 100, " %d ", id);		/* the inode's number is the segment's */
		CHECK(strstr(line, line + 200) && strstr(line, line + 200) < rest);
		found++;
	}
	fclose(f);
	CHECK_EQ(found, 3);
	remove_made();
}

/* i386's first way to all of them, by number, which C libraries there use still. */
static void by_number(void)
{
#ifdef __NR_ipc
	unsigned long addr = 0;
	struct shmid_ds ds;
	int id;

	CHECK_OK(id = syscall(__NR_ipc, 23, IPC_PRIVATE, 2 * PAGE, IPC_CREAT | 0640, NULL));
	CHECK_OK(syscall(__NR_ipc, 21, id, 0, &addr, NULL));
	CHECK(addr && addr % PAGE == 0);
	*(char *)addr = 5;
	CHECK_OK(syscall(__NR_ipc, 24, id, IPC_STAT | 0x100, 0, &ds));
	CHECK(ds.shm_segsz == 2 * PAGE && ds.shm_perm.mode == 0640 && ds.shm_nattch == 1 && ds.shm_cpid == getpid());
	CHECK_ERR(syscall(__NR_ipc, 21 | 1 << 16, id, 0, &addr, NULL), EINVAL);
	CHECK_ERR(syscall(__NR_ipc, 24, id, 99 | 0x100, 0, &ds), EINVAL);
	CHECK_ERR(syscall(__NR_ipc, 99, 0, 0, 0, NULL), EINVAL);
	CHECK_OK(syscall(__NR_ipc, 22, 0, 0, 0, addr));
	CHECK_OK(syscall(__NR_ipc, 24, id, IPC_RMID, 0, NULL));
	CHECK_ERR(syscall(__NR_ipc, 24, id, IPC_RMID, 0, NULL), EINVAL);
#else
	SKIP("only i386 has ipc(2)");
#endif
}

/* Many processes attach, touch, detach and end, as they like: in the end nobody is left. */
static void crowd(void)
{
	int id = segment(8 * PAGE, 0600), i, n;

	for (i = 0; i < 8; i++)
		if (fork() == 0) {
			for (n = 0; n < 100; n++) {
				char *p = attach(id, n & 1 ? SHM_RDONLY : 0), c = p[(n & 7) * PAGE];

				if (!(n & 1))
					p[(n & 7) * PAGE] = c + 1;
				if (n % 10 == 9 && fork() == 0)
					_exit(0);
				if (n % 3)
					CHECK_OK(shmdt(p));
			}
			while (wait(NULL) > 0)
				;
			_exit(0);
		}
	while (wait(&n) > 0)
		CHECK_EQ(n, 0);
	CHECK_EQ(attached(id), 0);
	remove_made();
}

static unsigned next_random(unsigned *seed) { return *seed = *seed * 1103515245 + 12345, *seed >> 16; }

/* Where a segment of eight pages may be; what lies there is nobody's but these calls'. */
static char *const *places(void)
{
	static char *place[6];
	int i;

	for (i = 0; i < (int)COUNT(place) && !place[i]; i++) {
		place[i] = mmap(NULL, 24 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		CHECK(place[i] != MAP_FAILED);
	}
	return place;
}

/* One call on the segment or on what may be left of it, whatever it says. */
static void anything(int id, unsigned *seed)
{
	char *at = places()[next_random(seed) % 6] + next_random(seed) % 2 * 4 * PAGE, *to = places()[next_random(seed) % 6];
	size_t from = next_random(seed) % 8 * PAGE, n = (1 + next_random(seed) % 8) * PAGE;

	switch (next_random(seed) % 14) {
	case 0: case 1: case 2:
		shmat(id, at, SHM_REMAP | (next_random(seed) % 4 ? 0 : SHM_RDONLY));
		break;
	case 3:
		shmdt(at);
		break;
	case 4:
		munmap(at + from, n);
		break;
	case 5:
		mprotect(at + from, n, next_random(seed) % 2 ? PROT_READ : PROT_READ | PROT_WRITE);
		break;
	case 6:
		mremap(at + from, n, n, MREMAP_MAYMOVE | MREMAP_FIXED, to);
		break;
	case 7:
		mremap(at + from, 0, n, MREMAP_MAYMOVE | MREMAP_FIXED, to);
		break;
	case 8:
		mremap(at + from, n, n, MREMAP_MAYMOVE | MREMAP_DONTUNMAP | MREMAP_FIXED, to);
		break;
	case 9:
		remap_file_pages(at + from, n, 0, next_random(seed) % 8, 0);
		break;
	case 10:
		madvise(at + from, n, next_random(seed) % 2 ? MADV_REMOVE : MADV_DONTNEED);
		break;
	case 11:
		next_random(seed) % 2 ? mlock(at + from, n) : munlock(at + from, n);
		break;
	case 12:
		madvise(at + from, n, MADV_POPULATE_WRITE);
		break;
	case 13:
		mmap(at + from, n, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	}
}

/* Processes do what they like to a segment, which is removed meanwhile: with the last of them it is gone. */
static void anything_goes(void)
{
	int round, id, i, n, status;
	struct shmid_ds ds;

	for (round = 0; round < 8; round++) {
		id = segment(8 * PAGE, 0600);
		places();
		for (i = 0; i < 4; i++) {
			unsigned seed = round * 4 + i + 1;

			if (fork())
				continue;
			for (n = 0; n < 400; n++) {
				anything(id, &seed);
				if (n == 200 && i == 0)
					CHECK_OK(shmctl(id, IPC_RMID, NULL));
				if (n % 64 == 63 && fork() == 0) {
					for (n = 0; n < 20; n++)
						anything(id, &seed);
					_exit(0);
				}
			}
			while (wait(&status) > 0)
				CHECK_EQ(status, 0);
			_exit(0);
		}
		while (wait(&status) > 0)
			CHECK_EQ(status, 0);
		CHECK(shmctl(id, IPC_STAT, &ds) == -1 && (errno == EINVAL || errno == EIDRM));
		nr_made--;
	}
}

TEST_MAIN(
	TEST(is_shared), TEST(by_key), TEST(told), TEST(attachments_are_counted), TEST(goes_with_the_last), TEST(remapped_over_itself), TEST(addresses),
	TEST(protections), TEST(permissions), TEST(locking), TEST(locking_limits), TEST(attaching_limits), TEST(by_index), TEST(bad_arguments), TEST(limits), TEST(listed), TEST(by_number), TEST(crowd), TEST(anything_goes),
)
