#ifndef MM_LOCKING_H
#define MM_LOCKING_H

/*
 * The lock order of the whole kernel, outermost first. DEBUG=1 checks at each acquisition that the
 * new lock's rank is greater than that of every spinlock this CPU (sleeping lock: this task) holds, that
 * an irq-safe rank is taken with interrupts off, and that nobody sleeps under a spinlock.
 * Two locks of one rank: spin_lock_nested / mutex_lock_nested, in an order that the place documents.
 *
 *   i_mutex → i_alloc_sem → mmap_sem → page lock → i_mmap_lock → anon_vma → page-table lock
 *           → { lru_lock, swap_lock → mmlist, private_lock, inode_lock → sb_lock, tree_lock } → zone->lock
 */
enum lock_rank {
	RANK_NONE,		/* not checked: the checker's own locks and the console's */
	/* sleeping locks */
	RANK_F_POS,		/* an open file's position */
	RANK_SEQ_FILE,		/* a made-up file: its records take what they like */
	RANK_MOUNT,		/* namespace and mount table */
	RANK_S_UMOUNT,		/* a superblock comes, goes, or is written as a whole */
	RANK_S_VFS_RENAME,
	RANK_I_MUTEX,		/* directory before child; nested: parent, child, second */
	RANK_CRED_EXEC,
	RANK_TTY_READ,
	RANK_I_ALLOC,
	RANK_MMAP_SEM,
	RANK_SHM,		/* SysV segments: counted when their areas come and go */
	RANK_FS_MUTEX,		/* a filesystem's own mutexes (allocation, metadata) */
	RANK_PIPE,
	RANK_CHAIN_MUTEX,	/* slab cache_chain and other small mutexes that allocate inside */
	RANK_MUTEX_LEAF,
	/* spinlocks, taken with interrupts as they are */
	RANK_FUTEX,
	RANK_TASKLIST,
	RANK_TASK,		/* task->alloc_lock */
	RANK_FILES,		/* files_struct, fs_struct */
	RANK_I_MMAP,
	RANK_ANON_VMA,
	RANK_PAGE_TABLE,
	RANK_DCACHE,
	RANK_DENTRY,
	RANK_PRIVATE,		/* mapping->private_lock */
	RANK_SWAP,
	RANK_MMLIST,
	RANK_INODE,		/* inode_lock */
	RANK_SB,
	RANK_VMLIST,
	RANK_LEAF,		/* plain leaf spinlocks that take nothing but irq-safe ones */
	/* irq-safe spinlocks: always taken with interrupts off */
	RANK_IRQSAFE,		/* marker: ranks from here on need interrupts off */
	RANK_SIGHAND = RANK_IRQSAFE,
	RANK_TTY_INPUT,		/* a terminal's receive side, which hands over to the tty */
	RANK_TTY,
	RANK_TREE,		/* mapping->tree_lock */
	RANK_LRU,
	RANK_QUEUE,		/* block request queue, device */
	RANK_DEVICE,
	RANK_SLAB,		/* kmem_list3->list_lock */
	RANK_SLAB_ALIEN,
	RANK_MEMPOOL,
	RANK_ZONE,
	RANK_WORK,
	RANK_WAITQUEUE,
	RANK_TIMER,
	RANK_PI,		/* task wake-up: p->pi_lock before rq->lock */
	RANK_RQ,
	RANK_RCU,
	RANK_CALL,		/* cross-CPU calls */
	RANK_IRQ,		/* interrupt descriptors and controllers */
	RANK_IRQ_LEAF,
	RANK_LOG,		/* the log ring and the console */
	NR_LOCK_RANKS
};

#endif
