# Pagoda's build: every verb of the house; `make help` lists them.
#
# Out of tree: build/<arch>[-nopae][-highmem][-slob][-debug]/ holds the kernel (pagoda), the user programs (user/bin/ls …) and the
# disk (disk.img). What only one machine needs (flags, objects, QEMU's machine) is in arch-<arch>/arch.mk.
# A new source file: add its line to the list of its folder below.

ARCH ?= riscv
PAE ?= 1
RVHIGHMEM ?= 0
SLOB ?= 0
DEBUG ?= 0
PYTHON ?= /usr/bin/python3

# ---- the kernel's objects: one list a folder ----------------------------------------------------------------------

# kernel/: processes, scheduler, signals, system calls, time, locks, RCU, printk, panic
kernel-y := main.o init_task.o			# boot, command line, the first program; pid 0
kernel-y += printk.o panic.o kallsyms.o extable.o	# the log; the end; addresses into names, and of what may fault
kernel-y += percpu.o smp.o irq.o workqueue.o	# each CPU's variables; the other CPUs; interrupts; work for later
kernel-y += wait.o mutex.o rwsem.o rcu.o	# wait queues; sleeping locks; freeing what others may still read
kernel-y += timer.o time.o itimer.o profile.o	# timers and the tick; clocks, nanosleep; setitimer; where ticks find the kernel
kernel-y += sched.o sched_balance.o sched_sys.o	# the switch; which CPU; what users may change
kernel-y += fork.o pid.o exit.o wait_child.o	# new tasks, their numbers, their end, wait4
kernel-y += exec.o binfmt_elf.o binfmt_script.o	# execve; ELF files; #! scripts
kernel-y += signal.o signal_sys.o futex.o shm.o	# signals, their system calls; sleeping on user memory; SysV segments
kernel-y += cred.o sys.o random.o device.o	# user ids, process groups; uname, limits; ChaCha20; devices and drivers
kernel-y += ktest.o arena.o $(if $(filter 1,$(DEBUG)),lockdep.o race.o ubsan.o)	# self-tests; tests by the host before there is memory; DEBUG=1: lock order, meeting places, undefined behaviour

# kernel/lib/: data structures and strings, no kernel state
lib-y := string.o parse.o vsnprintf.o		# memory and strings; numbers out of text, text out of numbers
lib-y += bitmap.o rbtree.o radix_tree.o		# finding bits; VMAs and timers; the page cache's index

# kernel/fs/: VFS, procfs, devices, pipes, tty
fs-y := init.o super.o namespace.o		# the order of starting; filesystems; where they are mounted
fs-y += dcache.o inode.o namei.o dirs.o		# names; what they stand for; from a path to it; making and removing names
fs-y += open.o attr.o stat.o			# opening files; changing their attributes; telling them
fs-y += file_table.o file.o			# open files; descriptors, fcntl
fs-y += read_write.o readdir.o ioctl.o		# moving bytes; getdents; what all files share of ioctl
fs-y += poll.o locks.o pipe.o			# waiting for many files; fcntl's and flock's locks; pipes and FIFOs
fs-y += buffer.o mpage.o fs-writeback.o drop_caches.o	# blocks inside pages; whole pages; dirty inodes to the disk; letting go of caches
fs-y += libfs.o ramfs.o tmpfs.o seq_file.o	# filesystems without a disk; two in memory; texts made up while read
fs-y += devices.o devmem.o tty_io.o n_tty.o	# character devices, /dev; physical memory; terminals; their line discipline
fs-y += $(addprefix proc/,generic.o misc.o kcore.o sys.o page.o pid.o array.o task_mmu.o smaps.o)	# /proc: its tree; the system's files, a task's

# kernel/fs/ext2/: the filesystem on the disk
ext2-y := super.o file.o symlink.o dir.o namei.o	# mounting; open files; links; names
ext2-y += inode.o blockmap.o balloc.o ialloc.o	# inodes; where a file's blocks are; what is free

# kernel/block/: a transfer; requests, merged and sorted; the disks; a disk as a file
block-y := bio.o queue.o genhd.o block_dev.o

# kernel/drivers/: devices of both machines; those of one are in arch.mk
drivers-y := drivers.o uart8250.o ramdisk.o	# which there are; serial terminals; a disk in memory
drivers-y += virtio.o virtio_blk.o virtio_console.o	# virtio: the core, disks, the host's terminal

