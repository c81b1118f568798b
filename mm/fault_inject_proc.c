/*
 * fault_inject_proc.c: the knobs of fault injection, /proc/sys/debug/{fail_page_alloc,failslab,fail_sites}/.
 *
 * Owns:   nothing: the values are fault_inject.c's.
 * Locks:  /proc/sys's mutex, around each write.
 * Read next: fault_inject.c. A task's own knobs are files of kernel/fs/proc/pid.c.
 *
 * Linux has them under /sys/kernel/debug; there is no sysfs here. Names and meaning are Linux's.
 */
#include "mm/fault_sites.h"
#include "mm/mmzone.h"
#include "mm/proc.h"
#include "kernel/fs/proc_fs.h"

static int attr_changed(const struct proc_sys *entry)
{
	fault_inject_changed();
	return 0;
}

static int depth_changed(const struct proc_sys *entry)
{
	int depth = fail_sites.depth, error;

	fail_sites.depth = 0;		/* nobody looks at the table while it is emptied */
	error = depth ? fail_sites_start() : 0;
	if (!error)
		WRITE_ONCE(fail_sites.depth, depth);
	return error;
}

#define KNOB(a, file, field, lo, hi)	{ .path = "debug/" #a "/" file, .data = &(a).field, .min = lo, .max = hi, \
					  .changed = attr_changed }
#define KNOBS(a)									\
	KNOB(a, "probability", probability, 0, 100), KNOB(a, "interval", interval, 0, 1 << 30),	\
	KNOB(a, "times", times.counter, -1, 1 << 30), KNOB(a, "space", space.counter, 0, 1 << 30),	\
	KNOB(a, "verbose", verbose, 0, 2), KNOB(a, "task-filter", task_filter, 0, 1),		\
	KNOB(a, "ignore-gfp-wait", ignore_gfp_wait, 0, 1),					\
	KNOB(a, "ignore-gfp-highmem", ignore_gfp_highmem, 0, 1),				\
	KNOB(a, "min-order", min_order, 0, MAX_ORDER - 1)

static const struct proc_sys knobs[] = {
	KNOBS(fail_page_alloc), KNOBS(failslab),
	KNOB(fail_sites, "times", times.counter, -1, 1 << 30), KNOB(fail_sites, "verbose", verbose, 0, 1),
	{ .path = "debug/fail_sites/failed", .data = &fail_sites.failed.counter, .mode = 0444 },
	{ .path = "debug/fail_sites/depth", .data = &fail_sites.depth, .min = 0, .max = FAIL_SITES_DEPTH_MAX,
	  .changed = depth_changed },
};

void fault_inject_proc_init(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(knobs); i++)
		proc_sys_register(&knobs[i]);
}
