"""What a booted guest's /proc says, and what its memory tells about it, as the tests of this lab want it."""

import contextlib

from grade.plugin import expect
from model import PAGE_KIB, VM_ACCOUNT, kib

MAX_AREAS = 10000               # of one address space; more is a list that does not end


def read(guest, *files):
    """The text of files in the guest, one after the other."""
    status, out, err = guest.run("cat " + " ".join(files))
    assert status == 0, err.decode(errors="replace")
    return out.decode(errors="replace")


def committed(guest):
    """Committed_AS in KiB."""
    return kib(read(guest, "/proc/meminfo"), "Committed_AS")


def areas(mm):
    """The areas of an address space (a View of struct mm_struct), lowest first."""
    vma, seen = mm.follow("mmap"), 0
    while vma is not None:
        seen += 1
        assert seen < MAX_AREAS, "the list of areas does not end"
        yield vma
        vma = vma.follow("vm_next")


def promised(guest):
    """(what the kernel has counted, what all processes' areas come to) in KiB, both from the stopped guest's memory."""
    kernel = guest.kernel
    with guest.stopped():
        tasks = kernel.list(kernel["task_list"], "struct task_struct", "tasks")
        spaces = {task.mm: task.follow("mm") for task in tasks if task.mm}
        pages = sum((vma.vm_end - vma.vm_start) >> 12 for mm in spaces.values() for vma in areas(mm)
                    if vma.vm_flags & VM_ACCOUNT)
        return kernel.number(kernel["vm_committed_space"], kernel.word) * PAGE_KIB, pages * PAGE_KIB


@contextlib.contextmanager
def balanced(guest, what):
    """What runs inside leaves the promises as they were, and they are what the areas of those who still run come to."""
    before = committed(guest)
    yield
    expect(f"Committed_AS in KiB after {what}, which has ended", committed(guest), before)
    counted, sum_of_areas = promised(guest)
    expect(f"vm_committed_space in KiB after {what}, and the accounted areas of all processes", counted, sum_of_areas)


def must_run(guest, command):
    """Run a command that must succeed; its output."""
    status, out, err = guest.run(command)
    assert status == 0, f"{command!r} gave status {status}: {(out + err).decode(errors='replace')[-500:]}"
    return out.decode(errors="replace")
