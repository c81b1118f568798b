/*
 * main.c: from boot.S to the first program.
 *
 * Owns:   the order in which everything comes up, and the command line.
 * Read next: the arch's setup.c; sched.c:cpu_idle for what becomes of us.
 *
 *	start_kernel (init_task, one CPU, interrupts off): memory, scheduler, clocks
 *	kernel_init  (pid 1, a kernel thread): other CPUs, work threads, drivers, root ─► /bin/init
 */
#include "kernel/arch.h"
#include "kernel/arena.h"
#include "kernel/pid.h"
#include "kernel/sched.h"
#include "kernel/rcu.h"
#include "kernel/signal.h"
#include "kernel/sys.h"
#include "kernel/shm.h"
#include "kernel/time.h"
#include "kernel/ktest.h"
#include "kernel/profile.h"
#include "kernel/workqueue.h"
#include "kernel/init.h"
#include "kernel/lib/radix_tree.h"
#include "kernel/lib/string.h"
#include "kernel/block/blk.h"
#include "kernel/drivers/drivers.h"
#include "kernel/fs/fs.h"
#include "kernel/fs/buffer.h"
#include "kernel/fs/proc_fs.h"
#include "kernel/fs/tty.h"
#include "kernel/uapi/mount.h"
#include "mm/mm.h"
#include "mm/bootmem.h"
#include "mm/fault_inject.h"
#include "mm/highmem.h"
#include "mm/pagemap.h"
#include "mm/proc.h"
#include "mm/slab.h"
#include "mm/swap.h"
#include "mm/vmalloc.h"

#define MAX_INIT_ARGS	32

static const char *saved_command_line;

/* ---- the command line ---- */

static const char *root_device = "/dev/vda", *root_fstype = "ext2", *init_program, *ktest_glob;
static bool root_readonly;
static const char *init_argv[MAX_INIT_ARGS + 2] = { "init" };
static const char *init_envp[MAX_INIT_ARGS + 4] = { "HOME=/root", "TERM=linux", "PATH=/bin:/sbin:/test:/stress" };
static int init_argc = 1, init_envc = 3;

static void set_loglevel(const char *value) { console_loglevel = (int)simple_strtol(value, NULL, 0); }
static void set_quiet(const char *value) { console_loglevel = 4; }
static void set_maxcpus(const char *value) { setup_max_cpus = max(1, (int)simple_strtol(value, NULL, 0)); }
static void set_panic(const char *value) { panic_timeout = (int)simple_strtol(value, NULL, 0); }
static void set_root(const char *value) { root_device = value; }
static void set_rootfstype(const char *value) { root_fstype = value; }
static void set_ro(const char *value) { root_readonly = true; }
static void set_rw(const char *value) { root_readonly = false; }
static void set_init(const char *value) { init_program = value; }
static void set_ktest(const char *value) { ktest_glob = value; }
static void set_ramdisk(const char *value) { ramdisk_size = (unsigned long)memparse(value, NULL); }
static void set_failslab(const char *value) { setup_fault_attr(&failslab, value); }
static void set_fail_page_alloc(const char *value) { setup_fault_attr(&fail_page_alloc, value); }
static void set_dhash(const char *value) { dhash_entries = simple_strtoul(value, NULL, 0); }
static void set_ihash(const char *value) { ihash_entries = simple_strtoul(value, NULL, 0); }
static void early(const char *value) { }	/* setup_arch has taken it */

static const struct param { const char *name; void (*set)(const char *value); } params[] = {
	{ "mem=", early }, { "highmem=", early }, { "vmalloc=", early }, { "console=", early }, { "arena=", early },
	{ "root=", set_root }, { "rootfstype=", set_rootfstype }, { "ro", set_ro }, { "rw", set_rw },
	{ "init=", set_init }, { "ktest=", set_ktest }, { "maxcpus=", set_maxcpus }, { "panic=", set_panic },
	{ "loglevel=", set_loglevel }, { "quiet", set_quiet }, { "ramdisk_size=", set_ramdisk },
	{ "failslab=", set_failslab }, { "fail_page_alloc=", set_fail_page_alloc }, { "fail_sites=", setup_fail_sites },
	{ "log_buf_len=", set_log_buf_len }, { "dhash_entries=", set_dhash }, { "ihash_entries=", set_ihash },
	{ "profile=", set_profile },
};

/* What we do not know is init's: name=value for its environment, other words as arguments. */
static void give_to_init(const char *word)
{
	if (strchr(word, '=') && init_envc < (int)ARRAY_SIZE(init_envp) - 1)
		init_envp[init_envc++] = word;
	else if (!strchr(word, '=') && init_argc <= MAX_INIT_ARGS)
		init_argv[init_argc++] = word;
	else
		printk(KERN_WARNING "command line: no room for \"%s\"\n", word);
}

