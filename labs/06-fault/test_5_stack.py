"""Exercise 5: stacks."""

from grade.plugin import expect, points
from grade.space import BASE, GROWSDOWN, MAPERR, PAGE, PRIVATE, READ, RW, SIGSEGV, WRITE, Space

ARENA = "space"
NEEDS = ["area", "stack"]
TOP = BASE + 0x4000000


@points(2, needs=NEEDS, cause="an access below an area that grows down extends it to the page of the access: expand_stack()")
def test_a_stack_grows_to_the_access(arena):
    space = Space(arena)
    space.anon(0, TOP - 2 * PAGE, 2, RW, PRIVATE | GROWSDOWN)
    for down in (3, 4, 20):
        addr = TOP - down * PAGE + 40
        expect(f"the signal for a write {down} pages below the stack's top", space.access(0, addr, WRITE), (0, 0, 0))
        expect(f"the stack after a write {down} pages below its top", space.areas(0), [(TOP - down * PAGE, TOP)])


@points(3, needs=NEEDS, cause="only VM_GROWSDOWN areas grow, and only where expand_stack() agrees; else there is no area")
def test_nothing_else_grows(arena):
    space = Space(arena)
    space.anon(0, TOP - 2 * PAGE, 2, RW, PRIVATE | GROWSDOWN)
    expect("the signal for a write below the stack", space.access(0, TOP - 3 * PAGE, WRITE), (0, 0, 0))
    space.anon(1, BASE, 2)
    for addr in (BASE - 8, BASE - 5 * PAGE):
        expect(f"the signal for a read at {addr:#x}, below an area that does not grow", space.access(1, addr, READ),
               (SIGSEGV, MAPERR, addr))
    expect("that area", space.areas(1), [(BASE, BASE + 2 * PAGE)])
    space.anon(2, TOP - 2 * PAGE, 2, RW, PRIVATE | GROWSDOWN)
    space.anon(2, TOP - 40 * PAGE, 2)
    addr = TOP - 39 * PAGE + 8 * PAGE
    expect("the signal for a write below a stack, too near to another area", space.access(2, addr, WRITE), (SIGSEGV, MAPERR, addr))
    expect("both areas", space.areas(2), [(TOP - 40 * PAGE, TOP - 38 * PAGE), (TOP - 2 * PAGE, TOP)])
