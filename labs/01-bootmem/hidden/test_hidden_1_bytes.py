"""Exercises 1 and 2 with ranges that the course's secret chooses."""

from bootmem import ANY, Bootmem
from grade.plugin import points
from model import PAGE


def two_nodes(arena, rng):
    """Two nodes of random size and place that do not touch: (the arena, first pages, ends)."""
    bootmem = Bootmem(arena)
    first = rng.randrange(1, 70)
    middle = first + rng.randrange(70, 300)
    bootmem.node(first, middle, nid=0)
    bootmem.node(middle + rng.randrange(1, 40), middle + 400, nid=1)
    return bootmem


def some_bytes(bootmem, rng):
    """A range of bytes over the arena's first pages: (address, size)."""
    size = rng.choice([1, PAGE - 1, PAGE, PAGE + 1, rng.randrange(1, 4 * PAGE), rng.randrange(1, 90 * PAGE)])
    return bootmem.base * PAGE + rng.randrange(0, 700 * PAGE), size


def free_what_is_taken(bootmem, addr, size, nid):
    """Free the range, if all of its whole pages are taken: freeing twice is a bug of the caller's."""
    pages = {p for p in range(-(-addr // PAGE), (addr + size) // PAGE)}
    if not any(pages & node.free for node in bootmem.nodes.values()):
        bootmem.free(addr, size, nid)


@points(3, needs=["free"], cause="freeing rounds inwards, wherever a range begins and ends, and stays inside the node")
def test_random_ranges_are_freed(arena, rng):
    bootmem = two_nodes(arena, rng)
    for i in range(40):
        addr, size = some_bytes(bootmem, rng)
        free_what_is_taken(bootmem, addr, size, rng.choice([0, 1, ANY]))
        bootmem.check(f"freeing {size} bytes at offset {addr - bootmem.base * PAGE:#x}, range {i} of 40")


@points(2, needs=["free", "reserve"], cause="reserving rounds outwards at both ends, inside the node")
def test_random_ranges_are_reserved_and_freed(arena, rng):
    bootmem = two_nodes(arena, rng)
    for i in range(60):
        addr, size = some_bytes(bootmem, rng)
        if rng.random() < 0.5:
            bootmem.reserve(addr, size, rng.choice([0, 1, ANY]))
        else:
            free_what_is_taken(bootmem, addr, size, rng.choice([0, 1, ANY]))
        bootmem.check(f"{size} bytes at offset {addr - bootmem.base * PAGE:#x}, range {i} of 60")