static void parse_word(char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(params); i++) {
		size_t len = strlen(params[i].name);
		bool takes_value = params[i].name[len - 1] == '=';

		if (takes_value ? !strncmp(word, params[i].name, len) : !strcmp(word, params[i].name)) {
			params[i].set(word + len);
			return;
		}
	}
	give_to_init(word);
}

static void __init parse_command_line(const char *line)
{
	char *copy = __alloc_bootmem(strlen(line) + 1, 1, 0), *word;

	saved_command_line = strcpy(__alloc_bootmem(strlen(line) + 1, 1, 0), line);
	strcpy(copy, line);
	printk(KERN_INFO "Command line: %s\n", line);
	while ((word = strsep(&copy, " \t\n")))
		if (*word)
			parse_word(word);
}

/* What the boot loader told us. */
const char *get_command_line(void) { return saved_command_line; }

/* ---- pid 1 ---- */

static void run_init(const char *path)
{
	int err;

	init_argv[0] = path;
	err = kernel_execve(path, init_argv, init_envp);
	if (!err) {
		fault_inject_init_started();
		return_to_user(task_pt_regs(current));
	}
	if (err != -ENOENT)
		printk(KERN_ERR "init: cannot run %s: error %d\n", path, -err);
}

/* Three descriptors for init; without a console it must do without. */
static void open_console(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct file *console = filp_open("/dev/console", O_RDWR, 0);
		int fd = IS_ERR(console) ? -1 : get_unused_fd();

		if (fd < 0) {
			printk(KERN_WARNING "init: no console\n");
			return;
		}
		fd_install((unsigned int)fd, console);
	}
}

static void mount_root_or_stop(void)
{
	char disks[128] = "";
	int err = mount_root(root_device, root_fstype, root_readonly ? MS_RDONLY : 0);

	if (!err)
		return;
	disk_names(disks, sizeof(disks));
	printk(KERN_EMERG "No root filesystem: cannot mount root=%s as %s (error %d). Disks:%s\n", root_device,
	       root_fstype, -err, disks[0] ? disks : " none");
	machine_power_off(PANIC_EXIT_CODE);
}

static void __init start_services(void)
{
	smp_init();
	workqueue_init();
	rcu_init();
	kmem_cache_init_late();
	vmstat_init();
	page_writeback_init();
	pdflush_init();
	kswapd_init();
}

static int kernel_init(void *unused)
{
	child_reaper = current;
	system_state = SYSTEM_RUNNING;
	start_services();
	vfs_init();
	block_init();
	ext2_init();
	proc_init();
	sys_init();
	shm_init();
	mm_proc_init();
	arena_check(saved_command_line, true);
	tty_init();
	drivers_init();
	if (ktest_glob)
		ktest_run(ktest_glob);
	mount_root_or_stop();
	open_console();
	free_initmem();

	if (init_program) {
		run_init(init_program);
	} else {
		run_init("/bin/init");
		run_init("/sbin/init");
		run_init("/bin/sh");
	}
	printk(KERN_EMERG "No program to start: %s. Try init=.\n",
	       init_program ? init_program : "neither /bin/init, /sbin/init nor /bin/sh will run");
	kernel_power_off(PANIC_EXIT_CODE);
}

/* ---- boot ---- */

static void __init start_memory(void)
{
	setup_per_cpu_areas();
	sched_init();			/* who runs has a queue, before anybody asks */
	build_all_zonelists();
	pidhash_init();
	mem_init();
	kmem_cache_init();
	setup_per_cpu_pageset();
	vmalloc_init();
	highmem_init();
	log_buf_init();
	profile_init();
	radix_tree_init();
	fork_init();
	signal_init();
	mm_init();
}

/*
 * boot.S comes here.
 * => init_task's stack, interrupts off; becomes CPU 0's idle loop
 */
void __noreturn start_kernel(void)
{
	struct task_struct *init;
	char *line;

	setup_arch(&line);
	printk(KERN_NOTICE "Pagoda %s, %s, %d CPUs\n", UTS_RELEASE, arch_uts_machine, hweight_long(cpu_possible_map));
	parse_command_line(line);
	trap_init();
	wait_init();
	futex_init();
	start_memory();
	init_IRQ();
	arch_time_init();
	time_init();
	timers_init();
	local_irq_enable();

	init = kthread_run(kernel_init, NULL, "init");
	if (IS_ERR(init))
		panic("no memory for the first task");
	cpu_idle();
}
