"""The arena of mm/test/percpu_arena.c beside the model: what is done to one is done to the other, and they are compared.

The kernel's answers are the pages that it gives; all else is read out of its memory: lists, counts, sums and differences.
"""

from collections import Counter

from grade.mm import Memmap, zones
from grade.plugin import expect
from model import COLD, GFP_COLD, HOT, MIB_PAGES, NORMAL, Zone, stat_threshold

LINES_AT_ONCE = 16          # of calls(): its budget is for all of them, and a busy host spends of it
NAMES = {HOT: "hot", COLD: "cold"}


def say(arena, lines):
    """The answers to many lines (verb, number, …)."""
    rows = [arena.calls(lines[i:i + LINES_AT_ONCE]) for i in range(0, len(lines), LINES_AT_ONCE)]
    return [words for row in rows for words in row]


def buddy_pages(memmap, zone, base=0):
    """All pages on a zone's buddy lists, numbered from pfn `base`: a list."""
    found = []
    for order in range(len(zone.free_area)):
        for entry in memmap.kernel.list(zone.free_area[order].address_of("free_list"), "struct page", "lru"):
            first = memmap.pfn(entry) - base
            found += range(first, first + (1 << order))
    return found


def pageset(zone, cpu):
    """A CPU's struct per_cpu_pageset of a zone (a view)."""
    return zone.kernel.at("struct per_cpu_pageset", zone.pageset[cpu])


def pcp_pages(memmap, zone, cpu, cold, base=0):
    """(count, pages in order) of a CPU's list."""
    pcp = pageset(zone, cpu).pcp[cold]
    return pcp.count, [memmap.pfn(p) - base for p in memmap.kernel.list(pcp.address_of("list"), "struct page", "lru")]


