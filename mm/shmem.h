#ifndef MM_SHMEM_H
#define MM_SHMEM_H

/* Memory that is shared by having an inode (mm/shmem.c). */
#include "mm/mm.h"

/* An unnamed file of @size bytes of zeroes, writable. @flags: VM_ACCOUNT charges it now. ERR_PTR. => may sleep */
struct file *shmem_file_setup(const char *name, loff_t size, unsigned long vm_flags);
/* MAP_SHARED | MAP_ANONYMOUS: give @vma such a file. 0 or -errno. => mmap_sem held for write */
int shmem_zero_setup(struct vm_area_struct *vma);
long shmem_accounted_pages(void);	/* what all such files were promised, found by looking at each (mmap_check.c) */

#endif