# mm/: the memory manager, a file for each file of Linux 2.6.20's mm/; …_proc.o: its /proc files, …_check.o: what must hold
mm-y += bootmem.o page_alloc_boot.o sparse.o mmzone.o	# before the buddy lists; to zones; the memmap in sections; walking
mm-y += page_alloc.o page_alloc_proc.o page_alloc_check.o	# the buddy allocator and its zones
mm-y += $(if $(filter 1,$(SLOB)),slob.o,slab.o slab_debug.o slab_proc.o slab_check.o)	# object caches; red zones and poison; or all on one small heap
mm-y += vmalloc.o vmalloc_proc.o vmalloc_check.o	# contiguous for the kernel's eyes only
mm-y += vmstat.o vmstat_proc.o vmstat_check.o account.o check_proc.o	# counters; the books of all memory; /proc/mm_check runs the checkers
mm-y += mempool.o util.o allocpercpu.o	# reserves; kmalloc's relatives; per-CPU objects
mm-y += fault_inject.o fault_inject_proc.o	# failures on purpose
mm-y += mmap.o mmap_check.o memory.o fault.o	# areas of address spaces; faults, fork, zapping; whose fault it is
mm-y += rmap.o rmap_check.o prio_tree.o		# from a page to its entries; areas of a file by range
mm-y += filemap.o readahead.o truncate.o	# the page cache; reading before it is asked for; pages out of it
mm-y += page-writeback.o pdflush.o backing-dev.o	# dirty pages; the threads that write them; congested devices
mm-y += swap.o swap_check.o vmscan.o oom_kill.o	# LRU lists and the end of a page; reclaim; when it fails
mm-y += mprotect.o mremap.o madvise.o mlock.o	# the system calls of these names
mm-y += mincore.o msync.o fremap.o fadvise.o shmem.o memfd.o	# … and memory with an inode; seals on it

# mm/test/: kernel self-tests, one file beside each file of mm/
mmtest-y = $(filter-out $(if $(filter 1,$(SLOB)),slab_test.o slab_layout_test.o slab_arena.o,slob_test.o) $(if $(filter highmem.o,$(mm-y)),,highmem_arena.o),$(patsubst mm/test/%.c,%.o,$(sort $(wildcard mm/test/*.c))))
kernel-y += $(patsubst kernel/%.c,%.o,$(sort $(wildcard kernel/test/*.c)))	# those of what stands below mm/

$(if $(wildcard arch-$(ARCH)/arch.mk),,$(error ARCH=$(ARCH) is no machine of Pagoda: say ARCH=riscv or ARCH=i386))
include arch-$(ARCH)/arch.mk

# ---- where things go, and how they are compiled -------------------------------------------------------------------

B := build/$(ARCH)$(if $(filter i3860,$(ARCH)$(PAE)),-nopae)$(if $(filter riscv1,$(ARCH)$(RVHIGHMEM)),-highmem)$(if $(filter 1,$(SLOB)),-slob)$(if $(filter 1,$(DEBUG)),-debug)
Q := $(if $(V),,@)
# On standard error, as standard output is the command's of `make run`; not under -s.
say = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),,@echo '  $1	$(patsubst $(B)/%,%,$@)' >&2)

kernel-objs := $(addprefix $(B)/, $(addprefix arch-$(ARCH)/,$(arch-y)) $(addprefix kernel/,$(kernel-y)) \
	$(addprefix kernel/lib/,$(lib-y)) $(addprefix kernel/fs/,$(fs-y)) $(addprefix kernel/fs/ext2/,$(ext2-y)) \
	$(addprefix kernel/block/,$(block-y)) $(addprefix kernel/drivers/,$(drivers-y)) \
	$(addprefix mm/,$(mm-y)) $(addprefix mm/test/,$(mmtest-y)))
libc-objs := $(patsubst user/%,$(B)/user/obj/%.o,$(basename $(wildcard user/lib/*.c user/lib/$(ARCH)/*.[cS])))
# A program is one .c file of these folders, or a folder of them.
programs := $(patsubst %/,%,$(basename $(foreach d,bin test stress bench,$(wildcard user/$d/*.c user/$d/*/))))
user-progs := $(sort $(addprefix $(B)/,$(programs)))

# The environment's, or found when a recipe first needs it, so that `make help` works on a machine without a compiler.
TOOLPREFIX ?= $(eval TOOLPREFIX := $(shell tools/toolprefix.sh $(ARCH) $(ARCHFLAGS) $(USERARCHFLAGS)))$(if \
	$(filter none,$(TOOLPREFIX)),$(error no compiler for ARCH=$(ARCH)),$(TOOLPREFIX))
CC = $(TOOLPREFIX)gcc
GCC_INCLUDE = $(eval GCC_INCLUDE := $(shell $(CC) -print-file-name=include))$(GCC_INCLUDE)

COMMON = -std=gnu11 -O2 -g -ffreestanding -nostdinc -isystem $(GCC_INCLUDE) -fno-stack-protector -fno-strict-aliasing -fno-strict-overflow \
	-fno-common -fno-omit-frame-pointer -fno-pic -fno-pie -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare \
	-fno-asynchronous-unwind-tables -I. -Iarch-$(ARCH)/include -MMD -MP
