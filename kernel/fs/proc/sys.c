/*
 * sys.c: /proc/sys: the kernel's tunables, a line of numbers or a string each.
 *
 * Owns:   nothing but the files; each entry's data belongs to its maker. A write is checked whole before it takes effect.
 * Locks:  sys_mutex makes a change and what follows from it one step.
 * Read next: proc_fs.h:struct proc_sys.
 */
#include "kernel/fs/proc/internal.h"
#include "kernel/sys.h"

#define SYS_MAX_VALUES	32
#define SYS_MAX_TEXT	512

static DEFINE_MUTEX(sys_mutex, RANK_SEQ_FILE);	/* what follows from a change takes what it likes */

static unsigned int nr_values(const struct proc_sys *e)
{
	return e->n ? e->n : 1;
}

static int sysctl_show(struct seq_file *m, void *data)
{
	const struct proc_sys *e = data;
	int error = e->refresh ? e->refresh(e) : 0;

	if (error)
		return error;
	if (e->kind == PROC_SYS_STRING) {
		seq_printf(m, "%s\n", (const char *)e->data);
		return 0;
	}
	for (unsigned int i = 0; i < nr_values(e); i++) {
		if (i)
			seq_putc(m, '\t');
		if (e->kind == PROC_SYS_INT)
			seq_printf(m, "%d", ((const int *)e->data)[i]);
		else
			seq_printf(m, "%lu", ((const unsigned long *)e->data)[i]);
	}
	seq_putc(m, '\n');
	return 0;
}

/* Numbers of @text into @values; how many there were, or -EINVAL. Fewer than the entry has leave the rest as it was. */
static int parse_values(const struct proc_sys *e, const char *text, long *values)
{
	unsigned int n = 0;
	char *end;

	for (;;) {
		while (*text == ' ' || *text == '\t' || *text == '\n')
			text++;
		if (!*text || n == nr_values(e))
			return (int)n;
		values[n] = simple_strtol(text, &end, 10);
		if (end == text || (*end && !strchr(" \t\n", *end)))
			return -EINVAL;
		if ((e->min || e->max) && (values[n] < e->min || values[n] > e->max))
			return -EINVAL;
		if (e->kind == PROC_SYS_INT && (long)(int)values[n] != values[n])
			return -EINVAL;
		n++;
		text = end;
	}
}

static void set_string(const struct proc_sys *e, char *text)
{
	char *newline = strchr(text, '\n');

	if (newline)
		*newline = '\0';
	strlcpy(e->data, text, nr_values(e));
}

static int set_values(const struct proc_sys *e, char *text)
{
	long values[SYS_MAX_VALUES];
	int n;

	if (e->kind == PROC_SYS_STRING) {
		set_string(e, text);
		return 0;
	}
	n = parse_values(e, text, values);
	for (int i = 0; i < n; i++) {
		if (e->kind == PROC_SYS_INT)
			((int *)e->data)[i] = (int)values[i];
		else
			((unsigned long *)e->data)[i] = (unsigned long)values[i];
	}
	return n < 0 ? n : 0;
}

static ssize_t sysctl_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	const struct proc_sys *e = proc_data(file->f_dentry->d_inode);
	char text[SYS_MAX_TEXT];
	int error;

	if (*pos)
		return (ssize_t)count;			/* the rest of a line that was taken already */
	if (count >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buf, count))
		return -EFAULT;
	text[count] = '\0';
	mutex_lock(&sys_mutex);
	error = set_values(e, text);
	if (!error && e->changed)
		error = e->changed(e);
	mutex_unlock(&sys_mutex);
	if (error)
		return error;
	*pos += (loff_t)count;
	return (ssize_t)count;
}

static int sysctl_open(struct inode *inode, struct file *file)
{
	return single_open(file, sysctl_show, proc_data(inode));
}

static const struct file_operations sysctl_fops = {
	.open = sysctl_open, .read = seq_read, .write = sysctl_write, .llseek = seq_lseek, .release = seq_release,
};

