/*
 * execve: what the new program is given, what is refused, scripts, and a good binary
 * with each field of its headers spoilt in turn.
 */
#include "native_elf.h"
#include "test.h"
#include <sys/auxv.h>
#include <sys/resource.h>

extern char **environ;

static void write_file(const char *name, const void *data, size_t n, int mode)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, mode);

	CHECK_OK(fd);
	CHECK_EQ(write(fd, data, n), n);
	CHECK_OK(fchmod(fd, mode));
	close(fd);
}

static int run(const char *path, char *const argv[], char *const envp[])
{
	return IN_CHILD({ execve(path, argv, envp); _exit(200 + (errno & 31)); });
}

static void arguments_and_environment(void)
{
	char *argv[] = { "sh", "-c", "test $# = 2 -a \"$0\" = zero -a \"$2\" = 'b c' -a $V = w",
			 "zero", "a", "b c", NULL };
	char *envp[] = { "V=w", "PATH=/bin", NULL };

	CHECK_EQ(run("/bin/sh", argv, envp), 0);
}

static void refusals(void)
{
	char *argv[] = { "x", NULL };
	static char garbage[5000];

	CHECK_ERR(execve("none", argv, environ), ENOENT);
	CHECK_ERR(execve(".", argv, environ), EACCES);
	write_file("plain", "echo", 4, 0600);
	CHECK_ERR(execve("plain", argv, environ), EACCES);
	CHECK_ERR(execve("plain/x", argv, environ), ENOTDIR);
	write_file("text", "hello world\n", 12, 0700);
	CHECK_ERR(execve("text", argv, environ), ENOEXEC);
	write_file("empty", "", 0, 0700);
	CHECK_ERR(execve("empty", argv, environ), ENOEXEC);
	memset(garbage, 0x5a, sizeof(garbage));
	write_file("garbage", garbage, sizeof(garbage), 0700);
	CHECK_ERR(execve("garbage", argv, environ), ENOEXEC);
	CHECK_ERR(execve("/dev/null", argv, environ), EACCES);
}

static void scripts(void)
{
	char *argv[] = { "name", "one", "two", NULL };
	char text[300];

	write_file("s", "#!/bin/sh\ntest $# = 2 -a $1 = one && exit 9\n", 44, 0700);
	CHECK_EQ(run("./s", argv, environ), 9 << 8);
	write_file("t", "#! /bin/sh -e\nfalse\nexit 0\n", 27, 0700);
	CHECK_EQ(run("./t", argv, environ), 1 << 8);
	write_file("u", "#!./s\n", 6, 0700);
	CHECK(run("./u", argv, environ) != 0);
	write_file("v", "#!/none\n", 8, 0700);
	CHECK_ERR(execve("./v", argv, environ), ENOENT);
	write_file("w", "#!\n", 3, 0700);
	CHECK_ERR(execve("./w", argv, environ), ENOEXEC);
	write_file("loop", "#!./loop\n", 9, 0700);
	CHECK_ERR(execve("./loop", argv, environ), ELOOP);
	memset(text, 'x', sizeof(text));
	memcpy(text, "#!/", 3);
	write_file("long", text, sizeof(text), 0700);
	CHECK_ERR(execve("./long", argv, environ), ENOEXEC);
}

static void too_long(void)
{
	static char big[200000];
	char *argv[] = { "true", big, NULL };
	char *many[2001];
	int i;

	memset(big, 'x', sizeof(big) - 1);
	CHECK_ERR(execve("/bin/true", argv, environ), E2BIG);
	big[100000] = 0;
	CHECK_EQ(run("/bin/true", argv, environ), 0);
	for (i = 0; i < 2000; i++)
		many[i] = big;
	many[2000] = NULL;
	CHECK_ERR(execve("/bin/true", many, environ), E2BIG);
}

static void descriptors_on_exec(void)
{
	char *argv[] = { "sh", "-c", "test -e /proc/self/fd/20 && ! test -e /proc/self/fd/21", NULL };
	int fd = open("f", O_RDWR | O_CREAT, 0600);

	CHECK_EQ(dup2(fd, 20), 20);
	CHECK_EQ(dup3(fd, 21, O_CLOEXEC), 21);
	CHECK_EQ(run("/bin/sh", argv, environ), 0);
	CHECK_ERR(execve("none", argv, environ), ENOENT);
	CHECK_EQ(fcntl(21, F_GETFD), FD_CLOEXEC);
}

static void auxiliary_vector(void)
{
	unsigned char *random = (unsigned char *)getauxval(AT_RANDOM);
	const Phdr *ph = (const Phdr *)getauxval(AT_PHDR);
	unsigned long i;
	int any = 0, loads = 0;

	CHECK_EQ(getauxval(AT_PAGESZ), PAGE);
	CHECK_EQ(getauxval(AT_CLKTCK), 100);
	CHECK_EQ(getauxval(AT_PHENT), sizeof(Phdr));
	CHECK_EQ(getauxval(AT_UID), getuid());
	CHECK_EQ(getauxval(AT_EGID), getegid());
	CHECK_EQ(getauxval(AT_SECURE), 0);
	CHECK(getauxval(AT_ENTRY) != 0);
	CHECK(random != NULL);
	for (i = 0; i < 16; i++)
		any |= random[i];
	CHECK(any);
	CHECK(strstr((char *)getauxval(AT_EXECFN), "exec") != NULL);
	for (i = 0; i < getauxval(AT_PHNUM); i++)
		loads += ph[i].p_type == PT_LOAD;
	CHECK(loads >= 1);
}

