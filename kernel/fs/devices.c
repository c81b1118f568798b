/*
 * devices.c: character devices by number, the nodes in /dev, and the simple memory devices.
 *
 * Owns:   the list of character devices; the filesystem "devtmpfs", where a node appears with each device.
 * Locks:  devices_lock for the list; devices never go.
 * Read next: tty_io.c (terminals), kernel/block/genhd.c (disks).
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/seq_file.h"
#include "kernel/random.h"
#include "mm/shmem.h"

#define MEM_MAJOR	1

static DEFINE_SPINLOCK(devices_lock, RANK_LEAF);
static struct char_device *chrdevs;		/* devices_lock */
static struct vfsmount *dev_mnt;

/* ---- nodes ----------------------------------------------------------------------------------------------------------- */

static struct super_block *devtmpfs_get_sb(struct file_system_type *type, int flags, const char *dev, void *data)
{
	return get_sb_single(type, flags, data, ramfs_fill_super);
}

static struct file_system_type devtmpfs_type = {
	.name = "devtmpfs", .get_sb = devtmpfs_get_sb, .kill_sb = kill_litter_super,
};

static int make_entry(struct inode *dir, struct dentry *dentry, mode_t mode, dev_t dev, const char *target)
{
	if (dentry->d_inode)
		return -EEXIST;
	if (S_ISDIR(mode))
		return dir->i_op->mkdir(dir, dentry, mode & 07777);
	return target ? dir->i_op->symlink(dir, dentry, target) : dir->i_op->mknod(dir, dentry, mode, dev);
}

static int create_entry(const char *name, mode_t mode, dev_t dev, const char *target)
{
	struct dentry *root = dev_mnt->mnt_root, *dentry;
	struct qstr this = { name, (unsigned)strlen(name), 0 };
	int ret;

	this.hash = full_name_hash(name, this.len);
	mutex_lock(&root->d_inode->i_mutex);
	dentry = lookup_one(root, &this);
	ret = (int)PTR_ERR(dentry);
	if (!IS_ERR(dentry)) {
		ret = make_entry(root->d_inode, dentry, mode, dev, target);
		dput(dentry);
	}
	mutex_unlock(&root->d_inode->i_mutex);
	return ret;
}

/* => slab and mounts are up; may sleep */
int dev_node_create(const char *name, mode_t mode, dev_t dev)
{
	return create_entry(name, mode, dev, NULL);
}

/* Where the disk has a directory /dev, it shows the devices. => after mount_root */
void mount_devices(void)
{
	int ret = do_mount("devtmpfs", "/dev", "devtmpfs", MS_NOEXEC, NULL);

	if (ret)
		printk(KERN_WARNING "fs: no /dev: error %d\n", -ret);
}

/* ---- character devices by number ------------------------------------------------------------------------------------- */

/* "name0", "name1" … from a pattern with %d, else the name. */
static int create_nodes(const struct char_device *cdev)
{
	char name[32];
	int ret = 0;

	for (unsigned int i = 0; i < cdev->count && !ret; i++) {
		char *digits;

		strlcpy(name, cdev->name, sizeof(name));
		digits = strstr(name, "%d");
		if (digits)
			snprintf(digits, sizeof(name) - (size_t)(digits - name), "%u", i);
		ret = dev_node_create(name, S_IFCHR | cdev->mode, cdev->first + i);
	}
	return ret;
}

/* @cdev stays for good. 0, or -errno and it does not exist. => may sleep */
int register_chrdev(struct char_device *cdev)
{
	int ret = create_nodes(cdev);

	if (ret)
		return ret;
	spin_lock(&devices_lock);
	cdev->next = chrdevs;
	smp_store_release(&chrdevs, cdev);
	spin_unlock(&devices_lock);
	return 0;
}

static struct char_device *find_chrdev(dev_t dev)
{
	struct char_device *cdev = smp_load_acquire(&chrdevs);

	while (cdev && dev - cdev->first >= cdev->count)
		cdev = cdev->next;
	return cdev;
}

static int chrdev_open(struct inode *inode, struct file *file)
{
	struct char_device *cdev = find_chrdev(inode->i_rdev);

	if (!cdev)
		return -ENXIO;
	file->f_op = cdev->fops;
	return file->f_op->open ? file->f_op->open(inode, file) : 0;
}

const struct file_operations def_chr_fops = { .open = chrdev_open };

/* /proc/devices' first half */
int chrdevs_show(struct seq_file *m, void *data)
{
	seq_puts(m, "Character devices:\n");
	for (struct char_device *c = smp_load_acquire(&chrdevs); c; c = c->next)
		seq_printf(m, "%3u %s\n", MAJOR(c->first), c->name);
	return 0;
}

/* ---- null, zero, full, random ---------------------------------------------------------------------------------------- */

static ssize_t read_null(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	return 0;
}

static ssize_t write_null(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	return (ssize_t)count;
}

