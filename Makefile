# Pagoda's build: every verb of the house; `make help` lists them.
#
# Out of tree: build/<arch>[-nopae][-debug]/ holds the kernel (pagoda), the user programs (user/bin/ls …) and the
# disk (disk.img). What only one machine needs (flags, objects, QEMU's machine) is in arch-<arch>/arch.mk.
# A new source file: add its line to the list of its folder below.

ARCH ?= riscv
PAE ?= 1
DEBUG ?= 0
PYTHON ?= /usr/bin/python3

# ---- the kernel's objects: one list a folder ----------------------------------------------------------------------

# kernel/: processes, scheduler, signals, system calls, time, locks, RCU, printk, panic
kernel-y := main.o	# boot, command line, the first program
kernel-y += init_task.o	# pid 0
kernel-y += printk.o	# the log
kernel-y += panic.o	# the end
kernel-y += kallsyms.o	# addresses into names
kernel-y += percpu.o	# each CPU's copy of variables
kernel-y += wait.o	# wait queues, completions
kernel-y += mutex.o	# sleeping locks
kernel-y += rwsem.o	# … for readers and writers
kernel-y += rcu.o	# freeing what others may still read
kernel-y += timer.o	# timers and the tick
kernel-y += time.o	# clocks, nanosleep
kernel-y += itimer.o	# setitimer, alarm
kernel-y += sched.o	# the switch
kernel-y += sched_balance.o	# … which CPU
kernel-y += sched_sys.o	# … what users may change
kernel-y += irq.o	# device interrupts
kernel-y += smp.o	# the other CPUs
kernel-y += workqueue.o	# work for later
kernel-y += pid.o	# numbers of tasks
kernel-y += fork.o	# new tasks
kernel-y += exit.o	# their end
kernel-y += wait_child.o	# wait4
kernel-y += exec.o	# execve
kernel-y += binfmt_elf.o	# … of ELF files
kernel-y += binfmt_script.o	# … of #! scripts
kernel-y += signal.o	# signals
kernel-y += signal_sys.o	# … their system calls
kernel-y += futex.o	# sleeping on user memory
kernel-y += cred.o	# user ids, process groups, sessions
kernel-y += sys.o	# uname, limits, usage, reboot …
kernel-y += random.o	# ChaCha20
kernel-y += device.o	# devices and drivers
kernel-debug := lockdep.o race.o	# DEBUG=1: lock order; meeting places for tests
kernel-y += $(if $(filter 1,$(DEBUG)),$(kernel-debug))
kernel-y += ktest.o	# the self-tests of the kernel

# kernel/lib/: data structures and strings, no kernel state
lib-y := string.o	# memory and strings
lib-y += parse.o	# numbers out of strings
lib-y += vsnprintf.o	# text out of numbers
lib-y += bitmap.o	# finding bits
lib-y += sort.o		# heap sort
lib-y += rbtree.o	# balanced trees: VMAs, timers
lib-y += radix_tree.o	# the page cache's index

# kernel/fs/: VFS, procfs, devices, pipes, tty
fs-y := init.o		# the order of starting
fs-y += dcache.o	# names
fs-y += inode.o		# what they stand for
fs-y += super.o		# filesystems
fs-y += namespace.o	# where they are mounted
fs-y += namei.o		# from a path to a file
fs-y += dirs.o		# making and removing names
fs-y += open.o		# opening, sizes, owners, times
fs-y += attr.o		# changing attributes
fs-y += stat.o		# telling them
fs-y += file_table.o	# open files and tables of descriptors
fs-y += file.o		# descriptors, fcntl
fs-y += read_write.o	# moving bytes
fs-y += readdir.o	# getdents
fs-y += ioctl.o		# what all files share of it
fs-y += poll.o		# waiting for many files
fs-y += locks.o		# fcntl's and flock's
fs-y += fs-writeback.o	# dirty inodes to the disk
fs-y += buffer.o	# blocks inside pages
fs-y += mpage.o		# whole pages at once
fs-y += pipe.o		# pipes and FIFOs
fs-y += libfs.o		# what filesystems without a disk share
fs-y += ramfs.o		# ramfs, tmpfs
fs-y += devices.o	# character devices, /dev
fs-y += tty_io.o	# terminals
fs-y += n_tty.o		# their line discipline
fs-y += seq_file.o	# texts made up while read
fs-y += proc/generic.o	# /proc: its tree of files
fs-y += proc/misc.o	# /proc: files of the whole system
fs-y += proc/sys.o	# /proc/sys
fs-y += proc/pid.o	# /proc/PID
fs-y += proc/array.o	# /proc/PID: texts
fs-y += proc/task_mmu.o	# /proc/PID: memory

