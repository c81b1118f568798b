"""The self-check: the arena answers, and host and kernel agree about its page tables. It earns nothing."""

from grade.plugin import expect, points
from grade.space import BASE, MINOR, READ, WRITE, Space

ARENA = "space"


@points(0, needs=[], cause="the kernel does not reach its arena: is mm/test/space_arena.c as it was?")
def test_the_arena_answers(arena):
    space = Space(arena)
    space.anon(0, BASE, 3)
    space.expect_fault(0, BASE, WRITE, MINOR)
    space.expect_fault(0, BASE + 4096, READ, MINOR)
    expect("how many entries there are after two faults", len(space.entries(0)), 2)
    space.check("after two faults")
