#ifndef KERNEL_SHM_H
#define KERNEL_SHM_H

/* System V shared memory (kernel/shm.c). */
void shm_init(void);		/* => boot, /proc is up */

#endif
