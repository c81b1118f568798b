"""Exercise 6: a page is taken out of all page tables."""

from grade.plugin import expect, points
from grade.space import (AGAIN, BASE, FAIL, LOCKED, PAGE, PRIVATE, READ, RW, SHARED, SUCCESS, US, Space, file_byte)

ARENA = "space"
NEEDS = ["count", "find", "unmap"]
NAMES = {SUCCESS: "SWAP_SUCCESS", AGAIN: "SWAP_AGAIN", FAIL: "SWAP_FAIL"}


def expect_unmapped(space, pfn, wanted, what, migration=False):
    expect(f"try_to_unmap() of {what}", NAMES[space.unmap_all(pfn, migration)], NAMES[wanted])


def mapped(arena, spaces=1, pages=8, unaccounted=False, prot=READ):
    """So many spaces map a file; all its pages were read by each of them."""
    space = Space(arena)
    space.file(0, pages, unaccounted)
    for m in range(spaces):
        space.map(m, BASE + 16 * m * PAGE, pages, prot, PRIVATE if m % 2 else SHARED, 0)
        space.reads(m, [BASE + (16 * m + i) * PAGE for i in range(pages)])
    return space, [space.present(0, BASE + i * PAGE).pfn for i in range(pages)]


@points(3, needs=NEEDS, cause="the entry is cleared, and all books are closed: rss, mapcount, and the reference that the entry had")
def test_nobody_maps_it_after(arena):
    space, pfns = mapped(arena, 3)
    expect("by how many entries a page is mapped", space.page(pfns[2]).mapped, 3)
    for i in (2, 3, 7):
        expect_unmapped(space, pfns[i], SUCCESS, f"page {i}, which three spaces map, to move it", True)
        expect("the entries of the three spaces", [space.entry(m, BASE + (16 * m + i) * PAGE) for m in range(3)], [None] * 3)
        space.frames()                                          # nobody else holds it after this
        page = space.page(pfns[i])
        expect("by how many entries it is mapped, and its _count: the page cache", (page.mapped, page.count), (0, 1))
    for m in range(3):
        space.expect_rss(m, 5, 0, ", three of whose eight pages were taken away")
    space.check("after pages were taken away")
    expect("a byte of a page that comes back", space.read(1, BASE + 19 * PAGE + 5), file_byte(3, 5))
    expect("is it the same page?", space.present(1, BASE + 19 * PAGE).pfn, pfns[3])
    space.check("after one came back")


@points(3, needs=NEEDS, cause="a page that was used since it was asked last is in use, and stays: SWAP_FAIL. The use is told thereby: the next time "
        "the page goes, unless it was used again, which the CPU must see (flush)")
def test_what_is_in_use_stays(arena):
    space, pfns = mapped(arena, 1, 12)
    told = space.many([line for i, pfn in enumerate(pfns) for line in
                       (("unmap_all", pfn, 0), ("read", 0, BASE + i * PAGE, 0), ("unmap_all", pfn, 0), ("unmap_all", pfn, 0))])
    expect("try_to_unmap() of 12 pages that were used", [NAMES[told[i][0]] for i in range(0, len(told), 4)], ["SWAP_FAIL"] * 12)
    expect("try_to_unmap() when they were used again", [NAMES[told[i + 2][0]] for i in range(0, len(told), 4)], ["SWAP_FAIL"] * 12)
    expect("try_to_unmap() when they were not used since", [NAMES[told[i + 3][0]] for i in range(0, len(told), 4)], ["SWAP_SUCCESS"] * 12)
    expect("pages that are still mapped", len(space.entries(0)), 0)
    space.check("after pages were taken away")


