"""A booted machine at work."""

from grade.plugin import expect, points
from grade.space import BASE, Space

ARENA = "space"
ALL = ["flush", "areas", "entries", "copy", "reuse"]


@points(3, needs=ALL, cause="under all kinds of work the machine must go on, with several CPUs, too")
def test_the_machine_works(arena, boot, rng):
    space = Space(arena)                                    # who cannot do this need not be booted
    space.anon(0, BASE, 2)
    space.writes(0, {BASE: 1})
    expect("what fork says", space.fork(0, 1), 0)
    space.writes(1, {BASE: 3})
    expect("what parent and child read", (space.read(0, BASE), space.read(1, BASE)), (1, 3))
    guest = boot(cpus=2)
    names = "".join(sorted(rng.sample("abcdefghilmnprstuw", 8)))
    work = f"""for i in 1 2; do
        (cat /bin/[{names}]* > /tmp/x; wc /tmp/x) & (ps | cat | wc -l) & (ls -l /bin | grep -c r) & wait; rm /tmp/x
    done"""
    for _ in range(2):
        status, _, errors = guest.run(work)
        expect("the status and the errors of some work", (status, errors.decode()), (0, ""))
