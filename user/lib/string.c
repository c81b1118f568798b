/*
 * Strings and memory. The compiler must not turn the loops here into calls of themselves.
 */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NO_IDIOM	__attribute__((optimize("no-tree-loop-distribute-patterns")))

typedef unsigned long __attribute__((may_alias)) word_t;
#define WORD	sizeof(word_t)

NO_IDIOM void *memcpy(void *dst, const void *src, size_t n)
{
	char *d = dst;
	const char *s = src;

	if (((uintptr_t)d | (uintptr_t)s) % WORD == 0)
		for (; n >= WORD; n -= WORD, d += WORD, s += WORD)
			*(word_t *)d = *(const word_t *)s;
	while (n--)
		*d++ = *s++;
	return dst;
}

NO_IDIOM void *memmove(void *dst, const void *src, size_t n)
{
	char *d = dst;
	const char *s = src;

	if (d <= s || d >= s + n)
		return memcpy(dst, src, n);
	while (n--)
		d[n] = s[n];
	return dst;
}

NO_IDIOM void *memset(void *dst, int c, size_t n)
{
	word_t pattern = (unsigned char)c * (~0UL / 255);
	char *d = dst;

	for (; n && (uintptr_t)d % WORD; n--)
		*d++ = c;
	for (; n >= WORD; n -= WORD, d += WORD)
		*(word_t *)d = pattern;
	while (n--)
		*d++ = c;
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a, *q = b;

	for (; n && *p == *q; n--)
		p++, q++;
	return n ? *p - *q : 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const unsigned char *p = s;

	for (; n; n--, p++)
		if (*p == (unsigned char)c)
			return (void *)p;
	return NULL;
}

NO_IDIOM size_t strlen(const char *s)
{
	const char *p = s;

	while (*p)
		p++;
	return p - s;
}

size_t strnlen(const char *s, size_t max)
{
	const char *end = memchr(s, 0, max);

	return end ? (size_t)(end - s) : max;
}

char *strcpy(char *dst, const char *src)
{
	memcpy(dst, src, strlen(src) + 1);
	return dst;
}

char *strncpy(char *dst, const char *src, size_t n)
{
	size_t len = strnlen(src, n);

	memcpy(dst, src, len);
	memset(dst + len, 0, n - len);
	return dst;
}

char *strcat(char *dst, const char *src)
{
	strcpy(dst + strlen(dst), src);
	return dst;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n && *a && *a == *b; n--)
		a++, b++;
	return n ? (unsigned char)*a - (unsigned char)*b : 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

int strcasecmp(const char *a, const char *b)
{
	while (*a && tolower(*a) == tolower(*b))
		a++, b++;
	return tolower((unsigned char)*a) - tolower((unsigned char)*b);
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)s;
}

char *strrchr(const char *s, int c)
{
	const char *p = s + strlen(s);

	for (; *p != (char)c; p--)
		if (p == s)
			return NULL;
	return (char *)p;
}

char *strstr(const char *s, const char *sub)
{
	size_t n = strlen(sub);

	for (; strncmp(s, sub, n); s++)
		if (!*s)
			return NULL;
	return (char *)s;
}

size_t strspn(const char *s, const char *set)
{
	const char *p = s;

	while (*p && strchr(set, *p))
		p++;
	return p - s;
}

size_t strcspn(const char *s, const char *set)
{
	const char *p = s;

	while (*p && !strchr(set, *p))
		p++;
	return p - s;
}

char *strtok(char *s, const char *set)
{
	static char *next;

	if (!s)
		s = next;
	s += strspn(s, set);
	if (!*s)
		return next = s, NULL;
	next = s + strcspn(s, set);
	if (*next)
		*next++ = 0;
	return s;
}

char *strndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *p = malloc(len + 1);

	if (p) {
		memcpy(p, s, len);
		p[len] = 0;
	}
	return p;
}

char *strdup(const char *s)
{
	return strndup(s, SIZE_MAX);
}

static const char *const errors[] = {
	[0] = "Success",
	[EPERM] = "Operation not permitted", [ENOENT] = "No such file or directory",
	[ESRCH] = "No such process", [EINTR] = "Interrupted system call",
	[EIO] = "Input/output error", [ENXIO] = "No such device or address",
	[E2BIG] = "Argument list too long", [ENOEXEC] = "Exec format error",
	[EBADF] = "Bad file descriptor", [ECHILD] = "No child processes",
	[EAGAIN] = "Resource temporarily unavailable", [ENOMEM] = "Cannot allocate memory",
	[EACCES] = "Permission denied", [EFAULT] = "Bad address",
	[ENOTBLK] = "Block device required", [EBUSY] = "Device or resource busy",
	[EEXIST] = "File exists", [EXDEV] = "Invalid cross-device link",
	[ENODEV] = "No such device", [ENOTDIR] = "Not a directory",
	[EISDIR] = "Is a directory", [EINVAL] = "Invalid argument",
	[ENFILE] = "Too many open files in system", [EMFILE] = "Too many open files",
	[ENOTTY] = "Inappropriate ioctl for device", [ETXTBSY] = "Text file busy",
	[EFBIG] = "File too large", [ENOSPC] = "No space left on device",
	[ESPIPE] = "Illegal seek", [EROFS] = "Read-only file system",
	[EMLINK] = "Too many links", [EPIPE] = "Broken pipe",
	[EDOM] = "Numerical argument out of domain", [ERANGE] = "Numerical result out of range",
	[EDEADLK] = "Resource deadlock avoided", [ENAMETOOLONG] = "File name too long",
	[ENOSYS] = "Function not implemented", [ENOTEMPTY] = "Directory not empty",
	[ELOOP] = "Too many levels of symbolic links", [EOVERFLOW] = "Value too large for defined data type",
	[EOPNOTSUPP] = "Operation not supported", [ETIMEDOUT] = "Connection timed out",
	[ESTALE] = "Stale file handle",
};

static const char *const signals[] = {
	[SIGHUP] = "Hangup", [SIGINT] = "Interrupt", [SIGQUIT] = "Quit",
	[SIGILL] = "Illegal instruction", [SIGTRAP] = "Trace/breakpoint trap",
	[SIGABRT] = "Aborted", [SIGBUS] = "Bus error", [SIGFPE] = "Floating point exception",
	[SIGKILL] = "Killed", [SIGUSR1] = "User defined signal 1",
	[SIGSEGV] = "Segmentation fault", [SIGUSR2] = "User defined signal 2",
	[SIGPIPE] = "Broken pipe", [SIGALRM] = "Alarm clock", [SIGTERM] = "Terminated",
	[SIGCHLD] = "Child exited", [SIGCONT] = "Continued", [SIGSTOP] = "Stopped (signal)",
	[SIGTSTP] = "Stopped", [SIGTTIN] = "Stopped (tty input)",
	[SIGTTOU] = "Stopped (tty output)", [SIGSYS] = "Bad system call",
};

char *strsignal(int sig)
{
	if (sig < 0 || sig >= sizeof(signals) / sizeof(*signals) || !signals[sig])
		return "Unknown signal";
	return (char *)signals[sig];
}

char *strerror(int err)
{
	if (err < 0 || err >= sizeof(errors) / sizeof(*errors) || !errors[err])
		return "Unknown error";
	return (char *)errors[err];
}
