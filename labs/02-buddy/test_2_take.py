"""Exercise 2: taking a block off its list (del_block, __rmqueue)."""

from buddy import Buddy
from grade.plugin import expect, points
from model import DMA, MAX_ORDER, NORMAL

NEEDS = ["take"]


@points(3, needs=NEEDS, cause="a block of exactly the order that was asked for is taken as it is")
def test_a_block_that_fits(arena):
    for order in range(MAX_ORDER):
        arena.call("reset")
        buddy = Buddy(arena)
        buddy.zone(NORMAL, 0, 2048, free=[(1024, order)])
        buddy.alloc(order)


@points(3, needs=NEEDS, cause="a block that leaves its list is no free block any more: see del_block's contract")
def test_a_taken_block_leaves_the_books(arena):
    buddy = Buddy(arena)
    buddy.zone(NORMAL, 0, 2048, free=[(0, 3), (16, 3), (32, 3), (64, 5), (96, 0)])
    for order in (3, 5, 3, 0, 3):
        buddy.alloc(order)
        buddy.check(f"after a request of order {order}")


@points(2, needs=NEEDS, cause="the smallest order that is large enough comes first: look from the order asked for up")
def test_the_smallest_block_that_fits(arena):
    buddy = Buddy(arena)
    buddy.zone(NORMAL, 0, 4096, free=[(0, 10), (1024, 2), (1032, 2), (2048, 6), (1040, 1)])
    for order in (2, 6, 1, 10, 2):
        buddy.alloc(order)
    buddy.check("after requests that each found a block of their own order")


@points(2, needs=NEEDS, cause="when no block is large enough, NULL is the answer, and nothing changes")
def test_blocks_that_are_too_small(arena):
    buddy = Buddy(arena)
    buddy.zone(DMA, 0, 1024, free=[(0, 2), (8, 3)])
    buddy.zone(NORMAL, 1024, 1024, free=[(1024, 1)])
    buddy.alloc(4)
    buddy.alloc(10)
    buddy.check("after two requests for which there was no block")
    buddy.alloc(3)                      # from the lower zone
    buddy.alloc(3)
    buddy.check("after the only block of order 3 was taken")
    # Counters that promise blocks, so that no watermark stands before __rmqueue: the lists are empty.
    arena.call("reset")
    Buddy(arena).zone(NORMAL, 0, 1024, free=[])
    arena.call("count", NORMAL, 1024, *[0] * (MAX_ORDER - 1), 1)
    for order in (0, 3, MAX_ORDER - 1):
        expect(f"the page of a request of order {order} when all lists are empty, though the counters say otherwise",
               arena.call("alloc", order, NORMAL, 0), ["-1"])
