/*
 * The first process: mounts what programs expect, runs a shell on the console (or the
 * agent, if the kernel's command line says so) again and again, collects orphans, and
 * takes the system down: SIGUSR2 powers off, SIGUSR1 halts, SIGTERM restarts.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define CONSOLE		"/dev/console"
#define GRACE_MS	300	/* between SIGTERM and SIGKILL */

/* Standard streams on the console; the kernel may have opened them already. */
static void open_console(void)
{
	int fd = open(CONSOLE, O_RDWR | O_NOCTTY);

	if (fd < 0)
		return;
	dup2(fd, 0);
	dup2(fd, 1);
	dup2(fd, 2);
	if (fd > 2)
		close(fd);
}

/* The kernel was short of memory for a call: worth another try, after a moment? */
static int try_again(void)
{
	const struct timespec moment = { 0, 50 * 1000000 };

	return (errno == ENOMEM || errno == EAGAIN) && nanosleep(&moment, NULL) == 0;
}

static void mount_at(const char *type, const char *dir)
{
	int error;

	while ((error = mount(type, dir, type, 0, NULL)) && try_again())
		;
	if (error && errno != EBUSY)
		fprintf(stderr, "init: cannot mount %s on %s: %s\n", type, dir, strerror(errno));
}

static int has_word(int argc, char **argv, const char *word)
{
	char line[1024] = "", *w;
	int fd, i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], word))
			return 1;
	while ((fd = open("/proc/cmdline", O_RDONLY)) < 0 && try_again())
		;
	if (fd >= 0) {
		if (read(fd, line, sizeof(line) - 1) < 0)
			line[0] = 0;
		close(fd);
	}
	for (w = strtok(line, " \n"); w; w = strtok(NULL, " \n"))
		if (!strcmp(w, word))
			return 1;
	return 0;
}

/* Run prog in a session of its own, whose terminal is the console. */
static pid_t spawn(const char *prog, const char *name, const sigset_t *mask)
{
	pid_t pid;

	while ((pid = fork()) < 0 && try_again())
		;
	if (pid != 0)
		return pid;
	sigprocmask(SIG_SETMASK, mask, NULL);
	setsid();
	open_console();
	ioctl(0, TIOCSCTTY, 0L);
	if (chdir("/root"))
		chdir("/");
	execl(prog, name, NULL);
	fprintf(stderr, "init: cannot run %s: %s\n", prog, strerror(errno));
	_exit(127);
}

/* Wait until no process but ourselves is left, ms milliseconds at most. */
static int all_gone(int ms)
{
	const struct timespec tick = { 0, 10 * 1000000 };

	for (; ms > 0; ms -= 10) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (kill(-1, 0) && errno == ESRCH)
			return 1;
		nanosleep(&tick, NULL);
	}
	return 0;
}

/* Unmount what is mounted, youngest first; what cannot be is made read-only. */
static void unmount_all(void)
{
	char lines[4096], *line, *dir;
	int fd = open("/proc/mounts", O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, lines, sizeof(lines) - 1);

	close(fd);
	chdir("/");
	lines[n > 0 ? n : 0] = 0;
	while ((line = strrchr(lines, '\n'))) {
		*line = 0;
		line = strrchr(lines, '\n');
		dir = strchr(line ? line : lines, ' ');
		if (!dir || !strtok(++dir, " "))
			continue;
		if (!strcmp(dir, "/") || umount(dir))
			mount(NULL, dir, NULL, MS_REMOUNT | MS_RDONLY, NULL);
		*(line ? line + 1 : lines) = 0;
	}
	mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL);
}

static void shut_down(int cmd)
{
	kill(-1, SIGTERM);
	kill(-1, SIGCONT);
	if (!all_gone(GRACE_MS)) {
		kill(-1, SIGKILL);
		all_gone(10 * GRACE_MS);
	}
	sync();
	unmount_all();
	sync();
	reboot(cmd);
	fprintf(stderr, "init: reboot: %s\n", strerror(errno));
}

/* A shell that cannot run at all is not tried again and again without a pause. */
static pid_t run_shell(const sigset_t *mask)
{
	static time_t last;
	static int quick;
	time_t now = time(NULL);

	quick = now - last < 2 ? quick + 1 : 0;
	last = now;
	if (quick > 5)
		sleep(5);
	return spawn("/bin/sh", "-sh", mask);
}

/* Sleep until one of set comes; every dead child is collected. => the signal */
static int next_event(const sigset_t *set, pid_t watched, int *watched_died)
{
	int sig = sigwaitinfo(set, NULL);
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		*watched_died |= pid == watched;
	return sig;
}

int main(int argc, char **argv)
{
	sigset_t set, old;
	int agent, died = 1, sig;
	pid_t child = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &old);
	open_console();
	mount_at("proc", "/proc");
	mount_at("tmpfs", "/dev/shm");
	setenv("PATH", "/bin:/test:/stress", 1);
	setenv("HOME", "/root", 1);
	setenv("TERM", "vt100", 0);
	agent = has_word(argc, argv, "agent");
	for (;;) {
		if (died)
			child = agent ? spawn("/bin/agent", "agent", &old) : run_shell(&old);
		died = 0;
		sig = next_event(&set, child, &died);
		if (sig == SIGUSR2 || (died && agent))
			shut_down(RB_POWER_OFF);
		else if (sig == SIGUSR1)
			shut_down(RB_HALT_SYSTEM);
		else if (sig == SIGTERM)
			shut_down(RB_AUTOBOOT);
	}
}
