/*
 * Buffered streams. A stream reads or writes, never both at once; its lock is held over
 * no call of another stream's.
 */
#include <fcntl.h>
#include <stdio.h>
#include "user/lib/internal.h"

enum { F_READ = 1, F_WRITE = 2, F_EOF = 4, F_ERR = 8, F_LINE = 16, F_NONE = 32, F_TTY_UNKNOWN = 64 };

struct __file {
	int fd;
	int flags;
	int pos, end;		/* reading: next and last; writing: pos bytes wait */
	int back;		/* ungetc's character, or EOF */
	FILE *next;		/* all open streams, for exit's flush */
	char buf[BUFSIZ];
};

static FILE in = { .fd = 0, .flags = F_READ, .back = EOF };
static FILE out = { .fd = 1, .flags = F_WRITE | F_TTY_UNKNOWN, .back = EOF, .next = &in };
static FILE err = { .fd = 2, .flags = F_WRITE | F_NONE, .back = EOF, .next = &out };
FILE *const stdin = &in, *const stdout = &out, *const stderr = &err;

static FILE *all = &err;
static int all_lock;

FILE *fdopen(int fd, const char *mode)
{
	FILE *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->fd = fd;
	f->flags = *mode == 'r' ? F_READ : F_WRITE;
	if (strchr(mode, '+'))
		f->flags = F_READ | F_WRITE;
	f->back = EOF;
	__lock(&all_lock);
	f->next = all;
	all = f;
	__unlock(&all_lock);
	return f;
}

FILE *fopen(const char *path, const char *mode)
{
	int flags = *mode == 'r' ? O_RDONLY : O_WRONLY | O_CREAT;
	FILE *f;
	int fd;

	if (strchr(mode, '+'))
		flags = (flags & ~O_ACCMODE) | O_RDWR;
	if (*mode == 'w')
		flags |= O_TRUNC;
	if (*mode == 'a')
		flags |= O_APPEND;
	if (strchr(mode, 'e'))
		flags |= O_CLOEXEC;
	fd = open(path, flags, 0666);
	if (fd < 0)
		return NULL;
	f = fdopen(fd, mode);
	if (!f)
		close(fd);
	return f;
}

/* Write out what waits. What could not be written is dropped, as retries would repeat it. */
static int flush_write(FILE *f)
{
	int done = 0, n;

	while (done < f->pos) {
		n = write(f->fd, f->buf + done, f->pos - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			f->flags |= F_ERR;
			f->pos = 0;
			return EOF;
		}
		done += n;
	}
	f->pos = 0;
	return 0;
}

int fflush(FILE *f)
{
	if (!f) {
		__flush_all();
		return 0;
	}
	/* end != 0 only while what is in the buffer was read */
	return f->end == 0 ? flush_write(f) : 0;
}

void __flush_all(void)
{
	FILE *f;

	for (f = all; f; f = f->next)
		fflush(f);
}

int fclose(FILE *f)
{
	int ret = fflush(f);
	FILE **p;

	__lock(&all_lock);
	for (p = &all; *p != f; p = &(*p)->next)
		;
	*p = f->next;
	__unlock(&all_lock);
	if (close(f->fd))
		ret = EOF;
	if (f != &in && f != &out && f != &err)
		free(f);
	return ret;
}

/* => only the mode counts: each stream keeps its own buffer */
int setvbuf(FILE *f, char *buf, int mode, size_t size)
{
	f->flags &= ~(F_LINE | F_NONE | F_TTY_UNKNOWN);
	f->flags |= mode == _IOLBF ? F_LINE : mode == _IONBF ? F_NONE : 0;
	return 0;
}

int fileno(FILE *f) { return f->fd; }
int feof(FILE *f) { return !!(f->flags & F_EOF); }
int ferror(FILE *f) { return !!(f->flags & F_ERR); }
void clearerr(FILE *f) { f->flags &= ~(F_EOF | F_ERR); }

