/*
 * Pipes, FIFOs and poll.
 */
#include "test.h"
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>

static void through_a_pipe(void)
{
	char buf[16];
	int fd[2];

	CHECK_OK(pipe(fd));
	CHECK_EQ(write(fd[1], "hello", 5), 5);
	CHECK_EQ(read(fd[0], buf, 2), 2);
	CHECK_EQ(read(fd[0], buf, 16), 3);
	close(fd[1]);
	CHECK_EQ(read(fd[0], buf, 16), 0);
	CHECK_ERR(read(fd[1], buf, 1), EBADF);
	CHECK_ERR(pipe2(fd, 12345), EINVAL);
}

static void wrong_end(void)
{
	char c;
	int fd[2];

	CHECK_OK(pipe(fd));
	CHECK_ERR(write(fd[0], "x", 1), EBADF);
	CHECK_ERR(read(fd[1], &c, 1), EBADF);
}

static void broken_pipe(void)
{
	int fd[2];

	CHECK_OK(pipe(fd));
	close(fd[0]);
	CHECK_KILLED(SIGPIPE, write(fd[1], "x", 1));
	signal(SIGPIPE, SIG_IGN);
	CHECK_ERR(write(fd[1], "x", 1), EPIPE);
}

static void nonblocking(void)
{
	static char buf[65536];
	int fd[2], total = 0;
	ssize_t n;

	CHECK_OK(pipe2(fd, O_NONBLOCK | O_CLOEXEC));
	CHECK_EQ(fcntl(fd[0], F_GETFD), FD_CLOEXEC);
	CHECK_ERR(read(fd[0], buf, 1), EAGAIN);
	while ((n = write(fd[1], buf, 4096)) > 0)
		total += n;
	CHECK_EQ(errno, EAGAIN);
	CHECK(total >= 4096);
	CHECK_EQ(read(fd[0], buf, 4096), 4096);
	CHECK_EQ(write(fd[1], buf, 4096), 4096);
	CHECK_OK(fcntl(fd[0], F_SETFL, 0));
	CHECK_EQ(fcntl(fd[0], F_GETFL) & O_NONBLOCK, 0);
}

/* What does not fit makes the writer wait; nothing is lost or doubled. */
static void blocking_transfer(void)
{
	unsigned char buf[5000];
	int fd[2], i, n, st;
	unsigned int next = 0;

	CHECK_OK(pipe(fd));
	if (fork() == 0) {
		close(fd[0]);
		for (i = 0; i < 100; i++) {
			for (n = 0; n < (int)sizeof(buf); n++)
				buf[n] = next++ % 251;
			CHECK_EQ(write(fd[1], buf, sizeof(buf)), sizeof(buf));
		}
		_exit(0);
	}
	close(fd[1]);
	while ((n = read(fd[0], buf, 1 + next % 4999)) > 0)
		for (i = 0; i < n; i++)
			CHECK_EQ(buf[i], next++ % 251);
	CHECK_EQ(next, 500000);
	CHECK(wait(&st) > 0);
	CHECK_EQ(st, 0);
}

/* Up to PIPE_BUF bytes are never mixed with another writer's. */
static void atomic_writes(void)
{
	char rec[512];
	int fd[2], i, j, st;

	CHECK_OK(pipe(fd));
	for (i = 0; i < 4; i++) {
		if (fork() == 0) {
			memset(rec, 'a' + i, sizeof(rec));
			for (j = 0; j < 100; j++)
				CHECK_EQ(write(fd[1], rec, sizeof(rec)), sizeof(rec));
			_exit(0);
		}
	}
	close(fd[1]);
	for (i = 0; i < 400; i++) {
		for (j = 0; j < (int)sizeof(rec); j += st) {
			st = read(fd[0], rec + j, sizeof(rec) - j);
			CHECK(st > 0);
		}
		for (j = 1; j < (int)sizeof(rec); j++)
			CHECK_EQ(rec[j], rec[0]);
	}
	CHECK_EQ(read(fd[0], rec, 1), 0);
	for (i = 0; i < 4; i++)
		CHECK(wait(&st) > 0 && st == 0);
}

