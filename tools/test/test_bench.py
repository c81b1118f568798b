"""make bench: figures beside Linux's, and none above them."""

import re

import pytest
from conftest import make

ARCHES = [pytest.param(a, marks=pytest.mark.xdist_group(f"bench-{a}")) for a in ("riscv", "i386")]


@pytest.mark.parametrize("arch", ARCHES)
def test_no_row_above_linux(arch):
    result = make("bench", f"ARCH={arch}", text=True)
    assert result.returncode == 0, result.stderr[-4000:]
    if "vmbench is skipped" in result.stdout:
        pytest.skip(result.stdout.splitlines()[-1])
    last = result.stdout.splitlines()[-1]
    found = re.match(r"(\d+) of (\d+) rows at or below Linux's; median \d\.\d\dx; above: none;", last)
    assert found and found[1] == found[2] and int(found[1]) >= 38, result.stdout
    assert int(re.search(r"finding among 10,000 areas costs ([+-]\d+) against", last).group(1)) <= 150
    assert re.search(r"^boot to the first program +[\d,]+$", result.stdout, re.M)


def test_some_rows():
    result = make("bench", "ARCH=riscv", "ROWS=null_ vma_fault_10", text=True)
    assert result.returncode == 0, result.stderr[-4000:]
    if "vmbench is skipped" not in result.stdout:
        names = re.findall(r"^(\w+) +[\d,]+ ", result.stdout, re.M)
        assert names == ["null_syscall", "vma_fault_10", "vma_fault_100", "vma_fault_1000", "vma_fault_10000"]
