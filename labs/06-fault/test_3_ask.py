"""Exercise 3: a file's page is asked for."""

from grade.plugin import expect, points
from grade.space import BASE, BUS, MAJOR, MINOR, OOM, PAGE, PRIVATE, READ, RW, SHARED, WRITE, Space

ARENA = "space"
NEEDS = ["ask"]


def file_space(arena, pages, flags=PRIVATE, prot=RW, refuse=None, mapped=None):
    """Space 0 with file 0 of so many pages mapped at BASE."""
    space = Space(arena)
    space.file(0, pages)
    if refuse is not None:
        space.call("refuse", 0, refuse)
    space.map(0, BASE, mapped or pages, prot, flags, 0)
    return space


def entries(space, pages):
    """The frames that space 0's entries map."""
    found = (space.entry(0, BASE + i * PAGE) for i in range(pages))
    return {entry.pfn for entry in found if entry}


@points(2, needs=NEEDS, cause="what ->nopage says is passed on: NOPAGE_SIGBUS becomes VM_FAULT_SIGBUS, and its count of the "
        "fault, minor or major, is the fault's")
def test_what_the_file_says(arena):
    space = file_space(arena, 4, mapped=6)
    space.expect_fault(0, BASE + 3 * PAGE, READ, MAJOR, " of a page on disk")
    reads = space.call("counts", 0)[0]
    assert reads >= 1, f"the file's page was asked for, but {reads} pages were read"
    space.expect_fault(0, BASE + 2 * PAGE, READ, (MINOR, MAJOR))
    space.expect_fault(0, BASE + 4 * PAGE, READ, BUS, " behind the file's end")
    space.expect_fault(0, BASE + 5 * PAGE, WRITE, BUS, " behind the file's end")


@points(3, needs=NEEDS, cause="a private area that is written gets its copy at once (early_cow); where there is no memory for "
        "it, the file's page is given back, too")
def test_no_memory_for_the_copy(arena):
    space = file_space(arena, 8)
    space.expect_fault(0, BASE, READ, (MAJOR, MINOR))
    space.expect_fault(0, BASE + 1 * PAGE, WRITE, (MAJOR, MINOR))      # the anon_vma is there now
    free = space.frames()
    for i in range(2, 7):
        space.call("fail", 1)
        space.expect_fault(0, BASE + i * PAGE, WRITE, OOM, " without memory")
    expect("frames that five faults without memory took", free - space.frames(), 0)
    space.check("after faults without memory")
    pfns = entries(space, 8)
    space.call("unmap", 0, BASE, 8)
    space.expect_given_back(0, 8, pfns)         # what is still mapped is another exercise's


@points(3, needs=NEEDS, cause="page_mkwrite is asked before a shared page is written, and only then; when it refuses, the "
        "answer is VM_FAULT_SIGBUS")
def test_shared_writes_are_announced(arena):
    space = file_space(arena, 8, SHARED, refuse=0)
    space.expect_fault(0, BASE, READ, (MAJOR, MINOR))
    expect("writes announced after a read", space.call("counts", 0)[1], 0)
    space.expect_fault(0, BASE + PAGE, WRITE, (MAJOR, MINOR))
    expect("writes announced after a write", space.call("counts", 0)[1], 1)
    space.call("refuse", 0, 28)
    for i in range(4):
        space.expect_fault(0, BASE + (2 + i) * PAGE, WRITE, BUS, " that the file refuses")
    expect("the entry after a fault that was refused", space.entry(0, BASE + 2 * PAGE), None)
    space.map(1, BASE, 8, RW, PRIVATE, 0)
    space.expect_fault(1, BASE + 6 * PAGE, WRITE, (MAJOR, MINOR), " in a private area")
    pfns = entries(space, 8)
    space.drop(0)
    space.drop(1)
    space.expect_given_back(0, 8, pfns)
