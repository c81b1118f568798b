/*
 * System V shared memory: shmget(2), shmat(2), shmctl(2). The layouts are those that IPC_64 asks for.
 */
#ifndef UAPI_SHM_H
#define UAPI_SHM_H

#include "kernel/uapi/types.h"

#define IPC_PRIVATE	0

#define IPC_CREAT	01000
#define IPC_EXCL	02000
#define IPC_NOWAIT	04000

#define IPC_RMID	0
#define IPC_SET		1
#define IPC_STAT	2
#define IPC_INFO	3
#define IPC_64		0x0100	/* in cmd, where a call has known smaller structures */

/* Calls of i386's ipc(2). */
#define SHMAT		21
#define SHMDT		22
#define SHMGET		23
#define SHMCTL		24

/* shmget */
#define SHM_R		0400
#define SHM_W		0200
#define SHM_HUGETLB	04000
#define SHM_NORESERVE	010000

/* shmat */
#define SHM_RDONLY	010000
#define SHM_RND		020000
#define SHM_REMAP	040000
#define SHM_EXEC	0100000

/* shmctl */
#define SHM_LOCK	11
#define SHM_UNLOCK	12
#define SHM_STAT	13
#define SHM_INFO	14
#define SHM_STAT_ANY	15

/* In shm_perm.mode. */
#define SHM_DEST	01000	/* goes with the last detach */
#define SHM_LOCKED	02000

struct ipc64_perm {
	int key;
	__kernel_uid32_t uid;
	__kernel_gid32_t gid;
	__kernel_uid32_t cuid;
	__kernel_gid32_t cgid;
	__u32 mode;			/* (16 bits and padding on i386) */
	__u16 seq;
	__u16 __pad2;
	__kernel_ulong_t __unused1;
	__kernel_ulong_t __unused2;
};

struct shmid64_ds {
	struct ipc64_perm shm_perm;
	__kernel_ulong_t shm_segsz;
#if __SIZEOF_LONG__ == 8
	__kernel_long_t shm_atime;
	__kernel_long_t shm_dtime;
	__kernel_long_t shm_ctime;
#else
	__kernel_ulong_t shm_atime;
	__kernel_ulong_t shm_atime_high;
	__kernel_ulong_t shm_dtime;
	__kernel_ulong_t shm_dtime_high;
	__kernel_ulong_t shm_ctime;
	__kernel_ulong_t shm_ctime_high;
#endif
	__kernel_pid_t shm_cpid;
	__kernel_pid_t shm_lpid;
	__kernel_ulong_t shm_nattch;
	__kernel_ulong_t __unused4;
	__kernel_ulong_t __unused5;
};

struct shminfo64 {
	__kernel_ulong_t shmmax;
	__kernel_ulong_t shmmin;
	__kernel_ulong_t shmmni;
	__kernel_ulong_t shmseg;
	__kernel_ulong_t shmall;
	__kernel_ulong_t __unused1, __unused2, __unused3, __unused4;
};

struct shm_info {
	int used_ids;
	__kernel_ulong_t shm_tot;
	__kernel_ulong_t shm_rss;
	__kernel_ulong_t shm_swp;
	__kernel_ulong_t swap_attempts;
	__kernel_ulong_t swap_successes;
};

#endif
