"""Exercise 4: a page that others use is copied when it is written."""

from grade.plugin import expect, points
from grade.space import (AT_ALLOC, BASE, MAJOR, MINOR, OOM, PAGE, PRIVATE, READ, RW, SHARED, THEY_DROP, THEY_WRITE, WRITE, WRITTEN, Entry,
                         Space, file_byte)

ARENA = "space"
NEEDS = ["areas", "entries", "copy"]
ALONE = ["copy"]
DONE = MINOR | WRITTEN


def forked(arena, pages=4):
    """A parent (space 0) whose page i has byte 10 + i, and its child (space 1)."""
    space = Space(arena)
    space.anon(0, BASE, pages)
    for i in range(pages):
        expect("the parent writes a byte", space.write(0, BASE + i * PAGE, 10 + i), 0)
    expect("what fork says", space.fork(0, 1), 0)
    return space


@points(4, needs=ALONE, cause="the zero page is everybody's: who writes it gets a page of his own, of zeros, which counts as anonymous")
def test_the_zero_page_is_copied(arena):
    space = Space(arena)
    space.anon(0, BASE, 8)
    for i in range(8):
        space.expect_fault(0, BASE + i * PAGE, READ, MINOR)
    for i in (1, 2, 6):
        space.expect_fault(0, BASE + i * PAGE, WRITE, DONE, " to the zero page")
        entry = space.present(0, BASE + i * PAGE)
        expect("the entry after a write", entry, Entry(entry.pfn, write=True, young=True, dirty=True))
        space.expect_bytes(0, BASE + i * PAGE, 0)
    space.expect_rss(0, 5, 3, ": eight pages were read, three of them then written")
    space.check("after writes to the zero page")


@points(5, needs=NEEDS, cause="the writer gets a copy of the page's bytes, the others keep the page: _mapcount, rss and the entry change hands")
def test_writer_and_others_part(arena):
    space = forked(arena)
    shared = space.present(0, BASE).pfn
    space.expect_fault(1, BASE, WRITE, DONE, " of the child")
    expect("does the parent still have the page?", space.present(0, BASE).pfn == shared, True)
    expect("has the child another one?", space.present(1, BASE).pfn != shared, True)
    space.expect_bytes(1, BASE, bytes([10]) + bytes(PAGE - 1), " of the child after it was copied")
    expect("who maps the old page, and the copy", (space.page(shared).mapped, space.page_at(1, BASE).mapped), (1, 1))
    for m, byte in ((0, 50), (1, 60)):
        expect("writing a byte", space.write(m, BASE + PAGE, byte), 0)
    expect("the byte that parent and child read", (space.read(0, BASE + PAGE), space.read(1, BASE + PAGE)), (50, 60))
    space.check("after parent and child wrote")


@points(3, needs=ALONE, cause="a private page of a file is copied, too: the file must not see what is written")
def test_a_files_page_is_copied(arena):
    space = Space(arena)
    space.file(0, 4)
    space.map(0, BASE, 4, RW, PRIVATE, 0)
    space.map(1, BASE, 4, READ, SHARED, 0)
    for i in range(4):
        expect("the byte of a file's page", space.read(0, BASE + i * PAGE + 3), file_byte(i, 3))
        expect("writing a byte", space.write(0, BASE + i * PAGE + 3, 200 + i), 0)
        expect("the byte that was written, and its neighbour", (space.read(0, BASE + i * PAGE + 3), space.read(0, BASE + i * PAGE + 4)),
               (200 + i, file_byte(i, 4)))
        expect("the file's byte after a private write", space.read(1, BASE + i * PAGE + 3), file_byte(i, 3))
    space.expect_rss(0, 0, 4)
    space.check("after a file's private pages were written")


@points(5, needs=ALONE, cause="while the copy's page is waited for, another thread may write, or give the page back: the entry must be as it "
        "was (pte_same), else nothing is mapped, and the copy goes back")
def test_another_thread_was_faster(arena):
    space = Space(arena)
    space.anon(0, BASE, 8)
    space.expect_fault(0, BASE, WRITE, MINOR)
    for i in range(1, 8):
        space.expect_fault(0, BASE + i * PAGE, READ, MINOR)
    space.check("before the races")
    free = space.frames()
    for i in range(1, 4):
        space.meanwhile(AT_ALLOC, THEY_WRITE, 0, BASE + i * PAGE)
        space.expect_fault(0, BASE + i * PAGE, WRITE, (MINOR, DONE), " that another thread wins")
        expect("did the other thread write while this one waited for its page?", space.happened(), True)
    expect("frames that three pages took", free - space.frames(), 3,
           "two threads took a page each, and only one of the two pages is mapped: the other is lost")
    space.check("after another thread was faster")
    for i in range(4, 6):
        space.meanwhile(AT_ALLOC, THEY_DROP, 0, BASE + i * PAGE)
        space.expect_fault(0, BASE + i * PAGE, WRITE, (MINOR, MINOR | MAJOR))
        expect("the entry when another thread gave the page back meanwhile", space.entry(0, BASE + i * PAGE), None)
    space.check("after another thread gave pages back")


@points(2, needs=ALONE, cause="without memory the answer is VM_FAULT_OOM, the entry stays as it is, and nothing is lost")
def test_without_memory(arena):
    space = Space(arena)
    space.anon(0, BASE, 4)
    space.expect_fault(0, BASE, WRITE, MINOR)
    space.expect_fault(0, BASE + PAGE, READ, MINOR)
    before = space.present(0, BASE + PAGE)
    for _ in range(3):
        space.call("fail", 1)
        space.expect_fault(0, BASE + PAGE, WRITE, OOM, " without memory")
    expect("the entry after faults that failed", space.entry(0, BASE + PAGE), before)
    space.expect_fault(0, BASE + PAGE, WRITE, DONE)
    space.check("after faults that failed and one that did not")
    space.anon(0, BASE + 8 * PAGE, 1, READ)
    space.expect_fault(0, BASE + 8 * PAGE, READ, MINOR)
    space.expect_fault(0, BASE + 8 * PAGE, WRITE, DONE, " by a debugger")
    expect("may a page of an area without VM_WRITE be written, after a debugger wrote it?", space.present(0, BASE + 8 * PAGE).write, False)
