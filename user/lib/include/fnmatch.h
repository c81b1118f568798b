#ifndef _FNMATCH_H
#define _FNMATCH_H

#define FNM_NOMATCH	1

int fnmatch(const char *pattern, const char *string, int flags);

#endif
