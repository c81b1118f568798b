/*
 * Sizes for people: three digits and a unit of 1024, rounded up as df and ls do.
 */
#include <human.h>
#include <stdio.h>

char *human_size(char *buf, unsigned long long bytes)
{
	static const char units[] = "BKMGTPE";
	unsigned long long tenths = bytes * 10;
	int u = 0;

	while (tenths > 10239) {
		tenths = (tenths + 1023) / 1024;
		u++;
	}
	if (u == 0)
		sprintf(buf, "%llu", bytes);
	else if (tenths < 100)
		sprintf(buf, "%llu.%llu%c", tenths / 10, tenths % 10, units[u]);
	else
		sprintf(buf, "%llu%c", (tenths + 9) / 10, units[u]);
	return buf;
}
