"""Exercise 3: one area becomes two (__split_vma)."""

from areas import DONTFORK, MOST_AREAS, Areas
from grade.plugin import expect, points
from grade.space import BASE, ENOMEM, PAGE, PRIVATE, READ, RW, SHARED, file_byte
from model import area

ARENA = "space"
NEEDS = ["find", "cut"]


@points(3, needs=NEEDS, cause="of both parts each keeps its pages of the file: the upper one's vm_pgoff is larger by what lies below")
def test_a_hole_in_the_middle(arena):
    space = Areas(arena)
    space.file(0, 16)
    space.map(0, BASE, 10, RW, SHARED, 0, 3)
    space.anon(0, BASE + 16 * PAGE, 9)
    for start, pages in ((BASE + 4 * PAGE, 2), (BASE + 19 * PAGE, 5)):
        expect(f"munmap of {pages} pages at {start:#x}", space.call("unmap", 0, start, pages), [0])
    space.expect_areas(0, [area(BASE, 4, shared=True, file=0, offset=3), area(BASE + 6 * PAGE, 4, shared=True, file=0, offset=9),
                           area(BASE + 16 * PAGE, 3), area(BASE + 24 * PAGE, 1)], "after two holes were made in the middle")
    space.expect_promised("after pages in the middle were unmapped")
    pages = [0, 3, 6, 7, 9]
    expect(f"the first byte of pages {pages} of an area of a file from page 3 on", space.reads(0, [BASE + i * PAGE for i in pages]),
           [file_byte(3 + i, 0) for i in pages])


@points(3, needs=NEEDS, cause="new_below says which part is the new one: the caller goes on with the other; vm_pgoff belongs to vm_start")
def test_either_end(arena):
    space = Areas(arena)
    space.file(0, 16)
    space.map(0, BASE, 8, READ, PRIVATE, 0, 2)
    space.map(0, BASE + 8 * PAGE, 8, RW, PRIVATE, 0, 4)
    expect("munmap of the first three pages", space.call("unmap", 0, BASE, 3), [0])
    expect("munmap of the last two pages", space.call("unmap", 0, BASE + 14 * PAGE, 2), [0])
    space.expect_areas(0, [area(BASE + 3 * PAGE, 5, prot=READ, file=0, offset=5), area(BASE + 8 * PAGE, 6, file=0, offset=4)],
                       "after their ends were cut off")
    expect("munmap of a range over both", space.call("unmap", 0, BASE + 6 * PAGE, 4), [0])
    space.expect_areas(0, [area(BASE + 3 * PAGE, 3, prot=READ, file=0, offset=5), area(BASE + 10 * PAGE, 4, file=0, offset=6)],
                       "after a hole was cut over both")
    expect("madvise that marks the middle", space.call("advise", 0, BASE + 11 * PAGE, 2, DONTFORK), [0])
    space.expect_areas(0, [area(BASE + 3 * PAGE, 3, prot=READ, file=0, offset=5), area(BASE + 10 * PAGE, 1, file=0, offset=6),
                           area(BASE + 11 * PAGE, 2, file=0, offset=7, marks=("unforked",)), area(BASE + 13 * PAGE, 1, file=0, offset=9)],
                       "after the middle was marked")


@points(3, needs=NEEDS, cause="each area of a file has a reference of its own, and the file's ->open hears of each new one; vm_pgoff belongs to vm_start")
def test_the_file_knows_both(arena):
    space = Areas(arena)
    space.file(0, 16)
    space.map(0, BASE, 12, RW, SHARED, 0)
    expect("areas that hold the file, of one", space.opened(0), (0, 1))
    space.call("unmap", 0, BASE + 3 * PAGE, 1)
    expect("areas that ->open heard of, and areas that hold the file, after two cuts", space.opened(0), (2, 2))
    space.call("unmap", 0, BASE + 8 * PAGE, 1)
    space.call("unmap", 0, BASE, 1)
    space.expect_areas(0, [area(BASE + i * PAGE, n, shared=True, file=0, offset=i) for i, n in ((1, 2), (4, 4), (9, 3))], "after three cuts more")
    expect("areas that ->open heard of, and areas that hold the file, after three cuts more", space.opened(0), (5, 3))
    space.call("unmap", 0, BASE, 12)
    expect("areas that hold the file when none is left", space.opened(0)[1], 0)


@points(2, needs=NEEDS, cause="where there is no memory for the new area the answer is -ENOMEM, and everything stays as it was")
def test_without_memory(arena):
    space = Areas(arena)
    space.file(0, 8)
    space.map(0, BASE, 8, RW, SHARED, 0)
    space.anon(0, BASE + 16 * PAGE, 8)
    whole = [area(BASE, 8, shared=True, file=0), area(BASE + 16 * PAGE, 8)]
    for start in (BASE, BASE + 16 * PAGE):
        space.call("fail", 1)
        expect("munmap of the middle without memory", space.call("unmap", 0, start + 2 * PAGE, 2), [ENOMEM])
        space.call("fail", 0)
        space.expect_areas(0, whole, "after a cut that failed")
    expect("areas that ->open heard of, and areas that hold the file, after a cut that failed", space.opened(0), (0, 1))
    space.call("tune", MOST_AREAS, 2)
    expect("munmap of the middle when two areas are all that one may have", space.call("unmap", 0, BASE + 2 * PAGE, 2), [ENOMEM])
    space.expect_areas(0, whole, "after a cut that was not allowed")
    expect("munmap of the end, which needs no area more", space.call("unmap", 0, BASE + 6 * PAGE, 2), [0])
    space.expect_areas(0, [area(BASE, 6, shared=True, file=0), whole[1]], "after the end was cut off")
