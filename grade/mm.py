"""Memory management as labs' tests see it in a guest's memory: nodes, zones and the struct pages of its sections."""


class Memmap:
    """The struct pages of a guest's memory (mm/sparse.c: a section's map is biased by its first pfn)."""

    def __init__(self, kernel):
        self.kernel, self.kind = kernel, kernel.types.get("struct page")
        self.section_shift = kernel.constant("SECTION_SIZE_BITS") - kernel.constant("PAGE_SHIFT")
        self.mask = (1 << 8 * kernel.word) - 1
        self.buddy_bit = kernel.constant("PG_buddy")

    def _map(self, section):
        size = self.kernel.sizeof("struct mem_section")
        return self.kernel.at("struct mem_section", self.kernel["mem_section"] + section * size).map

    def pfn(self, page):
        """The pfn of a struct page (a view): its flags say which section it is of."""
        start = self._map(page.flags >> self.kernel.constant("SECTIONS_PGSHIFT"))
        return ((page.address - start) & self.mask) // self.kind.size

    def members(self, first, end, *names):
        """(pfn, member, …) of all pages from pfn `first` to `end` that have a struct page; members are words."""
        for section in range(first >> self.section_shift, (end - 1 >> self.section_shift) + 1):
            low, high = max(first, section << self.section_shift), min(end, section + 1 << self.section_shift)
            if self._map(section):
                yield from self._members(self._map(section), low, high, names)

    def _members(self, start, first, end, names):
        size, word = self.kind.size, self.kernel.word
        raw = self.kernel.read((start + first * size) & self.mask, (end - first) * size)
        offsets = [self.kind.members[m].offset for m in names]
        for i in range(end - first):
            page = raw[i * size:(i + 1) * size]
            yield first + i, *(int.from_bytes(page[o:o + word], "little") for o in offsets)

    def marks(self, first, end):
        """(pfn, PG_buddy, private) of all pages from pfn `first` to `end` that have a struct page."""
        for pfn, flags, private in self.members(first, end, "flags", "private"):
            yield pfn, bool(flags >> self.buddy_bit & 1), private


def zones(kernel):
    """(node, name, struct zone as a view) of all online nodes' zones, in order."""
    nodes = kernel.array("unsigned long", kernel["node_data"], kernel.constant("MAX_NUMNODES"))
    for nid in range(len(nodes)):
        if kernel.at("unsigned long", kernel["node_online_map"]) >> nid & 1:
            for zone in kernel.at("pg_data_t", nodes[nid]).node_zones:
                yield nid, kernel.string(zone.name), zone
