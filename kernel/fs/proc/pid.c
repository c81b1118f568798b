/*
 * pid.c: /proc/PID and /proc/PID/task/TID: a directory for each process and thread.
 *
 * Owns:   struct pid_inode, what such an inode stands for: a reference to the task, and which file.
 * Locks:  tasklist_lock to find tasks; alloc_lock of a task for its mm, fs and files.
 * Read next: array.c (stat, status), task_mmu.c (maps).
 *
 * An inode keeps its task_struct, not the process: when the process is gone, lookups and reads say ENOENT or ESRCH.
 */
#include "kernel/fs/proc/internal.h"
#include "kernel/syscalls.h"
#include "mm/fault_inject.h"

struct pid_file;

struct pid_inode {
	struct task_struct *task;	/* a reference */
	const struct pid_file *file;	/* NULL for numbered files of fd/ and the directories of tasks */
	unsigned int fd;
	bool thread;			/* below task/ */
};

/* One name in a process's directory: exactly one of show, fops, link, iops is set (iops with fops for directories). */
struct pid_file {
	const char *name;
	mode_t mode;
	int (*show)(struct seq_file *m, struct task_struct *task);
	int (*show_thread)(struct seq_file *m, struct task_struct *task);	/* instead, below task/; or NULL */
	int (*link)(struct task_struct *task, struct path *path);	/* 0: *path is referenced */
	const struct inode_operations *iops;
	const struct file_operations *fops;
	bool guarded;			/* only for root and the process's own user */
};

static const struct inode_operations tgid_iops, tid_iops, task_iops, fd_iops, pid_link_iops;
static const struct file_operations tgid_fops, tid_fops, task_fops, fd_fops, pid_show_fops;

static struct pid_inode *PI(const struct inode *inode)
{
	return inode->i_private;
}

struct task_struct *proc_task(const struct inode *inode)
{
	return PI(inode)->task;
}

/* May the caller look into @task's memory and files? */
bool proc_may_inspect(struct task_struct *task)
{
	return capable_root() || (current->uid == task->uid && current->uid == task->euid && current->uid == task->suid &&
				  current->gid == task->gid && current->gid == task->egid && current->gid == task->sgid);
}

/* See internal.h. */
bool proc_task_alive(struct task_struct *task)
{
	return READ_ONCE(task->sighand) != NULL;
}

void proc_pid_clear_inode(struct inode *inode)
{
	put_task_struct(PI(inode)->task);
	kfree(PI(inode));
}

static struct inode *new_pid_inode(struct super_block *sb, struct task_struct *task, const struct pid_file *file,
				   mode_t mode)
{
	struct pid_inode *pi = kzalloc(sizeof(*pi), GFP_KERNEL);
	struct inode *inode = pi ? new_inode(sb) : NULL;

	if (!inode) {
		kfree(pi);
		return NULL;
	}
	get_task_struct(task);
	pi->task = task;
	pi->file = file;
	inode->i_private = pi;
	inode->i_ino |= PROC_PID_INO;		/* whatever the number: procfs knows processes' inodes by it */
	inode->i_mode = mode;
	inode->i_uid = task->euid;
	inode->i_gid = task->egid;
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_fs_time(sb);
	return inode;
}

/* A name is good as long as its task lives; who it belongs to may change by setuid. */
static int pid_revalidate(struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;

	if (!inode || !proc_task_alive(PI(inode)->task)) {
		d_drop(dentry);
		return 0;
	}
	inode->i_uid = PI(inode)->task->euid;
	inode->i_gid = PI(inode)->task->egid;
	return 1;
}

static int pid_delete(struct dentry *dentry)
{
	return 1;				/* unused names hold a task_struct: let go */
}

static const struct dentry_operations pid_dops = { .d_revalidate = pid_revalidate, .d_delete = pid_delete };

static struct dentry *add_pid_dentry(struct dentry *dentry, struct inode *inode, const struct inode_operations *iops,
				     const struct file_operations *fops)
{
	if (!inode)
		return ERR_PTR(-ENOMEM);
	if (iops)
		inode->i_op = iops;
	if (fops)
		inode->i_fop = fops;
	if (S_ISDIR(inode->i_mode))
		inode->i_nlink = 2;
	dentry->d_op = &pid_dops;
	d_add(dentry, inode);
	return NULL;
}

