"""Exercise 5: new rights (mprotect_fixup)."""

from areas import DATA_LIMIT, MOST_AREAS, Areas
from grade.plugin import expect, points
from grade.space import BASE, EFAULT, ENOMEM, EXEC, NONE, NORESERVE, PAGE, PRIVATE, READ, RW, SHARED, WRITE
from model import area

ARENA = "space"
NEEDS = ["find", "protect"]
PARTS = ["find", "cut", "protect"]
ALL = ["find", "cut", "merge", "protect"]
HUGE = 0x40000000 // PAGE               # more pages than the machine has


def protect(space, first, pages, prot, m=0):
    """mprotect's answer."""
    return space.call("protect", m, BASE + first * PAGE, pages, prot)[0]


def name(prot):
    return " and ".join(word for bit, word in ((READ, "READ"), (WRITE, "WRITE"), (EXEC, "EXEC")) if prot & bit) or "NONE"


@points(2, needs=NEEDS, cause="the area's flags, its vm_page_prot and the entries that are there already all get the new rights")
def test_rights_of_a_whole_area(arena):
    space = Areas(arena)
    space.anon(0, BASE, 4)
    space.writes(0, {BASE: 1, BASE + PAGE: 2})
    expect("mprotect to READ", protect(space, 0, 4, READ), 0)
    space.expect_areas(0, [area(BASE, 4, prot=READ)], "after mprotect to READ")
    expect("may the page that was written be written still?", space.present(0, BASE).write, False)
    expect("a write to a page that was written", space.write(0, BASE, 9), EFAULT)
    expect("bytes of a page that was written, and of one that was not", space.reads(0, (BASE + PAGE, BASE + 2 * PAGE)), [2, 0])
    expect("a write to a page that was only read", space.write(0, BASE + 2 * PAGE, 9), EFAULT)
    expect("mprotect to NONE", protect(space, 0, 4, NONE), 0)
    expect("reads after mprotect to NONE, of a page that was written and of one that was not", space.reads(0, (BASE, BASE + 3 * PAGE)), [EFAULT] * 2)
    expect("mprotect to READ and WRITE", protect(space, 0, 4, RW), 0)
    space.writes(0, {BASE: 3, BASE + 3 * PAGE: 4})
    expect("bytes after that", space.reads(0, [BASE + i * PAGE for i in range(4)]), [3, 2, 0, 4])
    space.expect_areas(0, [area(BASE, 4)], "after mprotect to READ and WRITE")
    space.check("after rights went and came")


@points(3, needs=PARTS, cause="only the part that was asked for changes: vma_isolate() cuts it out; the figures follow")
def test_rights_of_a_part(arena):
    space = Areas(arena)
    space.file(0, 16)
    space.map(0, BASE, 12, RW, PRIVATE, 0, 1)
    space.writes(0, {BASE + i * PAGE: 10 + i for i in range(12)})
    expect("mprotect of the middle", protect(space, 3, 4, READ), 0)
    expect("mprotect of the end", protect(space, 10, 2, READ | EXEC), 0)
    space.expect_areas(0, [area(BASE, 3, file=0, offset=1), area(BASE + 3 * PAGE, 4, prot=READ, file=0, offset=4),
                           area(BASE + 7 * PAGE, 3, file=0, offset=8), area(BASE + 10 * PAGE, 2, prot=READ | EXEC, file=0, offset=11)],
                       "after its middle and end got other rights")
    expect("which pages may be written", [i for i in range(12) if space.present(0, BASE + i * PAGE).write], [0, 1, 2, 7, 8, 9])
    expect("bytes of all pages", space.reads(0, [BASE + i * PAGE for i in range(12)]), [10 + i for i in range(12)])
    space.expect_promised("after a part of a private mapping lost its right to write")
    space.check("after parts got other rights")


