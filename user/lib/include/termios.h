#ifndef _TERMIOS_H
#define _TERMIOS_H

#include "kernel/uapi/termios.h"

int tcgetattr(int fd, struct termios *t);
int tcsetattr(int fd, int when, const struct termios *t);
void cfmakeraw(struct termios *t);
int tcflush(int fd, int queue);

#endif
