"""The arena of mm/test/slab_arena.c, read from outside: every slab, chain and array is compared with the objects that the test has.

An object is its distance in bytes from the arena's first frame, and None is no object.
"""

from dataclasses import dataclass

from grade.plugin import expect
from model import HWCACHE_ALIGN, LINE, OFF_SLAB, PAGE, RECLAIMABLE, align_up, choose_order, management

LISTS = ("slabs_full", "slabs_partial", "slabs_free")
END = 0xFFFFFFFF                # BUFCTL_END
MANAGEMENT = 3                  # the cache that off-slab management comes from
NODES = (0, 1)


@dataclass
class Slab:
    """A struct slab, and its chain of free objects, which are numbered from 0."""
    address: int
    where: str                  # the list that it is on
    first: int                  # of its objects, in bytes from the arena's first frame
    inuse: int
    chain: list


def read_chain(kernel, slab, num, what):
    """The numbers of a slab's free objects, in the order of the chain."""
    chain, i, start = [], slab.free, slab.address + kernel.sizeof("struct slab")
    while i != END:
        if i >= num or i in chain:
            expect(f"the chain of free objects of {what}, which has {num} objects, after {chain}", i,
                   "the number of an object that was not on it yet, or BUFCTL_END")
        chain.append(i)
        i = kernel.number(start + 4 * i, 4)
    return chain


