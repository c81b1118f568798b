"""The arena of mm/test/buddy_arena.c beside the model: what is done to one is done to the other, and they are compared.

The answers are the kernel's; all else is read out of its memory: lists, counters, each page's mark and order.
"""

from dataclasses import dataclass, field

from grade.mm import Memmap, zones
from grade.plugin import expect
from model import MAX_ORDER, NORMAL, Memory, Zone, blocks_of, watermark_ok

ZONES_OF_A_NODE = 4
# Of calls(): its budget is for all lines together, and while the kernel waits for a byte it spends of it.
LINES_AT_ONCE = 32
BAD_PAGE = "the kernel says \"Bad page state\" of the page that you returned: it still has PG_buddy, see del_block"


def pages_of(blocks):
    """All pages of blocks (first page, order)."""
    return {p for first, order in blocks for p in range(first, first + (1 << order))}


def name_of(page):
    """A page as an answer: its number, -1 is no page."""
    return "none (NULL)" if page < 0 else f"page {page}"


def one_of(pages):
    """The pages that would be right, the first eight of them by name."""
    names = [name_of(p) for p in sorted(pages)]
    return names[0] if len(names) == 1 else f"one of {', '.join(names[:8])}" + (" …" if len(names) > 8 else "")


def say(arena, lines):
    """The answers to many lines (verb, number, …)."""
    rows = [arena.calls(lines[i:i + LINES_AT_ONCE]) for i in range(0, len(lines), LINES_AT_ONCE)]
    return [words for row in rows for words in row]


def numbers(words):
    """A verb's answer as numbers."""
    return [int(w) for w in words]


@dataclass
class Question:
    """What zone_watermark_ok() is asked: `free` pages in blocks {order: how many}, of which `mark` must stay."""
    blocks: dict
    free: int
    order: int
    mark: int
    classzone: int = NORMAL
    reserve: int = 0
    flags: int = 0

    def nr_free(self):
        return [self.blocks.get(o, 0) for o in range(MAX_ORDER)]

    def lines(self):
        """What is said to the arena; the last of its answers is the one that counts."""
        return [("count", NORMAL, self.free, *self.nr_free()), ("reserve", NORMAL, self.classzone, self.reserve),
                ("watermark", NORMAL, self.order, self.mark, self.classzone, self.flags)]

    def answer(self):
        return watermark_ok(self.free, self.nr_free(), self.order, self.mark, self.reserve, self.flags)

    def __str__(self):
        return (f"zone_watermark_ok(order {self.order}, mark {self.mark}, classzone_idx {self.classzone}, alloc_flags "
                f"{self.flags:#x}) with {self.free} free pages, nr_free {self.nr_free()}, reserve {self.reserve}")


def ask_watermark(arena, *questions, cause=None):
    """Compare zone_watermark_ok()'s answers with the model's; cause: as expect() has it."""
    words = say(arena, [line for q in questions for line in q.lines()])
    for question, answer in zip(questions, words[2::3]):
        expect(str(question), answer, [str(int(question.answer()))], cause)


# ---- a zone's books, read out of memory ----------------------------------------------------------------------------

@dataclass
class Books:
    """What a zone's structure says."""
    free_pages: int
    nr_free: list
    blocks: dict = field(default_factory=dict)      # order → [first page, …] as the lists have them


def read_books(memmap, zone, base=0):
    """The Books of the struct zone `zone` (a view); pages are numbered from pfn `base`."""
    areas = [zone.free_area[order] for order in range(MAX_ORDER)]
    books = Books(zone.free_pages, [a.nr_free for a in areas])
    for order, area in enumerate(areas):
        entries = memmap.kernel.list(area.address_of("free_list"), "struct page", "lru")
        books.blocks[order] = [memmap.pfn(e) - base for e in entries]
    return books


def check_books(where, books, free_pages, blocks):
    """Compare a zone's Books with the number of free pages and the blocks that there must be."""
    for order in range(MAX_ORDER):
        expect(f"{where}: blocks of order {order} (first pages)", sorted(books.blocks[order]), sorted(blocks[order]))
        expect(f"{where}: nr_free of order {order}, which counts blocks", books.nr_free[order], len(blocks[order]))
    expect(f"{where}: free_pages, which counts pages", _signed(books.free_pages), free_pages,
           "2^(order asked for) pages leave the zone in __rmqueue, and 2^order come back in __free_one_page")


def _signed(number):
    """A counter that fell below 0, as a negative number: of both machines' words, no zone has half of all."""
    for bits in (32, 64):
        if 1 << bits - 1 <= number < 1 << bits:
            return number - (1 << bits)
    return number


def check_marks(where, marks, blocks, ignored=(), left_over=None):
    """Compare pages' PG_buddy and order with the blocks; other pages must have neither.

    private is looked at only if `left_over` says what a free page may have in it, and not in `ignored` pages, which are
    in use: one forgotten line shall not fail every test.
    """
    order_of = {first: order for order, firsts in blocks.items() for first in firsts}
    for page, mark, private in marks:
        if page in order_of:
            expect(f"{where}: PG_buddy and order of page {page}, the first of a free block", (mark, private),
                   (True, order_of[page]))
        elif mark:
            expect(f"{where}: PG_buddy of page {page}, which is not the first of a free block", mark, False,
                   "a block that leaves its list keeps PG_buddy: see del_block")
        elif left_over is not None and private and page not in ignored and private != left_over.get(page, 0):
            expect(f"{where}: private of page {page}, which is free, but not the first of its block", private, 0,
                   "a block that left its list keeps its order in private: see del_block")


# ---- the machine's own zones --------------------------------------------------------------------------------------

