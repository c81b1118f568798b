/*
 * The kernel's own memory, as programs may see it: /proc/kcore, /proc/profile, the ring of the log, a RAM disk, and their rows in
 * /proc/vmallocinfo. What the kernel's command line did not ask for (profile= log_buf_len= ramdisk_size=) is skipped, and so
 * is what Linux keeps from us: tools/test/test_kernel_memory.py boots a kernel that has it all.
 */
#include "native_elf.h"
#include "test.h"
#include <sys/klog.h>
#include <sys/mman.h>

static int kcore = -1;
static Ehdr header;

static void open_kcore(void)
{
	kcore = open("/proc/kcore", O_RDONLY);
	if (kcore < 0)
		SKIP("/proc/kcore is not for us");
	if (pread(kcore, &header, sizeof(header), 0) != sizeof(header))
		SKIP("/proc/kcore may not be read");
}

/* Kernel memory at addr, by the segment that holds it. */
static void peek(unsigned long addr, void *buf, size_t n)
{
	Phdr ph;

	for (int i = 0; i < header.e_phnum; i++) {
		CHECK_EQ(pread(kcore, &ph, sizeof(ph), header.e_phoff + i * sizeof(ph)), sizeof(ph));
		if (ph.p_type != PT_LOAD || addr < ph.p_vaddr || addr - ph.p_vaddr >= ph.p_memsz)
			continue;
		CHECK_EQ(pread(kcore, buf, n, ph.p_offset + (addr - ph.p_vaddr)), n);
		return;
	}
	FAIL("no segment has %lx", addr);
}

/* The first area of /proc/vmallocinfo whose line has both words: where it begins; 0: none. */
static unsigned long find_area(const char *word, const char *word2, unsigned long *size)
{
	FILE *f = fopen("/proc/vmallocinfo", "r");
	unsigned long start = 0, end;
	char line[256], *p;

	while (f && !start && fgets(line, sizeof(line), f))
		if (strstr(line, word) && strstr(line, word2)) {
			start = strtoul(line, &p, 16);
			end = strtoul(p + 1, NULL, 16);
			*size = end - start - PAGE;	/* without its guard */
		}
	if (f)
		fclose(f);
	return start;
}

static void is_a_core_file(void)
{
	Phdr ph;
	int loads = 0;

	open_kcore();
	CHECK(!memcmp(header.e_ident, ELFMAG, SELFMAG));
	CHECK_EQ(header.e_type, ET_CORE);
	CHECK_EQ(header.e_phentsize, sizeof(ph));
	for (int i = 0; i < header.e_phnum; i++) {
		CHECK_EQ(pread(kcore, &ph, sizeof(ph), header.e_phoff + i * sizeof(ph)), sizeof(ph));
		loads += ph.p_type == PT_LOAD && ph.p_memsz > 0;
	}
	CHECK(loads >= 2);
	CHECK_ERR(open("/proc/kcore", O_RDWR | O_TRUNC | O_CREAT | O_EXCL), EEXIST);
	CHECK_ERR(pread(kcore, (char *)8, 100, 0), EFAULT);
	CHECK_CHILD_OK(CHECK_EQ(setuid(1), 0); CHECK_EQ(open("/proc/kcore", O_RDONLY), -1));
}

/* The image of the kernel lies in low memory. */
static void shows_low_memory(void)
{
#ifdef __riscv
	unsigned long from = 0xffffffc080200000ul;
#else
	unsigned long from = 0xc0100000ul;
#endif
	static char chunk[65536 + 64];
	static const char banner[] = "<5>Pagoda %s, %s, %d CPUs";

	open_kcore();
	if (access("/proc/mm_check", F_OK))
		SKIP("another kernel lies elsewhere");
	for (int i = 0; i < 64; i++) {
		peek(from + i * 65536ul, chunk, sizeof(chunk));
		for (char *p = chunk; (p = memchr(p, '<', chunk + 65536 - p)); p++)
			if (!memcmp(p, banner, sizeof(banner) - 1))
				return;
	}
	FAIL("the kernel's banner is nowhere");
}

static unsigned long long sum(const volatile unsigned int *counters, size_t n)
{
	unsigned long long total = 0;

	for (size_t i = 1; i < n; i++)
		total += counters[i];
	return total;
}

