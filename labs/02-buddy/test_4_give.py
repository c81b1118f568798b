"""Exercise 4: putting a block back on the lists (__free_one_page), its buddy in use."""

from buddy import Buddy
from grade.plugin import points
from model import MAX_ORDER, NORMAL

NEEDS = ["split", "give"]


@points(3, needs=NEEDS, cause="a freed block goes to the list of its order, marked, with its order, and counted")
def test_a_freed_block_is_on_its_list(arena):
    for order in range(MAX_ORDER):
        arena.call("reset")
        buddy = Buddy(arena)
        buddy.zone(NORMAL, 0, 4096, held=[(1024, order), (1024 ^ 1 << order, order)], free=[])
        buddy.free(1024)
        buddy.check(f"after a block of order {order} was freed whose buddy is in use")


@points(3, needs=NEEDS, cause="free_pages counts pages, nr_free counts blocks: each free adds 2^order and one")
def test_books_of_many_blocks(arena):
    buddy = Buddy(arena)
    buddy.zone(NORMAL, 0, 2048, held=[(first, first // 256) for first in range(0, 2048, 256)], free=[])
    for first in (512, 0, 1792, 1024, 256, 1536, 768, 1280):
        buddy.free(first)
    buddy.check("after eight blocks of orders 0 to 7 were freed, no two of them buddies")


@points(2, needs=["take", *NEEDS], cause="what was given back can be taken again, and is found in the same place")
def test_give_and_take(arena):
    buddy = Buddy(arena)
    buddy.zone(NORMAL, 0, 2048, held=[(64, 3), (256, 5), (512, 0)], free=[])
    for first, order in ((64, 3), (256, 5), (512, 0)):
        buddy.free(first)
        buddy.alloc(order)
        buddy.check(f"after a block of order {order} was freed and taken again")
