"""Exercise 1: pages go when no CPU can reach them any more."""

from grade.plugin import expect, points
from grade.space import BASE, DONTNEED, MINOR, PAGE, READ, RW, SHARED, WRITE, Space

ARENA = "space"
NEEDS = ["flush"]


def fill(space, pages, m=0):
    """Space m has so many pages at BASE, all written: page i has byte i."""
    space.anon(m, BASE, pages)
    space.writes(m, {BASE + i * PAGE: i & 0xff for i in range(pages)})


@points(2, needs=NEEDS, cause="release_pages() drops the references of all that was gathered: tlb->pages[], tlb->nr of them")
def test_pages_come_back(arena):
    space = Space(arena)
    space.anon(0, BASE, 300)
    space.expect_fault(0, BASE, WRITE, MINOR)
    free = space.frames()
    space.many([("fault", 0, BASE + i * PAGE, WRITE) for i in range(1, 300)])
    space.call("advise", 0, BASE + PAGE, 299, DONTNEED)
    expect("frames that are missing when 299 pages were given back", free - space.frames(), 0)
    space.check("when pages were given back")


@points(3, needs=NEEDS, cause="entries were cleared, but the CPU still has them in its TLB: flush before the pages go")
def test_this_cpu_forgets_the_pages(arena):
    space = Space(arena)
    space.anon(0, BASE, 96)
    for first in range(BASE, BASE + 96 * PAGE, 3 * PAGE):        # in quick succession, as a CPU may forget entries by itself
        pages = range(first, first + 3 * PAGE, PAGE)
        told = space.many([("write", 0, addr, 5, 0) for addr in pages] + [("advise", 0, first, 3, DONTNEED)]
                          + [("read", 0, addr, 0) for addr in pages])
        expect("bytes of three pages that were written and given back", told[4:], [[0]] * 3)


@points(2, needs=NEEDS, cause="tlb->start and tlb->end say what must be flushed when only entries were cleared: all from the first "
        "to the last, not one page")
def test_large_ranges_are_forgotten(arena):
    space = Space(arena)
    fill(space, 200)
    space.call("advise", 0, BASE + PAGE, 198, DONTNEED)
    wrong = sum(byte != 0 for byte in space.reads(0, range(BASE + PAGE, BASE + 199 * PAGE, PAGE)))
    expect("pages of 198 that were given back, and still have their old bytes", wrong, 0)
    expect("what the first and the last page have", (space.read(0, BASE), space.read(0, BASE + 199 * PAGE)), (0, 199))


@points(2, needs=NEEDS, cause="what was freed must not be freed again: after the flush the gather is as tlb_gather_mmu() made it")
def test_a_gather_can_be_used_again(arena):
    space = Space(arena)
    free = None
    for _ in range(4):
        fill(space, 140, 1)
        space.call("advise", 1, BASE, 70, DONTNEED)
        space.call("unmap", 1, BASE, 140)
        free = free or space.frames()
        expect("frames that are missing when pages were taken and given back again", free - space.frames(), 0)


@points(2, needs=NEEDS, cause="only the cleared entry knew that the page was written: tlb->dirty has a bit for each page, and "
        "tell_dirty() tells them, after the flush (no CPU can write any more) and before the reference goes")
def test_dirty_pages_are_told(arena):
    space = Space(arena)
    space.file(0, 8, unaccounted=True)
    space.map(0, BASE, 8, RW, SHARED, 0)
    space.many([("fault", 0, BASE + i * PAGE, READ) for i in range(8)])
    space.writes(0, {BASE + i * PAGE: 7 for i in (2, 3, 6)})
    pfns = [space.present(0, BASE + i * PAGE).pfn for i in range(8)]
    space.call("advise", 0, BASE, 4, DONTNEED)
    space.call("unmap", 0, BASE, 8)
    expect("which of eight pages are dirty, of which three were written", [i for i in range(8) if space.page(pfns[i]).has("dirty")],
           [2, 3, 6])
    expect("by how many entries they are mapped", [space.page(pfn).mapped for pfn in pfns], [0] * 8)
