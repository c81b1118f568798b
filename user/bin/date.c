/*
 * date [-u] [+format]: the time, in UTC.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

int main(int argc, char **argv)
{
	const char *format = "%a %b %e %H:%M:%S UTC %Y";
	char buf[256];
	time_t now = time(NULL);
	int i;

	for (i = 1; i < argc; i++)
		if (argv[i][0] == '+')
			format = argv[i] + 1;
	if (!strcmp(format, "%s")) {
		printf("%lld\n", (long long)now);
		return 0;
	}
	strftime(buf, sizeof(buf), format, gmtime(&now));
	puts(buf);
	return 0;
}
