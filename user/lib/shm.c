/*
 * System V shared memory.
 */
#include "internal.h"
#include <sys/shm.h>

int shmget(key_t key, size_t size, int flags) { return sys(shmget, key, size, flags); }
void *shmat(int id, const void *addr, int flags) { return (void *)sys(shmat, id, addr, flags); }
int shmdt(const void *addr) { return sys(shmdt, addr); }
int shmctl(int id, int cmd, struct shmid_ds *ds) { return sys(shmctl, id, cmd, ds); }
