/*
 * inode.c: inodes in the inode table and in memory, and the page cache of regular files.
 *
 * Owns:   the fields of struct ext2_inode, copied in by read_inode and out by write_raw.
 * Locks:  i_map while the copy in the inode table is made, so that an older one never overwrites a newer.
 * Read next: blockmap.c (where a file's blocks are), ialloc.c (new inodes).
 */
#include "kernel/fs/ext2/ext2.h"

/* The inode @ino in the inode table's buffer *bh. => may sleep; brelse *bh. NULL: told already */
struct ext2_inode *ext2_raw_inode(struct super_block *sb, ino_t ino, struct buffer_head **bh)
{
	struct ext2_sb *sbi = EXT2_SB(sb);
	u32 nr = (u32)(ino - 1), per_group = sbi->s_per_group[EXT2_INODES];
	u64 offset = (u64)(nr % per_group) * sbi->s_inode_size;

	if ((ino != EXT2_ROOT_INO && ino < sbi->s_first_ino) || ino > sbi->s_inodes_count) {
		ext2_error(sb, "there is no inode %lu", ino);
		return NULL;
	}
	*bh = sb_bread(sb, ext2_group_desc(sb, nr / per_group, NULL)->bg_inode_table + (u32)(offset >> sb->s_blocksize_bits));
	if (*bh)
		return (struct ext2_inode *)(bh_data(*bh) + (offset & (sb->s_blocksize - 1)));
	ext2_error(sb, "inode %lu cannot be read", ino);
	return NULL;
}

/* A short target is kept in i_block itself. */
bool ext2_is_fast_symlink(struct inode *inode)
{
	u64 attributes = EXT2_I(inode)->i_file_acl ? inode->i_sb->s_blocksize >> SECTOR_SHIFT : 0;

	return S_ISLNK(inode->i_mode) && inode->i_blocks == attributes;
}

static bool has_block_map(struct inode *inode)
{
	return S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode) ||
	       (S_ISLNK(inode->i_mode) && !ext2_is_fast_symlink(inode));
}

/* ---- reading ---------------------------------------------------------------------------------------------- */

static struct ktimespec disk_time(u32 seconds)
{
	return (struct ktimespec){ (s32)seconds, 0 };
}

/* Device numbers: 8 and 8 bits in the first word, or 12 and 20 in the second. */
static dev_t disk_dev(const u32 *block)
{
	if (block[0])
		return MKDEV(block[0] >> 8 & 0xff, block[0] & 0xff);
	return new_decode_dev(block[1]);
}

static void set_disk_dev(u32 *block, dev_t dev)
{
	u32 major = MAJOR(dev), minor = MINOR(dev);
	bool old = major < 256 && minor < 256;

	block[0] = old ? major << 8 | minor : 0;
	block[1] = old ? 0 : new_encode_dev(dev);
}

static void copy_in(struct inode *inode, const struct ext2_inode *raw)
{
	struct ext2_inode_info *ei = EXT2_I(inode);

	inode->i_mode = raw->i_mode;
	inode->i_uid = raw->i_uid | (u32)raw->i_uid_high << 16;
	inode->i_gid = raw->i_gid | (u32)raw->i_gid_high << 16;
	inode->i_nlink = raw->i_links_count;
	inode->i_size = (loff_t)(raw->i_size | (S_ISREG(raw->i_mode) ? (u64)raw->i_size_high << 32 : 0));
	inode->i_blocks = raw->i_blocks;
	inode->i_atime = disk_time(raw->i_atime);
	inode->i_mtime = disk_time(raw->i_mtime);
	inode->i_ctime = disk_time(raw->i_ctime);
	ei->i_dtime = raw->i_dtime;
	ei->i_flags = raw->i_flags;
	ei->i_generation = raw->i_generation;
	ei->i_file_acl = raw->i_file_acl;
	memcpy(ei->i_block, raw->i_block, sizeof(ei->i_block));
	ei->i_group = (u32)(inode->i_ino - 1) / EXT2_SB(inode->i_sb)->s_per_group[EXT2_INODES];
}

