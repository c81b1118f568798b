/*
 * file.c: open files, and what fsync promises.
 *
 * Locks:  i_mutex of the file; those of its directories are not needed.
 * Read next: mm/filemap.c (reading and writing), inode.c (the address_space_operations).
 */
#include "kernel/fs/ext2/ext2.h"

/* The last close for writing: what was taken in advance is not needed. */
static int ext2_release(struct inode *inode, struct file *file)
{
	if (file->f_mode & FMODE_WRITE) {
		mutex_lock(&EXT2_I(inode)->i_map);
		ext2_discard_prealloc(inode);
		mutex_unlock(&EXT2_I(inode)->i_map);
	}
	return 0;
}

static struct dentry *get_parent(struct dentry *dentry)
{
	struct dentry *parent;

	spin_lock(&dcache_lock);
	parent = dget_locked(dentry->d_parent);
	spin_unlock(&dcache_lock);
	return parent;
}

/* Directories up from @dentry's onto the disk, until one whose own name is there already. => may sleep. 0 or -EIO */
static int sync_names(struct dentry *dentry)
{
	int error = 0;

	dget(dentry);
	while (!error && dentry->d_parent != dentry && dentry->d_inode->i_nlink &&
	       !test_bit(EXT2_STATE_NAMED, &EXT2_I(dentry->d_inode)->i_state)) {
		struct dentry *parent = get_parent(dentry);

		error = ext2_sync_inode(parent->d_inode);
		if (!error)		/* a rename meanwhile left it some name on the disk, the old or the new */
			set_bit(EXT2_STATE_NAMED, &EXT2_I(dentry->d_inode)->i_state);
		dput(dentry);
		dentry = parent;
	}
	dput(dentry);
	return error;
}

/*
 * The file's metadata, and the names that lead to it, onto the disk; its data are on their way already.
 * => i_mutex held; may sleep. 0 or -EIO
 */
int ext2_fsync(struct file *file, struct dentry *dentry, int datasync)
{
	int error = ext2_sync_inode(dentry->d_inode);

	return error ? error : sync_names(dentry);
}

const struct file_operations ext2_file_operations = {
	.llseek = generic_file_llseek,
	.read = generic_file_read,
	.write = generic_file_write,
	.mmap = generic_file_mmap,
	.release = ext2_release,
	.fsync = ext2_fsync,
};

const struct inode_operations ext2_file_inode_operations = {
	.truncate = ext2_truncate,
};
