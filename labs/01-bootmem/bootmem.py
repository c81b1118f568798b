"""The bootmem arena as the tests see it: synthetic nodes; bitmaps and free lists are read from the guest's memory.

The verbs are those of mm/test/bootmem_arena.c. Pages are frame numbers, `base` is the first of the arena's frames.
"""

from grade.plugin import expect
from model import PAGE, Node

ANY = 0xffffffff                # a node number: whichever node the range lies in


class Bootmem:
    """The arena, as new: what it has, and the nodes that a test makes of it."""

    def __init__(self, arena):
        arena.call("reset")
        self.arena, self.kernel = arena, arena.kernel
        self.base, self.frames, zone, memmap = self.call("frames")
        self.zone_address, self.memmap = zone + self.kernel.page_offset, memmap + self.kernel.page_offset
        self.none = (1 << 8 * self.kernel.word) - 1
        self.nodes = {}

    def call(self, verb, *numbers):
        """A verb's answer as numbers; none for "ok"."""
        words = self.arena.call(verb, *numbers)
        return [] if words == ["ok"] else [int(w) for w in words]

    def node(self, first, end, *, nid=0, at=None):
        """Node `nid` from frame base + first to before base + end, all taken; bitmap in frame base + at, else the last."""
        at = self.frames - 1 - nid if at is None else at
        model = Node(self.base + first, self.base + end, range(self.base + at, self.base + at + 1))
        bytes_of_map, _ = self.call("node", nid, model.map.start, model.start, model.end)
        assert bytes_of_map <= PAGE, "the tests' nodes have bitmaps of one page"
        self.nodes[nid] = model
        return model

    def all_free(self, nid=0):
        """Every bit of the node's bitmap is cleared, without the help of the functions under test."""
        self.call("clear", nid)
        self.nodes[nid].free = set(range(self.nodes[nid].start, self.nodes[nid].end))

    def _each(self, nid):
        return self.nodes.values() if nid == ANY else [self.nodes[nid]]

    def free(self, addr, size, nid=0):
        """free_bootmem_node(), or free_bootmem() for nid = ANY."""
        self.call("free", self.none if nid == ANY else nid, addr, size)
        for node in self._each(nid):
            node.release(addr, size)

    def reserve(self, addr, size, nid=0):
        """reserve_bootmem_node(), or reserve_bootmem() for nid = ANY."""
        self.call("reserve", self.none if nid == ANY else nid, addr, size)
        for node in self._each(nid):
            node.reserve(addr, size)

    def find(self, first, end, n, step, nid=0):
        """bootmem_find_run() for indices into the node."""
        return self.call("find", nid, first, end, n, step)[0]

    def alloc(self, size, align, goal=0, limit=0, nid=0):
        """__alloc_bootmem_core(): the physical address, or None."""
        addr = self.call("alloc", nid, size, align, goal, limit)[0]
        return None if addr == self.none else addr

    # ---- what is so in memory

    def read_free(self, nid=0):
        """The pages whose bit in the node's bitmap is clear: a set."""
        node = self.nodes[nid]
        pages = node.end - node.start
        # An array of unsigned longs, little-endian on both machines: bit i is bit i % 8 of byte i / 8.
        data = self.kernel.read(self.kernel.page_offset + node.map.start * PAGE, -(-pages // 8))
        return {node.start + i for i in range(pages) if not data[i // 8] >> i % 8 & 1}

    def pages(self, pages):
        """Pages for a message: runs of them, counted from the arena's first frame."""
        runs = []
        for page in sorted(p - self.base for p in pages):
            if runs and runs[-1][1] == page - 1:
                runs[-1][1] = page
            else:
                runs.append([page, page])
        return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs) or "none"

    def check(self, what, cause=None):
        """The bitmaps are as the model says."""
        for nid, node in sorted(self.nodes.items()):
            got = self.read_free(nid)
            if got != node.free:
                where = f" of node {nid}" if len(self.nodes) > 1 else ""
                expect(f"the free pages{where} after {what} (pages of the arena)", self.pages(got),
                       self.pages(node.free), cause=cause)

    def check_alloc(self, size, align, goal=0, limit=0, nid=0):
        """A request gets what it may get, and its pages become taken. Returns the address, or None."""
        node = self.nodes[nid]
        allowed = node.answers(size, align, goal, limit)
        what = f"__alloc_bootmem_core({size} bytes, align {align:#x}, goal {goal:#x}, limit {limit:#x})"
        addr = self.alloc(size, align, goal, limit, nid)
        if addr not in allowed:
            expect(f"the address from {what}, with free pages {self.pages(node.free)}, page 0 at {self.base * PAGE:#x}",
                   show(addr), " or ".join(sorted(map(show, allowed))))
        if addr is not None:
            node.take(allowed[addr], size, align)
        self.check(what)
        return addr

    def free_lists(self):
        """The pages on the zone's free lists: a set. Fails if a block is not aligned, not marked, or there twice."""
        zone, found = self.kernel.at("struct zone", self.zone_address), []
        for order, area in enumerate(zone.free_area):
            for page in self.kernel.list(area.address_of("free_list"), "struct page", "lru"):
                pfn = self.base + (page.address - self.memmap) // page.type.size
                assert pfn % (1 << order) == 0, f"page {pfn - self.base} begins a block of order {order}: not aligned"
                found += range(pfn, pfn + (1 << order))
        assert len(found) == len(set(found)), "a page is on the free lists twice"
        return set(found)

    def reserved(self):
        """The frames with PG_reserved: a set."""
        bit, page, word = self.kernel.constant("PG_reserved"), self.kernel.types.get("struct page"), self.kernel.word
        data, offset = self.kernel.read(self.memmap, self.frames * page.size), page.members["flags"].offset
        flags = (int.from_bytes(data[at:at + word], "little") for at in range(offset, len(data), page.size))
        return {self.base + i for i, value in enumerate(flags) if value >> bit & 1}


def show(addr):
    return "none" if addr is None else f"{addr:#x}"
