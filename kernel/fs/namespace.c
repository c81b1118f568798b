/*
 * namespace.c: what is mounted where. One namespace for everybody.
 *
 * Owns:   the tree of vfsmounts, its hash by (parent, mountpoint), the list of all in order of mounting.
 * Locks:  namespace_sem for changes and for reading the list; dcache_lock for the hash and the parent links.
 * Read next: super.c (what is mounted), namei.c:follow_mount.
 *
 * A mounted vfsmount has one count for its place in the tree; it holds its parent and its mountpoint's dentry.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/seq_file.h"

#define MOUNT_HASH_SIZE	64

static DECLARE_RWSEM(namespace_sem, RANK_MOUNT);
static struct hlist_head mount_hash[MOUNT_HASH_SIZE];	/* [d] */
static LIST_HEAD(mounts);				/* [ns] */
static struct vfsmount *root_mnt;			/* [ns] */

static struct hlist_head *m_bucket(struct vfsmount *parent, struct dentry *dentry)
{
	unsigned long h = (unsigned long)parent / 64 + (unsigned long)dentry / 64;

	return &mount_hash[(h ^ (h >> 6)) % MOUNT_HASH_SIZE];
}

/* What is mounted on (@parent, @dentry), referenced, or NULL. */
struct vfsmount *lookup_mnt(struct vfsmount *parent, struct dentry *dentry)
{
	struct vfsmount *mnt;

	spin_lock(&dcache_lock);
	hlist_for_each_entry(mnt, m_bucket(parent, dentry), mnt_hash)
		if (mnt->mnt_parent == parent && mnt->mnt_mountpoint == dentry) {
			mntget(mnt);
			break;
		}
	spin_unlock(&dcache_lock);
	return mnt;
}

/* Eats @sb's reference on success. NULL without memory. */
static struct vfsmount *alloc_vfsmnt(struct super_block *sb, struct dentry *root, const char *devname, int flags)
{
	struct vfsmount *mnt = kzalloc(sizeof(*mnt), GFP_KERNEL);

	if (!mnt)
		return NULL;
	mnt->mnt_devname = kstrdup(devname, GFP_KERNEL);
	if (!mnt->mnt_devname) {
		kfree(mnt);
		return NULL;
	}
	atomic_set(&mnt->mnt_count, 1);
	INIT_LIST_HEAD(&mnt->mnt_mounts);
	INIT_LIST_HEAD(&mnt->mnt_child);
	INIT_LIST_HEAD(&mnt->mnt_list);
	mnt->mnt_sb = sb;
	mnt->mnt_root = dget(root);
	mnt->mnt_mountpoint = mnt->mnt_root;
	mnt->mnt_parent = mnt;
	mnt->mnt_flags = flags & (MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME);
	return mnt;
}

/* Drop a reference; the last drops the filesystem's. => may sleep */
void mntput(struct vfsmount *mnt)
{
	struct super_block *sb;

	if (!mnt || !atomic_dec_and_test(&mnt->mnt_count))
		return;
	sb = mnt->mnt_sb;
	dput(mnt->mnt_root);
	kfree(mnt->mnt_devname);
	kfree(mnt);
	deactivate_super(sb);
}

/* A filesystem of @type as a mount that is in no tree yet. ERR_PTR. => may sleep */
static struct vfsmount *do_kern_mount(struct file_system_type *type, int flags, const char *dev, void *data)
{
	struct super_block *sb = type->get_sb(type, flags, dev, data);
	struct vfsmount *mnt;

	if (IS_ERR(sb))
		return (struct vfsmount *)sb;
	mnt = alloc_vfsmnt(sb, sb->s_root, dev && *dev ? dev : "none", flags);
	if (!mnt) {
		deactivate_super(sb);
		return ERR_PTR(-ENOMEM);
	}
	return mnt;
}

struct vfsmount *kern_mount(struct file_system_type *type)
{
	return do_kern_mount(type, 0, type->name, NULL);
}

/* Into the tree at @path (its references are taken over). Eats @mnt's count. => namespace_sem held for write */
static void attach_mnt(struct vfsmount *mnt, const struct path *path)
{
	spin_lock(&dcache_lock);
	mnt->mnt_parent = path->mnt;
	mnt->mnt_mountpoint = path->dentry;
	path->dentry->d_mounted++;
	hlist_add_head(&mnt->mnt_hash, m_bucket(path->mnt, path->dentry));
	spin_unlock(&dcache_lock);
	list_add_tail(&mnt->mnt_child, &path->mnt->mnt_mounts);
	list_add_tail(&mnt->mnt_list, &mounts);
}

