"""Exercise 4: neighbours become one area (vma_merge)."""

from areas import DOFORK, DONTFORK, Areas
from grade.plugin import expect, points
from grade.space import BASE, EXEC, PAGE, PRIVATE, READ, RW, SHARED, WRITE, file_byte
from model import area

ARENA = "space"
NEEDS = ["find", "merge"]
PARTS = ["find", "cut", "merge"]
UNFORKED = ("unforked",)


@points(2, needs=NEEDS, cause="a new mapping that continues a neighbour makes it longer; one that fills a hole makes one area of three")
def test_a_new_mapping_joins_its_neighbours(arena):
    space = Areas(arena)
    space.mm(0)
    space.file(0, 24)
    for start, file, flags in ((BASE, -1, PRIVATE), (BASE + 64 * PAGE, 0, SHARED)):
        shared = flags == SHARED

        def mapped(first, pages, at=start, file=file, flags=flags):
            space.map(0, at + first * PAGE, pages, RW, flags, file, first)

        before = space.listed(0)
        kind = "of a file" if shared else "of anonymous memory"
        mapped(4, 3)
        mapped(7, 2)
        space.expect_areas(0, before + [area(start + 4 * PAGE, 5, shared=shared, file=file, offset=4 if shared else 0)],
                           f"after a mapping {kind} behind another (case 2)")
        mapped(2, 2)
        space.expect_areas(0, before + [area(start + 2 * PAGE, 7, shared=shared, file=file, offset=2 if shared else 0)],
                           f"after a mapping {kind} before another (case 3)")
        mapped(12, 3)
        mapped(9, 3)
        space.expect_areas(0, before + [area(start + 2 * PAGE, 13, shared=shared, file=file, offset=2 if shared else 0)],
                           f"after a mapping {kind} in a hole (case 1)")
    expect("areas that hold the file", space.opened(0)[1], 1)
    space.expect_promised("after all was merged")


@points(2, needs=NEEDS, cause="one area has one vm_pgoff: the file's pages must follow one another, too, on both sides")
def test_pages_of_the_file_must_follow(arena):
    space = Areas(arena)
    space.file(0, 32)
    space.map(0, BASE, 4, READ, PRIVATE, 0, 0)
    space.map(0, BASE + 4 * PAGE, 4, READ, PRIVATE, 0, 5)
    wanted = [area(BASE, 4, prot=READ, file=0), area(BASE + 4 * PAGE, 4, prot=READ, file=0, offset=5)]
    space.expect_areas(0, wanted, "after a mapping behind one whose pages of the file end earlier")
    space.map(0, BASE - 2 * PAGE, 2, READ, PRIVATE, 0, 0)
    space.expect_areas(0, [area(BASE - 2 * PAGE, 2, prot=READ, file=0), *wanted], "after a mapping before one with the same pages of the file")
    space.map(0, BASE + 10 * PAGE, 2, READ, PRIVATE, 0, 12)
    space.map(0, BASE + 8 * PAGE, 2, READ, PRIVATE, 0, 10)
    space.expect_areas(0, [area(BASE - 2 * PAGE, 2, prot=READ, file=0), wanted[0], wanted[1], area(BASE + 8 * PAGE, 4, prot=READ, file=0, offset=10)],
                       "after a mapping in a hole where only the upper neighbour fits")
    pages = {-2: 0, -1: 1, 0: 0, 3: 3, 4: 5, 7: 8, 8: 10, 11: 13}
    expect("the first byte of some pages", space.reads(0, [BASE + i * PAGE for i in pages]), [file_byte(p, 0) for p in pages.values()])


@points(1, needs=NEEDS, cause="neighbours touch: prev->vm_end == addr, next->vm_start == end. Pages that follow in the file are not enough")
def test_neighbours_touch(arena):
    space = Areas(arena)
    space.file(0, 16)
    for m, order in enumerate(((0, 6), (6, 0))):
        for first in order:
            space.map(m, BASE + first * PAGE, 4, READ, PRIVATE, 0, 4 if first else 0)
        space.expect_areas(m, [area(BASE, 4, prot=READ, file=0), area(BASE + 6 * PAGE, 4, prot=READ, file=0, offset=4)],
                           f"after the {'upper' if m else 'lower'} one of two with a hole between was mapped first")
    space.map(1, BASE + 10 * PAGE, 2, READ, PRIVATE, 0, 8)
    space.expect_areas(1, [area(BASE, 4, prot=READ, file=0), area(BASE + 6 * PAGE, 6, prot=READ, file=0, offset=4)],
                       "after a mapping that touches the upper one, too")


@points(2, needs=NEEDS, cause="neighbours must promise the same: rights, private or shared, file")
def test_both_must_be_of_one_kind(arena):
    space = Areas(arena)
    space.file(0, 16)
    space.file(1, 16)
    wanted = []
    for i, (prot, flags, file) in enumerate(((RW, PRIVATE, -1), (READ, PRIVATE, -1), (READ, PRIVATE, 0), (READ, PRIVATE, 1), (READ, SHARED, 1),
                                             (READ | EXEC, SHARED, 1), (WRITE, SHARED, 1), (RW, SHARED, 0), (RW, PRIVATE, 0))):
        space.map(0, BASE + i * PAGE, 1, prot, flags, file, i if file >= 0 else 0)
        wanted.append(area(BASE + i * PAGE, 1, prot=prot, shared=flags == SHARED, file=file, offset=i if file >= 0 else 0))
        space.expect_areas(0, wanted, f"after mapping number {i + 1}, which nothing has in common with the one before it but its place")
    space.map(0, BASE + 9 * PAGE, 1, RW, PRIVATE, 0, 9)
    wanted[-1] = area(BASE + 8 * PAGE, 2, file=0, offset=8)
    space.expect_areas(0, wanted, "after a mapping that has everything in common with the one before it")


