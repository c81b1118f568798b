"""What must hold of the buddy allocator's zones, whatever happens to them: nothing here says how to get there.

Pages are numbered from the arena's first one. A zone is a run of pages, some of them free. Three rules:

  blocks     The free lists hold the free pages of a zone as the largest aligned blocks that there are: a block of
             2^order pages starts at a multiple of 2^order, lies in one zone, has an order below MAX_ORDER, and is not a part of
             a larger one.
  choice     A request gets the first pages of a free block of the smallest order that is large enough. Among several of
             that order any will do.
  watermark  A zone may serve a request if enough pages stay free, and enough of them in blocks that are large enough.
"""

from dataclasses import dataclass, field

MAX_ORDER = 11                                  # orders are 0 .. 10: mm/mmzone.h
DMA, DMA32, NORMAL, HIGHMEM = range(4)          # enum zone_type
ALLOC_HARDER, ALLOC_HIGH = 0x10, 0x20           # mm/internal.h
GFP_HIGH, GFP_COMP = 0x20, 0x4000               # mm/gfp.h


def blocks_of(pages, first, end):
    """The set of `pages` (numbers) between first and end, as the largest aligned blocks: {order: {first page, …}}."""
    found = {order: set() for order in range(MAX_ORDER)}
    left = {p for p in pages if first <= p < end}
    for order in reversed(range(MAX_ORDER)):
        size = 1 << order
        for start in {p & -size for p in left}:
            block = range(start, start + size)
            if start >= first and left.issuperset(block):
                found[order].add(start)
                left.difference_update(block)
    return found


def watermark_ok(free_pages, nr_free, order, mark, reserve=0, flags=0):
    """May 2^order pages be taken from a zone of which `mark` pages and the `reserve` must stay?

    nr_free[o] is the number of free blocks of order o. ALLOC_HIGH leaves half of the mark to be respected, ALLOC_HARDER
    three quarters of what is left. One page of the request may count as still there. For each order o up to the
    request's: the pages in blocks of order o or more, less the request, are more than the mark halved o times; the
    reserve is asked for once, among all pages.
    """
    if flags & ALLOC_HIGH:
        mark -= mark // 2
    if flags & ALLOC_HARDER:
        mark -= mark // 4
    rest = free_pages - (1 << order) + 1
    in_blocks = [rest - sum(nr_free[i] << i for i in range(o)) for o in range(order + 1)]
    return rest > mark + reserve and all(n > mark >> o for o, n in enumerate(in_blocks))


@dataclass
class Zone:
    """A run of pages and what must stay free of it (pages)."""
    first: int
    pages: int
    marks: tuple = (0, 0, 0)                    # min, low, high
    reserve: dict = field(default_factory=dict)  # class → pages

    @property
    def end(self):
        return self.first + self.pages


@dataclass
class Memory:
    """Zones, which of their pages are free, and which blocks are in use."""
    zones: dict = field(default_factory=dict)   # index → Zone
    free: set = field(default_factory=set)      # pages
    held: dict = field(default_factory=dict)    # first page → order

    def blocks(self, index):
        """What zone `index` must have on its lists."""
        zone = self.zones[index]
        return blocks_of(self.free, zone.first, zone.end)

    def free_pages(self, index):
        """How many pages of zone `index` are free."""
        zone = self.zones[index]
        return sum(zone.first <= p < zone.end for p in self.free)

    def zone_of(self, page):
        """The index of the zone that has this page."""
        return next(i for i, z in self.zones.items() if z.first <= page < z.end)

    def answers(self, order, classzone, flags=0):
        """All pages that a request which may not wait may get: a set; {-1} if there must be none.

        The zones from classzone down are asked first for what lies above their low mark, then above their min mark
        with the caller's urgency (ALLOC_HARDER as it may not wait, ALLOC_HIGH by __GFP_HIGH in `flags`).
        """
        urgent = ALLOC_HARDER | (ALLOC_HIGH if flags & GFP_HIGH else 0)
        for which, alloc_flags in ((1, 0), (0, urgent)):
            for index in sorted((i for i in self.zones if i <= classzone), reverse=True):
                found = self._from_zone(index, order, self.zones[index].marks[which], classzone, alloc_flags)
                if found:
                    return found
        return {-1}

    def _from_zone(self, index, order, mark, classzone, alloc_flags):
        blocks = self.blocks(index)
        nr_free = [len(blocks[o]) for o in range(MAX_ORDER)]
        reserve = self.zones[index].reserve.get(classzone, 0)
        if not watermark_ok(self.free_pages(index), nr_free, order, mark, reserve, alloc_flags):
            return set()
        return next((blocks[o] for o in range(order, MAX_ORDER) if blocks[o]), set())

    def take(self, page, order):
        """A request of this order got this page."""
        self.free.difference_update(range(page, page + (1 << order)))
        self.held[page] = order

    def give(self, page):
        """The block in use that starts at this page was freed."""
        order = self.held.pop(page)
        self.free.update(range(page, page + (1 << order)))