def free_pages(vm):
    """How many pages of a booted guest's zones are free."""
    with vm.stopped():
        return sum(zone.free_pages for _, _, zone in zones(vm.kernel))


def check_zones(vm):
    """The lists of a booted guest's zones against each other: they hold some set of pages, in the largest blocks."""
    with vm.stopped():
        memmap = Memmap(vm.kernel)
        for nid, name, zone in zones(vm.kernel):
            if zone.present_pages:
                _check_zone(f"zone {name} of node {nid}", memmap, zone)


def _check_zone(where, memmap, zone):
    books, first, end = read_books(memmap, zone), zone.zone_start_pfn, zone.zone_start_pfn + zone.spanned_pages
    listed = [p for order, blocks in books.blocks.items() for b in blocks for p in range(b, b + (1 << order))]
    expect(f"{where}: pages that are on the lists twice", len(listed) - len(set(listed)), 0)
    expect(f"{where}: pages on the lists that are not of the zone", [p for p in listed if not first <= p < end], [])
    blocks = blocks_of(listed, first, end)
    check_books(where, books, len(listed), blocks)
    check_marks(where, memmap.marks(first, end), blocks, ignored=range(first, end))


# ---- the arena and the model --------------------------------------------------------------------------------------

class Buddy:
    """Node 0 of the arena and its model."""

    def __init__(self, arena):
        self.arena, self.kernel, self.model = arena, arena.kernel, Memory()
        self.first_pfn, self.pages, max_order = numbers(arena.call("where"))
        assert max_order == MAX_ORDER
        self.left_over = {}                         # page → what a former owner left in private
        self.steps = []                             # what was done, for messages

    def zone(self, index, first, pages, free=None, held=(), marks=(0, 0, 0), reserve=None):
        """A zone of pages, with blocks (first page, order) in use, and free: all others, if `free` is not given."""
        zone = self.model.zones[index] = Zone(first, pages, marks, reserve or {})
        in_use = pages_of(held)
        free_pages = set(range(first, first + pages)) - in_use if free is None else pages_of(free)
        assert not free_pages & in_use
        self.model.free |= free_pages
        self.model.held.update(held)
        lines = [("zone", index, first, pages), ("marks", index, *marks)]
        lines += [("reserve", index, classzone, n) for classzone, n in zone.reserve.items()]
        lines += [("hold", block, order) for block, order in held]
        blocks = self.model.blocks(index)
        lines += [("seed", block, order) for order in blocks for block in sorted(blocks[order])]
        say(self.arena, lines)

    def zone_at_random(self, rng, index, first, pages):
        """A zone of which about a third is in use, in blocks of orders 0 to 6."""
        held, taken = [], set()
        while len(taken) < pages // 3:
            order = rng.choice((0, 1, 3, 4, 5, 6))
            block = rng.randrange(first, first + pages) & -(1 << order)
            span = set(range(block, block + (1 << order)))
            if block >= first and max(span) < first + pages and not span & taken:
                taken |= span
                held.append((block, order))
        self.zone(index, first, pages, held=held)

    def stale(self, first, pages, value):
        """These pages, in use, have a number left over in private."""
        self.arena.call("stale", first, pages, value)
        self.left_over.update({p: value for p in range(first, first + pages)})

    def alloc(self, order, classzone=NORMAL, gfp=0):
        """Ask for 2^order pages; the first page, or -1. It must be one of those that the model admits."""
        wanted = self.model.answers(order, classzone, gfp)
        told = len(self.arena.console)
        got = numbers(self.arena.call("alloc", order, classzone, gfp))[0]
        if got not in wanted:
            bad = "Bad page state" in self.arena.console[told:]
            expect(f"the page of a request of order {order}", name_of(got), one_of(wanted), BAD_PAGE if bad else None)
        if got >= 0:
            self.model.take(got, order)
        self.steps.append(f"order {order} asked for: {name_of(got)}")
        return got

    def free(self, block):
        """Free the block in use that starts at this page."""
        self.steps.append(f"page {block}, order {self.model.held[block]}, freed")
        self.arena.call("free", block, self.model.held[block])
        self.model.give(block)

    def work(self, rng, steps, classzones=(NORMAL,), gfps=(0,)):
        """Requests and frees at random; the books are compared now and then, and when everything is free."""
        for step in range(steps):
            if self.model.held and rng.random() < 0.5:
                self.free(rng.choice(sorted(self.model.held)))
            else:
                order = min(rng.randrange(MAX_ORDER), rng.randrange(MAX_ORDER))
                self.alloc(order, rng.choice(classzones), rng.choice(gfps))
            if step % 10 == 9:
                self.check(f"after {step + 1} requests and frees (the last: {'; '.join(self.steps[-10:])})")
        for block in rng.sample(sorted(self.model.held), len(self.model.held)):
            self.free(block)
        self.check("after everything was freed")

    # ---- comparing

    def check(self, when, private=False):
        """Compare lists, counters, and each page's mark and order with the model; with `private`, other pages' too."""
        memmap, in_use = Memmap(self.kernel), pages_of(self.model.held.items())
        views = [zone for nid, _, zone in zones(self.kernel) if nid == 0]
        for index, zone in self.model.zones.items():
            where, blocks = f"zone {index} {when}", self.model.blocks(index)
            check_books(where, read_books(memmap, views[index], self.first_pfn), self.model.free_pages(index), blocks)
            marks = memmap.marks(self.first_pfn + zone.first, self.first_pfn + zone.end)
            check_marks(where, ((pfn - self.first_pfn, *what) for pfn, *what in marks), blocks, in_use,
                        self.left_over if private else None)