#define TYPE(mode)	(1u << ((mode) >> 12))
#define KNOWN_TYPES	(TYPE(S_IFIFO) | TYPE(S_IFCHR) | TYPE(S_IFDIR) | TYPE(S_IFBLK) | TYPE(S_IFREG) | TYPE(S_IFLNK) | TYPE(S_IFSOCK))

/* What cannot be true of an inode, or NULL. */
static const char *inode_fault(struct inode *inode)
{
	struct ext2_inode_info *ei = EXT2_I(inode);
	struct super_block *sb = inode->i_sb;

	if (!inode->i_nlink || !inode->i_mode || ei->i_dtime)
		return "was deleted";
	if (ei->i_flags & EXT2_UNKNOWN_FL)
		return "is laid out in a way that ext2 does not know";
	if (inode->i_size < 0 || (u64)inode->i_size > sb->s_maxbytes)
		return "has an impossible size";
	if (S_ISDIR(inode->i_mode) && (!inode->i_size || inode->i_size > 0x7fffffff || inode->i_size & (sb->s_blocksize - 1)))
		return "is a directory of an impossible size";
	if (S_ISLNK(inode->i_mode) && (!inode->i_size || (u64)inode->i_size >=
	    (ext2_is_fast_symlink(inode) ? sizeof(ei->i_block) : sb->s_blocksize)))
		return "is a symbolic link of an impossible size";
	if (!(TYPE(inode->i_mode) & KNOWN_TYPES))
		return "is of no known type";
	return NULL;
}

/* What can be done with @inode, by its type. => mode, and for a device i_block, are set */
void ext2_set_ops(struct inode *inode)
{
	if (S_ISREG(inode->i_mode)) {
		inode->i_op = &ext2_file_inode_operations;
		inode->i_fop = &ext2_file_operations;
		inode->i_mapping->a_ops = &ext2_aops;
	} else if (S_ISDIR(inode->i_mode)) {
		inode->i_op = &ext2_dir_inode_operations;
		inode->i_fop = &ext2_dir_operations;
	} else if (S_ISLNK(inode->i_mode)) {
		inode->i_op = &ext2_symlink_inode_operations;
	} else {
		init_special_inode(inode, inode->i_mode, disk_dev(EXT2_I(inode)->i_block));
	}
}

/* Fill a new inode from the disk, or make it a bad one. => may sleep */
void ext2_read_inode(struct inode *inode)
{
	struct buffer_head *bh;
	struct ext2_inode *raw = ext2_raw_inode(inode->i_sb, inode->i_ino, &bh);
	const char *fault;

	if (!raw) {
		make_bad_inode(inode);
		return;
	}
	copy_in(inode, raw);
	brelse(bh);
	fault = inode_fault(inode);
	if (fault) {
		ext2_error(inode->i_sb, "inode %lu %s", inode->i_ino, fault);
		inode->i_nlink = 1;	/* so that nobody deletes what is no file */
		make_bad_inode(inode);
		return;
	}
	ext2_set_ops(inode);
}

/* ---- writing ---------------------------------------------------------------------------------------------- */