# kernel/fs/ext2/: the filesystem on the disk
ext2-y := super.o file.o symlink.o	# mounting; open files; links
ext2-y += inode.o blockmap.o		# inodes; where a file's blocks are
ext2-y += dir.o namei.o			# names
ext2-y += balloc.o ialloc.o		# what is free

# kernel/block/: bio and the request queue
block-y := bio.o	# a transfer
block-y += queue.o	# requests, merged and sorted
block-y += genhd.o	# the disks
block-y += block_dev.o	# a disk as a file

# kernel/drivers/: devices of both machines; those of one are in arch.mk
drivers-y := drivers.o uart8250.o		# which there are; serial terminals
drivers-y += virtio.o virtio_blk.o virtio_console.o	# virtio: the core, disks, the host's terminal
drivers-y += ramdisk.o		# a disk in memory

# mm/: the memory manager, a file for each file of Linux 2.6.20's mm/
mm-y += bootmem.o	# memory before the buddy lists stand
mm-y += page_alloc_boot.o	# from the firmware's list of memory to nodes and zones
mm-y += mmzone.o	# walking nodes and zones
mm-y += sparse.o	# the memmap, in sections
mm-y += page_alloc.o	# the buddy allocator and its zones
mm-y += page_alloc_proc.o page_alloc_check.o	# /proc/buddyinfo, zoneinfo, the OOM report; what must hold
mm-y += slab.o		# object caches and kmalloc
mm-y += slab_debug.o slab_proc.o slab_check.o	# red zones and poison; /proc/slabinfo; what must hold
mm-y += vmalloc.o	# contiguous for the kernel's eyes only
mm-y += vmalloc_proc.o vmalloc_check.o	# /proc/vmallocinfo; what must hold
mm-y += util.o		# kmalloc's small relatives
mm-y += allocpercpu.o	# per-CPU objects made at run time
mm-y += vmstat.o	# counters of zones and events
mm-y += vmstat_proc.o vmstat_check.o	# /proc/vmstat, meminfo; what must hold
mm-y += fault_inject.o	# allocations that fail on purpose
mm-y += mmap.o		# areas of address spaces
mm-y += mmap_check.o swap_check.o	# what must hold of areas and entries, and of the LRU lists
mm-y += memory.o	# page tables: faults, fork, zapping
mm-y += fault.o		# whose fault it is
mm-y += rmap.o		# from a page to its entries
mm-y += prio_tree.o	# areas of a file by range
mm-y += swap.o		# LRU lists and the end of a page
mm-y += filemap.o	# the page cache; reading, writing, mapping files
mm-y += readahead.o	# reading before it is asked for
mm-y += truncate.o	# pages out of the cache
mm-y += page-writeback.o	# dirty pages
mm-y += pdflush.o	# the threads that write them
mm-y += backing-dev.o	# congested devices
mm-y += vmscan.o	# reclaim
mm-y += oom_kill.o	# when reclaim fails
mm-y += shmem.o		# memory with an inode
mm-y += mprotect.o mremap.o madvise.o mlock.o mincore.o msync.o fadvise.o	# the system calls of these names