@points(2, needs=NEEDS, cause="the first no is the answer: the walk ends there (1), and the areas behind it are not asked; their entries stay young")
def test_a_no_ends_the_walk(arena):
    space, pfns = mapped(arena, 3)
    for i in (0, 5):
        expect("tries to unmap a page that three spaces used", [NAMES[space.unmap_all(pfns[i])] for _ in range(4)],
               ["SWAP_FAIL"] * 3 + ["SWAP_SUCCESS"])
    expect("of another page: try_to_unmap(), and how many of three entries are young after it",
           (NAMES[space.unmap_all(pfns[3])], sum(space.present(m, BASE + (16 * m + 3) * PAGE).young for m in range(3))), ("SWAP_FAIL", 2))


@points(3, needs=NEEDS, cause="a locked area keeps its pages, used or not: SWAP_FAIL; only to be moved they go, whatever the area "
        "and their use. A locked area that does not have the page says nothing")
def test_what_is_locked_stays(arena):
    space, pfns = mapped(arena)
    space.map(1, BASE, 8, READ, SHARED | LOCKED, 0)
    space.map(2, BASE, 16, READ, SHARED | LOCKED, 0)            # is on the way before the others, or behind them
    space.reads(1, (BASE + PAGE, BASE + 2 * PAGE))
    for i in (1, 2):
        expect("tries to unmap a page that a locked area has", [NAMES[space.unmap_all(pfns[i])] for _ in range(4)][-2:], ["SWAP_FAIL"] * 2)
        expect("does the locked area still have it?", space.entry(1, BASE + i * PAGE) is not None, True)
        expect_unmapped(space, pfns[i], SUCCESS, "a locked page, to move it", True)
        expect("do both spaces have it?", (space.entry(0, BASE + i * PAGE), space.entry(1, BASE + i * PAGE)), (None, None))
    space.check("after locked pages were moved away")
    space.reads(0, (BASE + PAGE, BASE + 2 * PAGE))              # no locked area has them any more
    for i in (1, 2):
        expect("tries to unmap a page that was used, and that no locked area has", [NAMES[space.unmap_all(pfns[i])] for _ in range(2)],
               ["SWAP_FAIL", "SWAP_SUCCESS"])


@points(3, needs=NEEDS, cause="the hardware sets the entry's dirty bit, and nothing else knows of the write: without set_page_dirty() what was "
        "written is lost when the page is freed")
def test_the_dirty_bit_is_told(arena):
    space, pfns = mapped(arena, 1, 8, True, RW)
    space.writes(0, {BASE + i * PAGE: 7 for i in (2, 3, 6)})
    expect("which pages are dirty before, of eight of which three were written", [i for i in range(8) if space.page(pfns[i]).has("dirty")], [])
    for pfn in pfns:
        expect_unmapped(space, pfn, SUCCESS, "a page, to move it", True)
    expect("which are dirty after it", [i for i in range(8) if space.page(pfns[i]).has("dirty")], [2, 3, 6])
    expect("what is read when they come back", space.reads(0, [BASE + i * PAGE for i in range(8)]),
           [7 if i in (2, 3, 6) else i for i in range(8)])
    space.check("after written pages were taken away")


@points(2, needs=NEEDS, cause="the CPU still has the entry in its TLB, and goes on using a page that is no longer its: flush before the reference goes")
def test_this_cpu_forgets_the_page(arena):
    space, pfns = mapped(arena, 1, 12)
    space.many([line for i, pfn in enumerate(pfns) for line in
                (("read", 0, BASE + i * PAGE, 0), ("unmap_all", pfn, 1), ("read", 0, BASE + i * PAGE, 0))])
    expect("pages of 12 that were taken away, read again, and have no entry", sum(space.entry(0, BASE + i * PAGE) is None for i in range(12)), 0)
    space.check("after pages were taken away and read again")


@points(1, needs=NEEDS, cause="a space's rss becomes smaller: the largest that it has been must be noted before (update_hiwater_rss)")
def test_the_largest_size_is_kept(arena):
    space, pfns = mapped(arena)
    for pfn in pfns:
        expect_unmapped(space, pfn, SUCCESS, "a page, to move it", True)
    space.expect_rss(0, 0, 0, ", all of whose pages were taken away")
    expect("its hiwater_rss", space.view(0).hiwater_rss, 8)
