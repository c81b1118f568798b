/*
 * blockmap.c: from a block of a file to a block of the disk.
 *
 * Owns:   i_block and the indirect blocks under it, the blocks preallocated for a growing file.
 * Locks:  the inode's i_map mutex around every look at the tree and every change. A reader of the page cache needs no
 *         more: i_size has fallen and the pages are gone before truncate comes here.
 * Read next: balloc.c (where blocks come from), inode.c (who calls).
 *
 *	i_block[0..11] ─► data        [12] ─► ▤ ─► data        [13] ─► ▤ ─► ▤ ─► data        [14] ─► ▤ ─► ▤ ─► ▤ ─► data
 *
 * A path to a block is one slot on each level: the first in the inode, the others in indirect blocks.
 */
#include "kernel/fs/ext2/ext2.h"

#define MAX_DEPTH	4

struct step {
	u32 *slot;			/* where the next block's number stands */
	struct buffer_head *bh;		/* the indirect block that holds it; NULL: the inode does */
};

static unsigned int slot_bits(const struct inode *inode)
{
	return inode->i_blkbits - 2;	/* log2 of the numbers in an indirect block */
}

/* The largest file: what the tree reaches, or what i_blocks, which also counts indirect blocks, can say. */
u64 ext2_max_size(unsigned int block_bits)
{
	u64 ptrs = 1ULL << (block_bits - 2), tree = (EXT2_NDIR + ptrs + ptrs * ptrs + ptrs * ptrs * ptrs) << block_bits;

	return min(tree, (1ULL << 41) - (1ULL << 33));
}

/* The slots on the way to block @n: off[0] in i_block, the others in indirect blocks. How many; 0: too far. */
static int path_to(u64 n, unsigned int bits, u32 off[MAX_DEPTH])
{
	if (n < EXT2_NDIR) {
		off[0] = (u32)n;
		return 1;
	}
	n -= EXT2_NDIR;
	for (unsigned int level = 1; level < MAX_DEPTH; level++) {
		if (n < 1ULL << level * bits) {
			off[0] = EXT2_NDIR + level - 1;
			for (unsigned int i = 1; i <= level; i++)
				off[i] = (u32)(n >> (level - i) * bits) & ((1u << bits) - 1);
			return (int)level + 1;
		}
		n -= 1ULL << level * bits;
	}
	return 0;
}

static struct buffer_head *read_indirect(struct inode *inode, u32 block)
{
	struct buffer_head *bh = NULL;

	if (!ext2_blocks_ok(inode->i_sb, block, 1))
		ext2_error(inode->i_sb, "inode %lu: indirect block %u cannot be", inode->i_ino, block);
	else if (!(bh = sb_bread(inode->i_sb, block)))
		ext2_error(inode->i_sb, "inode %lu: indirect block %u cannot be read", inode->i_ino, block);
	return bh;
}

static void release(struct step steps[MAX_DEPTH])
{
	for (int i = 0; i < MAX_DEPTH; i++)
		brelse(steps[i].bh);
}

/* Follow the path as far as it goes. The step whose slot is empty, @depth when none is, or -EIO. */
static int walk(struct inode *inode, const u32 *off, int depth, struct step steps[MAX_DEPTH])
{
	steps[0].slot = &EXT2_I(inode)->i_block[off[0]];
	for (int i = 0; i < depth; i++) {
		u32 block = *steps[i].slot;

		if (!block)
			return i;
		if (i + 1 == depth)
			break;
		steps[i + 1].bh = read_indirect(inode, block);
		if (!steps[i + 1].bh)
			return -EIO;
		steps[i + 1].slot = (u32 *)bh_data(steps[i + 1].bh) + off[i + 1];
	}
	if (ext2_blocks_ok(inode->i_sb, *steps[depth - 1].slot, 1))
		return depth;
	ext2_error(inode->i_sb, "inode %lu: block %u cannot be", inode->i_ino, *steps[depth - 1].slot);
	return -EIO;
}

/* ---- getting blocks ---------------------------------------------------------------------------------------- */

/* Blocks that were taken in advance go back. => i_map held */
void ext2_discard_prealloc(struct inode *inode)
{
	struct ext2_inode_info *ei = EXT2_I(inode);

	if (ei->i_prealloc_count && !IS_RDONLY(inode))
		ext2_free_blocks(inode->i_sb, ei->i_prealloc, ei->i_prealloc_count, false);
	ei->i_prealloc_count = 0;
}

static u32 take_block(struct inode *inode, u32 goal, int *error)
{
	struct ext2_inode_info *ei = EXT2_I(inode);
	bool grows = S_ISREG(inode->i_mode) && atomic_read(&inode->i_writecount) > 0;	/* its last close gives back */
	u32 count = grows ? EXT2_PREALLOC : 1, block;

	if (ei->i_prealloc_count && ei->i_prealloc == goal) {
		ei->i_prealloc_count--;
		return ei->i_prealloc++;
	}
	ext2_discard_prealloc(inode);
	block = ext2_new_blocks(inode, goal, &count, error);
	if (block) {
		ei->i_prealloc = block + 1;
		ei->i_prealloc_count = count - 1;
	}
	return block;
}

