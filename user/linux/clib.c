/*
 * What a C library needs of its kernel, by what programs ask of the library. Built with glibc and musl, static and
 * dynamic, for both machines, and run there as it is; the host's Linux is the oracle. The plugin lies beside the program.
 */
#include "user/test/test.h"
#include <dlfcn.h>
#include <libgen.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <spawn.h>
#include <time.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/utsname.h>

#define THREADS	4

/* ---- the library alone ---- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void numbers(void)
{
	double v[1000], back;
	char text[100];

	snprintf(text, sizeof(text), "%d %#x %5.2f %g %lld %s", -7, 255, 3.14159, 1e100, 1LL << 40, "end");
	CHECK(!strcmp(text, "-7 0xff  3.14 1e+100 1099511627776 end"));
	for (size_t i = 0; i < COUNT(v); i++)
		v[i] = sin((double)i) * 1e6;
	qsort(v, COUNT(v), sizeof(*v), by_value);
	for (size_t i = 0; i < COUNT(v); i++) {
		CHECK(i == 0 || v[i - 1] <= v[i]);
		snprintf(text, sizeof(text), "%.17g", v[i]);
		CHECK_EQ(sscanf(text, "%lf", &back), 1);
		CHECK(back == v[i]);
	}
}

static void auxiliary_vector(void)
{
	const unsigned char *random = (const void *)getauxval(AT_RANDOM);
	struct utsname name;
	int set = 0;

	CHECK_EQ(getauxval(AT_PAGESZ), sysconf(_SC_PAGESIZE));
	CHECK_EQ(getauxval(AT_CLKTCK), sysconf(_SC_CLK_TCK));
	CHECK_EQ(getauxval(AT_UID), getuid());
	CHECK(getauxval(AT_PHDR) && getauxval(AT_PHNUM) && getauxval(AT_ENTRY));
	CHECK_EQ(access((const char *)getauxval(AT_EXECFN), X_OK), 0);
	for (int i = 0; i < 16; i++)
		set |= random[i];
	CHECK(set);
	CHECK_OK(uname(&name));
	CHECK(!strcmp(name.sysname, "Linux") && sysconf(_SC_NPROCESSORS_ONLN) >= 1);
}

static jmp_buf out;

static void jump_out(int sig)
{
	siglongjmp(out, sig);
}

static void jumps_out_of_handlers(void)
{
	volatile int rounds = 0;

	signal(SIGSEGV, jump_out);
	signal(SIGFPE, jump_out);
	while (rounds < 100) {
		if (sigsetjmp(out, 1) == 0)
			*(volatile char *)(rounds % 2 ? NULL : (void *)numbers) = 1;
		rounds++;
	}
	CHECK_EQ(sigsetjmp(out, 1) ? 1 : raise(SIGFPE), 1);
}

static void files_by_stdio(void)
{
	char *line = NULL;
	size_t room = 0;
	FILE *f;

	CHECK((f = fopen("data", "w+")) != NULL);
	for (int i = 0; i < 20000; i++)
		CHECK(fprintf(f, "line %d\n", i) > 0);
	CHECK_EQ(fflush(f), 0);
	CHECK_EQ(ftell(f), 10 * 7 + 90 * 8 + 900 * 9 + 9000 * 10 + 10000 * 11);
	rewind(f);
	for (int i = 0; i < 20000; i++) {
		CHECK(getline(&line, &room, f) > 0);
		CHECK_EQ(atoi(line + 5), i);
	}
	CHECK(getline(&line, &room, f) == -1 && feof(f));
	CHECK_EQ(fseek(f, -6, SEEK_END), 0);
	CHECK_EQ(getc(f), '1');
	CHECK_EQ(ungetc('x', f), 'x');
	CHECK_EQ(getc(f), 'x');
	CHECK_EQ(fclose(f), 0);
	free(line);
	CHECK_EQ(rename("data", "other"), 0);
	CHECK((f = fopen("data", "r")) == NULL && errno == ENOENT);
	CHECK((f = tmpfile()) != NULL);
	CHECK_EQ(fwrite("temporary", 1, 9, f), 9);
	CHECK_EQ(fclose(f), 0);
}

static void dates(void)
{
	time_t when = 951782400;	/* 2000-02-29 */
	char text[64];
	struct tm tm;

	CHECK(gmtime_r(&when, &tm) && strftime(text, sizeof(text), "%F %T %j", &tm));
	CHECK(!strcmp(text, "2000-02-29 00:00:00 060"));
	CHECK_EQ(timegm(&tm), when);
	CHECK(time(NULL) > when && clock() != (clock_t)-1);
}

