#ifndef KERNEL_DRIVERS_DRIVERS_H
#define KERNEL_DRIVERS_DRIVERS_H

/* The drivers there are; a machine's own list of those to start is machine_drivers[] in its setup.c. */
#include "kernel/device.h"

extern struct device_driver virtio_mmio_driver, virtio_pci_driver, uart8250_driver;
extern struct device_driver *const machine_drivers[];	/* kernel/arch.h: NULL-ended; terminals first */

void drivers_init(void);	/* all of them meet their devices. => process context, after vfs_init and block_init */
void ramdisk_init(void);	/* /dev/ram0, if ramdisk_size says so */
extern unsigned long ramdisk_size;	/* bytes; set from the command line */

#endif
