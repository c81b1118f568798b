"""The slab allocator from outside: /proc/slabinfo and its tunables, the reaper, mistakes that are named; the small heap (SLOB=1)."""

import re

import guest
import pytest
from conftest import ISAS, configuration

ROW = re.compile(r"^(\S+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) : tunables +(\d+) +(\d+) +(\d+)"
                 r" : slabdata +(\d+) +(\d+) +(\d+)$", re.M)
DEBUG = [configuration(b, 1) for b in ("riscv-debug", "i386-debug")]
SLOB = [configuration(b, c) for b, c in (("riscv-slob", 4), ("i386-slob", 1), ("riscv-slob-debug", 4))]
ICOUNT = ["-icount", "shift=0,sleep=off", "-rtc", "base=2024-01-01,clock=vm", "-seed", "1"]


def slabinfo(vm):
    text = vm.run("cat /proc/slabinfo")[1].decode()
    assert text.startswith("slabinfo - version: 2.1\n# name            <active_objs> <num_objs> <objsize>")
    rows = {m[0]: [int(n) for n in m[1:]] for m in ROW.findall(text)}
    assert len(rows) == text.count("\n") - 2, text
    return rows


@pytest.mark.parametrize("config", ISAS)
def test_tunables(boot, config):
    """A write of "name limit batchcount sharedfactor" takes effect; numbers without sense change nothing, and no cache is EINVAL."""
    vm = boot(config.build, cpus=config.cpus)
    vm.wait_ready()
    before = slabinfo(vm)
    assert before["size-64"][5:8] == [120, 60, 8]
    assert vm.run("echo size-64 30 10 2 > /proc/slabinfo")[0] == 0
    assert slabinfo(vm)["size-64"][5:8] == [30, 10, 2]
    for senseless in ("0 1 1", "10 20 1", "10 0 1", "10 5 -1"):
        assert vm.run(f"echo size-64 {senseless} > /proc/slabinfo")[0] == 0
    assert slabinfo(vm)["size-64"][5:8] == [30, 10, 2]
    for wrong in ("size-65 30 10 2", "size-64", "size-64 30 10", "size-64 30 ten 2", "size-64 30 10 2" + " " * 130):
        assert vm.run(f"echo '{wrong}' > /proc/slabinfo")[0] != 0, wrong
    assert vm.run("ls -l /bin | wc -l")[0] == 0
    assert vm.power_off() == 0


@pytest.mark.parametrize("config", DEBUG)
@pytest.mark.parametrize("test,says", [
    ("a_double_free_is_named", r"slab victims: freed twice: object [0-9a-f]+, .* last user .*a_double_free"),
    ("an_overrun_is_named", r"slab victims: written to outside of the object: object [0-9a-f]+, .* last user .*an_overrun"),
    ("a_foreign_object_is_named", r"slab victims: [0-9a-f]+ is no object of it"),
    ("a_pointer_into_an_object_is_named", r"slab size-128: [0-9a-f]+ is no object of it"),
    ("a_pointer_to_no_slab_is_named", r"kfree: [0-9a-f]+ is not in a slab"),
    ("a_write_after_free_is_named", r"slab victims: written to while free, at offset: object [0-9a-f]+, 7, last user .*a_write")])
def test_a_mistake_is_named(boot, config, test, says):
    vm = boot(config.build, cpus=config.cpus, append=f"ktest=slab.{test}", agent=False)
    assert vm.wait(120) == guest.PANIC, vm.log()
    assert re.search(says, vm.log()), vm.log()[-4000:]


@pytest.mark.parametrize("config", DEBUG)
def test_a_write_to_the_reserve_is_found(boot, config):
    """A mempool's spare element is nobody's to write to."""
    vm = boot(config.build, cpus=config.cpus, append="ktest=mempool.a_write_to_the_reserve_is_found", agent=False)
    assert vm.wait(120) == guest.PANIC, vm.log()
    assert re.search(r"mempool [0-9a-f]+: element [0-9a-f]+ was written to in the reserve", vm.log()), vm.log()[-4000:]


@pytest.mark.parametrize("config", SLOB)
def test_slob(boot, config):
    """The small heap behind the same header: all self-tests, and user tests that allocate and free without end."""
    vm = boot(config.build, cpus=config.cpus, append="ktest=*", agent=False)
    code = vm.wait(540)
    results, fault = guest.parse_tap(vm.log())
    assert results and not fault and code == 0, f"exit code {code}: {fault}\n{vm.log()[-12000:]}"
    assert any(name.startswith("slob.") for _, name, _ in results)
    vm = boot(config.build, cpus=config.cpus)
    vm.wait_ready()
    for program in ("files", "mm", "process", "pipes"):
        status, out, err = vm.run(f"cd /tmp && /test/{program}", timeout=900)
        results, fault = guest.parse_tap(out.decode(errors="replace"))
        assert results and not fault and status == 0, f"{program}: status {status}: {fault}\n{out[-8000:]}{err[-4000:]}"
    assert vm.run("cat /proc/slabinfo")[0] != 0		# it has none, as 2.6.20's
    assert vm.power_off() == 0


@pytest.mark.parametrize("name", ["riscv", "i386"])
def test_cost(boot, name):
    """kmalloc(64) and kfree together: at most 120 instructions."""
    vm = boot(name, cpus=1, append="ktest=bench.*", opts=ICOUNT, agent=False)
    assert vm.wait(300) == 0, vm.log()[-4000:]
    rows = {row: int(n) for row, n in re.findall(r"# bench: (.+) (\d+)$", vm.log(), re.M)}
    assert 0 < rows["kmalloc and kfree, 64 bytes"] <= 120, rows
    for row in ("kmalloc and kfree, 4096 bytes", "vmalloc and vfree, 16 pages", "kmap and kunmap", "kmap_atomic and kunmap_atomic"):
        assert row in rows
