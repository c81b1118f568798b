"""Exercise 1: which area is an address of, and does it allow the access?"""

from grade.plugin import expect, points
from grade.space import ACCERR, BASE, EXEC, MAPERR, NONE, PAGE, READ, RW, SIGSEGV, WRITE, Space

ARENA = "space"
NEEDS = ["area"]
HOW = {READ: "a read", WRITE: "a write", EXEC: "a jump"}
ALLOWED, NO_AREA, NO_RIGHT = "no signal", "SIGSEGV, SEGV_MAPERR", "SIGSEGV, SEGV_ACCERR"


def told(answer, addr):
    """The arena's answer about an access in words; the signal must name the address."""
    if answer[0]:
        expect(f"si_addr of the signal for {addr:#x}", hex(answer[2]), hex(addr))
    return {(0, 0): ALLOWED, (SIGSEGV, MAPERR): NO_AREA, (SIGSEGV, ACCERR): NO_RIGHT}.get(
        answer[:2], f"signal {answer[0]}, code {answer[1]}")


def expect_access(space, addr, how, wanted, where):
    expect(f"{HOW[how]} at {addr:#x}, {where}", told(space.access(0, addr, how), addr), wanted)


@points(3, needs=NEEDS, cause="an address belongs to an area from its vm_start up to the byte before its vm_end")
def test_an_area_has_a_first_and_a_last_byte(arena):
    space = Space(arena)
    space.anon(0, BASE, 2, READ)
    for addr in (BASE, BASE + 1, BASE + PAGE, BASE + 2 * PAGE - 1):
        expect_access(space, addr, READ, ALLOWED, f"in an area from {BASE:#x} on")
    expect_access(space, BASE + 2 * PAGE, READ, NO_AREA, "the first byte behind the last area")
    expect_access(space, BASE + 8 * PAGE, READ, NO_AREA, "behind the last area")


@points(3, needs=NEEDS, cause="find_vma() gives the first area that ends behind the address: the address may lie before it")
def test_a_hole_before_an_area_is_no_area(arena):
    space = Space(arena)
    space.anon(0, BASE, 1)
    space.anon(0, BASE + 4 * PAGE, 1)
    expect_access(space, BASE, WRITE, ALLOWED, "in the first area")
    for addr in (BASE - 1, BASE + PAGE, BASE + 4 * PAGE - 1, PAGE):
        expect_access(space, addr, READ, NO_AREA, "in a hole")
        expect_access(space, addr, WRITE, NO_AREA, "in a hole")
    expect_access(space, BASE + 4 * PAGE, READ, ALLOWED, "in the second area")


@points(3, needs=NEEDS, cause="a write asks for VM_WRITE, a jump for VM_EXEC, and the signal's code tells which of both it "
        "was: nothing there, or no right")
def test_writes_and_jumps_need_their_right(arena):
    space = Space(arena)
    for i, prot in enumerate((READ, RW, READ | EXEC, RW | EXEC)):
        addr = BASE + 2 * i * PAGE
        space.anon(0, addr, 1, prot)
        for how in (READ, WRITE, EXEC):
            expect_access(space, addr + 7, how, ALLOWED if how & prot else NO_RIGHT, f"in an area with rights {prot}")


@points(2, needs=NEEDS, cause="who may write or run may read, as no machine can tell them apart; but PROT_NONE forbids all")
def test_reading_needs_any_right(arena):
    space = Space(arena)
    for i, prot in enumerate((NONE, READ, WRITE, EXEC)):
        addr = BASE + 2 * i * PAGE
        space.anon(0, addr, 1, prot)
        expect_access(space, addr, READ, ALLOWED if prot else NO_RIGHT, f"in an area with rights {prot}")
