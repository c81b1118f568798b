/*
 * filemode.c: modes in octal, or as changes: [ugoa...] then one or more of +-= with [rwxXst...] or one of ugo, joined by commas.
 */
#include <filemode.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ALL_BITS	07777
#define ANYBODYS_X	0111

/* The bits of [ugoa...], which it passes; 0: nobody was named. */
static mode_t read_who(const char **text)
{
	mode_t who = 0;

	for (;; (*text)++) {
		switch (**text) {
		case 'u': who |= S_ISUID | S_IRWXU; break;
		case 'g': who |= S_ISGID | S_IRWXG; break;
		case 'o': who |= S_ISVTX | S_IRWXO; break;
		case 'a': who |= ALL_BITS; break;
		default: return who;
		}
	}
}

/* What u, g or o has in @mode, for each of the three. */
static mode_t copy_of(char whose, mode_t mode)
{
	return (mode >> (whose == 'u' ? 6 : whose == 'g' ? 3 : 0) & 7) * ANYBODYS_X;
}

/* The bits of [rwxXst...] or of one of ugo, for everybody; it passes them. */
static mode_t read_rights(const char **text, mode_t mode)
{
	mode_t rights = 0;

	if (**text && strchr("ugo", **text))
		return copy_of(*(*text)++, mode);
	for (;; (*text)++) {
		switch (**text) {
		case 'r': rights |= 0444; break;
		case 'w': rights |= 0222; break;
		case 'x': rights |= ANYBODYS_X; break;
		case 'X': rights |= S_ISDIR(mode) || mode & ANYBODYS_X ? ANYBODYS_X : 0; break;
		case 's': rights |= S_ISUID | S_ISGID; break;
		case 't': rights |= S_ISVTX; break;
		default: return rights;
		}
	}
}

/* One part between commas. => its end, or NULL: it is no change of a mode */
static const char *change(const char *text, mode_t mask, mode_t *mode)
{
	mode_t who = read_who(&text), rights, kept;
	char op;

	if (!*text || !strchr("+-=", *text))
		return NULL;
	while (*text && strchr("+-=", *text)) {
		op = *text++;
		rights = read_rights(&text, *mode) & (who ? who : ALL_BITS & ~mask);
		kept = op == '=' ? *mode & (S_IFMT | (who ? ALL_BITS & ~who : 0)) : *mode;
		*mode = op == '-' ? kept & ~rights : kept | rights;
	}
	return *text && *text != ',' ? NULL : text;
}

int parse_mode(const char *text, mode_t old, mode_t mask, mode_t *mode)
{
	char *end;
	unsigned long octal = strtoul(text, &end, 8);

	*mode = old;
	if (*text >= '0' && *text <= '7') {
		*mode = (old & S_IFMT) | octal;
		return *end || octal > ALL_BITS ? -1 : 0;
	}
	for (;;) {
		text = change(text, mask, mode);
		if (!text)
			return -1;
		if (!*text++)
			return 0;
	}
}
