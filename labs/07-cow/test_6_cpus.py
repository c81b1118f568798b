"""The same on two CPUs: what one changes the other must not go on using.

A CPU may forget an entry by itself, as it needs the place for another. So each test tries many pages, and each in quick succession.
"""

from grade.plugin import expect, points, sampled
from grade.space import BASE, DONTNEED, PAGE, Space

ARENA, ARENA_CPUS = "space", 2
PAGES = 48
ADDRESSES = range(BASE, BASE + PAGES * PAGE, PAGE)


def answers(space, steps, last):
    """Do some steps for each page in one go; the answers of step `last` for each."""
    rows = [steps(i, addr) for i, addr in enumerate(ADDRESSES)]
    told = space.many([line for row in rows for line in row])
    return [told[i + last][0] for i in range(0, len(told), len(rows[0]))]


@sampled(1)
@points(4, needs=["areas", "entries"], cause="fork took the right to write from the parent's entries, but the other CPU, where a "
        "thread of the parent runs, was not told: flush_tlb_mm() behind the copying, on all CPUs")
def test_another_cpu_writes_after_fork(arena):
    space = Space(arena)
    space.anon(0, BASE, PAGES)
    # The second write may fail: exercise 4 is where the page is copied.
    told = answers(space, lambda i, addr: [("write", 0, addr, 10 + i, 1), ("fork", 0, 1), ("write", 0, addr, 90 + i, 1),
                                           ("read", 1, addr, 0), ("drop", 1)], 3)
    expect("what children read when CPU 1 wrote to the parent's memory after the fork", told, [10 + i for i in range(PAGES)])


@sampled(1)
@points(3, needs=["flush"], cause="the pages were given back on one CPU, the other still had their entries in its TLB")
def test_another_cpu_forgets_the_pages(arena):
    space = Space(arena)
    space.anon(0, BASE, PAGES)
    told = answers(space, lambda i, addr: [("write", 0, addr, 1 + i, 1), ("advise", 0, addr, 1, DONTNEED), ("read", 0, addr, 1)], 2)
    expect("what CPU 1 reads of pages that it wrote, and CPU 0 gave back", told, [0] * PAGES)
    space.writes(0, {addr: 7 for addr in ADDRESSES}, cpu=1)
    space.call("advise", 0, BASE + PAGE, PAGES - 2, DONTNEED)
    expect("what CPU 1 reads of pages of which CPU 0 gave back all but the first and the last", space.reads(0, ADDRESSES, cpu=1),
           [7] + [0] * (PAGES - 2) + [7])


@sampled(1)
@points(4, needs=["areas", "entries", "copy"], cause="when the copy takes the old page's place, the other CPU, where a thread of the same "
        "program reads, must not go on reading the old page: flush_tlb_page(), on all CPUs")
def test_another_cpu_reads_the_copy(arena):
    space = Space(arena)
    space.anon(0, BASE, PAGES)
    space.writes(0, {addr: 10 + i for i, addr in enumerate(ADDRESSES)})
    expect("what fork on CPU 0 says", space.fork(0, 1), 0)
    told = answers(space, lambda i, addr: [("read", 0, addr, 1), ("write", 0, addr, 100 + i, 0), ("read", 0, addr, 1)], 2)
    expect("what a thread on CPU 1 reads of what another on CPU 0 wrote", told, [100 + i for i in range(PAGES)])
    expect("what the child reads", space.reads(1, ADDRESSES), [10 + i for i in range(PAGES)])