# mm/test/: kernel self-tests, one file beside each file of mm/
mmtest-y := $(patsubst mm/test/%.c,%.o,$(sort $(wildcard mm/test/*.c)))

ifeq ($(wildcard arch-$(ARCH)/arch.mk),)
$(error ARCH=$(ARCH) is no machine of Pagoda: say ARCH=riscv or ARCH=i386)
endif
include arch-$(ARCH)/arch.mk

# ---- where things go, and how they are compiled -------------------------------------------------------------------

B := build/$(ARCH)$(if $(filter i3860,$(ARCH)$(PAE)),-nopae)$(if $(filter 1,$(DEBUG)),-debug)
Q := $(if $(V),,@)
say = $(if $(V),,@echo '  $1	$(patsubst $(B)/%,%,$@)')

kernel-objs := $(addprefix $(B)/, $(addprefix arch-$(ARCH)/,$(arch-y)) $(addprefix kernel/,$(kernel-y)) \
	$(addprefix kernel/lib/,$(lib-y)) $(addprefix kernel/fs/,$(fs-y)) $(addprefix kernel/fs/ext2/,$(ext2-y)) \
	$(addprefix kernel/block/,$(block-y)) $(addprefix kernel/drivers/,$(drivers-y)) \
	$(addprefix mm/,$(mm-y)) $(addprefix mm/test/,$(mmtest-y)))
libc-objs := $(patsubst user/%,$(B)/user/obj/%.o,$(basename $(wildcard user/lib/*.c user/lib/$(ARCH)/*.[cS])))
# A program is one .c file of these folders, or a folder of them.
programs := $(patsubst %/,%,$(basename $(foreach d,bin test stress bench,$(wildcard user/$d/*.c user/$d/*/))))
user-progs := $(sort $(addprefix $(B)/,$(programs)))

# Found when a recipe first needs it, so that `make help` works on a machine without a compiler.
TOOLPREFIX = $(eval TOOLPREFIX := $(shell tools/toolprefix.sh $(ARCH) $(ARCHFLAGS) $(USERARCHFLAGS)))$(if \
	$(filter none,$(TOOLPREFIX)),$(error no compiler for ARCH=$(ARCH)),$(TOOLPREFIX))
CC = $(TOOLPREFIX)gcc
GCC_INCLUDE = $(eval GCC_INCLUDE := $(shell $(CC) -print-file-name=include))$(GCC_INCLUDE)

COMMON = -std=gnu11 -O2 -g -ffreestanding -nostdinc -isystem $(GCC_INCLUDE) -fno-stack-protector -fno-strict-aliasing \
	-fno-common -fno-omit-frame-pointer -fno-pic -fno-pie -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare \
	-fno-asynchronous-unwind-tables -I. -Iarch-$(ARCH)/include -MMD -MP
CFLAGS = $(COMMON) $(ARCHFLAGS) $(if $(filter 1,$(DEBUG)),-DCONFIG_DEBUG)
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
.DELETE_ON_ERROR:
.SECONDARY:
.SECONDEXPANSION:
.PHONY: all qemu run qemu-gdb gdb ktest test-quick test soak bench lint doctor clean help FORCE

all: $(B)/pagoda $(disk) ## build the kernel and the disk image

qemu: all ## boot to a shell on this terminal (C-a x ends QEMU); the disk keeps what you write
	$(Q)$(guest) tools/qemu $(B)

# `make run` must end with the command's own status, so make becomes the guest where it can (tools/become.c).
export PAGODA_CMD := $(value CMD)
ifneq ($(filter run ktest,$(MAKECMDGOALS)),)
ifeq ($(findstring n,$(firstword -$(MAKEFLAGS))),)
-load build/tools/become.so(become_gmk_setup)
endif
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
	$(become $(guest) tools/ktest $(B) '$(T)',T)
	$(Q)$(guest) tools/ktest $(B) '$(T)'

pytest = $(PYTHON) -m pytest tools/test -n auto --dist loadgroup $(PYTESTOPTS)
test-quick: ## the tests of every day (5 minutes)
	$(Q)$(pytest) -m quick

