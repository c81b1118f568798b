"""The stress programs (user/stress/), for seconds: `program SECONDS SEED`, TAP. `make soak` runs the storm for hours."""

import glob
import os

import guest
import pytest
from conftest import BOOT_TIMEOUT, BUILDS, ROOT, configuration

PROGRAMS = sorted(os.path.basename(p)[:-2] for p in glob.glob(os.path.join(ROOT, "user/stress/*.c")))
SECONDS = 20


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("config", [configuration(b, 4) for b in BUILDS] + [configuration(b, 8) for b in ("riscv", "i386")])
def test_stress(boot, config, program):
    """It ends, its checks hold, the shell lives on, and the file system is whole."""
    vm = boot(config.build, cpus=config.cpus)
    try:
        vm.wait_ready(BOOT_TIMEOUT)
        status, out, err = vm.run(f"/stress/{program} {SECONDS} 1", timeout=SECONDS * 10 + 120)
        results, fault = guest.parse_tap(out.decode(errors="replace"))
        assert results and not fault and status == 0, f"status {status}: {fault}\n{out.decode()}{err.decode()}\n{vm.log()[-4000:]}"
        assert vm.run("echo alive")[1] == b"alive\n"
        assert vm.power_off(BOOT_TIMEOUT) == 0
    except guest.GuestError as e:
        pytest.fail(f"{e}\n{vm.log()[-8000:]}", pytrace=False)
    assert guest.fsck(vm.disk) == ""
