/*
 * The printf family without floating point. Everything is formatted through one sink,
 * which is a FILE or a bounded buffer.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct sink {
	FILE *f;		/* or, if null: */
	char *buf;
	size_t size;
	size_t n;		/* characters so far, kept or not */
};

struct spec {
	int left, zero, plus, space, alt;
	int width, prec;
	int longs;		/* hh -2, h -1, none 0, l 1, ll 2 */
};

static void put(struct sink *s, char c)
{
	if (s->f)
		fputc(c, s->f);
	else if (s->n + 1 < s->size)
		s->buf[s->n] = c;
	s->n++;
}

static void pad(struct sink *s, char c, int n)
{
	while (n-- > 0)
		put(s, c);
}

static void put_string(struct sink *s, const struct spec *sp, const char *str)
{
	int n = sp->prec >= 0 ? strnlen(str, sp->prec) : strlen(str);

	if (!sp->left)
		pad(s, ' ', sp->width - n);
	for (int i = 0; i < n; i++)
		put(s, str[i]);
	if (sp->left)
		pad(s, ' ', sp->width - n);
}

/* Sign or prefix, zeros, digits; which padding goes where depends on the flags. */
static void put_number(struct sink *s, struct spec *sp, unsigned long long v,
		       const char *prefix, int base, int upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char buf[24];
	int n = 0, zeros, len;

	for (; v; v /= base)
		buf[n++] = digits[v % base];
	if (n == 0 && sp->prec != 0)
		buf[n++] = '0';
	len = strlen(prefix);
	zeros = sp->prec - n;
	if (sp->prec < 0 && sp->zero && !sp->left)
		zeros = sp->width - n - len;
	if (zeros < 0)
		zeros = 0;
	if (!sp->left)
		pad(s, ' ', sp->width - len - zeros - n);
	while (*prefix)
		put(s, *prefix++);
	pad(s, '0', zeros);
	for (int i = n; i-- > 0;)
		put(s, buf[i]);
	if (sp->left)
		pad(s, ' ', sp->width - len - zeros - n);
}

static const char *parse_length(const char *p, struct spec *sp)
{
	for (;; p++) {
		if (*p == 'l')
			sp->longs++;
		else if (*p == 'h')
			sp->longs--;
		else if (*p == 'z' || *p == 't')
			sp->longs = 1;
		else if (*p == 'j')
			sp->longs = 2;
		else
			return p;
	}
}

static const char *parse_spec(const char *p, struct spec *sp, va_list *ap)
{
	*sp = (struct spec){ .prec = -1 };
	for (;; p++) {
		if (*p == '-')
			sp->left = 1;
		else if (*p == '0')
			sp->zero = 1;
		else if (*p == '+')
			sp->plus = 1;
		else if (*p == ' ')
			sp->space = 1;
		else if (*p == '#')
			sp->alt = 1;
		else
			break;
	}
	if (*p == '*') {
		sp->width = va_arg(*ap, int);
		if (sp->width < 0) {
			sp->left = 1;
			sp->width = -sp->width;
		}
		p++;
	}
	while (isdigit(*p))
		sp->width = sp->width * 10 + *p++ - '0';
	if (*p == '.') {
		sp->prec = 0;
		if (*++p == '*') {
			sp->prec = va_arg(*ap, int);
			p++;
		}
		while (isdigit(*p))
			sp->prec = sp->prec * 10 + *p++ - '0';
	}
	return parse_length(p, sp);
}

static long long signed_arg(const struct spec *sp, va_list *ap)
{
	long long v = sp->longs == 2 ? va_arg(*ap, long long) :
		sp->longs == 1 ? va_arg(*ap, long) : va_arg(*ap, int);

	return sp->longs == -2 ? (signed char)v : sp->longs == -1 ? (short)v : v;
}

static unsigned long long unsigned_arg(const struct spec *sp, va_list *ap)
{
	unsigned long long v = sp->longs == 2 ? va_arg(*ap, unsigned long long) :
		sp->longs == 1 ? va_arg(*ap, unsigned long) : va_arg(*ap, unsigned int);

	return sp->longs == -2 ? (unsigned char)v : sp->longs == -1 ? (unsigned short)v : v;
}

static void put_conversion(struct sink *s, struct spec *sp, char conv, va_list *ap)
{
	const char *str;
	long long v;
	char c[2] = "";

	switch (conv) {
	case 'd':
	case 'i':
		v = signed_arg(sp, ap);
		put_number(s, sp, v < 0 ? -(unsigned long long)v : v,
			   v < 0 ? "-" : sp->plus ? "+" : sp->space ? " " : "", 10, 0);
		break;
	case 'u':
		put_number(s, sp, unsigned_arg(sp, ap), "", 10, 0);
		break;
	case 'o':
		put_number(s, sp, unsigned_arg(sp, ap), sp->alt ? "0" : "", 8, 0);
		break;
	case 'x':
	case 'X':
		put_number(s, sp, unsigned_arg(sp, ap), !sp->alt ? "" : conv == 'x' ? "0x" : "0X",
			   16, conv == 'X');
		break;
	case 'p':
		put_number(s, sp, (uintptr_t)va_arg(*ap, void *), "0x", 16, 0);
		break;
	case 's':
		str = va_arg(*ap, const char *);
		put_string(s, sp, str ? str : "(null)");
		break;
	case 'c':
		c[0] = va_arg(*ap, int);
		sp->prec = 1;
		put_string(s, sp, c);
		break;
	default:
		put(s, conv);
	}
}

static int format(struct sink *s, const char *fmt, va_list ap)
{
	struct spec sp;
	va_list args;

	va_copy(args, ap);
	while (*fmt) {
		if (*fmt != '%') {
			put(s, *fmt++);
			continue;
		}
		fmt = parse_spec(fmt + 1, &sp, &args);
		if (!*fmt)
			break;
		put_conversion(s, &sp, *fmt++, &args);
	}
	va_end(args);
	return s->n;
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct sink s = { .buf = buf, .size = size };

	format(&s, fmt, ap);
	if (size)
		buf[s.n < size ? s.n : size - 1] = 0;
	return s.n;
}

int vfprintf(FILE *f, const char *fmt, va_list ap)
{
	struct sink s = { .f = f };

	return format(&s, fmt, ap);
}

#define WITH_ARGS(call) ({ va_list ap; int ret; va_start(ap, fmt); ret = (call); va_end(ap); ret; })

int printf(const char *fmt, ...) { return WITH_ARGS(vfprintf(stdout, fmt, ap)); }
int fprintf(FILE *f, const char *fmt, ...) { return WITH_ARGS(vfprintf(f, fmt, ap)); }
int sprintf(char *buf, const char *fmt, ...) { return WITH_ARGS(vsnprintf(buf, INT32_MAX, fmt, ap)); }

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	return WITH_ARGS(vsnprintf(buf, size, fmt, ap));
}

int dprintf(int fd, const char *fmt, ...)
{
	char buf[1024];
	int n = WITH_ARGS(vsnprintf(buf, sizeof(buf), fmt, ap));

	return write(fd, buf, n < sizeof(buf) ? n : sizeof(buf) - 1);
}
