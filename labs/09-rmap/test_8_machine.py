"""The machine gives back memory that programs have mapped."""

from grade.plugin import expect, points, sampled
from grade.space import BASE, PAGE, READ, SHARED, SUCCESS, US, Space

ARENA = "space"
ALL = ["family", "count", "find", "referenced", "clean", "unmap"]
WORK = "for i in 1 2 3 4; do (cat /bin/[c-h]* | wc -c; (echo $i)); done; ps | cat | wc -l"


def rmap_works(arena):
    """Before anything is booted: a kernel that cannot do this is not worth the time, nor is what it says of itself."""
    space = Space(arena)
    space.file(0, 2)
    space.anon(0, BASE, 2)
    space.map(0, BASE + 8 * PAGE, 2, 3, SHARED, 0)
    space.writes(0, {BASE: 1, BASE + 8 * PAGE: 2})
    expect("what fork says", space.fork(0, 1), 0)
    private, file = (space.present(0, addr).pfn for addr in (BASE, BASE + 8 * PAGE))
    expect("how many areas are on the list", len(space.family(0, BASE)), 2)
    expect("uses of a page by parent and child, of which the child is new", [space.referenced(private) for _ in range(2)], [1, 0])
    expect("page_mkclean()", [space.clean(file) for _ in range(2)], [1, 0])
    space.many([("referenced", file, US)] * 2)
    expect("try_to_unmap() of a page that was not used since", space.unmap_all(file), SUCCESS)
    space.check("after a page was taken away")


@points(1, needs=ALL, cause="programs come and go, and their pages are counted: one of the exercises is not right yet")
def test_programs_run(arena, boot):
    rmap_works(arena)
    boot.programs(WORK, "/test/mm")


@sampled(1)
@points(1, needs=ALL, cause="the kernel's own tests of rmap.c and vmscan.c fail on four CPUs: `make ktest T='rmap.*'`, and T='vmscan.*'")
def test_self_tests_on_four_cpus(arena, boot):
    rmap_works(arena)
    boot.self_tests("rmap.*", 4, cpus=4)
    boot.self_tests("vmscan.*", 4, cpus=4)
