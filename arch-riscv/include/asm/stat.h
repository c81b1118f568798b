/*
 * struct stat of RISC-V (Linux's generic layout): fstat, newfstatat. There is no other
 * width, so the wide name that shared code uses is the same structure.
 */
#ifndef ASM_STAT_H
#define ASM_STAT_H

struct stat {
	unsigned long st_dev;
	unsigned long st_ino;
	unsigned int st_mode;
	unsigned int st_nlink;
	unsigned int st_uid;
	unsigned int st_gid;
	unsigned long st_rdev;
	unsigned long __pad1;
	long st_size;
	int st_blksize;
	int __pad2;
	long st_blocks;			/* of 512 bytes */
	long st_atime;
	unsigned long st_atime_nsec;
	long st_mtime;
	unsigned long st_mtime_nsec;
	long st_ctime;
	unsigned long st_ctime_nsec;
	unsigned int __unused4;
	unsigned int __unused5;
};

#define stat64 stat

_Static_assert(sizeof(struct stat) == 128, "Linux's layout");

#endif
