"""Exercise 6: how low a zone may get (zone_watermark_ok)."""

from buddy import Buddy, Question, ask_watermark
from grade.plugin import expect, points
from model import ALLOC_HARDER, ALLOC_HIGH, DMA, GFP_HIGH, HIGHMEM, NORMAL

NEEDS = ["watermark"]


@points(2, needs=NEEDS, cause="more than the mark must be left, and one page of the request may count as left")
def test_the_mark_is_a_limit(arena):
    cases = ((801, 0, 800), (800, 0, 800), (1, 0, 0), (0, 0, 0), (3, 0, 200), (815, 4, 800), (816, 4, 800))
    ask_watermark(arena, *(Question({10: 1}, free, order, mark) for free, order, mark in cases))
    ask_watermark(arena, Question({0: 500}, 500, 10, 0), Question({0: 3}, 3, 3, 0), Question({0: 3}, 3, 1, 0),
                  cause="what is left is negative here: compute in long, not in unsigned long")


@points(2, needs=NEEDS, cause="ALLOC_HIGH takes off half of the mark, then ALLOC_HARDER a quarter of the rest")
def test_urgent_callers_get_more(arena):
    for mark in (800, 803, 7, 1):
        frees = sorted({mark * n // 16 + more for n in (6, 8, 12, 16) for more in range(-1, 4)
                        if mark * n // 16 + more >= 0})
        ask_watermark(arena, *(Question({10: 1}, free, 0, mark, flags=flags) for free in frees
                               for flags in (0, ALLOC_HIGH, ALLOC_HARDER, ALLOC_HIGH | ALLOC_HARDER)))


@points(2, needs=NEEDS, cause="what a higher zone could have met leaves lowmem_reserve[class] on top of the mark")
def test_the_reserve_is_respected(arena):
    for classzone, reserve in ((NORMAL, 100), (DMA, 0), (HIGHMEM, 50)):
        ask_watermark(arena, *(Question({0: 4}, free, 0, 800, classzone, reserve)
                               for free in (900, 901, 800, 801, 850)))
    ask_watermark(arena, Question({1: 30, 5: 1}, 92, 1, 40, NORMAL, 50), Question({0: 30, 5: 2}, 92, 1, 40, NORMAL, 50))


@points(3, needs=NEEDS, cause="for each order below the request's, its blocks do not count, and the mark is halved")
def test_small_blocks_do_not_count(arena):
    ask_watermark(arena, Question({0: 996, 2: 1}, 1000, 2, 400), Question({0: 700, 2: 75}, 1000, 2, 400))
    for order in (1, 2, 3, 6, 10):
        for small in sorted({0, order // 2, order - 1}):
            # 1024 pages in small blocks; without them just what must be left, and one page more
            least = 1024 + (1 << order) - 1 + (800 >> small + 1)
            ask_watermark(arena, *(Question({small: 1024 >> small}, least + more, order, 800) for more in (0, 1, 50)))


@points(2, needs=["take", *NEEDS], cause="below the low mark the next zone is asked, then the reserves")
def test_requests_stop_at_the_mark(arena):
    for gfp in (0, GFP_HIGH):
        arena.call("reset")
        buddy = Buddy(arena)
        buddy.zone(DMA, 0, 1024, free=[(2 * i, 0) for i in range(30)], marks=(12, 15, 18), reserve={NORMAL: 4})
        buddy.zone(NORMAL, 1024, 1024, free=[(1024 + 2 * i, 0) for i in range(35)], marks=(16, 20, 24))
        while buddy.alloc(0, NORMAL, gfp) >= 0:
            pass
        buddy.check("after requests until there was no page to spare")
        expect("free pages left in the two zones", [buddy.model.free_pages(i) for i in (DMA, NORMAL)],
               [13, 12] if gfp == 0 else [9, 6])
