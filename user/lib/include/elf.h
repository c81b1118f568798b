#include "kernel/uapi/elf.h"
