"""A booted machine at work."""

from grade.plugin import expect, points
from grade.space import BASE, PRIVATE, RW, WRITE, MAJOR, MINOR, Space

ARENA = "space"
ALL = ["area", "zero", "ask", "map", "stack", "dontneed", "zap"]


@points(4, needs=ALL, cause="under all kinds of work the machine must go on, and memory must come back")
def test_the_machine_works(arena, boot, rng):
    space = Space(arena)                                    # who cannot do this need not be booted
    space.file(0, 2)
    space.map(0, BASE, 2, RW, PRIVATE, 0)
    space.expect_fault(0, BASE, WRITE, (MINOR, MAJOR))
    expect("the signal for a write", space.access(0, BASE + 1, WRITE), (0, 0, 0))
    vm = boot()
    names = "".join(sorted(rng.sample("abcdefghilmnprstuw", 8)))
    work = f"""for i in 1 2 3; do
        cat /bin/[{names}]* > /tmp/x; wc /tmp/x; cp /tmp/x /tmp/y; grep -c e /tmp/y; rm /tmp/x /tmp/y; ps | cat | wc -l
    done"""
    for _ in range(2):
        status, _, errors = vm.run(work)
        expect("the status and the errors of some work", (status, errors.decode()), (0, ""))
