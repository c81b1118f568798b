"""Exercise 4: objects back to their slabs (free_block). Those of node 1 go there at once."""

from grade.plugin import expect, points
from slab import Cache

NEEDS = ["layout", "make", "take", "put"]


@points(4, needs=NEEDS, cause="a freed object is on its slab's chain again, and its slab on the list that it belongs to now")
def test_objects_go_back_to_their_slab(arena):
    cache = Cache(arena, 0, 500)
    arena.call("spare", 0, 1, 2 * cache.view.num)
    objects = cache.alloc_many(2 * cache.view.num, 1)
    for n in (0, 3, cache.view.num + 1, 1, 2, *range(4, cache.view.num)):
        cache.free(objects[n])
        cache.check(f"after the object that came as number {n} was freed")
    expect("the lists of the two slabs, of which one is empty, with a free_limit of two slabs' objects", sorted(s.where for s in cache.slabs(1)),
           ["slabs_free", "slabs_partial"], "an empty slab is kept for the next request as long as free_limit allows")


@points(2, needs=NEEDS, cause="the object that came back last is the first on the chain: it is likely still in the cache")
def test_what_came_back_goes_out_first(arena):
    cache = Cache(arena, 0, 300)
    objects = cache.alloc_many(cache.view.num, 1)
    for n in (2, 7, 4):
        cache.free(objects[n])
    expect("three objects asked for after the ones that came as numbers 2, 7 and 4 were freed",
           [objects.index(cache.must_alloc(1)) for _ in range(3)], [4, 7, 2])


@points(3, needs=NEEDS, cause="empty slabs are kept as long as there are no more than free_limit objects free; others give their pages back")
def test_empty_slabs_above_the_limit_go(arena):
    cache = Cache(arena, 0, 400)
    num, pages = cache.view.num, cache.free_pages()
    arena.call("spare", 0, 1, num + 2)
    objects = cache.alloc_many(4 * num, 1)
    for n, obj in enumerate(objects):
        cache.free(obj)
        if n % 4 == 3 or n % num == num - 1:
            cache.check(f"after {n + 1} of {4 * num} objects were freed, with a free_limit of {num + 2}")
    expect(f"slabs that are left when all objects are free, with a free_limit of {num + 2}", len(cache.slabs(1)), 1)
    expect("pages in use", pages - cache.free_pages(), 1 << cache.view.gfporder)


@points(2, needs=NEEDS, cause="objects come back as their constructor left them, and nobody constructs them again")
def test_objects_stay_constructed(arena):
    cache = Cache(arena, 0, 300, ctor=True)
    objects = cache.alloc_many(cache.view.num, 1)
    expect(f"are there at least 8 objects of 300 bytes in a slab? There are {len(objects)}", len(objects) >= 8, True)
    for n, obj in enumerate(objects):
        arena.call("write", obj, 0x7000 + n)
        cache.free(obj)
    again = cache.alloc_many(cache.view.num, 1)
    expect("the same objects again, by what their last owners left in their first words",
           sorted(arena.kernel.number(cache.base + obj, 4) for obj in again), [0x7000 + n for n in range(cache.view.num)],
           "a constructor that runs at each allocation wipes out what the object kept from its last life: that is what caches are for")
    expect("how often the constructor ran", int(arena.call("ctors")[0]), cache.view.num)
