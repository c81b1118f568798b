"""Exercise 2: a new slab: colour, constructor, chain (next_colour, cache_init_objs)."""

from grade.plugin import expect, points
from model import CONSTRUCTED, PAGE, management
from slab import Cache, alignment

NEEDS = ["layout", "make"]


def some_slabs(arena, cache, number):
    """At least so many new slabs of node 1's, as none of them is used up before the next is asked for, by address."""
    cache.alloc_many(cache.view.num * (number - 1) + 1, 1)     # none, if exercise 3 is not there yet: all frames are slabs then
    return cache.slabs(1)[:number]


@points(3, needs=NEEDS, cause="the objects of a new slab are chained by rising number, and BUFCTL_END is behind the last")
def test_a_new_slab_is_chained(arena):
    for size in (40, 200, 1200):
        arena.call("reset")
        cache = Cache(arena, 0, size)
        slab = some_slabs(arena, cache, 1)[0]
        expect(f"the free objects of a new slab of {cache.view.num} objects of {size} bytes, {slab.inuse} of them in use", slab.chain,
               list(range(slab.inuse, cache.view.num)))


@points(3, needs=NEEDS, cause="a slab's objects are constructed once, all of them, when the slab is made")
def test_each_object_is_constructed_once(arena):
    cache = Cache(arena, 0, 120, ctor=True)
    some_slabs(arena, cache, 2)
    slabs = cache.slabs(1)
    expect(f"how often the constructor ran for {len(slabs)} slabs of {cache.view.num} objects", int(arena.call("ctors")[0]),
           len(slabs) * cache.view.num)
    for slab in slabs[:2]:
        words = [arena.kernel.number(cache.base + slab.first + i * cache.view.buffer_size, 4) for i in range(cache.view.num)]
        expect("the first words of a slab's objects", words, [CONSTRUCTED] * cache.view.num)


@points(4, needs=NEEDS, cause="each slab begins one colour later than the one before, and behind the last colour it is the first's turn")
def test_colours_go_round(arena):
    for size in (328, 472, 264):
        arena.call("reset")
        cache = Cache(arena, 0, size, align=8)
        view = cache.view
        first = management(arena.kernel.sizeof("struct slab"), view.num, alignment(arena.kernel, size, 8, 0))
        number = 2 * view.colour + 2
        slabs = some_slabs(arena, cache, number)
        expect(f"where the first objects of {number} slabs in a row lie, with {view.colour} colours of {view.colour_off} bytes each",
               [s.first % (PAGE << view.gfporder) for s in slabs],
               [first + i % max(view.colour, 1) * view.colour_off for i in range(number)])