/* ---- memory ---- */

#define OBJECTS		200
#define ROUNDS		4000

static unsigned int next_random(unsigned int *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* Objects of all sizes come, grow and go; each is full of a byte that tells its neighbours' writes. */
static void *malloc_storm(void *arg)
{
	unsigned int state = (unsigned int)(uintptr_t)arg;
	unsigned char *object[OBJECTS] = { NULL };
	size_t size[OBJECTS] = { 0 };

	for (int round = 0; round < ROUNDS; round++) {
		unsigned int i = next_random(&state) % OBJECTS, want = next_random(&state) % (1u << (4 + next_random(&state) % 14));

		for (size_t b = 0; b < size[i]; b++)
			if (object[i][b] != (unsigned char)i)
				return "an object's byte changed";
		if (want % 3 == 0) {
			free(object[i]);
			object[i] = NULL;
			want = 0;
		} else {
			object[i] = realloc(object[i], want);
			if (!object[i])
				return "no memory";
			memset(object[i], (int)i, want);
		}
		size[i] = want;
	}
	for (int i = 0; i < OBJECTS; i++)
		free(object[i]);
	return NULL;
}

static void malloc_in_threads(void)
{
	pthread_t thread[THREADS];
	void *fault;

	for (uintptr_t i = 0; i < THREADS; i++)
		CHECK_EQ(pthread_create(&thread[i], NULL, malloc_storm, (void *)(i + 1)), 0);
	for (int i = 0; i < THREADS; i++) {
		CHECK_EQ(pthread_join(thread[i], &fault), 0);
		if (fault)
			FAIL("%s", (const char *)fault);
	}
}

/* New memory is zero: calloc trusts the kernel. */
static void fresh_memory_is_zero(void)
{
	for (size_t size = 16; size < 8 << 20; size *= 2) {
		char *p = calloc(1, size);

		CHECK(p);
		for (size_t i = 0; i < size; i++)
			CHECK(p[i] == 0);
		memset(p, 0xff, size);
		if (size % 3)
			free(p);
	}
}

/* ---- threads ---- */

static __thread int mine = 5;
static pthread_key_t key;
static int destroyed;
static sem_t ready;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int turn, cleaned;

static void destroy(void *value)
{
	__atomic_add_fetch(&destroyed, *(int *)value, __ATOMIC_SEQ_CST);
}

static void *own_variables(void *arg)
{
	static int one = 1;

	mine += (int)(intptr_t)arg;
	pthread_setspecific(key, &one);
	sched_yield();
	return (void *)(intptr_t)mine;
}

static void thread_variables(void)
{
	pthread_t thread[THREADS];
	void *value;

	CHECK_EQ(pthread_key_create(&key, destroy), 0);
	for (intptr_t i = 0; i < THREADS; i++)
		CHECK_EQ(pthread_create(&thread[i], NULL, own_variables, (void *)i), 0);
	for (intptr_t i = 0; i < THREADS; i++) {
		CHECK_EQ(pthread_join(thread[i], &value), 0);
		CHECK_EQ((intptr_t)value, 5 + i);
	}
	CHECK_EQ(mine, 5);
	CHECK_EQ(destroyed, THREADS);
}

static void *take_turns(void *arg)
{
	int me = (int)(intptr_t)arg;

	for (int i = 0; i < 200; i++) {
		pthread_mutex_lock(&lock);
		while (turn % THREADS != me)
			pthread_cond_wait(&changed, &lock);
		turn++;
		pthread_cond_broadcast(&changed);
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

static void condition_variables(void)
{
	pthread_t thread[THREADS];

	for (intptr_t i = 0; i < THREADS; i++)
		CHECK_EQ(pthread_create(&thread[i], NULL, take_turns, (void *)i), 0);
	for (int i = 0; i < THREADS; i++)
		CHECK_EQ(pthread_join(thread[i], NULL), 0);
	CHECK_EQ(turn, 200 * THREADS);
}

static void clean_up(void *arg)
{
	cleaned = 1;
}

static void *wait_for_ever(void *arg)
{
	pthread_cleanup_push(clean_up, NULL);
	sem_post(&ready);
	poll(NULL, 0, -1);
	pthread_cleanup_pop(0);
	return NULL;
}

static void cancelling(void)
{
	pthread_t thread;
	void *value;

	CHECK_EQ(sem_init(&ready, 0, 0), 0);
	CHECK_EQ(pthread_create(&thread, NULL, wait_for_ever, NULL), 0);
	while (sem_wait(&ready))
		CHECK_EQ(errno, EINTR);
	CHECK_EQ(pthread_cancel(thread), 0);
	CHECK_EQ(pthread_join(thread, &value), 0);
	CHECK(value == PTHREAD_CANCELED && cleaned);
}

static void waiting_with_a_limit(void)
{
	struct timespec end;

	CHECK_OK(clock_gettime(CLOCK_REALTIME, &end));
	end.tv_nsec += 20000000;
	end.tv_sec += end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	CHECK_EQ(sem_init(&ready, 0, 0), 0);
	CHECK_ERR(sem_timedwait(&ready, &end), ETIMEDOUT);
	pthread_mutex_lock(&lock);
	CHECK_EQ(pthread_cond_timedwait(&changed, &lock, &end), ETIMEDOUT);
	pthread_mutex_unlock(&lock);
}

/* ---- processes ---- */

static void spawned(void)
{
	char *argv[] = { "sh", "-c", "exit 7", NULL };
	int status;
	pid_t pid;

	CHECK_EQ(posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ), 0);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	CHECK_EQ(posix_spawn(&pid, "/nothing", NULL, NULL, argv, environ), ENOENT);
	status = system("exit 3");
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}

static void pipes_to_commands(void)
{
	char line[64];
	FILE *p = popen("echo out of; echo the pipe", "r");

	CHECK(p && fgets(line, sizeof(line), p) && !strcmp(line, "out of\n"));
	CHECK(fgets(line, sizeof(line), p) && !strcmp(line, "the pipe\n") && !fgets(line, sizeof(line), p));
	CHECK_EQ(pclose(p), 0);
	CHECK((p = popen("cat > written; exit 2", "w")) != NULL);
	CHECK(fputs("through", p) >= 0);
	CHECK_EQ(WEXITSTATUS(pclose(p)), 2);
	CHECK((p = fopen("written", "r")) && fgets(line, sizeof(line), p) && !strcmp(line, "through"));
	fclose(p);
}

static void at_exit(void)
{
	if (write(1, "# at exit\n", 10) != 10)
		_exit(3);
	_exit(9);
}

static void exit_handlers(void)
{
	int status = IN_CHILD({ atexit(at_exit); exit(1); });

	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 9);
}

/* ---- libraries ---- */

static char story[64];

int told(const char *what)
{
	strcat(strcat(story, what), " ");
	return 0;
}

#ifndef STATIC
static int (*plugin_calls)(void);

static void *calls_here(void *arg)
{
	return (void *)(intptr_t)plugin_calls();
}

static void library_on_demand(void)
{
	char path[4096];
	const char *(*word)(unsigned int);
	pthread_t thread;
	void *lib, *value;

	strcpy(path, (const char *)getauxval(AT_EXECFN));
	strcat(dirname(path), "/plugin.so");
	lib = dlopen(path, RTLD_NOW);
	if (!lib)
		FAIL("%s", dlerror());
	CHECK(!strcmp(story, "begin "));
	word = (const char *(*)(unsigned int))dlsym(lib, "word");
	plugin_calls = (int (*)(void))dlsym(lib, "calls_of_this_thread");
	CHECK(word && plugin_calls);
	CHECK(!strcmp(word(1), "one") && word(3) == NULL);
	CHECK_EQ(plugin_calls(), 2);
	CHECK_EQ(pthread_create(&thread, NULL, calls_here, NULL), 0);
	CHECK_EQ(pthread_join(thread, &value), 0);
	CHECK_EQ((intptr_t)value, 0);
	CHECK(!dlsym(lib, "nothing") && dlerror());
	CHECK(!dlopen("/no/such.so", RTLD_NOW) && dlerror());
	CHECK_EQ(dlclose(lib), 0);
}
#endif

TEST_MAIN(
	TEST(numbers), TEST(auxiliary_vector), TEST(jumps_out_of_handlers), TEST(files_by_stdio), TEST(dates),
	TEST(malloc_in_threads), TEST(fresh_memory_is_zero), TEST(thread_variables), TEST(condition_variables),
	TEST(cancelling), TEST(waiting_with_a_limit), TEST(spawned), TEST(pipes_to_commands), TEST(exit_handlers),
#ifndef STATIC
	TEST(library_on_demand),
#endif
)
