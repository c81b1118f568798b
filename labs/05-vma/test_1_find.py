"""Exercise 1: the area of an address, or the next above it (find_vma)."""

from areas import Areas
from grade.plugin import expect, points
from grade.space import BASE, PAGE, READ, RW

ARENA = "space"
NEEDS = ["find"]
MANY = 480                      # areas; a walk along the list passes half of them
FEW = 8


def found(space, addr, m=0):
    """What find_vma() gives: the first and the last byte."""
    words = space.call("find", m, addr)
    return f"{words[0]:x}-{words[1]:x}" if words else "no area"


def expect_found(space, addr, wanted, where):
    expect(f"what find_vma({addr:#x}) finds, {where}", found(space, addr), f"{wanted[0]:x}-{wanted[1]:x}" if wanted else "no area")


def cost(space, m, addr, pages=0):
    """Nanoseconds of the arena's searches, in the quietest of three rounds: an instruction takes one."""
    return min(space.call("cost", m, addr, pages)[0] for _ in range(3))


@points(3, needs=NEEDS, cause="an area holds the addresses from vm_start up to, but not including, vm_end")
def test_an_address_in_an_area(arena):
    space = Areas(arena)
    wanted = [(BASE + i * 4 * PAGE, BASE + (i * 4 + 2) * PAGE) for i in range(7)]
    for start, _ in wanted:
        space.anon(0, start, 2)
    for start, end in (wanted[i] for i in (3, 0, 6, 2, 5)):
        for addr in (start, start + 1, end - PAGE, end - 1):
            expect_found(space, addr, (start, end), "an address in an area")


@points(3, needs=NEEDS, cause="where no area holds the address, the one that follows it is meant; above the last there is none")
def test_an_address_in_a_hole(arena):
    space = Areas(arena)
    wanted = [(BASE + i * 4 * PAGE, BASE + (i * 4 + 2) * PAGE) for i in range(7)]
    for start, _ in wanted:
        space.anon(0, start, 2)
    for i in (4, 1, 6, 0, 3):
        start = wanted[i][0]
        for addr in (start - 1, start - 2 * PAGE):
            expect_found(space, addr, wanted[i], "an address in the hole below an area")
    for addr in (wanted[-1][1], wanted[-1][1] + 9 * PAGE):
        expect_found(space, addr, None, "an address above the last area")
    space.mm(1)
    expect("what find_vma() finds in an empty space", found(space, BASE, 1), "no area")


@points(2, needs=NEEDS, cause="mm->mmap_cache is a hint: it helps only where it holds the address (vm_end is not held), and what was "
        "found is put there")
def test_the_cache_is_a_hint(arena):
    space = Areas(arena)
    low, mid, high = ((BASE + i * PAGE, BASE + (i + 4) * PAGE) for i in (0, 4, 16))
    for (start, _), prot in ((low, RW), (mid, READ), (high, RW)):
        space.anon(0, start, 4, prot)
    for first, then, wanted in ((high[0], low[0], low), (mid[0], low[1] - 1, low), (low[0], mid[0], mid), (mid[1] - 1, mid[1], high),
                                (high[0], high[0] - 1, high), (high[0], high[1], None)):
        expect_found(space, first, next(a for a in (low, mid, high) if a[0] <= first < a[1]), "an address in an area")
        expect_found(space, then, wanted, f"after a look for {first:#x}")
    found(space, mid[0] + PAGE)
    cached = space.view(0).follow("mmap_cache")
    expect("the area in mmap_cache after a look for one of the second area's addresses", hex(cached.vm_start) if cached else "none", hex(mid[0]))
    expect("munmap of that area", space.call("unmap", 0, mid[0], 4), [0])
    expect_found(space, mid[0] + PAGE, high, "after its area was unmapped")


@points(2, needs=NEEDS, cause="each step down the tree halves what is left; a walk along the list does not")
def test_the_way_is_short(arena):
    space = Areas(arena)
    for m, number in ((0, FEW), (1, MANY)):
        space.spread(m, BASE, number, 3)
    few, many = (cost(space, m, BASE + n // 2 * 3 * PAGE) for m, n in ((0, FEW), (1, MANY)))
    expect_found(space, BASE + FEW // 2 * 3 * PAGE, (BASE + FEW // 2 * 3 * PAGE, BASE + (FEW // 2 * 3 + 1) * PAGE), "one of eight areas")
    assert many < 5 * few, f"64 searches among {FEW} areas take {few} ns, among {MANY} they take {many}: that is more than five times as much"
