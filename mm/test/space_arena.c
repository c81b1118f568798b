/*
 * space_arena.c: address spaces on a machine without user space, as a host says (kernel/arena.h); a late arena.
 *
 * Owns:   eight address spaces, four files of user_mm.c, a thread on each CPU but the first, which lives in one of the
 *         spaces, as the arena's own thread on the first CPU does.
 * Locks:  none: one verb at a time; a CPU's thread works only while the arena's waits for it.
 * Read next: memory.c, fault.c, mmap.c, whose public functions are called here; grade/space.py, the host's side.
 *
 * Answers are numbers; a negative one is -errno. The host reads page tables and struct pages itself: space_mm[] says where.
 *
 *	mm M                                an empty address space M
 *	drop M                              its last user goes
 *	fork M CHILD                        CHILD is what fork makes of M: 0 or -errno
 *	file F PAGES UNACCOUNTED            a file F: byte i of its page n is n + i; UNACCOUNTED 1: nobody counts its dirty
 *	                                    pages, so that a shared mapping may be written from the first read on
 *	truncate F BYTES                    its new size
 *	refuse F ERROR                      its page_mkwrite says -ERROR from now on (0: yes); without this it has none
 *	counts F                            pages read, writes announced by page_mkwrite, areas that ->open heard of, references
 *	                                    of the struct file (one is the arena's)
 *	uncache F FIRST PAGES               unmap_mapping_range() without private copies
 *	map M ADDR PAGES PROT FLAGS F PGOFF	mmap of the file F (-1: none): the address
 *	spread M ADDR NUMBER STEP           mmap of NUMBER pages that may be read, one every STEP pages: how many failed
 *	unmap M ADDR PAGES                  munmap
 *	protect M ADDR PAGES PROT           mprotect
 *	advise M ADDR PAGES ADVICE          madvise
 *	move M ADDR PAGES NEW_PAGES FLAGS TO	mremap: the address
 *	find M ADDR                         start, end, vm_flags, vm_pgoff of what find_vma finds; nothing if nothing
 *	areas M                             start and end of all areas, in the list's order
 *	access M ADDR HOW                   a user's access (HOW: mm/fault.h) that the CPU refused goes to do_page_fault(): the
 *	                                    signal it sends, its code and address; 0 0 0: none, the access is repeated
 *	fault M ADDR HOW                    handle_mm_fault() in the area of ADDR: VM_FAULT_…
 *	read M ADDR CPU                     a CPU reads a byte of the user's: the byte, or -14
 *	write M ADDR BYTE CPU               a CPU writes one: 0 or -14
 *	fail N                              this thread's N-th request for memory from now on fails; 0: none
 *	meanwhile PLACE WHAT M ADDR         once, when a fault asks for a page (PLACE 0), has got one of a file (1), or tells the
 *	                                    file of a write (2), another thread is faster: it reads ADDR (WHAT 0), writes it (1),
 *	                                    gives it back by MADV_DONTNEED (2), or truncates the file M to ADDR bytes (3)
 *	done                                0 if what `meanwhile' announced is still to come, else 1
 *	place PFN M ADDR                    vma_address() of a page in the area that find_vma finds for ADDR: an address or -14
 *	lookup PFN M ADDR                   page_check_address(): 1 and the frame of the entry that it found, or 0 and 0; and is
 *	                                    the lock of ADDR's table held after it?
 *	referenced PFN WHO                  page_referenced() of a page whose lock nobody has (WHO 0), the caller (1), somebody
 *	                                    else (2)
 *	clean PFN                           page_mkclean()
 *	unmap_all PFN MIGRATION             try_to_unmap(): SWAP_…
 *	mapped                              NR_ANON_PAGES and NR_FILE_MAPPED of all zones
 *	frames                              how many frames are free when nobody hoards any
 *	tune WHAT VALUE                     until the next reset: 1: new spaces are filled from below (WHAT 0), the most areas
 *	                                    of a space (1), RLIMIT_DATA in pages (2)
 *	cost M ADDR PAGES                   nanoseconds of SEARCHES times find_vma(ADDR), the cache forgotten before each; or, if
 *	                                    PAGES is not 0, of searches for a place of so many pages
 */
