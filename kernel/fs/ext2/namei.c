/*
 * namei.c: making, finding, moving and removing names.
 *
 * Owns:   the link counts, as names come and go.
 * Locks:  i_mutex of the directories, and of a file that loses or gains a name, are held by the VFS.
 * Read next: dir.c (how names lie in a directory).
 *
 * A renamed file has a name on the disk at every moment: the new entry is written before the old one is removed.
 */
#include "kernel/fs/ext2/ext2.h"

#define EXT2_NAME_LEN	255

/* A directory has one name only. One that is found under a second makes a loop, or will be removed twice. */
static bool dir_has_other_name(struct inode *inode, struct inode *dir)
{
	struct dentry *alias;
	bool found = inode == dir || inode->i_ino == EXT2_ROOT_INO;

	spin_lock(&dcache_lock);
	list_for_each_entry(alias, &inode->i_dentry, d_alias)
		found |= !d_unhashed(alias);
	spin_unlock(&dcache_lock);
	return found;
}

static struct dentry *ext2_lookup(struct inode *dir, struct dentry *dentry)
{
	struct ext2_place place;
	struct inode *inode = NULL;
	int error;

	if (dentry->d_name.len > EXT2_NAME_LEN)
		return ERR_PTR(-ENAMETOOLONG);
	error = ext2_find_entry(dir, &dentry->d_name, &place);
	if (!error) {
		ino_t ino = place.de->inode;

		brelse(place.bh);
		inode = iget(dir->i_sb, ino);
		if (!inode)
			return ERR_PTR(-ENOMEM);
		if (!is_bad_inode(inode) && S_ISDIR(inode->i_mode) && dir_has_other_name(inode, dir)) {
			ext2_error(dir->i_sb, "directory %lu has a second name, in directory %lu", ino, dir->i_ino);
			error = -EIO;
		}
		if (error || is_bad_inode(inode)) {
			iput(inode);
			return ERR_PTR(-EIO);
		}
	} else if (error != -ENOENT) {
		return ERR_PTR(error);
	}
	d_add(dentry, inode);
	return NULL;
}

static void drop_link(struct inode *inode)
{
	if (inode->i_nlink)
		inode->i_nlink--;
	mark_inode_dirty(inode);
}

static void add_to_links(struct inode *inode)
{
	inode->i_nlink++;
	mark_inode_dirty(inode);
}

/* A new file gets its name, or goes at once. => eats @inode's reference */
static int add_file(struct inode *dir, struct dentry *dentry, struct inode *inode)
{
	int error = ext2_add_link(dir, &dentry->d_name, inode, NULL);

	if (!error) {
		d_instantiate(dentry, inode);
		return 0;
	}
	drop_link(inode);
	iput(inode);
	return error;
}

static int ext2_create(struct inode *dir, struct dentry *dentry, mode_t mode)
{
	struct inode *inode = ext2_new_inode(dir, mode);

	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	ext2_set_ops(inode);
	return add_file(dir, dentry, inode);
}

static int ext2_mknod(struct inode *dir, struct dentry *dentry, mode_t mode, dev_t dev)
{
	struct inode *inode = ext2_new_inode(dir, mode);

	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	init_special_inode(inode, inode->i_mode, dev);
	mark_inode_dirty(inode);
	return add_file(dir, dentry, inode);
}

/* The target into the inode itself, or into a block of its own. */
static int write_target(struct inode *inode, const char *target, u32 len)
{
	struct buffer_head *bh;
	int error;

	if (len < sizeof(EXT2_I(inode)->i_block)) {
		memcpy(EXT2_I(inode)->i_block, target, len);
	} else {
		bh = ext2_bread(inode, 0, true, &error);
		if (!bh)
			return error;
		memcpy(bh_data(bh), target, len);
		mark_buffer_dirty_inode(bh, inode);
		brelse(bh);
	}
	i_size_write(inode, len);
	mark_inode_dirty(inode);
	return 0;
}

static int ext2_symlink(struct inode *dir, struct dentry *dentry, const char *target)
{
	size_t len = strlen(target);
	struct inode *inode;
	int error;

	if (len >= dir->i_sb->s_blocksize)
		return -ENAMETOOLONG;
	inode = ext2_new_inode(dir, S_IFLNK | 0777);
	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	ext2_set_ops(inode);
	error = write_target(inode, target, (u32)len);
	if (!error)
		return add_file(dir, dentry, inode);
	drop_link(inode);
	iput(inode);
	return error;
}

static int ext2_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = old->d_inode;
	int error;

	if (inode->i_nlink >= EXT2_LINK_MAX)
		return -EMLINK;
	error = ext2_add_link(dir, &dentry->d_name, inode, NULL);
	if (error)
		return error;
	inode->i_ctime = current_fs_time(inode->i_sb);
	add_to_links(inode);
	atomic_inc(&inode->i_count);
	d_instantiate(dentry, inode);
	return 0;
}