/* A decimal number without signs or leading zeros; -1 if it is none. */
static int name_to_int(const struct dentry *dentry)
{
	unsigned int n = 0;

	if (!dentry->d_name.len || dentry->d_name.len > 9 ||
	    (dentry->d_name.name[0] == '0' && dentry->d_name.len > 1))
		return -1;
	for (unsigned int i = 0; i < dentry->d_name.len; i++) {
		unsigned int digit = (unsigned)(dentry->d_name.name[i] - '0');

		if (digit > 9)
			return -1;
		n = n * 10 + digit;
	}
	return (int)n;
}

static struct task_struct *get_task_by_name(const struct dentry *dentry)
{
	int pid = name_to_int(dentry);
	struct task_struct *task;

	if (pid <= 0)
		return NULL;
	spin_lock(&tasklist_lock);
	task = find_task_by_pid(pid);
	if (task)
		get_task_struct(task);
	spin_unlock(&tasklist_lock);
	return task;
}

/* ---- /proc: the processes ------------------------------------------------------------------------------------- */

/* A thread is found by its own number too, though not listed, as in Linux. => the root's i_mutex held */
struct dentry *proc_pid_lookup(struct inode *dir, struct dentry *dentry)
{
	struct task_struct *task = get_task_by_name(dentry);
	struct inode *inode;

	if (!task)
		return ERR_PTR(-ENOENT);
	inode = new_pid_inode(dir->i_sb, task, NULL, S_IFDIR | 0555);
	put_task_struct(task);
	return add_pid_dentry(dentry, inode, &tgid_iops, &tgid_fops);
}

static pid_t next_tgid(pid_t from)
{
	struct task_struct *p;
	pid_t best = 0;

	spin_lock(&tasklist_lock);
	for_each_process(p)
		if (p->pid >= from && (!best || p->pid < best))
			best = p->pid;
	spin_unlock(&tasklist_lock);
	return best;
}

static int fill_number(void *ctx, filldir_t fill, int n, loff_t pos, mode_t mode)
{
	char name[12];
	int len = scnprintf(name, sizeof(name), "%d", n);

	return fill(ctx, name, len, pos, PROC_PID_INO + (unsigned)n, dt_type(mode));
}

/* f_pos is PROC_PID_INO + the number that comes next, so a process that ends or begins disturbs nobody. */
int proc_pid_readdir(struct file *file, void *ctx, filldir_t fill)
{
	pid_t pid;

	while ((pid = next_tgid((pid_t)(file->f_pos - PROC_PID_INO))) != 0) {
		file->f_pos = PROC_PID_INO + pid;
		if (fill_number(ctx, fill, pid, file->f_pos, S_IFDIR))
			return 0;
		file->f_pos++;
	}
	return 0;
}

static int fill_dots(struct file *file, void *ctx, filldir_t fill)
{
	static const char dots[] = "..";

	for (; file->f_pos < 2; file->f_pos++) {
		struct dentry *d = file->f_pos ? file->f_dentry->d_parent : file->f_dentry;

		if (fill(ctx, dots, (int)file->f_pos + 1, file->f_pos, d->d_inode->i_ino, dt_type(S_IFDIR)))
			return 1;
	}
	return 0;
}

/* ---- task/ ------------------------------------------------------------------------------------------------------ */

static struct dentry *task_lookup(struct inode *dir, struct dentry *dentry)
{
	struct task_struct *task = get_task_by_name(dentry);
	struct inode *inode;

	if (!task || task->tgid != proc_task(dir)->tgid) {
		if (task)
			put_task_struct(task);
		return ERR_PTR(-ENOENT);
	}
	inode = new_pid_inode(dir->i_sb, task, NULL, S_IFDIR | 0555);
	put_task_struct(task);
	return add_pid_dentry(dentry, inode, &tid_iops, &tid_fops);
}

