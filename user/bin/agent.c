/*
 * Runs commands for the host, over the virtio console in raw mode.
 *
 *	host to guest			guest to host
 *	R <len>\n<bytes>  run it	H\n		  ready
 *	I <len>\n<bytes>  its stdin	O <len>\n<bytes>  its stdout
 *	I 0\n		  end of stdin	E <len>\n<bytes>  its stderr
 *	K <signo>\n	  signal it	X <status>\n	  it ended (128 + signal if killed)
 *	Q\n		  power off
 *
 * One command at a time, in a session of its own. Its end is what wait says, not the
 * end of its output: what it left in the background may keep the pipes.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define LINE		"/dev/hvc0"
#define STDIN_LIMIT	(1 << 20)	/* the host waits while so much input is unread */

struct buffer {
	char *data;
	size_t len, cap;
};

static int host;			/* the console */
static int child_died[2];		/* SIGCHLD's handler tells poll through this pipe */
static struct buffer from_host, to_stdin;
static pid_t command;			/* running, or 0 */
static int in = -1, out = -1, err = -1;	/* our ends of its streams */
static int stdin_ended;

static void append(struct buffer *b, const char *data, size_t n)
{
	if (b->len + n > b->cap) {
		b->cap = (b->len + n) * 2;
		b->data = realloc(b->data, b->cap);
		if (!b->data)
			exit(1);
	}
	memcpy(b->data + b->len, data, n);
	b->len += n;
}

static void consume(struct buffer *b, size_t n)
{
	b->len -= n;
	memmove(b->data, b->data + n, b->len);
}

/* Write a header and its payload whole. */
static void tell(const char *header, const char *data, size_t n)
{
	struct iovec iov[2] = { { (void *)header, strlen(header) }, { (void *)data, n } };
	struct iovec *v = iov;
	ssize_t done;

	while (v < iov + 2) {
		done = writev(host, v, iov + 2 - v);
		if (done < 0 && errno != EINTR)
			exit(1);
		for (; done > 0 && v < iov + 2 && (size_t)done >= v->iov_len; v++)
			done -= v->iov_len;
		if (done > 0) {
			v->iov_base = (char *)v->iov_base + done;
			v->iov_len -= done;
		}
		while (v < iov + 2 && v->iov_len == 0)
			v++;
	}
}

