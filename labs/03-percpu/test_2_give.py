"""Exercise 2: freed pages wait in this CPU's list; what is too much goes back (free_hot_cold_page, free_pages_bulk)."""

from grade.plugin import expect, points
from model import COLD, DMA, HOT, NORMAL
from percpu import Percpu

NEEDS = ["give"]


def in_use(arena, pages=32, high=6, batch=4):
    percpu = Percpu(arena)
    percpu.zone(NORMAL, 0, 1024, free=[(512, 9)], held=range(pages))
    percpu.limits(NORMAL, high, batch)
    return percpu


@points(4, needs=NEEDS, cause="a freed page goes to the front of this CPU's list, not to the zone")
def test_a_freed_page_waits_in_its_list(arena):
    percpu = in_use(arena)
    for page in (5, 3, 20, 21):
        percpu.free(page)
        percpu.check(f"after page {page} was freed")


@points(3, needs=NEEDS, cause="with `high` pages in it, a list gives `batch` back: those that were freed longest ago")
def test_too_many_go_back(arena):
    for high, batch in ((6, 4), (8, 8), (3, 1)):
        arena.call("reset")
        percpu = in_use(arena, high=high, batch=batch)
        for n, page in enumerate((9, 2, 30, 4, 17, 8, 25, 6, 11, 1, 14, 3)):
            percpu.free(page)
            percpu.check(f"after {n + 1} pages were freed, with high {high} and batch {batch}")


@points(3, needs=["refill", *NEEDS], cause="a page freed last is likely still in this CPU's cache: it goes out first")
def test_the_last_freed_comes_first(arena):
    percpu = in_use(arena, high=20)
    for page in (7, 3, 12):
        percpu.free(page)
    percpu.check("after pages 7, 3 and 12 were freed")
    expect("the pages of three requests after 7, 3 and 12 were freed", [percpu.alloc() for _ in range(3)], [12, 3, 7])
    percpu.free(3)
    percpu.alloc()


@points(2, needs=NEEDS, cause="who frees a cold page means the cold list, with a count and limits of its own")
def test_cold_pages_have_a_list(arena):
    percpu = in_use(arena)
    for n, page in enumerate(range(16)):
        percpu.free(page, COLD if n % 3 else HOT)
        percpu.check(f"after page {page} was freed as {'cold' if n % 3 else 'hot'}")


@points(2, needs=NEEDS, cause="a page belongs to its zone's list of the CPU that frees it, whoever asked for it")
def test_the_list_of_its_zone_and_this_cpu(arena):
    percpu = Percpu(arena)
    percpu.zone(DMA, 0, 256, held=range(32))
    percpu.zone(NORMAL, 256, 256, held=range(256, 288))
    percpu.limits(DMA, 4, 2)
    percpu.limits(NORMAL, 9, 3)
    for n in range(12):
        percpu.become(n % 3 * 2)
        percpu.free(n)
        percpu.free(256 + n)
        percpu.check(f"after page {n} of zone 0 and page {256 + n} of zone 2 were freed on CPU {n % 3 * 2}")


@points(2, needs=NEEDS, cause="each page that is freed is one event PGFREE, counted where it comes in, not when it goes back")
def test_each_page_is_one_event(arena):
    percpu = in_use(arena, high=4, batch=2)
    events = [percpu.free(page) for page in range(9)]
    expect("PGFREE after each of nine pages", events, list(range(1, 10)))
    percpu.check("after nine pages were freed")
