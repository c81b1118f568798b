/*
 * namei.c: from a path to the file it names, component by component.
 *
 * Locks:  dcache_lock inside the dcache's functions; a directory's i_mutex while a name not yet cached is looked up.
 *         A nameidata holds a reference to where it stands, nothing else.
 * Read next: dirs.c (making and removing names), open.c.
 *
 *	"a/l/b", l ─► "x/y":   walk a ─► l is a link: push "b", go on with "x/y" ─► x ─► y ─► pop "b" ─► b
 *
 * A link at the very end pushes nothing, so that only the number of links followed is limited (MAXSYMLINKS).
 */
#include "kernel/fs/internal.h"

/* The text of a link being followed, and where to go on after it. */
struct link_body {
	struct link_body *outer;
	const char *rest;		/* of the outer text; NULL: nothing comes after */
	char text[];
};

void path_get(const struct path *path)
{
	mntget(path->mnt);
	dget(path->dentry);
}

void path_put(struct path *path)
{
	dput(path->dentry);
	mntput(path->mnt);
}

/* See fs.h. => may sleep */
char *getname(const char __user *name)
{
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL);
	long len;

	if (!buf)
		return ERR_PTR(-ENOMEM);
	len = strncpy_from_user(buf, name, PATH_MAX);
	if (len > 0 && len < PATH_MAX)
		return buf;
	kfree(buf);
	return ERR_PTR(len < 0 ? -EFAULT : len ? -ENAMETOOLONG : -ENOENT);
}

/* As getname, but with LOOKUP_EMPTY in @flags an empty name is a name. */
static char *getname_flags(const char __user *name, unsigned int flags)
{
	char *text = getname(name);

	if (flags & LOOKUP_EMPTY && PTR_ERR(text) == -ENOENT) {
		text = kzalloc(1, GFP_KERNEL);
		return text ? text : ERR_PTR(-ENOMEM);
	}
	return text;
}

void putname(char *name)
{
	kfree(name);
}

static int generic_permission(struct inode *inode, int mask)
{
	mode_t mode = inode->i_mode;

	if (current->fsuid == inode->i_uid)
		mode >>= 6;
	else if (current->fsgid == inode->i_gid)
		mode >>= 3;
	if ((mode & (unsigned)mask & 7) == ((unsigned)mask & 7))
		return 0;
	/* Root may do all, but execute only what somebody may execute. */
	if (current->fsuid == 0 && (!(mask & MAY_EXEC) || S_ISDIR(inode->i_mode) || inode->i_mode & 0111))
		return 0;
	return -EACCES;
}

/* May the caller do @mask (MAY_*) to @inode? 0, -EACCES, -EROFS. => may sleep */
int permission(struct inode *inode, int mask)
{
	if (mask & MAY_WRITE && IS_RDONLY(inode) &&
	    (S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode) || S_ISLNK(inode->i_mode)))
		return -EROFS;
	mask &= ~MAY_APPEND;
	return inode->i_op->permission ? inode->i_op->permission(inode, mask) : generic_permission(inode, mask);
}

/* ---- one step --------------------------------------------------------------------------------------------------- */

/* From a mount point into what is mounted there, as deep as it goes. */
void follow_mount(struct path *path)
{
	struct vfsmount *mnt;

	while (READ_ONCE(path->dentry->d_mounted) && (mnt = lookup_mnt(path->mnt, path->dentry))) {
		dput(path->dentry);
		mntput(path->mnt);
		path->mnt = mnt;
		path->dentry = dget(mnt->mnt_root);
	}
}

/* "..": stops at the caller's root, leaves a mount at its root. */
static void follow_dotdot(struct nameidata *nd)
{
	struct path root, old;

	get_fs_root(current->fs, &root);
	while (nd->path.dentry != root.dentry || nd->path.mnt != root.mnt) {
		struct vfsmount *mnt = nd->path.mnt;

		old = nd->path;
		spin_lock(&dcache_lock);
		if (old.dentry != mnt->mnt_root) {
			nd->path.dentry = dget_locked(old.dentry->d_parent);
			spin_unlock(&dcache_lock);
			dput(old.dentry);
			break;
		}
		if (mnt->mnt_parent == mnt) {
			spin_unlock(&dcache_lock);
			break;
		}
		nd->path = (struct path){ mntget(mnt->mnt_parent), dget_locked(mnt->mnt_mountpoint) };
		spin_unlock(&dcache_lock);
		path_put(&old);
	}
	path_put(&root);
	follow_mount(&nd->path);
}

/* A cached dentry that its filesystem still stands by, or NULL. */
static struct dentry *cached_lookup(struct dentry *dir, const struct qstr *name)
{
	struct dentry *dentry = d_lookup(dir, name);

	if (dentry && dentry->d_op && dentry->d_op->d_revalidate && !dentry->d_op->d_revalidate(dentry)) {
		if (d_invalidate(dentry)) {
			dput(dentry);
			return NULL;
		}
	}
	return dentry;
}

