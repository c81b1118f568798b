/*
 * vsnprintf.c: formatted text into a buffer.
 *
 * %d %i %u %x %X %o %c %s %p %%, with flags "-+ #0", width and precision (also *), and sizes hh h l ll z t j.
 * Nothing is written past the buffer, and the result says how long the text would have been.
 */
#include "kernel/printk.h"
#include "kernel/lib/string.h"

enum { LEFT = 1, PLUS = 2, SPACE = 4, ALT = 8, ZERO = 16, UPPER = 32, SIGNED = 64 };

struct out {
	char *buf;
	size_t size, len;	/* len counts what did not fit, too */
};

struct spec {
	unsigned int flags, base;
	int width, precision;	/* precision -1: none given */
	int size;		/* bytes of the argument */
};

static void put(struct out *o, char c)
{
	if (o->len < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void pad(struct out *o, char c, int n)
{
	while (n-- > 0)
		put(o, c);
}

static void put_string(struct out *o, const char *s, const struct spec *sp)
{
	int len;

	if (!s)
		s = "(null)";
	len = (int)strnlen(s, sp->precision < 0 ? ~0UL >> 1 : (size_t)sp->precision);
	if (!(sp->flags & LEFT))
		pad(o, ' ', sp->width - len);
	for (int i = 0; i < len; i++)
		put(o, s[i]);
	if (sp->flags & LEFT)
		pad(o, ' ', sp->width - len);
}

/* The sign or the 0x before the digits. */
static const char *number_prefix(u64 *value, const struct spec *sp)
{
	if (sp->flags & SIGNED) {
		if ((s64)*value < 0) {
			*value = -*value;
			return "-";
		}
		return sp->flags & PLUS ? "+" : sp->flags & SPACE ? " " : "";
	}
	if ((sp->flags & ALT) && *value && sp->base == 16)
		return sp->flags & UPPER ? "0X" : "0x";
	return (sp->flags & ALT) && sp->base == 8 ? "0" : "";
}

static void put_number(struct out *o, u64 value, const struct spec *sp)
{
	const char *digits = sp->flags & UPPER ? "0123456789ABCDEF" : "0123456789abcdef";
	const char *prefix = number_prefix(&value, sp);
	char tmp[24];
	int n = 0, zeros, spaces;

	while (value) {
		if (value >> 32) {
			tmp[n++] = digits[value % sp->base];
			value /= sp->base;
		} else {		/* 32-bit machines divide this in one instruction */
			tmp[n++] = digits[(u32)value % sp->base];
			value = (u32)value / sp->base;
		}
	}
	if (!n && sp->precision != 0)
		tmp[n++] = '0';
	zeros = max(sp->precision - n, 0);
	spaces = sp->width - (int)strlen(prefix) - zeros - n;
	if ((sp->flags & (ZERO | LEFT)) == ZERO && sp->precision < 0 && spaces > 0) {
		zeros = spaces;
		spaces = 0;
	}
	if (!(sp->flags & LEFT))
		pad(o, ' ', spaces);
	while (*prefix)
		put(o, *prefix++);
	pad(o, '0', zeros);
	while (n)
		put(o, tmp[--n]);
	if (sp->flags & LEFT)
		pad(o, ' ', spaces);
}

static const char *parse_flags(const char *f, struct spec *sp)
{
	for (;; f++) {
		switch (*f) {
		case '-': sp->flags |= LEFT; break;
		case '+': sp->flags |= PLUS; break;
		case ' ': sp->flags |= SPACE; break;
		case '#': sp->flags |= ALT; break;
		case '0': sp->flags |= ZERO; break;
		default: return f;
		}
	}
}

static const char *parse_int(const char *f, int *value)
{
	for (*value = 0; isdigit(*f); f++)
		*value = *value * 10 + *f - '0';
	return f;
}

static const char *parse_size(const char *f, struct spec *sp)
{
	sp->size = sizeof(int);
	switch (*f) {
	case 'h':
		sp->size = f[1] == 'h' ? 1 : 2;
		return f[1] == 'h' ? f + 2 : f + 1;
	case 'l':
		sp->size = f[1] == 'l' ? sizeof(long long) : sizeof(long);
		return f[1] == 'l' ? f + 2 : f + 1;
	case 'j':
		sp->size = sizeof(long long);
		return f + 1;
	case 'z':
	case 't':
		sp->size = sizeof(size_t);
		return f + 1;
	}
	return f;
}

/* An integer argument narrower than int arrives as one and is cut here. */
static u64 number_of(u64 raw, const struct spec *sp)
{
	unsigned int shift = 64 - 8 * (unsigned int)sp->size;

	return sp->flags & SIGNED ? (u64)((s64)(raw << shift) >> shift) : raw << shift >> shift;
}

/* One conversion; @f stands on its letter. */
static void convert(struct out *o, char letter, struct spec *sp, __builtin_va_list *args)
{
	u64 raw;

	switch (letter) {
	case 'c':
		put_string(o, (char []){ (char)__builtin_va_arg(*args, int), 0 }, sp);
		return;
	case 's':
		put_string(o, __builtin_va_arg(*args, const char *), sp);
		return;
	case 'p':
		sp->base = 16;
		sp->size = sizeof(void *);
		sp->precision = 2 * sizeof(void *);
		put_number(o, (uintptr_t)__builtin_va_arg(*args, void *), sp);
		return;
	case 'd':
	case 'i':
		sp->flags |= SIGNED;
		break;
	case 'X':
		sp->flags |= UPPER;
		fallthrough;
	case 'x':
		sp->base = 16;
		break;
	case 'o':
		sp->base = 8;
		break;
	}
	raw = sp->size == sizeof(u64) ? __builtin_va_arg(*args, u64) : __builtin_va_arg(*args, unsigned int);
	put_number(o, number_of(raw, sp), sp);
}

/*
 * Print into @buf of @size bytes, with a NUL at its end if size is not 0.
 * => returns the length of the whole text without NUL, also when it was cut; any context.
 */
int vsnprintf(char *buf, size_t size, const char *fmt, __builtin_va_list ap)
{
	struct out o = { buf, size, 0 };
	__builtin_va_list args;

	__builtin_va_copy(args, ap);
	for (; *fmt; fmt++) {
		struct spec sp = { .base = 10, .precision = -1 };

		if (*fmt != '%') {
			put(&o, *fmt);
			continue;
		}
		fmt = parse_flags(fmt + 1, &sp);
		if (*fmt == '*') {
			sp.width = __builtin_va_arg(args, int);
			if (sp.width < 0) {
				sp.flags |= LEFT;
				sp.width = -sp.width;
			}
			fmt++;
		} else {
			fmt = parse_int(fmt, &sp.width);
		}
		if (*fmt == '.') {
			if (*++fmt == '*') {
				sp.precision = __builtin_va_arg(args, int);
				fmt++;
			} else {
				fmt = parse_int(fmt, &sp.precision);
			}
		}
		fmt = parse_size(fmt, &sp);
		if (!*fmt)
			break;
		if (strchr("csdiuxXop", *fmt))
			convert(&o, *fmt, &sp, &args);
		else
			put(&o, *fmt);		/* %% and what we do not know */
	}
	__builtin_va_end(args);
	if (size)
		buf[min(o.len, size - 1)] = '\0';
	return (int)o.len;
}

/* As vsnprintf. */
int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	__builtin_va_list args;
	int n;

	__builtin_va_start(args, fmt);
	n = vsnprintf(buf, size, fmt, args);
	__builtin_va_end(args);
	return n;
}

/* As snprintf, but returns what is in the buffer: for appending piece by piece. */
int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	__builtin_va_list args;
	int n;

	__builtin_va_start(args, fmt);
	n = vsnprintf(buf, size, fmt, args);
	__builtin_va_end(args);
	if (!size)
		return 0;
	return n < (int)size ? n : (int)size - 1;
}
