#ifndef KERNEL_LIB_STRING_H
#define KERNEL_LIB_STRING_H

/* Memory and strings: the C library's, as far as the kernel uses them, and parsing of numbers. */
#include "kernel/types.h"

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
/* The first byte of @s that is not @c, or NULL. */
void *memchr_inv(const void *s, int c, size_t n);

size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strcpy(char *dst, const char *src);
/* Always ends @dst with NUL if size is not 0; returns strlen(src). */
size_t strlcpy(char *dst, const char *src, size_t size);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *what);
size_t strspn(const char *s, const char *set);
size_t strcspn(const char *s, const char *set);
char *strpbrk(const char *s, const char *set);
/* Cuts the next word off *s; NULL at the end. Empty words are returned too. */
char *strsep(char **s, const char *delimiters);
/* Does @s match @pattern with * and ? ? */
bool glob_match(const char *pattern, const char *s);

static inline bool isdigit(int c) { return c >= '0' && c <= '9'; }
static inline bool isspace(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static inline bool isprint(int c) { return c >= ' ' && c <= '~'; }
static inline bool isupper(int c) { return c >= 'A' && c <= 'Z'; }
static inline bool islower(int c) { return c >= 'a' && c <= 'z'; }
static inline bool isalpha(int c) { return isupper(c) || islower(c); }
static inline bool isalnum(int c) { return isalpha(c) || isdigit(c); }
static inline int tolower(int c) { return isupper(c) ? c + 'a' - 'A' : c; }
static inline int toupper(int c) { return islower(c) ? c + 'A' - 'a' : c; }

/* kernel/lib/parse.c. Base 0: 0x is hex, a leading 0 octal. *end (if wanted) is the first byte not used. */
u64 simple_strtoull(const char *s, char **end, unsigned int base);
unsigned long simple_strtoul(const char *s, char **end, unsigned int base);
long simple_strtol(const char *s, char **end, unsigned int base);
/* The whole string is one number (a last newline is allowed): 0, -EINVAL, or -ERANGE. */
int kstrtoull(const char *s, unsigned int base, u64 *result);
int kstrtoul(const char *s, unsigned int base, unsigned long *result);
/* A size with K, M, G or T behind it. */
u64 memparse(const char *s, char **end);
/* The last NAME=SIZE among the words of @cmdline (@name ends in =), or @otherwise. */
u64 size_option(const char *cmdline, const char *name, u64 otherwise);

#endif