int fseek(FILE *f, long off, int whence)
{
	if (fflush(f))
		return -1;
	if (whence == SEEK_CUR)
		off -= f->end - f->pos + (f->back != EOF);
	f->pos = f->end = 0;
	f->back = EOF;
	f->flags &= ~F_EOF;
	return lseek(f->fd, off, whence) < 0 ? -1 : 0;
}

long ftell(FILE *f)
{
	long at = lseek(f->fd, 0, SEEK_CUR);

	if (at < 0)
		return -1;
	return f->end ? at - (f->end - f->pos) - (f->back != EOF) : at + f->pos;
}

/* ---- reading ------------------------------------------------------------ */

/* => what stdout holds is shown before a read of stdin may wait for its answer */
static int fill(FILE *f)
{
	int n;

	if (f == &in)
		fflush(&out);
	do
		n = read(f->fd, f->buf, BUFSIZ);
	while (n < 0 && errno == EINTR);
	f->pos = 0;
	f->end = n > 0 ? n : 0;
	if (n <= 0)
		f->flags |= n ? F_ERR : F_EOF;
	return n > 0;
}

int fgetc(FILE *f)
{
	int c = f->back;

	if (c != EOF) {
		f->back = EOF;
		return c;
	}
	if (f->pos == f->end && !fill(f))
		return EOF;
	return (unsigned char)f->buf[f->pos++];
}

int ungetc(int c, FILE *f)
{
	f->flags &= ~F_EOF;
	return f->back = c;
}

int getchar(void) { return fgetc(&in); }

size_t fread(void *buf, size_t size, size_t n, FILE *f)
{
	size_t total = size * n, got = 0, part;
	char *p = buf;

	if (total && f->back != EOF)
		p[got++] = fgetc(f);
	while (got < total) {
		if (f->pos == f->end && !fill(f))
			break;
		part = f->end - f->pos;
		if (part > total - got)
			part = total - got;
		memcpy(p + got, f->buf + f->pos, part);
		f->pos += part;
		got += part;
	}
	return size ? got / size : 0;
}

char *fgets(char *buf, int size, FILE *f)
{
	int n = 0, c = 0;

	while (n < size - 1 && c != '\n' && (c = fgetc(f)) != EOF)
		buf[n++] = c;
	if (n == 0)
		return NULL;
	buf[n] = 0;
	return buf;
}

ssize_t getline(char **line, size_t *cap, FILE *f)
{
	size_t n = 0, want;
	char *p;
	int c = 0;

	while (c != '\n' && (c = fgetc(f)) != EOF) {
		if (n + 2 > *cap || !*line) {
			want = *cap && *line ? *cap * 2 : 128;
			p = realloc(*line, want);
			if (!p)
				return -1;
			*line = p;
			*cap = want;
		}
		(*line)[n++] = c;
	}
	if (n == 0)
		return -1;
	(*line)[n] = 0;
	return n;
}

/* ---- writing ------------------------------------------------------------ */

int fputc(int c, FILE *f)
{
	if (f->flags & F_TTY_UNKNOWN)
		setvbuf(f, NULL, isatty(f->fd) ? _IOLBF : _IOFBF, 0);
	f->end = 0;
	f->buf[f->pos++] = c;
	if (f->pos == BUFSIZ || f->flags & F_NONE || (f->flags & F_LINE && c == '\n'))
		if (flush_write(f))
			return EOF;
	return (unsigned char)c;
}

size_t fwrite(const void *buf, size_t size, size_t n, FILE *f)
{
	const char *p = buf;
	size_t i;

	for (i = 0; i < size * n; i++)
		if (fputc(p[i], f) == EOF)
			return i / size;
	return n;
}

int fputs(const char *s, FILE *f)
{
	size_t n = strlen(s);

	return fwrite(s, 1, n, f) == n ? 0 : EOF;
}

int putchar(int c) { return fputc(c, &out); }

int puts(const char *s)
{
	return fputs(s, &out) == EOF ? EOF : putchar('\n');
}

void perror(const char *what)
{
	fprintf(&err, "%s: %s\n", what, strerror(errno));
}
