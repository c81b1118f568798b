/*
 * uname [-asnrvm]
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/utsname.h>

int main(int argc, char **argv)
{
	static const char letters[] = "snrvm";
	struct utsname u;
	const char *fields[] = { u.sysname, u.nodename, u.release, u.version, u.machine };
	int want = 0, c, i;

	while ((c = getopt(argc, argv, "asnrvm")) != -1) {
		if (c == '?')
			return 2;
		want |= c == 'a' ? 31 : 1 << (strchr(letters, c) - letters);
	}
	if (uname(&u))
		err(1, "uname");
	if (!want)
		want = 1;
	for (i = 0; i < 5; i++)
		if (want >> i & 1)
			printf("%s%s", fields[i], want >> i > 1 ? " " : "\n");
	return 0;
}
