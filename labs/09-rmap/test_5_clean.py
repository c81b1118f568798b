"""Exercise 5: before a page is written back, whoever may write to it loses the right, so that the next write is seen."""

from grade.plugin import expect, points
from grade.space import BASE, MAJOR, MINOR, PAGE, READ, RW, SHARED, WRITE, Entry, Space

ARENA = "space"
NEEDS = ["count", "find", "clean"]
READ_IN = (MINOR, MAJOR)


def shared(arena, pages, unaccounted=False):
    """Space 0 maps a file; all its pages were read."""
    space = Space(arena)
    space.file(0, pages, unaccounted)
    space.map(0, BASE, pages, RW, SHARED, 0)
    for i in range(pages):
        space.expect_fault(0, BASE + i * PAGE, READ, READ_IN)
    return space, [space.present(0, BASE + i * PAGE).pfn for i in range(pages)]


@points(3, needs=NEEDS, cause="the entry loses the dirty bit and the right to write, and nothing else; somebody is told that it was dirty: 1")
def test_a_written_page(arena):
    space, pfns = shared(arena, 3)
    space.writes(0, {BASE: 1, BASE + PAGE: 2})
    for i in range(2):
        expect("the entry of a page that was written", space.present(0, BASE + i * PAGE), Entry(pfns[i], write=True, young=True, dirty=True))
        expect("page_mkclean() of a page that was written, and again", [space.clean(pfns[i]) for _ in range(2)], [1, 0])
        expect("the entry after it", space.present(0, BASE + i * PAGE), Entry(pfns[i], write=False, young=True, dirty=False))
    space.writes(0, {BASE: 3})
    expect("page_mkclean() of a page that was written again, of one that was not, of one that was only read",
           [space.clean(pfn) for pfn in pfns], [1, 0, 0])
    expect("the bytes that were written", space.reads(0, (BASE, BASE + PAGE)), [3, 2])
    space.check("after pages were made clean")


@points(3, needs=NEEDS, cause="all areas that map the page are visited: one dirty entry is enough, wherever it is, and no other may stay writable")
def test_all_who_map_it(arena):
    space, pfns = shared(arena, 4)
    for m in (1, 2):
        space.map(m, BASE + 32 * m * PAGE, 3, RW, SHARED, 0, m)
    places = {0: BASE + 2 * PAGE, 1: BASE + 33 * PAGE, 2: BASE + 64 * PAGE}         # of page 2
    for writers in ((0,), (1,), (2,), (0, 1, 2), (0, 2)):
        for m, addr in places.items():
            space.read(m, addr)
        for m in writers:
            space.writes(m, {places[m]: 40 + m})
        expect(f"page_mkclean() of a page that spaces {writers} of three wrote, and again", [space.clean(pfns[2]) for _ in range(2)], [1, 0])
        expect("which of three entries may be written, or are dirty, after it",
               [m for m, addr in places.items() if space.present(m, addr).write or space.present(m, addr).dirty], [])
    space.check("after a page of three spaces was made clean")


@points(2, needs=NEEDS, cause="an entry that may be written is no better than a dirty one: its page can be written the moment we look away")
def test_writable_but_not_written(arena):
    space, pfns = shared(arena, 4, unaccounted=True)
    space.writes(0, {BASE + PAGE: 7})
    expect("may a page be written that was only read, of a file whose dirty pages nobody counts? is it dirty?",
           (space.present(0, BASE).write, space.present(0, BASE).dirty), (True, False))
    expect("page_mkclean() of a page that may be written, and again", [space.clean(pfns[0]) for _ in range(2)], [1, 0])
    expect("may it be written after it?", space.present(0, BASE).write, False)
    expect("may its neighbours?", [space.present(0, BASE + i * PAGE).write for i in (1, 2)], [True, True])
    space.check("after pages were made clean")


@points(3, needs=NEEDS, cause="the CPU that wrote to the page has the old entry, with the right to write, in its TLB: the next write does not fault, "
        "no dirty bit is set, and what was written is never written back")
def test_the_next_write_is_seen(arena):
    space, pfns = shared(arena, 12)
    told = space.many([line for i, pfn in enumerate(pfns) for line in
                       (("write", 0, BASE + i * PAGE, 1, 0), ("clean", pfn), ("write", 0, BASE + i * PAGE, 2, 0), ("clean", pfn))])
    expect("page_mkclean() of 12 pages when each was written", [told[i + 1][0] for i in range(0, len(told), 4)], [1] * 12)
    expect("page_mkclean() when each was written again", [told[i + 3][0] for i in range(0, len(told), 4)], [1] * 12)
    for i, pfn in enumerate(pfns):
        space.expect_fault(0, BASE + i * PAGE, WRITE, MINOR | 0x10)
        expect("is the page dirty?", space.page(pfn).has("dirty"), True)