#include "mm/test/user_mm.h"
#include "mm/fault.h"
#include "mm/fault_inject.h"
#include "mm/rmap.h"
#include "mm/slab.h"
#include "mm/vmstat.h"
#include "kernel/arena.h"
#include "kernel/lib/string.h"
#include "kernel/rcu.h"
#include "kernel/signal.h"
#include "kernel/syscalls.h"

#define NR_SPACES	8
#define NR_FILES	4
#define LINE		900
#define SEARCHES	64

enum knob { KNOB_LEGACY, KNOB_AREAS, KNOB_DATA };
enum place { PLACE_ALLOC, PLACE_NOPAGE, PLACE_MKWRITE };
enum deed { DEED_READ, DEED_WRITE, DEED_DONTNEED, DEED_TRUNCATE };

struct mm_struct *space_mm[NR_SPACES];		/* the host reads it */

static struct test_file files[NR_FILES];
static int refusals[NR_FILES];
static unsigned long announced[NR_FILES];	/* by page_mkwrite */
static unsigned long opened[NR_FILES];		/* areas that were cut or copied */
static struct ktest *const quiet = &(struct ktest){ .module = "arena", .name = "space" };

/* ---- living in an address space -------------------------------------------------------------------------------- */

/* This thread lives in @mm; NULL: in none. */
static void live_in(struct mm_struct *mm)
{
	struct mm_struct *next = mm ? mm : &init_mm;

	if (current->mm == mm)
		return;
	atomic_inc(&next->mm_count);
	user_mm_load(next, mm);
}

/* A byte of the user's: read, or written if @byte is one. The byte, 0, -EFAULT. */
static long touch(struct mm_struct *mm, unsigned long addr, long byte)
{
	live_in(mm);
	return byte < 0 ? peek(addr) : poke(addr, (u8)byte);
}

/* What a CPU's thread is told to do. */
static struct worker {
	struct task_struct *task;
	struct completion go, done;
	struct mm_struct *mm;		/* NULL: live nowhere */
	unsigned long addr;
	long byte, result;
} workers[NR_CPUS];

static int worker_thread(void *arg)
{
	struct worker *w = arg;

	for (;;) {
		wait_for_completion(&w->go);
		if (w->mm)
			w->result = touch(w->mm, w->addr, w->byte);
		else
			live_in(NULL);
		complete(&w->done);
	}
	return 0;
}

static void tell(struct worker *w, struct mm_struct *mm, unsigned long addr, long byte)
{
	w->mm = mm;
	w->addr = addr;
	w->byte = byte;
	complete(&w->go);
	wait_for_completion(&w->done);
}

static void start_workers(void)
{
	int cpu;

	set_cpus_allowed(current, cpumask_of(0));
	for_each_online_cpu(cpu) {
		struct worker *w = &workers[cpu];

		if (!cpu || w->task)
			continue;
		init_completion(&w->go);
		init_completion(&w->done);
		w->task = kthread_create(worker_thread, w, "space/%d", cpu);
		if (IS_ERR(w->task))
			panic("arena: no thread for CPU %d", cpu);
		set_cpus_allowed(w->task, cpumask_of(cpu));
		wake_up_process(w->task);
	}
}

/* ---- objects ----------------------------------------------------------------------------------------------------- */

/* Nobody lives in space @m any more, and it is gone. */
static void drop_space(unsigned long m)
{
	struct mm_struct *mm = space_mm[m];

	if (!mm)
		return;
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		if (workers[cpu].task && workers[cpu].mm == mm)
			tell(&workers[cpu], NULL, 0, -1);
	live_in(NULL);
	space_mm[m] = NULL;
	mmput(mm);
}

static void close_file(unsigned long f)
{
	if (files[f].file)
		test_file_close(&files[f]);
	files[f] = (struct test_file){ };
	refusals[f] = -1;
	announced[f] = opened[f] = 0;
}

static void tune(enum knob what, unsigned long value)
{
	if (what == KNOB_LEGACY)
		sysctl_legacy_va_layout = (int)value;
	else if (what == KNOB_AREAS)
		sysctl_max_map_count = (int)value;
	else
		current->signal->rlim[RLIMIT_DATA].rlim_cur = value;
}

/* As it was when the machine came up. */
static void untune(void)
{
	static unsigned long was[KNOB_DATA + 1];

	if (!was[KNOB_AREAS]) {
		was[KNOB_LEGACY] = (unsigned long)sysctl_legacy_va_layout;
		was[KNOB_AREAS] = (unsigned long)sysctl_max_map_count;
		was[KNOB_DATA] = rlimit(RLIMIT_DATA);
	}
	for (enum knob what = KNOB_LEGACY; what <= KNOB_DATA; what++)
		tune(what, was[what]);
}

