/*
 * dcache.c: names. A dentry says that a name in a directory is this inode, or that there is none (negative).
 *
 * Owns:   the hash of all named dentries, the LRU list of unused ones, the tree of parents and children.
 * Locks:  dcache_lock for all of it. A count rises from zero only under the lock; dput takes the lock only for the
 *         last reference. Used dentries are not on the LRU list.
 * Read next: namei.c (who looks names up), inode.c (what they stand for).
 *
 *	dput to zero ─► LRU ─► d_lookup: used again
 *	                  └──► prune (memory wanted, filesystem goes) ─► killed; its parent loses a reference
 */
#include "kernel/fs/internal.h"

DEFINE_SPINLOCK(dcache_lock, RANK_DCACHE);

static struct kmem_cache *dentry_cache;
static struct hlist_head *dentry_hash;
static unsigned int dentry_hash_bits;
unsigned long dhash_entries;			/* dhash_entries=; 0: by memory */
static LIST_HEAD(dentry_lru);			/* [d] newest first */
static long nr_dentries, nr_unused;		/* [d] */

static struct hlist_head *d_bucket(const struct dentry *parent, unsigned int hash)
{
	unsigned long h = hash ^ ((unsigned long)parent / 64);

	h ^= h >> dentry_hash_bits;
	return &dentry_hash[h & ((1UL << dentry_hash_bits) - 1)];
}

/* The hash of a component, as d_name.hash and d_lookup want it. */
unsigned int full_name_hash(const char *name, unsigned int len)
{
	unsigned int hash = 2166136261u;

	while (len--)
		hash = (hash ^ (u8)*name++) * 16777619u;
	return hash;
}

/*
 * A new dentry below @parent, with one reference, in no hash yet. NULL without memory.
 * => may sleep; takes a reference to the parent.
 */
struct dentry *d_alloc(struct dentry *parent, const struct qstr *name)
{
	struct dentry *dentry = kmem_cache_zalloc(dentry_cache, GFP_KERNEL);
	char *text;

	if (!dentry)
		return NULL;
	text = dentry->d_iname;
	if (name->len >= DNAME_INLINE_LEN) {
		text = kmalloc(name->len + 1, GFP_KERNEL);
		if (!text) {
			kmem_cache_free(dentry_cache, dentry);
			return NULL;
		}
	}
	memcpy(text, name->name, name->len);
	text[name->len] = 0;
	dentry->d_name = (struct qstr){ text, name->len, name->hash };
	atomic_set(&dentry->d_count, 1);
	INIT_LIST_HEAD(&dentry->d_lru);
	INIT_LIST_HEAD(&dentry->d_child);
	INIT_LIST_HEAD(&dentry->d_subdirs);
	INIT_LIST_HEAD(&dentry->d_alias);

	spin_lock(&dcache_lock);
	dentry->d_parent = dentry;
	if (parent) {
		dentry->d_parent = dget_locked(parent);
		dentry->d_sb = parent->d_sb;
		list_add(&dentry->d_child, &parent->d_subdirs);
	}
	nr_dentries++;
	spin_unlock(&dcache_lock);
	return dentry;
}

/* The root dentry of a filesystem. NULL without memory or without @root; eats @root's reference only on success. */
struct dentry *d_alloc_root(struct inode *root)
{
	static const struct qstr slash = { "/", 1, 0 };
	struct dentry *dentry;

	if (!root || !(dentry = d_alloc(NULL, &slash)))
		return NULL;
	dentry->d_sb = root->i_sb;
	d_instantiate(dentry, root);
	return dentry;
}

static void lru_del(struct dentry *dentry)
{
	if (!(dentry->d_flags & DCACHE_ON_LRU))
		return;
	list_del_init(&dentry->d_lru);
	dentry->d_flags &= ~DCACHE_ON_LRU;
	nr_unused--;
}

/* A reference, from zero too. => dcache_lock held */
struct dentry *dget_locked(struct dentry *dentry)
{
	assert_held(&dcache_lock);
	lru_del(dentry);
	atomic_inc(&dentry->d_count);
	return dentry;
}

/* One more reference to a dentry that the caller has already. NULL is fine. */
struct dentry *dget(struct dentry *dentry)
{
	if (dentry) {
		ASSERT_OP(atomic_read(&dentry->d_count), >, 0);
		atomic_inc(&dentry->d_count);
	}
	return dentry;
}

