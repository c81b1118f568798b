/*
 * /proc: its files have Linux's form, and say what is so.
 */
#include "test.h"
#include <limits.h>
#include <sys/mman.h>

static char buf[65536];

static int slurp(const char *path)
{
	return read_all(path, buf, sizeof(buf));
}

static unsigned long long meminfo(const char *name)
{
	char *p;

	slurp("/proc/meminfo");
	p = strstr(buf, name);
	CHECK(p != NULL);
	return strtoull(p + strlen(name), NULL, 10);
}

static void memory(void)
{
	unsigned long long total = meminfo("MemTotal:"), left = meminfo("MemFree:");

	CHECK(total > 4096 && left <= total);
	CHECK(strstr(buf, " kB\n") != NULL);
	CHECK(meminfo("Cached:") <= total);
	meminfo("Buffers:");
	CHECK(meminfo("SwapTotal:") >= meminfo("SwapFree:"));
}

/* The mapping that addr lies in: its line of maps, without the newline. */
static char *maps_line(const void *addr)
{
	unsigned long start, end;
	char *line, *p;

	slurp("/proc/self/maps");
	for (line = strtok(buf, "\n"); line; line = strtok(NULL, "\n")) {
		start = strtoul(line, &p, 16);
		CHECK_EQ(*p, '-');
		end = strtoul(p + 1, &p, 16);
		CHECK_EQ(*p, ' ');
		CHECK(start < end && start % PAGE == 0 && end % PAGE == 0);
		if ((unsigned long)addr >= start && (unsigned long)addr < end)
			return line;
	}
	return NULL;
}

static void mappings(void)
{
	int fd = open("mapped", O_RDWR | O_CREAT, 0600);
	char *p, *line, want[64];

	CHECK_OK(ftruncate(fd, 3 * PAGE));
	p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, PAGE);
	CHECK(p != MAP_FAILED);
	line = maps_line(p);
	CHECK(line != NULL);
	snprintf(want, sizeof(want), "%08lx-%08lx rw-s 00001000 ", (unsigned long)p,
		 (unsigned long)p + 2 * PAGE);
	if (strncmp(line, want, strlen(want)))
		FAIL("'%s' does not start with '%s'", line, want);
	CHECK(strstr(line, "/mapped") != NULL);
	line = maps_line(&fd);
	CHECK(line && strstr(line, " rw-p ") && strstr(line, "[stack]"));
	line = maps_line((void *)(uintptr_t)mappings);
	CHECK(line && strstr(line, " r-xp "));
	line = maps_line(sbrk(PAGE));
	CHECK(line && strstr(line, "[heap]"));
	CHECK_OK(munmap(p, 2 * PAGE));
	CHECK(maps_line(p) == NULL);
}

/* stat of pid: the fields after the name; *name gets that. */
static char *stat_fields(const char *pid, char **name)
{
	char path[64], *end;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	slurp(path);
	*name = strchr(buf, '(');
	end = strrchr(buf, ')');
	CHECK(*name && end);
	++*name;
	*end = 0;
	return end + 2;
}

static void process_stat(void)
{
	char *name, *p, pid[16];
	pid_t child;

	p = stat_fields("self", &name);
	CHECK_EQ(atoi(buf), getpid());
	CHECK(!strncmp(name, "procfs", 6));
	CHECK_EQ(*p, 'R');
	CHECK_EQ(strtol(p + 2, &p, 10), getppid());
	CHECK_EQ(strtol(p, &p, 10), getpgrp());
	CHECK_EQ(strtol(p, &p, 10), getsid(0));
	child = fork();
	if (child == 0)
		for (;;)
			pause();
	snprintf(pid, sizeof(pid), "%d", child);
	while (*stat_fields(pid, &name) != 'S')
		;
	kill(child, SIGSTOP);
	while (*stat_fields(pid, &name) != 'T')
		;
	kill(child, SIGKILL);
	while (*stat_fields(pid, &name) != 'Z')
		;
	CHECK_EQ(waitpid(child, NULL, 0), child);
	snprintf(buf, sizeof(buf), "/proc/%s/stat", pid);
	CHECK_ERR(open(buf, O_RDONLY), ENOENT);
}

static void links(void)
{
	char path[PATH_MAX], cwd[PATH_MAX];
	int fd = open("target", O_RDWR | O_CREAT, 0600), n;

	CHECK(getcwd(cwd, sizeof(cwd)) != NULL);
	n = readlink("/proc/self", path, sizeof(path));
	CHECK(n > 0);
	path[n] = 0;
	CHECK_EQ(atoi(path), getpid());
	n = readlink("/proc/self/cwd", path, sizeof(path));
	CHECK(n == (int)strlen(cwd) && !memcmp(path, cwd, n));
	n = readlink("/proc/self/exe", path, sizeof(path));
	CHECK(n > 6);
	path[n] = 0;
	snprintf(buf, sizeof(buf), "/proc/self/fd/%d", fd);
	n = readlink(buf, path, sizeof(path));
	CHECK(n > 7);
	path[n] = 0;
	CHECK(!strcmp(path + n - 7, "/target"));
	CHECK_OK(unlink("target"));
	n = readlink(buf, path, sizeof(path) - 1);
	path[n] = 0;
	CHECK(strstr(path, "(deleted)") != NULL);
}

static void command_line(void)
{
	int n;

	n = slurp("/proc/self/cmdline");
	CHECK(n > 0 && strstr(buf, "procfs") != NULL);
	CHECK(IN_CHILD(execl("/bin/sh", "sh", "-c",
			     "read -r a < /proc/self/cmdline; exit 5", (char *)NULL)) == 5 << 8);
}

static void system_files(void)
{
	struct stat root;
	char *p;

	slurp("/proc/uptime");
	CHECK(strtol(buf, &p, 10) >= 0 && *p == '.');
	slurp("/proc/version");
	CHECK(strlen(buf) > 10);
	slurp("/proc/loadavg");
	CHECK(strchr(buf, '/') != NULL);
	slurp("/proc/stat");
	CHECK(!strncmp(buf, "cpu ", 4) && strstr(buf, "\ncpu0 ") && strstr(buf, "\nbtime "));
	slurp("/proc/mounts");
	CHECK(strstr(buf, " /proc proc ") != NULL);
	CHECK_OK(stat("/", &root));
	CHECK(root.st_ino != 2 || strstr(buf, " / "));	/* another inode: we are in a chroot, which is no mount */
	slurp("/proc/filesystems");
	CHECK(strstr(buf, "proc") != NULL);
	slurp("/proc/cpuinfo");
	CHECK(strstr(buf, "processor") != NULL);
	slurp("/proc/cmdline");
}

static void walk(void)
{
	struct dirent *e;
	DIR *d = opendir("/proc");
	int self = 0, files = 0;

	CHECK(d != NULL);
	while ((e = readdir(d))) {
		self |= atoi(e->d_name) == getpid();
		files += e->d_name[0] >= 'a';
	}
	CHECK(self && files > 5);
	CHECK_ERR(open("/proc/4000000", O_RDONLY), ENOENT);
	CHECK_ERR(open("/proc/none", O_RDONLY), ENOENT);
	CHECK(open("/proc/none", O_RDWR | O_CREAT, 0600) == -1);
	CHECK(unlink("/proc/meminfo") == -1);
	CHECK(mkdir("/proc/dir", 0700) == -1);
}

TEST_MAIN(
	TEST(memory), TEST(mappings), TEST(process_stat), TEST(links), TEST(command_line),
	TEST(system_files), TEST(walk),
)