/* Behind the block before it in the file, else behind the indirect block, else somewhere in the inode's group. */
static u32 find_goal(struct inode *inode, const struct step *step)
{
	struct ext2_sb *sbi = EXT2_SB(inode->i_sb);
	u32 *first = step->bh ? (u32 *)bh_data(step->bh) : EXT2_I(inode)->i_block;
	u32 per_group = sbi->s_per_group[EXT2_BLOCKS];

	for (u32 *slot = step->slot; slot > first; slot--)
		if (slot[-1])
			return slot[-1] + 1;
	if (step->bh)
		return (u32)step->bh->b_blocknr + 1;
	/* Writers that work at the same time start at different places of their group. */
	return sbi->s_first_block + EXT2_I(inode)->i_group * per_group + (u32)(current->pid % 16) * (per_group / 16);
}

/* The buffer of a block that becomes metadata, all zeros, not yet dirty. NULL without memory. */
static struct buffer_head *zeroed_buffer(struct super_block *sb, u32 block)
{
	struct buffer_head *bh = sb_getblk(sb, block);

	if (bh) {
		lock_buffer(bh);
		memset(bh_data(bh), 0, bh->b_size);
		set_buffer_uptodate(bh);
		unlock_buffer(bh);
	}
	return bh;
}

/* Indirect blocks for the lower @n - 1 of the new blocks @nr: each holds the number of the next. 0 or -ENOMEM. */
static int chain_blocks(struct inode *inode, const u32 *nr, const u32 *off, int n)
{
	for (int i = 0; i < n - 1; i++) {
		struct buffer_head *bh = zeroed_buffer(inode->i_sb, nr[i]);

		if (!bh)
			return -ENOMEM;
		((u32 *)bh_data(bh))[off[i]] = nr[i + 1];
		mark_buffer_dirty_inode(bh, inode);
		brelse(bh);
	}
	return 0;
}

static void forget_block(struct super_block *sb, u32 block)
{
	struct buffer_head *bh = __find_get_block(sb->s_bdev, block, (unsigned)sb->s_blocksize);

	if (bh)
		bforget(bh);
}

/*
 * The missing @n blocks of a path, from @step's empty slot down; @off are the slots below it.
 * The path is whole or unchanged: the new blocks hang together before the slot points to the first.
 * => i_map held. 0 and the lowest block in *block, or -errno.
 */
static int grow(struct inode *inode, struct step *step, const u32 *off, int n, u32 *block)
{
	u32 nr[MAX_DEPTH], goal = find_goal(inode, step);
	int i, error = 0;

	if (IS_RDONLY(inode))
		return -EROFS;
	for (i = 0; i < n && !error; i++) {
		nr[i] = take_block(inode, goal, &error);
		if (!nr[i])
			break;
		goal = nr[i] + 1;
	}
	if (i == n)
		error = chain_blocks(inode, nr, off, n);
	if (error) {
		while (i--) {
			forget_block(inode->i_sb, nr[i]);
			ext2_free_blocks(inode->i_sb, nr[i], 1, false);
		}
		return error;
	}
	*step->slot = nr[0];
	inode->i_blocks += (u64)n << (inode->i_blkbits - SECTOR_SHIFT);
	if (step->bh)
		mark_buffer_dirty_inode(step->bh, inode);
	mark_inode_dirty(inode);
	*block = nr[n - 1];
	return 0;
}

/*
 * Tell in @bh_result where block @iblock of the file lies: unmapped for a hole; with @create a hole gets a block, new.
 * => may sleep; the page may be locked. 0, -EFBIG, -ENOSPC, -EROFS, -EIO, -ENOMEM
 */
int ext2_get_block(struct inode *inode, sector_t iblock, struct buffer_head *bh_result, int create)
{
	struct step steps[MAX_DEPTH] = { { NULL, NULL } };
	u32 off[MAX_DEPTH], block = 0;
	int depth = path_to(iblock, slot_bits(inode), off), have, error = 0;

	if (!depth)
		return create ? -EFBIG : 0;
	mutex_lock(&EXT2_I(inode)->i_map);
	have = walk(inode, off, depth, steps);
	if (have < 0)
		error = have;
	else if (have == depth)
		block = *steps[depth - 1].slot;
	else if (create)
		error = grow(inode, &steps[have], off + have + 1, depth - have, &block);
	release(steps);
	mutex_unlock(&EXT2_I(inode)->i_map);
	if (block) {
		bh_result->b_bdev = inode->i_sb->s_bdev;
		bh_result->b_blocknr = block;
		set_buffer_mapped(bh_result);
		if (have < depth)
			set_buffer_new(bh_result);
	}
	return error;
}

