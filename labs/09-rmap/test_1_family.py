"""Exercise 1: the areas of a family are on one list."""

from grade.plugin import expect, points
from grade.space import BASE, PAGE, READ, Space

ARENA = "space"
NEEDS = ["family"]


def written(arena, pages=4):
    """Space 0 has some pages at BASE, all written: its area has an anon_vma."""
    space = Space(arena)
    space.anon(0, BASE, pages)
    space.writes(0, {BASE + i * PAGE: 1 + i for i in range(pages)})
    return space


def named(areas):
    """A list of areas as it is told, in an order of its own; None without one."""
    return areas and sorted(f"space {m}: {start:x}-{end:x}" for m, start, end in areas)


def expect_family(space, m, addr, wanted, when):
    expect(f"areas on the list of space {m}'s anon_vma {when}", named(space.family(m, addr)), named(wanted))


@points(3, needs=NEEDS, cause="a copy of an area has its parent's anon_vma, and must be on that one's list; an area without an anon_vma is on none")
def test_children_are_on_the_list(arena):
    space = written(arena)
    space.anon(0, BASE + 16 * PAGE, 2)
    for child in (1, 2, 3):
        expect("what fork says", space.fork(child // 2, child), 0)
        expect_family(space, 0, BASE, [(m, BASE, BASE + 4 * PAGE) for m in range(child + 1)], f"when there are {child} children")
    expect("the list of an area that nobody wrote to, in parent and child",
           (space.family(0, BASE + 16 * PAGE), space.family(1, BASE + 16 * PAGE)), (None, None))
    space.writes(1, {BASE + 16 * PAGE: 1})
    expect_family(space, 1, BASE + 16 * PAGE, [(1, BASE + 16 * PAGE, BASE + 18 * PAGE)], "of an area that only it wrote to")


@points(2, needs=NEEDS, cause="what splits an area makes a copy of it: that goes on the list, too, and off it when it is unmapped")
def test_parts_of_an_area(arena):
    space = written(arena, 6)
    space.call("protect", 0, BASE + 2 * PAGE, 2, READ)
    parts = [(0, BASE + i * PAGE, BASE + (i + 2) * PAGE) for i in (0, 2, 4)]
    expect_family(space, 0, BASE, parts, "when the area is in three parts")
    space.call("unmap", 0, BASE + 2 * PAGE, 2)
    expect_family(space, 0, BASE, [parts[0], parts[2]], "when the middle one is unmapped")
    space.call("unmap", 0, BASE, 2)
    expect_family(space, 0, BASE + 4 * PAGE, [parts[2]], "when the first one is, too")


@points(3, needs=NEEDS, cause="who takes the last area off the list frees the anon_vma: nobody else will")
def test_the_last_one_frees_it(arena):
    space = written(arena)
    before = space.anon_vmas()
    for i in range(3):
        space.anon(0, BASE + 16 * (i + 1) * PAGE, 1)
        space.writes(0, {BASE + 16 * (i + 1) * PAGE: 1})
    expect("what fork says", space.fork(0, 1), 0)
    expect("anon_vmas more when a space has three areas more, and its child has them, too", space.anon_vmas() - before, 3)
    space.call("unmap", 0, BASE + 16 * PAGE, 40)
    expect("anon_vmas more when the parent has lost the three", space.anon_vmas() - before, 3)
    space.call("unmap", 1, BASE + 32 * PAGE, 1)
    expect("anon_vmas more when the child has lost one of them, too", space.anon_vmas() - before, 2)
    space.drop(1)
    expect("anon_vmas more when the child is gone", space.anon_vmas() - before, 0)
    space.drop(0)
    expect("anon_vmas more than before when both are gone", space.anon_vmas() - before, -1)


@points(2, needs=NEEDS, cause="an anon_vma belongs to all areas on its list: it may not go before the last of them")
def test_it_stays_while_one_is_left(arena):
    space = written(arena)
    expect("what fork says", space.fork(0, 1), 0)
    family = space.vma(1, BASE).anon_vma
    space.drop(0)
    expect_family(space, 1, BASE, [(1, BASE, BASE + 4 * PAGE)], "when its parent is gone")
    for m in range(2, 6):
        space.anon(m, BASE, 1)
        space.writes(m, {BASE: 1})
        expect("has an area of another space the anon_vma of a family that still lives?", space.vma(m, BASE).anon_vma == family, False)
    expect("what fork says", space.fork(1, 6), 0)
    expect_family(space, 6, BASE, [(m, BASE, BASE + 4 * PAGE) for m in (1, 6)], "when the child has a child")
