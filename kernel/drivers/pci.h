#ifndef KERNEL_DRIVERS_PCI_H
#define KERNEL_DRIVERS_PCI_H

/* PCI by configuration mechanism 1, as the firmware has set it up: addresses and interrupt lines are taken over. */
#include "kernel/types.h"

#define PCI_NUM_BARS	6

struct pci_dev {		/* constant once found */
	u8 bus, slot, function;
	u16 vendor, device, subsystem_device;
	u32 class;		/* class, subclass, interface */
	int irq;		/* the line that the firmware routed it to */
};

u8 pci_read8(const struct pci_dev *dev, unsigned int reg);
u16 pci_read16(const struct pci_dev *dev, unsigned int reg);
u32 pci_read32(const struct pci_dev *dev, unsigned int reg);
void pci_write16(const struct pci_dev *dev, unsigned int reg, u16 v);
/* Where memory BAR @bar begins; false: it is unused or a port BAR. */
bool pci_bar_memory(const struct pci_dev *dev, unsigned int bar, phys_t *base);
/* The next capability @id behind @after (0: the first). Its place in configuration space, or 0. */
unsigned int pci_find_capability(const struct pci_dev *dev, u8 id, unsigned int after);
void pci_enable(const struct pci_dev *dev);	/* answers to memory and ports, may be bus master */
/* Find all functions of all buses; each becomes a struct device "pci" with bus_data. => boot, process context */
void pci_init(void);

#endif