# What the language leaves undefined is found when it happens (kernel/ubsan.c).
UBSAN := -fsanitize=shift,bounds,integer-divide-by-zero,unreachable,bool
CFLAGS = $(COMMON) $(ARCHFLAGS) $(if $(filter 1,$(SLOB)),-DCONFIG_SLOB) $(if $(filter 1,$(DEBUG)),-DCONFIG_DEBUG $(UBSAN))
USERCFLAGS = $(COMMON) $(USERARCHFLAGS) -Iuser/lib/include -ffunction-sections
LDFLAGS = $(ARCHLDFLAGS) -nostdlib -z noexecstack -z max-page-size=4096 --no-warn-rwx-segments
USERLDFLAGS = -static -no-pie -nostdlib -Wl,-u,_start -Wl,--gc-sections \
	-Wl,-z,noexecstack,-z,max-page-size=4096,--build-id=none

# ---- guests -------------------------------------------------------------------------------------------------------

CPUS ?= 4
MEM ?= 256M
BLOCK ?= 4096
DISK_SIZE ?= 64M
TIMEOUT ?= 300
# Images that differ in what they hold do not share a file.
disk-key := $(if $(EXTRA)$(filter-out 4096,$(BLOCK))$(filter-out 64M,$(DISK_SIZE)),-$(firstword $(shell echo \
	'$(abspath $(EXTRA)) $(BLOCK) $(DISK_SIZE)' | cksum)))
disk := $(B)/disk$(disk-key).img
extra-new := $(if $(EXTRA),$(if $(shell find '$(EXTRA)' -newer '$(disk)' -print -quit 2>&1),FORCE))
guest = CPUS='$(CPUS)' MEM='$(MEM)' APPEND='$(APPEND)' QEMUOPTS='$(QEMUOPTS)' TIMEOUT='$(TIMEOUT)' DISK='$(disk)'

.DEFAULT_GOAL := all
.DELETE_ON_ERROR .SECONDARY .SECONDEXPANSION:
.PHONY: all qemu run qemu-gdb gdb ktest test-quick test soak bench busybox compare lint doctor grade handin clean builddir help FORCE

all: $(B)/pagoda $(disk) ## build the kernel and the disk image

qemu: all ## boot to a shell on this terminal (C-a x ends QEMU); the disk keeps what you write
	$(Q)$(guest) tools/qemu $(B)

# `make run` must end with the command's own status, so make becomes the guest where it can (tools/become.c).
export PAGODA_CMD := $(value CMD)
ifneq ($(if $(findstring n,$(firstword -$(MAKEFLAGS))),,$(filter run ktest grade,$(MAKECMDGOALS))),)
-load build/tools/become.so(become_gmk_setup)
endif
build/tools/become.so: tools/become.c
	@mkdir -p $(@D); cc -shared -fPIC -O2 -o $@ $< 2>/dev/null

run: all ## CMD="…": boot, run it under /bin/sh -c, power off, exit with its status
	$(if $(CMD),,$(error say what to run: make run CMD="ls /"))
	$(become $(guest) tools/run $(B),PAGODA_CMD)
	$(Q)$(guest) tools/run $(B)

qemu-gdb: all ## as qemu, but wait for `make gdb` in another terminal
	$(Q)$(guest) tools/qemu --gdb $(B)
gdb: $(B)/pagoda ## attach GDB to the guest of `make qemu-gdb`
	$(Q)tools/gdb/attach $(B)

T ?= *
ktest: all ## T='glob': run the kernel self-tests whose names match
	$(become $(guest) tools/ktest $(B) '$(T)',T)$(Q)$(guest) tools/ktest $(B) '$(T)'

pytest = $(PYTHON) -m pytest -c tools/test/pytest.ini --rootdir . tools/test $(wildcard grade/test) -n auto --dist loadgroup $(PYTESTOPTS)
test-quick: ## the tests of every day (5 minutes)
	$(Q)$(pytest) -m quick
test: ## everything, on all configurations (50 minutes on 2 cores)
	$(Q)$(pytest)

soak: ## storms for hours; stops and goes on where it was; results in build/soak
	$(Q)tools/soak
bench: all ## figures by counted instructions, beside Linux's: the same on every machine; ROWS="vma_ fork": only these
	$(Q)tools/bench $(B) $(ROWS)
busybox: ## boot to the shell of Debian's busybox, which is then all of user space
	$(Q)tree=$$(tools/busybox $(ARCH)) && $(MAKE) EXTRA=$$tree qemu || { test $$? = 77 && echo 'busybox is skipped'; }
compare: ## slab against slob (SLOB=1): memory, fragmentation, instructions
	$(Q)tools/compare $(ARCH)
lint: ## the compiler's analyser, cppcheck, the line between arch and core, long functions
	$(Q)tools/lint $(ARCH)
