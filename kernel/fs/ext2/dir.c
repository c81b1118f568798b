/*
 * dir.c: a directory's contents: names and the inodes they stand for.
 *
 * Owns:   the blocks of directories, as metadata buffers; their pages in the page cache are never used.
 * Locks:  the directory's i_mutex is held by all callers.
 * Read next: namei.c (who looks up, makes and removes names).
 *
 *	block:  inode rec_len name │ inode rec_len name … slack │ … the last rec_len reaches the end of the block
 *
 * An entry never moves: a new one is cut off another's slack, a removed one becomes slack of the one before it. So
 * an entry's offset is a position that readdir can come back to, whatever was made or removed meanwhile.
 * Each entry is checked when a walk comes to it.
 */
#include "kernel/fs/ext2/ext2.h"
#include "kernel/uapi/dirent.h"

static u32 dir_blocks(const struct inode *dir)
{
	return (u32)(dir->i_size >> dir->i_blkbits);
}

/* Is there a whole entry in the @left bytes of its block? (Its inode number is checked when it is followed.) */
static inline bool entry_fits(const struct ext2_dir_entry *de, u32 left)
{
	return left >= EXT2_REC_LEN(1) && de->rec_len <= left && de->rec_len >= EXT2_REC_LEN(1) &&
	       de->rec_len >= EXT2_REC_LEN(de->name_len) && !(de->rec_len & 3);
}

static noinline void report_entry(struct inode *dir, struct buffer_head *bh, u32 offset)
{
	ext2_error(dir->i_sb, "directory %lu: the entry at byte %u of block %llu has an impossible length", dir->i_ino, offset,
		   (unsigned long long)bh->b_blocknr);
}

/* The entry at @offset of the block @bh, or NULL: it is broken, which was told. */
static inline struct ext2_dir_entry *entry_at(struct inode *dir, struct buffer_head *bh, u32 offset)
{
	struct ext2_dir_entry *de = (struct ext2_dir_entry *)(bh_data(bh) + offset);

	if (likely(entry_fits(de, bh->b_size - offset)))
		return de;
	report_entry(dir, bh, offset);
	return NULL;
}

static inline bool is_name(const struct ext2_dir_entry *de, const char *name, u32 len)
{
	return de->name_len == len && de->inode && !memcmp(de->name, name, len);
}

static int find_in_block(struct inode *dir, struct buffer_head *bh, const struct qstr *name, struct ext2_place *place)
{
	struct ext2_dir_entry *de;

	for (u32 offset = 0; offset < bh->b_size; offset += de->rec_len) {
		de = entry_at(dir, bh, offset);
		if (!de)
			return -EIO;
		if (is_name(de, name->name, name->len)) {
			place->de = de;
			return 0;
		}
	}
	return -ENOENT;
}

/*
 * Where @name stands in @dir. The search begins where the last one ended: names are often asked for in order.
 * => may sleep; brelse place->bh. 0, -ENOENT, -EIO
 */
int ext2_find_entry(struct inode *dir, const struct qstr *name, struct ext2_place *place)
{
	u32 blocks = dir_blocks(dir), start = EXT2_I(dir)->i_found;
	int error = -ENOENT;

	for (u32 i = 0; i < blocks && error == -ENOENT; i++) {
		u32 n = (start + i) % blocks;

		place->bh = ext2_bread(dir, n, false, &error);
		if (!place->bh)
			return error;
		error = find_in_block(dir, place->bh, name, place);
		if (error)
			brelse(place->bh);
		else
			EXT2_I(dir)->i_found = n;
	}
	return error;
}

/* ---- changing ---------------------------------------------------------------------------------------------- */

/* A block of @dir was changed. Linux's index of it, if there is one, is no longer true. */
static void dir_changed(struct inode *dir, struct buffer_head *bh)
{
	mark_buffer_dirty_inode(bh, dir);
	dir->i_mtime = dir->i_ctime = current_fs_time(dir->i_sb);
	dir->i_version++;
	EXT2_I(dir)->i_flags &= ~EXT2_INDEX_FL;
	mark_inode_dirty(dir);
}

static void set_inode(struct ext2_dir_entry *de, struct inode *inode)
{
	/* EXT2_FT_*, by the type bits of the mode */
	static const u8 types[] = { [S_IFREG >> 12] = 1, [S_IFDIR >> 12] = 2, [S_IFCHR >> 12] = 3, [S_IFBLK >> 12] = 4,
				    [S_IFIFO >> 12] = 5, [S_IFSOCK >> 12] = 6, [S_IFLNK >> 12] = 7 };
	bool typed = EXT2_SB(inode->i_sb)->s_es->s_feature_incompat & EXT2_INCOMPAT_FILETYPE;

	de->inode = (u32)inode->i_ino;
	de->file_type = typed ? types[inode->i_mode >> 12] : 0;
}

