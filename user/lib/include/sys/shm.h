#ifndef _SYS_SHM_H
#define _SYS_SHM_H

#include <sys/ipc.h>
#include <sys/types.h>

/* The kernel's names of today's structures, under those that programs know. */
#define ipc64_perm	ipc_perm
#define shmid64_ds	shmid_ds
#define shminfo64	shminfo
#define key		__key
#define seq		__seq
#include "kernel/uapi/shm.h"
#undef key
#undef seq

#define SHMLBA	4096

int shmget(key_t key, size_t size, int flags);
void *shmat(int id, const void *addr, int flags);
int shmdt(const void *addr);
int shmctl(int id, int cmd, struct shmid_ds *ds);

#endif
