"""The machine runs programs on your faults."""

from grade.plugin import expect, points, sampled
from grade.space import BASE, DONTNEED, GROWSDOWN, PAGE, PRIVATE, RW, WRITE, Space

ARENA = "space"
ALL = ["area", "zero", "ask", "map", "stack", "dontneed", "zap"]
WORK = "cat /bin/* > /tmp/all; cat /tmp/all /tmp/all | wc -c; grep -c bin /tmp/all; ps | cat | cat; rm /tmp/all"


def memory_works(arena):
    """Before anything is booted: a kernel that cannot do this is not worth the time, nor is what it says of itself."""
    space = Space(arena)
    space.file(0, 2)
    space.map(0, BASE, 2, RW, PRIVATE, 0)
    space.anon(0, BASE + 8 * PAGE, 2)
    space.anon(0, BASE + 512 * PAGE, 2, RW, PRIVATE | GROWSDOWN)
    expect("signals for two accesses, one below a stack", [space.access(0, addr, WRITE) for addr in (BASE, BASE + 510 * PAGE)],
           [(0, 0, 0)] * 2)
    space.writes(0, {BASE + PAGE: 1, BASE + 8 * PAGE: 2, BASE + 510 * PAGE: 3})
    expect("MADV_DONTNEED", space.call("advise", 0, BASE, 10, DONTNEED), [-12])     # the hole is told, the rest is done
    expect("bytes that were given back", space.reads(0, (BASE + PAGE, BASE + 8 * PAGE)), [1, 0])
    space.check("after some accesses")


@points(2, needs=ALL, cause="programs are files that are mapped, and stacks that grow: one of the exercises is not right yet")
def test_programs_run(arena, boot):
    memory_works(arena)
    boot.programs(WORK, "/test/mm")


@sampled(1)
@points(2, needs=ALL, cause="the kernel's own tests of memory.c fail on four CPUs: `make ktest T='memory.*'`")
def test_self_tests_on_four_cpus(arena, boot):
    memory_works(arena)
    boot.self_tests("memory.*", 12, cpus=4)