/* The first entry of the block with @need bytes to spare, or unused. NULL: *error is 0 (none) or -EIO. */
static struct ext2_dir_entry *find_slack(struct inode *dir, struct buffer_head *bh, u32 need, int *error)
{
	struct ext2_dir_entry *de;

	for (u32 offset = 0; offset < bh->b_size; offset += de->rec_len) {
		de = entry_at(dir, bh, offset);
		*error = de ? 0 : -EIO;
		if (!de || de->rec_len >= need + (de->inode ? EXT2_REC_LEN(de->name_len) : 0))
			return de;
	}
	return NULL;
}

/* One more block, of one unused entry. */
static struct buffer_head *add_block(struct inode *dir, int *error)
{
	u32 block_size = (u32)dir->i_sb->s_blocksize;
	struct buffer_head *bh;

	*error = -ENOSPC;
	if (dir->i_size > 0x7fffffff - (loff_t)block_size)
		return NULL;
	bh = ext2_bread(dir, dir_blocks(dir), true, error);
	if (bh) {
		((struct ext2_dir_entry *)bh_data(bh))->rec_len = (u16)block_size;
		i_size_write(dir, dir->i_size + block_size);
	}
	return bh;
}

/* A block of @dir with room for an entry of @need bytes, and where in it. => brelse place->bh. 0 or -errno */
static int find_room(struct inode *dir, u32 need, struct ext2_place *place)
{
	struct ext2_inode_info *ei = EXT2_I(dir);
	int error;

	for (; ei->i_room < dir_blocks(dir); ei->i_room++) {
		place->bh = ext2_bread(dir, ei->i_room, false, &error);
		if (!place->bh)
			return error;
		place->de = find_slack(dir, place->bh, need, &error);
		if (place->de)
			return 0;
		brelse(place->bh);
		if (error)
			return error;
	}
	place->bh = add_block(dir, &error);
	if (place->bh)
		place->de = (struct ext2_dir_entry *)bh_data(place->bh);
	return error;
}

/*
 * @name stands for @inode in @dir from now on. => @name is not there; may sleep. 0, -ENOSPC, -EROFS, -EIO …,
 * -ENOENT if @dir itself was removed; *bh, if wanted, is the entry's block, referenced
 */
int ext2_add_link(struct inode *dir, const struct qstr *name, struct inode *inode, struct buffer_head **bh)
{
	struct ext2_place place = { NULL, NULL };
	struct ext2_dir_entry *de;
	int error;

	if (IS_RDONLY(dir) || !dir->i_nlink)
		return dir->i_nlink ? -EROFS : -ENOENT;
	error = find_room(dir, EXT2_REC_LEN(name->len), &place);
	if (error)
		return error;
	de = place.de;
	ASSERT(de);
	if (de->inode) {
		u32 used = EXT2_REC_LEN(de->name_len);

		de = (struct ext2_dir_entry *)((char *)de + used);
		de->rec_len = (u16)(place.de->rec_len - used);
		place.de->rec_len = (u16)used;
	}
	de->name_len = (u8)name->len;
	memcpy(de->name, name->name, name->len);
	set_inode(de, inode);
	dir_changed(dir, place.bh);
	clear_bit(EXT2_STATE_NAMED, &EXT2_I(inode)->i_state);
	if (bh)
		*bh = place.bh;
	else
		brelse(place.bh);
	return 0;
}

/* The name at @place is no more. => eats place->bh; may sleep. 0, -EROFS, -EIO */
int ext2_delete_entry(struct inode *dir, struct ext2_place *place)
{
	u32 at = (u32)((char *)place->de - bh_data(place->bh)), offset = 0;
	struct ext2_dir_entry *before = NULL;
	int error = IS_RDONLY(dir) ? -EROFS : 0;

	while (offset < at && !error) {
		before = entry_at(dir, place->bh, offset);
		if (before)
			offset += before->rec_len;
		else
			error = -EIO;
	}
	if (!error) {
		if (before)
			before->rec_len = (u16)(before->rec_len + place->de->rec_len);
		place->de->inode = 0;
		dir_changed(dir, place->bh);
		EXT2_I(dir)->i_room = 0;
	}
	brelse(place->bh);
	return error;
}

/* The name at @place stands for @inode from now on. => eats place->bh */
void ext2_set_link(struct inode *dir, struct ext2_place *place, struct inode *inode)
{
	set_inode(place->de, inode);
	dir_changed(dir, place->bh);
	brelse(place->bh);
}