/* Out of the tree; @old gets what attach_mnt took. => namespace_sem held for write */
static void detach_mnt(struct vfsmount *mnt, struct path *old)
{
	spin_lock(&dcache_lock);
	*old = (struct path){ mnt->mnt_parent, mnt->mnt_mountpoint };
	old->dentry->d_mounted--;
	hlist_del_init(&mnt->mnt_hash);
	mnt->mnt_parent = mnt;
	mnt->mnt_mountpoint = mnt->mnt_root;
	spin_unlock(&dcache_lock);
	list_del_init(&mnt->mnt_child);
	list_del_init(&mnt->mnt_list);
}

/* Put @mnt over the directory @path. Eats @mnt on success; @path stays the caller's. 0 or -errno */
static int graft(struct vfsmount *mnt, struct path *path)
{
	struct inode *dir;
	int ret = -ENOENT;

	down_write(&namespace_sem);
	follow_mount(path);	/* somebody mounted there meanwhile */
	dir = path->dentry->d_inode;
	mutex_lock(&dir->i_mutex);
	if (S_ISDIR(dir->i_mode) != S_ISDIR(mnt->mnt_root->d_inode->i_mode)) {
		ret = -ENOTDIR;
	} else if (path->mnt->mnt_sb == mnt->mnt_sb && path->mnt->mnt_root == path->dentry &&
		   mnt->mnt_root == path->dentry) {
		ret = -EBUSY;	/* the same filesystem over itself */
	} else if (dir->i_nlink && (!d_unhashed(path->dentry) || path->dentry->d_parent == path->dentry)) {
		path_get(path);
		attach_mnt(mnt, path);
		ret = 0;
	}
	mutex_unlock(&dir->i_mutex);
	up_write(&namespace_sem);
	return ret;
}

static int do_new_mount(struct path *path, const char *type, unsigned long flags, const char *dev, void *data)
{
	struct file_system_type *fs = type ? get_fs_type(type) : NULL;
	struct vfsmount *mnt;
	int ret;

	if (!type)
		return -EINVAL;
	if (!fs)
		return -ENODEV;
	if (fs->requires_dev && (!dev || !*dev))
		return -EINVAL;
	mnt = do_kern_mount(fs, (int)flags, dev, data);
	if (IS_ERR(mnt))
		return (int)PTR_ERR(mnt);
	ret = graft(mnt, path);
	if (ret)
		mntput(mnt);
	return ret;
}

static int do_bind(struct path *path, const char *old_name)
{
	struct vfsmount *mnt;
	struct path old;
	int ret;

	if (!old_name || !*old_name)
		return -EINVAL;
	ret = kern_path(old_name, LOOKUP_FOLLOW, &old);
	if (ret)
		return ret;
	ret = -ENOMEM;
	atomic_inc(&old.mnt->mnt_sb->s_active);
	mnt = alloc_vfsmnt(old.mnt->mnt_sb, old.dentry, old.mnt->mnt_devname, old.mnt->mnt_flags);
	if (mnt) {
		ret = graft(mnt, path);
		if (ret)
			mntput(mnt);
	} else {
		deactivate_super(old.mnt->mnt_sb);
	}
	path_put(&old);
	return ret;
}

static int do_remount(struct path *path, unsigned long flags, void *data)
{
	struct super_block *sb = path->mnt->mnt_sb;
	int ret;

	if (path->dentry != path->mnt->mnt_root)
		return -EINVAL;
	down_write(&sb->s_umount);
	ret = do_remount_sb(sb, (int)(flags & MS_RMT_MASK), data);
	if (!ret)
		path->mnt->mnt_flags = (int)flags & (MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME);
	up_write(&sb->s_umount);
	return ret;
}

/* mount(2) with kernel strings. => may sleep; the caller checked that it may */
int do_mount(const char *dev, const char *dir, const char *type, unsigned long flags, void *data)
{
	struct path path;
	int ret;

	if ((flags & MS_MGC_MSK) == MS_MGC_VAL)
		flags &= ~(unsigned long)MS_MGC_MSK;
	flags &= ~(MS_NOUSER | MS_ACTIVE | MS_FORCE_RO);
	ret = kern_path(dir, LOOKUP_FOLLOW, &path);
	if (ret)
		return ret;
	if (flags & MS_REMOUNT)
		ret = do_remount(&path, flags, data);
	else if (flags & MS_BIND)
		ret = do_bind(&path, dev);
	else if (flags & MS_MOVE)
		ret = -EINVAL;
	else
		ret = do_new_mount(&path, type, flags, dev, data);
	path_put(&path);
	return ret;
}

