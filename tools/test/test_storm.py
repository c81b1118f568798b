"""The stress programs (user/stress/), for seconds; each ends with TAP. `make soak` runs them for hours."""

import glob
import os
import subprocess

import guest
import pytest
import stress
from conftest import BOOT_TIMEOUT, BUILDS, ROOT, configuration

SECONDS, MEMORY_SECONDS, FUZZ_SECONDS = 20, 10, 60
STORMS = [configuration(b, 4) for b in BUILDS] + [configuration(b, 8) for b in ("riscv", "i386")]


def survives(boot, config, command, **kwargs):
    """The command ends, its checks and the kernel's hold, the shell lives on, and the file system is whole."""
    vm = boot(config.build, cpus=config.cpus, **kwargs)
    try:
        vm.wait_ready(BOOT_TIMEOUT)
        fault = stress.run(vm, command, FUZZ_SECONDS * 8)
        assert not fault, f"{fault}\n{vm.log()[-4000:]}"
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


@pytest.mark.parametrize("config", [configuration(b, 4) for b in ("riscv", "i386", "i386-nopae")])
@pytest.mark.parametrize("program", stress.PROGRAMS)
def test_memory(boot, config, program):
    """Areas, copies, locks, advice and translations against models of every byte."""
    workers = 2 if program == "vmastress" else 4		# it takes as long as 65,530 areas each take
    survives(boot, config, f"/stress/{program} -t {MEMORY_SECONDS} -s 1 -j {workers}")


@pytest.mark.parametrize("config", [configuration(b, 4) for b in ("riscv-debug", "i386-debug")])
def test_fuzz(boot, config):
    """System calls at random for a minute, one child in four as root: all that may end is a child."""
    survives(boot, config, f"/stress/sysfuzz -t {FUZZ_SECONDS} -s 1 -r")


@pytest.mark.quick
@pytest.mark.xdist_group("oracle")
@pytest.mark.parametrize("program", stress.PROGRAMS + ["sysfuzz"])
def test_oracle(program, tmp_path):
    """The same sources on Linux: the models are right."""
    path = os.path.join(ROOT, "user/stress", program)
    sources, binary = glob.glob(path + ".c") + glob.glob(path + "/*.c"), tmp_path / program
    built = subprocess.run(["gcc", "-std=gnu11", "-O1", "-w", "-pthread", "-D_GNU_SOURCE", "-I", ROOT, *sources, "-o", binary],
                           capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    ran = subprocess.run([binary, "-t", "2", "-j", "2"], env={**os.environ, "TMPDIR": str(tmp_path)}, capture_output=True,
                         text=True, errors="replace", timeout=300)
    results, fault = guest.parse_tap(ran.stdout)
    assert results and not fault and ran.returncode == 0, f"{fault}\n{ran.stdout}{ran.stderr}"