/* The dentry @name of @parent, referenced, perhaps negative; NULL: not cached. => @name->hash is set */
struct dentry *d_lookup(struct dentry *parent, const struct qstr *name)
{
	struct dentry *dentry;

	spin_lock(&dcache_lock);
	hlist_for_each_entry(dentry, d_bucket(parent, name->hash), d_hash) {
		if (dentry->d_parent != parent || dentry->d_name.hash != name->hash ||
		    dentry->d_name.len != name->len || memcmp(dentry->d_name.name, name->name, name->len))
			continue;
		dget_locked(dentry);
		dentry->d_flags |= DCACHE_REFERENCED;
		break;
	}
	spin_unlock(&dcache_lock);
	return dentry;
}

static void __d_instantiate(struct dentry *dentry, struct inode *inode)
{
	ASSERT(!dentry->d_inode);
	if (inode)
		list_add(&dentry->d_alias, &inode->i_dentry);
	dentry->d_inode = inode;
}

/* The name stands for @inode now; eats its reference. => the dentry was negative */
void d_instantiate(struct dentry *dentry, struct inode *inode)
{
	spin_lock(&dcache_lock);
	__d_instantiate(dentry, inode);
	spin_unlock(&dcache_lock);
}

/* d_instantiate, and lookups find it. @inode may be NULL: the name is known not to exist. */
void d_add(struct dentry *dentry, struct inode *inode)
{
	spin_lock(&dcache_lock);
	__d_instantiate(dentry, inode);
	if (d_unhashed(dentry))
		hlist_add_head(&dentry->d_hash, d_bucket(dentry->d_parent, dentry->d_name.hash));
	spin_unlock(&dcache_lock);
}

/* Lookups do not find it any more; who has it keeps it. */
void d_drop(struct dentry *dentry)
{
	spin_lock(&dcache_lock);
	hlist_del_init(&dentry->d_hash);
	spin_unlock(&dcache_lock);
}

/*
 * The file behind the name was removed. An otherwise unused dentry becomes negative; a used one leaves the hash
 * and keeps its inode until the last user goes. => the caller has a reference; may sleep
 */
void d_delete(struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;

	spin_lock(&dcache_lock);
	if (atomic_read(&dentry->d_count) == 1 && inode) {
		list_del_init(&dentry->d_alias);
		dentry->d_inode = NULL;
		spin_unlock(&dcache_lock);
		iput(inode);
		return;
	}
	hlist_del_init(&dentry->d_hash);
	spin_unlock(&dcache_lock);
}

/* Take it out of every list, free it. Returns the parent, whose reference is the caller's now. => dcache_lock in, not out */
static struct dentry *d_kill(struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;
	struct dentry *parent = dentry->d_parent == dentry ? NULL : dentry->d_parent;

	ASSERT(list_empty(&dentry->d_subdirs));
	lru_del(dentry);
	hlist_del_init(&dentry->d_hash);
	list_del_init(&dentry->d_child);
	list_del_init(&dentry->d_alias);
	nr_dentries--;
	spin_unlock(&dcache_lock);
	if (inode)
		iput(inode);
	if (dentry->d_name.name != dentry->d_iname)
		kfree(dentry->d_name.name);
	kmem_cache_free(dentry_cache, dentry);
	return parent;
}

/* Drop a reference. The last one puts the dentry on the LRU list, or kills it if nothing can find it. => may sleep */
void dput(struct dentry *dentry)
{
	while (dentry) {
		if (atomic_add_unless(&dentry->d_count, -1, 1))
			return;
		spin_lock(&dcache_lock);
		if (!atomic_dec_and_test(&dentry->d_count)) {
			spin_unlock(&dcache_lock);
			return;
		}
		if (!d_unhashed(dentry) && !(dentry->d_op && dentry->d_op->d_delete && dentry->d_op->d_delete(dentry))) {
			dentry->d_flags |= DCACHE_ON_LRU;
			list_add(&dentry->d_lru, &dentry_lru);
			nr_unused++;
			spin_unlock(&dcache_lock);
			return;
		}
		dentry = d_kill(dentry);
	}
}

/*
 * What the cache says about @dentry is no longer true. True: it is out of the hash. False: it is a used directory,
 * so its place must stay. => may sleep
 */
bool d_invalidate(struct dentry *dentry)
{
	bool busy;

	shrink_dcache_parent(dentry);
	spin_lock(&dcache_lock);
	busy = !d_unhashed(dentry) && atomic_read(&dentry->d_count) > 1 && dentry->d_inode && S_ISDIR(dentry->d_inode->i_mode);
	if (!busy)
		hlist_del_init(&dentry->d_hash);
	spin_unlock(&dcache_lock);
	return !busy;
}

