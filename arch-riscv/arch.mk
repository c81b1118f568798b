# RISC-V `virt` under OpenSBI: flags, objects and QEMU's machine. RVHIGHMEM=1 cuts the direct map short: the rest is high memory.

ARCHFLAGS := -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany $(if $(filter 1,$(RVHIGHMEM)),-DCONFIG_HIGHMEM)
ARCHLDFLAGS := -m elf64lriscv
USERARCHFLAGS := -march=rv64gc -mabi=lp64d

# arch-riscv/: in both arches the same names
arch-y := boot.S.o setup.o fdt.o	# up to start_kernel(), and the other harts; the device tree, told to the core
arch-y += pgtable.o tlb.o		# the kernel's page tables; flushes wherever they are needed, switch_mm
arch-y += trap.S.o trap.o fault.o	# into the kernel and out; what a trap was; page faults, the exception table
arch-y += syscall_table.o signal.o	# Linux's numbers; signal frames, restarting, struct stat
arch-y += uaccess.S.o			# copies that may fault
arch-y += switch.S.o process.o		# from one kernel stack to another; a thread's registers, backtraces
arch-y += irq.o timer.o smp.o		# the PLICs; the clocks; starting harts, poking them
arch-y += poweroff.o			# the end

# RVHIGHMEM=1: windows onto pages outside the direct map, and this machine's half of them
mm-y += $(if $(filter 1,$(RVHIGHMEM)),highmem.o)
arch-y += $(if $(filter 1,$(RVHIGHMEM)),highmem.o)

# kernel/lib/ of this machine only
lib-y += bits.o		# counting bits: there are no instructions for that

# kernel/drivers/ of this machine only
drivers-y += virtio_mmio.o	# virtio's registers in memory

# QEMU's program and machine; then how its virtio devices are called
QEMU_MACHINE := qemu-system-riscv64 -machine virt -bios default -global virtio-mmio.force-legacy=false virtio=device
