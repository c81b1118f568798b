"""What must hold of the boot allocator, said with sets of pages: nothing here says how to find out quickly.

A page is its frame number. A node is a run of pages; those in `free` are free, all others taken. Four rules:

  rounding    Freeing a range of bytes frees the pages that lie inside it as a whole; reserving a range takes every page
              that it touches. What lies outside the node does not change.
  first fit   A request for n pages, aligned to `step` pages, gets the lowest n free pages in a row whose first page has
              a frame number that is a multiple of `step`: its physical address is aligned, wherever the node starts.
  packing     A request that need not be aligned to a page begins in the page where the last request ended, if that is
              the page before its own and there is room left at its alignment. It then takes one page less, or none.
  hand-over   All free pages go to the buddy lists, once, and so do the bitmap's own, as nobody needs it any more.
"""

from dataclasses import dataclass, field

PAGE = 4096                     # bytes, both machines


def whole_pages(addr, size):
    """The pages that lie in [addr, addr + size) as a whole: a set."""
    return {p for p in range(addr // PAGE, (addr + size) // PAGE) if p * PAGE >= addr}


def touched_pages(addr, size):
    """The pages of which at least one byte lies in [addr, addr + size): a set."""
    pages = range(addr // PAGE, (addr + size) // PAGE + 1)
    return {p for p in pages if p * PAGE < addr + size and (p + 1) * PAGE > addr}


def first_fit(free, first, end, n, step):
    """The lowest page p >= first, a multiple of step, with n free pages from it on, all below end; else None."""
    return next((p for p in range(first, end - n + 1) if p % step == 0 and free.issuperset(range(p, p + n))), None)


def up(value, align):
    """The lowest multiple of align that is not below value."""
    return -(-value // align) * align


@dataclass(frozen=True)
class Tail:
    """Where the last request ended: `used` bytes of `page` are in use. used = 0: nothing can be packed behind it."""
    page: int = 0
    used: int = 0


def packed(tail, page, size, align):
    """(address, pages taken from `page` on, new tail) of a request that got the run of free pages from `page` on."""
    addr = page * PAGE
    if align < PAGE and tail.used and tail.page + 1 == page and up(tail.used, align) < PAGE:
        addr = tail.page * PAGE + up(tail.used, align)
    end = addr + size
    return addr, up(end, PAGE) // PAGE - page, Tail((end - 1) // PAGE, end % PAGE)


@dataclass
class Node:
    """A node from page `start` to before page `end`, its bitmap in pages `map`."""
    start: int
    end: int
    map: range
    free: set = field(default_factory=set)
    tail: Tail = Tail()
    last: int = 0               # the page where the last request that found pages found them, or one freed below it

    def inside(self, pages):
        return {p for p in pages if self.start <= p < self.end}

    def release(self, addr, size):
        """[addr, addr + size) is freed; the page that requests were packed into may be gone."""
        pages = self.inside(whole_pages(addr, size))
        if pages:
            self.free |= pages
            self.last = min([self.last, *pages])
            self.tail = Tail()

    def reserve(self, addr, size):
        """[addr, addr + size) is reserved."""
        self.free -= self.inside(touched_pages(addr, size))

    def runs(self, size, align, goal, limit):
        """The first pages of all runs that a request may get: a set, {None} if there must be none.

        The lowest run at or above the goal; as low as that, an allocator may go on where it last found something. If
        there is none above, the lowest run of all. A goal outside of the node's allowed part does not count.
        """
        n, step = up(size, PAGE) // PAGE, max(align // PAGE, 1)
        end = min(self.end, limit // PAGE) if limit else self.end
        lowest = first_fit(self.free, self.start, end, n, step)
        if not (goal > self.start * PAGE and goal // PAGE < end):
            return {lowest}
        above = [first_fit(self.free, first, end, n, step) for first in {goal // PAGE, max(goal // PAGE, self.last)}]
        return {lowest if page is None else page for page in above}

    def answers(self, size, align, goal=0, limit=0):
        """{address: first page of its run} that a request may get; {None: None} if there must be none."""
        found = {}
        for page in self.runs(size, align, goal, limit):
            found[None if page is None else packed(self.tail, page, size, align)[0]] = page
        return found

    def take(self, page, size, align):
        """A request got the run that begins with this page."""
        _, pages, self.tail = packed(self.tail, page, size, align)
        self.free -= set(range(page, page + pages))
        self.last = page

    def handed_over(self):
        """The pages that the buddy lists must have in the end: a set."""
        return self.free | set(self.map)
