"""Exercise 6: no CPU may see what is gone (unmap_kernel_range, and the flush of exercise 3), on two CPUs."""

from grade.plugin import expect, points, sampled
from model import PAGE
from windows import Areas, Windows

NEEDS = ["place", "find", "unmap"]
ARENA_CPUS = 2


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


@sampled(1)
@points(5, needs=NEEDS, cause="every CPU may have the old translation: flush_tlb_kernel_range() reaches all, this CPU's flush does not")
def test_other_cpus_forget_an_area(arena):
    areas = Areas(arena)
    for n in range(3):
        addr = areas.make(2)
        arena.call("poke", addr, 0x100 + n)
        expect(f"what CPU 1 reads at {addr:#x}", int(arena.call("peek", 1, addr)[0]), 0x100 + n)
        areas.free(addr)                          # its two pages are the next area's, in the other order
        again = areas.make(2)
        expect("the same address again", hex(again), hex(addr))
        arena.call("poke", again, 0x200 + n)
        expect(f"what CPU 1 reads at {again:#x} when that is another area", int(arena.call("peek", 1, again)[0]), 0x200 + n)
        areas.free(again)


@sampled(1)
@points(5, needs=["name", "window", "flush"], cause="every CPU may have a window's old translation: flush_tlb_kernel_range() reaches all")
def test_other_cpus_forget_a_window(arena):
    windows = Windows(arena)
    windows.start_a_lap(30)
    windows.kmap(700)
    arena.call("write", 700, 0x700)
    slot = windows.slot(700)
    expect("what CPU 1 reads through page 700's window", int(arena.call("peek", 1, windows.base + slot * PAGE)[0]), 0x700)
    windows.kunmap(700)
    windows.start_a_lap(30)
    page = next(p for p in range(701, 701 + windows.slots) if windows.kmap(p) == slot)
    arena.call("write", page, 0x800)
    expect(f"what CPU 1 reads through the same slot, which is page {page}'s window now",
           int(arena.call("peek", 1, windows.base + slot * PAGE)[0]), 0x800)
