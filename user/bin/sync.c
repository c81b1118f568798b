/*
 * sync: what is dirty goes to the disks.
 */
#include <unistd.h>

int main(void)
{
	sync();
	return 0;
}
