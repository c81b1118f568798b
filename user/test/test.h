/*
 * The harness of the user tests: TAP on stdout. Each test runs in a child of its own, in
 * an empty directory that is its working directory, and has five minutes; a failed CHECK
 * ends it. After each, Pagoda's kernel checks itself (/proc/mm_check), which no other
 * kernel has. The same sources build with glibc on Linux, as oracle:
 *
 *	cc -O2 -pthread user/test/files.c -o files && ./files [name...]
 */
#ifndef USER_TEST_H
#define USER_TEST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define TIMEOUT_SECONDS	300		/* catches hangs; a loaded host is slow */
#define SKIPPED		77
#define PAGE		4096
#define NOBODY		65534

struct test {
	const char *name;
	void (*fn)(void);
};

#define TEST(name)	{ #name, name }
#define COUNT(a)	(sizeof(a) / sizeof(*(a)))

#define FAIL(...) do { \
	printf("# %s:%d: ", __FILE__, __LINE__); \
	printf(__VA_ARGS__); \
	printf("\n"); \
	fflush(stdout); \
	_exit(1); \
} while (0)

#define SKIP(why) do { printf("# skipped: %s\n", why); fflush(stdout); _exit(SKIPPED); } while (0)

/* False on a PC whose page tables have no bit for it: two levels, or an old processor. */
static inline int has_no_execute(void)
{
#if defined(__riscv)
	return 1;
#else
	char line[1024];
	int found = 0;
	FILE *f = fopen("/proc/cpuinfo", "r");

	while (f && !found && fgets(line, sizeof(line), f))
		found = !strncmp(line, "flags", 5) && strstr(line, " nx");
	if (f)
		fclose(f);
	return found;
#endif
}

#define CHECK(cond) do { \
	if (!(cond)) \
		FAIL("%s (errno %d)", #cond, errno); \
} while (0)

#define CHECK_EQ(a, b) do { \
	long long got_ = (a), want_ = (b); \
	if (got_ != want_) \
		FAIL("%s is %lld, not %lld (errno %d)", #a, got_, want_, errno); \
} while (0)

/* The call fails with that error and no other. */
#define CHECK_ERR(call, err) do { \
	long long ret_; \
	errno = 0; \
	ret_ = (long long)(intptr_t)(call); \
	if (ret_ != -1 || errno != (err)) \
		FAIL("%s gives %lld, errno %d, not errno %d", #call, ret_, errno, (err)); \
} while (0)

#define CHECK_OK(call) do { \
	if ((call) == -1) \
		FAIL("%s fails: errno %d", #call, errno); \
} while (0)

static inline void need_root(void)
{
	if (geteuid())
		SKIP("needs root");
}

/* No root from now on. */
static inline void become_nobody(void)
{
	if (getuid() == 0) {
		CHECK_OK(setgid(NOBODY));
		CHECK_OK(setuid(NOBODY));
	}
}

/* All of a file into @buf, as a string. => its length */
static inline int read_all(const char *path, char *buf, int size)
{
	int fd = open(path, O_RDONLY), n, total = 0;

	if (fd < 0)
		FAIL("%s: errno %d", path, errno);
	while ((n = read(fd, buf + total, size - 1 - total)) > 0)
		total += n;
	CHECK_EQ(n, 0);
	close(fd);
	buf[total] = 0;
	return total;
}

/* Run statements in a child. => its wait status */
#define IN_CHILD(...) ({ \
	pid_t pid_; \
	int st_; \
	fflush(stdout); \
	pid_ = fork(); \
	CHECK(pid_ >= 0); \
	if (pid_ == 0) { \
		__VA_ARGS__; \
		_exit(0); \
	} \
	CHECK_EQ(waitpid(pid_, &st_, 0), pid_); \
	st_; \
})

#define CHECK_CHILD_OK(...) do { \
	int status_ = IN_CHILD(__VA_ARGS__); \
	if (status_) \
		FAIL("the child's status is %#x", status_); \
} while (0)

/* The statements are ended by that signal. */
#define CHECK_KILLED(sig, ...) do { \
	int status_ = IN_CHILD(__VA_ARGS__); \
	if (!WIFSIGNALED(status_) || WTERMSIG(status_) != (sig)) \
		FAIL("status %#x, not signal %d", status_, (sig)); \
} while (0)

static inline void test_remove(const char *path)
{
	char child[512];
	struct dirent *e;
	DIR *d;

	if (unlink(path) == 0 || (errno != EISDIR && errno != EPERM))
		return;
	chmod(path, 0700);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if ((size_t)snprintf(child, sizeof(child), "%s/%s", path, e->d_name) < sizeof(child))
			test_remove(child);
	}
	if (d)
		closedir(d);
	rmdir(path);
}

/* What the kernel's checkers say that they find, if it has any. => how many found something */
static inline int test_checkers(void)
{
	FILE *f = fopen("/proc/mm_check", "r");
	char line[80];
	int bad = 0;

	while (f && fgets(line, sizeof(line), f)) {
		if (strchr(line, ' ') && !strcmp(strchr(line, ' '), " 0\n"))
			continue;
		printf("# /proc/mm_check: %s", line);
		bad++;
	}
	if (f)
		fclose(f);
	return bad;
}

/* => 0 passed or skipped */
static inline int test_run(const struct test *t, int number, const char *dir)
{
	int status;
	pid_t pid;

	fflush(stdout);
	if (mkdir(dir, 0777))
		perror(dir);
	pid = fork();
	if (pid == 0) {
		if (chdir(dir))
			_exit(1);
		alarm(TIMEOUT_SECONDS);
		t->fn();
		fflush(stdout);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	test_remove(dir);
	if (test_checkers() && !status)
		status = 1;
	if (WIFSIGNALED(status))
		printf("# killed by signal %d%s\n", WTERMSIG(status),
		       WTERMSIG(status) == SIGALRM ? " (took too long)" : "");
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
		printf("ok %d - %s # SKIP\n", number, t->name);
	else
		printf("%s %d - %s\n", status ? "not ok" : "ok", number, t->name);
	return status && !(WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED);
}

/* Run all, or those that the arguments name. => the program's exit status */
static inline int test_main(int argc, char **argv, const struct test *tests, int n)
{
	const char *tmp = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	int i, j, number = 0, total = 0, failed = 0, pass;
	char dir[256];

	snprintf(dir, sizeof(dir), "%s/test.%d", tmp, (int)getpid());
	for (pass = 0; pass < 2; pass++) {
		if (pass)
			printf("1..%d\n", total);
		for (i = 0; i < n; i++) {
			for (j = 1; j < argc && strcmp(argv[j], tests[i].name); j++)
				;
			if (argc > 1 && j == argc)
				continue;
			if (pass)
				failed += test_run(&tests[i], ++number, dir);
			else
				total++;
		}
	}
	printf("# %d of %d failed\n", failed, total);
	return failed != 0;
}

#define TEST_MAIN(...) \
	static const struct test tests_[] = { __VA_ARGS__ }; \
	int main(int argc, char **argv) { return test_main(argc, argv, tests_, COUNT(tests_)); }

#endif