/* The thread of @leader with the lowest number from @from on; 0: none. */
static pid_t next_tid(struct task_struct *leader, pid_t from)
{
	struct task_struct *t;
	pid_t best = 0;

	spin_lock(&tasklist_lock);
	if (proc_task_alive(leader))
		for_each_thread(leader, t)
			if (t->pid >= from && (!best || t->pid < best))
				best = t->pid;
	spin_unlock(&tasklist_lock);
	return best;
}

static int task_readdir(struct file *file, void *ctx, filldir_t fill)
{
	struct task_struct *leader = proc_task(file->f_dentry->d_inode);
	pid_t tid;

	if (!proc_task_alive(leader))
		return -ENOENT;
	if (fill_dots(file, ctx, fill))
		return 0;
	while ((tid = next_tid(leader, (pid_t)(file->f_pos - 1))) != 0) {
		file->f_pos = tid + 1;
		if (fill_number(ctx, fill, tid, file->f_pos, S_IFDIR))
			return 0;
		file->f_pos++;
	}
	return 0;
}

static const struct inode_operations task_iops = { .lookup = task_lookup };
static const struct file_operations task_fops = {
	.read = generic_read_dir, .llseek = generic_file_llseek, .readdir = task_readdir,
};

/* ---- fd/: a link to each open file ------------------------------------------------------------------------------ */

/* The file, referenced, that @task has open as @fd; NULL. */
static struct file *task_file(struct task_struct *task, unsigned int fd)
{
	struct files_struct *files = get_task_files(task);
	struct file *file = NULL;

	if (!files)
		return NULL;
	spin_lock(&files->file_lock);
	if (fd < files->max_fds && files->fd[fd]) {
		file = files->fd[fd];
		get_file(file);
	}
	spin_unlock(&files->file_lock);
	put_files_struct(files);
	return file;
}

static struct dentry *fd_lookup(struct inode *dir, struct dentry *dentry)
{
	struct task_struct *task = proc_task(dir);
	int fd = name_to_int(dentry);
	struct file *file = fd >= 0 ? task_file(task, (unsigned)fd) : NULL;
	struct inode *inode;
	mode_t mode = S_IFLNK;

	if (!file)
		return ERR_PTR(-ENOENT);
	mode |= file->f_mode & FMODE_READ ? 0500 : 0;
	mode |= file->f_mode & FMODE_WRITE ? 0300 : 0;
	fput(file);
	inode = new_pid_inode(dir->i_sb, task, NULL, mode);
	if (inode)
		PI(inode)->fd = (unsigned)fd;
	return add_pid_dentry(dentry, inode, &pid_link_iops, NULL);
}

/* The lowest open descriptor from @fd on; -1: none. */
static int next_fd(struct task_struct *task, unsigned int fd)
{
	struct files_struct *files = get_task_files(task);
	int found = -1;

	if (!files)
		return -1;
	spin_lock(&files->file_lock);
	for (; fd < files->max_fds && found < 0; fd++)
		if (files->fd[fd])
			found = (int)fd;
	spin_unlock(&files->file_lock);
	put_files_struct(files);
	return found;
}

static int fd_readdir(struct file *file, void *ctx, filldir_t fill)
{
	struct task_struct *task = proc_task(file->f_dentry->d_inode);
	int fd;

	if (!proc_task_alive(task))
		return -ENOENT;
	if (!proc_may_inspect(task))
		return -EACCES;
	if (fill_dots(file, ctx, fill))
		return 0;
	while ((fd = next_fd(task, (unsigned)(file->f_pos - 2))) >= 0) {
		file->f_pos = fd + 2;
		if (fill_number(ctx, fill, fd, file->f_pos, S_IFLNK))
			return 0;
		file->f_pos++;
	}
	return 0;
}

static int guarded_permission(struct inode *inode, int mask)
{
	return proc_may_inspect(proc_task(inode)) ? 0 : -EACCES;
}

static const struct inode_operations fd_iops = { .lookup = fd_lookup, .permission = guarded_permission };
static const struct file_operations fd_fops = {
	.read = generic_read_dir, .llseek = generic_file_llseek, .readdir = fd_readdir,
};