class Percpu:
    """The arena's zones and their model."""

    def __init__(self, arena):
        self.arena, self.kernel, self.zones, self.cpu = arena, arena.kernel, {}, 0
        self.base, self.pages, self.cpus, self.items = (int(w) for w in arena.call("where"))

    def view(self, index):
        """The struct zone of a zone."""
        return list(zones(self.kernel))[index][2]

    # ---- before a test begins

    def zone(self, index, first, pages, free=(), held=()):
        """A zone of pages, with free blocks (first page, order) and a range of pages in use."""
        zone = self.zones[index] = Zone(first, pages)
        for block, order in free:
            zone.free.update(range(block, block + (1 << order)))
        say(self.arena, [("zone", index, first, pages), *(("seed", *block) for block in free),
                         *([("hold", held[0], len(held))] if held else [])])

    def limits(self, index, high, batch, cpus=None):
        """Of both lists of these CPUs (None: all)."""
        lists = [(cpu, cold) for cpu in (range(self.cpus) if cpus is None else cpus) for cold in (HOT, COLD)]
        for cpu, cold in lists:
            where = self.zones[index].list(cpu, cold)
            where.high, where.batch = high, batch
        say(self.arena, [("limits", index, cpu, cold, high, batch) for cpu, cold in lists])

    def become(self, cpu):
        """From now on the kernel runs on this CPU."""
        self.cpu = cpu
        self.arena.call("cpu", cpu)

    # ---- what is tested

    def alloc(self, index=NORMAL, cold=HOT):
        """A page of a zone, or -1. It must be the list's first one; if the list was empty, any free page of the zone."""
        zone, where = self.zones[index], self.zones[index].list(self.cpu, cold)
        got = int(self.arena.call("alloc", index, GFP_COLD if cold else 0)[0])
        what = f"the page that CPU {self.cpu} gets ({NAMES[cold]})"
        if not zone.free:
            expect(f"{what} from a zone that has nothing to spare", got, -1)
        elif where.pages:
            expect(f"{what} when its list has {where.pages}", got, where.pages.pop(0),
                   "a page goes out of the list's front, and the list is not filled before it is empty")
        else:
            self._after_refill(zone, where, index, cold, got, what)
        return got

    def _after_refill(self, zone, where, index, cold, got, what):
        """The list was empty: what it has now came out of the zone."""
        assert got in zone.free, f"{what} is {got}, which was not free"
        wanted = min(where.batch, len(zone.free))
        count, pages = pcp_pages(Memmap(self.kernel), self.view(index), self.cpu, cold, self.base)
        expect(f"CPU {self.cpu}'s {NAMES[cold]} list after it was empty and one page was asked for, with batch {where.batch} and "
               f"{len(zone.free)} pages free: its length", len(pages), wanted - 1,
               "an empty list gets `batch` pages of the zone, or as many as there are, and one goes to the caller")
        expect("its count", count, len(pages))
        strangers = [p for p in pages if p not in zone.free or p == got]
        expect("pages in it that were not free", strangers, [])
        where.pages = pages
        zone.free.difference_update(pages, [got])

    def free(self, page, cold=HOT):
        """A page in use is freed on this CPU."""
        index = next(i for i, z in self.zones.items() if z.first <= page < z.first + z.pages)
        self.zones[index].put(page, self.cpu, cold)
        return int(self.arena.call("free", page, cold)[0])

    def drain(self):
        """All lists of this CPU are emptied."""
        for zone in self.zones.values():
            zone.drain(self.cpu)
        self.arena.call("drain")

    # ---- comparing

    def check(self, when):
        """Compare all lists and free pages with the model."""
        memmap = Memmap(self.kernel)
        for index, zone in self.zones.items():
            view = self.view(index)
            for cpu in range(self.cpus):
                for cold in (HOT, COLD):
                    self._check_list(f"CPU {cpu}'s {NAMES[cold]} list of zone {index} {when}",
                                     pcp_pages(memmap, view, cpu, cold, self.base), zone.list(cpu, cold).pages)
            found = buddy_pages(memmap, view, self.base)
            expect(f"pages on the buddy lists of zone {index} {when}", sorted(found), sorted(zone.free))
            expect(f"free_pages of zone {index} {when}", view.free_pages, len(zone.free))

    @staticmethod
    def _check_list(what, got, wanted):
        count, pages = got
        expect(f"{what} (the first goes out next)", pages, wanted)
        expect(f"{what}: its count", count, len(wanted))

    def check_irqs(self):
        """Interrupts were off when the kernel's functions were called, and must have stayed so."""
        expect("interrupts came on in a function that was called with interrupts off (1: yes)",
               self.arena.call("irqs"), ["0"], "whoever switches interrupts off saves how they were, and restores that")

    # ---- the machine's life at random

    def work(self, rng, steps, zone_indices=(NORMAL,)):
        """Pages asked for and freed on CPUs at random; compared now and then."""
        held = []
        for step in range(steps):
            if rng.random() < 0.2:
                self.become(rng.randrange(self.cpus))
            if held and rng.random() < 0.5:
                self.free(held.pop(rng.randrange(len(held))), rng.choice((HOT, HOT, COLD)))
            else:
                page = self.alloc(rng.choice(zone_indices), rng.choice((HOT, HOT, COLD)))
                held += [page] if page >= 0 else []
            if rng.random() < 0.03:
                self.drain()
            if step % 20 == 19:
                self.check(f"after {step + 1} pages asked for or freed")
        for page in held:
            self.free(page)
        for cpu in range(self.cpus):
            self.become(cpu)
            self.drain()
        self.check("after everything was freed, and all CPUs' lists drained")


