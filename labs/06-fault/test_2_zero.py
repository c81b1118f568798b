"""Exercise 2: the first touch of anonymous memory."""

from grade.plugin import expect, points
from grade.space import AT_ALLOC, BASE, MINOR, OOM, PAGE, PRIVATE, READ, RW, THEY_WRITE, WRITE, Entry, Space

ARENA = "space"
NEEDS = ["zero"]


def foul_frames(space, pages):
    """Leave frames that are not zero to be found by the next who wants some."""
    space.file(3, pages)
    space.map(7, BASE, pages, READ, PRIVATE, 3)
    space.call("advise", 7, BASE, pages, 3)                  # MADV_WILLNEED: read them
    space.call("truncate", 3, 0)
    space.drop(7)


@points(3, needs=NEEDS, cause="a read maps the zero page, which is everybody's: without the right to write, whatever the area "
        "allows; it counts as a file's page")
def test_a_read_maps_the_zero_page(arena):
    space = Space(arena)
    space.anon(0, BASE, 8)
    space.expect_fault(0, BASE, READ, MINOR)
    free = space.frames()
    for i in range(1, 8):
        space.expect_fault(0, BASE + i * PAGE, READ, MINOR)
    entries = space.entries(0)
    expect("addresses with an entry after reads of eight pages", sorted(entries), [BASE + i * PAGE for i in range(8)])
    expect("are they all of the zero page?", {space.is_zero_page(e.pfn) for e in entries.values()}, {True})
    expect("may any be written?", {e.write for e in entries.values()}, {False})
    space.expect_rss(0, 8, 0)
    expect("frames that seven reads more took", free - space.frames(), 0)


@points(3, needs=NEEDS, cause="a write gets a page of its own, which nobody else knows, of zeros: __GFP_ZERO")
def test_a_write_gets_a_page_of_zeros(arena):
    space = Space(arena)
    foul_frames(space, 16)
    space.anon(0, BASE, 8)
    for i in range(8):
        space.expect_fault(0, BASE + i * PAGE + i, WRITE, MINOR)
        space.expect_bytes(0, BASE + i * PAGE, 0, " after a write fault")
    entries = space.entries(0)
    expect("different pages that eight writes got", len({e.pfn for e in entries.values()}), 8)
    expect("are they anonymous?", {space.page(e.pfn).anon for e in entries.values()}, {True})
    space.expect_rss(0, 0, 8)


@points(2, needs=NEEDS, cause="the entry of a page that is written is writable, young and dirty, if the area may be written")
def test_the_entry_says_what_happened(arena):
    space = Space(arena)
    space.anon(0, BASE, 1, RW)
    space.expect_fault(0, BASE, WRITE, MINOR)
    entry = space.present(0, BASE)
    expect("the entry after a write", entry, Entry(entry.pfn, write=True, young=True, dirty=True))
    space.anon(0, BASE + 4 * PAGE, 1, READ)
    space.expect_fault(0, BASE + 4 * PAGE, WRITE, MINOR, " by a debugger into an area that may not be written")
    entry = space.present(0, BASE + 4 * PAGE)
    expect("may a page of an area without VM_WRITE be written, after a debugger wrote it?", entry.write, False)


@points(2, needs=NEEDS, cause="without memory the answer is VM_FAULT_OOM, and nothing stays behind")
def test_without_memory(arena):
    space = Space(arena)
    space.anon(0, BASE, 4)
    space.expect_fault(0, BASE, WRITE, MINOR)               # the table and the anon_vma are there now
    space.call("fail", 1)
    space.expect_fault(0, BASE + PAGE, WRITE, OOM, " without memory")
    expect("the entry after a fault that failed", space.entry(0, BASE + PAGE), None)
    space.expect_rss(0, 0, 1)
    space.expect_fault(0, BASE + PAGE, WRITE, MINOR)
    space.check("after a fault that failed and one that did not")


@points(5, needs=NEEDS, cause="while a page is waited for, another thread may fault at the same address: the entry must be "
        "looked at again under its lock, and who comes second gives his page back")
def test_another_thread_was_faster(arena):
    space = Space(arena)
    space.anon(0, BASE, 8)
    space.expect_fault(0, BASE, WRITE, MINOR)
    space.check("before the race")
    free = space.frames()
    for i in range(1, 8):
        space.meanwhile(AT_ALLOC, THEY_WRITE, 0, BASE + i * PAGE)
        space.expect_fault(0, BASE + i * PAGE, WRITE, MINOR, " that another thread wins")
        expect("did the other thread fault while this one waited for its page?", space.happened(), True)
    space.expect_rss(0, 0, 8, " after seven faults that another thread won")
    expect("frames that seven pages took", free - space.frames(), 7,
           "two threads took a page each, and only one of the two pages is mapped: the other is lost")
    space.check("after seven faults that another thread won")


@points(2, needs=NEEDS, cause="all memory that is mapped is counted, and every page knows how many entries map it")
def test_all_is_counted(arena):
    space = Space(arena)
    space.anon(0, BASE, 64)
    space.anon(1, BASE, 64)
    for i in range(32):
        space.expect_fault(i % 2, BASE + i * PAGE, WRITE if i % 3 else READ, MINOR)
    space.check("after reads and writes in two spaces")