static void switch_names(struct dentry *a, struct dentry *b)
{
	bool a_inline = a->d_name.name == a->d_iname, b_inline = b->d_name.name == b->d_iname;
	char text[DNAME_INLINE_LEN];

	memcpy(text, a->d_iname, sizeof(text));
	memcpy(a->d_iname, b->d_iname, sizeof(text));
	memcpy(b->d_iname, text, sizeof(text));
	swap(a->d_name, b->d_name);
	if (b_inline)
		a->d_name.name = a->d_iname;
	if (a_inline)
		b->d_name.name = b->d_iname;
}

/*
 * @dentry takes @target's name and place; @target is found no more. => renaming: both directories' i_mutex held,
 * and s_vfs_rename_mutex if they differ, so that no ancestry changes meanwhile.
 */
void d_move(struct dentry *dentry, struct dentry *target)
{
	spin_lock(&dcache_lock);
	hlist_del_init(&dentry->d_hash);
	hlist_del_init(&target->d_hash);
	switch_names(dentry, target);
	swap(dentry->d_parent, target->d_parent);
	list_move(&dentry->d_child, &dentry->d_parent->d_subdirs);
	list_move(&target->d_child, &target->d_parent->d_subdirs);
	hlist_add_head(&dentry->d_hash, d_bucket(dentry->d_parent, dentry->d_name.hash));
	spin_unlock(&dcache_lock);
}

/* Does @dentry lie below @ancestor, or is it the same? => no renames meanwhile (s_vfs_rename_mutex), or a guess */
bool is_subdir(struct dentry *dentry, struct dentry *ancestor)
{
	bool found;

	spin_lock(&dcache_lock);
	while (dentry != ancestor && dentry->d_parent != dentry)
		dentry = dentry->d_parent;
	found = dentry == ancestor;
	spin_unlock(&dcache_lock);
	return found;
}

/* ---- making room ---------------------------------------------------------------------------------------- */

/* Kill the oldest unused ones: at most @nr, only of @sb if given (then the LRU's end must be its own). => may sleep */
static void prune_dcache(long nr, struct super_block *sb)
{
	spin_lock(&dcache_lock);
	while (nr-- > 0 && !list_empty(&dentry_lru)) {
		struct dentry *dentry = list_last_entry(&dentry_lru, struct dentry, d_lru);

		if (sb && dentry->d_sb != sb)
			break;
		if (!sb && dentry->d_flags & DCACHE_REFERENCED) {
			dentry->d_flags &= ~DCACHE_REFERENCED;
			list_move(&dentry->d_lru, &dentry_lru);
			continue;
		}
		dput(d_kill(dentry));
		cond_resched();
		spin_lock(&dcache_lock);
	}
	spin_unlock(&dcache_lock);
}

/* Kill all unused dentries of @sb: what is left is in use, or above what is. => may sleep */
void shrink_dcache_sb(struct super_block *sb)
{
	struct dentry *dentry, *next;
	long found;

	do {	/* each round frees leaves; their parents are next */
		found = 0;
		spin_lock(&dcache_lock);
		list_for_each_entry_safe(dentry, next, &dentry_lru, d_lru) {
			if (dentry->d_sb != sb)
				continue;
			list_move_tail(&dentry->d_lru, &dentry_lru);
			if (++found > nr_unused)	/* what moved to the end comes by again */
				break;
		}
		spin_unlock(&dcache_lock);
		prune_dcache(found, sb);
	} while (found);
}

/* Moves the unused leaves below @parent to the LRU's end and counts them. */
static long select_unused(struct dentry *parent)
{
	struct dentry *this = parent, *child;
	struct list_head *next = this->d_subdirs.next;
	long found = 0;

	assert_held(&dcache_lock);
	for (;;) {
		if (next == &this->d_subdirs) {
			if (this == parent)
				return found;
			next = this->d_child.next;
			this = this->d_parent;
			continue;
		}
		child = list_entry(next, struct dentry, d_child);
		if (child->d_flags & DCACHE_ON_LRU) {
			child->d_flags &= ~DCACHE_REFERENCED;
			list_move_tail(&child->d_lru, &dentry_lru);
			found++;
		}
		if (!list_empty(&child->d_subdirs)) {
			this = child;
			next = this->d_subdirs.next;
		} else {
			next = next->next;
		}
	}
}

