"""Everything together, for longer, and on the booted machine."""

from buddy import Buddy, check_zones, free_pages
from grade.plugin import points
from model import DMA, GFP_COMP, GFP_HIGH, NORMAL

BOOTS = ["walk", "take", "split", "give", "merge"]


@points(5, needs=["take", "split", "give", "merge"], cause="over many requests the lists and the free pages went apart")
def test_a_long_row_of_requests(arena, rng):
    buddy = Buddy(arena)
    edge = rng.randrange(1025, 1500)
    buddy.zone_at_random(rng, DMA, 5, edge - 5)
    buddy.zone_at_random(rng, NORMAL, edge, 3000 - edge)
    buddy.work(rng, 200, classzones=(DMA, NORMAL), gfps=(0, GFP_HIGH, GFP_COMP))


@points(4, needs=["take", "split", "give", "merge", "watermark"],
        cause="with watermarks some requests must fail or go to the next zone, and leave no trace")
def test_requests_under_watermarks(arena, rng):
    buddy = Buddy(arena)
    low = rng.randrange(50, 100)
    buddy.zone(DMA, 0, 500, marks=(low // 2, low, low + 20), reserve={NORMAL: rng.randrange(1, 50)})
    buddy.zone(NORMAL, 500, 600, marks=(low, low * 3 // 2, low * 2))
    for gfp in (0, GFP_HIGH):
        while buddy.alloc(rng.randrange(5), NORMAL, gfp) >= 0:
            pass
        buddy.check("after requests until one failed")
    buddy.work(rng, 60, classzones=(DMA, NORMAL, NORMAL), gfps=(0, GFP_HIGH))


@points(2, needs=BOOTS, cause="after all kinds of work the real lists must be in order, and memory must come back")
def test_the_machine_after_work(vm, rng):
    work = """for i in 1 2 3; do
        cat /bin/[a-m]* > /tmp/x; cp /tmp/x /tmp/y; wc -c /tmp/y; rm /tmp/x /tmp/y; ps | cat | cat > /dev/null
    done"""
    vm.run(work)
    before = free_pages(vm)
    for _ in range(rng.randrange(2, 5)):
        vm.run(work)
        check_zones(vm)
    assert before - free_pages(vm) < 200, "the same work again and again leaves ever fewer free pages"
