"""Exercise 3: a CPU's lists are emptied (drain_local_pages)."""

from grade.plugin import points
from model import COLD, DMA, HIGHMEM, HOT, NORMAL
from percpu import Percpu

NEEDS = ["give", "drain"]


def filled(arena, zones=(NORMAL,), cpus=(0,)):
    """Each of these zones has 5 hot and 3 cold pages on each of these CPUs' lists."""
    percpu = Percpu(arena)
    for n, index in enumerate(zones):
        percpu.zone(index, 512 * n, 512, held=range(512 * n, 512 * n + 128))
        percpu.limits(index, 10, 2)
    for n, _ in enumerate(zones):
        for cpu in cpus:
            percpu.become(cpu)
            for i in range(8):
                percpu.free(512 * n + 8 * cpu + i, HOT if i < 5 else COLD)
    percpu.check("before anything was drained")
    return percpu


@points(3, needs=NEEDS, cause="all pages of both lists go to the zone, and the counts become 0")
def test_both_lists_go_back(arena):
    percpu = filled(arena)
    percpu.drain()
    percpu.check("after this CPU's lists were drained")
    percpu.free(100)
    percpu.check("after one more page was freed")
    percpu.drain()
    percpu.drain()
    percpu.check("after they were drained twice more")


@points(3, needs=NEEDS, cause="all zones are drained: those without pages are stepped over, they are not the end")
def test_all_zones_with_pages(arena):
    percpu = filled(arena, zones=(DMA, HIGHMEM))
    percpu.drain()
    percpu.check("after this CPU's lists were drained, with nothing between the lowest and the highest zone")


@points(2, needs=NEEDS, cause="only this CPU's lists: the others use theirs meanwhile, without any lock")
def test_the_others_keep_theirs(arena):
    percpu = filled(arena, cpus=(1, 2, 6))
    percpu.become(2)
    percpu.drain()
    percpu.check("after CPU 2's lists were drained")


@points(2, needs=["refill", *NEEDS], cause="local_irq_save() and local_irq_restore(): any context may call")
def test_interrupts_stay_as_they_were(arena):
    percpu = filled(arena)
    percpu.check_irqs()
    percpu.drain()
    percpu.check("after this CPU's lists were drained")
    percpu.check_irqs()
