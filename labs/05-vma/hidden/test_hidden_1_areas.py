"""The exercises with numbers that nobody knows beforehand."""

from areas import DOFORK, DONTFORK, Areas
from grade.plugin import expect, points
from grade.space import BASE, ENOMEM, EXEC, GROWSDOWN, NONE, PAGE, PRIVATE, READ, RW, SHARED, file_byte
from model import GUARD, Area, Model, area, highest, lowest

ARENA = "space"
PAGES = 48                              # of the range in which tests map
FILE_PAGES = 64


def mapped(space, model, addr, pages, *, prot=RW, file=-1, shared=False, offset=0):
    """A mapping, in the kernel and in the model."""
    space.map(0, addr, pages, prot, SHARED if shared else PRIVATE, file, offset)
    model.map(addr, pages, prot=prot, shared=shared, file=file, offset=offset)


@points(3, needs=["find"], cause="for each address: the first area that ends above it")
def test_any_address(arena, rng):
    space, areas, at = Areas(arena), [], BASE
    for _ in range(12):
        at += rng.randrange(3) * PAGE
        pages = rng.randrange(1, 5)
        space.map(0, at, pages, rng.choice((RW, READ)))
        areas.append((at, at + pages * PAGE))
        at += pages * PAGE
    listed = [(a.start, a.end) for a in space.listed(0)]
    addresses = [rng.choice((rng.randrange(BASE - PAGE, at + PAGE), rng.choice(areas)[1], rng.choice(areas)[0] - 1)) for _ in range(60)]
    for addr, words in zip(addresses, space.many([("find", 0, addr) for addr in addresses])):
        expect(f"what find_vma({addr:#x}) finds", tuple(words[:2]), next(((s, e) for s, e in listed if addr < e), ()))


