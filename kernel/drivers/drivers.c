/* drivers.c: the drivers meet their devices, once, at boot. */
#include "kernel/drivers/drivers.h"
#include "kernel/arch.h"

void drivers_init(void)
{
	machine_devices();
	for (int i = 0; machine_drivers[i]; i++)
		driver_register(machine_drivers[i]);
	ramdisk_init();
}
