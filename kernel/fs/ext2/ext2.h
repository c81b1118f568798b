#ifndef KERNEL_FS_EXT2_EXT2_H
#define KERNEL_FS_EXT2_EXT2_H

/*
 * ext2: what lies on the disk, and what is kept in memory about it.
 *
 *	block group:  superblock and descriptors (some groups) │ block bitmap │ inode bitmap │ inode table │ data …
 *	file:         inode.i_block[15] ─► 12 blocks of data, then trees of block numbers, one, two and three levels deep
 *
 * Numbers on the disk are little-endian, as both machines are: the structures are used as they lie in the buffers.
 * Nothing that was read is believed: superblock and descriptors are checked at mount, everything else where it is
 * used; what cannot be true ends in ext2_error (the filesystem becomes read-only) and EIO.
 *
 * Lock letters: [c] constant while mounted  [a] s_lock  [f] s_freeing  [m] the inode's i_map  [i] i_mutex
 * Order: i_mutex → page lock → i_map → s_freeing → s_lock. Memory is asked for with GFP_NOFS under all of them, since
 * reclaim may write a page of the same file.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/buffer.h"

#define EXT2_ROOT_INO		2u
#define EXT2_GOOD_OLD_FIRST_INO	11u
#define EXT2_GOOD_OLD_INODE_SIZE 128u
#define EXT2_LINK_MAX		32000u
#define EXT2_NDIR		12		/* i_block: pointers to data */
#define EXT2_NPTR		15		/* and the roots of the three trees */
#define EXT2_PREALLOC		8u		/* blocks taken at once for a file that grows */

#define EXT2_VALID_FS		1u		/* s_state: was unmounted cleanly */
#define EXT2_ERROR_FS		2u
#define EXT2_COMPAT_EXT_ATTR	8u
#define EXT2_RO_COMPAT_SPARSE	1u
#define EXT2_RO_COMPAT_LARGE	2u
#define EXT2_RO_COMPAT_BTREE	4u		/* was never used */
#define EXT2_INCOMPAT_FILETYPE	2u
#define EXT2_INDEX_FL		0x1000u		/* i_flags: a directory with a hashed index, which any change here ends */
#define EXT2_UNKNOWN_FL		0x10080000u	/* extents, inline data: the blocks are not a tree */

struct ext2_super_block {			/* 1024 bytes from the start of the disk */
	u32 s_inodes_count, s_blocks_count, s_r_blocks_count, s_free_blocks_count, s_free_inodes_count;
	u32 s_first_data_block, s_log_block_size, s_log_frag_size;
	u32 s_blocks_per_group, s_frags_per_group, s_inodes_per_group;
	u32 s_mtime, s_wtime;
	u16 s_mnt_count, s_max_mnt_count, s_magic, s_state, s_errors, s_minor_rev_level;
	u32 s_lastcheck, s_checkinterval, s_creator_os, s_rev_level;
	u16 s_def_resuid, s_def_resgid;
	u32 s_first_ino;			/* from here on: revision 1 */
	u16 s_inode_size, s_block_group_nr;
	u32 s_feature_compat, s_feature_incompat, s_feature_ro_compat;
	u32 s_uuid[4];
	char s_rest[1024 - 120];
};

struct ext2_group_desc {
	u32 bg_block_bitmap, bg_inode_bitmap, bg_inode_table;
	u16 bg_free_blocks_count, bg_free_inodes_count, bg_used_dirs_count, bg_pad;
	u32 bg_reserved[3];
};

struct ext2_inode {				/* s_inode_size bytes apart */
	u16 i_mode, i_uid;
	u32 i_size, i_atime, i_ctime, i_mtime, i_dtime;
	u16 i_gid, i_links_count;
	u32 i_blocks, i_flags, i_osd1;
	u32 i_block[EXT2_NPTR];
	u32 i_generation, i_file_acl, i_size_high, i_faddr;
	u16 i_frag, i_pad, i_uid_high, i_gid_high;
	u32 i_osd2;
};

struct ext2_dir_entry {
	u32 inode;				/* 0: unused */
	u16 rec_len;				/* to the next one, or to the block's end */
	u8 name_len;
	u8 file_type;				/* EXT2_FT_*, 0 in filesystems without that feature */
	char name[];
};
#define EXT2_REC_LEN(name_len)	(((name_len) + 8u + 3u) & ~3u)

BUILD_BUG_ON(sizeof(struct ext2_super_block) != 1024);
BUILD_BUG_ON(sizeof(struct ext2_group_desc) != 32);
BUILD_BUG_ON(sizeof(struct ext2_inode) != 128);
BUILD_BUG_ON(__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__);

/* Blocks and inodes are given out by the same code: a bitmap in each group, a count in its descriptor, a total. */
enum ext2_kind { EXT2_BLOCKS, EXT2_INODES };

struct ext2_group {
	/*
	 * [a] Bits that were freed, while the disk may still hold an owner's pointer or a name: not given out again
	 * before ext2_settle has written all metadata. NULL: none. Changed from and to NULL under [f].
	 */
	unsigned long *held[2];
};

