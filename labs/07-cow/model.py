"""What a family of address spaces must find, whatever the kernel shares between them: nothing here says how to get there.

  fork      The child finds at each address what the parent would have found at that moment.
  after it  What one writes to private memory no other sees. What one writes to a shared file all see that map it.
"""

from copy import deepcopy
from dataclasses import dataclass, field

from grade.space import PAGE, SHARED, file_byte


@dataclass(frozen=True)
class Area:
    """A mapping: of `pages` pages from address `start` on, of file `file` from page `offset` on; -1 is no file."""
    start: int
    pages: int
    flags: int
    file: int = -1
    offset: int = 0

    def __contains__(self, addr):
        return self.start <= addr < self.start + self.pages * PAGE

    def index(self, addr):
        return self.offset + (addr - self.start) // PAGE


@dataclass
class Family:
    """The bytes of all spaces, which have the same areas, and of the files that they share."""
    areas: list
    own: dict = field(default_factory=lambda: {0: {}})      # space → {page's address: {offset: byte}}
    files: dict = field(default_factory=dict)               # (file, page) → {offset: byte}

    def fork(self, parent, child):
        self.own[child] = deepcopy(self.own[parent])

    def exit(self, space):
        del self.own[space]

    def _area(self, addr):
        return next(a for a in self.areas if addr in a)

    def write(self, space, addr, byte):
        area, page = self._area(addr), addr // PAGE * PAGE
        written = self.files.get((area.file, area.index(addr)), {})
        if area.flags & SHARED:
            self.files.setdefault((area.file, area.index(addr)), {})[addr % PAGE] = byte
        else:
            self.own[space].setdefault(page, dict(written))[addr % PAGE] = byte

    def read(self, space, addr):
        area, page = self._area(addr), addr // PAGE * PAGE
        index = area.index(addr)
        bytes_of = self.own[space].get(page, self.files.get((area.file, index), {}))
        return bytes_of.get(addr % PAGE, 0 if area.file < 0 else file_byte(index, addr % PAGE))
