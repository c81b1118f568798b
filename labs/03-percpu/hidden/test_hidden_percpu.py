"""The exercises with numbers that nobody knows beforehand."""

from grade.plugin import points
from model import DMA, MIB_PAGES, NORMAL
from percpu import Counters, Percpu, ask_thresholds


@points(4, needs=["refill"], cause="whatever a list's batch is, it is filled when it is empty, with as many as there are")
def test_any_refill(arena, rng):
    for _ in range(3):
        arena.call("reset")
        percpu = Percpu(arena)
        blocks = [(32 * i, rng.randrange(5)) for i in range(1, 9)]
        percpu.zone(NORMAL, 0, 1024, free=blocks)
        percpu.limits(NORMAL, 200, rng.randrange(1, 32))
        for _ in range(12):
            percpu.become(rng.randrange(3))
            percpu.alloc(cold=rng.randrange(2))
            percpu.check("after some pages were asked for")


@points(4, needs=["give"], cause="high and batch may be any numbers; the oldest pages of a list go back")
def test_any_limits(arena, rng):
    for _ in range(3):
        arena.call("reset")
        percpu = Percpu(arena)
        percpu.zone(NORMAL, 0, 1024, held=range(64))
        batch = rng.randrange(1, 9)
        percpu.limits(NORMAL, batch + rng.randrange(8), batch)
        for n, page in enumerate(rng.sample(range(64), 24)):
            percpu.become(rng.choice((0, 5)))
            percpu.free(page, rng.randrange(2))
            if n % 4 == 3:
                percpu.check(f"after {n + 1} pages were freed, the last of them {page}")


@points(4, needs=["refill", "give", "drain"], cause="over many requests on many CPUs a page got lost, or came twice")
def test_a_long_row_of_requests(arena, rng):
    percpu = Percpu(arena)
    percpu.zone(DMA, 0, 512, free=[(0, 8), (256, 6)])
    percpu.zone(NORMAL, 512, 1024, free=[(512, 9), (1024, 7)])
    for index in (DMA, NORMAL):
        batch = rng.randrange(1, 16)
        percpu.limits(index, batch * rng.randrange(1, 6), batch)
    percpu.work(rng, 160, (DMA, NORMAL))
    percpu.check_irqs()


@points(5, needs=["count", "fold"], cause="after many changes on many CPUs a counter drifted")
def test_any_changes(arena, rng):
    percpu = Percpu(arena)
    percpu.zone(DMA, 0, 512)
    percpu.zone(NORMAL, 512, 512)
    books = Counters(percpu, [rng.randrange(1, 126) for _ in range(percpu.cpus)])
    items = rng.sample(range(1, 12), 3)
    for step in range(60):
        percpu.become(rng.randrange(percpu.cpus))
        index, item = rng.choice((DMA, NORMAL)), rng.choice(items)
        if rng.random() < 0.6:
            books.step(index, item, rng.choice((-1, 1)) * rng.randrange(1, 90))
        else:
            books.mod(index, item, rng.randrange(-300, 300))
        if rng.random() < 0.1:
            books.refresh(percpu.cpu)
        if step % 10 == 9:
            books.check(f"after {step + 1} changes")
    books.refresh(*range(percpu.cpus))
    books.check("after all CPUs folded their differences")
    left = [books.differences(index, item) for index, item in books.truth]
    assert not any(map(any, left)), f"differences that are left after all were folded: {left}"


@points(3, needs=["threshold"], cause="2 * fls(CPUs) * (1 + fls(memory in 128 MiB, rounded down)), 125 at most")
def test_any_threshold(arena, rng):
    ask_thresholds(arena, [(rng.randrange(1, 9), rng.randrange(1, 2 ** rng.randrange(1, 15)) * MIB_PAGES) for _ in range(12)])
