"""Families of address spaces that do things nobody knows beforehand."""

from grade.plugin import expect, points
from grade.space import AT_ALLOC, BASE, MINOR, PAGE, PRIVATE, READ, RW, SHARED, THEY_WRITE, WRITE, WRITTEN, Space
from model import Area, Family

ARENA = "space"
ALL = ["flush", "areas", "entries", "copy", "reuse"]


@points(4, needs=["areas", "entries", "copy"], cause="in a chain of forks each writer parts from all others, and from nobody else")
def test_any_chain_of_forks(arena, rng):
    space, pages = Space(arena), rng.randrange(4, 9)
    space.anon(0, BASE, pages)
    family = Family([Area(BASE, pages, PRIVATE)])
    for child in range(1, 5):
        for _ in range(4):
            m, addr, byte = rng.randrange(child), BASE + rng.randrange(pages) * PAGE + rng.randrange(PAGE), rng.randrange(256)
            expect(f"space {m} writes", space.write(m, addr, byte), 0)
            family.write(m, addr, byte)
        parent = rng.randrange(child)
        expect("what fork says", space.fork(parent, child), 0)
        family.fork(parent, child)
        space.check(f"when space {parent} had child {child}")
    for (m, written) in family.own.items():
        for page, at in written.items():
            for offset in at:
                expect(f"what space {m} reads at {page + offset:#x}", space.read(m, page + offset), family.read(m, page + offset))


@points(4, needs=["copy"], cause="a copy is mapped only if the entry is still what was copied")
def test_any_race_for_a_copy(arena, rng):
    space = Space(arena)
    space.file(0, 12)
    space.anon(0, BASE, 12)
    space.map(0, BASE + 16 * PAGE, 12, RW, PRIVATE, 0)
    space.expect_fault(0, BASE + 16 * PAGE, WRITE, (2, 3))
    pages = [i for i in range(1, 28) if i % 16 < 12 and i % 16]
    for i in pages:
        space.fault(0, BASE + i * PAGE, READ)
    space.check("before the races")
    free = space.frames()
    some = rng.sample(pages, 12)
    for i in some:
        space.meanwhile(AT_ALLOC, THEY_WRITE, 0, BASE + i * PAGE)
        space.expect_fault(0, BASE + i * PAGE, WRITE, (MINOR, MINOR | WRITTEN), " that another thread wins")
        expect("did the other thread write meanwhile?", space.happened(), True)
        expect("is what is mapped a copy that may be written?", (space.page_at(0, BASE + i * PAGE).anon, space.present(0, BASE + i * PAGE).write),
               (True, True))
    expect("frames that the copies took", free - space.frames(), len(some))
    space.check("after many races")


@points(6, needs=ALL, cause="bytes that were written are what is read, by those who may see them")
def test_any_family(arena, rng):
    space = Space(arena)
    space.file(0, 8)
    family = Family([Area(BASE, 6, PRIVATE), Area(BASE + 8 * PAGE, 6, PRIVATE, 0, 1), Area(BASE + 16 * PAGE, 6, SHARED, 0, 2)])
    for area in family.areas:
        space.map(0, area.start, area.pages, RW, area.flags, area.file, area.offset)
    for step in range(110):
        m, area = rng.choice(sorted(family.own)), rng.choice(family.areas)
        addr = area.start + rng.randrange(area.pages) * PAGE + rng.choice((0, 9, PAGE - 1))
        deed = rng.choice(("write", "write", "write", "read", "read", "fork", "exit"))
        free = [n for n in range(8) if n not in family.own]
        if deed == "write":
            byte = rng.randrange(256)
            expect(f"space {m} writes at {addr:#x}", space.write(m, addr, byte), 0)
            family.write(m, addr, byte)
        elif deed == "read":
            expect(f"what space {m} reads at {addr:#x}", space.read(m, addr), family.read(m, addr))
        elif deed == "fork" and free:
            expect("what fork says", space.fork(m, free[0]), 0)
            family.fork(m, free[0])
        elif deed == "exit" and len(family.own) > 1:
            space.drop(m)
            family.exit(m)
        if step % 20 == 19:
            space.check("in the middle of much work")
    space.check("after much work")
