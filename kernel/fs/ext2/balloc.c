/*
 * balloc.c: bitmaps: which blocks and inodes are free.
 *
 * Owns:   the bitmap blocks, the counts in group descriptors, the totals, and the bits that are held back.
 * Locks:  s_lock for bits and counts, taken when the bitmap's block is there; s_freeing around freeing and settling.
 * Read next: ialloc.c (inodes by the same functions), blockmap.c (who wants blocks).
 *
 * A freed block must not become another file's while the disk still says that it belongs to the old one: after a
 * crash both would have it. So whoever frees has changed the pointer's buffer before, the freed bit is held, and
 * ext2_settle writes all metadata before it lets go of what was held until then:
 *
 *	used ─► free and held ─► (all metadata written) free ─► used
 *
 * Inode numbers are held in the same way: else an old name on the disk could lead to a new file.
 */
#include "kernel/fs/ext2/ext2.h"

/* The descriptor of @group; *bh, if wanted, is its buffer, without a reference. => does not sleep */
struct ext2_group_desc *ext2_group_desc(struct super_block *sb, u32 group, struct buffer_head **bh)
{
	struct ext2_sb *sbi = EXT2_SB(sb);
	struct buffer_head *desc_bh = sbi->s_desc[group / sbi->s_desc_per_block];

	ASSERT_OP(group, <, sbi->s_groups_count);
	if (bh)
		*bh = desc_bh;
	return (struct ext2_group_desc *)bh_data(desc_bh) + group % sbi->s_desc_per_block;
}

static bool overlap(u32 a, u32 a_count, u32 b, u32 b_count)
{
	return a < b + b_count && b < a + a_count;
}

/* May these blocks, all of one group, belong to a file? They exist, and hold no bitmap, descriptor or inode table. */
bool ext2_blocks_ok(struct super_block *sb, u32 block, u32 count)
{
	struct ext2_sb *sbi = EXT2_SB(sb);
	struct ext2_group_desc *desc;

	if (block <= sbi->s_first_block + sbi->s_desc_count || count > sbi->s_blocks_count ||
	    block > sbi->s_blocks_count - count)
		return false;
	desc = ext2_group_desc(sb, (block - sbi->s_first_block) / sbi->s_per_group[EXT2_BLOCKS], NULL);
	return !overlap(block, count, desc->bg_block_bitmap, 1) && !overlap(block, count, desc->bg_inode_bitmap, 1) &&
	       !overlap(block, count, desc->bg_inode_table, sbi->s_table_blocks);
}

static u16 *free_count(struct ext2_group_desc *desc, enum ext2_kind kind)
{
	return kind == EXT2_BLOCKS ? &desc->bg_free_blocks_count : &desc->bg_free_inodes_count;
}

static struct buffer_head *read_bitmap(struct super_block *sb, u32 group, enum ext2_kind kind)
{
	struct ext2_group_desc *desc = ext2_group_desc(sb, group, NULL);
	struct buffer_head *bh = sb_bread(sb, kind == EXT2_BLOCKS ? desc->bg_block_bitmap : desc->bg_inode_bitmap);

	if (!bh)
		ext2_error(sb, "bitmap of group %u cannot be read", group);
	return bh;
}

/* Bits in @group's bitmap that stand for something: the last group has fewer blocks. */
static u32 bits_in_group(struct ext2_sb *sbi, u32 group, enum ext2_kind kind)
{
	u32 before = group * sbi->s_per_group[kind];

	if (kind == EXT2_INODES)
		return sbi->s_per_group[EXT2_INODES];
	return min(sbi->s_per_group[EXT2_BLOCKS], sbi->s_blocks_count - sbi->s_first_block - before);
}

static bool bit_is_free(const unsigned long *map, const unsigned long *held, u32 bit)
{
	return !test_bit(bit, map) && !(held && test_bit(bit, held));
}

/* The first free bit from @from on; @size: none. */
static u32 next_free(const unsigned long *map, const unsigned long *held, u32 from, u32 size)
{
	u32 bit = (u32)find_next_zero_bit(map, size, from);

	while (bit < size && !bit_is_free(map, held, bit))
		bit = (u32)find_next_zero_bit(map, size, bit + 1);
	return bit;
}

