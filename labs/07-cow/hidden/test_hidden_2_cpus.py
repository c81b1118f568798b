"""Families on two CPUs."""

from grade.plugin import expect, points, sampled
from grade.space import BASE, DONTNEED, PAGE, PRIVATE, SHARED, RW, Space
from model import Area, Family

ARENA, ARENA_CPUS = "space", 2
ALL = ["flush", "areas", "entries", "copy", "reuse"]


@sampled(1)
@points(5, needs=ALL, cause="one CPU goes on using what another has changed: somewhere a flush is missing, or reaches only this CPU")
def test_any_family_on_two_cpus(arena, rng):
    space = Space(arena)
    space.file(0, 8)
    family = Family([Area(BASE, 5, PRIVATE), Area(BASE + 8 * PAGE, 5, PRIVATE, 0, 1), Area(BASE + 16 * PAGE, 5, SHARED, 0, 2)])
    for area in family.areas:
        space.map(0, area.start, area.pages, RW, area.flags, area.file, area.offset)
    for step in range(110):
        m, area, cpu = rng.choice(sorted(family.own)), rng.choice(family.areas), rng.randrange(2)
        page = area.start + rng.randrange(area.pages) * PAGE
        addr = page + rng.choice((0, 9, PAGE - 1))
        deed = rng.choice(("write", "write", "write", "read", "read", "read", "fork", "exit", "dontneed"))
        free = [n for n in range(8) if n not in family.own]
        if deed == "write":
            byte = rng.randrange(256)
            expect(f"space {m} on CPU {cpu} writes at {addr:#x}", space.write(m, addr, byte, cpu), 0)
            family.write(m, addr, byte)
        elif deed == "read":
            expect(f"what space {m} on CPU {cpu} reads at {addr:#x}", space.read(m, addr, cpu), family.read(m, addr))
        elif deed == "fork" and free:
            expect("what fork says", space.fork(m, free[0]), 0)
            family.fork(m, free[0])
        elif deed == "exit" and len(family.own) > 1:
            space.drop(m)
            family.exit(m)
        elif deed == "dontneed":
            space.call("advise", m, page, 1, DONTNEED)
            family.own[m].pop(page, None)
        if step % 40 == 39:
            space.check("in the middle of work on two CPUs")
