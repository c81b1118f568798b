"""Exercise 4: a change goes into this CPU's difference (__mod_zone_page_state, fold_overflow, __dec_zone_state)."""

from grade.plugin import expect, points
from model import DMA, NORMAL
from percpu import Counters, Percpu

NEEDS = ["count"]


def counters(arena, threshold=10, thresholds=None, zones=(NORMAL,)):
    percpu = Percpu(arena)
    for n, index in enumerate(zones):
        percpu.zone(index, 512 * n, 512)
    return Counters(percpu, thresholds or [threshold] * percpu.cpus)


@points(3, needs=NEEDS, cause="the threshold itself may stay in the difference; with more, all of it goes into the sums")
def test_changes_stay_below_the_threshold(arena):
    books, item = counters(arena), arena.kernel.constant("NR_FILE_DIRTY")
    for delta, difference, in_sum in ((4, 4, 0), (6, 10, 0), (1, 0, 11), (-10, -10, 11), (-1, 0, 0), (25, 0, 25), (-3, -3, 25)):
        books.mod(NORMAL, item, delta)
        expect(f"difference and sum after a change by {delta}, with a threshold of 10",
               (books.differences(NORMAL, item)[0], books.sum(NORMAL, item)), (difference, in_sum))
        books.check(f"after a change by {delta}")


@points(3, needs=NEEDS, cause="beyond the threshold, half of it more goes into the sum, and the difference starts as far below 0")
def test_one_more_each_time(arena):
    books, item = counters(arena), arena.kernel.constant("NR_FILE_MAPPED")
    for times, difference, in_sum in ((10, 10, 0), (1, -5, 16), (15, 10, 16), (1, -5, 32), (32, -5, 64)):
        books.step(NORMAL, item, times)
        expect(f"difference and sum after {times} more, one by one, with a threshold of 10",
               (books.differences(NORMAL, item)[0], books.sum(NORMAL, item)), (difference, in_sum))
        books.check(f"after {times} more")


@points(3, needs=NEEDS, cause="the way down is the way up in a mirror: half of the threshold less in the sum, as much more here")
def test_one_less_each_time(arena):
    books, item = counters(arena, threshold=9), arena.kernel.constant("NR_FILE_MAPPED")
    books.mod(NORMAL, item, 100)
    for times, difference, in_sum in ((9, -9, 100), (1, 4, 86), (13, -9, 86), (1, 4, 72), (28, 4, 44)):
        books.step(NORMAL, item, -times)
        expect(f"difference and sum after {times} less, one by one, with a threshold of 9",
               (books.differences(NORMAL, item)[0], books.sum(NORMAL, item)), (difference, in_sum))
        books.check(f"after {times} less")


@points(3, needs=NEEDS, cause="what goes into a zone's sum goes into the machine's, too: vm_stat[]")
def test_the_machine_has_a_sum_too(arena):
    books, item = counters(arena, zones=(DMA, NORMAL)), arena.kernel.constant("NR_BOUNCE")
    for n in range(6):
        books.mod(DMA, item, 7)
        books.mod(NORMAL, item, 30)
        books.step(NORMAL, item, -13)
        books.check(f"after round {n + 1} of changes in two zones")
    expect("the machine's sum is some number, not 0", books.total(item) > 50, True)


@points(4, needs=NEEDS, cause="who counts up on one CPU may count down on another: a difference below 0 is as good as one above")
def test_a_task_that_changes_its_cpu(arena):
    books, item = counters(arena, thresholds=[10, 3, 125, 1, 10, 0, 64, 7]), arena.kernel.constant("NR_BOUNCE")
    for n, (up, down) in enumerate(((0, 1), (2, 0), (6, 2), (3, 7), (1, 5), (4, 6))):
        books.percpu.become(up)
        books.step(NORMAL, item, 40)
        books.mod(NORMAL, item, 2)
        books.check(f"after a task counted up on CPU {up}, round {n + 1}")
        books.percpu.become(down)
        books.mod(NORMAL, item, -2)
        books.step(NORMAL, item, -40)
        books.check(f"after it counted down on CPU {down}, round {n + 1}")
