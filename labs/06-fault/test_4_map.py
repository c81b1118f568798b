"""Exercise 4: the page goes into the table."""

from grade.plugin import expect, points
from grade.space import (AT_NOPAGE, BASE, BUS, MAJOR, MINOR, PAGE, PRIVATE, READ, RW, SHARED, THEY_READ, THEY_TRUNCATE, THEY_WRITE,
                         WRITE, Entry, Space, file_byte)

ARENA = "space"
NEEDS = ["ask", "map"]
DONE = (MINOR, MAJOR)


def content(page):
    """What page `page` of every file is."""
    return bytes(file_byte(page, i) for i in range(PAGE))


def file_space(arena, pages, flags, prot=RW, unaccounted=False):
    """Space 0 with file 0 of so many pages mapped at BASE."""
    space = Space(arena)
    space.file(0, pages, unaccounted)
    space.map(0, BASE, pages, prot, flags, 0)
    return space


@points(3, needs=NEEDS, cause="a read maps the page cache's own page, as vm_page_prot says: of a private area it may not be written")
def test_a_read_maps_the_files_page(arena):
    space = file_space(arena, 4, PRIVATE)
    for i in range(4):
        space.expect_fault(0, BASE + i * PAGE, READ, DONE)
        space.expect_bytes(0, BASE + i * PAGE, content(i), " after a read fault")
        page, entry = space.page_at(0, BASE + i * PAGE), space.entry(0, BASE + i * PAGE)
        expect("is the page the page cache's? And its index", (page.cached, page.index), (True, i))
        expect("the entry of a private page that was read", entry, Entry(entry.pfn, write=False, young=True, dirty=entry.dirty))
    space.expect_rss(0, 4, 0)
    space.check("after four pages were read")


@points(3, needs=NEEDS, cause="a write to a private area maps a copy that is the space's own; the file's page does not change")
def test_a_private_write_maps_a_copy(arena):
    space = file_space(arena, 4, PRIVATE)
    space.expect_fault(0, BASE, WRITE, DONE)
    entry, page = space.present(0, BASE), space.page_at(0, BASE)
    expect("the entry of a private page that was written", entry, Entry(entry.pfn, write=True, young=True, dirty=True))
    expect("is it anonymous?", page.anon, True)
    space.expect_bytes(0, BASE, content(0), " of the copy")
    space.expect_rss(0, 0, 1, " after a private write: the copy counts as anonymous")
    expect("writing a byte", space.write(0, BASE, 99), 0)
    space.map(1, BASE, 4, READ, SHARED, 0)
    space.expect_fault(1, BASE, READ, DONE)
    space.expect_bytes(1, BASE, content(0), " of the file, after a private write")
    space.check("after a private write")


@points(3, needs=NEEDS, cause="a shared page that is written is the file's, and dirty from this moment on")
def test_a_shared_write_dirties_the_file(arena):
    space = file_space(arena, 4, SHARED)
    space.expect_fault(0, BASE + PAGE, WRITE, DONE)
    entry, page = space.present(0, BASE + PAGE), space.page_at(0, BASE + PAGE)
    expect("the entry of a shared page that was written", entry, Entry(entry.pfn, write=True, young=True, dirty=True))
    expect("is the page the page cache's?", page.cached, True)
    expect("is the page dirty?", page.has("dirty"), True)
    space.expect_fault(0, BASE + 2 * PAGE, READ, DONE)
    expect("may a shared page that was only read be written, and is it dirty?",
           (space.present(0, BASE + 2 * PAGE).write, space.page_at(0, BASE + 2 * PAGE).has("dirty")), (False, False))
    space.expect_rss(0, 2, 0)
    space.check("after a shared write")


@points(4, needs=NEEDS, cause="while the file's page is waited for, another thread may fault at the same address: the entry must be "
        "looked at again under its lock, and who comes second gives his page back")
def test_another_thread_was_faster(arena):
    space = file_space(arena, 6, PRIVATE)
    space.expect_fault(0, BASE, WRITE, DONE)
    for i, (mine, theirs) in enumerate(((READ, THEY_READ), (WRITE, THEY_WRITE), (READ, THEY_WRITE), (WRITE, THEY_READ)), 1):
        space.meanwhile(AT_NOPAGE, theirs, 0, BASE + i * PAGE)
        space.expect_fault(0, BASE + i * PAGE, mine, DONE, " that another thread wins")
        expect("did the other thread fault while this one had its page?", space.happened(), True)
        expect("is what is mapped a copy? The other thread was first, and it "
               + ("wrote" if theirs == THEY_WRITE else "read"), space.page_at(0, BASE + i * PAGE).anon, theirs == THEY_WRITE)
        space.check("after a fault that another thread won")


@points(3, needs=NEEDS, cause="the file may be truncated while its page is waited for: truncate_count must be as it was before "
        "->nopage was asked, else the page is no longer the file's, and must not be mapped")
def test_the_file_was_truncated_meanwhile(arena):
    for flags, how in ((PRIVATE, READ), (PRIVATE, WRITE), (SHARED, READ)):
        arena.call("reset")
        space = file_space(arena, 4, flags)
        space.expect_fault(0, BASE, how, DONE)
        space.meanwhile(AT_NOPAGE, THEY_TRUNCATE, 0, 2 * PAGE)
        space.expect_fault(0, BASE + 3 * PAGE, how, BUS, ", as the file ends before it now")
        expect("was the file truncated while this thread had its page?", space.happened(), True)
        expect("the entry for a page that the file does not have any more", space.entry(0, BASE + 3 * PAGE), None)
        space.meanwhile(AT_NOPAGE, THEY_TRUNCATE, 0, 2 * PAGE)
        space.expect_fault(0, BASE + PAGE, how, DONE, " before the file's new end")
        space.expect_bytes(0, BASE + PAGE, content(1), " after the file was truncated behind it")
        space.check("after truncations in the middle of faults")


@points(1, needs=NEEDS, cause="a shared file that nobody writes back may be written from the first read on: vm_page_prot says so")
def test_rights_come_from_the_area(arena):
    space = file_space(arena, 4, SHARED, RW, unaccounted=True)
    space.expect_fault(0, BASE, READ, DONE)
    expect("may it be written after a read?", space.present(0, BASE).write, True)
    space.map(1, BASE, 4, READ, SHARED, 0)
    space.expect_fault(1, BASE, READ, DONE)
    expect("may it be written where the area may only be read?", space.present(1, BASE).write, False)
    space.check("after reads of a shared file")
