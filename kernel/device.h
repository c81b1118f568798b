#ifndef KERNEL_DEVICE_H
#define KERNEL_DEVICE_H

/*
 * Devices that the firmware (or PCI) told of, and the drivers that want them, matched by a compatible string as
 * the device tree has it: "ns16550a", "virtio,mmio", "virtio,pci" …. Both lists are filled at boot, by one CPU.
 */
#include "kernel/types.h"

struct device {
	const char *compatible;
	phys_t base;			/* registers; I/O ports if io_ports */
	unsigned long size;
	bool io_ports;
	int irq;
	u32 clock_frequency;		/* UART input clock, 0 unknown */
	u32 reg_shift;			/* UART register spacing, log2 */
	void *bus_data;			/* struct pci_dev for PCI */
};

struct device_driver {
	const char *compatible;
	int (*probe)(struct device *dev);	/* 0 or -errno; -ENODEV: not mine, say nothing */
	struct device_driver *next;
};

/* => boot only. The device is copied; works before kmalloc does (a small static table, then an error message). */
void device_register(const struct device *dev);
/* Probe all registered devices that match, now and no later. => process context, slab up. */
void driver_register(struct device_driver *drv);

#endif