/* The first of eight free bits that fill a byte: a place where a file can grow. @size: none. */
static u32 next_free_byte(const unsigned long *map, const unsigned long *held, u32 from, u32 size)
{
	const u8 *m = (const u8 *)map, *h = (const u8 *)held;

	for (u32 byte = (from + 7) / 8; byte < size / 8; byte++)
		if (!m[byte] && !(h && h[byte]))
			return byte * 8;
	return size;
}

static u32 find_place(const unsigned long *map, const unsigned long *held, enum ext2_kind kind, u32 goal, u32 size)
{
	u32 bit = size;

	if (goal < size && bit_is_free(map, held, goal))
		return goal;
	if (kind == EXT2_BLOCKS)
		bit = next_free_byte(map, held, goal, size);
	return bit < size ? bit : next_free(map, held, goal, size);
}

/* What must stay free: the last blocks are root's. */
static u32 reserve(struct ext2_sb *sbi, enum ext2_kind kind)
{
	struct ext2_super_block *es = sbi->s_es;

	if (kind == EXT2_INODES || capable_root() || current->fsuid == es->s_def_resuid ||
	    (es->s_def_resgid && current->fsgid == es->s_def_resgid))
		return 0;
	return es->s_r_blocks_count;
}

/*
 * Take up to *count bits in a row of @group's bitmap, at @goal or behind it.
 * => *count is how many; the first bit, -ENOSPC or -EIO. May sleep.
 */
int ext2_take_bits(struct super_block *sb, u32 group, enum ext2_kind kind, u32 goal, u32 *count)
{
	struct ext2_sb *sbi = EXT2_SB(sb);
	struct buffer_head *bh, *desc_bh;
	struct ext2_group_desc *desc = ext2_group_desc(sb, group, &desc_bh);
	u32 bit, n = 0, size = bits_in_group(sbi, group, kind), floor = reserve(sbi, kind);
	unsigned long *map, *held;

	if (!*free_count(desc, kind))
		return -ENOSPC;
	bh = read_bitmap(sb, group, kind);
	if (!bh)
		return -EIO;
	map = (unsigned long *)bh_data(bh);
	spin_lock(&sbi->s_lock);
	held = sbi->s_groups[group].held[kind];
	bit = find_place(map, held, kind, goal, size);
	while (n < *count && bit + n < size && bit_is_free(map, held, bit + n) && sbi->s_free[kind] > floor &&
	       *free_count(desc, kind)) {
		__set_bit(bit + n++, map);
		sbi->s_free[kind]--;
		--*free_count(desc, kind);
	}
	spin_unlock(&sbi->s_lock);
	if (n) {
		mark_buffer_dirty(bh);
		mark_buffer_dirty(desc_bh);
		sb->s_dirt = true;
	}
	brelse(bh);
	*count = n;
	return n ? (int)bit : -ENOSPC;
}

/* Room to note held bits of @group; without memory the metadata are written at once, and nothing need be held. */
static bool prepare_hold(struct super_block *sb, struct ext2_group *group, enum ext2_kind kind)
{
	unsigned long *held;

	if (group->held[kind])
		return true;
	held = kzalloc(sb->s_blocksize, GFP_NOFS);
	if (!held) {
		sync_blockdev(sb->s_bdev);
		return false;
	}
	smp_store_release(&group->held[kind], held);	/* readers have s_lock only: the zeros must be seen with it */
	EXT2_SB(sb)->s_any_held = true;
	return true;
}

/*
 * Give bits of @group's bitmap back, and hold them if somebody on the disk may still have them.
 * => the buffers that no longer point to them are dirty already; may sleep. How many were in use indeed.
 */
u32 ext2_free_bits(struct super_block *sb, u32 group, enum ext2_kind kind, u32 bit, u32 count, bool hold)
{
	struct ext2_sb *sbi = EXT2_SB(sb);
	struct buffer_head *desc_bh, *bh = read_bitmap(sb, group, kind);
	struct ext2_group_desc *desc = ext2_group_desc(sb, group, &desc_bh);
	u32 n = 0;

	if (!bh)
		return 0;
	mutex_lock(&sbi->s_freeing);
	hold = hold && prepare_hold(sb, &sbi->s_groups[group], kind);
	spin_lock(&sbi->s_lock);
	for (u32 i = bit; i < bit + count; i++) {
		if (!__test_and_clear_bit(i, (unsigned long *)bh_data(bh)))
			continue;
		if (hold)
			__set_bit(i, sbi->s_groups[group].held[kind]);
		n++;
	}
	sbi->s_free[kind] += n;
	*free_count(desc, kind) += n;
	spin_unlock(&sbi->s_lock);
	mark_buffer_dirty(bh);
	mark_buffer_dirty(desc_bh);
	mutex_unlock(&sbi->s_freeing);
	sb->s_dirt = true;
	brelse(bh);
	return n;
}

