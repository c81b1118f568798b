/*
 * file_table.c: open files, and the birth and death of the tables of descriptors that point at them.
 *
 * Owns:   struct file and its count; struct files_struct; the limit on open files.
 * Locks:  files->file_lock for a table; a file needs none for its count.
 * Read next: file.c (calls on descriptors), open.c (how a file gets open).
 */
#include "kernel/fs/internal.h"

static struct kmem_cache *filp_cache, *files_cache;
static atomic_t nr_files;
int sysctl_file_max = 8192;
int sysctl_nr_open = 1024 * 1024;	/* of one process */

struct files_struct init_files = {
	.count = ATOMIC_INIT(1), .file_lock = SPIN_LOCK_UNLOCKED(RANK_FILES), .max_fds = NR_OPEN_DEFAULT,
	.fd = init_files.fd_array, .open_fds = init_files.open_fds_init, .close_on_exec = init_files.close_on_exec_init,
};
struct fs_struct init_fs = { .count = ATOMIC_INIT(1), .lock = SPIN_LOCK_UNLOCKED(RANK_FILES), .umask = 022 };

int nr_open_files(void)
{
	return atomic_read(&nr_files);
}

/* A file with one reference and nothing in it. ERR_PTR(-ENFILE, -ENOMEM). => may sleep */
struct file *get_empty_filp(void)
{
	struct file *file;

	if (atomic_read(&nr_files) >= sysctl_file_max && !capable_root())
		return ERR_PTR(-ENFILE);
	file = kmem_cache_zalloc(filp_cache, GFP_KERNEL);
	if (!file)
		return ERR_PTR(-ENOMEM);
	atomic_inc(&nr_files);
	atomic_set(&file->f_count, 1);
	mutex_init(&file->f_pos_lock, RANK_F_POS);
	file->f_op = &empty_fops;
	return file;
}

void put_filp(struct file *file)
{
	atomic_dec(&nr_files);
	kmem_cache_free(filp_cache, file);
}

static void __fput(struct file *file)
{
	struct dentry *dentry = file->f_dentry;
	struct vfsmount *mnt = file->f_vfsmnt;
	struct inode *inode = dentry->d_inode;

	might_sleep();
	locks_remove_flock(file);
	if (file->f_op->release)
		file->f_op->release(inode, file);
	if (file->f_mode & FMODE_WRITER)
		put_write_access(inode);
	put_filp(file);
	dput(dentry);
	mntput(mnt);
}

/* Drop a reference; the last closes the file. => may sleep */
void fput(struct file *file)
{
	if (atomic_dec_and_test(&file->f_count))
		__fput(file);
}

/* See fs.h. */
struct file *fget(unsigned int fd)
{
	struct files_struct *files = current->files;
	struct file *file = NULL;

	spin_lock(&files->file_lock);
	if (fd < files->max_fds && files->fd[fd]) {
		file = files->fd[fd];
		get_file(file);
	}
	spin_unlock(&files->file_lock);
	return file;
}

/* ---- tables of descriptors ----------------------------------------------------------------------------------- */

struct fd_arrays {
	struct file **fd;
	unsigned long *open_fds, *close_on_exec;
};

/* One block for all three; @max is a multiple of BITS_PER_LONG. */
static bool alloc_fd_arrays(struct fd_arrays *a, unsigned int max)
{
	size_t words = max / (unsigned)BITS_PER_LONG;

	a->fd = kzalloc(max * sizeof(struct file *) + 2 * words * sizeof(long), GFP_KERNEL);
	if (!a->fd)
		return false;
	a->open_fds = (unsigned long *)(a->fd + max);
	a->close_on_exec = a->open_fds + words;
	return true;
}

static void set_fd_arrays(struct files_struct *files, const struct fd_arrays *a, unsigned int max)
{
	files->fd = a->fd;
	files->open_fds = a->open_fds;
	files->close_on_exec = a->close_on_exec;
	files->max_fds = max;
}

/*
 * Room for descriptor @fd. 0, -EMFILE, -ENOMEM. => file_lock held in and out, dropped meanwhile: look again
 */
int expand_files(struct files_struct *files, unsigned int fd)
{
	unsigned int max = files->max_fds;
	struct fd_arrays a;
	struct file **old;

	if (fd >= (unsigned int)READ_ONCE(sysctl_nr_open))
		return -EMFILE;
	while (max <= fd)
		max *= 2;
	spin_unlock(&files->file_lock);
	if (!alloc_fd_arrays(&a, max)) {
		spin_lock(&files->file_lock);
		return -ENOMEM;
	}
	spin_lock(&files->file_lock);
	if (files->max_fds >= max) {	/* another thread was quicker */
		spin_unlock(&files->file_lock);
		kfree(a.fd);
		spin_lock(&files->file_lock);
		return 0;
	}
	memcpy(a.fd, files->fd, files->max_fds * sizeof(*a.fd));
	memcpy(a.open_fds, files->open_fds, files->max_fds / 8);
	memcpy(a.close_on_exec, files->close_on_exec, files->max_fds / 8);
	old = files->fd;
	set_fd_arrays(files, &a, max);
	if (old != files->fd_array)
		kfree(old);
	return 0;
}

static struct files_struct *new_files(void)
{
	struct files_struct *files = kmem_cache_zalloc(files_cache, GFP_KERNEL);
	struct fd_arrays a;

	if (!files)
		return NULL;
	a = (struct fd_arrays){ files->fd_array, files->open_fds_init, files->close_on_exec_init };
	set_fd_arrays(files, &a, NR_OPEN_DEFAULT);
	atomic_set(&files->count, 1);
	spin_lock_init(&files->file_lock, RANK_FILES);
	return files;
}

