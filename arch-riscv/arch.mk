# RISC-V `virt` under OpenSBI: flags, objects and QEMU's machine.

ARCHFLAGS := -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany
ARCHLDFLAGS := -m elf64lriscv
USERARCHFLAGS := -march=rv64gc -mabi=lp64d

# arch-riscv/: in both arches the same names
arch-y := boot.S.o		# from the firmware to start_kernel(), and the other harts
arch-y += setup.o		# what the device tree says, told to the core
arch-y += fdt.o			# reads the flattened device tree
arch-y += pgtable.o		# the kernel's own page tables, and tables for everybody
arch-y += tlb.o			# flushes, on all harts that need them; switch_mm
arch-y += trap.S.o		# into the kernel and out
arch-y += trap.o		# what a trap was, and who handles it
arch-y += syscall_table.o	# Linux's numbers
arch-y += fault.o		# page faults, decoded; the exception table
arch-y += uaccess.S.o		# copies that may fault
arch-y += switch.S.o		# from one kernel stack to another
arch-y += process.o		# a thread's registers, backtraces
arch-y += signal.o		# signal frames, restarting, struct stat
arch-y += irq.o			# the PLICs
arch-y += timer.o		# clock, one-shot timer, wall clock
arch-y += smp.o			# starting harts, poking them
arch-y += poweroff.o		# the end

# kernel/lib/ of this machine only
lib-y += bits.o		# counting bits: there are no instructions for that

# kernel/drivers/ of this machine only
drivers-y += virtio_mmio.o	# virtio's registers in memory

# QEMU's program and machine; then how its virtio devices are called
QEMU_MACHINE := qemu-system-riscv64 -machine virt -bios default -global virtio-mmio.force-legacy=false virtio=device
