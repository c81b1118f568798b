"""Work on two CPUs."""

from grade.plugin import expect, points, sampled
from grade.space import BASE, PAGE, RW, SHARED, US, Space

ARENA, ARENA_CPUS = "space", 2
PAGES = 12


@sampled(1)
@points(3, needs=["count", "find", "referenced", "clean", "unmap"], cause="one CPU goes on using an entry that another has changed: somewhere a flush is "
        "missing, or reaches only this CPU")
def test_any_work_on_two_cpus(arena, rng):
    space = Space(arena)
    space.file(0, PAGES)
    space.map(0, BASE, PAGES, RW, SHARED, 0)
    places = [BASE + i * PAGE for i in range(PAGES)]
    space.reads(0, places)
    pfns = [space.present(0, addr).pfn for addr in places]
    lines, what = [], []
    for i in rng.sample(range(PAGES), PAGES):
        cpu, pfn, addr = rng.randrange(2), pfns[i], places[i]
        verb = rng.choice(("referenced", "clean"))
        ask = ("referenced", pfn, US) if verb == "referenced" else ("clean", pfn)
        lines += [("write", 0, addr, 3, cpu), ask, ("write", 0, addr, 4, cpu), ask, ("unmap_all", pfn, 1), ("write", 0, addr, 5 + i, cpu)]
        what.append((verb, cpu, addr))
    told = space.many(lines)
    for n, (verb, cpu, addr) in enumerate(what):
        expect(f"what {verb} says of {addr:#x}, which CPU {cpu} wrote again since it was asked", told[6 * n + 3], [1])
        expect("is there an entry when it was written after it had been taken away?", space.entry(0, addr) is not None, True)
    space.check("after work on two CPUs")