/* ---- links that lead to the very object, whatever its name says now ---------------------------------------------- */

static void path_of_file(struct file *file, struct path *path)
{
	path->mnt = mntget(file->f_vfsmnt);
	path->dentry = dget(file->f_dentry);
}

static int exe_link(struct task_struct *task, struct path *path)
{
	struct mm_struct *mm = get_task_mm(task);
	int error = -ENOENT;

	if (!mm)
		return -ENOENT;
	down_read(&mm->mmap_sem);
	if (mm->exe_file) {
		path_of_file(mm->exe_file, path);
		error = 0;
	}
	up_read(&mm->mmap_sem);
	mmput(mm);
	return error;
}

static int fs_link(struct task_struct *task, struct path *path, void (*get)(struct fs_struct *fs, struct path *path))
{
	int error = -ENOENT;

	spin_lock(&task->alloc_lock);
	if (task->fs) {
		get(task->fs, path);
		error = 0;
	}
	spin_unlock(&task->alloc_lock);
	return error;
}

static int cwd_link(struct task_struct *task, struct path *path)
{
	return fs_link(task, path, get_fs_pwd);
}

static int root_link(struct task_struct *task, struct path *path)
{
	return fs_link(task, path, get_fs_root);
}

static int fd_link(struct task_struct *task, unsigned int fd, struct path *path)
{
	struct file *file = task_file(task, fd);

	if (!file)
		return -ENOENT;
	path_of_file(file, path);
	fput(file);
	return 0;
}

static int pid_link_path(struct inode *inode, struct path *path)
{
	struct pid_inode *pi = PI(inode);

	if (!proc_may_inspect(pi->task))
		return -EACCES;
	return pi->file ? pi->file->link(pi->task, path) : fd_link(pi->task, pi->fd, path);
}

static int pid_follow_link(struct dentry *dentry, struct nameidata *nd)
{
	struct path path;
	int error = pid_link_path(dentry->d_inode, &path);

	return error ? error : nd_jump(nd, &path);
}

static int pid_readlink(struct dentry *dentry, char *buf, size_t size)
{
	struct path path;
	char *page, *name;
	int error = pid_link_path(dentry->d_inode, &path);

	if (error)
		return error;
	page = (char *)__get_free_page(GFP_KERNEL);
	name = page ? d_path(path.dentry, path.mnt, page, PAGE_SIZE) : ERR_PTR(-ENOMEM);
	path_put(&path);
	error = IS_ERR(name) ? (int)PTR_ERR(name) : scnprintf(buf, size, "%s", name);
	free_page((unsigned long)page);
	return error;
}

static const struct inode_operations pid_link_iops = { .readlink = pid_readlink, .follow_link = pid_follow_link };

/* ---- texts ------------------------------------------------------------------------------------------------------- */

static int pid_show(struct seq_file *m, void *data)
{
	struct pid_inode *pi = data;

	if (!proc_task_alive(pi->task))
		return -ESRCH;
	if (pi->file->guarded && !proc_may_inspect(pi->task))	/* it was ours when we opened it */
		return -EACCES;
	return (pi->thread && pi->file->show_thread ? pi->file->show_thread : pi->file->show)(m, pi->task);
}

static int pid_show_open(struct inode *inode, struct file *file)
{
	if (PI(inode)->file->guarded && !proc_may_inspect(PI(inode)->task))
		return -EACCES;
	return single_open(file, pid_show, PI(inode));
}

static const struct file_operations pid_show_fops = {
	.open = pid_show_open, .read = seq_read, .llseek = seq_lseek, .release = seq_release,
};

/* Bytes [@at, @end) of @mm, a page at a time; stops where it is not mapped. */
static int show_bytes(struct seq_file *m, struct task_struct *task, struct mm_struct *mm, unsigned long at, unsigned long end)
{
	char *page = (char *)__get_free_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	while (at < end) {
		int n = access_remote_vm(task, mm, at, page, (int)min(end - at, PAGE_SIZE), 0);

		if (n <= 0)
			break;
		seq_write(m, page, (size_t)n);
		at += (unsigned long)n;
	}
	free_page((unsigned long)page);
	return 0;
}

