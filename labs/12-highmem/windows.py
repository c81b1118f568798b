"""The arena of mm/test/highmem_arena.c, read from outside: slots, their entries in the page table, and the list of areas."""

from grade.plugin import expect
from model import PAGE, STACK_AREA, first_place


class Windows:
    """The kernel's slots, and what the test's pages must have there."""

    def __init__(self, arena):
        self.arena, self.kernel = arena, arena.kernel
        self.pages, self.slots, self.base, self.area_start, self.area_end = (int(w) for w in arena.call("where"))
        arena.call("kmap", 0, 1)        # what an earlier test left behind is gone a lap later
        self.cursor()
        arena.call("kunmap", 0, 1)

    def pfn(self, page):
        """The page frame of a page."""
        return int(self.arena.call("pfn", page, 1)[0])

    def counts(self):
        """pkmap_count[]."""
        return list(self.kernel.array("int", self.kernel["pkmap_count"], self.slots))

    def cursor(self):
        """The slot that became a window last."""
        return self.kernel.at("unsigned int", self.kernel["last_pkmap_nr"])

    def shown(self):
        """Has a slot an entry in the page table? A list of 0 and 1."""
        return [int(w) for s in range(0, self.slots, 64) for w in self.arena.call("mapped", self.base + s * PAGE, 64)]

    def kmap(self, first, number=1):
        """Windows for some pages: the slot of the last."""
        return int(self.arena.call("kmap", first, number)[0])

    def kunmap(self, first, number=1):
        """Their users are done with them."""
        self.arena.call("kunmap", first, number)

    def slot(self, page):
        """The slot of a page, -1 for none."""
        return int(self.arena.call("slot", page, 1)[0])

    def next_slots(self, number):
        """The slots that the next windows must have within this lap, as long as none is in use."""
        counts, slot, found = self.counts(), self.cursor(), []
        while len(found) < number and slot + 1 < self.slots:
            slot += 1
            found += [slot] if not counts[slot] else []
        return found

    def start_a_lap(self, page):
        """New windows for pages from this one on, to slot 0's turn and one more: what nobody used is free then."""
        to_go = len(self.next_slots(self.slots))
        if to_go:
            self.kmap(page, to_go)
            self.kunmap(page, to_go)
        laps = int(self.arena.call("flushes")[0])
        for new in range(page + to_go, self.pages):         # pages that had a window already took no slot
            self.kmap(new)
            self.kunmap(new)
            if int(self.arena.call("flushes")[0]) > laps:
                break
        expect(f"flushes when the cursor came round and is at slot {self.cursor()} now", int(self.arena.call("flushes")[0]) - laps, 1)

    def check_content(self, page, word):
        """What is written through a page's window is in the page."""
        self.arena.call("write", page, word)
        pfn = self.pfn(page)
        got = int.from_bytes(self.arena.memory.read(pfn * PAGE, 4), "little")
        expect(f"the first word of page {page} after {word:#x} was written through its window", got, word,
               "the window shows another page, or none")


class Areas:
    """The kernel's areas."""

    def __init__(self, arena):
        self.arena, self.kernel = arena, arena.kernel
        *_, self.start, self.end = (int(w) for w in arena.call("where"))

    def listed(self):
        """(address, size, flags) of all areas as vmlist has them; it must be sorted, and end."""
        found, at = [], self.kernel.number(self.kernel["vmlist"], self.kernel.word)
        while at:
            area = self.kernel.at("struct vm_struct", at)
            found.append((area.addr, area.size, area.flags))
            assert len(found) < 5000, "vmlist has no end"
            at = area.next
        expect("the areas' addresses, sorted as vmlist must be", [a for a, *_ in found], sorted(a for a, *_ in found))
        kept = self.kept(found)
        for (_, behind), (low, _) in zip(kept, kept[1:]):
            assert behind <= low, f"an area keeps its addresses up to {behind:#x}, and the next begins at {low:#x}"
        return found

    @staticmethod
    def kept(areas):
        """What areas keep from others: (first byte, first byte behind)."""
        return [(addr - (PAGE if flags & STACK_AREA else 0), addr + size) for addr, size, flags in areas]

    def place(self, pages, align=PAGE, flags=0):
        """Where a new area belongs; None: there is no hole for it."""
        lead = PAGE if flags & STACK_AREA else 0
        return first_place(self.kept(self.listed()), self.start, self.end, (pages + 1) * PAGE, align, lead)

    def make(self, pages, align=PAGE, flags=0):
        """A new area; it must be the lowest place that there was."""
        wanted = self.place(pages, align, flags)
        got = int(self.arena.call("area", pages, align, flags)[0])
        expect(f"the address of an area of {pages} pages, aligned to {align:#x}, flags {flags:#x}", hex(got), hex(wanted or 0),
               "the lowest hole with room for the area, its guard page and, before a stack, one page more")
        assert any(a == got for a, *_ in self.listed()), f"the area at {got:#x} is not on vmlist"
        return got

    def free(self, addr):
        """The area at this address goes."""
        self.arena.call("vfree", addr)
        assert all(a != addr for a, *_ in self.listed()), f"the area at {addr:#x} is still on vmlist after vfree()"

    def mapped(self, addr, pages):
        """Which pages from an address on have an entry: a list of 0 and 1."""
        return [int(w) for i in range(0, pages, 64) for w in self.arena.call("mapped", addr + i * PAGE, min(64, pages - i))]
