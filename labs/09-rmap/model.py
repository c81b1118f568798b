"""What reverse mapping must find, seen from the other end: whoever looks through all page tables knows who maps a page.

Nothing here says how to get from the page to its entries without looking through all of them.

  in use     each entry that is young was used since it was asked last; a file's page in a locked, shared area counts as used
  written    an entry of a shared area that is dirty, or that may be written, whose next write nobody would see
  can go     not while an entry of it is young, or in a locked area, unless it only moves (migration)
"""

from dataclasses import dataclass

from grade.space import Entry

VM_SHARED, VM_MAYSHARE, VM_LOCKED = 0x8, 0x80, 0x2000


@dataclass(frozen=True)
class Mapping:
    """An entry that maps a page: of space `m`, at `addr`, in an area with `flags`."""
    m: int
    addr: int
    entry: Entry
    flags: int

    @property
    def shared(self):
        return bool(self.flags & VM_SHARED)

    @property
    def locked(self):
        return bool(self.flags & VM_LOCKED)


def all_mappings(space):
    """{pfn: [Mapping, …]} of all spaces, but of the zero page."""
    found = {}
    for m in sorted(space.spaces):
        areas = [(v.vm_start, v.vm_end, v.vm_flags) for v in space.vmas(m)]
        for addr, entry in space.entries(m).items():
            flags = next(f for start, end, f in areas if start <= addr < end)
            found.setdefault(entry.pfn, []).append(Mapping(m, addr, entry, flags))
    return {pfn: who for pfn, who in found.items() if not space.is_zero_page(pfn)}


def uses(mappings):
    """How many of a page's entries were used."""
    return sum(who.entry.young for who in mappings)


def written(mappings):
    """Was the page written through one of its entries, or could it be, unseen?"""
    return any(who.shared and (who.entry.dirty or who.entry.write) for who in mappings)


def may_go(mappings):
    return not any(who.entry.young or who.locked for who in mappings)


def families(space):
    """{anon_vma: {(space, start, end), …}}: the areas that belong to each, looked for in all spaces."""
    found = {}
    for m in sorted(space.spaces):
        for vma in space.vmas(m):
            if vma.anon_vma:
                found.setdefault(vma.anon_vma, set()).add((m, vma.vm_start, vma.vm_end))
    return found
