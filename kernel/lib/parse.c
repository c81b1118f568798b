/*
 * parse.c: numbers out of strings, for the command line and /proc.
 */
#include "kernel/lib/string.h"
#include "kernel/uapi/errno.h"

static unsigned int digit_value(char c)
{
	if (isdigit(c))
		return (unsigned int)(c - '0');
	return isalpha(c) ? (unsigned int)(tolower(c) - 'a' + 10) : 99;
}

/* Steps over 0x where it says the base or agrees with it. */
static unsigned int guess_base(const char **s, unsigned int base)
{
	const char *p = *s;
	bool hex = p[0] == '0' && tolower(p[1]) == 'x' && digit_value(p[2]) < 16;

	if (hex && (base == 0 || base == 16)) {
		*s += 2;
		return 16;
	}
	if (base)
		return base;
	return p[0] == '0' ? 8 : 10;
}

/* Digits as far as they go; *overflow is set when the value does not fit. */
static u64 parse_digits(const char **s, unsigned int base, bool *overflow)
{
	u64 value = 0;

	for (; digit_value(**s) < base; (*s)++) {
		u64 next = value * base + digit_value(**s);

		if (value > (~0ULL - digit_value(**s)) / base)
			*overflow = true;
		value = next;
	}
	return value;
}

/* The number at the start of @s; 0 if there is none. It wraps when it is too large. */
u64 simple_strtoull(const char *s, char **end, unsigned int base)
{
	bool overflow = false;
	u64 value;

	base = guess_base(&s, base);
	value = parse_digits(&s, base, &overflow);
	if (end)
		*end = (char *)s;
	return value;
}

/* As simple_strtoull. */
unsigned long simple_strtoul(const char *s, char **end, unsigned int base)
{
	return (unsigned long)simple_strtoull(s, end, base);
}

/* As simple_strtoull, with a minus sign in front if wanted. */
long simple_strtol(const char *s, char **end, unsigned int base)
{
	if (*s == '-')
		return -(long)simple_strtoul(s + 1, end, base);
	return (long)simple_strtoul(s, end, base);
}

/* @s is one number and nothing else: 0, -EINVAL, or -ERANGE. */
int kstrtoull(const char *s, unsigned int base, u64 *result)
{
	bool overflow = false;
	const char *start;
	u64 value;

	if (*s == '+')
		s++;
	base = guess_base(&s, base);
	start = s;
	value = parse_digits(&s, base, &overflow);
	if (s == start)
		return -EINVAL;
	if (*s == '\n')
		s++;
	if (*s)
		return -EINVAL;
	if (overflow)
		return -ERANGE;
	*result = value;
	return 0;
}

/* As kstrtoull. */
int kstrtoul(const char *s, unsigned int base, unsigned long *result)
{
	u64 value;
	int err = kstrtoull(s, base, &value);

	if (err)
		return err;
	if (value != (unsigned long)value)
		return -ERANGE;
	*result = (unsigned long)value;
	return 0;
}

/* "64M": a size in bytes with K, M, G or T behind it. */
u64 memparse(const char *s, char **end)
{
	char *p;
	u64 value = simple_strtoull(s, &p, 0);

	switch (toupper(*p)) {
	case 'T':
		value <<= 10;
		fallthrough;
	case 'G':
		value <<= 10;
		fallthrough;
	case 'M':
		value <<= 10;
		fallthrough;
	case 'K':
		value <<= 10;
		p++;
	}
	if (end)
		*end = p;
	return value;
}

/* See string.h: for what must be known before the core reads the command line. A word without a number does not count. */
u64 size_option(const char *cmdline, const char *name, u64 otherwise)
{
	size_t len = strlen(name);
	u64 size;
	char *end;

	for (const char *s = cmdline; (s = strstr(s, name)); s += len) {
		if (s != cmdline && !isspace(s[-1]))
			continue;
		size = memparse(s + len, &end);
		if (end != s + len)
			otherwise = size;
	}
	return otherwise;
}