/* A user's string of at most a page, or NULL for NULL. ERR_PTR */
static char *copy_mount_string(const char __user *s)
{
	return s ? strndup_user(s, PAGE_SIZE) : NULL;
}

/* Options are bytes up to a page, not always a string: what cannot be read any more is zero. */
static int copy_mount_options(const void __user *data, char **page)
{
	unsigned long left;

	*page = NULL;
	if (!data)
		return 0;
	*page = (char *)get_zeroed_page(GFP_KERNEL);
	if (!*page)
		return -ENOMEM;
	left = copy_from_user(*page, data, min(PAGE_SIZE - 1, TASK_SIZE - (unsigned long)data));
	if (left < PAGE_SIZE - 1)
		return 0;
	free_page((unsigned long)*page);
	*page = NULL;
	return -EFAULT;
}

long sys_mount(const char __user *udev, const char __user *udir, const char __user *utype, unsigned long flags,
	       void __user *udata)
{
	char *dev = NULL, *dir = NULL, *type, *data = NULL;
	long ret;

	if (!capable_root())
		return -EPERM;
	type = copy_mount_string(utype);
	ret = PTR_ERR(type);
	if (IS_ERR(type))
		return ret;
	dir = getname(udir);
	ret = PTR_ERR(dir);
	if (IS_ERR(dir))
		goto out_type;
	dev = copy_mount_string(udev);
	ret = PTR_ERR(dev);
	if (IS_ERR(dev))
		goto out_dir;
	ret = copy_mount_options(udata, &data);
	if (!ret)
		ret = do_mount(dev, dir, type, flags, data);
	free_page((unsigned long)data);
	kfree(dev);
out_dir:
	putname(dir);
out_type:
	kfree(type);
	return ret;
}

/* ---- umount --------------------------------------------------------------------------------------------------------- */

/* One mount out of the tree: @mnt, or with MNT_DETACH first what is mounted below it. 0, 1 (it was one below) or -errno */
static int umount_one(struct vfsmount *mnt, int flags)
{
	struct vfsmount *victim = mnt;
	struct path old;

	down_write(&namespace_sem);
	while (flags & MNT_DETACH && !list_empty(&victim->mnt_mounts))
		victim = list_first_entry(&victim->mnt_mounts, struct vfsmount, mnt_child);
	if (victim->mnt_parent == victim) {
		up_write(&namespace_sem);
		return -EINVAL;		/* not mounted (any more) */
	}
	if (!list_empty(&victim->mnt_mounts) || (atomic_read(&victim->mnt_count) != 2 && !(flags & MNT_DETACH))) {
		up_write(&namespace_sem);
		return -EBUSY;
	}
	detach_mnt(victim, &old);
	up_write(&namespace_sem);
	path_put(&old);
	mntput(victim);		/* the tree's */
	return victim != mnt;
}

/* Nobody but the tree and our caller uses @mnt, or that does not matter? Then it leaves the tree. 0 or -EBUSY */
static int do_umount(struct vfsmount *mnt, int flags)
{
	int ret;

	if (mnt == root_mnt) {
		down_write(&mnt->mnt_sb->s_umount);
		ret = do_remount_sb(mnt->mnt_sb, MS_RDONLY, NULL);
		up_write(&mnt->mnt_sb->s_umount);
		return ret;
	}
	shrink_dcache_sb(mnt->mnt_sb);
	do
		ret = umount_one(mnt, flags);
	while (ret > 0);
	return ret;
}

long sys_umount(const char __user *name, int flags)
{
	struct path path;
	int ret;

	if (flags & ~(MNT_FORCE | MNT_DETACH | UMOUNT_NOFOLLOW))
		return -EINVAL;
	if (!capable_root())
		return -EPERM;
	ret = user_path_at(AT_FDCWD, name, flags & UMOUNT_NOFOLLOW ? 0 : LOOKUP_FOLLOW, &path);
	if (ret)
		return ret;
	dput(path.dentry);
	ret = path.dentry == path.mnt->mnt_root ? do_umount(path.mnt, flags) : -EINVAL;
	mntput(path.mnt);
	return ret;
}

