"""Exercise 5: a page that nobody else uses is not copied."""

from grade.plugin import expect, points
from grade.space import AT_MKWRITE, BASE, BUS, MAJOR, MINOR, PAGE, PRIVATE, READ, RW, SHARED, THEY_DROP, WRITE, WRITTEN, Space

ARENA = "space"
NEEDS = ["areas", "entries", "copy", "reuse"]
FILES = ["copy", "reuse"]
DONE = MINOR | WRITTEN


def shared_and_read(arena, pages):
    """Space 0 shares a file that is told of writes, and has read all its pages."""
    space = Space(arena)
    space.file(0, pages)
    space.call("refuse", 0, 0)
    space.map(0, BASE, pages, RW, SHARED, 0)
    for i in range(pages):
        space.expect_fault(0, BASE + i * PAGE, READ, (MINOR, MAJOR))
    return space


@points(4, needs=NEEDS, cause="an anonymous page that only this entry maps is written in place; while others map it, it is copied")
def test_the_last_owner_writes_in_place(arena):
    space = Space(arena)
    space.anon(0, BASE, 2)
    expect("writing a byte", space.write(0, BASE, 7), 0)
    page = space.present(0, BASE).pfn
    expect("what fork says", space.fork(0, 1), 0)
    space.expect_fault(1, BASE, WRITE, DONE, " of the child")
    expect("does the child have a copy?", space.present(1, BASE).pfn != page, True)
    space.expect_fault(0, BASE, WRITE, DONE, " of the parent, which has the old page alone now")
    entry = space.present(0, BASE)
    expect("does it still have it, and may it write?", (entry.pfn == page, entry.write, entry.dirty), (True, True, True))
    space.check("after both wrote")
    expect("what fork says", space.fork(0, 2), 0)
    space.drop(0)
    space.expect_fault(2, BASE, WRITE, DONE, " of a child whose parent is gone")
    expect("did it get its parent's page?", space.present(2, BASE).pfn, page)
    space.check("after the parent ended")


@points(2, needs=FILES, cause="a page of a file in a private area is never the writer's own, even if nobody else maps it")
def test_a_files_page_is_not_ones_own(arena):
    space = Space(arena)
    space.file(0, 4)
    space.map(0, BASE, 4, RW, PRIVATE, 0)
    space.expect_fault(0, BASE, READ, (MINOR, MAJOR))
    page = space.present(0, BASE).pfn
    expect("how many entries map the file's page", space.page(page).mapped, 1)
    space.expect_fault(0, BASE, WRITE, DONE)
    expect("is what is mapped now a copy?", space.page_at(0, BASE).anon, True)
    expect("how many entries map the file's page", space.page(page).mapped, 0)
    space.map(1, BASE, 4, RW, SHARED, 0)
    space.expect_fault(1, BASE + PAGE, READ, (MINOR, MAJOR))
    page = space.present(1, BASE + PAGE).pfn
    space.expect_fault(1, BASE + PAGE, WRITE, DONE, " to a shared page")
    expect("is the shared page written in place?", space.present(1, BASE + PAGE).pfn, page)
    space.check("after private and shared writes")


@points(3, needs=FILES, cause="a shared page becomes dirty when it becomes writable; the file is asked before (page_mkwrite), with the "
        "table's lock dropped, and may refuse: -EFAULT")
def test_a_shared_page_is_written_in_place(arena):
    space = shared_and_read(arena, 6)
    page = space.present(0, BASE).pfn
    expect("dirty before the write?", space.page(page).has("dirty"), False)
    space.expect_fault(0, BASE, WRITE, DONE)
    entry = space.present(0, BASE)
    expect("the same page? writable? dirty?", (entry.pfn == page, entry.write, space.page(page).has("dirty")), (True, True, True))
    expect("writes announced to the file", space.call("counts", 0)[1], 1)
    space.call("refuse", 0, 28)
    for i in (2, 3, 4):
        space.expect_fault(0, BASE + i * PAGE, WRITE, BUS, " that the file refuses")
        expect("may the page be written?", space.present(0, BASE + i * PAGE).write, False)
    space.check("after shared writes, some of which were refused")


@points(1, needs=FILES, cause="while the file was asked the table's lock was dropped, and the entry may be another one now: look again "
        "(pte_same), and if it is, keep nothing")
def test_the_entry_changed_while_the_file_was_asked(arena):
    space = shared_and_read(arena, 8)
    for i in range(8):
        page = space.present(0, BASE + i * PAGE).pfn
        space.meanwhile(AT_MKWRITE, THEY_DROP, 0, BASE + i * PAGE)
        space.expect_fault(0, BASE + i * PAGE, WRITE, MINOR, " whose page another thread gave back meanwhile")
        expect("did the other thread come in between?", space.happened(), True)
        expect("the entry then, and how many entries map the page", (space.entry(0, BASE + i * PAGE), space.page(page).mapped), (None, 0))
    space.drop(0)
    space.expect_given_back(0, 8)
