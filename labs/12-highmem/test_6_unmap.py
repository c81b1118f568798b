"""Exercise 6: no CPU may see what is gone (unmap_kernel_range, and the flush of exercise 3), on two CPUs.

A CPU may forget a translation by itself, as it needs the place for another. So each test takes many pages, in quick succession.
"""

from grade.plugin import expect, points, sampled
from model import PAGE
from windows import Areas, Windows

NEEDS = ["place", "find", "unmap"]
ARENA_CPUS = 2
PAGES, ROUNDS = 16, 3


@sampled(1)
@points(5, needs=NEEDS, cause="each page of an area that goes loses its entry, across the edges of page tables, too")
def test_nothing_stays_mapped(arena):
    areas = Areas(arena)
    for pages in (1, 3, 700):
        addr = int(arena.call("vmalloc", pages)[0])
        assert addr, f"no area of {pages} pages"
        ends = [addr, addr + (pages - 1) * PAGE]
        expect("are the first and the last page mapped, and the guard page?", [areas.mapped(a, 1)[0] for a in (*ends, ends[1] + PAGE)],
               [1, 1, 0])
        areas.free(addr)
        there = [i for i, entry in enumerate(areas.mapped(addr, pages)) if entry]
        expect(f"pages of a freed area of {pages} that still have an entry", there, [])


def peeks(answers, at):
    """What CPU 1 read: the answers from `at` on."""
    return [int(words[0]) for words in answers[at:at + PAGES]]


@sampled(1)
@points(5, needs=NEEDS, cause="every CPU may have the old translation: flush_tlb_kernel_range() reaches all, this CPU's flush does not")
def test_other_cpus_forget_an_area(arena):
    areas = Areas(arena)
    first, other = areas.make(PAGES), areas.make(PAGES)
    areas.free(first)
    areas.free(other)
    area, addresses = ("area", PAGES, PAGE, 0), [first + i * PAGE for i in range(PAGES)]
    for n in range(ROUNDS):
        old, new = ([value + 16 * n + i for i in range(PAGES)] for value in (0x1000, 0x2000))
        answers = arena.calls([
            area, area, *(("poke", *p) for p in zip(addresses, old)), *(("peek", 1, addr) for addr in addresses),
            ("vfree", first), ("vfree", other), area,           # it has the other's pages
            *(("poke", *p) for p in zip(addresses, new)), *(("peek", 1, addr) for addr in addresses), ("vfree", first)])
        expect("the addresses of the areas", [hex(int(answers[i][0])) for i in (0, 1, 2 * PAGES + 4)], [hex(first), hex(other), hex(first)])
        expect(f"what CPU 1 reads in the pages from {first:#x} on", peeks(answers, 2 + PAGES), old)
        expect(f"what CPU 1 reads in the pages from {first:#x} on when that is another area", peeks(answers, 3 * PAGES + 5), new)


@sampled(1)
@points(5, needs=["name", "window", "flush"], cause="every CPU may have a window's old translation: flush_tlb_kernel_range() reaches all")
def test_other_cpus_forget_a_window(arena):
    windows = Windows(arena)
    for n in range(ROUNDS):
        windows.start_a_lap(30)
        slot = windows.kmap(700, PAGES) - PAGES + 1             # of page 700
        rest, others = len(windows.next_slots(windows.slots)), range(720, 720 + slot + PAGES)
        addresses = [windows.base + (slot + i) * PAGE for i in range(PAGES)]
        old, new = ([value + 16 * n + i for i in range(PAGES)] for value in (0x1000, 0x2000))
        answers = arena.calls([
            *(("write", 700 + i, old[i]) for i in range(PAGES)), *(("peek", 1, addr) for addr in addresses),
            ("kunmap", 700, PAGES), ("kmap", 30, rest), ("kunmap", 30, rest),                   # to the end of the lap
            ("kmap", others[0], len(others)), *(("write", others[slot + i], new[i]) for i in range(PAGES)),
            *(("peek", 1, addr) for addr in addresses), ("kunmap", others[0], len(others))])
        expect("the slot of the last window", int(answers[2 * PAGES + 3][0]), slot + PAGES - 1)
        expect("what CPU 1 reads through the windows of pages 700 and so on", peeks(answers, PAGES), old)
        expect("what CPU 1 reads through the same slots, which are other pages' windows now", peeks(answers, 3 * PAGES + 4), new)
