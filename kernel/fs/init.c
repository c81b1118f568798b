/*
 * init.c: the order in which the parts of the file system start.
 *
 * Read next: dcache.c, inode.c, then namei.c.
 */
#include "kernel/fs/internal.h"
#include "mm/shmem.h"
#include "mm/swap.h"

/* See fs.h. => boot, once; drivers may register devices afterwards */
void vfs_init(void)
{
	dcache_init();
	inode_init();
	files_init();
	libfs_init();
	ramfs_init();
	tmpfs_init();
	devices_init();
	if (!set_shrinker(DEFAULT_SEEKS, shrink_dcache_memory) || !set_shrinker(DEFAULT_SEEKS, shrink_icache_memory))
		panic("no memory for the file system's shrinkers");
}