class Cache:
    """One of the arena's caches, its objects in use, and what the kernel keeps of it."""

    def __init__(self, arena, index, size, align=0, flags=0, ctor=False, break_order=0):
        self.arena, self.kernel, self.index = arena, arena.kernel, index
        lines = [("where",), ("break", break_order)]
        lines += [("cache", MANAGEMENT, 256, 0, 0, 0)] if size >= PAGE >> 3 else []
        where, *_, fits = arena.calls([*lines, ("cache", index, size, align, flags, int(ctor))])
        self.base, self.frames, caches, step = (int(w) for w in where)
        self.address, self.held, self.steps, self.fits = caches + index * step, {}, [], fits == ["1"]

    @property
    def view(self):
        """The struct kmem_cache."""
        return self.kernel.at("struct kmem_cache", self.address)

    def list3(self, node):
        """The struct kmem_list3 of a node."""
        return self.kernel.at("struct kmem_list3", self.view.nodelists[node])

    def limits(self, limit, batch, cpus=range(8)):
        """Of these CPUs' arrays."""
        self.arena.calls([("limits", self.index, cpu, limit, batch) for cpu in cpus])

    # ---- objects

    def alloc(self, node=0):
        """An object, or None."""
        return self._came(int(self.arena.call("alloc", self.index, node)[0]), node)

    def alloc_many(self, number, node=0):
        """So many objects, fewer when there are no more."""
        found = []
        while len(found) < number:
            lines = [("alloc", self.index, node)] * min(16, number - len(found))
            found += [self._came(int(words[0]), node) for words in self.arena.calls(lines)]
            if None in found:
                break
        return [obj for obj in found if obj is not None]

    def _came(self, got, node):
        self.steps.append(f"an object of node {node} asked for: {got}")
        if got < 0:
            return None
        expect(f"an object that is in use already came again: {got}", got in self.held, False)
        self.held[got] = node
        return got

    def must_alloc(self, node=0):
        """An object."""
        got = self.alloc(node)
        assert got is not None, f"no object came, though {self.kernel.at('struct zone', self._zone()).free_pages} pages are free"
        return got

    def _zone(self):
        node = self.kernel.array("unsigned long", self.kernel["node_data"], 2)[0]
        return self.kernel.at("pg_data_t", node).node_zones[self.kernel.constant("ZONE_NORMAL")].address

    def free_pages(self):
        """How many of the arena's frames are free."""
        return self.kernel.at("struct zone", self._zone()).free_pages

    def free(self, obj):
        """Give an object back."""
        self.steps.append(f"object {obj} freed")
        del self.held[obj]
        self.arena.call("free", self.index, obj)

    # ---- what the kernel keeps

    def slabs(self, node):
        """All slabs of a node's lists, by address."""
        num, found = self.view.num, []
        for where in LISTS:
            for slab in self.kernel.list(self.list3(node).address_of(where), "struct slab", "list"):
                first = slab.s_mem - self.base
                chain = read_chain(self.kernel, slab, num, f"the slab whose objects begin at {first}")
                found.append(Slab(slab.address, where, first, slab.inuse, chain))
        return sorted(found, key=lambda s: s.first)

    def array(self, address):
        """The objects in a struct array_cache, the latest at the end; None if there is none."""
        if not address:
            return None
        head = self.kernel.at("struct array_cache", address)
        start, word = address + self.kernel.sizeof("struct array_cache"), self.kernel.word
        assert head.avail <= head.limit, f"an array for {head.limit} objects says that it has {head.avail}"
        return [self.kernel.number(start + i * word, word) - self.base for i in range(head.avail)]

    def cpu_array(self, cpu=0):
        """The objects in a CPU's array."""
        return self.array(self.view.array[cpu])

    def shared_array(self):
        """The objects in node 0's shared array."""
        return self.array(self.list3(0).shared)

    # ---- comparing

    def check(self, when, nodes=NODES):
        """Each object is in one place, each slab on the right list, and the numbers add up."""
        cache = self.view
        ready = [obj for cpu in range(len(cache.array)) for obj in self.cpu_array(cpu)] + (self.shared_array() or [])
        expect(f"objects that are in an array {when}, and in use or in an array for the second time",
               sorted(o for o in set(ready) if o in self.held or ready.count(o) > 1), [])
        out = set(ready) | set(self.held)
        for node in nodes:
            slabs = self.slabs(node)
            for slab in slabs:
                self._check_slab(slab, out, cache, f"the slab of node {node} whose objects begin at {slab.first}, {when}")
            expect(f"free_objects of node {node} {when}: what is on the chains of its slabs", self.list3(node).free_objects,
                   sum(len(s.chain) for s in slabs))
        every = {s.first + i * cache.buffer_size for node in NODES for s in self.slabs(node) for i in range(cache.num)}
        expect(f"objects in use or in an array {when} that are of no slab", sorted(out - every), [])

    @staticmethod
    def _check_slab(slab, out, cache, what):
        used = [i for i in range(cache.num) if slab.first + i * cache.buffer_size in out]
        expect(f"{what}: its free objects, by number", sorted(slab.chain), [i for i in range(cache.num) if i not in used])
        expect(f"{what}: its objects in use", slab.inuse, len(used))
        wanted = "slabs_free" if not used else "slabs_full" if len(used) == cache.num else "slabs_partial"
        expect(f"{what}, with {len(used)} of {cache.num} objects in use: its list", slab.where, wanted)

    def work(self, rng, steps, nodes=NODES, cpus=1):
        """Objects asked for and freed at random, on CPUs at random; all is compared now and then."""
        for step in range(steps):
            if cpus > 1 and rng.random() < 0.3:
                self.arena.call("cpu", rng.randrange(cpus))
            if self.held and rng.random() < (0.3 if step < steps // 2 else 0.6):
                self.free(rng.choice(sorted(self.held)))
            else:
                self.alloc(rng.choice(nodes))
            if step % 20 == 19:
                self.check(f"after {step + 1} requests and frees (the last: {'; '.join(self.steps[-6:])})")
        for obj in rng.sample(sorted(self.held), len(self.held)):
            self.free(obj)
        self.check("after everything was freed")


# ---- layouts ------------------------------------------------------------------------------------------------------------

def ask_layouts(arena, cases, cause=None):
    """Compare caches' layouts with the model's; cases: (size, wished alignment, flags, break_order)."""
    for size, align, flags, break_order in cases:
        cache = Cache(arena, 0, size, align, flags, break_order=break_order)
        what = f"a cache of objects of {size} bytes, alignment {align or 'as it comes'}, flags {flags:#x}, slab_break_gfp_order {break_order}"
        expect(f"(order, objects in a slab, colours) of {what}", _layout(cache), _wanted(cache, size, align, flags, break_order), cause)


def _layout(cache):
    if not cache.fits:
        return None
    return cache.view.gfporder, cache.view.num, cache.view.colour


def alignment(kernel, size, align, flags):
    """What cache_align() makes of a wish: a word at least; a line, or its half, quarter … for objects that fit there."""
    found = kernel.word
    if flags & HWCACHE_ALIGN:
        found = LINE
        while size <= found // 2:
            found //= 2
    return max(found, align, kernel.word)


def _wanted(cache, size, align, flags, break_order):
    kernel = cache.kernel
    align, header = alignment(kernel, size, align, flags), kernel.sizeof("struct slab")
    size = align_up(size, kernel.word)
    off_slab = size >= PAGE >> 3
    size = align_up(size, align)
    best = choose_order(size, align, header, break_order, off_slab, bool(flags & RECLAIMABLE))
    if best is None:
        return None
    order, num, left = best
    if off_slab and left >= management(header, num, align):
        left -= management(header, num, align)
    return order, num, left // max(align, LINE)


# ---- a booted machine ---------------------------------------------------------------------------------------------------

def check_caches(kernel):
    """All caches of a stopped guest: chains, lists and counts of their slabs. => objects that are out of their slabs"""
    out = 0
    for cache in kernel.list(kernel["cache_chain"], "struct kmem_cache", "next"):
        name, l3 = kernel.string(cache.name), kernel.at("struct kmem_list3", cache.nodelists[0])
        in_chains = 0
        for where in LISTS:
            for slab in kernel.list(l3.address_of(where), "struct slab", "list"):
                what = f"a slab of cache {name} on {where}"
                chain = read_chain(kernel, slab, cache.num, what)
                expect(f"{what}: objects in use and free together", slab.inuse + len(chain), cache.num)
                right = {"slabs_full": not chain, "slabs_free": not slab.inuse, "slabs_partial": bool(chain and slab.inuse)}
                assert right[where], f"{what} has {slab.inuse} of {cache.num} objects in use"
                in_chains += len(chain)
                out += slab.inuse
        expect(f"cache {name}: free_objects", l3.free_objects, in_chains)
    return out


def is_off_slab(cache):
    """Does a cache keep its management elsewhere?"""
    return bool(cache.view.flags & OFF_SLAB)
