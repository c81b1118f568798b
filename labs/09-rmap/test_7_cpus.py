"""The same on two CPUs: what is taken from an entry on one the other must not go on using.

A CPU may forget an entry by itself, as it needs the place for another. So each test tries many pages, and each in quick succession.
"""

from grade.plugin import expect, points, sampled
from grade.space import BASE, PAGE, READ, RW, SHARED, US, Space

ARENA, ARENA_CPUS = "space", 2
PAGES = 16


def shared(arena, prot):
    """Both CPUs live in space 0, which maps a file; CPU 1 has read it."""
    space = Space(arena)
    space.file(0, PAGES)
    space.map(0, BASE, PAGES, prot, SHARED, 0)
    space.reads(0, [BASE + i * PAGE for i in range(PAGES)], cpu=1)
    return space, [space.present(0, BASE + i * PAGE).pfn for i in range(PAGES)]


def answers(space, pfns, steps, last):
    """Do some steps for each page in one go; the answers of step `last` for each."""
    rows = [steps(pfn, BASE + i * PAGE) for i, pfn in enumerate(pfns)]
    told = space.many([line for row in rows for line in row])
    return [told[i + last][0] for i in range(0, len(told), len(rows[0]))]


def without_entry(space):
    """How many of the file's pages have no entry."""
    return sum(space.entry(0, BASE + i * PAGE) is None for i in range(PAGES))


@sampled(1)
@points(1, needs=["count", "find", "referenced"], cause="the entry is old now, but the other CPU has it in its TLB, and its uses are not seen: "
        "flush_tlb_page() on all CPUs")
def test_another_cpus_use_is_seen(arena):
    space, pfns = shared(arena, READ)
    told = answers(space, pfns, lambda pfn, addr: [("read", 0, addr, 1), ("referenced", pfn, US), ("read", 0, addr, 1),
                                                   ("referenced", pfn, US)], 3)
    expect("uses of pages that CPU 1 read again after CPU 0 had asked", told, [1] * PAGES)


@sampled(1)
@points(1, needs=["count", "find", "clean"], cause="the entry may not be written now, but the other CPU has the right in its TLB, and goes on writing: "
        "nobody sees that the page is dirty again")
def test_another_cpus_write_is_seen(arena):
    space, pfns = shared(arena, RW)
    told = answers(space, pfns, lambda pfn, addr: [("write", 0, addr, 1, 1), ("clean", pfn), ("write", 0, addr, 2, 1), ("clean", pfn)], 3)
    expect("page_mkclean() of pages that CPU 1 wrote again after CPU 0 had cleaned them", told, [1] * PAGES)


@sampled(1)
@points(1, needs=["count", "find", "unmap"], cause="the entry is gone, but the other CPU has it in its TLB, and goes on using the page")
def test_another_cpu_forgets_the_page(arena):
    space, pfns = shared(arena, READ)
    space.many([("unmap_all", pfn, 1) for pfn in pfns])
    expect(f"pages of {PAGES} that have no entry after try_to_unmap()", without_entry(space), PAGES)
    answers(space, pfns, lambda pfn, addr: [("read", 0, addr, 1), ("unmap_all", pfn, 1), ("read", 0, addr, 1)], 2)
    expect(f"pages of {PAGES} that were taken away on CPU 0, read again on CPU 1, and have no entry", without_entry(space), 0)