static void reset_space(void)
{
	start_workers();
	untune();
	set_meanwhile(&fail_page_alloc, NULL);
	set_fail_nth(0);
	for (unsigned long m = 0; m < NR_SPACES; m++)
		drop_space(m);
	for (unsigned long f = 0; f < NR_FILES; f++)
		close_file(f);
}

/* Space @m, in which this thread lives from now on; NULL, and the host is told, if there is none. */
static struct mm_struct *enter(unsigned long m)
{
	if (m >= NR_SPACES || !space_mm[m]) {
		arena_reply("? space");
		return NULL;
	}
	live_in(space_mm[m]);
	return space_mm[m];
}

static bool is_free(unsigned long m)
{
	if (m < NR_SPACES && !space_mm[m])
		return true;
	arena_reply("? space");
	return false;
}

static struct test_file *find_file(unsigned long f)
{
	if (f < NR_FILES && files[f].file)
		return &files[f];
	arena_reply("? file");
	return NULL;
}

static void verb_mm(int argc, const unsigned long *argv)
{
	if (!is_free(argv[0]))
		return;
	space_mm[argv[0]] = mm_alloc();
	if (!space_mm[argv[0]])
		panic("arena: no memory for a space");
}

static void verb_drop(int argc, const unsigned long *argv)
{
	if (argv[0] < NR_SPACES)
		drop_space(argv[0]);
}

