"""Exercise 4: small requests share a page (bootmem_pack)."""

from bootmem import Bootmem
from grade.plugin import expect, points
from model import PAGE, Tail, packed

NEEDS = ["pack"]


def check_pack(arena, requests, first=3):
    """Requests (index, size, align) one after the other, in a node that begins with page `first`."""
    bootmem = Bootmem(arena)
    node = bootmem.node(first, 100)
    tail, told = Tail(), []
    for index, size, align in requests:
        addr, pages, tail = packed(tail, node.start + index, size, align)
        got = bootmem.call("pack", 0, index, size, align)
        told.append(f"({index}, {size}, {align})")
        what = f"of bootmem_pack(index, size, align) in a node at {node.start * PAGE:#x}, the last of {' '.join(told)}"
        expect(f"the address {what}", f"{got[0]:#x}", f"{addr:#x}")
        expect(f"the new pages {what}", got[1], pages)


@points(2, needs=NEEDS, cause="without anything to share, a request begins at its first page")
def test_nothing_to_share(arena):
    check_pack(arena, [(5, 100, 4)])
    check_pack(arena, [(0, 3 * PAGE, 64)])


@points(3, needs=NEEDS, cause="the next request begins behind the last one, if its run is the page behind")
def test_two_share_a_page(arena):
    check_pack(arena, [(5, 100, 4), (6, 200, 4), (6, 300, 4)])


@points(2, needs=NEEDS, cause="inside the shared page, too, the address must be aligned")
def test_aligned_inside_the_page(arena):
    check_pack(arena, [(5, 100, 4), (6, 8, 64), (6, 1, 1024), (6, 1, 1), (6, 3, 2)])


@points(2, needs=NEEDS, cause="only the page right before the run can be shared, if there is room after aligning")
def test_when_it_cannot_share(arena):
    check_pack(arena, [(5, 100, 4), (7, 100, 4)])
    check_pack(arena, [(5, 3000, 4), (6, 100, 2048)])
    check_pack(arena, [(5, PAGE, 4), (6, 100, 4)])
    check_pack(arena, [(5, 100, 4), (6, 100, PAGE)])


@points(2, needs=NEEDS, cause="a request that begins in the shared page may end in new ones: count what it reaches")
def test_on_into_new_pages(arena):
    check_pack(arena, [(5, 100, 4), (6, PAGE, 4), (7, 2 * PAGE + 100, 4), (9, PAGE - 500, 4)])
    check_pack(arena, [(5, 100, 4), (6, 2 * PAGE - 100, 4), (7, 10, 4)])