/*
 * Block @iblock of a directory or of a long symbolic link, whose contents are metadata; with @create one more.
 * => may sleep; brelse it. NULL: *error says why.
 */
struct buffer_head *ext2_bread(struct inode *inode, u32 iblock, bool create, int *error)
{
	struct super_block *sb = inode->i_sb;
	struct buffer_head map = { .b_size = (unsigned)sb->s_blocksize }, *bh;

	*error = ext2_get_block(inode, iblock, &map, create);
	if (*error)
		return NULL;
	*error = -EIO;
	if (!buffer_mapped(&map)) {
		ext2_error(sb, "inode %lu: block %u is missing", inode->i_ino, iblock);
		return NULL;
	}
	if (buffer_new(&map)) {
		*error = -ENOMEM;
		bh = zeroed_buffer(sb, (u32)map.b_blocknr);
	} else {
		bh = sb_bread(sb, map.b_blocknr);
	}
	if (bh)
		*error = 0;
	return bh;
}

/* ---- giving blocks back ------------------------------------------------------------------------------------- */

/* Blocks on their way to be free, as long as they follow each other. */
struct run {
	struct inode *inode;
	u32 start, count;
};

static void flush_run(struct run *run)
{
	struct inode *inode = run->inode;

	if (run->count) {
		u64 sectors = (u64)ext2_free_blocks(inode->i_sb, run->start, run->count, true) <<
			      (inode->i_blkbits - SECTOR_SHIFT);

		inode->i_blocks -= min(sectors, inode->i_blocks);
	}
	run->count = 0;
}

static void add_to_run(struct run *run, u32 block)
{
	if (run->count && block == run->start + run->count) {
		run->count++;
		return;
	}
	flush_run(run);
	run->start = block;
	run->count = 1;
}

/* @block goes, and all that hangs below it; @level 0: it is data. => nothing on the way to the disk points to it */
static void free_tree(struct run *run, u32 block, unsigned int level)
{
	struct inode *inode = run->inode;
	struct buffer_head *bh;

	if (level) {
		bh = read_indirect(inode, block);
		if (!bh)
			return;
		for (u32 i = 0; i < 1u << slot_bits(inode) && !IS_RDONLY(inode); i++) {
			u32 below = ((u32 *)bh_data(bh))[i];

			if (below)
				free_tree(run, below, level - 1);
		}
		bforget(bh);
	} else if (!S_ISREG(inode->i_mode)) {
		forget_block(inode->i_sb, block);
	}
	add_to_run(run, block);
}

/* Below the indirect block @block of @level, blocks from @from on go; some before it stay. */
static void shrink_tree(struct run *run, u32 block, unsigned int level, u64 from)
{
	struct inode *inode = run->inode;
	unsigned int bits = slot_bits(inode), shift = (level - 1) * bits;
	struct buffer_head *bh = read_indirect(inode, block);
	u32 *slots, i = (u32)(from >> shift);
	u64 rest = from & ((1ULL << shift) - 1);

	if (!bh)
		return;
	slots = (u32 *)bh_data(bh);
	if (rest && slots[i])
		shrink_tree(run, slots[i], level - 1, rest);
	for (i += rest != 0; i < 1u << bits && !IS_RDONLY(inode); i++) {
		u32 below = slots[i];

		if (!below)
			continue;
		slots[i] = 0;
		mark_buffer_dirty_inode(bh, inode);
		free_tree(run, below, level - 1);
	}
	brelse(bh);
}

/*
 * The file's blocks from @from on become free. Each is cut off in the buffer of its pointer before it counts as free.
 * => i_map held; may sleep. Errors were told: the filesystem is read-only then, and blocks are lost until e2fsck.
 */
void ext2_shrink(struct inode *inode, u64 from)
{
	struct run run = { inode, 0, 0 };
	u32 *slots = EXT2_I(inode)->i_block, gone[EXT2_NPTR] = { 0 };
	u64 base = EXT2_NDIR;

	if (IS_RDONLY(inode))
		return;
	ext2_discard_prealloc(inode);
	for (u32 i = (u32)min(from, (u64)EXT2_NDIR); i < EXT2_NDIR; i++)
		swap(gone[i], slots[i]);
	for (unsigned int level = 1; level < MAX_DEPTH; level++) {
		u32 root = EXT2_NDIR + level - 1;
		u64 span = 1ULL << level * slot_bits(inode);

		if (from <= base)
			swap(gone[root], slots[root]);
		else if (slots[root] && from - base < span)
			shrink_tree(&run, slots[root], level, from - base);
		base += span;
	}
	if (ext2_write_raw(inode, false))
		return;
	for (u32 i = 0; i < EXT2_NPTR; i++)
		if (gone[i])
			free_tree(&run, gone[i], i < EXT2_NDIR ? 0 : i - EXT2_NDIR + 1);
	flush_run(&run);
}
