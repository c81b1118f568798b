"""The programs that show memory: free, buddy, vmstat, slabtop, memhog."""

import re

import pytest


def output(vm, command, status=0):
    got, out, err = vm.run(command)
    assert got == status, out + err
    return out


def meminfo(vm):
    return {k: int(n) for k, n in re.findall(r"^(\w+): +(\d+)", output(vm, "cat /proc/meminfo"), re.M)}


@pytest.mark.quick
def test_buddy_shows_all_free_memory(vm):
    """Blocks times their sizes are the free pages, but for those on the CPUs' lists and what moved meanwhile."""
    out = output(vm, "buddy")
    sizes = {"4.0K": 4, "8.0K": 8, "16K": 16, "32K": 32, "64K": 64, "128K": 128, "256K": 256, "512K": 512, "1.0M": 1024,
             "2.0M": 2048, "4.0M": 4096}
    kib = sum(sizes[size] * int(n) for size, n in re.findall(r"^ *([\d.]+[KM]) +(\d+) \|", out, re.M))
    assert abs(kib - meminfo(vm)["MemFree"]) < 8192
    assert out.count("Node 0, zone") == output(vm, "cat /proc/buddyinfo").count("zone")


@pytest.mark.quick
def test_slabtop_adds_up(vm):
    """Its sum is the slab memory that /proc/meminfo tells, give or take what the commands themselves use."""
    out = output(vm, "slabtop")
    total = int(re.search(r"(\d+)K$", out.splitlines()[0]).group(1))
    assert total == sum(int(n) for n in re.findall(r" (\d+)K \S+$", out, re.M))
    assert abs(total - meminfo(vm)["Slab"]) < 256
    names = [line.split()[-1] for line in output(vm, "slabtop -s n").splitlines()[2:]]
    assert names == sorted(names) and "size-64" in names
    output(vm, "slabtop -s x", 2)


@pytest.mark.quick
def test_vmstat_columns(vm):
    lines = output(vm, "vmstat 1 2").splitlines()
    assert len(lines) == 4 and len(lines[1].split()) == 17
    for line in lines[2:]:
        values = [int(word) for word in line.split()]
        assert len(values) == 17 and 98 <= sum(values[12:]) <= 102
    assert re.search(r"^ +\d+ pgfault$", output(vm, "vmstat -s"), re.M)
    output(vm, "vmstat 0", 2)


@pytest.mark.quick
def test_memhog_takes_what_it_says(vm):
    before = meminfo(vm)["MemFree"]
    assert output(vm, "memhog -r 3 16m").splitlines() == [f"round {n}: 4096 pages" for n in (1, 2, 3)]
    held = output(vm, "sh -c 'echo $$; exec memhog -k 16m' | { read pid; read round; cat /proc/meminfo; kill $pid; }")
    during = int(re.search(r"MemFree: +(\d+)", held).group(1))
    assert during < before - 12 * 1024
    assert output(vm, "memhog -f /tmp/hog 2m; ls -l /tmp/hog; rm /tmp/hog").count("2097152") == 1
    for bad in ("", "0", "12x", "-r 0 1m", "1m 2m"):
        output(vm, f"memhog {bad}", 2)
    output(vm, "memhog 100000g", 1 if "64" in output(vm, "uname -m") else 2)