/* Nothing is held any more. => s_freeing held, or the filesystem goes */
void ext2_drop_held(struct ext2_sb *sbi)
{
	for (u32 i = 0; i < 2 * sbi->s_groups_count; i++) {
		unsigned long **held = &sbi->s_groups[i / 2].held[i % 2], *old;

		spin_lock(&sbi->s_lock);
		old = *held;
		*held = NULL;
		spin_unlock(&sbi->s_lock);
		kfree(old);
	}
	sbi->s_any_held = false;
}

/*
 * Write all metadata; what was freed before may be given out from now on. => may sleep. 1: something was held,
 * 0: nothing, -EIO: it still is
 */
int ext2_settle(struct super_block *sb)
{
	struct ext2_sb *sbi = EXT2_SB(sb);
	int ret = 0;

	mutex_lock(&sbi->s_freeing);
	if (sbi->s_any_held) {
		ret = sync_blockdev(sb->s_bdev);
		if (!ret) {
			ext2_drop_held(sbi);
			ret = 1;
		}
	}
	mutex_unlock(&sbi->s_freeing);
	return ret;
}

/* Once around all groups, from @goal. As ext2_take_bits, but a block number; 0: none. */
static u32 search_groups(struct super_block *sb, u32 goal, u32 *count, int *error)
{
	struct ext2_sb *sbi = EXT2_SB(sb);
	u32 per_group = sbi->s_per_group[EXT2_BLOCKS], first = (goal - sbi->s_first_block) / per_group, want = *count;

	for (u32 i = 0; i <= sbi->s_groups_count; i++) {	/* the first one again at the end, from its start */
		u32 group = (first + i) % sbi->s_groups_count;
		int bit;

		*count = want;
		bit = ext2_take_bits(sb, group, EXT2_BLOCKS, i ? 0 : (goal - sbi->s_first_block) % per_group, count);
		*error = bit < 0 ? bit : 0;
		if (bit >= 0)
			return sbi->s_first_block + group * per_group + (u32)bit;
		if (bit != -ENOSPC)
			return 0;
	}
	return 0;
}

/*
 * Up to *count blocks in a row for @inode, as near behind @goal as there are.
 * => *count is how many, the first is returned; 0: none, *error is -ENOSPC, -EROFS or -EIO. May sleep.
 */
u32 ext2_new_blocks(struct inode *inode, u32 goal, u32 *count, int *error)
{
	struct super_block *sb = inode->i_sb;
	struct ext2_sb *sbi = EXT2_SB(sb);
	u32 block;

	*error = -EROFS;
	if (IS_RDONLY(inode))
		return 0;
	if (goal < sbi->s_first_block || goal >= sbi->s_blocks_count)
		goal = sbi->s_first_block;
	do {
		u32 got = *count;

		block = search_groups(sb, goal, &got, error);
		if (block) {
			*count = got;
			if (ext2_blocks_ok(sb, block, got))
				return block;
			ext2_error(sb, "block bitmap says that metadata at %u are free", block);
			*error = -EIO;
		}
	} while (*error == -ENOSPC && ext2_settle(sb) > 0);
	return 0;
}

/*
 * Blocks that are no file's any more. => as ext2_free_bits; numbers that cannot be are reported, and nothing is done.
 */
u32 ext2_free_blocks(struct super_block *sb, u32 block, u32 count, bool hold)
{
	struct ext2_sb *sbi = EXT2_SB(sb);
	u32 per_group = sbi->s_per_group[EXT2_BLOCKS], freed = 0;

	while (count) {
		u32 at = block - sbi->s_first_block, part = min(count, per_group - at % per_group), n;

		if (!ext2_blocks_ok(sb, block, part)) {
			ext2_error(sb, "a file has the blocks %u to %u, which cannot be", block, block + part - 1);
			return freed;
		}
		n = ext2_free_bits(sb, at / per_group, EXT2_BLOCKS, at % per_group, part, hold);
		if (n != part)
			ext2_error(sb, "blocks in %u to %u were free already", block, block + part - 1);
		freed += n;
		block += part;
		count -= part;
	}
	return freed;
}
