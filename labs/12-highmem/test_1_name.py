"""Exercise 1: from a page to its window (page_address, set_page_address)."""

from grade.plugin import expect, points
from model import bucket

NEEDS = ["name"]


def slots(arena, pages):
    """page_address() of these pages, as slots."""
    return [int(w[0]) for w in arena.calls([("slot", page, 1) for page in pages])]


@points(5, needs=NEEDS, cause="set_page_address() puts the slot's entry into the page's bucket, page_address() finds it there; NULL takes it out")
def test_names_come_and_go(arena):
    arena.calls([("name", 3, 17), ("name", 700, 0), ("name", 5, 511)])
    expect("the windows of pages 3, 700, 5 and 4", slots(arena, (3, 700, 5, 4)), [17, 0, 511, -1])
    arena.call("name", 700, -1)
    expect("the windows of pages 3, 700 and 5 after page 700 lost its own", slots(arena, (3, 700, 5)), [17, -1, 511])
    arena.calls([("name", 3, -1), ("name", 3, 44), ("name", 700, 17)])
    expect("the windows of pages 3, 700 and 5 after 3 moved, and 700 has the slot that was 3's", slots(arena, (3, 700, 5)), [44, 17, 511])


@points(4, needs=NEEDS, cause="several pages share a bucket: the name must be compared, and the right one taken out")
def test_pages_of_one_bucket(arena):
    pfns = [int(w) for i in range(0, 640, 64) for w in arena.call("pfn", i, 64)]
    by_bucket = {}
    for page, pfn in enumerate(pfns):
        by_bucket.setdefault(bucket(pfn), []).append(page)
    pages = max(by_bucket.values(), key=len)[:5]
    assert len(pages) >= 4, "of 640 pages no four share a bucket of 128: that cannot be"
    arena.calls([("name", page, 100 + n) for n, page in enumerate(pages)])
    expect("the slots of pages that share a bucket", slots(arena, pages), [100 + n for n in range(len(pages))])
    arena.call("name", pages[1], -1)
    expect("… after the second lost its window", slots(arena, pages), [100, -1, *(100 + n for n in range(2, len(pages)))])
    arena.call("name", pages[0], -1)
    expect("… after the first did, too", slots(arena, pages), [-1, -1, *(100 + n for n in range(2, len(pages)))])
