"""The exercises with numbers that nobody knows beforehand."""

from grade.plugin import expect, points
from model import HWCACHE_ALIGN, RECLAIMABLE
from slab import Cache, ask_layouts


@points(4, needs=["layout"], cause="the rule for any size: as many objects as fit; the smallest order that wastes an eighth at most")
def test_any_layout(arena, rng):
    ask_layouts(arena, [(rng.randrange(8, 4 << rng.randrange(2, 12)), rng.choice((0, 0, 8, 32, 64, 128)),
                         rng.choice((0, 0, HWCACHE_ALIGN, RECLAIMABLE)), rng.randrange(6)) for _ in range(40)])


@points(5, needs=["layout", "make", "take", "put"], cause="over many objects of any size a slab got on the wrong list, or a chain tore")
def test_any_objects(arena, rng):
    for _ in range(2):
        arena.call("reset")
        cache = Cache(arena, 0, rng.randrange(40, 1000), ctor=True)
        arena.call("spare", 0, 1, rng.randrange(1, 3 * cache.view.num))
        cache.work(rng, 60, nodes=(1,))


@points(6, needs=["layout", "make", "take", "put", "arrays"], cause="over many objects on many CPUs one got lost, or came twice")
def test_any_objects_on_many_cpus(arena, rng):
    cache = Cache(arena, 0, rng.randrange(60, 800), ctor=True)
    arena.call("shared", 0, rng.randrange(1, 20))
    for cpu in range(8):
        limit = rng.randrange(2, 12)
        cache.limits(limit, rng.randrange(1, limit), [cpu])
    arena.call("spare", 0, 0, rng.randrange(1, 3 * cache.view.num))
    cache.work(rng, 140, cpus=8)
    ctors, slabs = int(arena.call("ctors")[0]), sum(len(cache.slabs(node)) for node in (0, 1))
    assert ctors % cache.view.num == 0 and ctors >= slabs * cache.view.num, f"the constructor ran {ctors} times"


@points(5, needs=["pool"], cause="the allocator first, then the reserve; what comes back fills the reserve first")
def test_any_pool(arena, rng):
    least = rng.randrange(2, 8)
    reserve, freed, supply, out = least, 0, 0, 0
    arena.call("pool", least, least)
    for step in range(60):
        if rng.random() < 0.1:
            supply = rng.randrange(4)
            arena.call("supply", supply)
        if out and rng.random() < 0.5:
            out -= 1
            freed, reserve = (freed, reserve + 1) if reserve < least else (freed + 1, reserve)
            expect(f"elements freed after {step + 1} steps", int(arena.call("put", 100 + step)[0]), freed)
            continue
        got = int(arena.call("get", 0)[0])
        expect(f"is there an element, with {supply} to be had and {reserve} in reserve?", got > 0, supply + reserve > 0)
        if got:
            out += 1
            supply, reserve = (supply - 1, reserve) if supply else (supply, reserve - 1)
