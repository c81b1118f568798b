"""Exercises 3 and 4 with bitmaps and requests that the course's secret chooses."""

from bootmem import Bootmem
from grade.plugin import points
from model import PAGE
from test_3_find import check_find
from test_4_pack import check_pack


@points(3, needs=["free", "find"], cause="the lowest run that is long enough and aligned, whatever lies before it")
def test_random_bitmaps(arena, rng):
    bootmem = Bootmem(arena)
    first = rng.randrange(1, 64)
    pages = rng.randrange(150, 400)
    bootmem.node(first, first + pages)
    page = first
    while page < first + pages:
        run = rng.choice([1, 2, 3, 5, 8, 13, 40])
        bootmem.free((bootmem.base + page) * PAGE, min(run, first + pages - page) * PAGE)
        page += run + rng.choice([1, 1, 2, 5, 20])
    for _ in range(60):
        start = rng.randrange(0, pages)
        end = rng.randrange(start, pages + 1)
        check_find(bootmem, start, end, rng.choice([1, 2, 4, 7, 12]), rng.choice([1, 1, 2, 8, 32]))


@points(3, needs=["pack"], cause="a request begins behind the last one if there is room in the page before its run")
def test_random_requests(arena, rng):
    requests, index = [], 0
    for _ in range(40):
        size = rng.choice([1, rng.randrange(1, 300), rng.randrange(1, PAGE), PAGE, rng.randrange(1, 3 * PAGE)])
        requests.append((index, size, 1 << rng.randrange(0, 13)))
        index += rng.choice([0, 1, 1, 1, -(-size // PAGE)])
    check_pack(arena, requests, first=rng.randrange(1, 64))
