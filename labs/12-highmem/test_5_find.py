"""Exercise 5: the area of an address, and its end (find_vm_area, unlink_area)."""

from grade.plugin import expect, points
from model import PAGE, STACK_AREA
from windows import Areas

NEEDS = ["place", "find"]


@points(5, needs=NEEDS, cause="an area holds its pages and its guard pages, and nothing else")
def test_the_area_of_an_address(arena):
    areas = Areas(arena)
    plain, stack = areas.make(3), areas.make(4, 4 * PAGE, STACK_AREA)
    kept = areas.kept(areas.listed())
    for addr, found in ((plain, plain), (plain + 3 * PAGE - 1, plain), (plain + 3 * PAGE, plain), (plain + 4 * PAGE - 1, plain), (stack, stack),
                        (stack - 1, stack), (stack - PAGE, stack), (stack + 4 * PAGE + 5, stack), (areas.end - 1, 0)):
        expect(f"where the area begins that find_vm_area({addr:#x}) finds; the areas keep {[tuple(map(hex, k)) for k in kept]}",
               hex(int(arena.call("find", addr)[0])), hex(found))


@points(6, needs=NEEDS, cause="an area that is freed leaves the list, and its addresses are the next one's")
def test_holes_are_used_again(arena):
    areas = Areas(arena)
    made = [areas.make(pages) for pages in (5, 3, 8, 2)]
    for n in (1, 0, 2):
        areas.free(made[n])
    again = [areas.make(pages) for pages in (6, 3, 2, 1)]
    for addr in (again[1], made[3], again[0], again[3], again[2]):
        areas.free(addr)
