# RISC-V `virt` under OpenSBI: flags, objects and QEMU's machine.

ARCHFLAGS := -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany
ARCHLDFLAGS := -m elf64lriscv
USERARCHFLAGS := -march=rv64gc -mabi=lp64d

# arch-riscv/: in both arches the same names

# kernel/drivers/ of this machine only
drivers-y += virtio_mmio.o	# virtio's registers in memory

# QEMU's program and machine; then how its virtio devices are called
QEMU_MACHINE := qemu-system-riscv64 -machine virt -bios default -global virtio-mmio.force-legacy=false virtio=device
