/*
 * attr.c: who may change an inode's attributes, and changing them.
 *
 * Locks:  notify_change and below run under the inode's i_mutex.
 * Read next: open.c (chmod, chown, utimensat, truncate), stat.c.
 */
#include "kernel/fs/internal.h"
#include "mm/locking.h"

/* May the caller set these? 0, -EPERM. Drops set-gid from a mode whose group the caller is not in. */
int inode_change_ok(struct inode *inode, struct iattr *attr)
{
	unsigned int valid = attr->ia_valid;
	bool owner = current->fsuid == inode->i_uid, root = capable_root();

	if (valid & ATTR_FORCE)
		return 0;
	if (valid & ATTR_UID && !root && (!owner || attr->ia_uid != inode->i_uid))
		return -EPERM;
	if (valid & ATTR_GID && !root && (!owner || (attr->ia_gid != current->fsgid && attr->ia_gid != inode->i_gid)))
		return -EPERM;
	if (valid & ATTR_MODE) {
		gid_t gid = valid & ATTR_GID ? attr->ia_gid : inode->i_gid;

		if (!owner && !root)
			return -EPERM;
		if (gid != current->fsgid && !root)
			attr->ia_mode &= ~(mode_t)S_ISGID;
	}
	if (valid & (ATTR_MTIME_SET | ATTR_ATIME_SET) && !owner && !root)
		return -EPERM;
	return 0;
}

/* Put the attributes in place. 0, or vmtruncate's error. => i_mutex held; may sleep */
int inode_setattr(struct inode *inode, struct iattr *attr)
{
	unsigned int valid = attr->ia_valid;

	if (valid & ATTR_SIZE && attr->ia_size != i_size_read(inode)) {
		int ret = vmtruncate(inode, attr->ia_size);

		if (ret)
			return ret;
	}
	if (valid & ATTR_UID)
		inode->i_uid = attr->ia_uid;
	if (valid & ATTR_GID)
		inode->i_gid = attr->ia_gid;
	if (valid & ATTR_ATIME)
		inode->i_atime = attr->ia_atime;
	if (valid & ATTR_MTIME)
		inode->i_mtime = attr->ia_mtime;
	if (valid & ATTR_CTIME)
		inode->i_ctime = attr->ia_ctime;
	if (valid & ATTR_MODE)
		inode->i_mode = attr->ia_mode;
	mark_inode_dirty(inode);
	return 0;
}

/*
 * The one way to change attributes: times not given are now. A size must be new or carry ATTR_MTIME by the caller.
 * => i_mutex held; may sleep. 0 or -errno
 */
int notify_change(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = dentry->d_inode;
	struct ktimespec now = current_fs_time(inode->i_sb);
	int ret;

	ret = sb_start_write(inode->i_sb);
	if (ret)
		return ret;
	ret = -EROFS;
	if (IS_RDONLY(inode))
		goto out;
	attr->ia_ctime = now;
	attr->ia_valid |= ATTR_CTIME;
	if (!(attr->ia_valid & ATTR_ATIME_SET))
		attr->ia_atime = now;
	if (!(attr->ia_valid & ATTR_MTIME_SET))
		attr->ia_mtime = now;
	if (attr->ia_valid & ATTR_SIZE)
		down_write(&inode->i_alloc_sem);
	if (inode->i_op->setattr) {
		ret = inode->i_op->setattr(dentry, attr);
	} else {
		ret = inode_change_ok(inode, attr);
		if (!ret)
			ret = inode_setattr(inode, attr);
	}
	if (attr->ia_valid & ATTR_SIZE)
		up_write(&inode->i_alloc_sem);
out:
	sb_end_write(inode->i_sb);
	return ret;
}

/* A new inode's mode, owner and group: the caller's, but the group of a set-gid directory. @dir may be NULL. */
void generic_set_owner(struct inode *inode, const struct inode *dir, mode_t mode)
{
	inode->i_mode = mode;
	inode->i_uid = current->fsuid;
	inode->i_gid = current->fsgid;
	if (dir && dir->i_mode & S_ISGID) {
		inode->i_gid = dir->i_gid;
		if (S_ISDIR(mode))
			inode->i_mode |= S_ISGID;
	}
}
