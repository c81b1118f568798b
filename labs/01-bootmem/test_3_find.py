"""Exercise 3: the first run of free pages (bootmem_find_run)."""

from bootmem import Bootmem
from grade.plugin import expect, points
from model import PAGE, first_fit

NEEDS = ["free", "find"]


def node_with(arena, *free, first=0, end=128):
    """A node in which these ranges of pages (counted from the arena's first) are free."""
    bootmem = Bootmem(arena)
    bootmem.node(first, end)
    for start, stop in free:
        bootmem.free((bootmem.base + start) * PAGE, (stop - start) * PAGE)
    return bootmem


def check_find(bootmem, first, end, n, step):
    """bootmem_find_run() between two indices of the node answers as the model."""
    node = bootmem.nodes[0]
    page = first_fit(node.free, node.start + first, node.start + end, n, step)
    expect(f"bootmem_find_run(from {first}, to {end}, n {n}, step {step}) in a node from frame {node.start:#x} on, "
           f"with free indices {bootmem.pages(p - node.start + bootmem.base for p in node.free)}",
           bootmem.find(first, end, n, step), end if page is None else page - node.start)


@points(2, needs=NEEDS, cause="the first free page is the answer, not any")
def test_first_of_several(arena):
    bootmem = node_with(arena, (9, 10), (20, 23), (60, 61))
    check_find(bootmem, 0, 128, 1, 1)
    check_find(bootmem, 10, 128, 1, 1)


@points(3, needs=NEEDS, cause="a run that is too short is left behind, and the search goes on after the taken page")
def test_runs_that_are_too_short(arena):
    bootmem = node_with(arena, (2, 4), (5, 8), (10, 15), (30, 31))
    for n in (1, 2, 3, 4, 5, 6):
        check_find(bootmem, 0, 128, n, 1)


@points(2, needs=NEEDS, cause="a run must end before `to`; if none does, the answer is `to`")
def test_not_beyond_the_end(arena):
    bootmem = node_with(arena, (100, 128))
    check_find(bootmem, 0, 104, 4, 1)
    check_find(bootmem, 0, 103, 4, 1)
    check_find(bootmem, 0, 128, 28, 1)
    check_find(bootmem, 0, 128, 29, 1)


@points(2, needs=NEEDS, cause="it is the frame number, not the index, that must be a multiple of step")
def test_alignment_is_physical(arena):
    bootmem = node_with(arena, (13, 120), first=13)
    for step in (2, 4, 16, 64):
        check_find(bootmem, 0, 115, 3, step)


@points(1, needs=NEEDS, cause="after a taken page the search must align again")
def test_aligned_again_behind_a_taken_page(arena):
    bootmem = node_with(arena, (0, 5), (6, 17), (18, 40), (41, 128))
    check_find(bootmem, 1, 128, 8, 8)
    check_find(bootmem, 1, 128, 14, 16)
    check_find(bootmem, 1, 128, 24, 4)
