"""The machine runs programs in your areas."""

from areas import Areas
from grade.plugin import expect, points, sampled
from grade.space import BASE, PAGE, READ, RW, SHARED
from model import area

ARENA = "space"
ALL = ["find", "place", "cut", "merge", "protect", "grow"]
WORK = "cat /bin/* > /tmp/all; cat /tmp/all | wc -c; grep -c bin /tmp/all; (ps | cat) | cat; rm /tmp/all"


def areas_work(arena):
    """Before anything is booted: a kernel that cannot do this is not worth the time, nor is what it says of itself."""
    space = Areas(arena)
    space.file(0, 12)
    space.map(0, BASE, 12, RW, SHARED, 0)
    space.call("unmap", 0, BASE + 4 * PAGE, 2)
    expect("mprotect", space.call("protect", 0, BASE, 4, READ), [0])
    expect("mremap", space.call("move", 0, BASE, 4, 5, 0, 0), [BASE])
    space.map(0, BASE + 5 * PAGE, 1, RW, SHARED, 0, 5)
    space.expect_areas(0, [area(BASE, 5, prot=READ, shared=True, file=0), area(BASE + 5 * PAGE, 7, shared=True, file=0, offset=5)], "after some calls")
    assert space.place(0, 3) > 0, "there is no place for a mapping of three pages"


@points(2, needs=ALL, cause="a program is some mappings, and its C library makes more: one of the exercises is not right yet")
def test_programs_run(arena, boot):
    areas_work(arena)
    boot.programs(WORK, "/test/mmap", "/test/mprotect", "/test/mremap")


@sampled(1)
@points(2, needs=ALL, cause="the kernel's own tests of mmap.c fail on four CPUs: `make ktest T='mmap.*'`")
def test_self_tests_on_four_cpus(arena, boot):
    areas_work(arena)
    boot.self_tests("mmap.*", 10, cpus=4)
