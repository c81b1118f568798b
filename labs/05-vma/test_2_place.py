"""Exercise 2: a place for a new mapping (lowest_hole, highest_hole)."""

import pytest
from areas import Areas
from grade.plugin import expect, points
from grade.space import ENOMEM, GROWSDOWN, NONE, PAGE, PRIVATE, said
from model import GUARD, Area, highest, lowest
from test_1_find import cost

ARENA = "space"
NEEDS = ["place"]
HOLES = (3, 8, 1, 5, 2, 8, 4)           # pages between areas
SIZES = (5, 1, 8, 2, 8, 3, 1)


def base_of(space, m):
    """Where filling from below begins, where filling from above begins, and where the space ends."""
    mm = space.view(m)
    return (mm.task_size // 3 + PAGE - 1) // PAGE * PAGE, mm.mmap_base, mm.task_size


def put(space, m, start, pages, flags=PRIVATE):
    """An area that nobody may touch, and how the model has it."""
    space.map(m, start, pages, NONE, flags)
    return Area(start, start + pages * PAGE, NONE, marks=("grows",) if flags & GROWSDOWN else ())


def expect_place(space, areas, pages, wanted, what):
    """A mapping of so many pages goes to `wanted`, which the model learns, too."""
    expect(f"where a mapping of {pages} pages goes, {what}", said(space.place(0, pages)), said(wanted or ENOMEM))
    areas.append(Area(wanted, wanted + pages * PAGE, NONE))


@points(4, needs=NEEDS, cause="of all holes that are large enough the lowest is taken, and its lowest part")
def test_from_below(arena):
    space = Areas(arena)
    space.bottom_up()
    space.mm(0)
    low, _, end = base_of(space, 0)
    areas, at = [put(space, 0, low, 2)], low + 2 * PAGE
    for hole in HOLES:
        areas.append(put(space, 0, at + hole * PAGE, 2))
        at += (hole + 2) * PAGE
    for pages in SIZES:
        expect_place(space, areas, pages, lowest(areas, pages, low, end), f"from below, with holes of {HOLES} pages at first, the lowest first")
    space.sound(0, "after mappings were placed from below")


@points(3, needs=NEEDS, cause="of all holes that are large enough the highest is taken, and its highest part")
def test_from_above(arena):
    space = Areas(arena)
    space.mm(0)
    _, top, end = base_of(space, 0)
    areas, at = [put(space, 0, top - 2 * PAGE, (end - top) // PAGE + 2)], top - 2 * PAGE
    for hole in HOLES:
        at -= (hole + 2) * PAGE
        areas.append(put(space, 0, at, 2))
    for pages in SIZES:
        expect_place(space, areas, pages, highest(areas, pages, PAGE, top), f"from above, with holes of {HOLES} pages at first, the highest first")
    space.sound(0, "after mappings were placed from above")


@points(3, needs=NEEDS, cause="a hole may begin below the range that is searched, or end above it: only what lies in the range counts")
def test_holes_that_reach_out_of_the_range(arena):
    space = Areas(arena)
    space.mm(0)
    low, top, end = base_of(space, 0)
    areas = [put(space, 0, top + 3 * PAGE, (end - top) // PAGE - 3), put(space, 0, top - 2 * PAGE, 1)]
    expect_place(space, areas, 2, highest(areas, 2, PAGE, top), f"where the highest hole has one page below {top:#x} and three above")
    expect_place(space, areas, 1, top - PAGE, f"where the highest hole has one page below {top:#x} and three above")
    space.drop(0)
    space.bottom_up()
    space.mm(0)
    areas = [put(space, 0, low - 8 * PAGE, 2), put(space, 0, low + 2 * PAGE, 1), put(space, 0, low + 6 * PAGE, 4)]
    for pages in (3, 3, 2):
        expect_place(space, areas, pages, lowest(areas, pages, low, end), f"where the lowest hole has six pages below {low:#x} and two above")
    space.drop(0)
    space.mm(0)
    areas = [put(space, 0, low, (end - low) // PAGE - 4), put(space, 0, end - PAGE, 1)]
    for pages in (4, 2, 2):
        wanted = lowest(areas, pages, low, end) or lowest(areas, pages, 0x10000, end)
        expect_place(space, areas, pages, wanted, f"where three pages are left above {low:#x}")


@points(2, needs=NEEDS, cause="below a stack 256 pages stay free: hole_end() says where a hole ends")
def test_a_stack_keeps_its_distance(arena):
    space = Areas(arena)
    space.mm(0)
    _, top, end = base_of(space, 0)
    areas = [put(space, 0, top - 4 * PAGE, (end - top) // PAGE + 4), put(space, 0, top - 8 * PAGE, 4, PRIVATE | GROWSDOWN),
             put(space, 0, top - (8 + GUARD + 8) * PAGE, 4)]
    for pages in (5, 4, 1):
        expect_place(space, areas, pages, highest(areas, pages, PAGE, top), "from above, with four pages free below a stack's guard")
    space.drop(0)
    space.bottom_up()
    space.mm(0)
    low, _, end = base_of(space, 0)
    areas = [put(space, 0, low, 2), put(space, 0, low + (GUARD + 6) * PAGE, 4, PRIVATE | GROWSDOWN), put(space, 0, low + (GUARD + 20) * PAGE, 1)]
    for pages in (5, 3, 1, 1):
        expect_place(space, areas, pages, lowest(areas, pages, low, end), "from below, with four pages free below a stack's guard")


def small_holes(space, m, number, above):
    """An address space with so many holes of one page before there is room for two pages: the first hole, and that room."""
    low, top, end = base_of(space, m)
    if above:
        put(space, m, top - 2 * PAGE, (end - top) // PAGE + 2)
        space.spread(m, top - (4 + 2 * (number - 1)) * PAGE, number, 2)
        return top - 3 * PAGE, top - (6 + 2 * (number - 1)) * PAGE
    put(space, m, low, 2)
    space.spread(m, low + 3 * PAGE, number, 2)
    return low + 2 * PAGE, low + (4 + 2 * (number - 1)) * PAGE


@pytest.mark.parametrize("way", ["from_above", "from_below"])
@points(1, needs=NEEDS, cause="max_hole tells that a whole subtree has no hole that is large enough: it need not be looked at")
def test_what_is_too_small_is_not_looked_at(arena, way):
    space = Areas(arena)
    if way == "from_below":
        space.bottom_up()
    costs = {}
    for m, number in ((0, 8), (1, 240)):
        space.mm(m)
        first, wanted = small_holes(space, m, number, way == "from_above")
        expect(f"where two pages go, {way}, with {number} holes of a page in the way", said(space.place(m, 2)), said(wanted))
        expect("unmapping them", space.call("unmap", m, wanted, 2), [0])
        costs[number] = cost(space, m, 0, 2)
        expect("where one page goes then", said(space.place(m, 1)), said(first))
    assert costs[240] < 5 * costs[8], (f"64 searches {way} past 8 small holes take {costs[8]} ns, past 240 they take {costs[240]}: "
                                       "that is more than five times as much")