/* The mm of @task, to be shown to who may inspect it; NULL: none. ERR_PTR(-EACCES). Taken before it is asked: see proc_mem_open. */
static struct mm_struct *get_secret_mm(struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);

	if (!mm || proc_may_inspect(task))
		return mm;
	mmput(mm);
	return ERR_PTR(-EACCES);
}

static int show_memory(struct seq_file *m, struct task_struct *task, bool environment)
{
	struct mm_struct *mm = environment ? get_secret_mm(task) : get_task_mm(task);
	int error;

	if (!mm || IS_ERR(mm))
		return mm ? (int)PTR_ERR(mm) : 0;
	error = environment ? show_bytes(m, task, mm, mm->env_start, mm->env_end) : show_bytes(m, task, mm, mm->arg_start, mm->arg_end);
	mmput(mm);
	return error;
}

static int show_cmdline(struct seq_file *m, struct task_struct *task)
{
	return show_memory(m, task, false);
}

static int show_environ(struct seq_file *m, struct task_struct *task)
{
	return show_memory(m, task, true);
}

static int show_auxv(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_secret_mm(task);
	unsigned int n = 0;

	if (!mm || IS_ERR(mm))
		return mm ? (int)PTR_ERR(mm) : 0;
	do
		n += 2;
	while (n < ARRAY_SIZE(mm->saved_auxv) && mm->saved_auxv[n - 2]);	/* AT_NULL ends it, and is shown */
	seq_write(m, mm->saved_auxv, n * sizeof(mm->saved_auxv[0]));
	mmput(mm);
	return 0;
}

static int show_comm(struct seq_file *m, struct task_struct *task)
{
	seq_printf(m, "%s\n", task->comm);
	return 0;
}

static int show_mounts(struct seq_file *m, struct task_struct *task)
{
	return mounts_show(m, NULL);
}

static int show_oom_score(struct seq_file *m, struct task_struct *task)
{
	unsigned long points;

	spin_lock(&tasklist_lock);
	points = badness(task, ktime_get());
	spin_unlock(&tasklist_lock);
	seq_printf(m, "%lu\n", points);
	return 0;
}

/* ---- numbers that can be written: oom_adj, oom_score_adj; and the name ------------------------------------------ */

/* Of who has been waited for since it was found alive, there is none any more. */
static int show_oom_value(struct seq_file *m, struct task_struct *task, bool score)
{
	struct signal_struct *sig;
	int value = 0;

	spin_lock(&tasklist_lock);
	sig = task->signal;
	if (sig)
		value = score ? sig->oom_score_adj : sig->oom_adj;
	spin_unlock(&tasklist_lock);
	if (!sig)
		return -ESRCH;
	seq_printf(m, "%d\n", value);
	return 0;
}

static int show_oom_adj(struct seq_file *m, struct task_struct *task)
{
	return show_oom_value(m, task, false);
}

static int show_oom_score_adj(struct seq_file *m, struct task_struct *task)
{
	return show_oom_value(m, task, true);
}

/* One number from the user, [min, max]. 0 or -errno. */
int proc_number(const char __user *buf, size_t count, int min, int max, int *value)
{
	char text[16], *end;
	long v;

	if (count >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buf, count))
		return -EFAULT;
	text[count] = '\0';
	v = simple_strtol(text, &end, 10);
	if (end == text || (*end && *end != '\n') || v < min || v > max)
		return -EINVAL;
	*value = (int)v;
	return 0;
}

/* Each file's value is the other's, too, at its scale. Lower (safer) only by root. => tasklist_lock held */
static int set_oom(struct signal_struct *sig, int v, int max, bool score)
{
	if (v < (score ? sig->oom_score_adj : sig->oom_adj) && !capable_root())
		return -EACCES;
	if (score) {
		sig->oom_score_adj = v;
		sig->oom_adj = v == max ? 15 : v * 17 / 1000;
	} else {
		sig->oom_adj = v;
		sig->oom_score_adj = v == max ? 1000 : v * 1000 / 17;
	}
	return 0;
}

