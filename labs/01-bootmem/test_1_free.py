"""Exercise 1: freeing a range of bytes (free_bootmem_core). Only whole pages can be given away."""

from bootmem import ANY, Bootmem
from grade.plugin import points
from model import PAGE

NEEDS = ["free"]


def freed(arena, offset, size, first=0, end=64):
    """A node of the frames first to end, in which [offset, offset + size), counted from frame 0, is freed."""
    bootmem = Bootmem(arena)
    bootmem.node(first, end)
    bootmem.free(bootmem.base * PAGE + offset, size)
    bootmem.check(f"freeing {size} bytes at offset {offset:#x} of a node of pages {first} to {end - 1}")


@points(2, needs=NEEDS, cause="a range that begins and ends at page boundaries frees exactly its pages")
def test_whole_pages(arena):
    freed(arena, 5 * PAGE, 3 * PAGE)


@points(2, needs=NEEDS, cause="the first page is not the caller's alone: the start must be rounded up")
def test_first_page_in_part(arena):
    freed(arena, 5 * PAGE + 1, 4 * PAGE - 1)


@points(2, needs=NEEDS, cause="the last page is not the caller's alone: the end must be rounded down")
def test_last_page_in_part(arena):
    freed(arena, 5 * PAGE, 4 * PAGE - 1)


@points(1, needs=NEEDS, cause="a range that holds no whole page frees nothing, even if it touches two")
def test_no_whole_page(arena):
    bootmem = Bootmem(arena)
    bootmem.node(0, 64)
    bootmem.free(bootmem.base * PAGE, PAGE)
    bootmem.free((bootmem.base + 5) * PAGE + 1, 2 * PAGE - 2)
    bootmem.check("freeing page 0, and two bytes less than pages 5 and 6")


@points(2, needs=NEEDS, cause="bits are counted from the node's first page, and the range is cut at the node's ends")
def test_only_inside_the_node(arena):
    freed(arena, 0, 80 * PAGE, first=7, end=50)


@points(1, needs=NEEDS, cause="free_bootmem() offers the range to every node; each takes its part")
def test_a_range_over_two_nodes(arena):
    bootmem = Bootmem(arena)
    bootmem.node(3, 40, nid=0)
    bootmem.node(45, 90, nid=1)
    bootmem.free((bootmem.base + 30) * PAGE + 100, 30 * PAGE, nid=ANY)
    bootmem.check("freeing 30 pages from the middle of page 30 on, with nodes of pages 3 to 39 and 45 to 89")
