/*
 * genhd.c: the disks that there are.
 *
 * Owns:   disk_list; disks are added at boot and never go.
 * Locks:  none: filled by one CPU, read when complete.
 * Read next: block_dev.c (a disk as a file), kernel/fs/super.c (a disk as a filesystem).
 */
#include "kernel/block/blk.h"
#include "kernel/block/internal.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/string.h"
#include "kernel/percpu.h"
#include "kernel/printk.h"
#include "kernel/smp.h"
#include "kernel/uapi/errno.h"

static LIST_HEAD(disk_list);

/*
 * The disk appears, with its node in /dev. 0 or -ENOMEM, and there is no such disk; one that only lacks its node can still be
 * mounted by name.
 * => process context, boot
 */
int add_disk(struct gendisk *disk)
{
	int error;

	disk->dkstats = alloc_percpu(struct disk_stats);
	error = disk->dkstats ? bdev_register(disk) : -ENOMEM;
	if (error) {
		free_percpu(disk->dkstats);
		return error;
	}
	list_add_tail(&disk->list, &disk_list);
	printk(KERN_INFO "%s: %llu KiB\n", disk->disk_name, (unsigned long long)disk->capacity / 2);
	error = dev_node_create(disk->disk_name, S_IFBLK | 0660, MKDEV(disk->major, disk->minor));
	if (error)
		printk(KERN_ERR "%s: no node in /dev: error %d\n", disk->disk_name, -error);
	return 0;
}

static struct gendisk *find_disk(const char *name)
{
	struct gendisk *disk;

	list_for_each_entry(disk, &disk_list, list)
		if (!strcmp(disk->disk_name, name))
			return disk;
	return NULL;
}

/* By "vda" or "/dev/vda". NULL: no such disk. */
struct block_device *bdget_disk_by_name(const char *name)
{
	struct gendisk *disk;

	if (!strncmp(name, "/dev/", 5))
		name += 5;
	disk = find_disk(name);
	return disk ? bdget(MKDEV(disk->major, disk->minor)) : NULL;
}

/* The names of all disks, for the sentence that says what root= could be. Bytes written, NUL not counted. */
int disk_names(char *buf, size_t size)
{
	struct gendisk *disk;
	int n = 0;

	buf[0] = '\0';
	list_for_each_entry(disk, &disk_list, list)
		n += scnprintf(buf + n, size - (size_t)n, " %s", disk->disk_name);
	return n;
}

/* The CPUs' counters together, of the moment. */
static struct disk_stats sum_stats(const struct gendisk *disk)
{
	struct disk_stats sum = { 0 };
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct disk_stats *s = per_cpu_ptr(disk->dkstats, cpu);

		for (int rw = READ; rw <= WRITE; rw++) {
			sum.ios[rw] += READ_ONCE(s->ios[rw]);
			sum.sectors[rw] += READ_ONCE(s->sectors[rw]);
			sum.merges[rw] += READ_ONCE(s->merges[rw]);
		}
	}
	return sum;
}

/* /proc/diskstats: major minor name, then reads merged sectors ms writes merged sectors ms in-flight ms weighted. */
int diskstats_text(char *buf, size_t size)
{
	struct gendisk *d;
	int n = 0;

	list_for_each_entry(d, &disk_list, list) {
		struct disk_stats s = sum_stats(d);

		n += scnprintf(buf + n, size - (size_t)n, "%4d %7d %s %lu %lu %lu 0 %lu %lu %lu 0 %u 0 0\n",
			       d->major, d->minor, d->disk_name, s.ios[READ], s.merges[READ], s.sectors[READ],
			       s.ios[WRITE], s.merges[WRITE], s.sectors[WRITE], READ_ONCE(d->queue->nr_requests));
	}
	return n;
}

/* /proc/partitions: sizes in KiB. */
int partitions_text(char *buf, size_t size)
{
	struct gendisk *d;
	int n = scnprintf(buf, size, "major minor  #blocks  name\n\n");

	list_for_each_entry(d, &disk_list, list)
		n += scnprintf(buf + n, size - (size_t)n, "%4d %7d %10llu %s\n", d->major, d->minor,
			       (unsigned long long)d->capacity / 2, d->disk_name);
	return n;
}
