"""Exercise 6: the hand-over to the buddy lists (free_map_word, free_all_bootmem_core)."""

from bootmem import Bootmem
from grade.plugin import expect, points
from model import PAGE

NEEDS = ["free", "hand-over"]


def check_handover(bootmem):
    """After free_all_bootmem() the lists have all free pages and the bitmaps', and no others."""
    count = bootmem.call("handover")[0]
    wanted = set().union(*(node.handed_over() for node in bootmem.nodes.values()))
    expect("the pages on the free lists after free_all_bootmem()", bootmem.pages(bootmem.free_lists()),
           bootmem.pages(wanted))
    expect("the number of pages that free_all_bootmem() returns", count, len(wanted))
    everywhere = set(range(bootmem.base, bootmem.base + bootmem.frames))
    expect("the pages that have PG_reserved after free_all_bootmem()", bootmem.pages(bootmem.reserved()),
           bootmem.pages(everywhere - wanted))


def node_with(arena, free, first=0, end=256, at=None):
    """A node in which these ranges of pages are free; its bitmap in page `at`."""
    bootmem = Bootmem(arena)
    bootmem.node(first, end, at=at)
    for start, stop in free:
        bootmem.free((bootmem.base + start) * PAGE, (stop - start) * PAGE)
    return bootmem


@points(3, needs=NEEDS, cause="free pages go to the buddy lists, taken ones stay reserved")
def test_free_pages_and_no_others(arena):
    check_handover(node_with(arena, [(1, 3), (5, 6), (30, 33), (62, 70), (200, 201)]))


@points(2, needs=NEEDS, cause="a word of the bitmap that is free goes over as a whole")
def test_whole_words(arena):
    check_handover(node_with(arena, [(0, 256)]))


@points(3, needs=NEEDS, cause="a block must be aligned in physical memory; this node's words are not")
def test_a_node_that_is_not_aligned(arena):
    check_handover(node_with(arena, [(5, 250)], first=5, end=250))


@points(2, needs=NEEDS, cause="the last word has bits for pages that the node does not have")
def test_the_last_word_is_not_full(arena):
    check_handover(node_with(arena, [(0, 201)], end=201))
    check_handover(node_with(arena, [(0, 9)], end=9))


@points(2, needs=NEEDS, cause="after the hand-over nobody needs the bitmap: its pages go, too, and are counted")
def test_the_bitmap_itself(arena):
    check_handover(node_with(arena, [(0, 50), (51, 256)], at=50))


@points(1, needs=NEEDS, cause="every node hands over its own")
def test_two_nodes(arena):
    bootmem = Bootmem(arena)
    for nid, (first, end) in enumerate(((3, 140), (145, 290))):
        bootmem.node(first, end, nid=nid, at=first)
        bootmem.free((bootmem.base + first + 1) * PAGE, (end - first - 1) * PAGE, nid=nid)
    check_handover(bootmem)
