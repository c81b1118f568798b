"""The arena of mm/test/space_arena.c: address spaces of a machine without user space, as labs' tests see them.

What is done is asked of the kernel; what came of it is read out of its memory: page tables, struct pages, frames.

    space = Space(arena)
    space.anon(0, BASE, 4)                          # space 0 has four pages of private memory at BASE
    space.fault(0, BASE, WRITE)                     # VM_FAULT_MINOR
    space.entry(0, BASE).write                      # True
    space.check("after a write")                    # do all counters, references and entries fit together?
"""

import errno
from dataclasses import dataclass

from grade.plugin import expect

PAGE = 4096
BASE = 0x10000000                                   # where tests map
READ, WRITE, EXEC = 1, 2, 4                         # an access (mm/fault.h), and PROT_READ, PROT_WRITE, PROT_EXEC
NONE, RW = 0, READ | WRITE
SHARED, PRIVATE, FIXED, ANONYMOUS, GROWSDOWN, LOCKED, NORESERVE = 0x01, 0x02, 0x10, 0x20, 0x100, 0x2000, 0x4000    # MAP_…
DONTNEED, DONTFORK, WIPEONFORK = 4, 10, 18          # MADV_…
SIGBUS, SIGSEGV = 7, 11
MAPERR, ACCERR, ADRERR = 1, 2, 2                    # SEGV_MAPERR, SEGV_ACCERR, BUS_ADRERR
ENOMEM, EFAULT, EINVAL = -12, -14, -22
OOM, BUS, MINOR, MAJOR, WRITTEN = 0, 1, 2, 3, 0x10  # VM_FAULT_… (mm/mm.h)
FAULTS = {OOM: "VM_FAULT_OOM", BUS: "VM_FAULT_SIGBUS", MINOR: "VM_FAULT_MINOR", MAJOR: "VM_FAULT_MAJOR",
          MINOR | WRITTEN: "VM_FAULT_MINOR | VM_FAULT_WRITE"}
AT_ALLOC, AT_NOPAGE, AT_MKWRITE = range(3)          # where `meanwhile' happens
SUCCESS, AGAIN, FAIL = range(3)                     # SWAP_… (mm/rmap.h)
NOBODY, US, OTHERS = range(3)                       # who has the page's lock when `referenced' asks
THEY_READ, THEY_WRITE, THEY_DROP, THEY_TRUNCATE = range(4)
NR_SPACES = 8
BOOKS = "the books: rss, mapcount, reference count: whoever makes an entry, or takes one away, keeps all of them"
LINES_AT_ONCE = 32                                  # a budget is for all lines together


def said(number):
    """An answer of the kernel's as one reads it: an error's name, or an address."""
    return f"-{errno.errorcode[-number]}" if -4096 < number < 0 else hex(number)


def fault_name(number):
    """A fault's result as the kernel's source has it."""
    return FAULTS.get(number, str(number))


def file_byte(page, offset):
    """What byte `offset` of page `page` of every file of the arena is."""
    return (page + offset) & 0xff


@dataclass(frozen=True)
class Entry:
    """A present entry of a page table."""
    pfn: int
    write: bool
    young: bool
    dirty: bool


@dataclass(frozen=True)
class Format:
    """How a machine's page tables look: (shift, index bits) of each level, bytes of an entry, bits by number."""
    levels: tuple
    size: int
    pfn_shift: int
    pfn_bits: int
    none: int                                       # PROT_NONE: a page that nobody may touch
    write: int
    young: int
    dirty: int

    def pfn(self, entry):
        return entry >> self.pfn_shift & (1 << self.pfn_bits) - 1

    def entry(self, e):
        """An entry of the last level; None if nothing is present."""
        if not (e & 1 or e >> self.none & 1):
            return None
        return Entry(self.pfn(e), bool(e >> self.write & 1), bool(e >> self.young & 1), bool(e >> self.dirty & 1))


SV39 = Format(((30, 9), (21, 9), (12, 9)), 8, 10, 44, 8, 2, 6, 7)   # RISC-V privileged architecture, Sv39
PAE = Format(((30, 2), (21, 9), (12, 9)), 8, 12, 40, 7, 1, 5, 6)    # Intel SDM volume 3, PAE paging
CLASSIC = Format(((22, 10), (12, 10)), 4, 12, 20, 7, 1, 5, 6)       # the same, 32-bit paging


