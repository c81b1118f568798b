/*
 * generic.c: procfs itself: the tree of fixed entries, its mount, files that are one call of a show function.
 *
 * Owns:   proc_root and all proc_entries, which stay for good; inodes are made when looked up and die when unused.
 * Locks:  proc_mutex while the tree grows; walking it needs none.
 * Read next: pid.c (a directory for each process), misc.c (what the kernel's core tells), sys.c (/proc/sys).
 */
#include "kernel/fs/proc/internal.h"

static DEFINE_MUTEX(proc_mutex, RANK_MUTEX_LEAF);
static ino_t last_ino = PROC_ROOT_INO;		/* [p] */
struct proc_entry proc_root = { .name = "", .mode = S_IFDIR | 0555, .ino = PROC_ROOT_INO };

static struct proc_entry *find_child(struct proc_entry *dir, const char *name, unsigned int len)
{
	struct proc_entry *e;

	for (e = smp_load_acquire(&dir->children); e; e = smp_load_acquire(&e->next))
		if (e->len == len && !memcmp(e->name, name, len))
			return e;
	return NULL;
}

/* => proc_mutex held */
static struct proc_entry *add_child(struct proc_entry *dir, const char *name, unsigned int len, mode_t mode)
{
	struct proc_entry **link = &dir->children, *e = kzalloc(sizeof(*e), GFP_KERNEL);
	char *copy = kmalloc(len + 1, GFP_KERNEL);

	if (!e || !copy) {
		kfree(e);
		kfree(copy);
		return NULL;
	}
	memcpy(copy, name, len);
	copy[len] = '\0';
	e->name = copy;
	e->len = len;
	e->mode = mode;
	e->ino = ++last_ino;
	while (*link)
		link = &(*link)->next;
	smp_store_release(link, e);
	return e;
}

/* The directory that @path lies in, made where missing; *name is the last component. NULL without memory. */
static struct proc_entry *parent_of(const char *path, const char **name)
{
	struct proc_entry *dir = &proc_root, *child;
	const char *slash;

	while ((slash = strchr(path, '/')) != NULL) {
		unsigned int len = (unsigned)(slash - path);

		child = find_child(dir, path, len);
		if (!child)
			child = add_child(dir, path, len, S_IFDIR | 0555);
		if (!child)
			return NULL;
		dir = child;
		path = slash + 1;
	}
	*name = path;
	return dir;
}

/*
 * A new entry at @path, which the caller fills at once: until then it opens as a file without operations.
 * => may sleep; NULL without memory, or if there is one of that name
 */
struct proc_entry *proc_add(const char *path, mode_t mode)
{
	struct proc_entry *dir, *e = NULL;
	const char *name;

	mutex_lock(&proc_mutex);
	dir = parent_of(path, &name);
	if (dir && !find_child(dir, name, (unsigned)strlen(name)))
		e = add_child(dir, name, (unsigned)strlen(name), mode);
	mutex_unlock(&proc_mutex);
	return e;
}

static struct proc_entry *entry_of(const struct inode *inode)
{
	return inode->i_private;
}

/* What the entry's maker gave. => an inode of a fixed entry */
void *proc_data(const struct inode *inode)
{
	return entry_of(inode)->data;
}

static int proc_show_open(struct inode *inode, struct file *file)
{
	struct proc_entry *e = entry_of(inode);

	return single_open(file, e->show, e->data);
}

static const struct file_operations proc_show_fops = {
	.open = proc_show_open, .read = seq_read, .llseek = seq_lseek, .release = seq_release,
};

static int created(struct proc_entry *e)
{
	return e ? 0 : -ENOMEM;
}

/* See proc_fs.h, as all of these. */
int proc_create_seq(const char *path, int (*show)(struct seq_file *m, void *data), void *data)
{
	struct proc_entry *e = proc_add(path, S_IFREG | 0444);

	if (e) {
		e->show = show;
		e->data = data;
		e->fops = &proc_show_fops;
	}
	return created(e);
}

int proc_create(const char *path, mode_t mode, const struct file_operations *fops, void *data)
{
	struct proc_entry *e = proc_add(path, S_IFREG | mode);

	if (e) {
		e->data = data;
		e->fops = fops;
	}
	return created(e);
}

static int proc_link_readlink(struct dentry *dentry, char *buf, size_t size)
{
	return scnprintf(buf, size, "%s", entry_of(dentry->d_inode)->target);
}

static const struct inode_operations proc_link_iops = { .readlink = proc_link_readlink };

int proc_symlink(const char *path, const char *target)
{
	struct proc_entry *e = proc_add(path, S_IFLNK | 0777);

	if (e) {
		e->target = target;
		e->iops = &proc_link_iops;
	}
	return created(e);
}

/* ---- directories --------------------------------------------------------------------------------------------- */