static void verb_fork(int argc, const unsigned long *argv)
{
	struct mm_struct *child;

	if (!is_free(argv[1]) || !enter(argv[0]))
		return;
	child = dup_mm(current);
	space_mm[argv[1]] = child;
	arena_reply("%d", child ? 0 : -ENOMEM);
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

static void run_deed(void);
static enum place deed_place;
static bool deed_waits;

static struct page *space_nopage(struct vm_area_struct *vma, unsigned long address, int *type)
{
	struct page *page = filemap_nopage(vma, address, type);

	if (deed_waits && deed_place == PLACE_NOPAGE)
		run_deed();
	return page;
}

static int space_mkwrite(struct vm_area_struct *vma, struct page *page)
{
	struct test_file *tf = vma->vm_file->f_mapping->host->i_private;

	announced[tf - files]++;
	if (deed_waits && deed_place == PLACE_MKWRITE)
		run_deed();
	return -refusals[tf - files];
}

static void space_open(struct vm_area_struct *vma)
{
	struct test_file *tf = vma->vm_file->f_mapping->host->i_private;

	opened[tf - files]++;
}

static const struct vm_operations_struct file_ops = { .open = space_open, .nopage = space_nopage };
static const struct vm_operations_struct refusing_file_ops = {
	.open = space_open, .nopage = space_nopage, .page_mkwrite = space_mkwrite
};

static void verb_file(int argc, const unsigned long *argv)
{
	if (argv[0] < NR_FILES && !files[argv[0]].file) {
		if (!test_file_open(quiet, &files[argv[0]], argv[1]))
			panic("arena: no memory for a file");
		if (argv[2])
			files[argv[0]].bdi.capabilities = BDI_CAP_NO_ACCT_DIRTY;
	} else {
		arena_reply("? file");
	}
}

static int truncate_file(struct test_file *tf, unsigned long bytes)
{
	int error;

	mutex_lock(&tf->inode->i_mutex);
	error = vmtruncate(tf->inode, (loff_t)bytes);
	mutex_unlock(&tf->inode->i_mutex);
	return error;
}

static void verb_truncate(int argc, const unsigned long *argv)
{
	struct test_file *tf = find_file(argv[0]);

	if (tf)
		arena_reply("%d", truncate_file(tf, argv[1]));
}

static void verb_uncache(int argc, const unsigned long *argv)
{
	struct test_file *tf = find_file(argv[0]);

	if (tf)
		unmap_mapping_range(tf->mapping, (loff_t)argv[1] << PAGE_SHIFT, (loff_t)argv[2] << PAGE_SHIFT, 0);
}

static void verb_refuse(int argc, const unsigned long *argv)
{
	if (find_file(argv[0]))
		refusals[argv[0]] = (int)argv[1];
}

static void verb_counts(int argc, const unsigned long *argv)
{
	struct test_file *tf = find_file(argv[0]);

	if (tf)
		arena_reply("%u %lu %lu %d", tf->reads, announced[argv[0]], opened[argv[0]], atomic_read(&tf->file->f_count));
}

/* ---- areas --------------------------------------------------------------------------------------------------------- */

static void verb_map(int argc, const unsigned long *argv)
{
	struct test_file *tf = argv[5] == -1UL ? NULL : find_file(argv[5]);
	struct vm_area_struct *vma;
	long addr;

	if ((!tf && argv[5] != -1UL) || !enter(argv[0]))
		return;
	addr = map_at(tf ? tf->file : NULL, argv[1], argv[2], argv[3], argv[4], argv[6]);
	vma = find_vma(current->mm, (unsigned long)addr);
	if (tf && vma && vma->vm_file == tf->file)
		vma->vm_ops = refusals[argv[5]] < 0 ? &file_ops : &refusing_file_ops;
	arena_reply("%ld", addr);
}

static void verb_spread(int argc, const unsigned long *argv)
{
	long failed = 0;

	if (!enter(argv[0]))
		return;
	for (unsigned long i = 0; i < argv[2]; i++)
		failed += IS_ERR((void *)map_at(NULL, argv[1] + ((i * argv[3]) << PAGE_SHIFT), 1, PROT_READ, ANON | MAP_FIXED, 0));
	arena_reply("%ld", failed);
}

static void verb_unmap(int argc, const unsigned long *argv)
{
	if (enter(argv[0]))
		arena_reply("%d", unmap(argv[1], argv[2]));
}

static void verb_protect(int argc, const unsigned long *argv)
{
	if (enter(argv[0]))
		arena_reply("%ld", sys_mprotect(argv[1], argv[2] << PAGE_SHIFT, argv[3]));
}

static void verb_advise(int argc, const unsigned long *argv)
{
	if (enter(argv[0]))
		arena_reply("%ld", sys_madvise(argv[1], argv[2] << PAGE_SHIFT, (int)argv[3]));
}

static void verb_move(int argc, const unsigned long *argv)
{
	if (enter(argv[0]))
		arena_reply("%ld", sys_mremap(argv[1], argv[2] << PAGE_SHIFT, argv[3] << PAGE_SHIFT, argv[4], argv[5]));
}

static void verb_find(int argc, const unsigned long *argv)
{
	struct mm_struct *mm = enter(argv[0]);
	struct vm_area_struct *vma = mm ? find_vma(mm, argv[1]) : NULL;

	if (vma)
		arena_reply("%lu %lu %lu %lu", vma->vm_start, vma->vm_end, vma->vm_flags, vma->vm_pgoff);
}

static void verb_tune(int argc, const unsigned long *argv)
{
	if (argv[0] > KNOB_DATA)
		arena_reply("? knob");
	else
		tune((enum knob)argv[0], argv[0] == KNOB_DATA ? argv[1] << PAGE_SHIFT : argv[1]);
}

static void verb_cost(int argc, const unsigned long *argv)
{
	struct mm_struct *mm = enter(argv[0]);
	u64 start = arch_clock_ns();

	if (!mm)
		return;
	for (int i = 0; i < SEARCHES; i++) {
		mm->mmap_cache = NULL;
		if (argv[2])
			get_unmapped_area(NULL, 0, argv[2] << PAGE_SHIFT, 0, ANON);
		else
			find_vma(mm, argv[1]);
	}
	arena_reply("%lu", (unsigned long)(arch_clock_ns() - start));
}

static void verb_areas(int argc, const unsigned long *argv)
{
	struct mm_struct *mm = enter(argv[0]);
	char line[LINE] = "";
	int len = 0;

	for (struct vm_area_struct *vma = mm ? mm->mmap : NULL; vma; vma = vma->vm_next)
		len += scnprintf(line + len, sizeof(line) - (size_t)len, "%lx %lx ", vma->vm_start, vma->vm_end);
	if (mm)
		arena_reply("%s", line);
}

/* ---- faults -------------------------------------------------------------------------------------------------------- */

static void tell_signal(void)
{
	sigset_t none = { { 0 } };
	siginfo_t info;
	int sig;

	spin_lock_irq(&current->sighand->siglock);
	sig = dequeue_signal(&none, &info);
	spin_unlock_irq(&current->sighand->siglock);
	if (sig)
		arena_reply("%d %d %lu", sig, info.si_code, (unsigned long)info.si_addr);
	else
		arena_reply("0 0 0");
}

static void verb_access(int argc, const unsigned long *argv)
{
	struct pt_regs regs;

	if (!enter(argv[0]))
		return;
	start_thread(&regs, PAGE_SIZE, PAGE_SIZE);
	current->flags &= ~PF_KTHREAD;		/* kernel threads get no signals */
	do_page_fault(&regs, argv[1], (unsigned int)argv[2]);
	tell_signal();
	current->flags |= PF_KTHREAD;
}

/* => mmap_sem held for read */
static int fault_at(struct mm_struct *mm, unsigned long addr, int write)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	return vma && vma->vm_start <= addr ? handle_mm_fault(mm, vma, addr, write) : -EFAULT;
}

