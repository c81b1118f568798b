"""The numbers of the page allocator, as 2.6.20 makes them of the memory that there is, and what they are good for."""

import math
import re

import guest
import pytest
from conftest import BOOT_TIMEOUT, ISAS

PAGE = 4			# KiB
MIB = 256			# pages
ZONES = ["DMA", "DMA32", "Normal", "HighMem"]
RATIO = [256, 256, 32]
# What /proc/sys/vm/min_free_kbytes is for so much low memory, a little less for holes: 2.6.20's table.
MIN_FREE = {16: 512, 64: 1024, 128: 1448, 256: 2048, 512: 2896, 1024: 4096}
SIZES = [("i386", m) for m in ("16M", "64M", "256M", "1G", "6G")] + [("riscv", m) for m in ("64M", "256M", "1G", "6G")] + [
    ("i386-nopae", "256M"), ("i386-nopae", "1G")]


class Zone:
    """A zone out of /proc/zoneinfo."""

    def __init__(self, text):
        self.name = re.match(r"\s*(\S+)", text).group(1)
        for field in ("min", "low", "high", "present"):
            setattr(self, field, int(re.search(rf"^ +{field} +(\d+)$", text, re.M).group(1)))
        self.free = int(re.search(r"pages free +(\d+)", text).group(1))
        self.protection = [int(n) for n in re.search(r"protection: \((.*)\)", text).group(1).split(", ")]
        self.pcp = [tuple(map(int, p)) for p in re.findall(r"pcp: [01]\s+count: \d+\s+high: +(\d+)\s+batch: (\d+)", text)]
        self.threshold = int(re.search(r"vm stats threshold: (\d+)", text).group(1))


def zones(vm):
    _, out, _ = vm.run("cat /proc/zoneinfo")
    return {z.name: z for z in map(Zone, out.decode().split("zone ")[1:])}


def number(vm, path):
    return int(vm.run(f"cat {path}")[1])