static void copy_out(struct inode *inode, struct ext2_inode *raw)
{
	struct ext2_inode_info *ei = EXT2_I(inode);
	loff_t size = i_size_read(inode);

	raw->i_mode = (u16)inode->i_mode;
	raw->i_uid = (u16)inode->i_uid;
	raw->i_uid_high = (u16)(inode->i_uid >> 16);
	raw->i_gid = (u16)inode->i_gid;
	raw->i_gid_high = (u16)(inode->i_gid >> 16);
	raw->i_links_count = (u16)inode->i_nlink;
	raw->i_size = (u32)size;
	if (S_ISREG(inode->i_mode))
		raw->i_size_high = (u32)(size >> 32);
	raw->i_blocks = (u32)inode->i_blocks;
	raw->i_atime = (u32)inode->i_atime.tv_sec;
	raw->i_mtime = (u32)inode->i_mtime.tv_sec;
	raw->i_ctime = (u32)inode->i_ctime.tv_sec;
	raw->i_dtime = ei->i_dtime;
	raw->i_flags = ei->i_flags;
	raw->i_generation = ei->i_generation;
	raw->i_file_acl = ei->i_file_acl;
	if (S_ISCHR(inode->i_mode) || S_ISBLK(inode->i_mode))
		set_disk_dev(ei->i_block, inode->i_rdev);
	memcpy(raw->i_block, ei->i_block, sizeof(raw->i_block));
}

/* Bring the inode table's copy up to date; @wait: and onto the disk. => i_map held; may sleep. 0 or -EIO */
int ext2_write_raw(struct inode *inode, bool wait)
{
	struct super_block *sb = inode->i_sb;
	struct buffer_head *bh;
	struct ext2_inode *raw = ext2_raw_inode(sb, inode->i_ino, &bh);
	int error = 0;

	if (!raw)
		return -EIO;
	if (test_and_clear_bit(EXT2_STATE_NEW, &EXT2_I(inode)->i_state))
		memset(raw, 0, EXT2_SB(sb)->s_inode_size);
	copy_out(inode, raw);
	if (S_ISREG(inode->i_mode) && i_size_read(inode) > 0x7fffffff)
		ext2_need_large_files(sb);
	mark_buffer_dirty(bh);
	if (wait)
		error = sync_dirty_buffer(bh);
	brelse(bh);
	return error;
}

/* => may sleep. 0 or -EIO */
int ext2_write_inode(struct inode *inode, int wait)
{
	int error;

	if (is_bad_inode(inode) || test_bit(EXT2_STATE_GONE, &EXT2_I(inode)->i_state))
		return 0;
	mutex_lock(&EXT2_I(inode)->i_map);
	error = ext2_write_raw(inode, wait);
	mutex_unlock(&EXT2_I(inode)->i_map);
	return error;
}

/*
 * @inode and its metadata (indirect blocks; a directory's entries) onto the disk. => may sleep. 0 or -EIO.
 * Under i_map, since two at once would share the list of buffers, and the one that finds it empty be done too early.
 */
int ext2_sync_inode(struct inode *inode)
{
	int error, error2;

	mutex_lock(&EXT2_I(inode)->i_map);
	error = sync_mapping_buffers(&inode->i_data);
	error2 = ext2_write_raw(inode, true);
	mutex_unlock(&EXT2_I(inode)->i_map);
	return error ? error : error2;
}

/* ---- shrinking and deleting --------------------------------------------------------------------------------- */

/* i_size is new: blocks behind it go, the rest of the last one becomes zeros. => i_mutex held; may sleep */
void ext2_truncate(struct inode *inode)
{
	if (!has_block_map(inode))
		return;
	if (S_ISREG(inode->i_mode))
		block_truncate_page(inode->i_mapping, inode->i_size, ext2_get_block);
	mutex_lock(&EXT2_I(inode)->i_map);
	ext2_shrink(inode, (u64)(inode->i_size + (loff_t)inode->i_sb->s_blocksize - 1) >> inode->i_blkbits);
	mutex_unlock(&EXT2_I(inode)->i_map);
	inode->i_mtime = inode->i_ctime = current_fs_time(inode->i_sb);
	mark_inode_dirty(inode);
}

