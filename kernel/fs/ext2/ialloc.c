/*
 * ialloc.c: a new file's inode number: in which group it lives, and so where its data will.
 *
 * Owns:   the choice of groups, the count of directories in each.
 * Locks:  s_lock for counts (here read without it, as hints).
 * Read next: balloc.c (the bitmaps), namei.c (who makes files).
 *
 * Directories in the root spread over the disk, each into an emptier than average group; what is made inside stays
 * near while there is room.
 */
#include "kernel/fs/ext2/ext2.h"

static bool group_has_room(struct super_block *sb, u32 group, u32 inodes)
{
	struct ext2_group_desc *desc = ext2_group_desc(sb, group, NULL);

	return desc->bg_free_inodes_count > inodes && desc->bg_free_blocks_count;
}

/* The group with the most free blocks, among those with no fewer free inodes than the average. */
static u32 emptiest_group(struct super_block *sb, u32 fallback)
{
	struct ext2_sb *sbi = EXT2_SB(sb);
	u32 average = sbi->s_free[EXT2_INODES] / sbi->s_groups_count, best = fallback;
	int most = -1;

	for (u32 group = 0; group < sbi->s_groups_count; group++) {
		struct ext2_group_desc *desc = ext2_group_desc(sb, group, NULL);

		if (desc->bg_free_inodes_count && desc->bg_free_inodes_count >= average &&
		    desc->bg_free_blocks_count > most) {
			most = desc->bg_free_blocks_count;
			best = group;
		}
	}
	return best;
}

static u32 group_for(struct inode *dir, mode_t mode)
{
	struct super_block *sb = dir->i_sb;
	struct ext2_sb *sbi = EXT2_SB(sb);
	u32 group = EXT2_I(dir)->i_group, average = sbi->s_free[EXT2_INODES] / sbi->s_groups_count;

	if (S_ISDIR(mode)) {
		bool near = dir->i_ino != EXT2_ROOT_INO && group_has_room(sb, group, average / 2);

		return near ? group : emptiest_group(sb, group);
	}
	if (group_has_room(sb, group, 0))
		return group;
	group = (group + (u32)dir->i_ino) % sbi->s_groups_count;	/* files of different directories part ways */
	for (u32 step = 1; step < sbi->s_groups_count; step <<= 1) {
		group = (group + step) % sbi->s_groups_count;
		if (group_has_room(sb, group, 0))
			break;
	}
	return group;
}

/* A free inode number, near @group. 0: none, *error says why. */
static ino_t take_inode(struct super_block *sb, u32 group, int *error)
{
	struct ext2_sb *sbi = EXT2_SB(sb);

	do {
		for (u32 i = 0; i < sbi->s_groups_count; i++, group = (group + 1) % sbi->s_groups_count) {
			u32 one = 1;
			int bit = ext2_take_bits(sb, group, EXT2_INODES, group ? 0 : sbi->s_first_ino - 1, &one);

			if (bit >= 0)
				return group * sbi->s_per_group[EXT2_INODES] + (u32)bit + 1;
			*error = bit;
			if (bit != -ENOSPC)
				return 0;
		}
	} while (ext2_settle(sb) > 0);
	return 0;
}

static void count_dir(struct super_block *sb, u32 group, int change)
{
	struct buffer_head *bh;
	struct ext2_group_desc *desc = ext2_group_desc(sb, group, &bh);

	spin_lock(&EXT2_SB(sb)->s_lock);
	desc->bg_used_dirs_count = (u16)(desc->bg_used_dirs_count + change);
	spin_unlock(&EXT2_SB(sb)->s_lock);
	mark_buffer_dirty(bh);
}

/* The bitmap says that the inode is free; does the inode say so too? 0 or -EIO. */
static int check_unused(struct super_block *sb, ino_t ino)
{
	struct buffer_head *bh;
	struct ext2_inode *raw = ext2_raw_inode(sb, ino, &bh);
	bool used;

	if (!raw)
		return -EIO;
	used = raw->i_mode && raw->i_links_count;
	brelse(bh);
	if (used)
		ext2_error(sb, "inode bitmap says that inode %lu, which is in use, is free", ino);
	return used ? -EIO : 0;
}

/*
 * An inode for a new file in @dir: owner and mode set, no operations yet, one link, dirty.
 * => @dir's i_mutex held; may sleep. ERR_PTR(-ENOSPC, -EROFS, -ENOMEM, -EIO)
 */
struct inode *ext2_new_inode(struct inode *dir, mode_t mode)
{
	struct super_block *sb = dir->i_sb;
	struct ext2_sb *sbi = EXT2_SB(sb);
	struct ext2_inode_info *ei;
	struct inode *inode;
	int error = -EROFS;
	ino_t ino;

	if (IS_RDONLY(dir))
		return ERR_PTR(error);
	inode = new_inode(sb);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	ino = take_inode(sb, group_for(dir, mode), &error);
	if (ino)
		error = check_unused(sb, ino);
	if (!ino || error) {
		iput(inode);		/* has no number yet: nothing on the disk is touched */
		return ERR_PTR(error);
	}
	ei = EXT2_I(inode);
	inode->i_ino = ino;
	generic_set_owner(inode, dir, mode);
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_fs_time(sb);
	ei->i_group = (u32)(ino - 1) / sbi->s_per_group[EXT2_INODES];
	ei->i_state = 1UL << EXT2_STATE_NEW;
	spin_lock(&sbi->s_lock);
	ei->i_generation = sbi->s_generation++;
	spin_unlock(&sbi->s_lock);
	if (S_ISDIR(mode))
		count_dir(sb, ei->i_group, 1);
	insert_inode_hash(inode);
	mark_inode_dirty(inode);
	return inode;
}

/* The number is free, once the disk knows no name for it. => the inode table says so already; may sleep */
void ext2_free_inode(struct super_block *sb, ino_t ino, bool is_dir)
{
	u32 per_group = EXT2_SB(sb)->s_per_group[EXT2_INODES], group = (u32)(ino - 1) / per_group;

	if (!ext2_free_bits(sb, group, EXT2_INODES, (u32)(ino - 1) % per_group, 1, true))
		ext2_error(sb, "inode %lu was free already", ino);
	else if (is_dir)
		count_dir(sb, group, -1);
}