/* Kill all unused dentries below @parent. => may sleep */
void shrink_dcache_parent(struct dentry *parent)
{
	long found;

	do {
		spin_lock(&dcache_lock);
		found = select_unused(parent);
		spin_unlock(&dcache_lock);
		prune_dcache(found, NULL);
	} while (found);
}

/* The shrinker: with @nr kill that many, oldest first; returns how many there are to kill, or -1: not in this context. */
int shrink_dcache_memory(int nr, gfp_t gfp)
{
	if (nr) {
		if (!(gfp & __GFP_FS))
			return -1;
		prune_dcache(nr, NULL);
	}
	return (int)nr_unused;
}

/* For /proc/sys/fs/dentry-state. */
void dentry_counts(long *all, long *unused)
{
	*all = nr_dentries;
	*unused = nr_unused;
}

/* ---- paths ------------------------------------------------------------------------------------------------ */

static bool prepend(char **at, char *buf, const char *text, unsigned int len)
{
	if (*at - buf < (long)len)
		return false;
	*at -= len;
	memcpy(*at, text, len);
	return true;
}

/* Components from (dentry, mnt) up to the root, or to the top of an unreachable tree. False: @buf is too small. */
static bool prepend_path(struct dentry *dentry, struct vfsmount *mnt, const struct path *root, char **at, char *buf)
{
	while (dentry != root->dentry || mnt != root->mnt) {
		if (dentry == mnt->mnt_root || dentry->d_parent == dentry) {
			if (mnt->mnt_parent == mnt)	/* not below the root: what we have is all there is */
				break;
			dentry = mnt->mnt_mountpoint;
			mnt = mnt->mnt_parent;
			continue;
		}
		if (!prepend(at, buf, dentry->d_name.name, dentry->d_name.len) || !prepend(at, buf, "/", 1))
			return false;
		dentry = dentry->d_parent;
	}
	return true;
}

/* See fs.h. An object without a place in the tree (a pipe) is its own name. */
char *d_path(struct dentry *dentry, struct vfsmount *mnt, char *buf, int buflen)
{
	char *at = buf + buflen;
	struct path root;
	bool ok;

	get_fs_root(current->fs, &root);

	spin_lock(&dcache_lock);
	ok = prepend(&at, buf, "", 1);
	if (mnt->mnt_sb->s_flags & MS_NOUSER) {
		ok = ok && prepend(&at, buf, dentry->d_name.name, dentry->d_name.len);
	} else {
		if (d_unhashed(dentry) && dentry->d_parent != dentry)
			ok = ok && prepend(&at, buf, " (deleted)", 10);
		ok = ok && prepend_path(dentry, mnt, &root, &at, buf);
		if (ok && *at != '/')
			ok = prepend(&at, buf, "/", 1);
	}
	spin_unlock(&dcache_lock);
	path_put(&root);
	return ok ? at : ERR_PTR(-ENAMETOOLONG);
}

/* getcwd(2): bytes written with the NUL, or -errno; -ENOENT when the directory was removed. */
long sys_getcwd(char __user *buf, unsigned long size)
{
	char *page = (char *)__get_free_page(GFP_KERNEL), *text;
	struct path pwd;
	long len;

	if (!page)
		return -ENOMEM;
	get_fs_pwd(current->fs, &pwd);
	text = d_path(pwd.dentry, pwd.mnt, page, PAGE_SIZE);
	len = IS_ERR(text) ? PTR_ERR(text) : (long)strlen(text) + 1;
	if (d_unhashed(pwd.dentry) && pwd.dentry->d_parent != pwd.dentry)
		len = -ENOENT;
	else if (len > 0 && (unsigned long)len > size)
		len = -ERANGE;
	else if (len > 0 && copy_to_user(buf, text, (unsigned long)len))
		len = -EFAULT;
	path_put(&pwd);
	free_page((unsigned long)page);
	return len;
}

/* => boot, slab is up */
void dcache_init(void)
{
	dentry_cache = kmem_cache_create("dentry_cache", sizeof(struct dentry), 0,
					 SLAB_RECLAIM_ACCOUNT | SLAB_PANIC, NULL, NULL);
	dentry_hash = alloc_large_system_hash("Dentry cache", sizeof(*dentry_hash), dhash_entries, 13, 0,
					      &dentry_hash_bits, NULL, 0);
}
