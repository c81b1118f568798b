"""Exercise 3: cutting a larger block (add_block, expand)."""

from buddy import Buddy
from grade.plugin import expect, points
from model import MAX_ORDER, NORMAL

NEEDS = ["take", "split"]


@points(3, needs=NEEDS, cause="the caller gets the lowest pages of the block, the upper halves go back to the lists")
def test_the_lowest_part_goes_to_the_caller(arena):
    buddy = Buddy(arena)
    buddy.zone(NORMAL, 0, 2048, free=[(1024, 10)])
    expect("the page of a request of order 3 when the only free block starts at page 1024", buddy.alloc(3), 1024)
    buddy.check("after order 3 was cut out of a block of order 10")


@points(4, needs=NEEDS, cause="each halving leaves one block of the next lower order, marked and counted as a free one")
def test_the_rest_goes_back_to_the_lists(arena):
    for high in range(1, MAX_ORDER):
        for low in {0, high // 2, high - 1}:
            arena.call("reset")
            buddy = Buddy(arena)
            buddy.zone(NORMAL, 0, 3072, free=[(1024, high)])
            buddy.alloc(low)
            buddy.check(f"after order {low} was cut out of order {high}")


@points(3, needs=NEEDS, cause="a block must serve all of its pages, each to one caller, and then be gone")
def test_page_by_page_until_nothing_is_left(arena):
    buddy = Buddy(arena)
    buddy.zone(NORMAL, 0, 1024, free=[(0, 4), (256, 6)])
    for _ in range((1 << 4) + (1 << 6)):
        buddy.alloc(0)
    buddy.check("after all pages were taken one by one")
    expect("a request when nothing is free", buddy.alloc(0), -1)
