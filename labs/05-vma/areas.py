"""The areas of the arena's address spaces, read out of the kernel's memory: list, tree, holes, figures."""

from grade.plugin import expect
from grade.space import ANONYMOUS, PAGE, PRIVATE, RW, SHARED, Space
from model import GUARD, Area, told

VM_SHARED, VM_GROWSDOWN, VM_EXEC, VM_WRITE = 0x8, 0x100, 4, 2       # mm/mm.h
VM_LOCKED, VM_DONTCOPY, VM_ACCOUNT = 0x2000, 0x20000, 0x100000
MARKS = {VM_GROWSDOWN: "grows", VM_LOCKED: "locked", VM_DONTCOPY: "unforked"}
DONTFORK, DOFORK = 10, 11                                           # MADV_…
LEGACY, MOST_AREAS, DATA_LIMIT = 0, 1, 2                            # the arena's knobs
FIGURES = "vm_stat_account(): whoever changes how many pages there are of a kind tells it, less for the old kind, more for the new"
MANY = 100_000                                                      # no test makes so many areas
SCRATCH = 7                                                         # a space of no test's


class Areas(Space):
    """Spaces whose areas are looked at."""

    def __init__(self, arena):
        super().__init__(arena)
        self.names = {0: -1}                        # a struct file's address → its number
        self.promised = self.committed()

    def file(self, f, pages, unaccounted=False):
        super().file(f, pages, unaccounted)
        self.map(SCRATCH, 0x10000000, 1, RW, SHARED, f)
        self.names[next(self.views(SCRATCH)).vm_file] = f
        self.drop(SCRATCH)

    def bottom_up(self):
        """Spaces made from now on are filled from below."""
        self.call("tune", LEGACY, 1)

    def place(self, m, pages, hint=0, prot=0):
        """A mapping wherever the kernel finds a place: its address or -errno."""
        self.mm(m)
        return self.address(self.call("map", m, hint, pages, prot, PRIVATE | ANONYMOUS, -1, 0)[0])

    def spread(self, m, addr, number, step):
        """So many areas of a page each, every `step` pages."""
        self.mm(m)
        expect(f"how many of {number} mappings at {addr:#x} fail", self.call("spread", m, addr, number, step), [0])

    # ---- looking

    def views(self, m):
        """The struct vm_area_structs of a space, in the list's order."""
        vma, seen = self.view(m).follow("mmap"), set()
        while vma and len(seen) < MANY:
            expect(f"is the area from {vma.vm_start:#x} on twice in the list?", vma.address in seen, False)
            seen.add(vma.address)
            yield vma
            vma = vma.follow("vm_next")

    def listed(self, m):
        """Its areas as the model has them."""
        return [self._area(vma) for vma in self.views(m)]

    def _area(self, vma):
        file = self.names.get(vma.vm_file, 99)         # 99: of nobody
        index = vma.vm_pgoff - (0 if file >= 0 else vma.vm_start // PAGE)
        marks = tuple(name for flag, name in MARKS.items() if vma.vm_flags & flag)
        return Area(vma.vm_start, vma.vm_end, vma.vm_flags & 7, bool(vma.vm_flags & VM_SHARED), file, index, marks)

    def committed(self):
        """Pages that are promised to all, Committed_AS."""
        return self._long(self.kernel.number(self.kernel["vm_committed_space"], self.kernel.word))

    def opened(self, f):
        """How many areas of a file its ->open heard of, and who holds the file beside the arena."""
        counts = self.call("counts", f)
        return counts[2], counts[3] - 1

    # ---- expecting

    def expect_areas(self, m, wanted, when):
        """The list of areas; and do tree, holes and figures agree with it?"""
        expect(f"the areas {when}", told(self.listed(m)), told(wanted))
        self.sound(m, when)

    def sound(self, m, when):
        """Do list, tree, holes and figures of a space agree?"""
        mm, vmas = self.view(m), list(self.views(m))
        tree = [self._of(node) for node in self._in_order(mm.mm_rb.rb_node)]
        expect(f"areas in the tree's order {when}", " ".join(f"{v.vm_start:x}" for v in tree), " ".join(f"{v.vm_start:x}" for v in vmas))
        expect(f"map_count {when}", mm.map_count, len(vmas))
        pages = [(v.vm_end - v.vm_start) // PAGE for v in vmas]
        expect(f"total_vm {when}", mm.total_vm, sum(pages), FIGURES)
        data = sum(n for v, n in zip(vmas, pages) if v.vm_flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN) == VM_WRITE)
        expect(f"data_vm, the pages of private writable areas, {when}", mm.data_vm, data, FIGURES)
        text = sum(n for v, n in zip(vmas, pages) if v.vm_file and v.vm_flags & (VM_EXEC | VM_WRITE) == VM_EXEC)
        expect(f"exec_vm, the pages of files that may be run, {when}", mm.exec_vm, text, FIGURES)
        expect(f"locked_vm {when}", mm.locked_vm, sum(n for v, n in zip(vmas, pages) if v.vm_flags & VM_LOCKED),
               "locked_vm counts the pages of all areas with VM_LOCKED, and grows with them")
        self._check_holes(vmas, when)

    def expect_promised(self, when):
        """Is Committed_AS what the areas of all spaces are accounted for?"""
        accounted = sum((v.vm_end - v.vm_start) // PAGE for m in self.spaces for v in self.views(m) if v.vm_flags & VM_ACCOUNT)
        expect(f"pages in Committed_AS {when}, where the areas with VM_ACCOUNT have {accounted}", self.committed() - self.promised, accounted)

    def _of(self, node):
        offset = self.kernel.types.get("struct vm_area_struct").members["vm_rb"].offset
        return self.kernel.at("struct vm_area_struct", node - offset)

    def _in_order(self, root):
        way, node, seen = [], root, 0
        while (way or node) and seen < MANY:
            while node and len(way) < MANY:
                way.append(node)
                node = self.kernel.at("struct rb_node", node).rb_left
            node = way.pop()
            seen += 1
            yield node
            node = self.kernel.at("struct rb_node", node).rb_right

    def _check_holes(self, vmas, when):
        end, most = 0, {}
        for vma in vmas:
            top = vma.vm_start - (GUARD * PAGE if vma.vm_flags & VM_GROWSDOWN else 0)
            expect(f"the free bytes below the area from {vma.vm_start:#x} on (its hole) {when}", hex(vma.hole), hex(max(top - end, 0)))
            end, most[vma.address_of("vm_rb")] = vma.vm_end, vma.hole
        for vma in vmas:
            node = vma.vm_rb
            below = [self._of(n).max_hole for n in (node.rb_left, node.rb_right) if n]
            expect(f"max_hole of the area from {vma.vm_start:#x} on {when}", hex(vma.max_hole), hex(max([vma.hole, *below])))
