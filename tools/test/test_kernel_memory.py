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