/* Extended attributes, which Linux may have made, lie in a block that files share: one user less. */
static void drop_attributes(struct inode *inode)
{
	struct { u32 magic, refcount; } *header;
	struct super_block *sb = inode->i_sb;
	u32 block = EXT2_I(inode)->i_file_acl;
	struct buffer_head *bh;

	if (!block)
		return;
	bh = ext2_blocks_ok(sb, block, 1) ? sb_bread(sb, block) : NULL;
	header = bh ? (void *)bh_data(bh) : NULL;
	if (!bh || header->magic != 0xea020000) {
		ext2_error(sb, "inode %lu: block %u does not hold attributes", inode->i_ino, block);
		brelse(bh);
		return;
	}
	EXT2_I(inode)->i_file_acl = 0;
	ext2_write_raw(inode, false);
	if (header->refcount > 1) {
		header->refcount--;
		mark_buffer_dirty(bh);
		brelse(bh);
	} else {
		bforget(bh);
		ext2_free_blocks(sb, block, 1, true);
	}
}

/* The file's blocks go, and its inode in the table says that it was deleted. => no name; may sleep */
static void erase(struct inode *inode)
{
	bool map = has_block_map(inode);

	mutex_lock(&EXT2_I(inode)->i_map);
	EXT2_I(inode)->i_dtime = (u32)current_fs_time(inode->i_sb).tv_sec;
	i_size_write(inode, 0);
	if (map)
		ext2_shrink(inode, 0);
	drop_attributes(inode);
	ext2_write_raw(inode, false);
	mutex_unlock(&EXT2_I(inode)->i_map);
}

/* The last name and the last user are gone. => I_FREEING; may sleep */
void ext2_delete_inode(struct inode *inode)
{
	struct super_block *sb = inode->i_sb;
	bool is_dir = S_ISDIR(inode->i_mode), gone;
	ino_t ino = inode->i_ino;

	truncate_inode_pages(&inode->i_data, 0);
	gone = is_bad_inode(inode) || IS_RDONLY(inode) || test_bit(EXT2_STATE_GONE, &EXT2_I(inode)->i_state);
	if (!gone)
		erase(inode);
	clear_inode(inode);
	if (!gone && !IS_RDONLY(inode))		/* only now: the number may find a new owner at once */
		ext2_free_inode(sb, ino, is_dir);
}

/*
 * A file without a name is still in use, but the filesystem becomes read-only, at power-off: nobody will close it.
 * => may sleep
 */
void ext2_erase_orphan(struct inode *inode)
{
	i_size_write(inode, 0);
	unmap_mapping_range(&inode->i_data, 0, 0, 1);
	truncate_inode_pages(&inode->i_data, 0);
	remove_inode_hash(inode);
	erase(inode);
	set_bit(EXT2_STATE_GONE, &EXT2_I(inode)->i_state);
	ext2_free_inode(inode->i_sb, inode->i_ino, S_ISDIR(inode->i_mode));
}

/* ---- the page cache of regular files ------------------------------------------------------------------------- */

static int ext2_readpage(struct file *file, struct page *page)
{
	return mpage_readpage(page, ext2_get_block);
}

static int ext2_readpages(struct file *file, struct address_space *mapping, struct list_head *pages, unsigned nr_pages)
{
	return mpage_readpages(mapping, pages, nr_pages, ext2_get_block);
}

static int ext2_writepage(struct page *page, struct writeback_control *wbc)
{
	return block_write_full_page(page, ext2_get_block, wbc);
}

static int ext2_prepare_write(struct file *file, struct page *page, unsigned from, unsigned to)
{
	return block_prepare_write(page, from, to, ext2_get_block);
}

static sector_t ext2_bmap(struct address_space *mapping, sector_t block)
{
	return generic_block_bmap(mapping, block, ext2_get_block);
}

static int ext2_releasepage(struct page *page, gfp_t gfp)
{
	return try_to_free_buffers(page);
}

const struct address_space_operations ext2_aops = {
	.readpage = ext2_readpage,
	.readpages = ext2_readpages,
	.writepage = ext2_writepage,
	.set_page_dirty = __set_page_dirty_buffers,
	.prepare_write = ext2_prepare_write,
	.commit_write = generic_commit_write,
	.bmap = ext2_bmap,
	.invalidatepage = block_invalidatepage,
	.releasepage = ext2_releasepage,
};
