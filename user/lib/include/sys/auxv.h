#ifndef _SYS_AUXV_H
#define _SYS_AUXV_H

#include "kernel/uapi/auxvec.h"

unsigned long getauxval(unsigned long type);

#endif
