"""Exercise 5: two free buddies become one block (page_is_buddy, __page_find_buddy, __find_combined_index)."""

from buddy import Buddy
from grade.plugin import points
from model import DMA, GFP_COMP, GFP_HIGH, HIGHMEM, MAX_ORDER, NORMAL

NEEDS = ["take", "split", "give", "merge"]


@points(3, needs=NEEDS, cause="the buddy of block n differs from it in bit `order` alone: it may lie below or above")
def test_two_buddies_become_one(arena):
    for order in range(MAX_ORDER - 1):
        for first in (1024, 1024 + (1 << order)):
            arena.call("reset")
            buddy = Buddy(arena)
            buddy.zone(NORMAL, 0, 4096, held=[(first, order)], free=[(first ^ 1 << order, order)])
            buddy.free(first)
            buddy.check(f"after page {first}, order {order}, was freed and its buddy {first ^ 1 << order} was free")


@points(3, needs=NEEDS, cause="a merged block has a buddy, too: go on until that is not free")
def test_merging_goes_on_to_the_largest_block(arena):
    for hole in (0, 1023, 341):
        arena.call("reset")
        buddy = Buddy(arena)
        buddy.zone(NORMAL, 0, 2048, held=[(1024 + hole, 0), (0, 10)])
        buddy.free(1024 + hole)
        buddy.check(f"after the last page in use of pages 1024 to 2047 was freed, page {1024 + hole}")


@points(2, needs=NEEDS, cause="the largest order is MAX_ORDER - 1: such a block is never merged")
def test_the_largest_blocks_stay_as_they_are(arena):
    buddy = Buddy(arena)
    buddy.zone(NORMAL, 0, 4096, held=[(1024, 10), (3072, 9), (3584, 9)])
    for first in (1024, 3584, 3072):
        buddy.free(first)
    buddy.check("after blocks of the two largest orders were freed beside each other")


@points(2, needs=NEEDS, cause="not every neighbour is a buddy: pages 1 and 2 are not, and half of a buddy is no buddy")
def test_neighbours_that_are_no_buddies(arena):
    buddy = Buddy(arena)
    buddy.zone(NORMAL, 0, 2048, held=[(1, 0), (8, 3), (64, 0), (128, 3), (256, 0)],
               free=[(2, 1), (4, 2), (16, 3), (66, 1), (136, 2), (257, 0)])
    for first in (1, 8, 64, 128, 256):
        buddy.free(first)
    buddy.check("after blocks were freed, all but page 256 beside free blocks that are not their buddies, or smaller")


@points(2, needs=NEEDS, cause="a free block of the next zone is not ours, even where it would be the buddy")
def test_a_block_of_the_next_zone_is_no_buddy(arena):
    buddy = Buddy(arena)
    buddy.zone(DMA, 0, 1040, held=[(1024, 4), (256, 8)], free=[(0, 8), (512, 9)])
    buddy.zone(NORMAL, 1040, 1008, held=[(1056, 5)], free=[(1040, 4)])
    buddy.free(1024)
    buddy.check("after the last block below a zone's edge was freed, and the first one above it was free")
    buddy.free(256)
    buddy.check("after a block was freed whose buddies are of its own zone")


@points(2, needs=NEEDS, cause="private holds an order only while PG_buddy is set: in a page in use it is the owner's")
def test_the_order_of_a_page_that_is_not_free(arena):
    buddy = Buddy(arena)
    buddy.zone(DMA, 0, 1028, held=[(16, 0), (17, 0), (512, 1), (514, 1), (1024, 2), (768, 7)], free=[(896, 7)])
    buddy.zone(NORMAL, 1028, 1020, held=[(1028, 2)], free=[(1032, 3)])
    buddy.stale(17, 1, 0)
    buddy.stale(514, 2, 1)
    buddy.stale(1028, 4, 2)
    for first in (512, 16, 1024, 768):
        buddy.free(first)
    buddy.check("after blocks were freed whose buddies, but for that of page 768, are in use, with numbers in private")


@points(2, needs=NEEDS, cause="a block that is now a part of a larger one has neither PG_buddy nor an order")
def test_parts_of_a_block_keep_no_mark(arena):
    buddy = Buddy(arena)
    buddy.zone(NORMAL, 0, 1024, held=[(first, 2) for first in range(0, 64, 4)], free=[])
    for first in (60, 0, 4, 8, 56, 12, 52, 48, *range(16, 48, 4)):
        buddy.free(first)
        buddy.check(f"after the block at page {first} was freed", private=True)


@points(1, needs=NEEDS, cause="a compound block is taken apart before it goes to the lists: that is given, leave it in")
def test_compound_blocks_come_back(arena):
    buddy = Buddy(arena)
    buddy.zone(NORMAL, 0, 2048, free=[(1024, 10)])
    pages = [buddy.alloc(order, NORMAL, GFP_COMP) for order in (3, 1, 5)]
    for page in pages:
        buddy.free(page)
    buddy.check("after three compound blocks were allocated and freed")


@points(4, needs=NEEDS, cause="somewhere between allocating and freeing the lists and the free pages went apart")
def test_any_order_of_requests(arena, rng):
    for first, pages in ((0, 2048), (37, 1300)):
        arena.call("reset")
        buddy = Buddy(arena)
        buddy.zone_at_random(rng, NORMAL, first, pages)
        buddy.zone_at_random(rng, HIGHMEM, first + pages, 500)
        buddy.work(rng, 80, classzones=(NORMAL, HIGHMEM), gfps=(0, GFP_HIGH))
