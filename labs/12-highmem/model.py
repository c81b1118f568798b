"""What must hold of windows and areas, whatever happens to them: nothing here says how to get there.

  windows  Slot s has pkmap_count[s]: 0, it is free and has no entry in the page table; 1, it shows a page that nobody uses now; n + 1, it
           shows a page that has n users. A page has one window at most; page_address() finds it as long as the slot shows it.
  laps     A new window is the next free slot behind the last new one, and behind the last slot comes slot 0 again. When the search comes to
           slot 0, all slots with a count of 1 become free first, with one flush of all CPUs.
  areas    Sorted by address, none overlaps another. Each keeps a page behind its last one from others, a stack one before its first, too.
           A new area lies as low as it can.
"""

PAGE = 4096
STACK_AREA = 0x10               # VM_STACK_AREA
HASH_BITS = 7                   # PA_HASH_ORDER


def bucket(pfn):
    """The bucket of a page's name (page_slot() in mm/highmem.c)."""
    return (pfn * 0x9E3779B1 & 0xFFFFFFFF) >> (32 - HASH_BITS)


def align_up(number, step):
    """The next multiple of step."""
    return -(-number // step) * step


def first_place(taken, start, end, size, align, lead=0):
    """The lowest address for an area of `size` bytes, guard page included, that keeps `lead` bytes before it; None: there is none.

    taken: what other areas keep, (first byte, first byte behind), in any order
    """
    places = [start] + [behind for _, behind in taken]
    fits = [addr for addr in (align_up(p + lead, align) for p in places)
            if addr + size <= end and all(addr + size <= low or addr - lead >= high for low, high in taken)]
    return min(fits, default=None)