int proc_sys_register(const struct proc_sys *e)
{
	char path[96];

	if (e->kind != PROC_SYS_STRING && nr_values(e) > SYS_MAX_VALUES)
		return -EINVAL;
	snprintf(path, sizeof(path), "sys/%s", e->path);
	return proc_create(path, e->mode ? e->mode : 0644, &sysctl_fops, (void *)e);
}

/* ---- those of the kernel's core ------------------------------------------------------------------------------------- */

static int file_nr[3];

static int refresh_file_nr(const struct proc_sys *e)
{
	file_nr[0] = nr_open_files();
	file_nr[2] = sysctl_file_max;
	return 0;
}

static int inode_nr[2];

static int refresh_inode_nr(const struct proc_sys *e)
{
	inode_nr[0] = (int)nr_inodes;
	inode_nr[1] = (int)nr_unused_inodes;
	return 0;
}

static int dentry_state[6] = { [2] = 45 };	/* all, unused; then what Linux has, too: a limit of age and three of no meaning */

static int refresh_dentry_state(const struct proc_sys *e)
{
	long all, unused;

	dentry_counts(&all, &unused);
	dentry_state[0] = (int)all;
	dentry_state[1] = (int)unused;
	return 0;
}

#define STRING(p, d, m)	{ .path = p, .data = d, .kind = PROC_SYS_STRING, .n = sizeof(d), .mode = m }
#define INT(p, d, lo, hi) { .path = p, .data = d, .min = lo, .max = hi }
static int pid_max_value = PID_MAX;
static char core_pattern[] = "core";		/* no core files are written; programs ask for the name */

/* What is written is added: a taint never goes. */
static unsigned long taint_bits;
static int refresh_taint_bits(const struct proc_sys *e)
{
	taint_bits = READ_ONCE(tainted);
	return 0;
}

static int add_taint_bits(const struct proc_sys *e)
{
	add_taint(taint_bits);
	return 0;
}

static const struct proc_sys core_entries[] = {
	STRING("kernel/hostname", system_utsname.nodename, 0644),
	STRING("kernel/domainname", system_utsname.domainname, 0644),
	STRING("kernel/ostype", system_utsname.sysname, 0444),
	STRING("kernel/osrelease", system_utsname.release, 0444),
	STRING("kernel/version", system_utsname.version, 0444),
	STRING("kernel/core_pattern", core_pattern, 0444),
	{ .path = "kernel/pid_max", .data = &pid_max_value, .mode = 0444 },
	INT("kernel/threads-max", &max_threads, 20, PID_MAX),
	INT("kernel/panic", &panic_timeout, -1, 3600),
	{ .path = "kernel/tainted", .data = &taint_bits, .kind = PROC_SYS_ULONG, .min = 0, .max = 0x7fffffff,
	  .changed = add_taint_bits, .refresh = refresh_taint_bits },
	INT("kernel/printk", &console_loglevel, 1, 15),
	INT("fs/file-max", &sysctl_file_max, 16, 1 << 20),
	INT("fs/nr_open", &sysctl_nr_open, NR_OPEN_DEFAULT, 1 << 24),
	{ .path = "fs/file-nr", .data = file_nr, .n = 3, .mode = 0444, .refresh = refresh_file_nr },
	{ .path = "fs/inode-nr", .data = inode_nr, .n = 2, .mode = 0444, .refresh = refresh_inode_nr },
	{ .path = "fs/dentry-state", .data = dentry_state, .n = 6, .mode = 0444, .refresh = refresh_dentry_state },
	INT("vm/overcommit_memory", &sysctl_overcommit_memory, 0, 2),
	INT("vm/overcommit_ratio", &sysctl_overcommit_ratio, 0, 100000),
	INT("vm/max_map_count", &sysctl_max_map_count, 0, 0x7fffffff),
	INT("vm/legacy_va_layout", &sysctl_legacy_va_layout, 0, 0x7fffffff),
	{ .path = "vm/mmap_min_addr", .data = &sysctl_mmap_min_addr, .kind = PROC_SYS_ULONG, .min = 0, .max = 1 << 24 },
};

void proc_sys_init(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(core_entries); i++)
		proc_sys_register(&core_entries[i]);
}
