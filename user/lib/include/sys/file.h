#ifndef SYS_FILE_H
#define SYS_FILE_H

#include <fcntl.h>	/* LOCK_SH and its like */

#endif
