"""The self-check: the arena answers, and the host finds list and tree of areas in the kernel's memory. It earns nothing."""

from areas import Areas
from grade.plugin import points
from grade.space import BASE, PAGE, READ
from model import area

ARENA = "space"


@points(0, needs=[], cause="the kernel does not reach its arena: is mm/test/space_arena.c as it was?")
def test_the_arena_answers(arena):
    space = Areas(arena)
    space.anon(0, BASE, 3, READ)
    space.anon(0, BASE + 5 * PAGE, 1)
    space.expect_areas(0, [area(BASE, 3, prot=READ), area(BASE + 5 * PAGE, 1)], "of a new space with two mappings")
    space.expect_promised("with two mappings")