doctor: ## is everything that Pagoda needs on this machine?
	$(Q)tools/doctor

# A student's tree knows its lab; another is tested for LAB=. Both machines, unless one is asked for.
grader = env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL $(PYTHON) grade/grade
grade-tree = $(grader) run . $(if $(LAB),--lab '$(LAB)') --arch $(if $(filter file,$(origin ARCH)),both,$(ARCH)) \
	$(if $(TEST),--only '$(TEST)') $(if $(SEED),--seed '$(SEED)') $(if $(ALL),--all) $(if $(GDB),--gdb)
grade: ## TEST=name SEED=n ALL=1 GDB=1: the lab's tests and points, on both machines unless ARCH= is said
	$(become $(grade-tree),)$(Q)$(grade-tree)

handin: ## pack what the lab wants handed in: handin.tar.gz, or OUT=name.zip
	$(Q)$(grader) handin . $(if $(OUT),--out '$(OUT)')

-include grade/instructor/verbs.mk

clean: ## remove build/
	rm -rf build compile_commands.json

help: ## this list
	@echo 'make VERB [ARCH=riscv|i386] [PAE=0] [RVHIGHMEM=1] [SLOB=1] [DEBUG=1] [V=1]'
	@echo '          PAE=0: i386 with two levels. RVHIGHMEM=1: riscv with high memory (i386: APPEND=highmem=64M). SLOB=1: small heap.'
	@echo '          [CPUS=$(CPUS)] [MEM=$(MEM)] [APPEND=…] [QEMUOPTS=…] [EXTRA=dir] [BLOCK=1024|2048|4096]'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' Makefile $(wildcard grade/instructor/verbs.mk) | expand -t 14

# ---- rules --------------------------------------------------------------------------------------------------------

# Compiled again when the flags changed.
$(B)/flags: FORCE
	@mkdir -p $(@D); echo '$(CFLAGS) / $(USERCFLAGS)' | cmp -s - $@ || echo '$(CFLAGS) / $(USERCFLAGS)' > $@

define compile
	$(call say,$(if $(filter %.S,$<),AS,CC))
	$(Q)mkdir -p $(@D); $(CC) $1 $(if $(filter %.S,$<),-D__ASSEMBLY__) -c $< -o $@
endef
$(B)/user/obj/%.o: user/%.c $(B)/flags
	$(call compile,$(USERCFLAGS))
$(B)/user/obj/%.o: user/%.S $(B)/flags
	$(call compile,$(USERCFLAGS))
$(B)/%.o: %.c $(B)/flags
	$(call compile,$(CFLAGS))
$(B)/%.S.o: %.S $(B)/flags		# trap.S stands beside trap.c
	$(call compile,$(CFLAGS))

$(B)/user/obj/libc.a: $(libc-objs)
	$(call say,AR)
	$(Q)rm -f $@; $(TOOLPREFIX)ar rcs $@ $^

objs-of = $(patsubst user/%.c,$(B)/user/obj/%.o,$(or $(wildcard $1.c),$(wildcard $1/*.c)))
$(user-progs): $(B)/%: $$(call objs-of,$$*) $(B)/user/obj/libc.a
	$(call say,LD)
	$(Q)mkdir -p $(@D); $(CC) $(USERARCHFLAGS) $(USERLDFLAGS) -o $@ $^ -lgcc

# The kernel holds a table of its own functions' names, so it is linked until that table is true.
$(B)/pagoda: $(kernel-objs) arch-$(ARCH)/kernel.ld tools/link-kernel tools/kallsyms
	$(call say,LD)
	$(Q)CC='$(CC) $(ARCHFLAGS)' LD='$(TOOLPREFIX)ld' NM='$(TOOLPREFIX)nm' tools/link-kernel $@ \
		$(LDFLAGS) -T arch-$(ARCH)/kernel.ld $(kernel-objs) $(shell $(CC) $(ARCHFLAGS:%_zicsr_zifencei=%) -print-libgcc-file-name)
	$(Q)echo '$(QEMU_MACHINE)' > $(B)/machine

$(disk): $(user-progs) $(wildcard user/etc/* user/root/*) tools/mkimage $(extra-new)
	$(call say,IMAGE)
	$(Q)STRIP='$(TOOLPREFIX)strip' tools/mkimage -b $(BLOCK) -s $(DISK_SIZE) $(if $(EXTRA),-x '$(EXTRA)') $@ $(user-progs)

builddir: ; @echo $(B)
print-disk: ; @echo $(disk)
compile_commands.json: FORCE ## for clangd
	$(Q)$(MAKE) -Bn V=1 all | tools/compile-commands > $@

-include $(patsubst %.o,%.d,$(kernel-objs)) $(shell find $(B)/user/obj -name '*.d' 2>/dev/null)
