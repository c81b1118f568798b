"""Files that are mapped here and there."""

from grade.plugin import expect, points
from grade.space import AGAIN, BASE, FAIL, LOCKED, PAGE, PRIVATE, READ, RW, SHARED, SUCCESS, Space
from model import all_mappings, may_go, written

ARENA = "space"
PAGES = 8


def mapped(arena, rng, unaccounted):
    """Some spaces map parts of a file, at random places, and read and write there: {pfn: page of the file}."""
    space = Space(arena)
    space.file(0, PAGES, unaccounted)
    for m in range(rng.randrange(2, 5)):
        for part in range(2):
            start, first = BASE + (part * 64 + rng.randrange(40)) * PAGE, rng.randrange(PAGES - 2)
            pages, prot = rng.randrange(2, PAGES - first + 1), rng.choice((READ, RW, RW))
            space.map(m, start, pages, prot, rng.choice((SHARED, SHARED, PRIVATE, SHARED | LOCKED)), 0, first)
            space.many([("read", m, start + i * PAGE, 0) for i in range(pages) if rng.random() < 0.8])
            space.many([("write", m, start + i * PAGE, 100 + m, 0) for i in range(pages) if rng.random() < 0.4])
    return space


@points(4, needs=["count", "find", "clean"], cause="after page_mkclean() no entry of the page is dirty or may be written; its answer says whether one was")
def test_any_writing(arena, rng):
    for unaccounted in (False, True):
        space = mapped(arena, rng, unaccounted)
        for pfn, who in sorted(all_mappings(space).items()):
            if not space.page(pfn).anon:
                expect(f"page_mkclean() of a page that spaces {[w.m for w in who]} map", space.clean(pfn), int(written(who)))
        after = {pfn: who for pfn, who in all_mappings(space).items() if not space.page(pfn).anon}
        expect("pages of the file that are dirty, or may be written, after it", sum(written(who) for who in after.values()), 0)
        space.check("after pages were made clean")
        arena.call("reset")


@points(4, needs=["count", "find", "unmap"], cause="a page goes from all tables or says why not, and what was written to it is not lost")
def test_any_page_goes(arena, rng):
    space = mapped(arena, rng, True)
    for pfn, who in sorted(all_mappings(space).items()):
        if space.page(pfn).anon:
            continue
        dirty = any(w.entry.dirty for w in who) or space.page(pfn).has("dirty")
        answer = space.unmap_all(pfn)
        expect(f"try_to_unmap() of a page that spaces {[w.m for w in who]} map", answer, SUCCESS if may_go(who) else FAIL)
        for _ in range(len(who)):                               # each try tells one use
            answer = space.unmap_all(pfn)
        locked = any(w.locked for w in who)
        expect("and when each entry's use was told", answer, FAIL if locked else SUCCESS)
        if locked:
            expect("and to move it", space.unmap_all(pfn, True), SUCCESS)
        expect("is it dirty after it, of a page that was written or not?", space.page(pfn).has("dirty"), dirty)
        assert answer != AGAIN
    expect("pages of the file that are still mapped", sum(not space.page(pfn).anon for pfn in all_mappings(space)), 0)
    space.check("after pages were taken away")