@points(5, needs=["place"], cause="a place is the highest (or lowest) in the range where nothing lies, with 256 pages free below a stack")
def test_any_place(arena, rng):
    for below in (True, False):
        arena.call("reset")
        space = Areas(arena)
        if below:
            space.bottom_up()
        space.mm(0)
        mm = space.view(0)
        low = (mm.task_size // 3 + PAGE - 1) // PAGE * PAGE if below else 0x10000
        high = mm.task_size if below else mm.mmap_base
        step, at, areas = (1, low, []) if below else (-1, high, [])
        for _ in range(14):
            pages, hole, stack = rng.randrange(1, 4), rng.randrange(7), rng.random() < 0.2
            hole += GUARD * stack
            start = at + hole * PAGE if below else at - (hole + pages) * PAGE
            if all(start >= a.end or start + pages * PAGE <= a.start - (GUARD * PAGE if a.marks else 0) for a in areas):
                space.map(0, start, pages, NONE, PRIVATE | (GROWSDOWN if stack else 0))
                areas.append(Area(start, start + pages * PAGE, NONE, marks=("grows",) if stack else ()))
                at += step * (pages + hole) * PAGE
        for _ in range(16):
            pages = rng.randrange(1, 8)
            wanted = (lowest if below else highest)(areas, pages, low, high)
            expect(f"where a mapping of {pages} pages goes, filled from {'below' if below else 'above'}", hex(space.place(0, pages)), hex(wanted))
            areas.append(Area(wanted, wanted + pages * PAGE, NONE))
        space.sound(0, "after many places were found")


@points(4, needs=["find", "cut"], cause="each part of an area keeps its pages of the file, its rights and its marks")
def test_any_cut(arena, rng):
    space, model = Areas(arena), Model()
    space.file(0, FILE_PAGES)
    mapped(space, model, BASE, PAGES, file=0, shared=rng.random() < 0.5, offset=rng.randrange(8))
    mapped(space, model, BASE + 64 * PAGE, PAGES, prot=rng.choice((READ, RW)))
    for _ in range(8):
        addr, pages = BASE + (rng.choice((0, 64)) + rng.randrange(PAGES)) * PAGE, rng.randrange(1, 5)
        expect(f"munmap of {pages} pages at {addr:#x}", space.call("unmap", 0, addr, pages), [0])
        model.unmap(addr, pages)
        space.expect_areas(0, model.areas(), f"after munmap of {pages} pages at {addr:#x}")
    left = [a for a in model.areas() if a.file == 0]
    expect("areas that hold the file", space.opened(0)[1], len(left))
    last = [(a.end - PAGE, file_byte(a.offset + (a.end - a.start) // PAGE - 1, 0)) for a in left]
    expect("the first byte of the last page of each area", space.reads(0, [addr for addr, _ in last]), [byte for _, byte in last])
    space.expect_promised("after many cuts")


@points(5, needs=["find", "cut", "merge"], cause="as long as nobody touched them, neighbours that promise the same are one area, and others never")
def test_any_neighbours(arena, rng):
    space, model = Areas(arena), Model()
    space.file(0, FILE_PAGES)
    space.file(1, FILE_PAGES)
    space.mm(0)
    for _ in range(40):
        first, deed = rng.randrange(PAGES - 8), rng.choice(("map", "map", "map", "unmap", "mark", "mark"))
        addr, pages = BASE + first * PAGE, rng.randrange(1, 8)
        if deed == "map":
            file = rng.choice((-1, 0, 0, 1))
            mapped(space, model, addr, pages, prot=rng.choice((RW, RW, READ)), file=file, shared=file >= 0 and rng.random() < 0.7,
                   offset=first + rng.choice((0, 0, 0, 1)))
        elif deed == "unmap":
            expect("munmap", space.call("unmap", 0, addr, pages), [0])
            model.unmap(addr, pages)
        else:
            advice, marks = rng.choice(((DONTFORK, ("unforked",)), (DOFORK, ())))
            expect("madvise", space.call("advise", 0, addr, pages, advice), [0 if model.whole(addr, pages) else ENOMEM])
            model.mark(addr, pages, marks)
        space.expect_areas(0, model.areas(), f"after {deed} of {pages} pages at {addr:#x}")
    space.expect_promised("after all that")


@points(4, needs=["find", "cut", "merge", "protect"], cause="rights, entries, figures and promises of just the pages that were asked for")
def test_any_rights(arena, rng):
    space, model, bytes_ = Areas(arena), Model(), {}
    mapped(space, model, BASE, PAGES, prot=READ)
    mapped(space, model, BASE + 50 * PAGE, 8)
    for n in range(24):
        first, pages, prot = rng.randrange(58), rng.randrange(1, 9), rng.choice((NONE, READ, RW, READ | EXEC))
        addr = BASE + first * PAGE
        expect(f"mprotect of {pages} pages at {addr:#x}", space.call("protect", 0, addr, pages, prot),
               [0 if model.whole(addr, pages) else ENOMEM])
        reached = next((i for i in range(pages) if not model.whole(addr + i * PAGE, 1)), pages)
        model.protect(addr, reached, prot)
        if n < 12:                      # later pages know their anon_vma
            space.expect_areas(0, model.areas(), f"after mprotect of {pages} pages at {addr:#x}")
        space.expect_promised("after mprotect")
        page = BASE + rng.randrange(58) * PAGE
        if n >= 12:
            promise = model.pages.get(page // PAGE)
            may = promise is not None and promise.prot & 2
            expect(f"a write at {page:#x}", space.write(0, page, n), 0 if may else -14)
            if may:
                bytes_[page] = n
    readable = [page for page in bytes_ if model.pages[page // PAGE].prot]
    expect("bytes that were written", space.reads(0, readable), [bytes_[page] for page in readable])
    space.check("after many changes of rights")


@points(3, needs=["find", "merge", "grow"], cause="a mapping grows if its end is the area's, and what follows is free")
def test_any_growth(arena, rng):
    space = Areas(arena)
    space.file(0, FILE_PAGES)
    offset = rng.randrange(4)
    space.map(0, BASE, 3, RW, SHARED, 0, offset)
    room = rng.randrange(6, 12)
    space.map(0, BASE + room * PAGE, 2, RW, SHARED, 0, offset + room)
    pages = 3
    while pages < room:
        new = rng.randrange(pages + 1, room + 4)
        fits = new <= room
        expect(f"mremap from {pages} pages to {new}, where {room} are free", space.call("move", 0, BASE, pages, new, 0, 0), [BASE if fits else ENOMEM])
        pages = new if fits else pages
        wanted = [area(BASE, pages, shared=True, file=0, offset=offset), area(BASE + room * PAGE, 2, shared=True, file=0, offset=offset + room)]
        space.expect_areas(0, wanted if pages < room else [area(BASE, room + 2, shared=True, file=0, offset=offset)], "after mremap")
    expect("the first byte of each page", space.reads(0, [BASE + i * PAGE for i in range(room)]), [file_byte(offset + i, 0) for i in range(room)])
