/*
 * misc.c: the files of /proc that tell of the kernel as a whole. Those of one subsystem stand with it (mm/…_proc.c).
 *
 * Read next: proc(5) for the formats.
 */
#include "kernel/fs/proc/internal.h"
#include "kernel/arch.h"
#include "kernel/block/blk.h"
#include "kernel/init.h"
#include "kernel/irq.h"
#include "kernel/profile.h"
#include "kernel/sys.h"

#define SYSLOG_READ	2	/* as syslog(2) numbers them */
#define SYSLOG_UNREAD	9

static int uptime_show(struct seq_file *m, void *data)
{
	u64 up = ktime_get(), idle = 0;
	struct cpu_usage use;
	int cpu;

	for_each_online_cpu(cpu) {
		get_cpu_usage(cpu, &use);
		idle += use.idle + use.iowait;
	}
	seq_printf(m, "%llu.%02u %llu.%02u\n", up / NSEC_PER_SEC, (unsigned)(up / (NSEC_PER_SEC / 100) % 100),
		   idle / NSEC_PER_SEC, (unsigned)(idle / (NSEC_PER_SEC / 100) % 100));
	return 0;
}

static int loadavg_show(struct seq_file *m, void *data)
{
	for (int i = 0; i < 3; i++) {
		unsigned long load = avenrun[i] + (1 << 11) / 200;	/* 11 bits of fraction, rounded */

		seq_printf(m, "%lu.%02lu ", load >> 11, ((load & 2047) * 100) >> 11);
	}
	seq_printf(m, "%lu/%d %d\n", nr_running(), READ_ONCE(nr_threads), last_pid_used());
	return 0;
}

static void cpu_line(struct seq_file *m, const struct cpu_usage *use)
{
	const u64 tick = NSEC_PER_SEC / 100;

	seq_printf(m, " %llu %llu %llu %llu %llu 0 0 0 0 0\n", use->user / tick, use->nice / tick, use->system / tick,
		   use->idle / tick, use->iowait / tick);
}

static int stat_show(struct seq_file *m, void *data)
{
	struct cpu_usage sum = { 0 }, use;
	int cpu;

	for_each_online_cpu(cpu) {
		get_cpu_usage(cpu, &use);
		sum.user += use.user;
		sum.nice += use.nice;
		sum.system += use.system;
		sum.idle += use.idle;
		sum.iowait += use.iowait;
	}
	seq_puts(m, "cpu ");
	cpu_line(m, &sum);
	for_each_online_cpu(cpu) {
		get_cpu_usage(cpu, &use);
		seq_printf(m, "cpu%d", cpu);
		cpu_line(m, &use);
	}
	seq_printf(m, "intr %lu\nctxt %lu\nbtime %llu\nprocesses %lu\nprocs_running %lu\nprocs_blocked %lu\n",
		   kstat_irqs_sum(), nr_context_switches(),
		   (unsigned long long)((ktime_get_real() - ktime_get()) / NSEC_PER_SEC), READ_ONCE(total_forks),
		   nr_running(), nr_iowait());
	return 0;
}

static int interrupts_show(struct seq_file *m, void *data)
{
	int cpu;

	seq_puts(m, "    ");
	for_each_online_cpu(cpu)
		seq_printf(m, "       CPU%d", cpu);
	seq_putc(m, '\n');
	for (int irq = 0; irq < NR_IRQS; irq++) {
		const char *name = irq_valid(irq) ? irq_name(irq) : NULL;

		if (!name)
			continue;
		seq_printf(m, "%3d:", irq);
		for_each_online_cpu(cpu)
			seq_printf(m, " %10lu", kstat_irqs(irq, cpu));
		seq_printf(m, "   %s\n", name);
	}
	return 0;
}

static int version_show(struct seq_file *m, void *data)
{
	seq_printf(m, "%s version %s (gcc %s) %s\n", system_utsname.sysname, system_utsname.release, __VERSION__,
		   system_utsname.version);
	return 0;
}

static int cmdline_show(struct seq_file *m, void *data)
{
	seq_printf(m, "%s\n", get_command_line());
	return 0;
}

static int cpuinfo_show(struct seq_file *m, void *data)
{
	char *page = (char *)__get_free_page(GFP_KERNEL);
	int cpu;

	if (!page)
		return -ENOMEM;
	for_each_online_cpu(cpu) {
		arch_cpuinfo(page, PAGE_SIZE, cpu);
		seq_puts(m, page);
	}
	free_page((unsigned long)page);
	return 0;
}

/* Texts that their makers print into a page: disks. */
static int page_show(struct seq_file *m, void *data)
{
	int (*text)(char *buf, size_t size) = data;
	char *page = (char *)__get_free_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	text(page, PAGE_SIZE);
	seq_puts(m, page);
	free_page((unsigned long)page);
	return 0;
}

static int devices_show(struct seq_file *m, void *data)
{
	chrdevs_show(m, NULL);
	seq_puts(m, "\nBlock devices:\n  1 ramdisk\n254 virtblk\n");
	return 0;
}

static ssize_t kmsg_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	if (file->f_flags & O_NONBLOCK && !do_syslog(SYSLOG_UNREAD, NULL, 0))
		return -EAGAIN;
	return do_syslog(SYSLOG_READ, buf, (int)min(count, (size_t)PAGE_SIZE));
}

static const struct file_operations kmsg_fops = { .read = kmsg_read };

void proc_misc_init(void)
{
	static const struct { const char *name; int (*show)(struct seq_file *m, void *data); } files[] = {
		{ "uptime", uptime_show }, { "loadavg", loadavg_show }, { "stat", stat_show },
		{ "interrupts", interrupts_show }, { "version", version_show }, { "cmdline", cmdline_show },
		{ "cpuinfo", cpuinfo_show }, { "filesystems", filesystems_show }, { "devices", devices_show },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(files); i++)
		proc_create_seq(files[i].name, files[i].show, NULL);
	proc_create_seq("diskstats", page_show, diskstats_text);
	proc_create_seq("partitions", page_show, partitions_text);
	proc_create("kmsg", 0400, &kmsg_fops, NULL);
	proc_symlink("mounts", "self/mounts");
	proc_kcore_init();
	profile_proc_init();
}
