"""The user tests (user/test/): every program in every configuration, and on the host's Linux as the oracle."""

import glob
import os
import subprocess

import guest
import pytest
from conftest import ROOT

PROGRAMS = sorted(os.path.basename(p)[:-2] for p in glob.glob(os.path.join(ROOT, "user/test/*.c")))


@pytest.mark.parametrize("program", PROGRAMS)
def test_user(vm, program):
    status, out, err = vm.run(f"cd /tmp && /test/{program}", timeout=900)
    results, fault = guest.parse_tap(out)
    assert results and not fault and status == 0, f"status {status}: {fault}\n{out[-8000:]}{err[-4000:]}"


@pytest.mark.quick
@pytest.mark.xdist_group("oracle")
@pytest.mark.parametrize("program", PROGRAMS)
def test_oracle(program, tmp_path):
    """The same source on Linux: the test itself is right. What it skips there, it says."""
    source, binary = os.path.join(ROOT, "user/test", program + ".c"), tmp_path / program
    built = subprocess.run(["gcc", "-std=gnu11", "-O1", "-w", "-pthread", "-D_GNU_SOURCE", "-I", ROOT, source, "-o", binary],
                           capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    ran = subprocess.run([binary], cwd=tmp_path, capture_output=True, text=True, errors="replace", timeout=900)
    results, fault = guest.parse_tap(ran.stdout)
    assert results and not fault and ran.returncode == 0, f"{fault}\n{ran.stdout}{ran.stderr}"