class Page:
    """A frame's struct page, as it is when this is made."""

    def __init__(self, kernel, view):
        self.flags, self.mapping, self.index = view.flags, view.mapping, view.index
        self.count = _signed(view._count.counter)
        self.mapped = _signed(view._mapcount.counter) + 1       # by so many entries
        self.kernel = kernel

    def has(self, flag):
        """Is PG_<flag> set?"""
        return bool(self.flags >> self.kernel.constant(f"PG_{flag}") & 1)

    @property
    def anon(self):
        return bool(self.mapping & 1)

    @property
    def cached(self):
        return bool(self.mapping) and not self.anon


def _signed(number):
    return number - (1 << 32) if number >= 1 << 31 else number


class Space:
    """The arena's address spaces and files."""

    def __init__(self, arena):
        self.arena, self.kernel = arena, arena.kernel
        size = self.kernel.sizeof("pgd_t")
        self.format = SV39 if self.kernel.word == 8 else PAE if size == 8 else CLASSIC
        self.spaces = set()

    # ---- doing

    def call(self, verb, *numbers):
        """A verb's answer as numbers."""
        return [int(w) for w in self.arena.call(verb, *numbers) if w != "ok"]

    def many(self, lines):
        """Verbs (verb, number, …) in one go, much faster than one by one: their answers as numbers."""
        rows = [self.arena.calls(lines[i:i + LINES_AT_ONCE]) for i in range(0, len(lines), LINES_AT_ONCE)]
        return [[int(w) for w in words if w != "ok"] for row in rows for words in row]

    def reads(self, m, addresses, cpu=0):
        """A byte at each address, or EFAULT."""
        return [words[0] for words in self.many([("read", m, addr, cpu) for addr in addresses])]

    def writes(self, m, what, cpu=0):
        """A byte to each address, of {address: byte}; all must succeed."""
        answers = self.many([("write", m, addr, byte, cpu) for addr, byte in what.items()])
        expect(f"writes of a byte each at {hex(min(what))} to {hex(max(what))} that fail", sum(a != [0] for a in answers), 0)

    def mm(self, m):
        """An empty address space, if it is not there yet."""
        if m not in self.spaces:
            self.call("mm", m)
            self.spaces.add(m)

    def drop(self, m):
        self.call("drop", m)
        self.spaces.discard(m)

    def fork(self, m, child):
        """`child` becomes m's child: 0 or -errno."""
        error = self.call("fork", m, child)[0]
        if not error:
            self.spaces.add(child)
        return error

    def map(self, m, addr, pages, prot=RW, flags=PRIVATE, file=-1, offset=0):
        """A mapping at exactly this address: of a file from page `offset` on, or of nothing."""
        self.mm(m)
        got = self.call("map", m, addr, pages, prot, flags | FIXED | (ANONYMOUS if file < 0 else 0), file, offset)
        expect(f"the address of a mapping of {pages} pages at {addr:#x}", [self.address(n) for n in got], [addr])

    def address(self, number):
        """An address, or -errno, of which the kernel printed a signed long."""
        return number if number >= -4095 else number + (1 << 8 * self.kernel.word)

    def anon(self, m, addr, pages, prot=RW, flags=PRIVATE):
        self.map(m, addr, pages, prot, flags)

    def file(self, f, pages, unaccounted=False):
        """A file; unaccounted: as a file that lives in memory only, nobody counts its dirty pages."""
        self.call("file", f, pages, int(unaccounted))

    def fault(self, m, addr, how):
        """handle_mm_fault(): VM_FAULT_…"""
        return self.call("fault", m, addr, how)[0]

    def access(self, m, addr, how):
        """A user's access that faults: (signal, code, address); (0, 0, 0) is none."""
        return tuple(self.call("access", m, addr, how))

    def read(self, m, addr, cpu=0):
        """The byte, or EFAULT."""
        return self.call("read", m, addr, cpu)[0]

    def write(self, m, addr, byte, cpu=0):
        """0 or EFAULT."""
        return self.call("write", m, addr, byte, cpu)[0]

    def meanwhile(self, place, what, m, addr):
        """In the middle of the next fault another thread does something; happened() says whether it did."""
        self.call("meanwhile", place, what, m, addr)

    def happened(self):
        return bool(self.call("done")[0])

    def place(self, pfn, m, addr):
        """vma_address() of a frame's page in the area at an address: an address, or EFAULT."""
        return self.address(self.call("place", pfn, m, addr)[0])

    def lookup(self, pfn, m, addr):
        """page_check_address(): (found?, the frame of the entry, is its table's lock held?)"""
        found, entry_pfn, locked = self.call("lookup", pfn, m, addr)
        return bool(found), entry_pfn, bool(locked)

    def referenced(self, pfn, who=NOBODY):
        """page_referenced(): how often the page was used since it was asked last."""
        return self.call("referenced", pfn, who)[0]

    def clean(self, pfn):
        """page_mkclean()"""
        return self.call("clean", pfn)[0]

    def unmap_all(self, pfn, migration=False):
        """try_to_unmap(): SWAP_…"""
        return self.call("unmap_all", pfn, int(migration))[0]

    def mapped(self):
        """(NR_ANON_PAGES, NR_FILE_MAPPED): how many pages of either kind somebody maps."""
        return tuple(self.call("mapped"))

    def family(self, m, addr):
        """[(space, start, end), …]: the list of the anon_vma of the area at an address, in its order; None without one."""
        k, vma = self.kernel, self.vma(m, addr)
        if vma is None or not vma.anon_vma:
            return None
        spaces = {self.view(n).address: n for n in self.spaces}
        head = k.at("struct anon_vma", vma.anon_vma).address_of("head")
        return [(spaces.get(v.vm_mm, "gone"), v.vm_start, v.vm_end) for v in k.list(head, "struct vm_area_struct", "anon_vma_node")]

    def anon_vmas(self):
        """How many anon_vmas there are."""
        k = self.kernel
        self.frames()                               # nobody hoards any, so that the slabs' counts are right
        cache = k.at("struct kmem_cache", k.number(k["anon_vma_cachep"], k.word))
        lists = [k.at("struct kmem_list3", address) for address in cache.nodelists if address]
        return sum(slab.inuse for l3 in lists for head in ("slabs_full", "slabs_partial")
                   for slab in k.list(l3.address_of(head), "struct slab", "list"))

    def vma(self, m, addr):
        """The struct vm_area_struct of the area that holds an address; None without one."""
        return next((v for v in self.vmas(m) if v.vm_start <= addr < v.vm_end), None)

    def vmas(self, m):
        """The struct vm_area_structs of space m, in order."""
        at = self.view(m).mmap
        while at:
            vma = self.kernel.at("struct vm_area_struct", at)
            yield vma
            at = vma.vm_next

    def areas(self, m):
        """[(start, end), …] of all areas."""
        words = [int(w, 16) for w in self.arena.call("areas", m)]
        return list(zip(words[::2], words[1::2]))

    def frames(self):
        """How many frames are free, when nobody hoards any."""
        return self.call("frames")[0]

    # ---- expecting

    def expect_fault(self, m, addr, how, wanted, when=""):
        """A fault's result; several may be right."""
        wanted = wanted if isinstance(wanted, tuple) else (wanted,)
        got = self.fault(m, addr, how)
        if got not in wanted:
            expect(f"what a {'write' if how & WRITE else 'read'} fault at {addr:#x}{when} returns", fault_name(got),
                   " or ".join(map(fault_name, wanted)))

    def expect_bytes(self, m, addr, wanted, when=""):
        """The bytes of the page mapped at an address, given as bytes or as one value of all."""
        got = self.bytes(self.present(m, addr, when).pfn)
        wanted = bytes([wanted]) * PAGE if isinstance(wanted, int) else wanted
        if got != wanted:
            at = next(i for i in range(PAGE) if got[i] != wanted[i])
            expect(f"byte {at} of the page at {addr:#x}{when}", got[at], wanted[at])

    def expect_rss(self, m, file, anon, when=""):
        """How many pages of files (the zero page counts as one), and of its own, a space has mapped."""
        expect(f"file_rss and anon_rss of space {m}{when}", self.rss(m), (file, anon), BOOKS)

    # ---- looking

    def view(self, m):
        """Space m's struct mm_struct."""
        address = self.kernel.array("unsigned long", self.kernel["space_mm"], NR_SPACES)[m]
        return self.kernel.at("struct mm_struct", address)

    def rss(self, m):
        mm = self.view(m)
        return tuple(self._long(c.counter) for c in (mm._file_rss, mm._anon_rss))

    def _long(self, number):
        bits = 8 * self.kernel.word
        return number - (1 << bits) if number >= 1 << bits - 1 else number

    def _table(self, pfn_or_pgd, level, physical=True):
        form = self.format
        count = 1 << form.levels[level][1]
        raw = self.kernel.memory.read(pfn_or_pgd * PAGE, count * form.size) if physical else \
            self.kernel.read(pfn_or_pgd, count * form.size)
        return [int.from_bytes(raw[i:i + form.size], "little") for i in range(0, len(raw), form.size)]

    def entry(self, m, addr):
        """The entry for an address; None if none is present."""
        form, table = self.format, self._table(self.view(m).pgd, 0, physical=False)
        for level, (shift, bits) in enumerate(form.levels):
            e = table[addr >> shift & (1 << bits) - 1]
            if level == len(form.levels) - 1:
                return form.entry(e)
            if not e & 1:
                return None
            table = self._table(form.pfn(e), level + 1)
        return None

    def present(self, m, addr, when=""):
        """The entry for an address; a mismatch if none is present: for whoever goes on with it."""
        entry = self.entry(m, addr)
        expect(f"an entry for {addr:#x} of space {m}{when}", "none" if entry is None else "there", "there",
               f"there is no entry at {addr:#x}, or none any more: was it made? If it was taken out, was it put back?")
        return entry

    def entries(self, m):
        """{address: Entry} of all that is present in space m."""
        mm = self.view(m)
        return dict(self._walk(self._table(mm.pgd, 0, physical=False), 0, 0, mm.task_size))

    def _walk(self, table, level, start, limit):
        form = self.format
        for i, e in enumerate(table):
            addr = start + (i << form.levels[level][0])
            if addr >= limit:
                break
            if level == len(form.levels) - 1:
                found = form.entry(e)
                if found:
                    yield addr, found
            elif e & 1:
                yield from self._walk(self._table(form.pfn(e), level + 1), level + 1, addr, limit)

    def expect_given_back(self, f, pages, pfns=()):
        """A file of which no page is mapped has none any more when it is truncated; pages of `pfns` that still are stay."""
        mapped = sum(self.page(pfn).mapped > 0 for pfn in pfns)
        free = self.frames()
        self.call("truncate", f, 0)
        gone = self.frames() - free
        assert gone >= pages - mapped, f"truncating the file gave {gone} frames back, it has {pages} pages at least: references were kept"

    def page(self, pfn):
        """A frame's struct page."""
        k = self.kernel
        section = pfn >> k.constant("SECTION_SIZE_BITS") - k.constant("PAGE_SHIFT")
        start = k.at("struct mem_section", k["mem_section"] + section * k.sizeof("struct mem_section")).map
        address = start + pfn * k.sizeof("struct page") & (1 << 8 * k.word) - 1
        return Page(k, k.at("struct page", address))

    def page_at(self, m, addr):
        """The struct page of what is mapped at an address."""
        return self.page(self.present(m, addr).pfn)

    def is_zero_page(self, pfn):
        """Is it the page that stands for all memory that nobody has written?"""
        page = self.page(pfn)
        return page.has("reserved") and not page.mapping

    def bytes(self, pfn):
        return self.kernel.memory.read(pfn * PAGE, PAGE)

    # ---- checking

    def check(self, when):
        """Do entries, rss, mapcounts and references of all spaces fit together?"""
        self.frames()                               # nobody hoards references after this
        expect(f"pages that the kernel found to be in use when they were freed (\"Bad page state\"), {when}",
               self.arena.console.count("Bad page state"), 0, BOOKS)
        mapped = {}
        for m in sorted(self.spaces):
            entries = self.entries(m)
            anon = sum(self.page(e.pfn).anon for e in entries.values())
            self.expect_rss(m, len(entries) - anon, anon, f" {when}, with {len(entries)} entries present")
            for e in entries.values():
                mapped[e.pfn] = mapped.get(e.pfn, 0) + 1
        for pfn, entries in mapped.items():
            page = self.page(pfn)
            kind = "a private page" if page.anon else "a file's page" if page.mapping else "the zero page"
            expect(f"_mapcount + 1 of {kind} {when}: how many entries map it", page.mapped, entries, BOOKS)
            if page.mapping:
                expect(f"_count of {kind} {when}: its entries{' and the page cache' * page.cached}", page.count,
                       entries + page.cached, BOOKS)