long sys_oldumount(const char __user *name)
{
	return sys_umount(name, 0);
}

/* ---- boot and power-off --------------------------------------------------------------------------------------------- */

/* See fs.h. => boot, once */
int mount_root(const char *dev, const char *fstype, int flags)
{
	struct file_system_type *fs = get_fs_type(fstype);
	struct vfsmount *mnt = ERR_PTR(-ENODEV);
	struct path path;

	if (fs)
		mnt = do_kern_mount(fs, flags, dev, NULL);
	if (IS_ERR(mnt)) {
		printk(KERN_ERR "fs: cannot mount root %s as %s: error %ld\n", dev, fstype, -PTR_ERR(mnt));
		return (int)PTR_ERR(mnt);
	}
	down_write(&namespace_sem);
	root_mnt = mnt;
	list_add(&mnt->mnt_list, &mounts);
	up_write(&namespace_sem);
	path = (struct path){ mnt, mnt->mnt_root };
	path_get(&path);
	set_fs_root(current->fs, &path);	/* every later task starts from here */
	path_get(&path);
	set_fs_pwd(current->fs, &path);
	printk(KERN_INFO "fs: root is %s (%s)%s\n", dev, fstype, mnt->mnt_sb->s_flags & MS_RDONLY ? ", read-only" : "");
	mount_devices();
	return 0;
}

/* SIGKILL to all programs but init and ourselves. True: there were some. */
static bool kill_programs(void)
{
	struct task_struct *p;
	bool any = false;

	spin_lock(&tasklist_lock);
	for_each_process(p) {
		if (p->flags & PF_KTHREAD || p->exit_state || p == child_reaper || p == current->group_leader)
			continue;
		group_send_sig_info(SIGKILL, SEND_SIG_PRIV, p);
		any = true;
	}
	spin_unlock(&tasklist_lock);
	return any;
}

/*
 * Make every disk's filesystem clean and read-only, newest first. Programs are ended, so that what they have unlinked
 * but not closed goes, too; whoever survives that and still writes gets EROFS. => may sleep
 */
void umount_all(void)
{
	struct vfsmount *mnt;

	for (int tries = 0; tries < 5 * HZ && kill_programs(); tries++)
		schedule_timeout_uninterruptible(1);
	do_sync();
	down_read(&namespace_sem);
	list_for_each_entry_reverse(mnt, &mounts, mnt_list) {
		struct super_block *sb = mnt->mnt_sb;

		if (!sb->s_bdev || sb->s_flags & MS_RDONLY)
			continue;
		down_write(&sb->s_umount);
		if (do_remount_sb(sb, MS_RDONLY | MS_FORCE_RO, NULL))
			printk(KERN_ERR "fs: %s could not be made clean\n", sb->s_id);
		up_write(&sb->s_umount);
	}
	up_read(&namespace_sem);
}

/* ---- /proc/mounts --------------------------------------------------------------------------------------------------- */

static const struct { unsigned int flag; const char *name; } mount_options[] = {
	{ MS_NOSUID, ",nosuid" }, { MS_NODEV, ",nodev" }, { MS_NOEXEC, ",noexec" }, { MS_SYNCHRONOUS, ",sync" },
	{ MS_NOATIME, ",noatime" },
};

int mounts_show(struct seq_file *m, void *data)
{
	struct vfsmount *mnt;
	char options[64];

	down_read(&namespace_sem);
	list_for_each_entry(mnt, &mounts, mnt_list) {
		struct super_block *sb = mnt->mnt_sb;

		seq_escape(m, mnt->mnt_devname, " \t\n");
		seq_putc(m, ' ');
		seq_path(m, mnt, mnt->mnt_root, " \t\n");
		seq_printf(m, " %s %s", sb->s_type->name, sb->s_flags & MS_RDONLY ? "ro" : "rw");
		for (unsigned int i = 0; i < ARRAY_SIZE(mount_options); i++)
			if ((sb->s_flags | (unsigned)mnt->mnt_flags) & mount_options[i].flag)
				seq_puts(m, mount_options[i].name);
		if (sb->s_op->show_options && sb->s_op->show_options(mnt, options, sizeof(options)) > 0)
			seq_puts(m, options);
		seq_puts(m, " 0 0\n");
	}
	up_read(&namespace_sem);
	return 0;
}
