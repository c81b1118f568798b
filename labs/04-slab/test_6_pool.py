"""Exercise 6: a reserve for the worst day (mempool_alloc, mempool_free)."""

from grade.machine import Died, Hung, guest
from grade.plugin import expect, points, sampled
from model import GFP_FS, GFP_IO, GFP_NOMEMALLOC, GFP_NORETRY, GFP_NOWARN

NEEDS = ["pool"]
NO_RESERVES = GFP_NOMEMALLOC | GFP_NORETRY | GFP_NOWARN


def get(arena, gfp=0):
    """(the element, 0 for none; how its allocator was asked)."""
    return tuple(int(w) for w in arena.call("get", gfp))


@points(3, needs=NEEDS, cause="the allocator is asked first; the reserve serves when it has nothing; then, without __GFP_WAIT, there is nothing")
def test_the_reserve_comes_second(arena):
    arena.call("pool", 3, 3)
    arena.call("supply", 2)
    expect("five elements: two of the allocator's (4, 5), then the reserve's", sorted(get(arena)[0] for _ in range(2)), [4, 5])
    expect("three more, when the allocator has nothing", sorted(get(arena)[0] for _ in range(3)), [1, 2, 3])
    expect("one more", get(arena)[0], 0)
    arena.call("supply", 1)
    expect("one more, when the allocator has one again", get(arena)[0], 6)


@points(3, needs=NEEDS, cause="what comes back fills the reserve; only when that is full it is freed")
def test_the_reserve_is_filled_first(arena):
    arena.call("pool", 3, 1)
    expect("how many elements were freed after each of four came back, with one of three in reserve",
           [int(arena.call("put", n)[0]) for n in (11, 12, 13, 14)], [0, 0, 1, 2])
    expect("NULL came back: how many were freed so far", int(arena.call("put", 0)[0]), 2)
    expect("the reserve", sorted(get(arena)[0] for _ in range(3)), [1, 11, 12])
    expect("one more", get(arena)[0], 0)
    expect("how many were freed after one more came back", int(arena.call("put", 15)[0]), 2)
    expect("the element that came back", get(arena)[0], 15)


@points(2, needs=NEEDS, cause="the allocator is asked so that it neither waits, nor starts I/O, nor touches the last reserves, nor complains")
def test_how_the_allocator_is_asked(arena):
    arena.call("pool", 2, 2)
    for gfp in (0, GFP_IO, GFP_IO | GFP_FS):
        arena.call("supply", 1)
        expect(f"the flags that the allocator saw, when an element was asked for with {gfp:#x}", hex(get(arena, gfp)[1]),
               hex(gfp & ~GFP_IO | NO_RESERVES))


@sampled(1)
@points(3, needs=["layout", "make", "take", "put", "arrays", *NEEDS],
        cause="who may wait does so until an element comes back, and never gets NULL: `make ktest T='mempool.*'`")
def test_waiting_for_an_element(arena, boot):
    test_the_reserve_comes_second(arena)
    arena.call("reset")
    test_the_reserve_is_filled_first(arena)
    try:
        boot(append="ktest=mempool.*", cpus=2)
    except Hung:
        raise
    except Died as end:
        results, fault = guest.parse_tap(end.console)
        expect("what is wrong with the report of the kernel's own tests of pools", fault, "")
        assert len(results) >= 6, f"only {len(results)} tests of pools reported"
        return
    raise AssertionError("the machine started its programs instead of its tests")
