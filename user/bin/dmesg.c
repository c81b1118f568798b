/*
 * dmesg [-c]: the kernel's log; -c clears it. Levels (<6>) are left out.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/klog.h>

enum { LOG_READ_ALL = 3, LOG_READ_CLEAR = 4, LOG_SIZE = 10 };

int main(int argc, char **argv)
{
	int how = LOG_READ_ALL, c, n, i;
	char *buf;

	while ((c = getopt(argc, argv, "c")) != -1) {
		if (c == '?')
			return 2;
		how = LOG_READ_CLEAR;
	}
	n = klogctl(LOG_SIZE, NULL, 0);
	if (n <= 0)
		n = 65536;
	buf = malloc(n);
	if (!buf || (n = klogctl(how, buf, n)) < 0)
		err(1, "syslog");
	for (i = 0; i < n; i++) {
		if (buf[i] == '<' && (i == 0 || buf[i - 1] == '\n'))
			while (i < n && buf[i++] != '>')
				;
		if (i < n)
			putchar(buf[i]);
	}
	if (n && buf[n - 1] != '\n')
		putchar('\n');
	return 0;
}
