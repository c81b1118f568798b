# i386 `pc`, loaded by multiboot: flags, objects and QEMU's machine. PAE=0 is the classic two-level build.

ARCHFLAGS := -m32 -march=i686 -mgeneral-regs-only -DCONFIG_HIGHMEM $(if $(filter 0,$(PAE)),,-DCONFIG_PAE)
ARCHLDFLAGS := -m elf_i386
USERARCHFLAGS := -m32 -march=i686

# arch-i386/: in both arches the same names
arch-y := boot.S.o setup.o acpi.o	# up to start_kernel(), and the other CPUs; what the firmware says, told to the core
arch-y += pgtable.o highmem.o tlb.o	# the kernel's page tables; a CPU's windows; flushes wherever they are needed, switch_mm
arch-y += trap.S.o trap.o fault.o	# into the kernel and out; what a trap was; page faults, the exception table
arch-y += syscall_table.o signal.o	# Linux's numbers, struct stat; signal frames
arch-y += uaccess.S.o			# copies that may fault
arch-y += switch.S.o process.o		# from one kernel stack to another; a thread's registers, FPU, TLS, backtraces
arch-y += irq.o timer.o smp.o		# local APICs and IO-APICs; the clocks; starting CPUs, poking them
arch-y += poweroff.o			# the end

# Of this machine only
kernel-y += time32.o		# i386's first calls with times, of 32 bits
fs-y += oldstat.o		# stat with 16-bit numbers
mm-y += highmem.o		# windows onto pages outside the direct map
drivers-y += pci.o virtio_pci.o	# finding PCI functions; virtio among them

# QEMU's program and machine; then how its virtio devices are called
QEMU_MACHINE := qemu-system-i386 -machine pc -cpu max -device isa-debug-exit,iobase=0xf4,iosize=4 virtio=pci