static ssize_t write_oom(struct file *file, const char __user *buf, size_t count, int min, int max, bool score)
{
	struct task_struct *task = proc_task(file->f_dentry->d_inode);
	int v, error = proc_number(buf, count, min, max, &v);

	if (error)
		return error;
	spin_lock(&tasklist_lock);
	if (!task->signal)		/* it has been waited for since it was opened */
		error = -ESRCH;
	else
		error = proc_may_inspect(task) ? set_oom(task->signal, v, max, score) : -EACCES;
	spin_unlock(&tasklist_lock);
	return error ? error : (ssize_t)count;
}

static ssize_t write_oom_adj(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	return write_oom(file, buf, count, -17, 15, false);
}

static ssize_t write_oom_score_adj(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	return write_oom(file, buf, count, -1000, 1000, true);
}

static ssize_t write_comm(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	struct task_struct *task = proc_task(file->f_dentry->d_inode);
	char name[sizeof(task->comm)] = "", *end;

	if (!proc_task_alive(task))
		return -ESRCH;
	if (task->tgid != current->tgid)
		return -EINVAL;
	if (copy_from_user(name, buf, min(count, sizeof(name) - 1)))
		return -EFAULT;
	end = strchr(name, '\n');
	if (end)
		*end = '\0';
	set_task_comm(task, name);
	return (ssize_t)count;
}

/* ---- fault injection (mm/fault_inject.h): this task's allocations fail; root alone may say so ------------------- */

static int show_make_it_fail(struct seq_file *m, struct task_struct *task)
{
	seq_printf(m, "%d\n", task->make_it_fail);
	return 0;
}

static ssize_t write_make_it_fail(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	int v, error = proc_number(buf, count, 0, 1, &v);

	if (!capable_root())
		return -EPERM;
	if (error)
		return error;
	proc_task(file->f_dentry->d_inode)->make_it_fail = v;
	fault_inject_changed();
	return (ssize_t)count;
}

static int show_fail_nth(struct seq_file *m, struct task_struct *task)
{
	seq_printf(m, "%lu\n", task->fail_nth);
	return 0;
}

static ssize_t write_fail_nth(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	int v, error = proc_number(buf, count, 0, 1 << 30, &v);

	if (error)
		return error;
	proc_task(file->f_dentry->d_inode)->fail_nth = (unsigned long)v;
	fault_inject_changed();
	return (ssize_t)count;
}

#define WRITABLE_FOPS(name, fn)	static const struct file_operations name = {		\
	.open = pid_show_open, .read = seq_read, .write = fn, .llseek = seq_lseek, .release = seq_release }
WRITABLE_FOPS(oom_adj_fops, write_oom_adj);
WRITABLE_FOPS(oom_score_adj_fops, write_oom_score_adj);
WRITABLE_FOPS(comm_fops, write_comm);
WRITABLE_FOPS(make_it_fail_fops, write_make_it_fail);
WRITABLE_FOPS(fail_nth_fops, write_fail_nth);

/* ---- the directory of one process ----------------------------------------------------------------------------------- */

#define TEXT(n, fn)		{ .name = n, .mode = S_IFREG | 0444, .show = fn }
#define SECRET(n, fn)		{ .name = n, .mode = S_IFREG | 0400, .show = fn, .guarded = true }
#define WRITABLE(n, fn, ops)	{ .name = n, .mode = S_IFREG | 0644, .show = fn, .fops = &(ops) }
#define LINK(n, fn)		{ .name = n, .mode = S_IFLNK | 0777, .link = fn }

