/*
 * symlink.c: where a symbolic link points: in the inode itself if short, else in a block of its own.
 *
 * Locks:  none: a link never changes.
 * Read next: namei.c (ext2_symlink makes one).
 */
#include "kernel/fs/ext2/ext2.h"

static int ext2_readlink(struct dentry *dentry, char *buf, size_t size)
{
	struct inode *inode = dentry->d_inode;
	size_t len = (size_t)inode->i_size;
	struct buffer_head *bh;
	int error;

	if (len >= size)
		return -ENAMETOOLONG;
	if (ext2_is_fast_symlink(inode)) {
		memcpy(buf, EXT2_I(inode)->i_block, len);
	} else {
		bh = ext2_bread(inode, 0, false, &error);
		if (!bh)
			return error;
		memcpy(buf, bh_data(bh), len);
		brelse(bh);
	}
	buf[len] = '\0';
	return (int)strlen(buf);	/* a NUL inside, which no system call makes, ends it */
}

const struct inode_operations ext2_symlink_inode_operations = {
	.readlink = ext2_readlink,
};