@points(2, needs=NEEDS, cause="pages that were written know their anon_vma: areas that have different ones stay two")
def test_pages_find_their_area(arena):
    space = Areas(arena)
    space.anon(0, BASE, 2)
    space.anon(0, BASE + 4 * PAGE, 2)
    space.anon(0, BASE + 8 * PAGE, 2)
    space.writes(0, {BASE: 1, BASE + 4 * PAGE: 2})
    space.anon(0, BASE + 2 * PAGE, 2)
    space.expect_areas(0, [area(BASE, 4), area(BASE + 4 * PAGE, 2), area(BASE + 8 * PAGE, 2)], "after a hole between two that were written was filled")
    space.anon(0, BASE + 6 * PAGE, 2)
    space.expect_areas(0, [area(BASE, 4), area(BASE + 4 * PAGE, 6)], "after a hole between one that was written and one that was not was filled")
    space.writes(0, {BASE + 3 * PAGE: 3, BASE + 7 * PAGE: 4, BASE + 9 * PAGE: 5})
    expect("bytes that were written", space.reads(0, [BASE + i * PAGE for i in (0, 3, 4, 7, 9)]), [1, 3, 2, 4, 5])
    space.check("after areas with anonymous pages were merged")


@points(1, needs=PARTS, cause="the range's anon_vma must agree with the neighbour's, on both sides: their pages were written")
def test_pages_of_two_families_stay_apart(arena):
    space = Areas(arena)
    for first in (0, 4, 2):
        space.anon(0, BASE + first * PAGE, 2)
        if first != 2:
            space.writes(0, {BASE + first * PAGE: 1})
    wanted = [area(BASE, 4), area(BASE + 4 * PAGE, 2)]
    space.expect_areas(0, wanted, "after a hole between two that were written was filled")
    for first, pages in ((0, 4), (4, 2)):
        for advice in (DONTFORK, DOFORK):
            expect("madvise of a whole area", space.call("advise", 0, BASE + first * PAGE, pages, advice), [0])
        space.expect_areas(0, wanted, f"after the {'upper' if first else 'lower'} one was marked and lost its mark")
    space.check("after all that")


def marked(space, first, pages, advice, wanted, when):
    """A part is marked; the areas are {(first page, pages): marked?} then."""
    expect(f"madvise of {pages} pages from page {first} on", space.call("advise", 0, BASE + first * PAGE, pages, advice), [0])
    space.expect_areas(0, [area(BASE + f * PAGE, n, shared=True, file=0, offset=f, marks=UNFORKED if u else ()) for (f, n), u in wanted.items()], when)


@points(3, needs=PARTS, cause="a part that changes goes over to the neighbour it is now like: the border moves, nothing is cut")
def test_a_part_changes_sides(arena):
    space = Areas(arena)
    space.file(0, 16)
    space.map(0, BASE, 12, RW, SHARED, 0)
    marked(space, 6, 6, DONTFORK, {(0, 6): False, (6, 6): True}, "after the upper half was marked")
    marked(space, 4, 2, DONTFORK, {(0, 4): False, (4, 8): True}, "after the lower half's end was marked, too (case 4)")
    marked(space, 4, 5, DOFORK, {(0, 9): False, (9, 3): True}, "after the marked half's head lost its mark (case 5)")
    marked(space, 8, 1, DONTFORK, {(0, 8): False, (8, 4): True}, "after one page more was marked (case 4)")
    expect("areas that hold the file, of two", space.opened(0)[1], 2)
    expect("the first byte of some pages", space.reads(0, [BASE + i * PAGE for i in (0, 4, 5, 8, 9, 11)]), [file_byte(p, 0) for p in (0, 4, 5, 8, 9, 11)])


@points(2, needs=PARTS, cause="a whole area that becomes like its neighbours is one with them: below, above, or both")
def test_a_whole_area_changes(arena):
    space = Areas(arena)
    space.file(0, 16)
    space.map(0, BASE, 12, RW, SHARED, 0)
    marked(space, 4, 4, DONTFORK, {(0, 4): False, (4, 4): True, (8, 4): False}, "after the middle was marked")
    marked(space, 4, 4, DOFORK, {(0, 12): False}, "after nothing was marked any more (case 6)")
    marked(space, 4, 8, DONTFORK, {(0, 4): False, (4, 8): True}, "after the upper part was marked")
    marked(space, 4, 8, DOFORK, {(0, 12): False}, "after the last area lost its mark (case 7)")
    marked(space, 0, 4, DONTFORK, {(0, 4): True, (4, 8): False}, "after the lower part was marked")
    marked(space, 0, 4, DOFORK, {(0, 12): False}, "after the first area lost its mark (case 8)")
    expect("areas that hold the file, of one", space.opened(0)[1], 1)
    marked(space, 5, 2, DONTFORK, {(0, 5): False, (5, 2): True, (7, 5): False}, "after the middle was marked")
    marked(space, 0, 12, DONTFORK, {(0, 12): True}, "after all of it was marked")
    space.check("after all that")