static void verb_fault(int argc, const unsigned long *argv)
{
	struct mm_struct *mm = enter(argv[0]);
	int ret;

	if (!mm)
		return;
	down_read(&mm->mmap_sem);
	ret = fault_at(mm, argv[1], argv[2] & FAULT_WRITE ? 1 : 0);
	up_read(&mm->mmap_sem);
	arena_reply("%d", ret);
}

static void tell_touched(unsigned long m, unsigned long addr, long byte, unsigned long cpu)
{
	struct mm_struct *mm = enter(m);
	long result;

	if (!mm)
		return;
	if (cpu && (cpu >= NR_CPUS || !workers[cpu].task)) {
		arena_reply("? cpu");
		return;
	}
	if (cpu) {
		tell(&workers[cpu], mm, addr, byte);
		result = workers[cpu].result;
	} else {
		result = touch(mm, addr, byte);
	}
	arena_reply("%ld", result);
}

static void verb_read(int argc, const unsigned long *argv)
{
	tell_touched(argv[0], argv[1], -1, argv[2]);
}

static void verb_write(int argc, const unsigned long *argv)
{
	tell_touched(argv[0], argv[1], (long)(argv[2] & 0xff), argv[3]);
}

/* ---- what comes in between --------------------------------------------------------------------------------------------- */

static struct {
	enum deed what;
	unsigned long m, addr;
} deed;

/* Another thread's deed, done by this one in the middle of a fault: that holds mmap_sem for read, as the other would. */
static void run_deed(void)
{
	struct mm_struct *mm = deed.what == DEED_TRUNCATE ? NULL : space_mm[deed.m];

	deed_waits = false;
	if (deed.what == DEED_TRUNCATE)
		truncate_file(&files[deed.m], deed.addr);
	else if (deed.what == DEED_DONTNEED)
		zap_page_range(find_vma(mm, deed.addr), deed.addr & PAGE_MASK, PAGE_SIZE, NULL);
	else
		fault_at(mm, deed.addr, deed.what == DEED_WRITE);
}

static void verb_meanwhile(int argc, const unsigned long *argv)
{
	if (argv[0] > PLACE_MKWRITE || argv[1] > DEED_TRUNCATE)
		arena_reply("? deed");
	else if (argv[1] == DEED_TRUNCATE ? !find_file(argv[2]) : !enter(argv[2]))
		return;
	deed_place = (enum place)argv[0];
	deed.what = (enum deed)argv[1];
	deed.m = argv[2];
	deed.addr = argv[3];
	deed_waits = true;
	set_meanwhile(&fail_page_alloc, deed_place == PLACE_ALLOC ? run_deed : NULL);
}

static void verb_done(int argc, const unsigned long *argv)
{
	arena_reply("%d", !deed_waits);
}

static void verb_fail(int argc, const unsigned long *argv)
{
	set_fail_nth(argv[0]);
}

static void verb_frames(int argc, const unsigned long *argv)
{
	schedule_timeout_uninterruptible(1);	/* what ended is put away by others */
	mm_quiesce();
	kmem_cache_shrink_all();
	synchronize_rcu();			/* slabs whose memory waits for a grace period */
	drain_all_pages();
	arena_reply("%lu", nr_free_pages());
}

/* ---- from a page to its entries --------------------------------------------------------------------------------------- */

