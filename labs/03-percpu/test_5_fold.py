"""Exercise 5: differences go into the sums (fold_pageset, refresh_cpu_vm_stats, refresh_vm_stats)."""

from grade.plugin import expect, points
from model import DMA, HIGHMEM, NORMAL
from percpu import Counters, Percpu

NEEDS = ["count", "fold"]


def counters(arena, zones=(NORMAL,)):
    percpu = Percpu(arena)
    for n, index in enumerate(zones):
        percpu.zone(index, 512 * n, 512)
    return Counters(percpu, [100] * percpu.cpus)


@points(3, needs=NEEDS, cause="a difference, whatever its sign, goes into the sums once, and is 0 then")
def test_sums_are_exact_afterwards(arena):
    books, k = counters(arena), arena.kernel
    for item, delta in ((k.constant("NR_BOUNCE"), 17), (k.constant("NR_PAGETABLE"), -9), (k.constant("NR_ANON_PAGES"), 1),
                        (len(books.percpu.view(NORMAL).vm_stat) - 1, 42)):
        books.mod(NORMAL, item, delta)
        books.refresh(0)
        books.check(f"after a change by {delta} was folded")
        expect(f"the sum after a change by {delta} was folded, and what CPU 0 still keeps of it",
               (books.sum(NORMAL, item), books.differences(NORMAL, item)[0]), (delta, 0))
        books.refresh(0)
        books.check("after it was folded again")


@points(3, needs=NEEDS, cause="all zones that have pages: the ones without are stepped over, they are not the end")
def test_all_zones_are_folded(arena):
    books, item = counters(arena, zones=(DMA, HIGHMEM)), arena.kernel.constant("NR_BOUNCE")
    books.mod(DMA, item, 5)
    books.mod(HIGHMEM, item, -6)
    books.refresh(0)
    expect("the sums of the lowest and the highest zone", [books.sum(i, item) for i in (DMA, HIGHMEM)], [5, -6])
    books.check("after the differences were folded")


@points(3, needs=NEEDS, cause="a CPU folds its own differences; only when all did are the sums exact")
def test_each_cpu_folds_its_own(arena):
    books, item = counters(arena), arena.kernel.constant("NR_BOUNCE")
    for cpu in range(books.percpu.cpus):
        books.percpu.become(cpu)
        books.mod(NORMAL, item, 10 + cpu if cpu % 2 else -20)
    books.refresh(3)
    expect("the sum when only CPU 3 had folded", books.sum(NORMAL, item), 13)
    books.check("after CPU 3 folded")
    books.refresh(0, 1, 2, 4, 5, 6, 7)
    expect("the sum when all CPUs had folded", books.sum(NORMAL, item), books.truth[NORMAL, item])
    books.check("after all folded")
