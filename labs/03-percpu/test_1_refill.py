"""Exercise 1: single pages come from this CPU's list, which is filled in batches (rmqueue_bulk, take_from_pcp)."""

from grade.plugin import expect, points
from model import COLD, HOT, NORMAL
from percpu import Percpu

NEEDS = ["refill"]


def one_zone(arena, batch, free=((0, 8),)):
    percpu = Percpu(arena)
    percpu.zone(NORMAL, 0, 1024, free=free)
    percpu.limits(NORMAL, 6 * batch, batch)
    return percpu


@points(4, needs=NEEDS, cause="an empty list is filled with `batch` pages before one of them goes to the caller")
def test_one_page_brings_a_batch(arena):
    for batch in (8, 1, 31):
        arena.call("reset")
        percpu = one_zone(arena, batch)
        percpu.alloc()
        percpu.check(f"after the first page was asked for, with a batch of {batch}")
        if batch == 8:
            percpu.alloc()


@points(3, needs=NEEDS, cause="pages go on the end of the list in the order in which they leave the zone: addresses rise")
def test_pages_come_in_rising_order(arena):
    percpu = one_zone(arena, 16)
    expect("the pages of 16 requests, from one free block", [percpu.alloc() for _ in range(16)], list(range(16)))


@points(3, needs=NEEDS, cause="a list is filled only when it is empty, not when it is low")
def test_a_list_is_used_up_first(arena):
    percpu = one_zone(arena, 8)
    for n in range(17):
        percpu.alloc()
        percpu.check(f"after {n + 1} pages were asked for, with a batch of 8")


@points(3, needs=NEEDS, cause="a zone may have fewer pages than a batch: count those that came")
def test_fewer_pages_than_a_batch(arena):
    percpu = one_zone(arena, 8, free=[(16, 1), (20, 0)])
    percpu.alloc()
    percpu.check("after the first page was asked for, of three in the zone, with a batch of 8")
    percpu.alloc()          # the watermark sees no free page: none
    percpu.check("after one more was asked for")


@points(2, needs=NEEDS, cause="a CPU has two lists for each zone: who asks for a cold page leaves the hot list alone")
def test_hot_and_cold_are_two_lists(arena):
    percpu = one_zone(arena, 4)
    for cold in (HOT, COLD, COLD, HOT):
        percpu.alloc(cold=cold)
        percpu.check(f"after a {'cold' if cold else 'hot'} page was asked for")


@points(2, needs=NEEDS, cause="each CPU fills its own lists")
def test_each_cpu_has_its_own(arena):
    percpu = one_zone(arena, 4)
    for cpu in (0, 3, 7, 3, 0):
        percpu.become(cpu)
        percpu.alloc()
        percpu.check(f"after CPU {cpu} asked for a page")
