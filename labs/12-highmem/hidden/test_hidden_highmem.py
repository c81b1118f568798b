"""The exercises with numbers that nobody knows beforehand."""

from grade.plugin import expect, points
from model import PAGE, STACK_AREA
from windows import Areas, Windows


@points(7, needs=["name"], cause="page_address() finds the names that are there, and no others")
def test_any_names(arena, rng):
    counts = arena.kernel.array("int", arena.kernel["pkmap_count"], 512)
    names, free = {}, [slot for slot, count in enumerate(counts) if not count]      # others show what an earlier test mapped
    rng.shuffle(free)
    for step in range(80):
        page = rng.randrange(40)
        if page in names:
            free.append(names.pop(page))
            arena.call("name", page, -1)
        else:
            names[page] = free.pop(rng.randrange(len(free)))
            arena.call("name", page, names[page])
        if step % 10 == 9:
            got = [int(w) for w in arena.call("slot", 0, 40)]
            expect(f"the windows of pages 0 to 39 after {step + 1} changes", got, [names.get(p, -1) for p in range(40)])


@points(8, needs=["name", "window", "flush"], cause="over many windows a page lost its own, or two share one")
def test_any_windows(arena, rng):
    windows, users = Windows(arena), {}
    for step in range(60):
        page = rng.randrange(100, 1100)
        if users and rng.random() < 0.4:
            page = rng.choice(sorted(users))
            users[page] -= 1
            windows.kunmap(page)
            if not users[page]:
                del users[page]
        elif rng.random() < 0.3:
            number = rng.randrange(1, 100)
            windows.kmap(0, number)
            windows.kunmap(0, number)
        else:
            users[page] = users.get(page, 0) + 1
            windows.kmap(page)
        if step % 10 == 9 and users:
            slots = [int(w[0]) for w in arena.calls([("slot", p, 1) for p in sorted(users)])]
            expect("pages in use that share a slot", len(slots) - len(set(slots)), 0)
            counts = windows.counts()
            expect("their counts", [counts[s] for s in slots], [users[p] + 1 for p in sorted(users)])
            windows.check_content(rng.choice(sorted(users)), rng.randrange(1 << 31))


@points(8, needs=["place", "find"], cause="areas lie as low as they can, and holes are used again")
def test_any_areas(arena, rng):
    areas, made = Areas(arena), []
    for _ in range(40):
        if made and rng.random() < 0.45:
            areas.free(made.pop(rng.randrange(len(made))))
        else:
            made.append(areas.make(rng.randrange(1, 9), PAGE << rng.randrange(4), rng.choice((0, 0, STACK_AREA))))
