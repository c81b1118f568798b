#ifndef KERNEL_RANDOM_H
#define KERNEL_RANDOM_H

/* Random numbers (kernel/random.c). => any context */
#include "kernel/types.h"

void get_random_bytes(void *buf, size_t n);
/* What is hard to guess for an outsider: firmware's seed, times of interrupts. Never makes the state worse. */
void add_random_seed(const void *seed, size_t n);

#endif
