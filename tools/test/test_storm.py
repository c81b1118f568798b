"""The stress programs (user/stress/), for seconds; each ends with TAP. `make soak` runs the storm for hours."""

import guest
import pytest
from conftest import BOOT_TIMEOUT, BUILDS, configuration

SECONDS = 20
STORMS = [configuration(b, 4) for b in BUILDS] + [configuration(b, 8) for b in ("riscv", "i386")]


def survives(boot, config, command, **kwargs):
    """The command ends, its checks hold, the shell lives on, and the file system is whole."""
    vm = boot(config.build, cpus=config.cpus, **kwargs)
    try:
        vm.wait_ready(BOOT_TIMEOUT)
        status, out, err = vm.run(command, timeout=SECONDS * 10 + 120)
        results, fault = guest.parse_tap(out.decode(errors="replace"))
        assert results and not fault and status == 0, f"status {status}: {fault}\n{out.decode()}{err.decode()}\n{vm.log()[-4000:]}"
        assert vm.run("echo alive")[1] == b"alive\n"
        assert vm.power_off(BOOT_TIMEOUT) == 0
    except guest.GuestError as e:
        pytest.fail(f"{e}\n{vm.log()[-8000:]}", pytrace=False)
    assert guest.fsck(vm.disk) == ""


@pytest.mark.parametrize("config", STORMS)
def test_storm(boot, config):
    survives(boot, config, f"/stress/storm -t {SECONDS} -s 1")


@pytest.mark.parametrize("config", [configuration(b, 4) for b in ("riscv", "i386", "riscv-debug")])
@pytest.mark.parametrize("options", ["", "-j 32"], ids=["machine", "user"])
def test_fork_bomb(boot, config, options):
    """The machine's limit on processes ends it, or the user's; memory is not what ends it."""
    survives(boot, config, f"/stress/forkbomb {options}")
