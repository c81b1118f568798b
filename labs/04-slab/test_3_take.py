"""Exercise 3: objects out of slabs (take_objects). Those of node 1 come without an array between."""

from grade.plugin import expect, points
from slab import Cache

NEEDS = ["layout", "make", "take"]


@points(3, needs=NEEDS, cause="an object leaves the chain's front, counts as in use, and its slab is a partial one then")
def test_an_object_leaves_its_slab(arena):
    cache = Cache(arena, 0, 200)
    for n in range(3):
        cache.must_alloc(1)
        cache.check(f"after {n + 1} objects were asked for")


@points(3, needs=NEEDS, cause="with its last object a slab is a full one, and the next request needs a new slab")
def test_a_slab_is_used_up(arena):
    for size in (200, 1000, 4096, 40):
        arena.call("reset")
        cache = Cache(arena, 0, size)
        for n, more in enumerate((1, cache.view.num - 1, 1, cache.view.num - 1, 1)):
            expect(f"how many objects of {size} bytes came of {more} asked for", len(cache.alloc_many(more, 1)), more)
            cache.check(f"after round {n + 1} of requests, with {cache.view.num} objects in a slab")
        expect("slabs that were made", len(cache.slabs(1)), 3)


@points(2, needs=NEEDS, cause="each cache has its own slabs and its own free_objects: those of the kmem_list3 that is given")
def test_two_caches_and_their_slabs(arena):
    first, second = Cache(arena, 0, 100), Cache(arena, 1, 160)
    for _ in range(10):
        first.alloc_many(4, 1)
        second.alloc_many(4, 1)
    first.check("after 40 objects of each of two caches were asked for")
    second.check("after 40 objects of each of two caches were asked for")
    expect("objects of both", (len(first.held), len(second.held)), (40, 40))
    expect("objects that both caches gave", sorted(set(first.held) & set(second.held)), [])


@points(3, needs=NEEDS, cause="the constructor runs when a slab is made; an object that is handed out is constructed already")
def test_nobody_is_constructed_twice(arena):
    cache = Cache(arena, 0, 300, ctor=True)
    objects = cache.alloc_many(cache.view.num, 1)
    expect(f"are there at least 8 objects of 300 bytes in a slab? There are {len(objects)}", len(objects) >= 8, True)
    expect(f"how often the constructor ran until all {len(objects)} objects of one slab were handed out",
           int(arena.call("ctors")[0]), cache.view.num)
