"""The self-check: the arena answers, and host and kernel agree about its page tables. It earns nothing."""

from grade.plugin import expect, points
from grade.space import BASE, PAGE, Space

ARENA = "space"


@points(0, needs=[], cause="the kernel does not reach its arena: is mm/test/space_arena.c as it was?")
def test_the_arena_answers(arena):
    space = Space(arena)
    space.anon(0, BASE, 3)
    space.anon(0, BASE + 5 * PAGE, 1)
    expect("the areas of a new space with two mappings", space.areas(0),
           [(BASE, BASE + 3 * PAGE), (BASE + 5 * PAGE, BASE + 6 * PAGE)])
    expect("what its page tables have", space.entries(0), {})
    space.check("in a new space")