static ssize_t kernel_write_null(struct file *file, const char *buf, size_t count, loff_t *pos)
{
	return (ssize_t)count;
}

static ssize_t write_full(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	return -ENOSPC;
}

/* Up to @most bytes at a time by @fill, which returns other than 0 where nothing is mapped. */
static ssize_t read_made_up(char __user *buf, size_t count, size_t most, int (*fill)(char __user *buf, size_t n))
{
	size_t done = 0, n;

	while (done < count) {
		n = min_t(size_t, count - done, most);
		if (fill(buf + done, n))
			return done ? (ssize_t)done : -EFAULT;
		done += n;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return (ssize_t)done;
}

static int fill_zeroes(char __user *buf, size_t n)
{
	return clear_user(buf, n) != 0;
}

static ssize_t read_zero(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	return read_made_up(buf, count, PAGE_SIZE, fill_zeroes);
}

/* Private: as anonymous memory. Shared: an object of its own, as MAP_ANONYMOUS makes it. */
static int mmap_zero(struct file *file, struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_SHARED ? shmem_zero_setup(vma) : 0;
}

#define RANDOM_CHUNK	64

static int fill_random(char __user *buf, size_t n)
{
	u8 chunk[RANDOM_CHUNK];

	get_random_bytes(chunk, n);
	return copy_to_user(buf, chunk, n) != 0;
}

static ssize_t read_random(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	return read_made_up(buf, count, RANDOM_CHUNK, fill_random);
}

static loff_t null_lseek(struct file *file, loff_t offset, int whence)
{
	return file->f_pos = 0;
}

/* ---- kmsg ------------------------------------------------------------------------------------------------------------ */

#define KMSG_LINE_MAX	1000

/* One line into the kernel's log; it may begin with its <level>. */
static ssize_t write_kmsg(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	char *text;
	size_t len = count;

	if (count > KMSG_LINE_MAX)
		return -EINVAL;
	text = kmalloc(count + 1, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	if (copy_from_user(text, buf, count)) {
		kfree(text);
		return -EFAULT;
	}
	while (len && (text[len - 1] == '\n' || !text[len - 1]))
		len--;
	text[len] = 0;
	printk("%s\n", text);
	kfree(text);
	return (ssize_t)count;
}

static const struct file_operations null_fops = {
	.llseek = null_lseek, .read = read_null, .write = write_null, .kernel_write = kernel_write_null,
};
static const struct file_operations zero_fops = {
	.llseek = null_lseek, .read = read_zero, .write = write_null, .kernel_write = kernel_write_null, .mmap = mmap_zero,
};
static const struct file_operations full_fops = { .llseek = null_lseek, .read = read_zero, .write = write_full };
static const struct file_operations random_fops = { .llseek = no_llseek, .read = read_random, .write = write_null };
static const struct file_operations kmsg_fops = { .llseek = no_llseek, .write = write_kmsg };

static struct char_device mem_devices[] = {
	{ .first = MKDEV(MEM_MAJOR, 1), .count = 1, .name = "mem", .fops = &mem_fops, .mode = 0640 },
	{ .first = MKDEV(MEM_MAJOR, 3), .count = 1, .name = "null", .fops = &null_fops, .mode = 0666 },
	{ .first = MKDEV(MEM_MAJOR, 5), .count = 1, .name = "zero", .fops = &zero_fops, .mode = 0666 },
	{ .first = MKDEV(MEM_MAJOR, 7), .count = 1, .name = "full", .fops = &full_fops, .mode = 0666 },
	{ .first = MKDEV(MEM_MAJOR, 8), .count = 1, .name = "random", .fops = &random_fops, .mode = 0666 },
	{ .first = MKDEV(MEM_MAJOR, 9), .count = 1, .name = "urandom", .fops = &random_fops, .mode = 0666 },
	{ .first = MKDEV(MEM_MAJOR, 11), .count = 1, .name = "kmsg", .fops = &kmsg_fops, .mode = 0644 },
};

/* What programs expect in /dev besides devices. */
static void create_customary(void)
{
	if (create_entry("shm", S_IFDIR | 01777, 0, NULL) || create_entry("fd", 0, 0, "/proc/self/fd") ||
	    create_entry("stdin", 0, 0, "/proc/self/fd/0") || create_entry("stdout", 0, 0, "/proc/self/fd/1") ||
	    create_entry("stderr", 0, 0, "/proc/self/fd/2"))
		panic("no memory for /dev");
}

/* => boot, before any driver */
void devices_init(void)
{
	register_filesystem(&devtmpfs_type);
	dev_mnt = kern_mount(&devtmpfs_type);
	if (IS_ERR(dev_mnt))
		panic("no filesystem for devices: %ld", PTR_ERR(dev_mnt));
	create_customary();
	for (unsigned int i = 0; i < ARRAY_SIZE(mem_devices); i++)
		if (register_chrdev(&mem_devices[i]))
			panic("no memory for /dev/%s", mem_devices[i].name);
}
