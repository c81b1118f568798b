"""The self-check: the arena answers, and its frames are free. It earns nothing."""

from grade.plugin import expect, points


@points(0, needs=[], cause="the kernel does not reach its arena: is mm/test/slab_arena.c as it was?")
def test_the_arena_answers(arena):
    base, frames, caches, step = (int(w) for w in arena.call("where"))
    assert base % 4096 == 0 and frames >= 256
    expect("the first cache's objects", arena.kernel.at("struct kmem_cache", caches).num, 0)
    expect("the distance of two caches", step, arena.kernel.sizeof("struct kmem_cache"))
