"""Families that do things nobody knows beforehand: what rmap says is compared with what all page tables and areas say."""

from grade.plugin import expect, points
from grade.space import BASE, NONE, PAGE, PRIVATE, READ, RW, SHARED, US, Space
from model import all_mappings, families, uses

ARENA = "space"
AREAS = ((BASE, PRIVATE, -1), (BASE + 32 * PAGE, PRIVATE, 0), (BASE + 64 * PAGE, SHARED, 0))     # of eight pages each


def grow(space, rng, steps):
    """A family of spaces does this and that with its areas."""
    space.file(0, 10)
    for start, flags, file in AREAS:
        space.map(0, start, 8, RW, flags, file, 0 if file < 0 else 1)
    for _ in range(steps):
        m, start = rng.choice(sorted(space.spaces)), rng.choice(AREAS)[0]
        first = rng.randrange(7)
        addr, pages = start + first * PAGE, rng.randrange(1, 9 - first)
        free = [n for n in range(6) if n not in space.spaces]
        deed = rng.choice(("write", "write", "write", "read", "read", "fork", "fork", "drop", "unmap", "protect", "move"))
        if deed in ("write", "read"):
            lines = [(deed, m, addr + i * PAGE, 5, 0) if deed == "write" else (deed, m, addr + i * PAGE, 0) for i in range(pages)]
            space.many(lines)                               # where nothing is, or may be done, it fails
        elif deed == "fork" and free:
            expect("what fork says", space.fork(m, free[0]), 0)
        elif deed == "drop" and len(space.spaces) > 2:
            space.drop(m)
        elif deed == "unmap" and rng.random() < 0.4:
            space.call("unmap", m, addr, 1)
        elif deed == "protect":
            space.call("protect", m, addr, pages, rng.choice((READ, RW, RW, NONE)))
        elif deed == "move":
            space.call("move", m, addr, 1, 1, 3, BASE + (128 + rng.randrange(8)) * PAGE)


@points(6, needs=["family", "count"], cause="an anon_vma's list has all areas that belong to it, and no others, whatever happened to them; "
        "each entry is counted, and each page that is mapped once")
def test_any_family(arena, rng):
    space = Space(arena)
    before = space.mapped()
    for _ in range(2):
        arena.call("reset")
        space = Space(arena)
        grow(space, rng, 22)
        for anon_vma, areas in families(space).items():
            m, start, _ = min(areas)
            family = space.family(m, start)
            expect(f"areas on the list of the anon_vma of space {m}'s area at {start:#x}", sorted(family, key=str), sorted(areas, key=str))
        space.check("after much work")
        pages = [space.page(pfn).anon for pfn in all_mappings(space)]
        anon, file = (now - then for now, then in zip(space.mapped(), before))
        expect("anonymous pages that somebody maps", anon, sum(pages))
        expect("files' pages that somebody maps, and perhaps the zero page", file - (len(pages) - sum(pages)) in (0, 1), True)


@points(5, needs=["family", "count", "find", "referenced"], cause="each entry of a page that was used counts, of whatever space, and no other")
def test_any_use(arena, rng):
    space = Space(arena)
    grow(space, rng, 20)
    pfns = sorted(all_mappings(space))
    space.many([("referenced", pfn, US) for pfn in pfns])
    expect("entries that are young when all were asked for", sum(map(uses, all_mappings(space).values())), 0)
    space.many([("read", m, start + rng.randrange(8) * PAGE, 0) for m in sorted(space.spaces) for start, _, _ in AREAS for _ in range(3)])
    mappings = all_mappings(space)
    for pfn in rng.sample(sorted(mappings), min(12, len(mappings))):
        who, marked = mappings[pfn], space.page(pfn).has("referenced")      # when a file's page was found, but not by an entry
        expect(f"uses of a page that spaces {[w.m for w in who]} map at {[hex(w.addr) for w in who]}", space.referenced(pfn),
               uses(who) + marked)
        expect("uses of it when asked again", space.referenced(pfn), 0)
    space.check("after pages were asked for")