static void on_child(int sig)
{
	int saved = errno;

	if (write(child_died[1], "", 1) < 0)
		errno = saved;		/* full: poll will wake anyway */
	errno = saved;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* => both ends close on exec; ours (the one at keep) does not block */
static int make_pipe(int fd[2], int keep)
{
	if (pipe2(fd, O_CLOEXEC))
		return -1;
	return fcntl(fd[keep], F_SETFL, O_NONBLOCK);
}

static void run(const char *text)
{
	int i[2] = { -1, -1 }, o[2] = { -1, -1 }, e[2] = { -1, -1 };

	if (make_pipe(i, 1) || make_pipe(o, 0) || make_pipe(e, 0) || (command = fork()) < 0) {
		tell("E 33\nagent: cannot start the command\nX 126\nH\n", NULL, 0);
		close_fd(&i[1]);
		close_fd(&o[0]);
		close_fd(&e[0]);
		command = 0;
	} else if (command == 0) {
		setsid();
		dup2(i[0], 0);
		dup2(o[1], 1);
		dup2(e[1], 2);
		signal(SIGPIPE, SIG_DFL);
		execl("/bin/sh", "sh", "-c", text, NULL);
		perror("/bin/sh");
		_exit(127);
	}
	close_fd(&i[0]);
	close_fd(&o[1]);
	close_fd(&e[1]);
	in = i[1];
	out = o[0];
	err = e[0];
	to_stdin.len = 0;
	stdin_ended = 0;
}

/* Pass on what a pipe holds now. => 0 at its end or when it is empty */
static int relay(int *fd, char kind)
{
	char buf[4096], header[16];
	ssize_t n = read(*fd, buf, sizeof(buf));

	if (n > 0) {
		snprintf(header, sizeof(header), "%c %ld\n", kind, (long)n);
		tell(header, buf, n);
		return 1;
	}
	if (n == 0 || errno != EAGAIN)
		close_fd(fd);
	return 0;
}

static void feed_stdin(void)
{
	ssize_t n = to_stdin.len ? write(in, to_stdin.data, to_stdin.len) : 0;

	if (n > 0)
		consume(&to_stdin, n);
	else if (n < 0 && errno != EAGAIN)
		close_fd(&in);
	if (to_stdin.len == 0 && stdin_ended)
		close_fd(&in);
}

static void reap(void)
{
	char drop[64], line[32];
	int status;

	while (read(child_died[0], drop, sizeof(drop)) > 0)
		;
	if (!command || waitpid(command, &status, WNOHANG) != command)
		return;
	while (out >= 0 && relay(&out, 'O'))
		;
	while (err >= 0 && relay(&err, 'E'))
		;
	close_fd(&in);
	close_fd(&out);
	close_fd(&err);
	command = 0;
	snprintf(line, sizeof(line), "X %d\nH\n",
		 WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	tell(line, NULL, 0);
}

static void obey(char kind, long arg, const char *payload)
{
	char *text;

	if (kind == 'R' && !command) {
		text = strndup(payload, arg);
		if (!text)
			exit(1);
		run(text);
		free(text);
	} else if (kind == 'I' && in >= 0) {
		append(&to_stdin, payload, arg);
		stdin_ended |= arg == 0;
		feed_stdin();
	} else if (kind == 'K' && command) {
		kill(-command, arg);
	} else if (kind == 'Q') {
		kill(1, SIGUSR2);
	}
}

/* Take whole requests off the front of what the host has sent. */
static void parse_host(void)
{
	char *end;
	size_t head, len;
	long arg;
	char kind;

	while ((end = memchr(from_host.data, '\n', from_host.len))) {
		head = end + 1 - from_host.data;
		kind = from_host.data[0];
		arg = head > 2 ? strtol(from_host.data + 1, NULL, 10) : 0;
		len = (kind == 'R' || kind == 'I') && arg > 0 ? arg : 0;
		if (from_host.len < head + len)
			return;
		obey(kind, arg, from_host.data + head);
		consume(&from_host, head + len);
	}
}

static void read_host(void)
{
	char buf[4096];
	ssize_t n = read(host, buf, sizeof(buf));

	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		exit(1);
	if (n > 0) {
		append(&from_host, buf, n);
		parse_host();
	}
}

static void open_host(void)
{
	struct termios t;

	host = open(LINE, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (host < 0 || tcgetattr(host, &t)) {
		perror(LINE);
		exit(1);
	}
	cfmakeraw(&t);
	tcsetattr(host, TCSANOW, &t);
}

int main(void)
{
	struct sigaction act = { .sa_handler = on_child, .sa_flags = SA_RESTART };

	open_host();
	if (pipe2(child_died, O_CLOEXEC | O_NONBLOCK)) {
		perror("agent: pipe");
		return 1;
	}
	sigaction(SIGCHLD, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
	tell("H\n", NULL, 0);
	for (;;) {
		struct pollfd p[] = {
			{ .fd = to_stdin.len < STDIN_LIMIT ? host : -1, .events = POLLIN },
			{ .fd = child_died[0], .events = POLLIN },
			{ .fd = out, .events = POLLIN },
			{ .fd = err, .events = POLLIN },
			{ .fd = to_stdin.len ? in : -1, .events = POLLOUT },
		};

		if (poll(p, 5, -1) < 0)
			continue;
		if (p[2].revents)
			relay(&out, 'O');
		if (p[3].revents)
			relay(&err, 'E');
		if (p[4].revents)
			feed_stdin();
		if (p[1].revents)
			reap();
		if (p[0].revents)
			read_host();
	}
}