/* The page of frame @pfn, referenced for us; NULL, and the host is told, if there is none. */
static struct page *get_frame(unsigned long pfn)
{
	struct page *page = pfn_valid(pfn) ? pfn_to_page(pfn) : NULL;

	if (page && get_page_unless_zero(page))
		return page;
	arena_reply("? page");
	return NULL;
}

/* The lock of the table that has @addr's entry; NULL: there is no table. */
static spinlock_t *table_lock(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	pmd_t *pmd = pgd_present(*pgd) ? pmd_offset(pgd, addr) : NULL;

	return pmd && pmd_present(*pmd) ? pte_lockptr(mm, pmd) : NULL;
}

static void verb_place(int argc, const unsigned long *argv)
{
	struct mm_struct *mm = enter(argv[1]);
	struct page *page = mm ? get_frame(argv[0]) : NULL;
	struct vm_area_struct *vma = page ? find_vma(mm, argv[2]) : NULL;

	if (vma)
		arena_reply("%ld", (long)vma_address(page, vma));
	else if (page)
		arena_reply("? area");
	if (page)
		put_page(page);
}

static void verb_lookup(int argc, const unsigned long *argv)
{
	struct mm_struct *mm = enter(argv[1]);
	struct page *page = mm ? get_frame(argv[0]) : NULL;
	spinlock_t *ptl = NULL, *lock;
	unsigned long pfn;
	pte_t *pte;

	if (!page)
		return;
	lock = table_lock(mm, argv[2]);
	pte = page_check_address(page, mm, argv[2], &ptl);
	pfn = pte ? pte_pfn(*pte) : 0;
	arena_reply("%d %lu %d", pte ? 1 : 0, pfn, lock && spin_is_locked(lock));
	if (pte && ptl == lock && spin_is_locked(lock))
		pte_unmap_unlock(pte, ptl);
	else if (pte)
		pte_unmap(pte);
	put_page(page);
}

static void verb_referenced(int argc, const unsigned long *argv)
{
	struct page *page = get_frame(argv[0]);

	if (!page)
		return;
	if (argv[1])
		lock_page(page);
	arena_reply("%d", page_referenced(page, argv[1] == 1));
	if (argv[1])
		unlock_page(page);
	put_page(page);
}

static void verb_clean(int argc, const unsigned long *argv)
{
	struct page *page = get_frame(argv[0]);

	if (!page)
		return;
	lock_page(page);
	arena_reply("%d", page_mkclean(page));
	unlock_page(page);
	put_page(page);
}

static void verb_unmap_all(int argc, const unsigned long *argv)
{
	struct page *page = get_frame(argv[0]);

	if (!page)
		return;
	lock_page(page);
	arena_reply("%d", try_to_unmap(page, (int)argv[1]));
	unlock_page(page);
	put_page(page);
}

static void verb_mapped(int argc, const unsigned long *argv)
{
	refresh_vm_stats();
	arena_reply("%lu %lu", global_page_state(NR_ANON_PAGES), global_page_state(NR_FILE_MAPPED));
}

static const struct arena_verb verbs[] = {
	{ "mm", 1, verb_mm }, { "drop", 1, verb_drop }, { "fork", 2, verb_fork }, { "file", 3, verb_file },
	{ "truncate", 2, verb_truncate }, { "refuse", 2, verb_refuse }, { "counts", 1, verb_counts },
	{ "uncache", 3, verb_uncache }, { "map", 7, verb_map },
	{ "spread", 4, verb_spread }, { "unmap", 3, verb_unmap }, { "protect", 4, verb_protect }, { "advise", 4, verb_advise }, { "move", 6, verb_move },
	{ "find", 2, verb_find }, { "areas", 1, verb_areas }, { "access", 3, verb_access }, { "fault", 3, verb_fault },
	{ "read", 3, verb_read }, { "write", 4, verb_write }, { "fail", 1, verb_fail }, { "meanwhile", 4, verb_meanwhile },
	{ "done", 0, verb_done }, { "frames", 0, verb_frames }, { "tune", 2, verb_tune }, { "cost", 3, verb_cost },
	{ "place", 3, verb_place }, { "lookup", 3, verb_lookup }, { "referenced", 2, verb_referenced }, { "clean", 1, verb_clean },
	{ "unmap_all", 2, verb_unmap_all }, { "mapped", 0, verb_mapped }, { }
};

LATE_ARENA(space, verbs, reset_space);