static void bytes_waiting(void)
{
	int fd[2], n = -1;

	CHECK_OK(pipe(fd));
	CHECK_OK(ioctl(fd[0], FIONREAD, &n));
	CHECK_EQ(n, 0);
	CHECK_EQ(write(fd[1], "12345", 5), 5);
	CHECK_OK(ioctl(fd[0], FIONREAD, &n));
	CHECK_EQ(n, 5);
	CHECK_ERR(ioctl(fd[0], 0x5401, &n), ENOTTY);
}

static void poll_pipe(void)
{
	static char buf[65536];
	struct pollfd p[2];
	int fd[2];

	CHECK_OK(pipe2(fd, O_NONBLOCK));
	p[0] = (struct pollfd){ .fd = fd[0], .events = POLLIN };
	p[1] = (struct pollfd){ .fd = fd[1], .events = POLLOUT };
	CHECK_EQ(poll(p, 2, 0), 1);
	CHECK_EQ(p[0].revents, 0);
	CHECK_EQ(p[1].revents, POLLOUT);
	while (write(fd[1], buf, sizeof(buf)) > 0)
		;
	CHECK_EQ(poll(p, 2, 0), 1);
	CHECK_EQ(p[0].revents, POLLIN);
	CHECK_EQ(p[1].revents, 0);
	close(fd[1]);
	p[1].fd = -1;
	CHECK_EQ(poll(p, 2, -1), 1);
	CHECK_EQ(p[0].revents, POLLIN | POLLHUP);
	CHECK_EQ(p[1].revents, 0);
	CHECK_OK(pipe(fd));
	close(fd[0]);
	p[0] = (struct pollfd){ .fd = fd[1], .events = POLLOUT };
	CHECK_EQ(poll(p, 1, -1), 1);
	CHECK_EQ(p[0].revents, POLLOUT | POLLERR);
	p[0].fd = 999;
	CHECK_EQ(poll(p, 1, -1), 1);
	CHECK_EQ(p[0].revents, POLLNVAL);
}

static void poll_waits(void)
{
	struct pollfd p;
	int fd[2], st;
	char c;

	CHECK_OK(pipe(fd));
	p = (struct pollfd){ .fd = fd[0], .events = POLLIN };
	CHECK_EQ(poll(&p, 1, 20), 0);
	if (fork() == 0) {
		int i;

		for (i = 0; i < 1000; i++)
			sched_yield();
		_exit(write(fd[1], "x", 1) != 1);
	}
	CHECK_EQ(poll(&p, 1, -1), 1);
	CHECK_EQ(p.revents, POLLIN);
	CHECK_EQ(read(fd[0], &c, 1), 1);
	CHECK(wait(&st) > 0 && st == 0);
	p.fd = open("/dev/null", O_RDONLY);
	CHECK_EQ(poll(&p, 1, -1), 1);
}

static void fifo(void)
{
	struct stat sb;
	char c = 0;
	int fd, st;

	CHECK_OK(mkfifo("p", 0600));
	CHECK_OK(stat("p", &sb));
	CHECK(S_ISFIFO(sb.st_mode));
	CHECK_ERR(open("p", O_WRONLY | O_NONBLOCK), ENXIO);
	if (fork() == 0) {
		fd = open("p", O_WRONLY);
		_exit(write(fd, "z", 1) != 1);
	}
	CHECK_OK(fd = open("p", O_RDONLY));
	CHECK_EQ(read(fd, &c, 1), 1);
	CHECK_EQ(c, 'z');
	CHECK_EQ(read(fd, &c, 1), 0);
	CHECK(wait(&st) > 0 && st == 0);
}

/* Access mode 3 is for devices: a FIFO has no such end, opened once or twice. */
static void fifo_of_neither_mode(void)
{
	CHECK_OK(mkfifo("p", 0600));
	CHECK_ERR(open("p", 3), EINVAL);
	CHECK_ERR(open("p", 3 | O_NONBLOCK), EINVAL);
	CHECK_OK(open("p", O_RDWR));
	CHECK_ERR(open("p", 3), EINVAL);
}

TEST_MAIN(
	TEST(through_a_pipe), TEST(wrong_end), TEST(broken_pipe), TEST(nonblocking),
	TEST(blocking_transfer), TEST(atomic_writes), TEST(bytes_waiting), TEST(poll_pipe),
	TEST(poll_waits), TEST(fifo), TEST(fifo_of_neither_mode),
)