struct ext2_sb {
	struct buffer_head *s_sbh;		/* [c] of the superblock, */
	struct ext2_super_block *s_es;		/* [c] which lies in it */
	struct buffer_head **s_desc;		/* [c] of the group descriptors */
	struct ext2_group *s_groups;		/* [c] */
	u32 s_groups_count, s_desc_count, s_desc_per_block;	/* [c] */
	u32 s_first_block, s_blocks_count, s_inodes_count;	/* [c] */
	u32 s_per_group[2];			/* [c] blocks, inodes in a group */
	u32 s_inode_size, s_first_ino, s_table_blocks;		/* [c] */
	u32 s_overhead;				/* [c] blocks that can never be a file's */
	u16 s_mount_state;			/* s_state to be left behind at unmount */
	spinlock_t s_lock;			/* bitmaps and counts of all groups: a leaf */
	u32 s_free[2];				/* [a] blocks, inodes in all groups */
	u32 s_generation;			/* [a] of the next inode */
	struct mutex s_freeing;			/* freeing and settling exclude each other */
	bool s_any_held;			/* [f] */
};

struct ext2_inode_info {
	u32 i_block[EXT2_NPTR];			/* [m] as on disk */
	u32 i_flags, i_generation, i_dtime;	/* [i] */
	u32 i_file_acl;				/* [i] block of extended attributes, or 0 */
	u32 i_group;				/* [c] its number's */
	u32 i_room;				/* [i] a directory's blocks below this one have little room */
	u32 i_found;				/* [i] the block where the last name was found */
	u32 i_prealloc, i_prealloc_count;	/* [m] blocks taken in advance */
	unsigned long i_state;			/* EXT2_STATE_*, atomic bits */
	struct mutex i_map;			/* its tree of blocks, its copy in the inode table */
	struct inode vfs_inode;
};
#define EXT2_STATE_NEW	0	/* the inode table still holds what was there before it */
#define EXT2_STATE_NAMED 1	/* a directory entry for it is on the disk */
#define EXT2_STATE_GONE	2	/* was freed on disk although it is in use: at power-off */

static inline struct ext2_sb *EXT2_SB(struct super_block *sb) { return sb->s_fs_info; }
static inline struct ext2_inode_info *EXT2_I(struct inode *inode) { return container_of(inode, struct ext2_inode_info, vfs_inode); }

/* A directory entry in its block, which is referenced. */
struct ext2_place {
	struct buffer_head *bh;
	struct ext2_dir_entry *de;
};

/* super.c */
void ext2_error(struct super_block *sb, const char *fmt, ...) __printf(2, 3);
void ext2_need_large_files(struct super_block *sb);

/* balloc.c */
struct ext2_group_desc *ext2_group_desc(struct super_block *sb, u32 group, struct buffer_head **bh);
bool ext2_blocks_ok(struct super_block *sb, u32 block, u32 count);
int ext2_take_bits(struct super_block *sb, u32 group, enum ext2_kind kind, u32 goal, u32 *count);
u32 ext2_free_bits(struct super_block *sb, u32 group, enum ext2_kind kind, u32 bit, u32 count, bool hold);
u32 ext2_new_blocks(struct inode *inode, u32 goal, u32 *count, int *error);
u32 ext2_free_blocks(struct super_block *sb, u32 block, u32 count, bool hold);
int ext2_settle(struct super_block *sb);
void ext2_drop_held(struct ext2_sb *sbi);

/* ialloc.c */
struct inode *ext2_new_inode(struct inode *dir, mode_t mode);
void ext2_free_inode(struct super_block *sb, ino_t ino, bool is_dir);

/* inode.c */
void ext2_read_inode(struct inode *inode);
int ext2_write_inode(struct inode *inode, int wait);
void ext2_delete_inode(struct inode *inode);
void ext2_erase_orphan(struct inode *inode);
void ext2_set_ops(struct inode *inode);
bool ext2_is_fast_symlink(struct inode *inode);
struct ext2_inode *ext2_raw_inode(struct super_block *sb, ino_t ino, struct buffer_head **bh);
int ext2_sync_inode(struct inode *inode);

/* blockmap.c */
int ext2_get_block(struct inode *inode, sector_t iblock, struct buffer_head *bh_result, int create);
struct buffer_head *ext2_bread(struct inode *inode, u32 iblock, bool create, int *error);
void ext2_discard_prealloc(struct inode *inode);
void ext2_shrink(struct inode *inode, u64 from);
int ext2_write_raw(struct inode *inode, bool wait);
void ext2_truncate(struct inode *inode);
u64 ext2_max_size(unsigned int block_bits);
extern const struct address_space_operations ext2_aops;

/* dir.c */
int ext2_find_entry(struct inode *dir, const struct qstr *name, struct ext2_place *place);
int ext2_add_link(struct inode *dir, const struct qstr *name, struct inode *inode, struct buffer_head **bh);
int ext2_delete_entry(struct inode *dir, struct ext2_place *place);
void ext2_set_link(struct inode *dir, struct ext2_place *place, struct inode *inode);
int ext2_make_empty(struct inode *inode, struct inode *parent);
int ext2_empty_dir(struct inode *dir);
int ext2_dotdot(struct inode *dir, struct ext2_place *place);
extern const struct file_operations ext2_dir_operations;

/* namei.c, file.c, symlink.c */
extern const struct inode_operations ext2_dir_inode_operations, ext2_file_inode_operations, ext2_symlink_inode_operations;
extern const struct file_operations ext2_file_operations;
int ext2_fsync(struct file *file, struct dentry *dentry, int datasync);

#endif
