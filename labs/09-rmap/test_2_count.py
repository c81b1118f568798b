"""Exercise 2: a page knows how many entries map it, and where it stands."""

from grade.plugin import expect, points
from grade.space import BASE, MAJOR, MINOR, PAGE, PRIVATE, READ, RW, SHARED, Space

ARENA = "space"
NEEDS = ["count"]
READ_IN = (MINOR, MAJOR)
MAYMOVE = 1


def mapped_since(space, before):
    """How many pages more are mapped than before: (anonymous, of files)."""
    return tuple(now - then for now, then in zip(space.mapped(), before))


def told_mapping(page, vma):
    """What a page's mapping is, seen from an area that maps it."""
    return {vma.anon_vma | 1: "anon_vma + 1", vma.anon_vma: "anon_vma"}.get(page.mapping, hex(page.mapping))


@points(3, needs=NEEDS, cause="each entry adds one to _mapcount, and only the first one to NR_FILE_MAPPED: atomic_inc_and_test() says "
        "which is the first, as the count starts at -1")
def test_a_files_page_is_counted(arena):
    space = Space(arena)
    space.file(0, 4)
    before = space.mapped()
    for m in range(3):
        space.map(m, BASE, 4, READ, SHARED if m else PRIVATE, 0)
        for i in range(2):
            space.expect_fault(m, BASE + i * PAGE, READ, READ_IN)
            expect(f"how many entries map the file's page {i}", space.page_at(m, BASE + i * PAGE).mapped, m + 1)
    expect("pages more that are mapped, anonymous and of files: two of a file, by three spaces", mapped_since(space, before), (0, 2))
    space.check("when three spaces map two pages")


@points(3, needs=NEEDS, cause="a new page has one entry; its mapping is its area's anon_vma with PAGE_MAPPING_ANON, and its index what "
        "linear_page_index() says: an area that moved, or that maps a file, has another vm_pgoff than its address tells")
def test_an_anonymous_page_knows_its_place(arena):
    space = Space(arena)
    space.file(0, 8)
    before = space.mapped()
    space.anon(0, BASE, 4)
    space.writes(0, {BASE: 1})
    expect("where mremap moved an area", space.call("move", 0, BASE, 4, 4, MAYMOVE | 2, BASE + 64 * PAGE), [BASE + 64 * PAGE])
    space.map(0, BASE + 16 * PAGE, 4, RW, PRIVATE, 0, 3)
    moved, file = BASE + 64 * PAGE, BASE + 16 * PAGE
    space.writes(0, {moved + 2 * PAGE: 1, file + PAGE: 1})
    for addr, index, what in ((moved, BASE // PAGE, "written before its area moved"),
                              (moved + 2 * PAGE, BASE // PAGE + 2, "written when its area had moved"),
                              (file + PAGE, 4, "that is a private copy of a file's page")):
        page = space.page_at(0, addr)
        expect(f"entries, mapping and index of a page {what}", (page.mapped, told_mapping(page, space.vma(0, addr)), hex(page.index)),
               (1, "anon_vma + 1", hex(index)))
    expect("pages more that are mapped, anonymous and of files", mapped_since(space, before), (3, 0))


@points(3, needs=NEEDS, cause="each entry that goes takes one off, and only the last one is counted off NR_FILE_MAPPED or NR_ANON_PAGES; "
        "does the mapping stay as it is?")
def test_the_last_entry_that_goes(arena):
    space = Space(arena)
    space.file(0, 4)
    before = space.mapped()
    for m in range(3):
        space.map(m, BASE, 4, READ, SHARED, 0)
        space.expect_fault(m, BASE, READ, READ_IN)
    pfn = space.present(0, BASE).pfn
    mapping = space.page(pfn).mapping
    for m in range(3):
        space.call("unmap", m, BASE, 4)
        expect("how many entries map the file's page", space.page(pfn).mapped, 2 - m)
        expect(f"pages more that are mapped, anonymous and of files, when {m + 1} of 3 spaces unmapped it", mapped_since(space, before),
               (0, 0 if m == 2 else 1))
        expect("is the page's mapping what it was?", hex(space.page(pfn).mapping), hex(mapping))
    space.anon(0, BASE, 3)
    space.writes(0, {BASE + i * PAGE: 1 for i in range(3)})
    expect("what fork says", space.fork(0, 4), 0)
    expect("pages more that are mapped by a parent and its child", mapped_since(space, before), (3, 0))
    space.call("unmap", 0, BASE, 2)
    expect("pages more that are mapped when the parent unmapped two of three", mapped_since(space, before), (3, 0))
    space.call("unmap", 4, BASE, 3)
    expect("pages more that are mapped when the child unmapped all", mapped_since(space, before), (1, 0))


@points(2, needs=NEEDS, cause="when a page is copied for its writer the old one loses an entry and the new one has its first")
def test_copies_change_hands(arena):
    space = Space(arena)
    space.anon(0, BASE, 6)
    space.writes(0, {BASE + i * PAGE: 1 + i for i in range(6)})
    before = space.mapped()
    for child in (1, 2, 3):
        expect("what fork says", space.fork(0, child), 0)
        space.writes(child, {BASE + i * PAGE: 9 for i in range(child)})
        space.check(f"when child {child} wrote to {child} pages")
    expect("anonymous pages more that are mapped: those that three children wrote", mapped_since(space, before)[0], 6)
    space.drop(0)
    space.check("when the parent was gone")
    expect("anonymous pages more when the parent is gone, of which only the first has no other user", mapped_since(space, before)[0], 5)