/* One buffer of the kernel's, read, mapped and seen through the core file. */
static void profile_three_ways(void)
{
	static unsigned int copy[PAGE / sizeof(int)], seen[PAGE / sizeof(int)];
	unsigned long size, area;
	unsigned int *map;
	unsigned long long before;
	int fd = open("/proc/profile", O_RDONLY);

	if (fd < 0)
		SKIP("no profile=");
	open_kcore();
	area = find_area("profile_init", " user", &size);
	CHECK(area != 0);
	map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	CHECK(map != MAP_FAILED);
	CHECK_EQ(read(fd, copy, PAGE), PAGE);
	peek(area, seen, PAGE);
	CHECK(copy[0] == map[0] && map[0] == seen[0] && copy[0] && !(copy[0] & (copy[0] - 1)));
	before = sum(map, size / sizeof(int));
	while (sum(map, size / sizeof(int)) == before)	/* the tick finds the kernel at work */
		for (int i = 0; i < 1000; i++)
			getppid();
	for (size_t i = 1; i < PAGE / sizeof(int); i++)
		CHECK(copy[i] <= seen[i] && seen[i] <= map[i]);
	CHECK_CHILD_OK(CHECK_EQ(map[0], copy[0]));
	CHECK_EQ(munmap(map, size), 0);
}

static void profile_may_not_be_changed_by_a_mapping(void)
{
	unsigned long size;
	int fd = open("/proc/profile", O_RDWR);
	void *map;

	if (fd < 0)
		SKIP("no profile=");
	CHECK(find_area("profile_init", " user", &size) != 0);
	CHECK_ERR(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), EPERM);
	CHECK_ERR(mmap(NULL, size + PAGE, PROT_READ, MAP_SHARED, fd, 0), EINVAL);
	CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, size), EINVAL);
	map = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, size - PAGE);
	CHECK(map != MAP_FAILED);
	CHECK_ERR(mprotect(map, PAGE, PROT_READ | PROT_WRITE), EACCES);
	CHECK_EQ(write(fd, "0", 1), 1);
}

static void log_ring(void)
{
	unsigned long size, area = find_area("log_buf_init", " vmalloc", &size);
	char *ring;

	if (!area)
		SKIP("no log_buf_len=");
	open_kcore();
	CHECK_EQ(klogctl(10, NULL, 0), (long)size);
	ring = malloc(size + 1);
	CHECK(ring != NULL);
	peek(area, ring, size);
	ring[size] = 0;
	CHECK(strstr(ring, "Command line: ") != NULL);
}

static void ram_disk(void)
{
	static char out[PAGE], in[PAGE];
	unsigned long size, area = find_area(" vmap", "ramdisk", &size);
	int fd = open("/dev/ram0", O_RDWR);

	if (!area || fd < 0)
		SKIP("no ramdisk_size=");
	open_kcore();
	for (int i = 0; i < PAGE; i++)
		out[i] = (char)(i * 7 + 3);
	CHECK_EQ(pwrite(fd, out, PAGE, 5 * PAGE), PAGE);
	CHECK_EQ(fsync(fd), 0);
	peek(area + 5 * PAGE, in, PAGE);
	CHECK(!memcmp(in, out, PAGE));
	peek(area + size - 16, in, 48);			/* across the end: the guard page reads as 0 */
	for (int i = 0; i < 48; i++)
		CHECK_EQ(in[i], 0);
}

/* Device registers are not touched by reading. */
static void registers_read_as_zero(void)
{
	unsigned long size, area = find_area(" ioremap", " phys=", &size);
	char in[64];

	if (access("/proc/mm_check", F_OK) || !area)
		SKIP("another kernel shows them");
	open_kcore();
	peek(area, in, sizeof(in));
	for (unsigned int i = 0; i < sizeof(in); i++)
		CHECK_EQ(in[i], 0);
}

TEST_MAIN(
	TEST(is_a_core_file), TEST(shows_low_memory), TEST(profile_three_ways),
	TEST(profile_may_not_be_changed_by_a_mapping), TEST(log_ring), TEST(ram_disk), TEST(registers_read_as_zero),
)
