/*
 * vmbench - a small, portable, deterministic memory-management benchmark.
 *
 * In the spirit of lmbench: every row times one batch of identical operations
 * with clock_gettime(CLOCK_MONOTONIC), repeats the batch, and prints the
 * median and the minimum cost per operation.  Under "qemu -icount shift=0"
 * one guest instruction is one nanosecond of guest time, so the very same
 * program then reports instructions per operation.
 *
 *   vmbench [-r reps] [-f scratchfile] [-t tinyprog] [-s suffix] [prefix ...]
 *
 * Only rows whose name starts with one of the prefixes run (default: all).
 * Output, one line a row:   row NAME MEDIAN MIN OPS   (ns per operation).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PG        4096UL
#define ANON      (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW        (PROT_READ | PROT_WRITE)
#define MAXREPS   15
#define FILEPAGES 1024                  /* scratch file: 4 MiB */

typedef unsigned long long u64;
typedef unsigned long      word;

static const char *scratch = "/vmbench.tmp";
static const char *tiny = "/tiny";
static const char *self = "/vmbench";
static int scratch_fd = -1;

static void die(const char *what)
{
	fprintf(stderr, "vmbench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static u64 now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000000ULL + (u64)ts.tv_nsec;
}

static char *map(long pages, int prot, int flags, int fd)
{
	void *p = mmap(NULL, pages * PG, prot, flags, fd, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

static char *anon(long pages)
{
	return map(pages, RW, ANON, -1);
}

static void unmap(char *p, long pages)
{
	if (munmap(p, pages * PG))
		die("munmap");
}

/* One store, or one load, in every page. */
static void dirty(char *p, long pages)
{
	volatile char *v = p;

	for (long i = 0; i < pages; i++, v += PG)
		*v = 1;
}

static void peek(char *p, long pages)
{
	volatile char *v = p;

	for (long i = 0; i < pages; i++, v += PG)
		(void)*v;
}

static void reap(pid_t pid)
{
	int st;

	if (waitpid(pid, &st, 0) != pid || st != 0)
		die("waitpid");
}

static pid_t spawn(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	return pid;
}

static int file(void)
{
	static char buf[PG];

	if (scratch_fd >= 0)
		return scratch_fd;
	scratch_fd = open(scratch, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (scratch_fd < 0)
		die(scratch);
	for (long i = 0; i < FILEPAGES; i++)
		if (write(scratch_fd, buf, PG) != (ssize_t)PG)
			die("write");
	return scratch_fd;
}

/* ---- rows: each does n operations and returns the nanoseconds they took ---- */

static u64 null_syscall(long n, long arg)
{
	u64 t = now();

	(void)arg;
	while (n--)
		syscall(SYS_getppid);
	return now() - t;
}

#ifdef __i386__
static u64 null_int80(long n, long arg)
{
	u64 t = now();

	(void)arg;
	while (n--) {
		long r = SYS_getppid;
		__asm__ volatile("int $0x80" : "+a"(r) : : "memory");
	}
	return now() - t;
}
#endif

enum { WRITE, READ, UPGRADE };          /* UPGRADE: write after a read fault */

static u64 anon_fault(long n, long kind)
{
	char *p = anon(n);
	u64 t;

	if (kind == UPGRADE)
		peek(p, n);
	t = now();
	if (kind == READ)
		peek(p, n);
	else
		dirty(p, n);
	t = now() - t;
	unmap(p, n);
	return t;
}

/* arg 0: the child breaks the sharing (copies); 1: the last owner reuses. */
static u64 cow_fault(long n, long last_owner)
{
	u64 *res = (u64 *)map(1, RW, MAP_SHARED | MAP_ANONYMOUS, -1);
	char *p = anon(n);
	u64 t;
	pid_t pid;

	dirty(p, n);
	*res = 0;
	pid = spawn();
	if (pid == 0) {
		if (!last_owner) {
			t = now();
			dirty(p, n);
			*res = now() - t;
		}
		_exit(0);
	}
	reap(pid);
	t = now();
	dirty(p, n);
	t = last_owner ? now() - t : *res;
	unmap(p, n);
	unmap((char *)res, 1);
	return t;
}

static u64 map_unmap(long n, long arg)
{
	u64 t = now();

	(void)arg;
	while (n--)
		unmap(anon(1), 1);
	return now() - t;
}

static u64 map_touch_unmap(long n, long pages)
{
	u64 t = now();

	while (n--) {
		char *p = anon(pages);
		dirty(p, pages);
		unmap(p, pages);
	}
	return now() - t;
}

static u64 protect_toggle(long n, long pages)
{
	char *p = anon(pages);
	u64 t;

	dirty(p, pages);
	t = now();
	for (long i = 0; i < n; i++)
		if (mprotect(p + pages / 2 * PG, PG, i & 1 ? RW : PROT_READ))
			die("mprotect");
	t = now() - t;
	unmap(p, pages);
	return t;
}

static u64 remap_move(long n, long pages)
{
	char *a = map(2 * pages, PROT_NONE, ANON, -1), *b = a + pages * PG, *c;
	u64 t;

	if (mmap(a, pages * PG, RW, ANON | MAP_FIXED, -1, 0) != a)
		die("mmap");
	dirty(a, pages);
	t = now();
	for (long i = 0; i < n; i++) {
		if (mremap(a, pages * PG, pages * PG, MREMAP_MAYMOVE | MREMAP_FIXED, b) != b)
			die("mremap");
		c = a, a = b, b = c;
	}
	t = now() - t;
	unmap(a, pages);
	munmap(b, pages * PG);
	return t;
}

/* One page more than fits, so the region has to move. */
static u64 remap_grow(long n, long pages)
{
	u64 sum = 0, t;

	while (n--) {
		char *hole = map(pages + 1, PROT_NONE, ANON, -1), *q;
		if (mmap(hole, pages * PG, RW, ANON | MAP_FIXED, -1, 0) != hole)
			die("mmap");
		dirty(hole, pages);
		t = now();
		q = mremap(hole, pages * PG, (pages + 1) * PG, MREMAP_MAYMOVE);
		sum += now() - t;
		if (q == MAP_FAILED || q == hole)
			die("mremap");
		unmap(q, pages + 1);
		unmap(hole + pages * PG, 1);
	}
	return sum;
}

static u64 dontneed_retouch(long n, long pages)
{
	char *p = anon(pages);
	u64 t;

	dirty(p, pages);
	t = now();
	for (long i = 0; i < n; i += pages) {
		if (madvise(p, pages * PG, MADV_DONTNEED))
			die("madvise");
		dirty(p, pages);
	}
	t = now() - t;
	unmap(p, pages);
	return t;
}

static u64 lock_unlock(long n, long pages)
{
	char *p = anon(pages);
	u64 t;

	dirty(p, pages);
	t = now();
	while (n--)
		if (mlock(p, pages * PG) || munlock(p, pages * PG))
			die("mlock");
	t = now() - t;
	unmap(p, pages);
	return t;
}

static u64 in_core(long n, long pages)
{
	unsigned char *vec = malloc(pages);
	char *p = anon(pages);
	u64 t;

	dirty(p, pages);
	memset(vec, 0, pages);
	t = now();
	while (n--)
		if (mincore(p, pages * PG, vec))
			die("mincore");
	t = now() - t;
	unmap(p, pages);
	free(vec);
	return t;
}

static u64 file_sync(long n, long pages)
{
	char *p = map(pages, RW, MAP_SHARED, file());
	u64 sum = 0, t;

	while (n--) {
		dirty(p, pages);
		t = now();
		if (msync(p, pages * PG, MS_SYNC))
			die("msync");
		sum += now() - t;
	}
	unmap(p, pages);
	return sum;
}

/* Faults on a cached file: shared read, shared write, private write (copy). */
static u64 file_fault(long n, long kind)
{
	char *p = map(n, RW, kind == UPGRADE ? MAP_PRIVATE : MAP_SHARED, file());
	u64 t = now();

	if (kind == READ)
		peek(p, n);
	else
		dirty(p, n);
	t = now() - t;
	unmap(p, n);
	return t;
}

static u64 file_rw(long n, long kind)
{
	static char buf[PG];
	int fd = file();
	u64 t = now();

	for (long i = 0; i < n; i++) {
		off_t at = (i % FILEPAGES) * PG;
		ssize_t r = kind == READ ? pread(fd, buf, PG, at) : pwrite(fd, buf, PG, at);
		if (r != (ssize_t)PG)
			die("pread/pwrite");
	}
	return now() - t;
}

static u64 fork_wait(long n, long pages)
{
	char *p = pages ? anon(pages) : NULL;
	u64 t;

	if (p)
		dirty(p, pages);
	t = now();
	while (n--) {
		pid_t pid = spawn();
		if (pid == 0)
			_exit(0);
		reap(pid);
	}
	t = now() - t;
	if (p)
		unmap(p, pages);
	return t;
}

static u64 fork_exec(long n, long use_self)
{
	const char *path = use_self ? self : tiny;
	char *argv[] = { (char *)path, "--exit", NULL }, *envp[] = { NULL };
	u64 t = now();

	while (n--) {
		pid_t pid = spawn();
		if (pid == 0) {
			execve(path, argv, envp);
			_exit(127);
		}
		reap(pid);
	}
	return now() - t;
}

static void xfer(int wr, int rd)        /* send a byte, then await one */
{
	char c = 0;

	if (wr >= 0 && write(wr, &c, 1) != 1)
		die("pipe write");
	if (rd >= 0 && read(rd, &c, 1) != 1)
		die("pipe read");
}

static u64 pipe_self(long n, long arg)
{
	int p[2];
	u64 t;

	(void)arg;
	if (pipe(p))
		die("pipe");
	t = now();
	while (n--)
		xfer(p[1], p[0]);
	t = now() - t;
	close(p[0]), close(p[1]);
	return t;
}

static u64 pipe_pingpong(long n, long arg)
{
	int a[2], b[2];
	pid_t pid;
	u64 t;

	(void)arg;
	if (pipe(a) || pipe(b))
		die("pipe");
	pid = spawn();
	if (pid == 0) {
		for (long i = 0; i < n + 10; i++)
			xfer(-1, a[0]), xfer(b[1], -1);
		_exit(0);
	}
	for (int i = 0; i < 10; i++)        /* warm up: the child must be running */
		xfer(a[1], b[0]);
	t = now();
	for (long i = 0; i < n; i++)
		xfer(a[1], b[0]);
	t = now() - t;
	reap(pid);
	close(a[0]), close(a[1]), close(b[0]), close(b[1]);
	return t;
}

/* lmbench's definition: a round trip less its pipe work, halved. */
static u64 context_switch(long n, long arg)
{
	u64 rt = pipe_pingpong(n, arg), work = 2 * pipe_self(n, arg);

	return rt > work ? (rt - work) / 2 : 0;
}

/*
 * QEMU's soft TLB is direct mapped, so two buffers a power of two apart evict
 * each other on every access; MEM_COPY2 keeps the copy off that alignment.
 */
enum { MEM_READ, MEM_WRITE, MEM_SET, MEM_COPY, MEM_COPY2 };

static u64 bandwidth(long n, long kind)
{
	long skew = kind == MEM_COPY2 ? 37 : 0, all = 2 * n + skew;
	char *p = anon(all), *q = p + (n + skew) * PG;
	volatile word *v = (volatile word *)p, *end = (volatile word *)(p + n * PG);
	u64 t;

	dirty(p, all);
	t = now();
	switch (kind) {
	case MEM_READ:
		for (; v < end; v += 8)
			(void)v[0], (void)v[1], (void)v[2], (void)v[3],
			(void)v[4], (void)v[5], (void)v[6], (void)v[7];
		break;
	case MEM_WRITE:
		for (; v < end; v += 8)
			v[0] = v[1] = v[2] = v[3] = v[4] = v[5] = v[6] = v[7] = 1;
		break;
	case MEM_SET:
		memset(p, 1, n * PG);
		break;
	case MEM_COPY:
	case MEM_COPY2:
		memcpy(q, p, n * PG);
		break;
	}
	t = now() - t;
	__asm__ volatile("" : : "r"(p), "r"(q) : "memory");
	unmap(p, all);
	return t;
}

/* n one-page areas that cannot merge; how dear is an operation among them? */
enum { VMA_MAP, VMA_FAULT, VMA_UNMAP };

static u64 many_vmas(long n, long kind)
{
	char *base = map(n, PROT_NONE, ANON, -1);
	long i, at;
	u64 t, t_map, t_fault;

	t = now();
	for (i = 0; i < n; i++)
		if (mmap(base + i * PG, PG, i & 1 ? RW : PROT_READ,
				 ANON | MAP_FIXED, -1, 0) == MAP_FAILED)
			die("mmap");
	t_map = now() - t;
	t = now();
	for (i = at = 0; i < n; i++, at = (at + 7919) % n)  /* 7919 is prime */
		(void)*(volatile char *)(base + at * PG);
	t_fault = now() - t;
	t = now();
	for (i = at = 0; i < n; i++, at = (at + 7919) % n)
		unmap(base + at * PG, 1);
	t = now() - t;
	return kind == VMA_MAP ? t_map : kind == VMA_FAULT ? t_fault : t;
}

/* Write faults with arg MiB already resident. */
static u64 rss_fault(long n, long mib)
{
	long before = mib * 256;
	char *p = anon(before + n);
	u64 t;

	dirty(p, before);
	t = now();
	dirty(p + before * PG, n);
	t = now() - t;
	unmap(p, before + n);
	return t;
}

/* ---- the table ---- */

static const struct row {
	const char *name;
	u64 (*fn)(long n, long arg);
	long n, arg;
} rows[] = {
	{ "null_syscall",        null_syscall,     20000, 0 },
#ifdef __i386__
	{ "null_int80",          null_int80,       20000, 0 },
#endif
	{ "anon_write_fault",    anon_fault,       1024, WRITE },
	{ "anon_read_fault",     anon_fault,       1024, READ },
	{ "anon_upgrade_fault",  anon_fault,       1024, UPGRADE },
	{ "cow_copy_fault",      cow_fault,        1024, 0 },
	{ "cow_reuse_fault",     cow_fault,        1024, 1 },
	{ "mmap_munmap_1",       map_unmap,        2000, 0 },
	{ "mmap_touch_munmap_64", map_touch_unmap, 50, 64 },
	{ "mprotect_toggle",     protect_toggle,   2000, 64 },
	{ "mremap_move_64",      remap_move,       200, 64 },
	{ "mremap_grow_64",      remap_grow,       50, 64 },
	{ "dontneed_retouch",    dontneed_retouch, 2048, 256 },
	{ "mlock_munlock_64",    lock_unlock,      100, 64 },
	{ "mincore_1024",        in_core,          100, 1024 },
	{ "file_msync_64",       file_sync,        50, 64 },
	{ "file_read_fault",     file_fault,       FILEPAGES, READ },
	{ "file_write_fault",    file_fault,       FILEPAGES, WRITE },
	{ "file_private_fault",  file_fault,       FILEPAGES, UPGRADE },
	{ "read_4k",             file_rw,          2048, READ },
	{ "write_4k",            file_rw,          2048, WRITE },
	{ "fork_exit_wait",      fork_wait,        50, 0 },
	{ "fork_exit_wait_8m",   fork_wait,        20, 2048 },
	{ "fork_exec_wait_tiny", fork_exec,        30, 0 },
	{ "fork_exec_wait_libc", fork_exec,        20, 1 },
	{ "pipe_self",           pipe_self,        2000, 0 },
	{ "pipe_pingpong",       pipe_pingpong,    1000, 0 },
	{ "context_switch",      context_switch,   1000, 0 },
	{ "mem_read_page",       bandwidth,        2048, MEM_READ },
	{ "mem_write_page",      bandwidth,        2048, MEM_WRITE },
	{ "mem_set_page",        bandwidth,        2048, MEM_SET },
	{ "mem_copy_page",       bandwidth,        2048, MEM_COPY },
	{ "mem_copy_skew_page",  bandwidth,        2048, MEM_COPY2 },
	{ "vma_map_10",          many_vmas,        10, VMA_MAP },
	{ "vma_map_100",         many_vmas,        100, VMA_MAP },
	{ "vma_map_1000",        many_vmas,        1000, VMA_MAP },
	{ "vma_map_10000",       many_vmas,        10000, VMA_MAP },
	{ "vma_fault_10",        many_vmas,        10, VMA_FAULT },
	{ "vma_fault_100",       many_vmas,        100, VMA_FAULT },
	{ "vma_fault_1000",      many_vmas,        1000, VMA_FAULT },
	{ "vma_fault_10000",     many_vmas,        10000, VMA_FAULT },
	{ "vma_unmap_10",        many_vmas,        10, VMA_UNMAP },
	{ "vma_unmap_100",       many_vmas,        100, VMA_UNMAP },
	{ "vma_unmap_1000",      many_vmas,        1000, VMA_UNMAP },
	{ "vma_unmap_10000",     many_vmas,        10000, VMA_UNMAP },
	{ "rss_fault_4m",        rss_fault,        256, 4 },
	{ "rss_fault_16m",       rss_fault,        256, 16 },
	{ "rss_fault_64m",       rss_fault,        256, 64 },
};

static int wanted(const char *name, char **prefix)
{
	if (!*prefix)
		return 1;
	for (; *prefix; prefix++)
		if (!strncmp(name, *prefix, strlen(*prefix)))
			return 1;
	return 0;
}

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static void print_tenths(u64 t, long n)
{
	u64 tenths = (t * 10 + n / 2) / n;

	printf(" %llu.%llu", tenths / 10, tenths % 10);
}

int main(int argc, char **argv)
{
	const char *suffix = "";
	int c, reps = 5;
	u64 t[MAXREPS];

	if (argc > 1 && !strcmp(argv[1], "--exit"))
		return 0;
	while ((c = getopt(argc, argv, "r:f:t:s:")) != -1) {
		if (c == 'r')
			reps = atoi(optarg);
		else if (c == 'f')
			scratch = optarg;
		else if (c == 't')
			tiny = optarg;
		else if (c == 's')
			suffix = optarg;
		else
			return 2;
	}
	if (reps < 1 || reps > MAXREPS)
		reps = 5;
	if (argv[0][0] == '/')
		self = argv[0];
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);      /* best effort: 4 KiB pages only */
	setvbuf(stdout, NULL, _IOLBF, 0);

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];

		if (!wanted(r->name, argv + optind))
			continue;
		for (int k = 0; k < reps; k++)
			t[k] = r->fn(r->n, r->arg);
		qsort(t, reps, sizeof *t, by_value);
		printf("row %s%s", r->name, suffix);
		print_tenths(t[reps / 2], r->n);
		print_tenths(t[0], r->n);
		printf(" %ld\n", r->n);
	}
	if (scratch_fd >= 0)
		unlink(scratch);
	return 0;
}
