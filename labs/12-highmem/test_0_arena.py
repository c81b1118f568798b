"""The self-check: the arena answers. It earns nothing."""

from grade.plugin import points


@points(0, needs=[], cause="the machine does not come to its arena: it must boot with all your stubs")
def test_the_arena_answers(arena):
    pages, slots, base, start, end = (int(w) for w in arena.call("where"))
    assert pages > slots >= 512 and base % 4096 == 0 and start < end
