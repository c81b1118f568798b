"""The self-check: the arena answers, and host and kernel agree about its pages. It earns nothing."""

from grade.plugin import points
from model import NORMAL
from percpu import Percpu


@points(0, needs=[], cause="the kernel does not reach its arena: is mm/test/percpu_arena.c as it was?")
def test_the_arena_answers(arena):
    percpu = Percpu(arena)
    percpu.zone(NORMAL, 100, 2000, free=[(512, 4), (640, 0)], held=[700])
    percpu.check("with what the test itself put there")