@points(3, needs=ALL, cause="a part that is like its neighbour again is one with it; *prev is the area where the range goes on")
def test_rights_that_come_back(arena):
    space = Areas(arena)
    space.anon(0, BASE, 16)
    expect("mprotect of a part", protect(space, 4, 4, READ), 0)
    expect("mprotect of another", protect(space, 10, 2, READ | EXEC), 0)
    space.expect_areas(0, [area(BASE, 4), area(BASE + 4 * PAGE, 4, prot=READ), area(BASE + 8 * PAGE, 2), area(BASE + 10 * PAGE, 2, prot=READ | EXEC),
                           area(BASE + 12 * PAGE, 4)], "after two parts got other rights")
    expect("mprotect over all of that", protect(space, 2, 11, READ), 0)
    space.expect_areas(0, [area(BASE, 2), area(BASE + 2 * PAGE, 11, prot=READ), area(BASE + 13 * PAGE, 3)], "after one mprotect over five areas")
    expect("mprotect over a hole behind it", protect(space, 12, 8, READ), ENOMEM)
    space.expect_areas(0, [area(BASE, 2), area(BASE + 2 * PAGE, 14, prot=READ)], "after an mprotect that ran into a hole")
    expect("mprotect of everything", protect(space, 0, 16, RW), 0)
    space.expect_areas(0, [area(BASE, 16)], "after all got the rights that it began with")
    space.expect_promised("after rights came back")


@points(1, needs=NEEDS, cause="change_protection()'s last argument: a shared page that is dirty already need not tell its file again")
def test_a_dirty_page_stays_writable(arena):
    space = Areas(arena)
    space.file(0, 8)
    space.map(0, BASE, 4, RW, SHARED, 0)
    space.writes(0, {BASE: 1})
    expect("mprotect to READ, WRITE and EXEC", protect(space, 0, 4, RW | EXEC), 0)
    expect("may the page that is dirty be written without a fault?", space.present(0, BASE).write, True)


@points(2, needs=NEEDS, cause="a private page that may be written for the first time is promised: VM_ACCOUNT tells that it was, once")
def test_what_is_promised(arena):
    space = Areas(arena)
    space.file(0, 8)
    space.anon(0, BASE, 5, READ)
    space.map(0, BASE + 8 * PAGE, 4, READ, SHARED, 0)
    space.anon(0, BASE + 16 * PAGE, 3)
    space.anon(0, BASE + 24 * PAGE, 7, READ, PRIVATE | NORESERVE)
    before = space.committed()
    for prot, more in ((RW, 5), (READ, 5), (RW, 5), (NONE, 5)):
        expect(f"mprotect to {name(prot)} of five private pages that were READ at first", protect(space, 0, 5, prot), 0)
        expect("pages promised in addition", space.committed() - before, more)
        space.expect_promised(f"after mprotect to {name(prot)}")
    expect("mprotect of a shared mapping", protect(space, 8, 4, RW), 0)
    expect("mprotect of a mapping with MAP_NORESERVE", protect(space, 24, 7, RW), 0)
    expect("mprotect of what could be written at first", (protect(space, 16, 3, READ), protect(space, 16, 3, RW)), (0, 0))
    expect("pages promised in addition", space.committed() - before, 5)
    space.call("unmap", 0, BASE, 32)
    expect("pages that are promised when nothing is mapped", space.committed() - space.promised, 0)


@points(2, needs=PARTS, cause="who is refused keeps everything as it was, and what was promised to him is taken back")
def test_what_is_refused(arena):
    space = Areas(arena)
    space.anon(0, BASE, HUGE, READ)
    expect("mprotect to WRITE of more than there is", protect(space, 0, HUGE, RW), ENOMEM)
    space.expect_areas(0, [area(BASE, HUGE, prot=READ)], "after more was asked for than there is")
    space.expect_promised("after more was asked for than there is")
    space.call("fail", 1)
    expect("mprotect of the middle without memory for a cut", protect(space, 2, 2, RW), ENOMEM)
    space.call("fail", 0)
    space.call("tune", MOST_AREAS, 1)
    expect("mprotect of the middle when one area is all that one may have", protect(space, 2, 2, RW), ENOMEM)
    space.expect_areas(0, [area(BASE, HUGE, prot=READ)], "after a part could not be cut out")
    space.expect_promised("after a part could not be cut out")
    arena.call("reset")
    space = Areas(arena)
    space.anon(0, BASE, 4)
    space.anon(0, BASE + 8 * PAGE, 8, READ)
    space.call("tune", DATA_LIMIT, 6)
    expect("mprotect to WRITE of more than RLIMIT_DATA allows", protect(space, 8, 8, RW), ENOMEM)
    space.expect_areas(0, [area(BASE, 4), area(BASE + 8 * PAGE, 8, prot=READ)], "after RLIMIT_DATA was in the way")
    space.expect_promised("after RLIMIT_DATA was in the way")
    expect("mprotect to WRITE of as much as it allows", protect(space, 8, 2, RW), 0)
    expect("mprotect of what counts already", protect(space, 0, 4, RW | EXEC), 0)
