"""The exercises with numbers that nobody knows beforehand."""

from grade.plugin import expect, points
from grade.space import (ACCERR, AT_ALLOC, AT_NOPAGE, BASE, BUS, DONTNEED, EXEC, GROWSDOWN, MAJOR, MAPERR, MINOR, PAGE, PRIVATE, READ,
                         RW, SHARED, SIGSEGV, THEY_READ, THEY_TRUNCATE, THEY_WRITE, WRITE, Space, file_byte)

ARENA = "space"
DONE = (MINOR, MAJOR)


@points(3, needs=["area"], cause="for each access: is there an area that holds the address, and which right does it ask for?")
def test_any_access(arena, rng):
    space, areas, at = Space(arena), [], BASE
    for _ in range(8):
        at += rng.randrange(1, 4) * PAGE
        pages, prot = rng.randrange(1, 5), rng.randrange(8)
        space.anon(0, at, pages, prot)
        areas.append((at, at + pages * PAGE, prot))
        at += pages * PAGE
    for _ in range(60):
        addr, how = rng.randrange(BASE - PAGE, at + 2 * PAGE), rng.choice((READ, WRITE, EXEC))
        prot = next((p for start, end, p in areas if start <= addr < end), None)
        allowed = prot is not None and (prot & how or how == READ and prot)
        wanted = (0, 0, 0) if allowed else (SIGSEGV, MAPERR if prot is None else ACCERR, addr)
        expect(f"the signal (its number, code and address) for access {how} at {addr:#x} of areas with rights {prot}",
               space.access(0, addr, how), wanted)


@points(4, needs=["zero"], cause="whatever comes in between: one page for each address, and none is lost")
def test_any_race_for_anonymous_memory(arena, rng):
    space = Space(arena)
    space.anon(0, BASE, 40)
    space.anon(1, BASE, 40)
    for m in (0, 1):
        space.expect_fault(m, BASE, WRITE, MINOR)
    space.check("before the races")
    free, written = space.frames(), 0
    for i in rng.sample(range(1, 40), 20):
        addr, other = BASE + i * PAGE, rng.random() < 0.3
        theirs = rng.choice((THEY_READ, THEY_WRITE))
        space.meanwhile(AT_ALLOC, theirs, int(other), addr)
        space.expect_fault(0, addr, WRITE, MINOR)
        mine = other or theirs == THEY_WRITE
        written += mine + (other and theirs == THEY_WRITE)
        expect(f"is page {i} anonymous, where another thread {'of another space ' * other}was in between?",
               space.page_at(0, addr).anon, mine)
    expect("frames that are gone after many races", free - space.frames(), written)
    space.check("after many races")


@points(4, needs=["ask", "map"], cause="whatever comes in between: the page is mapped only if it is still the file's")
def test_any_race_for_a_file(arena, rng):
    for _ in range(4):
        arena.call("reset")
        space, pages = Space(arena), rng.randrange(6, 12)
        space.file(0, pages)
        space.map(0, BASE, pages, RW, rng.choice((PRIVATE, SHARED)), 0)
        space.expect_fault(0, BASE, READ, DONE)
        end, at = rng.randrange(2, pages - 1), rng.randrange(2, pages)
        how = rng.choice((READ, WRITE))
        space.meanwhile(AT_NOPAGE, THEY_TRUNCATE, 0, end * PAGE)
        space.expect_fault(0, BASE + at * PAGE, how, DONE if at < end else BUS, f" of page {at}, of {end} that are left")
        expect("was the file truncated meanwhile?", space.happened(), True)
        expect(f"is page {at} mapped? The file has {end} now", space.entry(0, BASE + at * PAGE) is not None, at < end)
        space.check("after a truncation in the middle of a fault")


@points(3, needs=["area", "zero", "stack"], cause="a stack reaches down to the lowest access, and no further")
def test_any_stack(arena, rng):
    space, top, low = Space(arena), BASE + 0x5000000, 2
    space.anon(0, top - low * PAGE, low, RW, PRIVATE | GROWSDOWN)
    for _ in range(10):
        down = rng.randrange(1, 60)
        addr = top - down * PAGE + rng.randrange(PAGE)
        expect(f"the signal for a write {down} pages below the top", space.access(0, addr, WRITE), (0, 0, 0))
        low = max(low, down)
        expect("the stack", space.areas(0), [(top - low * PAGE, top)])
        expect("is the page there?", space.entry(0, addr // PAGE * PAGE) is not None, True)
    space.check("after a stack grew")


@points(3, needs=["zero", "ask", "map", "dontneed", "zap"], cause="an entry that goes tells rss, the page, its file and the TLB")
def test_anything_zapped(arena, rng):
    space = Space(arena)
    space.file(0, 12, unaccounted=True)
    space.map(0, BASE, 12, RW, SHARED, 0)
    space.map(0, BASE + 16 * PAGE, 12, RW, PRIVATE, 0)
    space.anon(0, BASE + 32 * PAGE, 12)
    pages = [i for i in range(48) if i % 16 < 12]
    for i in pages:
        space.expect_fault(0, BASE + i * PAGE, READ, DONE)
    written = set(rng.sample(pages, 18))
    for i in written:
        expect("writing a byte", space.write(0, BASE + i * PAGE, 200), 0)
    entries = {i: space.present(0, BASE + i * PAGE).pfn for i in pages}
    for _ in range(6):
        first = rng.randrange(44)
        space.call("advise", 0, BASE + first * PAGE, rng.randrange(1, 5), DONTNEED)
        space.check("after MADV_DONTNEED")
    space.call("unmap", 0, BASE, 48)
    for i in range(12):
        page = space.page(entries[i])
        expect(f"is page {i} of the file dirty, and by how many entries is it mapped?", (page.has("dirty"), page.mapped),
               (i in written, 0))
    expect("what is left", space.entries(0), {})
    space.expect_rss(0, 0, 0)


@points(5, needs=["zero", "ask", "map", "dontneed", "zap"], cause="bytes that were written are what is read, for those who may see them")
def test_bytes_are_what_was_written(arena, rng):
    from model import Area, Model       # noqa: PLC0415 (the lab's folder is on the path when tests run)
    space = Space(arena)
    space.file(0, 10)
    model = Model([Area(BASE, 6), Area(BASE + 8 * PAGE, 8, PRIVATE, 0, 2), Area(BASE + 16 * PAGE, 8, SHARED, 0, 1)])
    for area in model.areas:
        space.map(0, area.start, area.pages, RW, area.flags, area.file, area.offset)
    for _ in range(90):
        area = rng.choice(model.areas)
        page, offset = area.start + rng.randrange(area.pages) * PAGE, rng.choice((0, 5, PAGE - 1))
        deed = rng.choice(("write", "write", "read", "read", "dontneed"))
        if deed == "write":
            byte = rng.randrange(256)
            expect(f"writing at {page + offset:#x}", space.write(0, page + offset, byte), 0)
            model.write(page + offset, byte)
        elif deed == "read":
            expect(f"the byte at {page + offset:#x}", space.read(0, page + offset), model.read(page + offset))
        else:
            space.call("advise", 0, page, 1, DONTNEED)
            model.dontneed(page)
    space.check("after many reads, writes and pages given back")
    assert file_byte(1, 2) == 3
