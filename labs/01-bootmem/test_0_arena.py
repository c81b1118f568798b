"""The self-check: the arena answers, and host and kernel agree about a bitmap. It earns nothing."""

from bootmem import Bootmem
from grade.plugin import points


@points(0, needs=[], cause="the kernel does not reach its arena: is mm/test/bootmem_arena.c as it was?")
def test_the_arena_answers(arena):
    bootmem = Bootmem(arena)
    assert bootmem.frames == 4096
    bootmem.node(3, 203)
    bootmem.check("init_bootmem_node()")
    bootmem.all_free()
    bootmem.check("the test cleared the bitmap")
