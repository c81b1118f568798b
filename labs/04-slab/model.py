"""What must hold of caches, slabs, arrays and pools, whatever happens to them: nothing here says how to get there.

  layout   A slab of 2^order pages holds as many objects as fit behind its management: a struct slab and an index of 4 bytes for each
           object, together rounded up to the objects' alignment. Off-slab management takes no room in it.
  order    The smallest order with at least one object that is good enough, else the largest that was looked at. Good enough: an eighth
           of the slab or less is left over; or the order is `break_order` or more; or the cache is reclaimable. Off-slab, an order
           whose management would be larger than one object is not looked at, nor are those above.
  slabs    An object is in use, in an array, or on the chain of free objects of its slab: always in exactly one of these places. A slab
           is on the list full, partial or free by what is in use of it, where objects in arrays count as used.
  arrays   A stack: what came last goes out first.
"""

PAGE = 4096
MAX_ORDER = 5                   # KMALLOC_MAX_ORDER
INDEX = 4                       # sizeof(kmem_bufctl_t)
LINE = 64                       # L1_CACHE_BYTES
HWCACHE_ALIGN, RECLAIMABLE = 0x2000, 0x20000
OFF_SLAB = 0x80000000
CONSTRUCTED = 0xC0DE            # what the arena's constructor writes
GFP_WAIT, GFP_IO, GFP_FS, GFP_NOWARN, GFP_NORETRY, GFP_NOMEMALLOC = 0x10, 0x40, 0x80, 0x200, 0x1000, 0x10000


def align_up(number, step):
    """The next multiple of step."""
    return -(-number // step) * step


def management(header, num, align):
    """Bytes of a slab's management; header: sizeof(struct slab)."""
    return align_up(header + num * INDEX, align)


def objects(order, size, align, header, off_slab=False):
    """(how many objects a slab of this order holds, bytes left over)."""
    room = PAGE << order
    if off_slab:
        return room // size, room % size
    num = next(n for n in range(room // size, -1, -1) if not n or management(header, n, align) + n * size <= room)
    return num, room - num * size - management(header, num, align)


def choose_order(size, align, header, break_order, off_slab=False, reclaimable=False):
    """(order, objects, bytes left over) of a cache's slabs; None if no slab holds an object."""
    best = None
    for order in range(MAX_ORDER + 1):
        num, left = objects(order, size, align, header, off_slab)
        if not num:
            continue
        if off_slab and header + num * INDEX > size:
            break
        best = order, num, left
        if reclaimable or order >= break_order or left * 8 <= PAGE << order:
            break
    return best
