"""What the kernel maps for itself (mm/vmalloc.c), seen from programs: a boot that asks for every kind of area."""

import guest
import pytest
from conftest import configuration

CONFIGS = [configuration(b, c) for b, c in (("riscv", 4), ("i386", 4), ("i386-nopae-debug", 1), ("riscv-highmem", 1))]


@pytest.mark.parametrize("config", CONFIGS)
def test_areas(boot, config):
    vm = boot(config.build, cpus=config.cpus, append="profile=3 log_buf_len=200K ramdisk_size=1M")
    vm.wait_ready()
    status, out, err = vm.run("cd /tmp && /test/kcore", timeout=300)
    results, fault = guest.parse_tap(out.decode(errors="replace"))
    assert results and not fault and status == 0 and b"SKIP" not in out, f"{status}: {fault}\n{out}{err}{vm.log()[-4000:]}"
    info = vm.run("cat /proc/vmallocinfo")[1].decode()
    for kind in (" ioremap", " vmalloc", " vmap", " user", " stack"):
        assert kind in info, info
    assert vm.power_off() == 0


@pytest.mark.parametrize("config", [configuration("riscv", 4), configuration("i386", 1)])
def test_a_disk_larger_than_memory(boot, config):
    """It does not come up, and all that it had taken is free again; nobody is killed for it."""
    vm = boot(config.build, cpus=config.cpus, mem="128M", append="ramdisk_size=256M")
    vm.wait_ready()
    assert "ramdisk_size=268435456: not enough memory" in vm.log()
    assert b"ram0" not in vm.run("cat /proc/partitions /proc/diskstats")[1]
    free = int(vm.run("cat /proc/meminfo")[1].split(b"MemFree:")[1].split()[0])
    assert free > 80 << 10, free
    assert vm.run("cat /proc/mm_check > /dev/null")[0] == 0
    assert vm.power_off() == 0


def test_taint(boot):
    """What has made the kernel doubtful stays; a write adds to it."""
    vm = boot("riscv", cpus=1)
    vm.wait_ready()
    path = "/proc/sys/kernel/tainted"
    assert vm.run(f"cat {path}")[1] == b"0\n"
    assert vm.run(f"echo 32 > {path}; echo 1 > {path}; cat {path}")[1] == b"33\n"
    assert vm.run(f"echo 0 > {path}; cat {path}")[1] == b"33\n"
    assert vm.run(f"echo -1 > {path}")[0] != 0
    assert vm.power_off() == 0
