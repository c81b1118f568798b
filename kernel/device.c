/*
 * device.c: devices and the drivers that want them.
 *
 * Owns:   the table of devices. Locks: none: boot only, by one CPU.
 * Read next: drivers/drivers.c.
 */
#include "kernel/device.h"
#include "kernel/printk.h"
#include "kernel/lib/string.h"
#include "kernel/uapi/errno.h"

#define MAX_DEVICES	64

static struct device devices[MAX_DEVICES];
static int nr_devices;

/* => boot; needs no memory */
void device_register(const struct device *dev)
{
	if (nr_devices == MAX_DEVICES) {
		printk(KERN_ERR "no room for device %s at 0x%llx\n", dev->compatible, (u64)dev->base);
		return;
	}
	devices[nr_devices++] = *dev;
}

/* Offer all devices of its kind to the driver, in the order in which they were told. => process context */
void driver_register(struct device_driver *drv)
{
	for (int i = 0; i < nr_devices; i++) {
		int err = strcmp(devices[i].compatible, drv->compatible) ? -ENODEV : drv->probe(&devices[i]);

		if (err && err != -ENODEV)
			printk(KERN_ERR "%s at 0x%llx: error %d\n", drv->compatible, (u64)devices[i].base, err);
	}
}
