"""Exercise 2: the child has its parent's areas."""

from grade.plugin import expect, points
from grade.space import BASE, DONTFORK, ENOMEM, MINOR, PAGE, PRIVATE, READ, RW, SHARED, WRITE, Space

ARENA = "space"
NEEDS = ["areas"]


@points(4, needs=NEEDS, cause="each area of the parent's list gets its copy, in order: dup_area() makes it and hangs it behind the last")
def test_the_child_has_the_areas(arena):
    space = Space(arena)
    space.file(0, 4)
    for i, (prot, flags, file) in enumerate(((RW, PRIVATE, -1), (READ, PRIVATE, 0), (RW, SHARED, 0), (READ, PRIVATE, -1))):
        space.map(0, BASE + 8 * i * PAGE, 4, prot, flags, file)
    expect("what fork says", space.fork(0, 1), 0)
    expect("the child's areas", space.areas(1), space.areas(0))
    for i in range(4):
        addr = BASE + 8 * i * PAGE
        expect(f"the child's area at {addr:#x}", space.call("find", 1, addr), space.call("find", 0, addr))
    expect("map_count of parent and child", (space.view(0).map_count, space.view(1).map_count), (4, 4))


@points(3, needs=NEEDS, cause="VM_DONTCOPY (MADV_DONTFORK): the child does not get this area; its high marks are what it begins with")
def test_what_is_not_for_the_child(arena):
    space = Space(arena)
    space.anon(0, BASE, 9)
    expect("MADV_DONTFORK", space.call("advise", 0, BASE + 3 * PAGE, 3, DONTFORK), [0])
    expect("what fork says", space.fork(0, 1), 0)
    expect("the child's areas", space.areas(1), [(BASE, BASE + 3 * PAGE), (BASE + 6 * PAGE, BASE + 9 * PAGE)])
    expect("hiwater_vm of the child, which has had six pages and no more", space.view(1).hiwater_vm, 6)


@points(3, needs=NEEDS, cause="a fork that fails says so, leaves no child, no lock held, and the parent as it was")
def test_a_fork_that_fails(arena):
    space = Space(arena)
    for i in range(6):
        space.anon(0, BASE + 2 * i * PAGE, 1, RW if i % 2 else READ)
    expect("what fork says", space.fork(0, 1), 0)
    expect("how many areas the child has", len(space.areas(1)), 6)
    space.drop(1)
    failed = 0
    for n in range(1, 12):
        space.call("fail", n)
        error = space.fork(0, 2)
        space.call("fail", 0)
        expect(f"what a fork says whose request {n} for memory may fail: 0 or -ENOMEM; it said {error}",
               error in (0, ENOMEM), True)
        failed += error == ENOMEM
        if not error:
            expect(f"how many areas the child has, if request {n} for memory fails and fork says 0", len(space.areas(2)), 6)
            space.drop(2)
    assert failed >= 6, f"only {failed} of 11 forks failed, though a request for memory did"
    space.expect_fault(0, BASE + 2 * PAGE, WRITE, MINOR, " of the parent after forks that failed")
    space.check("after forks that failed")
