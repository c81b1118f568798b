"""Exercise 3: the child's entries."""

from grade.plugin import expect, points
from grade.space import BASE, MINOR, PAGE, READ, WRITE, Space

ARENA = "space"
NEEDS = ["areas", "entries"]


def forked(arena, written=(0, 1), read=(), pages=8):
    """A parent (space 0) with some pages written and some read, and its child (space 1)."""
    space = Space(arena)
    space.anon(0, BASE, pages)
    for i in written:
        space.expect_fault(0, BASE + i * PAGE, WRITE, MINOR)
    for i in read:
        space.expect_fault(0, BASE + i * PAGE, READ, MINOR)
    expect("what fork says", space.fork(0, 1), 0)
    return space


@points(4, needs=NEEDS, cause="parent and child share each page, and neither may write it: both entries lose the right")
def test_both_may_only_read(arena):
    space = forked(arena, written=(0, 1, 5), read=(3,))
    parent, child = space.entries(0), space.entries(1)
    expect("the addresses that have entries in the child", sorted(child), sorted(parent))
    for addr in sorted(parent):
        expect(f"the page at {addr:#x} in the child", child[addr].pfn, parent[addr].pfn)
        expect(f"may the page at {addr:#x} be written by parent and child?", (parent[addr].write, child[addr].write), (False, False))


@points(4, needs=NEEDS, cause="one more entry maps the page: it gets a reference (get_page), a mapcount (page_dup_rmap), and "
        "the child's rss counts it")
def test_all_is_counted_twice(arena):
    space = forked(arena, written=range(6), read=(7,))
    space.expect_rss(0, 1, 6, ", the parent")
    space.expect_rss(1, 1, 6, ", the child")
    space.check("after a fork")
    expect("what fork says", space.fork(1, 2), 0)
    space.check("after the child forked, too")


@points(2, needs=NEEDS, cause="the child has not touched anything yet: its entries are old")
def test_the_child_touched_nothing(arena):
    space = forked(arena, written=(0, 2))
    expect("the parent's entries: which are young?", [e.young for e in space.entries(0).values()], [True, True])
    expect("the child's entries: which are young?", [e.young for e in space.entries(1).values()], [False, False])


@points(3, needs=NEEDS, cause="the parent's entry lost its right to write, but a CPU may still have it in the TLB: fork must flush")
def test_the_parent_writes_after_fork(arena):
    space = Space(arena)
    space.anon(0, BASE, 32)
    told = []
    for i in range(32):                                     # in quick succession, as a CPU may forget entries by itself
        addr = BASE + i * PAGE                              # the second write may fail: exercise 4 is where it is copied
        told += space.many([("write", 0, addr, 10 + i, 0), ("fork", 0, 1), ("write", 0, addr, 90 + i, 0), ("read", 1, addr, 0),
                            ("drop", 1)])[3]
    expect("what children read when the parent wrote after the fork", told, [10 + i for i in range(32)])
    space.check("after writes behind forks")
