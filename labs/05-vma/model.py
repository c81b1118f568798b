"""What an address space must look like, whatever the kernel does inside: nothing here says how to get there.

  pages     Each page of an address space is promised to nobody, or to one mapping: with its rights, its file and its page
            of that file.
  areas     Neighbours that promise the same, and whose pages of the file follow one another, are one area: as long as
            nobody touched them, there is never one more than needed.
  places    A place for a mapping is free, and keeps its distance from a stack above it.
"""

from dataclasses import dataclass, field, replace

from grade.space import PAGE, RW, WRITE

GUARD = 256                     # pages that are kept free below an area that grows down
LETTERS = "rwx"


@dataclass(frozen=True)
class Area:
    """What mm->mmap has, as far as tests look: offset is the file's page, or for a file of -1 how many pages the pages' index
    is away from the natural one, address / PAGE. `marks`: "grows", "locked", "unforked"."""
    start: int
    end: int
    prot: int = RW
    shared: bool = False
    file: int = -1
    offset: int = 0
    marks: tuple = ()

    def __str__(self):
        rights = "".join(c if self.prot >> i & 1 else "-" for i, c in enumerate(LETTERS)) + "ps"[self.shared]
        backed = f" file {self.file} from page {self.offset} on" if self.file >= 0 else f" offset {self.offset:+}" if self.offset else ""
        return f"{self.start:x}-{self.end:x} {rights}{backed}" + "".join(f" {m}" for m in self.marks)


def area(start, pages, *, prot=RW, shared=False, file=-1, offset=0, marks=()):
    """An area of so many pages."""
    return Area(start, start + pages * PAGE, prot, shared, file, offset, marks)


def told(areas):
    """Areas as a text that a test's message shows."""
    return "; ".join(map(str, areas)) or "none"


@dataclass(frozen=True)
class Promise:
    """What one page is promised to be; `accounted`: it is counted in Committed_AS."""
    prot: int
    shared: bool
    file: int
    offset: int                 # the file's page; without a file 0
    marks: tuple = ()
    accounted: bool = False

    def after(self, before):
        """Could this page be one area with the page before it, `before`?"""
        return before is not None and (self.prot, self.shared, self.file, self.marks, self.accounted) == (
            before.prot, before.shared, before.file, before.marks, before.accounted) and (
            self.file < 0 or self.offset == before.offset + 1)


@dataclass
class Model:
    """One address space, {page number: Promise}."""
    pages: dict = field(default_factory=dict)

    def map(self, addr, pages, *, prot=RW, shared=False, file=-1, offset=0, marks=()):
        """A mapping over whatever was there."""
        for i in range(pages):
            self.pages[addr // PAGE + i] = Promise(prot, shared, file, offset + i if file >= 0 else 0, marks,
                                                   bool(prot & WRITE) and not shared)

    def unmap(self, addr, pages):
        for i in range(pages):
            self.pages.pop(addr // PAGE + i, None)

    def protect(self, addr, pages, prot):
        """New rights; a private page that may be written was promised, and stays so."""
        self._change(addr, pages, lambda p: (prot, p.marks, p.accounted or bool(prot & WRITE) and not p.shared))

    def mark(self, addr, pages, marks):
        """Advice that the area notes."""
        self._change(addr, pages, lambda p: (p.prot, marks, p.accounted))

    def _change(self, addr, pages, change):
        for i in range(addr // PAGE, addr // PAGE + pages):
            p = self.pages.get(i)
            if p:
                prot, marks, accounted = change(p)
                self.pages[i] = replace(p, prot=prot, marks=marks, accounted=accounted)

    def whole(self, addr, pages):
        """Is each of these pages mapped?"""
        return all(addr // PAGE + i in self.pages for i in range(pages))

    def areas(self):
        """All areas, in order."""
        found = []
        for n in sorted(self.pages):
            p = self.pages[n]
            if found and p.after(self.pages.get(n - 1)):
                found[-1] = replace(found[-1], end=(n + 1) * PAGE)
            else:
                found.append(Area(n * PAGE, (n + 1) * PAGE, p.prot, p.shared, p.file, p.offset, p.marks))
        return found

    def accounted(self):
        """Pages in Committed_AS."""
        return sum(p.accounted for p in self.pages.values())


# ---- places --------------------------------------------------------------------------------------------------------------

def _free(areas, start, end):
    """May a mapping lie there?"""
    return all(end <= a.start - (GUARD * PAGE if "grows" in a.marks else 0) or start >= a.end for a in areas)


def lowest(areas, pages, low, high):
    """The lowest free place of so many pages in [low, high); None: there is none."""
    starts = [low] + [a.end for a in areas if a.end >= low]
    return min((s for s in starts if s + pages * PAGE <= high and _free(areas, s, s + pages * PAGE)), default=None)


def highest(areas, pages, low, high):
    """The highest one."""
    ends = [high] + [a.start - (GUARD * PAGE if "grows" in a.marks else 0) for a in areas]
    starts = [e - pages * PAGE for e in ends if e <= high]
    return max((s for s in starts if s >= low and _free(areas, s, s + pages * PAGE)), default=None)
