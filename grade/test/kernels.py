"""Pagoda's kernels for tests that start guests: built once by all workers, with make."""

import fcntl
import os

import pytest

from grade import ROOT
from grade.build import build_tree

MACHINES = ("riscv", "i386")


def built(machine):
    """The build directory of a machine's kernel, up to date."""
    (ROOT / "build").mkdir(exist_ok=True)
    with open(ROOT / "build/.make.lock", "w", encoding="ascii") as lock:		# tools/test takes it, too
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = build_tree(ROOT, machine)
    assert result.ok, result.message
    return result.builddir


def needs_guests():
    """A mark for tests that want QEMU."""
    programs = ["qemu-system-riscv64", "qemu-system-i386"]
    found = [p for p in programs if any(os.access(os.path.join(d, p), os.X_OK) for d in os.environ["PATH"].split(":"))]
    return pytest.mark.skipif(len(found) < len(programs), reason="QEMU is not installed")