def batch(present):
    b = max(min(present // 1024, 512 // PAGE) // 4, 1)
    return (1 << ((b + b // 2).bit_length() - 1)) - 1


def hash_entries(kib, scale, bucket, limit=None):
    """2.6.20's alloc_large_system_hash: a bucket for each 2^scale bytes of low memory, at least a page of them."""
    mib = -(-kib // 1024)
    entries = max((mib << 20) >> scale, PAGE * 1024 // bucket)
    entries = 1 << (entries - 1).bit_length()
    return min(entries, limit) if limit else entries


def check_hashes(vm, build_name, low_pages):
    told = {name: (int(n), int(size)) for name, n, size in re.findall(
        r"^(?:\[[ \d.]+\] )?([\w -]+) hash table entries: (\d+) \((\d+) bytes\)", vm.run("dmesg")[1].decode(), re.M)}
    bucket = 4 if build_name.startswith("i386") else 8
    for name, scale, limit in (("PID", 18, 4096), ("Dentry cache", 13, None), ("Inode-cache", 14, None)):
        wanted = min(hash_entries(low_pages * PAGE, scale, bucket, limit), 4096 * 1024 // bucket)	# one block of the buddy lists
        assert told[name] == (wanted, wanted * bucket), (name, told)


@pytest.mark.parametrize("build_name, mem", SIZES)
def test_formulas(boot, build_name, mem):
    """Watermarks, reserves, per-CPU lists and thresholds of every zone."""
    vm = boot(build_name, cpus=2, mem=mem)
    vm.wait_ready(BOOT_TIMEOUT)
    z, min_free = zones(vm), number(vm, "/proc/sys/vm/min_free_kbytes")
    low = sum(zone.present for zone in z.values() if zone.name != "HighMem")
    assert min_free == min(max(math.isqrt(low * PAGE * 16), 128), 65536)
    check_hashes(vm, build_name, low)
    if low // MIB + 1 in MIN_FREE:		# but for what the firmware keeps
        assert 0.98 * MIN_FREE[low // MIB + 1] <= min_free <= MIN_FREE[low // MIB + 1]
    for zone in z.values():
        share = min_free // PAGE * zone.present // low
        least = min(max(zone.present // 1024, 32), 128) if zone.name == "HighMem" else share
        assert (zone.min, zone.low, zone.high) == (least, least + share // 4, least + share // 2), zone.name
        b = batch(zone.present)
        assert zone.pcp == [(6 * b, max(b, 1)), (2 * b, max(b // 2, 1))] * 2, zone.name
        assert zone.threshold == min(125, 2 * 2 * (1 + (zone.present // (128 * MIB)).bit_length()))
        at = ZONES.index(zone.name)
        above = [sum(z[name].present for name in ZONES[at + 1:top + 1] if name in z) for top in range(4)]
        assert zone.protection == [n // RATIO[at] if at < 3 else 0 for n in above], zone.name
    if build_name == "i386" and mem == "6G":	# PAE reaches what lies above 4 GiB
        assert z["HighMem"].present > 5 * 1024 * MIB * 0.98 and z["DMA"].present < 16 * MIB
    assert vm.power_off(BOOT_TIMEOUT) == 0


def test_sysctls_move_the_numbers(boot):
    vm = boot("riscv", cpus=2, mem="256M")
    vm.wait_ready(BOOT_TIMEOUT)
    (name, before), = zones(vm).items()
    assert vm.run("echo 8192 > /proc/sys/vm/min_free_kbytes")[0] == 0
    after = zones(vm)[name]
    assert after.min == 2048 and after.low == 2560 and after.high == 3072
    assert vm.run("echo 7 > /proc/sys/vm/percpu_pagelist_fraction")[0] != 0
    assert vm.run("echo 1000 > /proc/sys/vm/percpu_pagelist_fraction")[0] == 0
    assert zones(vm)[name].pcp[0] == (before.present // 1000, before.present // 1000 // 4)
    assert vm.run("echo 8 > /proc/sys/vm/percpu_pagelist_fraction")[0] == 0
    assert zones(vm)[name].pcp[0] == (before.present // 8, 96)
    assert vm.run("memhog 64m && cat /proc/mm_check > /dev/null")[0] == 0
    assert vm.power_off(BOOT_TIMEOUT) == 0


def test_low_memory_ratio(boot):
    vm = boot("i386", cpus=1, mem="256M", append="highmem=64M")
    vm.wait_ready(BOOT_TIMEOUT)
    assert vm.run("echo 64 256 16 > /proc/sys/vm/lowmem_reserve_ratio")[0] == 0
    z = zones(vm)
    assert z["Normal"].protection[3] == z["HighMem"].present // 16
    assert z["DMA"].protection[2:] == [z["Normal"].present // 64, (z["Normal"].present + z["HighMem"].present) // 64]
    assert vm.power_off(BOOT_TIMEOUT) == 0


@pytest.mark.parametrize("cpus", [1, 4])
def test_high_memory_first(boot, cpus):
    """A program's pages come from the high zone as long as it has any; the kernel's self-tests agree."""
    vm = boot("i386", cpus=cpus, mem="256M", append="highmem=64M")
    vm.wait_ready(BOOT_TIMEOUT)

    def counts():
        out = vm.run("cat /proc/vmstat")[1].decode()
        return {k: int(n) for k, n in re.findall(r"^(pgalloc_\w+) (\d+)$", out, re.M)}

    before = counts()
    assert vm.run("memhog 32m")[0] == 0
    grown = {k: n - before[k] for k, n in counts().items()}
    assert grown["pgalloc_high"] >= 32 * MIB and grown["pgalloc_normal"] + grown["pgalloc_dma"] < 4 * MIB, grown
    assert vm.power_off(BOOT_TIMEOUT) == 0
    vm = boot("i386", cpus=cpus, mem="256M", append="highmem=64M ktest=page_alloc.*", agent=False)
    code = vm.wait(300)
    results, fault = guest.parse_tap(vm.log())
    assert not fault and code == 0, vm.log()[-8000:]
    assert not [name for _, name, skip in results if skip], "with high memory nothing is skipped"


ICOUNT = ["-icount", "shift=0,sleep=off", "-rtc", "base=2024-01-01,clock=vm", "-seed", "1"]


# A zone of less than 32 MiB has a batch of 0 by 2.6.20's formula, that is, lists that hold nothing: each page goes to the buddy
# lists and merges. The PC's first 16 MiB are a zone of their own, so that its first machine with a list is one of 49 MiB.
@pytest.mark.parametrize("build_name, least", [("riscv", "32M"), ("i386", "49M")])
def test_cost_does_not_grow_with_memory(boot, build_name, least):
    """A page taken and given back: at most 250 instructions, whatever the memory."""
    figures = {}
    for mem in (least, "8G"):
        vm = boot(build_name, cpus=1, mem=mem, append="ktest=bench.*", opts=ICOUNT, agent=False)
        assert vm.wait(300) == 0, vm.log()[-4000:]
        found = re.search(r"# bench: page, order 0, hot (\d+)$", vm.log(), re.M)
        figures[mem] = int(found.group(1))
    assert max(figures.values()) <= 250 and max(figures.values()) - min(figures.values()) <= 10, figures


@pytest.mark.parametrize("isa", ISAS)
def test_hash_tables_asked_for_without_measure(boot, isa):
    """The largest number of chains is the most that memory allows, and one chain is enough to live with."""
    vm = boot(isa.build, cpus=isa.cpus, append="dhash_entries=0xffffffff ihash_entries=1")
    vm.wait_ready(BOOT_TIMEOUT)
    status, out, err = vm.run("ls -lR /bin && dmesg")
    assert status == 0, err
    entries = {name: int(n) for name, n in re.findall(r"(\S+) hash table entries: (\d+)", out.decode())}
    assert entries["Inode-cache"] == 1 and entries["cache"] >= 1 << 19, entries
    assert vm.power_off(BOOT_TIMEOUT) == 0