/*
 * The dentry @name in @dir, perhaps negative; asks the filesystem if need be. ERR_PTR.
 * => @dir's i_mutex held; the caller checked permission
 */
struct dentry *lookup_one(struct dentry *dir, const struct qstr *name)
{
	struct inode *inode = dir->d_inode;
	struct dentry *dentry = cached_lookup(dir, name), *other;

	if (dentry)
		return dentry;
	if (!inode->i_nlink)
		return ERR_PTR(-ENOENT);	/* removed; nothing new appears in it */
	dentry = d_alloc(dir, name);
	if (!dentry)
		return ERR_PTR(-ENOMEM);
	other = inode->i_op->lookup(inode, dentry);
	if (!other)
		return dentry;
	dput(dentry);
	return other;
}

static struct dentry *do_lookup(struct dentry *dir, const struct qstr *name)
{
	struct dentry *dentry = cached_lookup(dir, name);

	if (dentry)
		return dentry;
	mutex_lock(&dir->d_inode->i_mutex);
	dentry = lookup_one(dir, name);
	mutex_unlock(&dir->d_inode->i_mutex);
	return dentry;
}

/* ---- links ------------------------------------------------------------------------------------------------------- */

/* The walk stands at @path from now on. => eats the path */
int nd_jump(struct nameidata *nd, struct path *path)
{
	path_put(&nd->path);
	nd->path = *path;
	follow_mount(&nd->path);
	return 0;
}

static void nd_to_root(struct nameidata *nd)
{
	path_put(&nd->path);
	get_fs_root(current->fs, &nd->path);
	follow_mount(&nd->path);
}

static void drop_body(struct nameidata *nd)
{
	struct link_body *body = nd->links;

	nd->links = body->outer;
	kfree(body);
}

/*
 * Follow @link (its reference is eaten; nd stands in its directory); the walk goes on with *name, and then with @rest.
 * A jumping link leaves "" in *name. 0 or -errno
 */
static int follow_link(struct nameidata *nd, struct dentry *link, const char **name, const char *rest)
{
	const struct inode_operations *op = link->d_inode->i_op;
	struct link_body *body;
	int ret;

	if (nd->depth++ >= MAXSYMLINKS) {
		dput(link);
		return -ELOOP;
	}
	touch_atime(nd->path.mnt, link);
	if (op->follow_link) {
		ret = op->follow_link(link, nd);
		dput(link);
		*name = rest;
		return ret;
	}
	body = kmalloc(sizeof(*body) + PATH_MAX, GFP_KERNEL);
	ret = body ? op->readlink(link, body->text, PATH_MAX) : -ENOMEM;
	dput(link);
	if (ret <= 0) {
		kfree(body);
		return ret ? ret : -ENOENT;
	}
	body->rest = *rest ? rest : NULL;
	body->outer = nd->links;
	nd->links = body;
	*name = body->text;
	if (*body->text == '/')
		nd_to_root(nd);
	return 0;
}

/* ---- the walk ----------------------------------------------------------------------------------------------------- */

static int last_type_of(const struct qstr *name)
{
	if (name->name[0] != '.' || name->len > 2)
		return LAST_NORM;
	if (name->len == 1)
		return LAST_DOT;
	return name->name[1] == '.' ? LAST_DOTDOT : LAST_NORM;
}

/* At the end of a link's text: is there more in the texts around it? Then *name continues there. */
static bool pop_rest(struct nameidata *nd, const char **name)
{
	for (struct link_body *body = nd->links; body; body = body->outer)
		if (body->rest) {
			*name = body->rest;
			body->rest = NULL;
			return true;
		}
	return false;
}

static bool rest_pending(const struct nameidata *nd)
{
	for (const struct link_body *body = nd->links; body; body = body->outer)
		if (body->rest)
			return true;
	return false;
}

/* Step to the child @this of where we are. 1: @*name was replaced by a link's text. => eats nothing */
static int walk_component(struct nameidata *nd, struct qstr *this, const char **name, const char *rest, bool follow)
{
	struct path next;

	next.dentry = do_lookup(nd->path.dentry, this);
	if (IS_ERR(next.dentry))
		return (int)PTR_ERR(next.dentry);
	if (!next.dentry->d_inode) {
		dput(next.dentry);
		return -ENOENT;
	}
	if (follow && (next.dentry->d_inode->i_op->readlink || next.dentry->d_inode->i_op->follow_link)) {
		int ret = follow_link(nd, next.dentry, name, rest);

		return ret ? ret : 1;
	}
	next.mnt = mntget(nd->path.mnt);
	follow_mount(&next);
	path_put(&nd->path);
	nd->path = next;
	return 0;
}

/*
 * Walk @name from where @nd stands. With LOOKUP_PARENT it stops before the last component, which nd->last then names
 * (valid until nd_release). => may sleep. 0 or -errno; the caller releases nd in both cases
 */
