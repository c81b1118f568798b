/*
 * pci.c: finding PCI functions.
 *
 * Owns:   ports 0xcf8 and 0xcfc; the pci_devs, found once at boot.
 * Locks:  config_lock (irq-safe leaf): address and data port are used as a pair.
 * Read next: virtio_pci.c.
 */
#include "kernel/drivers/pci.h"
#include "kernel/device.h"
#include "kernel/printk.h"
#include "kernel/spinlock.h"
#include "mm/slab.h"
#include <asm/io.h>

#define CONFIG_ADDRESS	0xcf8
#define CONFIG_DATA	0xcfc

enum {
	PCI_VENDOR_ID = 0x00, PCI_DEVICE_ID = 0x02, PCI_COMMAND = 0x04, PCI_STATUS = 0x06, PCI_CLASS = 0x08,
	PCI_HEADER_TYPE = 0x0e, PCI_BAR0 = 0x10, PCI_SECONDARY_BUS = 0x19, PCI_SUBSYSTEM_ID = 0x2e,
	PCI_CAPABILITIES = 0x34, PCI_INTERRUPT_LINE = 0x3c
};
#define PCI_COMMAND_IO		1
#define PCI_COMMAND_MEMORY	2
#define PCI_COMMAND_MASTER	4
#define PCI_STATUS_CAP_LIST	0x10
#define PCI_HEADER_BRIDGE	1
#define PCI_HEADER_MULTI	0x80
#define PCI_BAR_IO		1
#define PCI_BAR_TYPE_64		4
#define PCI_MAX_CAPS		48	/* a looped list must not hang us */

static DEFINE_SPINLOCK(config_lock, RANK_IRQ_LEAF);

u32 pci_read32(const struct pci_dev *dev, unsigned int reg)
{
	unsigned long flags;
	u32 v;

	spin_lock_irqsave(&config_lock, flags);
	outl(1u << 31 | (u32)dev->bus << 16 | (u32)dev->slot << 11 | (u32)dev->function << 8 | (reg & 0xfc),
	     CONFIG_ADDRESS);
	v = inl(CONFIG_DATA);
	spin_unlock_irqrestore(&config_lock, flags);
	return v;
}

u16 pci_read16(const struct pci_dev *dev, unsigned int reg)
{
	return (u16)(pci_read32(dev, reg) >> (8 * (reg & 2)));
}

u8 pci_read8(const struct pci_dev *dev, unsigned int reg)
{
	return (u8)(pci_read32(dev, reg) >> (8 * (reg & 3)));
}

void pci_write16(const struct pci_dev *dev, unsigned int reg, u16 v)
{
	unsigned long flags;

	spin_lock_irqsave(&config_lock, flags);
	outl(1u << 31 | (u32)dev->bus << 16 | (u32)dev->slot << 11 | (u32)dev->function << 8 | (reg & 0xfc),
	     CONFIG_ADDRESS);
	outw(v, (u16)(CONFIG_DATA + (reg & 2)));
	spin_unlock_irqrestore(&config_lock, flags);
}

bool pci_bar_memory(const struct pci_dev *dev, unsigned int bar, phys_t *base)
{
	u32 low = pci_read32(dev, PCI_BAR0 + 4 * bar);
	u64 address = low & ~0xfu;

	if (low & PCI_BAR_IO)
		return false;
	if (low & PCI_BAR_TYPE_64)
		address |= (u64)pci_read32(dev, PCI_BAR0 + 4 * bar + 4) << 32;
	*base = (phys_t)address;
	return address && *base == address;
}

unsigned int pci_find_capability(const struct pci_dev *dev, u8 id, unsigned int after)
{
	unsigned int at = after ? pci_read8(dev, after + 1) : pci_read8(dev, PCI_CAPABILITIES);

	if (!(pci_read16(dev, PCI_STATUS) & PCI_STATUS_CAP_LIST))
		return 0;
	for (int i = 0; at >= 0x40 && i < PCI_MAX_CAPS; i++) {
		if (pci_read8(dev, at) == id)
			return at;
		at = pci_read8(dev, at + 1);
	}
	return 0;
}

void pci_enable(const struct pci_dev *dev)
{
	pci_write16(dev, PCI_COMMAND, (u16)(pci_read16(dev, PCI_COMMAND) |
					    PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER));
}

static void found(const struct pci_dev *seen)
{
	struct pci_dev *dev = kmalloc(sizeof(*dev), GFP_KERNEL);

	if (!dev) {
		printk(KERN_ERR "pci: no memory for %02x:%02x.%x\n", seen->bus, seen->slot, seen->function);
		return;
	}
	*dev = *seen;
	dev->subsystem_device = pci_read16(dev, PCI_SUBSYSTEM_ID);
	dev->class = pci_read32(dev, PCI_CLASS) >> 8;
	dev->irq = pci_read8(dev, PCI_INTERRUPT_LINE);
	device_register(&(struct device){ .compatible = "pci", .irq = dev->irq, .bus_data = dev });
}

static bool present(struct pci_dev *dev)
{
	dev->vendor = pci_read16(dev, PCI_VENDOR_ID);
	dev->device = pci_read16(dev, PCI_DEVICE_ID);
	return dev->vendor != 0xffff;
}

static void scan_bus(u8 bus)
{
	for (u8 slot = 0; slot < 32; slot++) {
		struct pci_dev dev = { .bus = bus, .slot = slot };
		u8 functions = 1;

		for (dev.function = 0; dev.function < functions; dev.function++) {
			u8 header;

			if (!present(&dev))
				continue;
			header = pci_read8(&dev, PCI_HEADER_TYPE);
			if (dev.function == 0 && header & PCI_HEADER_MULTI)
				functions = 8;
			if ((header & ~PCI_HEADER_MULTI) == PCI_HEADER_BRIDGE &&
			    pci_read8(&dev, PCI_SECONDARY_BUS) > bus)
				scan_bus(pci_read8(&dev, PCI_SECONDARY_BUS));
			found(&dev);
		}
	}
}

void pci_init(void)
{
	scan_bus(0);
}
