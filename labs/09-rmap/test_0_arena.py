"""The self-check: the arena answers, and host and kernel agree about its areas. It earns nothing."""

from grade.plugin import expect, points
from grade.space import BASE, PAGE, WRITE, MINOR, Space

ARENA = "space"


@points(0, needs=[], cause="the kernel does not reach its arena: is mm/test/space_arena.c as it was?")
def test_the_arena_answers(arena):
    space = Space(arena)
    space.anon(0, BASE, 3)
    space.expect_fault(0, BASE, WRITE, MINOR)
    expect("how many entries there are after a fault", len(space.entries(0)), 1)
    expect("who is on the list of the area's anon_vma", space.family(0, BASE), [(0, BASE, BASE + 3 * PAGE)])