static int link_path_walk(const char *name, struct nameidata *nd)
{
	for (;;) {
		struct inode *inode = nd->path.dentry->d_inode;
		struct qstr this;
		const char *rest;
		bool last;
		int ret;

		while (*name == '/')
			name++;
		if (!*name) {
			if (pop_rest(nd, &name))
				continue;
			break;
		}
		if (!inode->i_op->lookup)
			return -ENOTDIR;
		ret = permission(inode, MAY_EXEC);
		if (ret)
			return ret;
		this.name = name;
		this.len = (unsigned)strcspn(name, "/");
		this.hash = full_name_hash(name, this.len);
		for (rest = name + this.len; *rest == '/'; rest++)
			;
		last = !*rest && !rest_pending(nd);
		nd->last_type = last_type_of(&this);
		if (last && nd->flags & LOOKUP_PARENT) {
			nd->last = this;
			return 0;
		}
		if (this.len > NAME_MAX)
			return -ENAMETOOLONG;
		if (last && name[this.len] == '/')
			nd->flags |= LOOKUP_FOLLOW | LOOKUP_DIRECTORY;
		name = rest;
		if (nd->last_type == LAST_DOTDOT)
			follow_dotdot(nd);
		if (nd->last_type != LAST_NORM)
			continue;
		ret = walk_component(nd, &this, &name, rest, !last || nd->flags & LOOKUP_FOLLOW);
		if (ret < 0)
			return ret;
	}
	if (nd->flags & LOOKUP_PARENT) {	/* there was no component: "/" */
		nd->last = (struct qstr){ "", 0, 0 };
		nd->last_type = LAST_ROOT;
		return 0;
	}
	if (nd->flags & LOOKUP_DIRECTORY && !nd->path.dentry->d_inode->i_op->lookup)
		return -ENOTDIR;
	return 0;
}

/* Where a walk of @name begins. 0, -EBADF, -ENOTDIR, -ENOENT */
static int path_start(int dfd, const char *name, struct nameidata *nd)
{
	struct file *file;
	int ret = 0;

	if (*name == '/') {
		get_fs_root(current->fs, &nd->path);
		return 0;
	}
	if (!*name && !(nd->flags & LOOKUP_EMPTY))
		return -ENOENT;
	if (dfd == AT_FDCWD) {
		get_fs_pwd(current->fs, &nd->path);
		return 0;
	}
	file = fget((unsigned)dfd);
	if (!file)
		return -EBADF;
	if (*name && !S_ISDIR(file->f_dentry->d_inode->i_mode)) {
		ret = -ENOTDIR;
	} else {
		nd->path = (struct path){ file->f_vfsmnt, file->f_dentry };
		path_get(&nd->path);
	}
	fput(file);
	return ret;
}

/* => also after a failed walk */
void nd_release(struct nameidata *nd)
{
	while (nd->links)
		drop_body(nd);
	if (nd->path.dentry)
		path_put(&nd->path);
	nd->path.dentry = NULL;
}

/* Walk the kernel string @name. 0, then nd_release it; or -errno, and there is nothing to release. => may sleep */
int path_lookup_at(int dfd, const char *name, unsigned int flags, struct nameidata *nd)
{
	int ret;

	*nd = (struct nameidata){ .flags = flags };
	ret = path_start(dfd, name, nd);
	if (!ret) {
		if (*name == '/')
			follow_mount(&nd->path);
		ret = link_path_walk(name, nd);
	}
	if (ret)
		nd_release(nd);
	return ret;
}

/* The last component, which turned out to be @link (eaten), is followed: nd stands at the parent of what comes. 0 or -errno */
int nd_follow_last(struct nameidata *nd, struct dentry *link)
{
	const char *name;
	int ret = follow_link(nd, link, &name, "");

	if (ret)
		return ret;
	if (!*name) {	/* it jumped: there is no parent */
		nd->last_type = LAST_JUMP;
		return 0;
	}
	return link_path_walk(name, nd);
}

static int path_of(int dfd, const char *name, unsigned int flags, struct path *path)
{
	struct nameidata nd;
	int ret = path_lookup_at(dfd, name, flags, &nd);

	if (ret)
		return ret;
	*path = nd.path;
	nd.path.dentry = NULL;
	nd_release(&nd);
	return 0;
}

int kern_path(const char *name, unsigned int flags, struct path *path)
{
	return path_of(AT_FDCWD, name, flags, path);
}

/* As kern_path for a user's string, from @dfd on. */
int user_path_at(int dfd, const char __user *name, unsigned int flags, struct path *path)
{
	char *text = getname_flags(name, flags);
	int ret;

	if (IS_ERR(text))
		return (int)PTR_ERR(text);
	ret = path_of(dfd, text, flags, path);
	putname(text);
	return ret;
}
