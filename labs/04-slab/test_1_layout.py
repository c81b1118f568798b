"""Exercise 1: how many objects a slab holds, and how large it is (cache_estimate, calculate_slab_order)."""

from grade.plugin import points
from model import HWCACHE_ALIGN, RECLAIMABLE
from slab import ask_layouts

NEEDS = ["layout"]


@points(3, needs=NEEDS, cause="as many objects as fit beside struct slab and one index (kmem_bufctl_t) for each object")
def test_as_many_as_fit(arena):
    ask_layouts(arena, [(size, 0, 0, 0) for size in (8, 16, 24, 32, 40, 56, 100, 120, 200, 248, 400, 504)])


@points(3, needs=NEEDS, cause="struct slab and the indices together are rounded up to the objects' alignment, once: what that costs was left over anyway")
def test_the_first_object_is_aligned(arena):
    ask_layouts(arena, [(size, align, 0, 0) for align in (64, 128, 256) for size in (64, 128, 192, 256, 320, 448)])
    ask_layouts(arena, [(size, align, 0, 1) for align in (4096, 8192, 16384) for size in (40, 300)])     # beyond a page, too
    ask_layouts(arena, [(size, 0, HWCACHE_ALIGN, 0) for size in (9, 20, 32, 33, 64, 65, 100, 128, 200, 250)])


@points(3, needs=NEEDS, cause="the first order that leaves an eighth or less, or is slab_break_gfp_order, or belongs to a reclaimable cache")
def test_the_smallest_order_that_wastes_little(arena):
    small = (264, 312, 328, 368, 400, 440, 456, 488, 500)           # these waste little at once
    sizes = (*small, 592, 688, 824, 1032, 1176, 1400, 1688, 2056, 2104)
    ask_layouts(arena, [(size, align, 0, break_order) for size in sizes for align in (0, 256) for break_order in (1, 3)])
    ask_layouts(arena, [(size, align, RECLAIMABLE, 3) for size in sizes for align in (0, 256)])


@points(3, needs=NEEDS, cause="off-slab management takes no room here, but must not be larger than one object; objects may need a large slab")
def test_management_elsewhere(arena):
    ask_layouts(arena, [(size, 0, 0, break_order) for break_order in (1, 5)
                        for size in (512, 600, 680, 1024, 1400, 2048, 2056, 3000, 4096, 5000, 8192, 12288, 40000, 131072)])
    ask_layouts(arena, [(131080, 0, 0, 1), (200000, 0, 0, 1)], "no slab holds such an object: then num stays 0")
