/*
 * File modes as people write them: 644, u+x, go=rX.
 */
#ifndef _FILEMODE_H
#define _FILEMODE_H

#include <sys/types.h>

/*
 * What @text makes of the mode @old (its type too, as X asks for directories); who is not named is spared what @mask (a umask) says.
 * => 0, or -1: that is no mode
 */
int parse_mode(const char *text, mode_t old, mode_t mask, mode_t *mode);

#endif