test: ## everything, on all configurations (25 minutes on 2 cores)
	$(Q)$(pytest)

soak: ## storms for hours; stops and goes on where it was; results in build/soak
	$(Q)tools/soak

bench: all ## figures by counted instructions: the same on every machine
	$(Q)$(guest) tools/bench $(B)

lint: ## the compiler's analyser, cppcheck, the line between arch and core, long functions
	$(Q)tools/lint $(ARCH)

doctor: ## is everything that Pagoda needs on this machine?
	$(Q)tools/doctor

clean: ## remove build/
	rm -rf build compile_commands.json

help: ## this list
	@echo 'make VERB [ARCH=riscv|i386] [PAE=0] [DEBUG=1] [V=1]'
	@echo '          [CPUS=$(CPUS)] [MEM=$(MEM)] [APPEND=…] [QEMUOPTS=…] [EXTRA=dir] [BLOCK=1024|2048|4096]'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' Makefile | expand -t 14

# ---- rules --------------------------------------------------------------------------------------------------------

# Compiled again when the flags changed.
$(B)/flags: FORCE
	@mkdir -p $(@D); echo '$(CFLAGS) / $(USERCFLAGS)' | cmp -s - $@ || echo '$(CFLAGS) / $(USERCFLAGS)' > $@

$(B)/user/obj/%.o: user/%.c $(B)/flags
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(USERCFLAGS) -c $< -o $@

$(B)/user/obj/%.o: user/%.S $(B)/flags
	$(call say,AS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(USERCFLAGS) -D__ASSEMBLY__ -c $< -o $@

$(B)/user/obj/libc.a: $(libc-objs)
	$(call say,AR)
	$(Q)rm -f $@; $(TOOLPREFIX)ar rcs $@ $^

objs-of = $(patsubst user/%.c,$(B)/user/obj/%.o,$(or $(wildcard $1.c),$(wildcard $1/*.c)))
$(user-progs): $(B)/%: $$(call objs-of,$$*) $(B)/user/obj/libc.a
	$(call say,LD)
	@mkdir -p $(@D)
	$(Q)$(CC) $(USERARCHFLAGS) $(USERLDFLAGS) -o $@ $^ -lgcc

$(B)/%.o: %.c $(B)/flags
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -c $< -o $@

# trap.S stands beside trap.c
$(B)/%.S.o: %.S $(B)/flags
	$(call say,AS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -D__ASSEMBLY__ -c $< -o $@

# The kernel holds a table of its own functions' names, so it is linked until that table is true.
$(B)/pagoda: $(kernel-objs) arch-$(ARCH)/kernel.ld tools/link-kernel tools/kallsyms
	$(call say,LD)
	$(Q)CC='$(CC) $(ARCHFLAGS)' LD='$(TOOLPREFIX)ld' NM='$(TOOLPREFIX)nm' tools/link-kernel $@ \
		$(LDFLAGS) -T arch-$(ARCH)/kernel.ld $(kernel-objs) $(shell $(CC) $(ARCHFLAGS:%_zicsr_zifencei=%) -print-libgcc-file-name)
	$(Q)echo '$(QEMU_MACHINE)' > $(B)/machine

$(disk): $(user-progs) $(wildcard user/etc/* user/root/*) tools/mkimage $(extra-new)
	$(call say,IMAGE)
	$(Q)STRIP='$(TOOLPREFIX)strip' tools/mkimage -b $(BLOCK) -s $(DISK_SIZE) $(if $(EXTRA),-x '$(EXTRA)') $@ $(user-progs)

print-disk: ; @echo $(disk)

compile_commands.json: FORCE ## for clangd
	$(Q)$(MAKE) -Bn V=1 all | tools/compile-commands > $@

-include $(patsubst %.o,%.d,$(kernel-objs)) $(shell find $(B)/user/obj -name '*.d' 2>/dev/null)
