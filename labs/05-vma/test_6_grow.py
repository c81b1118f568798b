"""Exercise 6: a mapping becomes longer where it lies (grow_in_place)."""

from areas import Areas
from grade.plugin import expect, points
from grade.space import BASE, ENOMEM, GROWSDOWN, LOCKED, NONE, PAGE, PRIVATE, READ, RW, SHARED, file_byte, said
from model import GUARD, area

ARENA = "space"
NEEDS = ["find", "grow"]
MAYMOVE = 1                             # MREMAP_MAYMOVE


def grow(space, first, pages, new_pages, flags=0, m=0):
    """mremap's answer."""
    return said(space.address(space.call("move", m, BASE + first * PAGE, pages, new_pages, flags, 0)[0]))


@points(3, needs=NEEDS, cause="the end moves, the figures follow (locked_vm, too), and nothing else; the pages that come in addition are the file's next ones")
def test_there_is_room(arena):
    space = Areas(arena)
    space.file(0, 24)
    space.map(0, BASE, 4, RW, SHARED, 0, 3)
    space.anon(0, BASE + 32 * PAGE, 2)
    space.writes(0, {BASE + 32 * PAGE: 7})
    space.anon(0, BASE + 64 * PAGE, 3, RW, PRIVATE | LOCKED)
    expect("mremap from 4 pages to 9", grow(space, 0, 4, 9), said(BASE))
    expect("mremap of the last 2 pages to 3", grow(space, 7, 2, 3), said(BASE + 7 * PAGE))
    expect("mremap from 2 pages to 20", grow(space, 32, 2, 20, MAYMOVE), said(BASE + 32 * PAGE))
    expect("mremap of locked memory from 3 pages to 5", grow(space, 64, 3, 5), said(BASE + 64 * PAGE))
    space.expect_areas(0, [area(BASE, 10, shared=True, file=0, offset=3), area(BASE + 32 * PAGE, 20),
                           area(BASE + 64 * PAGE, 5, marks=("locked",))], "after they grew")
    expect("the first byte of pages 0, 4 and 9", space.reads(0, [BASE + i * PAGE for i in (0, 4, 9)]), [file_byte(3 + i, 0) for i in (0, 4, 9)])
    expect("bytes of the other", space.reads(0, [BASE + i * PAGE for i in (32, 33, 51)]), [7, 0, 0])
    space.expect_promised("after they grew")
    space.check("after they grew")


@points(2, needs=NEEDS, cause="what comes in addition must be free, and only an area's end can grow")
def test_something_is_in_the_way(arena):
    space = Areas(arena)
    space.anon(0, BASE, 4)
    space.anon(0, BASE + 6 * PAGE, 4, READ)
    wanted = [area(BASE, 4), area(BASE + 6 * PAGE, 4, prot=READ)]
    for first, pages, new, what in ((0, 4, 7, "over the next area"), (0, 4, 30, "beyond the next area"), (0, 2, 3, "in the middle of an area")):
        expect(f"mremap from {pages} pages to {new}, {what}", grow(space, first, pages, new), said(ENOMEM))
        space.expect_areas(0, wanted, f"after it could not grow {what}")
    space.expect_promised("after it could not grow")
    expect("mremap from 4 pages to 6, up to the next area", grow(space, 0, 4, 6), said(BASE))
    space.expect_areas(0, [area(BASE, 6), wanted[1]], "after it grew up to the next area")
    expect("mremap to so many pages that the end is a small address", grow(space, 6, 4, (1 << 8 * space.kernel.word) // PAGE - BASE // PAGE - 5),
           said(ENOMEM))
    space.expect_areas(0, [area(BASE, 6), wanted[1]], "after the end would have been a small address")
    end = space.view(0).task_size
    space.map(0, end - 2 * PAGE, 2, NONE)
    expect("mremap beyond the end of all addresses", space.call("move", 0, end - 2 * PAGE, 2, 3, 0, 0), [ENOMEM])


@points(2, needs=NEEDS, cause="the guard below a stack stays free: next->hole does not count it")
def test_a_stack_keeps_its_distance(arena):
    space = Areas(arena)
    space.anon(0, BASE, 4)
    space.anon(0, BASE + (4 + GUARD + 5) * PAGE, 2, RW, PRIVATE | GROWSDOWN)
    stack = area(BASE + (4 + GUARD + 5) * PAGE, 2, marks=("grows",))
    expect("mremap from 4 pages to 10, into a stack's guard", grow(space, 0, 4, 10), said(ENOMEM))
    expect("mremap from 4 pages to 9, up to a stack's guard", grow(space, 0, 4, 9), said(BASE))
    space.expect_areas(0, [area(BASE, 9), stack], "after it grew below a stack")
    expect("mremap from 9 pages to 10, into a stack's guard", grow(space, 0, 9, 10), said(ENOMEM))
    space.expect_areas(0, [area(BASE, 9), stack], "after it grew below a stack")


@points(2, needs=["find", "merge", "grow"], cause="where the hole is filled, and the next area continues it, they are one")
def test_a_filled_hole_makes_one_area(arena):
    space = Areas(arena)
    space.file(0, 24)
    space.map(0, BASE, 4, RW, SHARED, 0, 2)
    space.map(0, BASE + 7 * PAGE, 4, RW, SHARED, 0, 9)
    space.map(0, BASE + 16 * PAGE, 4, RW, SHARED, 0, 2)
    space.map(0, BASE + 22 * PAGE, 4, RW, SHARED, 0, 9)
    expect("mremap from 4 pages to 7, up to pages that follow", grow(space, 0, 4, 7), said(BASE))
    expect("mremap from 4 pages to 6, up to pages that do not", grow(space, 16, 4, 6), said(BASE + 16 * PAGE))
    space.expect_areas(0, [area(BASE, 11, shared=True, file=0, offset=2), area(BASE + 16 * PAGE, 6, shared=True, file=0, offset=2),
                           area(BASE + 22 * PAGE, 4, shared=True, file=0, offset=9)], "after two grew, of which one could become one with the next")
    expect("areas that hold the file, of three", space.opened(0)[1], 3)
    expect("the first byte of some pages", space.reads(0, [BASE + i * PAGE for i in (3, 4, 6, 7, 10, 21, 22)]),
           [file_byte(p, 0) for p in (5, 6, 8, 9, 12, 7, 9)])
    space.check("after a hole was filled")
