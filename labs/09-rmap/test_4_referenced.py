"""Exercise 4: how often was a page used since it was asked last?"""

from grade.plugin import expect, points
from grade.space import BASE, LOCKED, PAGE, PRIVATE, READ, RW, SHARED, US, Space

ARENA = "space"
NEEDS = ["count", "find", "referenced"]
FAMILIES = ["family", *NEEDS]


def forget(space, pfns):
    """All uses of some pages are told, and forgotten."""
    space.many([("referenced", pfn, US) for pfn in pfns])


@points(4, needs=NEEDS, cause="a use is told once: ptep_test_and_clear_young() takes the mark off the entry. The CPU sets it again only "
        "when it reads the entry again: it must forget what its TLB has")
def test_each_use_is_told_once(arena):
    space = Space(arena)
    space.anon(0, BASE, 12)
    space.writes(0, {BASE + i * PAGE: 1 for i in range(12)})
    pfns = [space.present(0, BASE + i * PAGE).pfn for i in range(12)]
    forget(space, pfns)
    told = space.many([line for i, pfn in enumerate(pfns) for line in
                       (("referenced", pfn, US), ("read", 0, BASE + i * PAGE, 0), ("referenced", pfn, US), ("read", 0, BASE + i * PAGE, 0),
                        ("referenced", pfn, US), ("referenced", pfn, US))])
    expect("uses of 12 pages before they were read", [told[i][0] for i in range(0, len(told), 6)], [0] * 12)
    expect("uses after each was read", [told[i + 2][0] for i in range(0, len(told), 6)], [1] * 12)
    expect("uses after each was read again", [told[i + 4][0] for i in range(0, len(told), 6)], [1] * 12)
    expect("uses when asked again", [told[i + 5][0] for i in range(0, len(told), 6)], [0] * 12)
    space.check("after pages were asked for")


@points(3, needs=FAMILIES, cause="each entry that is young is one use more; those that are old, or gone, do not end the walk")
def test_each_member_counts(arena):
    space = Space(arena)
    space.anon(0, BASE, 2)
    space.writes(0, {BASE: 1, BASE + PAGE: 2})
    for child in range(1, 6):
        expect("what fork says", space.fork(child // 2, child), 0)
    space.writes(3, {BASE: 3})                                  # has a copy now
    pfn = space.present(0, BASE).pfn
    for users in ((0, 1, 2, 4, 5), (5,), (), (0,), (2, 4), (1, 3, 5)):
        forget(space, [pfn])
        for m in users:
            space.read(m, BASE)
        expect(f"uses of a page when spaces {users} used it (3 has a copy)", space.referenced(pfn), len(set(users) - {3}))


@points(3, needs=FAMILIES, cause="a family's list has areas, too, in which the page cannot be: outside of vm_start and vm_end is -EFAULT; what "
        "is computed for them is an address of somebody else")
def test_areas_beside_the_page(arena):
    space = Space(arena)
    space.anon(0, BASE, 6)
    space.writes(0, {BASE + i * PAGE: 1 for i in range(6)})
    space.call("protect", 0, BASE + 2 * PAGE, 2, READ)          # three areas
    expect("what fork says", space.fork(0, 1), 0)
    pfns = [space.present(0, BASE + i * PAGE).pfn for i in range(6)]
    forget(space, pfns)
    for i in range(6):
        for m in (0, 1):
            space.read(m, BASE + i * PAGE)
        expect(f"uses of page {i} of 6 of an area in three parts, used by parent and child", space.referenced(pfns[i]), 2)
    expect("where mremap moved two pages", space.call("move", 0, BASE + 4 * PAGE, 2, 2, 3, BASE + 64 * PAGE), [BASE + 64 * PAGE])
    space.read(0, BASE + 65 * PAGE)
    expect("uses of a page that was moved, and then used by the parent", space.referenced(pfns[5]), 1)


@points(3, needs=NEEDS, cause="a file's page stands at another address in each area: vm_start + (index - vm_pgoff) pages")
def test_a_files_page_has_many_places(arena):
    space = Space(arena)
    space.file(0, 12)
    places = ((0, 0, 12), (1, 3, 4), (2, 5, 1), (3, 2, 3))      # space, first page, pages: three of them and page 5
    for m, first, pages in places:
        space.map(m, BASE + 32 * m * PAGE, pages, READ, SHARED if m % 2 else PRIVATE, 0, first)
        for i in range(pages):
            space.read(m, BASE + (32 * m + i) * PAGE)
    pfn = space.present(2, BASE + 64 * PAGE).pfn
    forget(space, [pfn])
    for users in ((0, 1, 2), (1,), (0, 2), ()):
        for m in users:
            space.read(m, BASE + (32 * m + 5 - places[m][1]) * PAGE)
        space.read(3, BASE + 98 * PAGE)                         # page 4
        expect(f"uses of page 5 of a file when spaces {users} used it", space.referenced(pfn, US), len(users))


@points(2, needs=NEEDS, cause="a file's page in an area that is both locked and shared counts as used, used or not, and ends the walk: "
        "one such area is enough; all others count only when they were used")
def test_locked_and_shared(arena):
    space = Space(arena)
    space.file(0, 4)
    space.file(1, 4)
    space.map(0, BASE, 4, READ, SHARED | LOCKED, 0)
    space.map(0, BASE + 16 * PAGE, 4, READ, PRIVATE | LOCKED, 1)
    space.anon(0, BASE + 32 * PAGE, 4, RW, PRIVATE | LOCKED)
    space.map(0, BASE + 48 * PAGE, 1, RW, SHARED, 1, 3)
    space.writes(0, {BASE + 32 * PAGE: 1, BASE + 48 * PAGE: 1})
    space.reads(0, (BASE, BASE + 16 * PAGE))
    for addr, wanted, what in ((BASE, 1, "shared and locked file"), (BASE + 16 * PAGE, 0, "private and locked file"),
                               (BASE + 32 * PAGE, 0, "locked private memory"), (BASE + 48 * PAGE, 0, "shared file that is not locked")):
        pfn = space.present(0, addr).pfn
        forget(space, [pfn])
        expect(f"uses of a page of a {what} that was not used", [space.referenced(pfn, US) for _ in range(2)], [wanted] * 2)
        space.read(0, addr)
        expect(f"uses of a page of a {what} that was used", space.referenced(pfn, US), 1)
    space.map(1, BASE, 4, READ, SHARED | LOCKED, 0)
    space.read(1, BASE)
    pfn = space.present(1, BASE).pfn
    forget(space, [pfn])
    expect("uses of a page that two spaces have in locked and shared areas", [space.referenced(pfn, US) for _ in range(2)], [1, 1])
