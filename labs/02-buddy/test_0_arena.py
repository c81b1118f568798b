"""The self-check: the arena answers, and host and kernel agree about its pages. It earns nothing."""

from buddy import Buddy
from grade.plugin import points
from model import MAX_ORDER, NORMAL


@points(0, needs=[], cause="the kernel does not reach its arena: is mm/test/buddy_arena.c as it was?")
def test_the_arena_answers(arena):
    buddy = Buddy(arena)
    assert buddy.pages == 8 << (MAX_ORDER - 1)
    assert buddy.first_pfn % (1 << MAX_ORDER) == 0
    buddy.zone(NORMAL, 100, 3000, held=[(512, 4), (640, 0)])
    buddy.check("what the test itself seeded")
