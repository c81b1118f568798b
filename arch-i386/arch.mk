# i386 `pc`, loaded by multiboot: flags, objects and QEMU's machine. PAE=0 is the classic two-level build.

ARCHFLAGS := -m32 -march=i686 -mgeneral-regs-only -DCONFIG_HIGHMEM $(if $(filter 0,$(PAE)),,-DCONFIG_PAE)
ARCHLDFLAGS := -m elf_i386
USERARCHFLAGS := -m32 -march=i686

# arch-i386/: in both arches the same names

# mm/ of this machine only
mm-y += highmem.o		# windows onto pages outside the direct map

# kernel/drivers/ of this machine only
drivers-y += pci.o virtio_pci.o	# finding PCI functions; virtio among them

# QEMU's program and machine; then how its virtio devices are called
QEMU_MACHINE := qemu-system-i386 -machine pc -cpu max -device isa-debug-exit,iobase=0xf4,iosize=4 virtio=pci
