"""What a user of memory must find, whatever the kernel does inside: nothing here says how to get there.

  anonymous   Bytes are 0 until somebody writes them; after MADV_DONTNEED they are 0 again.
  private     Bytes are the file's until they are written; what is written stays with the space, and the file never sees
              it. After MADV_DONTNEED they are the file's again.
  shared      Bytes are the file's, and what is written is the file's for everybody.
"""

from dataclasses import dataclass, field

from grade.space import PAGE, PRIVATE, SHARED, file_byte


@dataclass(frozen=True)
class Area:
    """A mapping: of `pages` pages from address `start` on, of file `file` from page `offset` on; -1 is no file."""
    start: int
    pages: int
    flags: int = PRIVATE
    file: int = -1
    offset: int = 0

    def __contains__(self, addr):
        return self.start <= addr < self.start + self.pages * PAGE


@dataclass
class Model:
    """The bytes of one space and of the files."""
    areas: list = field(default_factory=list)
    files: dict = field(default_factory=dict)       # (file, page, offset) → byte written
    own: dict = field(default_factory=dict)         # page's address → {offset: byte} of a private page that was written

    def area(self, addr):
        return next(a for a in self.areas if addr in a)

    def write(self, addr, byte):
        area, page, offset = self.area(addr), addr // PAGE * PAGE, addr % PAGE
        if area.flags & SHARED:
            self.files[area.file, area.offset + (addr - area.start) // PAGE, offset] = byte
        else:
            self.own.setdefault(page, self._underneath(area, page))[offset] = byte

    def _underneath(self, area, page):
        """What a private page is a copy of, at this moment: the file's written bytes."""
        index = area.offset + (page - area.start) // PAGE
        return {o: b for (f, p, o), b in self.files.items() if (f, p) == (area.file, index)}

    def read(self, addr):
        area, page, offset = self.area(addr), addr // PAGE * PAGE, addr % PAGE
        if page in self.own:
            written = self.own[page].get(offset)
        else:
            index = area.offset + (addr - area.start) // PAGE
            written = self.files.get((area.file, index, offset))
        if written is not None:
            return written
        return 0 if area.file < 0 else file_byte(area.offset + (addr - area.start) // PAGE, offset)

    def dontneed(self, page):
        """The page at this address is given back."""
        self.own.pop(page, None)
