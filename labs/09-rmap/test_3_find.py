"""Exercise 3: the entry of a page at an address, if it is there."""

from grade.plugin import expect, points
from grade.space import BASE, EFAULT, NONE, PAGE, PRIVATE, READ, SHARED, Space

ARENA = "space"
NEEDS = ["find"]
FILE_PAGES = 12
FAR = 0x20000                                       # a vm_pgoff: page 0 would stand far below address 0


def told_places(numbers):
    return ["-EFAULT" if n == EFAULT else f"{n:x}" for n in numbers]


def expect_found(space, m, addr, when=""):
    pfn = space.present(m, addr).pfn
    expect(f"page_check_address() for the page that space {m} has at {addr:#x}{when}: found? which frame? is its table locked?",
           space.lookup(pfn, m, addr), (True, pfn, True))


def expect_nothing(space, pfn, m, addr, when):
    expect(f"page_check_address() at {addr:#x} of space {m}, {when}: found? which frame? is the table locked?",
           space.lookup(pfn, m, addr), (False, 0, False))


@points(3, needs=NEEDS, cause="vma_address(): vm_start + (index - vm_pgoff) pages, and that is in the area: vm_start is, vm_end is not; page 0 "
        "of a file stands below an area that begins with page 3, and nowhere in it")
def test_where_a_page_would_stand(arena):
    space = Space(arena)
    space.file(0, FILE_PAGES)
    space.map(0, BASE, FILE_PAGES, READ, SHARED, 0)
    space.reads(0, [BASE + i * PAGE for i in range(FILE_PAGES)])
    pfns = [space.present(0, BASE + i * PAGE).pfn for i in range(FILE_PAGES)]
    for m, start, first, pages in ((0, BASE, 0, 12), (1, BASE + 32 * PAGE, 3, 4), (2, BASE, 11, 1), (3, BASE + PAGE, 0, 1), (4, BASE, FAR, 2)):
        if m:
            space.map(m, start, pages, READ, SHARED, 0, first)
        got = [space.address(n[0]) for n in space.many([("place", pfn, m, start) for pfn in pfns])]
        wanted = [start + (i - first) * PAGE if first <= i < first + pages else EFAULT for i in range(FILE_PAGES)]
        expect(f"vma_address() of a file's pages 0 to 11 in an area {start:x}-{start + pages * PAGE:x} with vm_pgoff {first:#x}",
               told_places(got), told_places(wanted))


@points(2, needs=NEEDS, cause="go down the tables, take the table's lock, and hand out entry and lock")
def test_an_entry_is_found(arena):
    space = Space(arena)
    space.file(0, 4)
    space.anon(0, BASE, 4)
    space.map(0, BASE + 1024 * PAGE, 4, READ, PRIVATE, 0)
    space.writes(0, {BASE + i * PAGE: 1 for i in range(4)})
    space.reads(0, [BASE + (1024 + i) * PAGE for i in range(4)])
    for addr in [BASE + i * PAGE for i in (0, 1, 3, 1024, 1026)]:
        expect_found(space, 0, addr)
    space.call("protect", 0, BASE, 2, NONE)
    expect_found(space, 0, BASE + PAGE, " that nobody may touch (PROT_NONE): it is present all the same")
    space.check("after entries were looked up")


@points(2, needs=NEEDS, cause="where a level of the tables, or the entry, is not present there is nothing to find, and no lock is held")
def test_nothing_is_there(arena):
    space = Space(arena)
    space.anon(0, BASE, 4)
    space.writes(0, {BASE: 1})
    pfn = space.present(0, BASE).pfn
    for _ in range(2):
        expect_found(space, 0, BASE)
        expect_nothing(space, pfn, 0, BASE + PAGE, "where no entry is, in a table that has others")
        expect_nothing(space, pfn, 0, BASE + (1 << 25), "where no table is")
        expect_nothing(space, pfn, 0, 0x60000000, "where nothing is, far away")
    space.check("after many look-ups")


@points(2, needs=NEEDS, cause="at the address may stand another page by now: compare the frames, under the lock, and give the lock back")
def test_another_page_stands_there(arena):
    space = Space(arena)
    space.anon(0, BASE, 4)
    space.writes(0, {BASE + i * PAGE: 1 for i in range(4)})
    pfns = [space.present(0, BASE + i * PAGE).pfn for i in range(4)]
    expect("what fork says", space.fork(0, 1), 0)
    space.writes(1, {BASE + PAGE: 2})
    expect_found(space, 1, BASE, " of its parent")
    for _ in range(2):
        expect_nothing(space, pfns[1], 1, BASE + PAGE, "which has a copy of the page")
        expect_nothing(space, pfns[2], 0, BASE + 3 * PAGE, "which has the next page")
        expect_found(space, 1, BASE + PAGE, ", its copy")
    space.check("after many look-ups")
