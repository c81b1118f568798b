"""The self-check: the arena answers. It earns nothing."""

from grade.plugin import points


@points(0, needs=[], cause="the machine does not come to its arena, as it does with all stubs in place: is mm/test/highmem_arena.c as it was?")
def test_the_arena_answers(arena):
    pages, slots, base, start, end = (int(w) for w in arena.call("where"))
    assert pages > slots >= 512 and base % 4096 == 0 and start < end
