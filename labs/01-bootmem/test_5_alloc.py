"""Exercise 5: memory from a node (__alloc_bootmem_core), with a goal and a limit."""

from bootmem import Bootmem
from grade.plugin import expect, points
from model import PAGE

NEEDS = ["free", "reserve", "find", "pack", "alloc"]


def free_node(arena, first=0, end=128):
    bootmem = Bootmem(arena)
    bootmem.node(first, end)
    bootmem.free((bootmem.base + first) * PAGE, (end - first) * PAGE)
    return bootmem


@points(2, needs=NEEDS, cause="the first fit is taken, and its pages' bits are set")
def test_pages_in_order(arena):
    bootmem = free_node(arena)
    for pages in (1, 3, 2):
        bootmem.check_alloc(pages * PAGE, PAGE)


@points(2, needs=NEEDS, cause="small requests share a page, and take new ones only when they reach them")
def test_small_requests_share(arena):
    bootmem = free_node(arena, first=5)
    for size, align in ((100, 4), (100, 4), (100, 64), (PAGE, 4), (PAGE, PAGE), (10, 1)):
        bootmem.check_alloc(size, align)


@points(3, needs=NEEDS, cause="the search begins at the goal, and then at the node's start if there is nothing above")
def test_goal(arena):
    bootmem = free_node(arena, first=7)
    goal = (bootmem.base + 100) * PAGE
    bootmem.check_alloc(PAGE, PAGE, goal)
    bootmem.check_alloc(20 * PAGE, PAGE, goal)
    bootmem.check_alloc(20 * PAGE, PAGE, goal)
    bootmem.check_alloc(90 * PAGE, PAGE, goal)


@points(1, needs=NEEDS, cause="a goal beyond the node, or below it, is no reason to refuse")
def test_goal_outside(arena):
    bootmem = free_node(arena, first=7)
    bootmem.check_alloc(PAGE, PAGE, bootmem.base * PAGE)
    bootmem.check_alloc(PAGE, PAGE, (bootmem.base + 128) * PAGE)
    bootmem.check_alloc(PAGE, PAGE, (bootmem.base + 4000) * PAGE)


@points(3, needs=NEEDS, cause="no byte may lie at or above the limit, and what fits below it must be found")
def test_limit(arena):
    bootmem = free_node(arena)
    limit = (bootmem.base + 32) * PAGE
    bootmem.check_alloc(30 * PAGE, PAGE, limit=limit)
    bootmem.check_alloc(3 * PAGE, PAGE, limit=limit)
    bootmem.check_alloc(2 * PAGE, PAGE, limit=limit)
    bootmem.check_alloc(PAGE, PAGE, limit=limit)
    bootmem.check_alloc(PAGE, PAGE, limit=bootmem.base * PAGE)
    bootmem.check_alloc(PAGE, PAGE)


@points(2, needs=NEEDS, cause="the address is a multiple of align, wherever the node starts")
def test_large_alignment(arena):
    bootmem = free_node(arena, first=13)
    for pages in (16, 4, 32):
        bootmem.check_alloc(2 * PAGE, pages * PAGE)
        bootmem.check_alloc(100, 64)


@points(2, needs=NEEDS, cause="the memory is handed out as zeros, whoever had it before")
def test_zeroed(arena):
    bootmem = free_node(arena)
    bootmem.call("fill", bootmem.base * PAGE, 8 * PAGE, 0xa5)
    for size in (100, 3 * PAGE, 200):
        addr = bootmem.check_alloc(size, 64)
        memory = bootmem.kernel.read(bootmem.kernel.page_offset + addr, size)
        expect(f"the bytes other than 0 in {size} bytes from __alloc_bootmem_core()", sum(b != 0 for b in memory), 0)


@points(2, needs=NEEDS, cause="a page that was freed may be somebody else's now: nothing may be packed into it")
def test_not_packed_into_a_page_that_is_gone(arena):
    bootmem = free_node(arena)
    bootmem.check_alloc(100, 4)
    bootmem.free(bootmem.base * PAGE, PAGE)
    bootmem.reserve(bootmem.base * PAGE, PAGE)
    bootmem.check_alloc(100, 4)


@points(1, needs=NEEDS, cause="when nothing is left the answer is NULL; what is freed then is found again")
def test_exhausted_and_freed(arena):
    bootmem = free_node(arena, first=3, end=40)
    while bootmem.check_alloc(5 * PAGE, PAGE, (bootmem.base + 20) * PAGE) is not None:
        pass
    bootmem.check_alloc(PAGE, PAGE, (bootmem.base + 20) * PAGE)
    bootmem.free((bootmem.base + 22) * PAGE, 6 * PAGE)
    bootmem.check_alloc(5 * PAGE, PAGE, (bootmem.base + 20) * PAGE)


@points(1, needs=NEEDS, cause="what is freed below last_success must be found again: whoever frees lowers it")
def test_freed_below_the_last_success(arena):
    bootmem = free_node(arena)
    goal = (bootmem.base + 50) * PAGE
    for _ in range(4):
        bootmem.check_alloc(PAGE, PAGE, goal)
    bootmem.free(goal + PAGE, PAGE)
    bootmem.check_alloc(PAGE, PAGE, goal)
