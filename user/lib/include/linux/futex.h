#include "kernel/uapi/futex.h"
