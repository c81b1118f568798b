"""Exercise 5: a CPU's array is filled and emptied in batches (refill_array, cache_flusharray)."""

from grade.plugin import expect, points
from slab import Cache

NEEDS = ["layout", "make", "take", "put", "arrays"]


def cache_with(arena, limit, batch, size=100, shared=0, touched=1):
    cache = Cache(arena, 0, size)
    cache.limits(limit, batch)
    arena.calls([("touched", 0, cpu, touched) for cpu in range(8)])
    if shared:
        arena.call("shared", 0, shared)
    return cache


@points(4, needs=NEEDS[:3] + ["arrays"], cause="an empty array gets batchcount objects out of the slabs, and one of them goes to the caller")
def test_an_empty_array_is_filled(arena):
    for limit, batch in ((10, 6), (8, 8), (1, 1)):
        arena.call("reset")
        cache = cache_with(arena, limit, batch)
        for n in range(2 * batch):
            cache.must_alloc()
            expect(f"objects in the array of limit {limit} and batchcount {batch} after {n + 1} requests", len(cache.cpu_array()),
                   batch - 1 - n % batch)
            cache.check(f"after {n + 1} requests")


@points(2, needs=NEEDS[:3] + ["arrays"], cause="an array that was not touched since the last reap gets BATCHREFILL_LIMIT objects at most")
def test_an_idle_array_gets_few(arena):
    cache = cache_with(arena, 60, 30, size=40, touched=0)
    cache.must_alloc()
    expect("objects in an untouched array with a batchcount of 30, after one request", len(cache.cpu_array()), 15)
    arena.call("touched", 0, 1, 1)
    arena.call("cpu", 1)
    cache.must_alloc()
    expect("objects in another CPU's array, which was touched", len(cache.cpu_array(1)), 29)
    cache.check("after both")


@points(3, needs=NEEDS, cause="a full array sends the batchcount oldest objects away, and keeps the rest in order")
def test_a_full_array_is_flushed(arena):
    cache = cache_with(arena, 8, 5)
    objects = cache.alloc_many(20)
    expect("objects that came", len(objects), 20)
    for _ in cache.cpu_array():
        objects.append(cache.must_alloc())
    for n, obj in enumerate(objects[:14]):
        before = cache.cpu_array()
        cache.free(obj)
        expect(f"the array (limit 8, batchcount 5) after {n + 1} objects were freed", cache.cpu_array(),
               (before[5:] if len(before) == 8 else before) + [obj])
        cache.check(f"after {n + 1} objects were freed")


@points(3, needs=NEEDS, cause="the oldest objects of a full array go to the shared array as long as it has room, and only then to their slabs")
def test_a_flush_goes_to_the_shared_array(arena):
    cache = cache_with(arena, 6, 4, shared=7)
    objects = cache.alloc_many(24)
    expect("objects that came", len(objects), 24)
    while cache.cpu_array():
        objects.append(cache.must_alloc())
    shared = []
    for n, obj in enumerate(objects):
        before = cache.cpu_array()
        cache.free(obj)
        if len(before) == 6:
            moved = min(4, 7 - len(shared)) or 4
            expect(f"the array (limit 6, batchcount 4) after {n + 1} objects were freed, {len(shared)} of 7 in the shared one before",
                   cache.cpu_array(), before[moved:] + [obj])
            shared += before[:moved] if len(shared) < 7 else []
        expect(f"the shared array after {n + 1} objects were freed", cache.shared_array(), shared)
        cache.check(f"after {n + 1} objects were freed")


@points(3, needs=NEEDS, cause="what other CPUs left in the shared array comes before the slabs")
def test_a_refill_asks_the_shared_array_first(arena):
    cache = cache_with(arena, 6, 4, shared=6)
    objects = cache.alloc_many(16)
    expect("objects that came", len(objects), 16)
    for obj in objects[:11]:
        cache.free(obj)
    shared = cache.shared_array()
    expect("objects in the shared array after CPU 0 freed 11", len(shared), 6)
    arena.call("cpu", 3)
    got = cache.alloc_many(6)
    expect("CPU 3's six objects: are they those of the shared array?", sorted(got), sorted(shared))
    expect("the shared array then", cache.shared_array(), [])
    cache.check("after CPU 3 asked for six objects")


@points(3, needs=NEEDS, cause="many CPUs: an object is in one place, and free slabs above the limit go")
def test_objects_move_between_cpus(arena):
    cache = cache_with(arena, 5, 3, size=300, shared=8)
    arena.call("spare", 0, 0, 2 * cache.view.num)
    objects = []
    for n in range(40):
        arena.call("cpu", n % 3)
        objects.append(cache.must_alloc())
    for n, obj in enumerate(objects):
        arena.call("cpu", 4 + n % 2)
        cache.free(obj)
        if n % 5 == 4:
            cache.check(f"after {n + 1} of 40 objects were freed on other CPUs")
    empty = sum(slab.where == "slabs_free" for slab in cache.slabs(0))
    assert empty <= 2, f"{empty} slabs are empty, though free_limit is the objects of two"
