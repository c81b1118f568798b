"""Exercises 6 and 7: memory is given back."""

from grade.plugin import expect, points
from grade.space import (BASE, DONTNEED, EINVAL, LOCKED, MAJOR, MINOR, PAGE, PRIVATE, READ, RW, SHARED, WRITE, Space)

ARENA = "space"
ADVICE = ["dontneed"]
NEEDS = ["zero", "dontneed", "zap"]
FILES = ["ask", "map", "dontneed", "zap"]
FAR = BASE + 64 * PAGE
DONE = (MINOR, MAJOR)


@points(2, needs=ADVICE, cause="locked memory must stay: -EINVAL. All other advice of this kind succeeds")
def test_locked_memory_stays(arena):
    space = Space(arena)
    space.anon(0, BASE, 4)
    expect("MADV_DONTNEED of memory that nobody touched", space.call("advise", 0, BASE, 4, DONTNEED), [0])
    space.anon(0, BASE + 16 * PAGE, 4, RW, PRIVATE | LOCKED)
    expect("MADV_DONTNEED of locked memory", space.call("advise", 0, BASE + 16 * PAGE, 4, DONTNEED), [EINVAL])


@points(3, needs=NEEDS, cause="pages whose entries go are free again, once every one that counts them was told")
def test_anonymous_pages_come_back(arena):
    space = Space(arena)
    space.anon(0, BASE, 40)
    space.expect_fault(0, BASE, WRITE, MINOR)
    free = space.frames()
    for i in range(1, 40):
        space.expect_fault(0, BASE + i * PAGE, WRITE if i % 4 else READ, MINOR)
    expect("MADV_DONTNEED", space.call("advise", 0, BASE + PAGE, 39, DONTNEED), [0])
    expect("addresses that have an entry now", sorted(space.entries(0)), [BASE])
    space.expect_rss(0, 0, 1, " after MADV_DONTNEED")
    expect("frames that are missing after MADV_DONTNEED", free - space.frames(), 0)
    space.check("after MADV_DONTNEED")


@points(2, needs=NEEDS, cause="an entry that was cleared may still be in the TLB: without tlb_note_address() nobody flushes it, "
        "and the CPU goes on using a page that is no longer there")
def test_the_old_bytes_are_gone(arena):
    space = Space(arena)
    space.anon(0, BASE, 8)
    for i in range(8):
        expect("writing a byte", space.write(0, BASE + i * PAGE, 10 + i), 0)
    space.call("advise", 0, BASE + 2 * PAGE, 3, DONTNEED)
    expect("bytes of eight pages, of which three were given back", [space.read(0, BASE + i * PAGE) for i in range(8)],
           [0 if 2 <= i < 5 else 10 + i for i in range(8)])
    # A CPU may forget an entry by itself, as it needs the place for another: so many pages, each in quick succession.
    space.anon(0, FAR, 32)
    told = space.many([line for addr in range(FAR, FAR + 32 * PAGE, PAGE)
                       for line in (("write", 0, addr, 7, 0), ("advise", 0, addr, 1, DONTNEED), ("read", 0, addr, 0))])
    expect("bytes of 32 pages, each written, given back, and read at once", [words[0] for words in told[2::3]], [0] * 32)
    space.check("after pages were given back and touched again")


@points(2, needs=FILES, cause="the hardware sets the entry's dirty bit, and nothing else knows of the write: tlb_remove_page() must hear of it")
def test_the_dirty_bit_is_told(arena):
    space = Space(arena)
    space.file(0, 4, unaccounted=True)
    space.map(0, BASE, 4, RW, SHARED, 0)
    for i in range(4):
        space.expect_fault(0, BASE + i * PAGE, READ, DONE)
    expect("writing a byte", space.write(0, BASE + 2 * PAGE, 77), 0)
    pfns = [space.present(0, BASE + i * PAGE).pfn for i in range(4)]
    space.call("unmap", 0, BASE, 4)
    expect("which of four pages are dirty, of which the third was written",
           [space.page(pfn).has("dirty") for pfn in pfns], [False, False, True, False])
    expect("how many entries map them", [space.page(pfn).mapped for pfn in pfns], [0] * 4)


@points(1, needs=FILES, cause="the hardware sets the entry's young bit, and nothing else knows of the use: mark_page_accessed() must hear of it")
def test_the_young_bit_is_told(arena):
    space = Space(arena)
    space.file(0, 4)
    space.map(0, BASE, 4, RW, SHARED, 0)
    for i in range(4):
        space.expect_fault(0, BASE + i * PAGE, READ, DONE)
    pfns = [space.present(0, BASE + i * PAGE).pfn for i in range(4)]
    expect("which of four pages that a fault found are active", [space.page(pfn).has("active") for pfn in pfns], [False] * 4)
    space.call("unmap", 0, BASE, 4)
    expect("which of them are active when they were used, too", [space.page(pfn).has("active") for pfn in pfns], [True] * 4)


@points(2, needs=FILES, cause="with details->check_mapping only the pages of that file go: private copies are anonymous, and stay")
def test_private_copies_are_spared(arena):
    space = Space(arena)
    space.file(0, 6)
    space.map(0, BASE, 6, RW, PRIVATE, 0)
    for i in range(6):
        space.expect_fault(0, BASE + i * PAGE, WRITE if i % 2 else READ, DONE)
    space.call("uncache", 0, 0, 0)
    expect("pages that are still mapped when the file's own were unmapped", sorted(space.entries(0)),
           [BASE + i * PAGE for i in (1, 3, 5)])
    space.check("after a file's pages were unmapped")
    space.call("truncate", 0, 2 * PAGE)
    expect("pages that are still mapped when the file was truncated", sorted(space.entries(0)), [BASE + PAGE])
    space.check("after the file was truncated")