static const struct pid_file pid_files[] = {
	{ .name = "task", .mode = S_IFDIR | 0555, .iops = &task_iops, .fops = &task_fops },	/* first: threads have none */
	{ .name = "fd", .mode = S_IFDIR | 0500, .iops = &fd_iops, .fops = &fd_fops },
	TEXT("cmdline", show_cmdline),
	WRITABLE("comm", show_comm, comm_fops),
	{ .name = "stat", .mode = S_IFREG | 0444, .show = proc_pid_stat, .show_thread = proc_tid_stat },
	TEXT("statm", proc_pid_statm),
	TEXT("status", proc_pid_status),
	TEXT("limits", proc_pid_limits),
	TEXT("mounts", show_mounts),
	SECRET("environ", show_environ),
	SECRET("auxv", show_auxv),
	{ .name = "maps", .mode = S_IFREG | 0444, .fops = &proc_maps_fops },
	{ .name = "smaps", .mode = S_IFREG | 0444, .fops = &proc_smaps_fops },
	{ .name = "pagemap", .mode = S_IFREG | 0400, .fops = &proc_pagemap_fops },
	{ .name = "clear_refs", .mode = S_IFREG | 0200, .fops = &proc_clear_refs_fops },
	{ .name = "mem", .mode = S_IFREG | 0600, .fops = &proc_mem_fops },
	TEXT("oom_score", show_oom_score),
	WRITABLE("oom_adj", show_oom_adj, oom_adj_fops),
	WRITABLE("oom_score_adj", show_oom_score_adj, oom_score_adj_fops),
	{ .name = "make-it-fail", .mode = S_IFREG | 0644, .show = show_make_it_fail, .fops = &make_it_fail_fops, .guarded = true },
	{ .name = "fail-nth", .mode = S_IFREG | 0644, .show = show_fail_nth, .fops = &fail_nth_fops, .guarded = true },
	LINK("cwd", cwd_link),
	LINK("exe", exe_link),
	LINK("root", root_link),
};

static struct dentry *pid_dir_lookup(struct inode *dir, struct dentry *dentry, unsigned int first)
{
	struct inode *inode;

	for (unsigned int i = first; i < ARRAY_SIZE(pid_files); i++) {
		const struct pid_file *f = &pid_files[i];

		if (strlen(f->name) != dentry->d_name.len || memcmp(f->name, dentry->d_name.name, dentry->d_name.len))
			continue;
		inode = new_pid_inode(dir->i_sb, proc_task(dir), f, f->mode);
		if (inode)
			PI(inode)->thread = first;
		return add_pid_dentry(dentry, inode, f->link ? &pid_link_iops : f->iops,
				      f->fops ? f->fops : f->show ? &pid_show_fops : NULL);
	}
	return ERR_PTR(-ENOENT);
}

static struct dentry *tgid_lookup(struct inode *dir, struct dentry *dentry)
{
	return pid_dir_lookup(dir, dentry, 0);
}

static struct dentry *tid_lookup(struct inode *dir, struct dentry *dentry)
{
	return pid_dir_lookup(dir, dentry, 1);
}

static int pid_dir_readdir(struct file *file, void *ctx, filldir_t fill, unsigned int first)
{
	if (!proc_task_alive(proc_task(file->f_dentry->d_inode)))
		return -ENOENT;
	if (fill_dots(file, ctx, fill))
		return 0;
	for (; file->f_pos - 2 + first < ARRAY_SIZE(pid_files); file->f_pos++) {
		const struct pid_file *f = &pid_files[file->f_pos - 2 + first];

		if (fill(ctx, f->name, (int)strlen(f->name), file->f_pos, PROC_PID_INO + (unsigned)file->f_pos,
			 dt_type(f->mode)))
			return 0;
	}
	return 0;
}

static int tgid_readdir(struct file *file, void *ctx, filldir_t fill)
{
	return pid_dir_readdir(file, ctx, fill, 0);
}

static int tid_readdir(struct file *file, void *ctx, filldir_t fill)
{
	return pid_dir_readdir(file, ctx, fill, 1);
}

static const struct inode_operations tgid_iops = { .lookup = tgid_lookup };
static const struct inode_operations tid_iops = { .lookup = tid_lookup };
static const struct file_operations tgid_fops = {
	.read = generic_read_dir, .llseek = generic_file_llseek, .readdir = tgid_readdir,
};
static const struct file_operations tid_fops = {
	.read = generic_read_dir, .llseek = generic_file_llseek, .readdir = tid_readdir,
};