/* The first block of a new directory: itself and its parent. => may sleep. 0 or -errno */
int ext2_make_empty(struct inode *inode, struct inode *parent)
{
	struct ext2_dir_entry *de;
	int error;
	struct buffer_head *bh = add_block(inode, &error);

	if (!bh)
		return error;
	de = (struct ext2_dir_entry *)bh_data(bh);
	de->rec_len = EXT2_REC_LEN(1);
	de->name_len = 1;
	de->name[0] = '.';
	set_inode(de, inode);
	de = (struct ext2_dir_entry *)((char *)de + EXT2_REC_LEN(1));
	de->rec_len = (u16)(bh->b_size - EXT2_REC_LEN(1));
	de->name_len = 2;
	memcpy(de->name, "..", 2);
	set_inode(de, parent);
	dir_changed(inode, bh);
	brelse(bh);
	return 0;
}

/* ---- asking ------------------------------------------------------------------------------------------------- */

/* Has @dir no names but its own? => may sleep. 1, 0 or -EIO */
int ext2_empty_dir(struct inode *dir)
{
	struct ext2_dir_entry *de;
	int empty = 1, error;

	for (u32 n = 0; n < dir_blocks(dir) && empty == 1; n++) {
		struct buffer_head *bh = ext2_bread(dir, n, false, &error);

		if (!bh)
			return error;
		for (u32 offset = 0; offset < bh->b_size && empty == 1; offset += de->rec_len) {
			de = entry_at(dir, bh, offset);
			if (!de) {
				empty = -EIO;
				break;
			}
			if (de->inode && !is_name(de, ".", 1) && !is_name(de, "..", 2))
				empty = 0;
		}
		brelse(bh);
	}
	return empty;
}

/* Where @dir names its parent. => as ext2_find_entry, without -ENOENT */
int ext2_dotdot(struct inode *dir, struct ext2_place *place)
{
	static const struct qstr dotdot = { "..", 2, 0 };
	int error;

	place->bh = ext2_bread(dir, 0, false, &error);
	if (!place->bh)
		return error;
	error = find_in_block(dir, place->bh, &dotdot, place);
	if (error == -ENOENT) {
		ext2_error(dir->i_sb, "directory %lu does not know its parent", dir->i_ino);
		error = -EIO;
	}
	if (error)
		brelse(place->bh);
	return error;
}

/* Entries of a block from @from on to @fill. 0: all; 1: it wants no more, f_pos says where to go on; -EIO. */
static int readdir_block(struct file *file, struct buffer_head *bh, u32 from, void *ctx, filldir_t fill)
{
	static const u8 dt_of[] = { DT_UNKNOWN, DT_REG, DT_DIR, DT_CHR, DT_BLK, DT_FIFO, DT_SOCK, DT_LNK };
	struct inode *dir = file->f_dentry->d_inode;
	loff_t start = file->f_pos - from;
	struct ext2_dir_entry *de;

	for (u32 offset = 0; offset < bh->b_size; offset += de->rec_len) {
		de = entry_at(dir, bh, offset);
		if (!de)
			return -EIO;
		if (offset < from || !de->inode || !de->name_len)	/* before @from: told already, or merged with what was */
			continue;
		file->f_pos = start + offset;
		if (fill(ctx, de->name, de->name_len, file->f_pos, de->inode,
			 de->file_type < ARRAY_SIZE(dt_of) ? dt_of[de->file_type] : DT_UNKNOWN))
			return 1;
	}
	return 0;
}

/* Positions are byte offsets; any that a program makes up is as good as the next entry behind it. */
static int ext2_readdir(struct file *file, void *ctx, filldir_t fill)
{
	struct inode *dir = file->f_dentry->d_inode;
	loff_t mask = (loff_t)dir->i_sb->s_blocksize - 1;
	int ret = 0;

	while (!ret && file->f_pos < dir->i_size) {
		loff_t next = (file->f_pos | mask) + 1;
		struct buffer_head *bh = ext2_bread(dir, (u32)(file->f_pos >> dir->i_blkbits), false, &ret);

		if (bh)
			ret = readdir_block(file, bh, (u32)(file->f_pos & mask), ctx, fill);
		brelse(bh);
		if (ret != 1)
			file->f_pos = next;	/* behind a broken block too: who tries again comes to an end */
	}
	return ret < 0 ? ret : 0;
}

const struct file_operations ext2_dir_operations = {
	.llseek = generic_file_llseek,
	.read = generic_read_dir,
	.readdir = ext2_readdir,
	.fsync = ext2_fsync,
};
