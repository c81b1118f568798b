"""Exercise 2: reserving a range of bytes (reserve_bootmem_core). Every page that it touches is taken."""

from bootmem import ANY, Bootmem
from grade.plugin import points
from model import PAGE

NEEDS = ["free", "reserve"]


def free_node(arena, first=0, end=64):
    """A node that is free as a whole, by the function of exercise 1."""
    bootmem = Bootmem(arena)
    bootmem.node(first, end)
    bootmem.free((bootmem.base + first) * PAGE, (end - first) * PAGE)
    return bootmem


@points(2, needs=NEEDS, cause="a page touched at either end must be taken: the start is rounded down, the end up")
def test_touched_pages(arena):
    bootmem = free_node(arena)
    bootmem.reserve((bootmem.base + 5) * PAGE - 1, PAGE + 2)
    bootmem.check("reserving from the last byte of page 4 to the first of page 6")


@points(1, needs=NEEDS, cause="a range that ends at a page boundary does not touch the page behind it")
def test_whole_pages(arena):
    bootmem = free_node(arena)
    bootmem.reserve((bootmem.base + 5) * PAGE, 3 * PAGE)
    bootmem.check("reserving pages 5 to 7")


@points(1, needs=NEEDS, cause="a single byte takes its page")
def test_one_byte(arena):
    bootmem = free_node(arena)
    bootmem.reserve((bootmem.base + 63) * PAGE + 4095, 1)
    bootmem.check("reserving the last byte of page 63")


@points(1, needs=NEEDS, cause="what is taken already may be reserved again: firmware tells of ranges that overlap")
def test_twice(arena):
    bootmem = free_node(arena)
    bootmem.reserve((bootmem.base + 5) * PAGE, 3 * PAGE)
    bootmem.reserve((bootmem.base + 6) * PAGE, 4 * PAGE)
    bootmem.check("reserving pages 5 to 7, then 6 to 9")


@points(2, needs=NEEDS, cause="the range is cut at the node's ends, and bits are counted from the node's first page")
def test_only_inside_the_node(arena):
    bootmem = free_node(arena, first=7, end=50)
    bootmem.reserve(bootmem.base * PAGE, 10 * PAGE)
    bootmem.reserve((bootmem.base + 45) * PAGE + 1, 80 * PAGE)
    bootmem.check("reserving pages 0 to 9, and all from 45 on, in a node of pages 7 to 49")


@points(1, needs=NEEDS, cause="reserve_bootmem() offers the range to every node; each takes its part")
def test_a_range_over_two_nodes(arena):
    bootmem = Bootmem(arena)
    for nid, (first, end) in enumerate(((3, 40), (45, 90))):
        bootmem.node(first, end, nid=nid)
        bootmem.free((bootmem.base + first) * PAGE, (end - first) * PAGE, nid=nid)
    bootmem.reserve((bootmem.base + 30) * PAGE + 100, 30 * PAGE, nid=ANY)
    bootmem.check("reserving 30 pages from the middle of page 30 on, with nodes of pages 3 to 39 and 45 to 89")
