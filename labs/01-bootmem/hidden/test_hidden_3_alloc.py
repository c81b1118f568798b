"""Exercises 5 and 6 with requests that the course's secret chooses."""

from bootmem import Bootmem
from grade.plugin import points
from model import PAGE
from test_5_alloc import NEEDS
from test_6_handover import check_handover


def random_request(bootmem, rng, first, end):
    """Arguments of __alloc_bootmem_core(): small, sometimes of several pages, with and without goal and limit."""
    size = rng.choice([rng.randrange(1, 200), rng.randrange(1, PAGE), rng.randrange(1, 6 * PAGE)])
    goal = (bootmem.base + rng.randrange(first, end)) * PAGE if rng.random() < 0.4 else 0
    limit = (bootmem.base + rng.randrange(first + 10, end)) * PAGE if rng.random() < 0.2 else 0
    return size, 1 << rng.randrange(0, 16), goal, limit


@points(5, needs=NEEDS, cause="goal, limit, alignment and packing must hold together, request after request")
def test_random_requests(arena, rng):
    bootmem = Bootmem(arena)
    first = rng.randrange(1, 64)
    end = first + rng.randrange(150, 250)
    bootmem.node(first, end)
    bootmem.free((bootmem.base + first) * PAGE, (end - first) * PAGE)
    for _ in range(70):
        page = rng.randrange(first, end)
        if rng.random() < 0.15 and bootmem.base + page not in bootmem.nodes[0].free:
            bootmem.free((bootmem.base + page) * PAGE, PAGE)
        bootmem.check_alloc(*random_request(bootmem, rng, first, end))


@points(3, needs=["free", "hand-over"], cause="whether words are whole, partial or unaligned: each page goes over once")
def test_random_nodes_are_handed_over(arena, rng):
    for _ in range(6):
        bootmem = Bootmem(arena)
        first = rng.randrange(0, 130)
        end = first + rng.randrange(1, 700)
        bootmem.node(first, end, at=rng.randrange(end, bootmem.frames))
        page = first
        while page < end:
            run = min(rng.choice([1, 2, 7, 64, 64, 130]), end - page)
            bootmem.free((bootmem.base + page) * PAGE, run * PAGE)
            page += run + rng.choice([1, 2, 33, 64])
        check_handover(bootmem)
