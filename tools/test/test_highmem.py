"""High memory on both machines: RISC-V with its direct map cut short, a small PC by highmem=. It runs as any other does."""

import re

import guest
import pytest
from conftest import configuration
from test_user import PROGRAMS

MEMINFO = re.compile(r"^(\w+): +(\d+)", re.M)
HIGHMEM = {"riscv": "", "i386": "highmem=64M"}
MACHINES = [configuration(b, c) for b, c in (("riscv-highmem", 4), ("i386", 4), ("i386-nopae", 1), ("riscv-highmem-debug", 4),
                                             ("i386-debug", 4), ("riscv-highmem", 8))]
DEBUG = [configuration(b, 1) for b in ("riscv-highmem-debug", "i386-debug", "i386-nopae-debug")]
EACH = [configuration(b, 4) for b in ("riscv-highmem", "i386", "i386-nopae")]


def start(boot, config, words="", **kwargs):
    """A guest of the configuration, with high memory."""
    append = " ".join(w for w in (HIGHMEM[config.build.split("-")[0]], words) if w)
    return boot(config.build, cpus=config.cpus, append=append, **kwargs)


def meminfo(vm):
    return {k: int(v) for k, v in MEMINFO.findall(vm.run("cat /proc/meminfo")[1].decode())}


@pytest.mark.parametrize("config", MACHINES)
def test_ktest(boot, config):
    """All self-tests; those of high memory are not skipped."""
    vm = start(boot, config, "ktest=*", agent=False)
    code = vm.wait(540)
    results, fault = guest.parse_tap(vm.log())
    assert results and not fault and code == 0, f"exit code {code}: {fault}\n{vm.log()[-12000:]}"
    assert not re.search(r"^ok .* highmem\..*# SKIP", vm.log(), re.M)


@pytest.mark.parametrize("config", EACH)
def test_user(boot, config):
    vm = start(boot, config)
    vm.wait_ready()
    for program in PROGRAMS:
        status, out, err = vm.run(f"cd /tmp && /test/{program}", timeout=900)
        results, fault = guest.parse_tap(out.decode(errors="replace"))
        assert results and not fault and status == 0, f"{program}: status {status}: {fault}\n{out[-8000:]}{err[-4000:]}"
    assert vm.power_off() == 0


@pytest.mark.parametrize("config", EACH)
def test_user_memory_comes_from_above(boot, config):
    """A zone of its own, as large as asked for; a program's pages are taken from it while there are some."""
    vm = start(boot, config)
    vm.wait_ready()
    before = meminfo(vm)
    asked = 64 if config.build.startswith("i386") else 128
    assert asked * 1024 * 0.99 < before["HighTotal"] <= asked * 1024
    assert re.search(r"^Node 0, zone +HighMem$", vm.run("cat /proc/zoneinfo")[1].decode(), re.M)
    status, out, _ = vm.run("sh -c 'echo $$; exec memhog -k 40m' | { read pid; read round; cat /proc/meminfo; kill $pid; }")
    held = {k: int(v) for k, v in MEMINFO.findall(out.decode())}
    assert status == 0 and before["HighFree"] - held["HighFree"] >= 40 * 1024 * 0.9
    assert before["LowFree"] - held["LowFree"] < 4 * 1024
    assert vm.power_off() == 0


@pytest.mark.parametrize("size,high", [("highmem=32M", 32), ("highmem=0", 0), ("highmem=1G", 224)])
@pytest.mark.parametrize("config", EACH[:2])
def test_size(boot, config, size, high):
    """highmem= says how much; the kernel keeps 32 MiB of low memory for itself."""
    vm = boot(config.build, cpus=config.cpus, append=size)
    vm.wait_ready()
    assert high * 1024 - 512 <= meminfo(vm).get("HighTotal", 0) <= high * 1024	# but for what firmware keeps at the top
    assert vm.power_off() == 0


@pytest.mark.parametrize("config", DEBUG)
@pytest.mark.parametrize("test,says", [
    ("highmem.a_page_without_kmap_is_named", r"kernel write to [0-9a-f]+ .*: page frame [0-9a-f]+ is high memory"),
    ("highmem.use_after_kunmap_is_named", r"kernel write to [0-9a-f]+ .*: kmap window \d+, closed: used after kunmap"),
    ("highmem.use_after_kunmap_atomic_is_named", r"kernel write to [0-9a-f]+ .*: kmap_atomic window 4 of CPU 0, closed"),
    ("vmalloc.running_into_a_guard_names_the_area", r"kernel write to [0-9a-f]+ .*: guard page of area [0-9a-f]+\+4000")])
def test_a_fault_is_named(boot, config, test, says):
    """DEBUG=1: a window is closed at once, so that who uses it after, or never opened one, is caught and told."""
    vm = start(boot, config, f"ktest={test}", agent=False)
    assert vm.wait(120) == guest.PANIC, vm.log()
    assert re.search(says, vm.log()), vm.log()[-4000:]
