/* A library that clib.c loads while it runs: it has data to relocate, a variable of each thread, and begins and ends. */
#include <stdlib.h>

extern int told(const char *what);	/* the program's: found when this is loaded */

static __thread int calls;
static const char *const words[] = { "zero", "one", "two" };

__attribute__((constructor)) static void begin(void)
{
	told("begin");
}

__attribute__((destructor)) static void end(void)
{
	told("end");
}

const char *word(unsigned int n)
{
	calls++;
	return n < sizeof(words) / sizeof(*words) ? words[n] : NULL;
}

int calls_of_this_thread(void)
{
	return calls;
}
