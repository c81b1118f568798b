# i386 `pc`, loaded by multiboot: flags, objects and QEMU's machine. PAE=0 is the classic two-level build.

ARCHFLAGS := -m32 -march=i686 -mgeneral-regs-only -DCONFIG_HIGHMEM $(if $(filter 0,$(PAE)),,-DCONFIG_PAE)
ARCHLDFLAGS := -m elf_i386
USERARCHFLAGS := -m32 -march=i686

# arch-i386/: in both arches the same names
arch-y := boot.S.o		# from the boot loader to start_kernel(), and the other CPUs
arch-y += setup.o		# what the boot loader and the CPU say, told to the core
arch-y += acpi.o		# the firmware's tables: CPUs, interrupt controllers, power
arch-y += pgtable.o		# the kernel's own page tables, fixmap, atomic kmaps, tables for everybody
arch-y += tlb.o			# flushes, on all CPUs that need them; switch_mm
arch-y += trap.S.o		# into the kernel and out
arch-y += trap.o		# descriptor tables, exceptions
arch-y += syscall_table.o	# Linux's numbers, struct stat
arch-y += fault.o		# page faults, decoded; the exception table
arch-y += uaccess.S.o		# copies that may fault
arch-y += switch.S.o		# from one kernel stack to another
arch-y += process.o		# a thread's registers, FPU, TLS; backtraces
arch-y += signal.o		# signal frames
arch-y += irq.o			# local APICs and IO-APICs
arch-y += timer.o		# clock, one-shot timer, wall clock
arch-y += smp.o			# starting CPUs, poking them
arch-y += poweroff.o		# the end

# kernel/ of this machine only
kernel-y += time32.o		# system calls whose times have 32 bits

# mm/ of this machine only
mm-y += highmem.o		# windows onto pages outside the direct map

# kernel/fs/ of this machine only
fs-y += oldstat.o		# stat with 16-bit numbers

# kernel/drivers/ of this machine only
drivers-y += pci.o virtio_pci.o	# finding PCI functions; virtio among them

# QEMU's program and machine; then how its virtio devices are called
QEMU_MACHINE := qemu-system-i386 -machine pc -cpu max -device isa-debug-exit,iobase=0xf4,iosize=4 virtio=pci