static int ext2_mkdir(struct inode *dir, struct dentry *dentry, mode_t mode)
{
	struct inode *inode;
	int error;

	if (dir->i_nlink >= EXT2_LINK_MAX)
		return -EMLINK;
	inode = ext2_new_inode(dir, S_IFDIR | mode);
	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	ext2_set_ops(inode);
	error = ext2_make_empty(inode, dir);
	if (!error)
		error = ext2_add_link(dir, &dentry->d_name, inode, NULL);
	if (error) {
		drop_link(inode);
		iput(inode);
		return error;
	}
	add_to_links(inode);		/* its own "." */
	add_to_links(dir);		/* its ".." */
	d_instantiate(dentry, inode);
	return 0;
}

static int remove_name(struct inode *dir, struct dentry *dentry)
{
	struct ext2_place place;
	int error = ext2_find_entry(dir, &dentry->d_name, &place);

	if (!error)
		error = ext2_delete_entry(dir, &place);
	if (!error)
		dentry->d_inode->i_ctime = dir->i_ctime;
	return error;
}

static int ext2_unlink(struct inode *dir, struct dentry *dentry)
{
	int error = remove_name(dir, dentry);

	if (!error)
		drop_link(dentry->d_inode);
	return error;
}

/* A directory's last name is gone, and its "." and ".." with it. */
static void drop_dir_links(struct inode *inode)
{
	inode->i_nlink = 0;
	i_size_write(inode, 0);		/* who has it open reads nothing more */
	mark_inode_dirty(inode);
}

static int check_empty(struct inode *dir)
{
	int empty = ext2_empty_dir(dir);

	return empty > 0 ? 0 : empty ? empty : -ENOTEMPTY;
}

static int ext2_rmdir(struct inode *dir, struct dentry *dentry)
{
	int error = check_empty(dentry->d_inode);

	if (!error)
		error = remove_name(dir, dentry);
	if (error)
		return error;
	drop_dir_links(dentry->d_inode);
	drop_link(dir);
	return 0;
}

/* ---- rename ------------------------------------------------------------------------------------------------- */

/* @inode takes over the name of @new's file, which loses it. */
static int replace_target(struct inode *new_dir, struct dentry *new, struct inode *inode)
{
	struct inode *victim = new->d_inode;
	struct ext2_place place;
	int error = S_ISDIR(inode->i_mode) ? check_empty(victim) : 0;

	if (!error)
		error = ext2_find_entry(new_dir, &new->d_name, &place);
	if (error)
		return error;
	get_bh(place.bh);
	ext2_set_link(new_dir, &place, inode);
	sync_dirty_buffer(place.bh);	/* before the victim's end can reach the disk; an error will come out of fsync */
	brelse(place.bh);
	victim->i_ctime = current_fs_time(victim->i_sb);
	if (S_ISDIR(victim->i_mode))
		drop_dir_links(victim);
	else
		drop_link(victim);
	return 0;
}

/* The new name, on the disk unless the old one lies in the same block, @old_bh. */
static int add_target(struct inode *new_dir, struct dentry *new, struct inode *inode, struct buffer_head *old_bh)
{
	struct buffer_head *bh;
	int error = ext2_add_link(new_dir, &new->d_name, inode, &bh);

	if (error)
		return error;
	if (bh != old_bh)
		sync_dirty_buffer(bh);
	brelse(bh);
	return 0;
}

static int ext2_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir, struct dentry *new)
{
	struct inode *inode = old->d_inode;
	struct ext2_place place, parent = { NULL, NULL };
	bool moves_dir = S_ISDIR(inode->i_mode) && old_dir != new_dir, gains = moves_dir && !new->d_inode;
	int error = ext2_find_entry(old_dir, &old->d_name, &place);

	if (error)
		return error;
	if (IS_RDONLY(old_dir))
		error = -EROFS;
	else if (gains && new_dir->i_nlink >= EXT2_LINK_MAX)
		error = -EMLINK;
	else if (moves_dir)
		error = ext2_dotdot(inode, &parent);
	if (!error && new->d_inode)
		error = replace_target(new_dir, new, inode);
	else if (!error)
		error = add_target(new_dir, new, inode, place.bh);
	if (error) {
		brelse(parent.bh);
		brelse(place.bh);
		return error;
	}
	if (parent.bh)
		ext2_set_link(inode, &parent, new_dir);
	error = ext2_delete_entry(old_dir, &place);
	if (gains)
		add_to_links(new_dir);
	if (moves_dir || (S_ISDIR(inode->i_mode) && new->d_inode))
		drop_link(old_dir);	/* a ".." less: it points elsewhere, or the victim's is gone */
	clear_bit(EXT2_STATE_NAMED, &EXT2_I(inode)->i_state);
	inode->i_ctime = current_fs_time(inode->i_sb);
	mark_inode_dirty(inode);
	return error;
}

const struct inode_operations ext2_dir_inode_operations = {
	.create = ext2_create,
	.lookup = ext2_lookup,
	.link = ext2_link,
	.unlink = ext2_unlink,
	.symlink = ext2_symlink,
	.mkdir = ext2_mkdir,
	.rmdir = ext2_rmdir,
	.mknod = ext2_mknod,
	.rename = ext2_rename,
};