/* Fixed entries of @dir from f_pos - 2 on, "." and ".." before them. 1: the buffer is full. */
int proc_fill_entries(struct file *file, void *ctx, filldir_t fill, struct proc_entry *dir)
{
	struct dentry *dentry = file->f_dentry;
	struct proc_entry *e;
	loff_t n = 2;

	if (file->f_pos == 0) {
		if (fill(ctx, ".", 1, 0, dentry->d_inode->i_ino, dt_type(S_IFDIR)))
			return 1;
		file->f_pos++;
	}
	if (file->f_pos == 1) {
		if (fill(ctx, "..", 2, 1, dentry->d_parent->d_inode->i_ino, dt_type(S_IFDIR)))
			return 1;
		file->f_pos++;
	}
	for (e = smp_load_acquire(&dir->children); e; e = smp_load_acquire(&e->next), n++) {
		if (n < file->f_pos)
			continue;
		if (fill(ctx, e->name, (int)e->len, file->f_pos, e->ino, dt_type(e->mode)))
			return 1;
		file->f_pos++;
	}
	return 0;
}

static int proc_dir_readdir(struct file *file, void *ctx, filldir_t fill)
{
	proc_fill_entries(file, ctx, fill, entry_of(file->f_dentry->d_inode));
	return 0;
}

static const struct file_operations proc_dir_fops = {
	.read = generic_read_dir, .llseek = generic_file_llseek, .readdir = proc_dir_readdir,
};

static const struct inode_operations proc_dir_iops = { .lookup = proc_lookup_entry };

struct inode *proc_new_inode(struct super_block *sb, struct proc_entry *e)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	inode->i_ino = e->ino;
	inode->i_mode = e->mode;
	inode->i_private = e;
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_fs_time(sb);
	if (S_ISDIR(e->mode)) {
		inode->i_op = &proc_dir_iops;
		inode->i_fop = &proc_dir_fops;
		inode->i_nlink = 2;
	}
	if (e->iops)
		inode->i_op = e->iops;
	if (e->fops)
		inode->i_fop = e->fops;
	return inode;
}

/* => the directory's i_mutex held */
struct dentry *proc_lookup_entry(struct inode *dir, struct dentry *dentry)
{
	struct proc_entry *e = find_child(entry_of(dir), dentry->d_name.name, dentry->d_name.len);
	struct inode *inode;

	if (!e)
		return ERR_PTR(-ENOENT);	/* not cached as missing: it may come */
	inode = proc_new_inode(dir->i_sb, e);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	d_add(dentry, inode);
	return NULL;
}

/* ---- the root: fixed entries, then processes -------------------------------------------------------------------- */

static struct dentry *proc_root_lookup(struct inode *dir, struct dentry *dentry)
{
	struct dentry *found = proc_lookup_entry(dir, dentry);

	return found == ERR_PTR(-ENOENT) ? proc_pid_lookup(dir, dentry) : found;
}

static int proc_root_readdir(struct file *file, void *ctx, filldir_t fill)
{
	if (file->f_pos < PROC_PID_INO) {
		if (proc_fill_entries(file, ctx, fill, &proc_root))
			return 0;
		file->f_pos = PROC_PID_INO;
	}
	return proc_pid_readdir(file, ctx, fill);
}

static const struct file_operations proc_root_fops = {
	.read = generic_read_dir, .llseek = generic_file_llseek, .readdir = proc_root_readdir,
};
static const struct inode_operations proc_root_iops = { .lookup = proc_root_lookup };

static int proc_self_readlink(struct dentry *dentry, char *buf, size_t size)
{
	return scnprintf(buf, size, "%d", current->tgid);
}

static int proc_thread_self_readlink(struct dentry *dentry, char *buf, size_t size)
{
	return scnprintf(buf, size, "%d/task/%d", current->tgid, current->pid);
}

static const struct inode_operations proc_self_iops = { .readlink = proc_self_readlink };
static const struct inode_operations proc_thread_self_iops = { .readlink = proc_thread_self_readlink };

static void add_self_link(const char *name, const struct inode_operations *iops)
{
	struct proc_entry *e = proc_add(name, S_IFLNK | 0777);

	if (e)
		e->iops = iops;
}

static void proc_clear_inode(struct inode *inode)
{
	if (inode->i_ino >= PROC_PID_INO)
		proc_pid_clear_inode(inode);
}

static const struct super_operations proc_sops = {
	.statfs = simple_statfs,
	.clear_inode = proc_clear_inode,
};

static int proc_fill_super(struct super_block *sb, void *data, int silent)
{
	struct inode *root;

	sb->s_magic = 0x9fa0;
	sb->s_blocksize = 1024;
	sb->s_blocksize_bits = 10;
	sb->s_op = &proc_sops;
	root = proc_new_inode(sb, &proc_root);
	if (!root)
		return -ENOMEM;
	sb->s_root = d_alloc_root(root);
	if (!sb->s_root) {
		iput(root);
		return -ENOMEM;
	}
	return 0;
}

static struct super_block *proc_get_sb(struct file_system_type *type, int flags, const char *dev, void *data)
{
	return get_sb_single(type, flags, data, proc_fill_super);
}

static struct file_system_type proc_fs_type = { .name = "proc", .get_sb = proc_get_sb, .kill_sb = kill_anon_super };

/* => boot, slab and VFS up */
void proc_init(void)
{
	proc_root.fops = &proc_root_fops;
	proc_root.iops = &proc_root_iops;
	register_filesystem(&proc_fs_type);
	add_self_link("self", &proc_self_iops);
	add_self_link("thread-self", &proc_thread_self_iops);
	proc_misc_init();
	proc_sys_init();
	drop_caches_init();
	proc_page_init();
}
