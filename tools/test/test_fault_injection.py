"""Failures on purpose: Linux's knobs, and a short form of the sweep (tools/sweep.py; the whole one is in `make soak`)."""

import guest
import pytest
import sweep
from conftest import BOOT_TIMEOUT, ISAS, configuration

KNOBS = "/proc/sys/debug/failslab/"
NO_MEMORY = b"Cannot allocate memory"


def ok(vm, command):
    status, out, err = vm.run(command)
    assert status == 0, err
    return out


@pytest.mark.parametrize("isa", ISAS)
def test_knobs(boot, isa):
    """A marked task's request fails, as often as it was asked for, and nobody else's."""
    vm = boot(isa.build, cpus=isa.cpus, append="failslab=3,0,4096,7")
    vm.wait_ready(BOOT_TIMEOUT)
    assert [ok(vm, f"cat {KNOBS}{knob}") for knob in ("interval", "probability", "space", "times")] == [
        b"3\n", b"0\n", b"4096\n", b"7\n"]
    for knob, value in {"interval": 1, "space": 0, "times": 1, "task-filter": 1, "ignore-gfp-wait": 0, "verbose": 1,
                        "probability": 100}.items():
        ok(vm, f"echo {value} > {KNOBS}{knob}")
    assert b"bin" in ok(vm, "ls /")
    status, _, err = vm.run("echo 1 > /proc/self/make-it-fail; cat /etc/passwd")
    assert status and NO_MEMORY in err, (status, err)
    assert ok(vm, f"cat {KNOBS}times") == b"0\n" and b"fault injection: failslab" in ok(vm, "dmesg")
    assert ok(vm, "echo 1 > /proc/self/make-it-fail; cat /etc/passwd; cat /proc/self/make-it-fail").endswith(b"1\n")
    for bad in (f"echo 101 > {KNOBS}probability", "echo 2 > /proc/self/make-it-fail", "echo -1 > /proc/self/fail-nth"):
        assert vm.run(bad)[0] != 0
    assert vm.power_off(BOOT_TIMEOUT) == 0


@pytest.mark.parametrize("isa", ISAS)
def test_the_nth_fails(boot, isa):
    """fail-nth counts down to the one call that fails; what a shell does needs less than so many."""
    vm = boot(isa.build, cpus=isa.cpus)
    vm.wait_ready(BOOT_TIMEOUT)
    failed = 0
    for n in range(1, 40):
        status, out, _ = vm.run(f"echo {n} > /proc/self/fail-nth; cd /bin && cd /proc && read left < self/fail-nth && echo $left")
        if status == 0 and int(out):
            break			# so many there are not
        failed += status != 0
    assert failed >= 3, "no call of cd or read has failed"
    assert vm.power_off(BOOT_TIMEOUT) == 0


@pytest.mark.parametrize("config", [configuration(b, 4) for b in ("riscv", "i386", "riscv-debug", "i386-nopae-debug")])
def test_sweep(boot, config):
    """Every place that a few commands reach fails once: nothing panics, nothing leaks."""
    vm = boot(config.build, cpus=config.cpus)
    vm.wait_ready(BOOT_TIMEOUT)
    swept = sweep.Sweep(vm)
    places = [swept.sweep(command) for command in sweep.SHELL + ["/test/pipes"]]
    assert sum(places) > 200 and swept.failed() >= sum(places)
    assert vm.power_off(BOOT_TIMEOUT) == 0
    assert guest.fsck(vm.disk) == ""


@pytest.mark.parametrize("isa", ISAS)
def test_way_to_a_shell(build, isa):
    """init and its children meet a failure at every place, and there is a shell in the end."""
    assert sweep.boot_to_shell(build(isa.build)).count("fault injection:") > 50
