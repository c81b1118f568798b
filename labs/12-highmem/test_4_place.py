"""Exercise 4: the first hole where an area fits (insert_area)."""

from grade.plugin import expect, points
from model import PAGE, STACK_AREA, align_up
from windows import Areas

NEEDS = ["place"]


@points(6, needs=NEEDS, cause="the lowest hole that is large enough, with a guard page behind the area")
def test_areas_lie_as_low_as_they_can(arena):
    areas = Areas(arena)
    for _ in range(2):
        areas.make(1, 64 * PAGE)                            # a hole before it
    for pages in (3, 1, 40, 7, 2):
        areas.make(pages)


@points(4, needs=NEEDS, cause="an area's address is a multiple of its alignment, and a stack keeps a page before its first one, too")
def test_alignment_and_stacks(arena):
    areas = Areas(arena)
    for pages, align, flags in ((1, 16 * PAGE, 0), (2, PAGE, 0), (4, 4 * PAGE, STACK_AREA), (1, PAGE, STACK_AREA), (3, 8 * PAGE, STACK_AREA),
                                (1, PAGE, 0), (5, 64 * PAGE, 0)):
        areas.make(pages, align, flags)


@points(3, needs=NEEDS, cause="when there is no hole, the answer is no, and nothing changes")
def test_there_may_be_no_place(arena):
    areas = Areas(arena)
    bits = 8 * arena.kernel.word
    align = 1 << max(n for n in range(12, bits) if align_up(areas.end, 1 << n) < 1 << bits)     # the next multiple is an address, too
    while areas.place(1, align):
        areas.make(1, align)
    before = areas.listed()
    expect(f"the address of one more area aligned to {align:#x}, when each multiple is taken", arena.call("area", 1, align, 0), ["0"])
    expect("the list of areas then", areas.listed(), before)
