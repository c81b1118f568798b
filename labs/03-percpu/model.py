"""What must hold of the CPUs' page lists and counter differences, whatever happens to them: nothing here says how to get there.

Pages are numbered from the arena's first one. A free page of a zone is in one place: on the zone's buddy lists, or on one list of
one CPU, hot or cold. Rules:

  lists      A list is a stack: what was freed last goes out first. `count` is its length. Only its own CPU uses it.
  refill     Only an empty list is filled: with `batch` pages of its zone, or as many as there are.
  too many   A list that has come to `high` pages gives `batch` of them back to its zone: those that were freed longest ago.
  counters   Of a zone's counter, its sum and all CPUs' differences make the truth, always. No difference is further from 0 than
             its CPU's threshold. The machine's sum is the zones' sums together.
"""

from dataclasses import dataclass, field

DMA, DMA32, NORMAL, HIGHMEM = range(4)          # enum zone_type
HOT, COLD = range(2)
GFP_COLD = 0x100                                # mm/gfp.h
MIB_PAGES = 256                                 # pages of a MiB


@dataclass
class List:
    """One CPU's list of a zone. pages: what goes out next comes first."""
    high: int = 0
    batch: int = 1
    pages: list = field(default_factory=list)


@dataclass
class Zone:
    """A run of pages. free: those on the buddy lists; lists: (cpu, cold) → List."""
    first: int
    pages: int
    free: set = field(default_factory=set)
    lists: dict = field(default_factory=dict)

    def list(self, cpu, cold):
        """The list of a CPU, hot or cold."""
        return self.lists.setdefault((cpu, cold), List())

    def put(self, page, cpu, cold):
        """A page was freed on this CPU."""
        where = self.list(cpu, cold)
        where.pages.insert(0, page)
        if len(where.pages) >= where.high:
            self.give_back(where, where.batch)

    def give_back(self, where, pages):
        """The last ones of a list go to the zone."""
        keep = max(0, len(where.pages) - pages)
        self.free.update(where.pages[keep:])
        del where.pages[keep:]

    def drain(self, cpu):
        """All of a CPU's pages go to the zone."""
        for cold in (HOT, COLD):
            where = self.list(cpu, cold)
            self.give_back(where, len(where.pages))


def stat_threshold(cpus, present_pages):
    """How far from 0 a CPU's difference may be: more CPUs and more memory (in 128 MiB) make it larger, up to 125.

    bit_length() is fls(): the number of the highest bit that is set, from 1 on; 0 for 0.
    """
    memory = present_pages // (128 * MIB_PAGES)
    return min(125, 2 * cpus.bit_length() * (1 + memory.bit_length()))