/* ---- spoilt binaries ---------------------------------------------------- */

static unsigned char image[512 * 1024], spoilt[sizeof(image)];
static size_t image_size;

static int load_image(void)
{
	int fd = open("/proc/self/exe", O_RDONLY);
	ssize_t n;

	CHECK_OK(fd);
	n = read(fd, image, sizeof(image));
	CHECK(n > (ssize_t)sizeof(Ehdr));
	close(fd);
	image_size = n;
	return n < (ssize_t)sizeof(image);
}

/*
 * Run ourselves with n bytes at off replaced by value: whatever comes of it (an errno, a
 * signal, or a program that still runs), this process and the kernel go on.
 */
static void try_spoilt(size_t off, size_t n, unsigned long long value)
{
	char *argv[] = { "./spoilt", "none_of_the_tests", NULL };
	int status;

	memcpy(spoilt, image, image_size);
	memcpy(spoilt + off, &value, n);
	write_file("spoilt", spoilt, image_size, 0700);
	fflush(stdout);
	status = IN_CHILD({
		struct rlimit cpu = { 2, 2 };

		setrlimit(RLIMIT_CPU, &cpu);
		alarm(5);
		close(1);
		close(2);
		execve("./spoilt", argv, environ);
		_exit(99);
	});
	CHECK(WIFEXITED(status) || WIFSIGNALED(status));
	CHECK_OK(unlink("spoilt"));
}

static const unsigned long long values[] = {
	0, 1, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff, 0x80000000, 0xfffff000, 0xc0000000,
	0x7fffffffffffffff, 0xffffffffffffffff, 0xffffffc000000000, 0x1000000000000,
};

static void spoilt_header(void)
{
	static const struct {
		size_t off, size;
	} fields[] = {
#define FIELD(f)	{ offsetof(Ehdr, f), sizeof(((Ehdr *)0)->f) }
		FIELD(e_ident[0]), FIELD(e_ident[EI_CLASS]), FIELD(e_ident[EI_DATA]),
		FIELD(e_ident[EI_VERSION]), FIELD(e_ident[EI_OSABI]), FIELD(e_type),
		FIELD(e_machine), FIELD(e_version), FIELD(e_entry), FIELD(e_phoff), FIELD(e_shoff),
		FIELD(e_flags), FIELD(e_ehsize), FIELD(e_phentsize), FIELD(e_phnum),
		FIELD(e_shentsize), FIELD(e_shnum), FIELD(e_shstrndx),
	};
	size_t i, j;

	if (!load_image())
		SKIP("the program is large");
	for (i = 0; i < COUNT(fields); i++)
		for (j = 0; j < COUNT(values); j++)
			try_spoilt(fields[i].off, fields[i].size, values[j]);
}

static void spoilt_segments(void)
{
	static const struct {
		size_t off, size;
	} fields[] = {
#define PFIELD(f)	{ offsetof(Phdr, f), sizeof(((Phdr *)0)->f) }
		PFIELD(p_type), PFIELD(p_flags), PFIELD(p_offset), PFIELD(p_vaddr),
		PFIELD(p_filesz), PFIELD(p_memsz), PFIELD(p_align),
	};
	const Ehdr *eh = (const Ehdr *)image;
	size_t i, j, k;

	if (!load_image())
		SKIP("the program is large");
	for (k = 0; k < eh->e_phnum; k++)
		for (i = 0; i < COUNT(fields); i++)
			for (j = 0; j < COUNT(values); j++)
				try_spoilt(eh->e_phoff + k * sizeof(Phdr) + fields[i].off,
					   fields[i].size, values[j]);
}

static void wrong_machine_is_refused(void)
{
	char *argv[] = { "x", NULL };
	Ehdr *eh = (Ehdr *)image;
	size_t n;

	if (!load_image())
		SKIP("the program is large");
	eh->e_machine = 99;
	write_file("x", image, image_size, 0700);
	CHECK_ERR(execve("./x", argv, environ), ENOEXEC);
	load_image();
	eh->e_type = ET_REL;
	write_file("x", image, image_size, 0700);
	CHECK_ERR(execve("./x", argv, environ), ENOEXEC);
	load_image();
	eh->e_phentsize++;
	write_file("x", image, image_size, 0700);
	CHECK_ERR(execve("./x", argv, environ), ENOEXEC);
	load_image();
	eh->e_phnum = 0;
	write_file("x", image, image_size, 0700);
	CHECK_ERR(execve("./x", argv, environ), ENOEXEC);
	load_image();
	for (n = 1; n < sizeof(Ehdr) + 100; n += 7) {
		write_file("x", image, n, 0700);
		CHECK_CHILD_OK({ execve("./x", argv, environ); _exit(errno == 0); });
	}
}

TEST_MAIN(
	TEST(arguments_and_environment), TEST(refusals), TEST(scripts), TEST(too_long),
	TEST(descriptors_on_exec), TEST(auxiliary_vector), TEST(spoilt_header),
	TEST(spoilt_segments), TEST(wrong_machine_is_refused),
)