class Counters:
    """Some zones' counters, and the truth."""

    def __init__(self, percpu, thresholds):
        """thresholds: for each CPU"""
        self.percpu, self.arena, self.kernel = percpu, percpu.arena, percpu.kernel
        self.thresholds, self.truth = thresholds, Counter()
        say(self.arena, [("threshold", index, cpu, t) for index in percpu.zones for cpu, t in enumerate(thresholds)])

    def mod(self, index, item, delta):
        """So many more or less, at once."""
        self.truth[index, item] += delta
        self.arena.call("mod", index, item, delta)

    def step(self, index, item, times):
        """One more each time, or one less if `times` is negative."""
        self.truth[index, item] += times
        self.arena.call("inc" if times > 0 else "dec", index, item, abs(times))

    def refresh(self, *cpus):
        """These CPUs' differences go into the sums."""
        for cpu in cpus:
            self.arena.call("cpu", cpu)
            self.arena.call("refresh", cpu)

    def differences(self, index, item):
        """What each CPU keeps of a counter."""
        zone = self.percpu.view(index)
        return [pageset(zone, cpu).vm_stat_diff[item] for cpu in range(self.percpu.cpus)]

    def sum(self, index, item):
        """A zone's sum, without the differences."""
        return self.percpu.view(index).vm_stat[item].counter

    def total(self, item):
        """The machine's sum."""
        return self.kernel.array("atomic_long_t", self.kernel["vm_stat"], self.percpu.items)[item].counter

    def check(self, when):
        """Sums and differences make the truth; thresholds are kept; the machine's sum is that of the zones."""
        for (index, item), truth in sorted(self.truth.items()):
            differences = self.differences(index, item)
            what = f"counter {item} of zone {index} {when}"
            expect(f"{what}: sum {self.sum(index, item)} and differences {differences} together",
                   self.sum(index, item) + sum(differences), truth,
                   "the counter drifts: what leaves a difference goes into the sum, and what goes into the sum leaves the difference")
            far = [(cpu, d) for cpu, (d, t) in enumerate(zip(differences, self.thresholds)) if abs(d) > t]
            expect(f"{what}: (CPU, difference) beyond the threshold", far, [],
                   "as soon as a difference is more than the threshold away from 0, up or down, it goes into the sum")
        for item in sorted({i for _, i in self.truth}):
            expect(f"the machine's sum of counter {item} {when}, against its zones'", self.total(item),
                   sum(self.sum(index, item) for index in self.percpu.zones))


def ask_thresholds(arena, cases):
    """Compare the thresholds of (CPUs, present pages) with the rule's."""
    percpu = Percpu(arena)
    for cpus, present in cases:
        say(arena, [("present", NORMAL, present), ("online", cpus), ("thresholds",)])
        zone = percpu.view(NORMAL)
        expect(f"stat_threshold of all CPUs, {cpus} online, in a zone of {present} pages ({present / MIB_PAGES:g} MiB)",
               [pageset(zone, cpu).stat_threshold for cpu in range(percpu.cpus)], [stat_threshold(cpus, present)] * percpu.cpus)


# ---- a booted machine -------------------------------------------------------------------------------------------------

def check_lists(kernel, cpus):
    """The lists of a stopped guest: counted, below `high`, no page twice, none in use. => pages on them"""
    memmap, seen = Memmap(kernel), []
    for _, name, zone in zones(kernel):
        if not zone.present_pages:
            continue
        in_buddy = buddy_pages(memmap, zone)
        for cpu in range(cpus):
            for cold in (HOT, COLD):
                where = f"CPU {cpu}'s {NAMES[cold]} list of zone {name}"
                count, pages = pcp_pages(memmap, zone, cpu, cold)
                expect(f"{where}: its count, against the pages in it", count, len(pages))
                assert count <= pageset(zone, cpu).pcp[cold].high, f"{where} has {count} pages, more than its high mark"
                first, end = zone.zone_start_pfn, zone.zone_start_pfn + zone.spanned_pages
                expect(f"{where}: pages of other zones", [p for p in pages if not first <= p < end], [])
                seen += pages
        expect(f"zone {name}: pages on a CPU's list and on the buddy lists, too", sorted(set(seen) & set(in_buddy)), [])
    expect("pages that are on the CPUs' lists twice", len(seen) - len(set(seen)), 0)
    return seen


def check_slab_counters(kernel, cpus):
    """NR_SLAB_* of a stopped guest against the pages that have PG_slab. => how many these are"""
    memmap, bit, in_all = Memmap(kernel), 1 << kernel.constant("PG_slab"), 0
    items = [kernel.constant("NR_SLAB_RECLAIMABLE"), kernel.constant("NR_SLAB_UNRECLAIMABLE")]
    for _, name, zone in zones(kernel):
        if not zone.present_pages:
            continue
        start, end = zone.zone_start_pfn, zone.zone_start_pfn + zone.spanned_pages
        slabs = sum(bool(flags & bit) for _, flags in memmap.members(start, end, "flags"))
        sums = sum(zone.vm_stat[item].counter for item in items)
        differences = [pageset(zone, cpu).vm_stat_diff[item] for cpu in range(cpus) for item in items]
        expect(f"zone {name}: its sums of slab pages ({sums}) and the CPUs' differences {differences} together",
               sums + sum(differences), slabs, "this many pages have PG_slab: the counters drifted from the truth")
        in_all += slabs
    return in_all