/* A copy for a child, with references to all files. NULL and *error without memory. => may sleep */
struct files_struct *dup_files(struct files_struct *old, int *error)
{
	struct files_struct *new = new_files();
	struct fd_arrays a;
	unsigned int max;

	*error = -ENOMEM;
	if (!new)
		return NULL;
	spin_lock(&old->file_lock);
	while ((max = old->max_fds) > new->max_fds) {	/* it may grow while we allocate */
		spin_unlock(&old->file_lock);
		if (new->fd != new->fd_array)
			kfree(new->fd);
		if (!alloc_fd_arrays(&a, max)) {
			kmem_cache_free(files_cache, new);
			return NULL;
		}
		set_fd_arrays(new, &a, max);
		spin_lock(&old->file_lock);
	}
	memcpy(new->close_on_exec, old->close_on_exec, max / 8);
	for (unsigned int i = 0; i < max; i++) {
		if (!old->fd[i])	/* unused, or being opened by another thread */
			continue;
		get_file(old->fd[i]);
		new->fd[i] = old->fd[i];
		__set_bit(i, new->open_fds);
	}
	spin_unlock(&old->file_lock);
	*error = 0;
	return new;
}

/* Drop a user; the last closes all files. => may sleep */
void put_files_struct(struct files_struct *files)
{
	if (!atomic_dec_and_test(&files->count))
		return;
	for (unsigned int i = 0; i < files->max_fds; i++)
		if (files->fd[i]) {
			locks_remove_posix(files->fd[i], files);
			filp_close(files->fd[i]);
			cond_resched();
		}
	if (files->fd != files->fd_array)
		kfree(files->fd);
	kmem_cache_free(files_cache, files);
}

/* @t's table, referenced, or NULL when it is gone. => for /proc */
struct files_struct *get_task_files(struct task_struct *t)
{
	struct files_struct *files;

	spin_lock(&t->alloc_lock);
	files = t->files;
	if (files)
		atomic_inc(&files->count);
	spin_unlock(&t->alloc_lock);
	return files;
}

/* exec: the table becomes this task's alone. 0 or -ENOMEM. => may sleep */
int unshare_files(void)
{
	struct files_struct *old = current->files, *new;
	int error;

	if (atomic_read(&old->count) == 1)
		return 0;
	new = dup_files(old, &error);
	if (!new)
		return error;
	spin_lock(&current->alloc_lock);
	current->files = new;
	spin_unlock(&current->alloc_lock);
	put_files_struct(old);
	return 0;
}

/* exec succeeds: close what is marked so. => may sleep */
void close_on_exec_files(struct files_struct *files)
{
	for (unsigned int i = 0; i < files->max_fds; i++)
		if (test_bit(i, files->close_on_exec))
			close_fd(i);
}

/* ---- root, current directory, umask -------------------------------------------------------------------------- */

void get_fs_root(struct fs_struct *fs, struct path *root)
{
	spin_lock(&fs->lock);
	*root = (struct path){ mntget(fs->rootmnt), dget(fs->root) };
	spin_unlock(&fs->lock);
}

void get_fs_pwd(struct fs_struct *fs, struct path *pwd)
{
	spin_lock(&fs->lock);
	*pwd = (struct path){ mntget(fs->pwdmnt), dget(fs->pwd) };
	spin_unlock(&fs->lock);
}

/* Eat @path's references; the old ones are dropped. => may sleep */
void set_fs_root(struct fs_struct *fs, const struct path *path)
{
	struct path old;

	spin_lock(&fs->lock);
	old = (struct path){ fs->rootmnt, fs->root };
	fs->rootmnt = path->mnt;
	fs->root = path->dentry;
	spin_unlock(&fs->lock);
	if (old.dentry)		/* none before the first mount */
		path_put(&old);
}

void set_fs_pwd(struct fs_struct *fs, const struct path *path)
{
	struct path old;

	spin_lock(&fs->lock);
	old = (struct path){ fs->pwdmnt, fs->pwd };
	fs->pwdmnt = path->mnt;
	fs->pwd = path->dentry;
	spin_unlock(&fs->lock);
	if (old.dentry)
		path_put(&old);
}

/* NULL without memory. => may sleep */
struct fs_struct *copy_fs_struct(struct fs_struct *old)
{
	struct fs_struct *fs = kzalloc(sizeof(*fs), GFP_KERNEL);
	struct path root, pwd;

	if (!fs)
		return NULL;
	atomic_set(&fs->count, 1);
	spin_lock_init(&fs->lock, RANK_FILES);
	get_fs_root(old, &root);
	get_fs_pwd(old, &pwd);
	fs->umask = old->umask;
	fs->root = root.dentry;
	fs->rootmnt = root.mnt;
	fs->pwd = pwd.dentry;
	fs->pwdmnt = pwd.mnt;
	return fs;
}

/* Drop a user. => may sleep */
void put_fs_struct(struct fs_struct *fs)
{
	if (!atomic_dec_and_test(&fs->count))
		return;
	path_put(&(struct path){ fs->rootmnt, fs->root });
	path_put(&(struct path){ fs->pwdmnt, fs->pwd });
	kfree(fs);
}

long sys_umask(mode_t mask)
{
	return (long)__atomic_exchange_n(&current->fs->umask, mask & 0777, __ATOMIC_RELAXED);
}

/* => boot, slab is up */
void files_init(void)
{
	filp_cache = kmem_cache_create("filp", sizeof(struct file), 0, SLAB_PANIC, NULL, NULL);
	files_cache = kmem_cache_create("files_cache", sizeof(struct files_struct), 0, SLAB_PANIC, NULL, NULL);
	sysctl_file_max = (int)max(8192UL, totalram_pages / 10 * (PAGE_SIZE / 1024));
}
