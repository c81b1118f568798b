"""The machine forks programs with your copies."""

from grade.plugin import expect, points, sampled
from grade.space import BASE, PAGE, Space

ARENA = "space"
ALL = ["flush", "areas", "entries", "copy", "reuse"]
WORK = """for i in 1 2 3 4; do (cat /bin/[c-h]* | wc -c; x=$i; (x=5; echo $x); echo $x); done; ps | cat | cat | wc -l"""


def forks_work(arena):
    """Before anything is booted: a kernel that cannot do this is not worth the time, nor is what it says of itself."""
    space = Space(arena)
    space.anon(0, BASE, 2)
    space.writes(0, {BASE: 1, BASE + PAGE: 2})
    expect("what fork says", space.fork(0, 1), 0)
    space.writes(1, {BASE: 3})
    space.writes(0, {BASE + PAGE: 4})
    expect("what parent and child read", (space.reads(0, (BASE, BASE + PAGE)), space.reads(1, (BASE, BASE + PAGE))), ([1, 4], [3, 2]))
    space.check("after both wrote")


@points(2, needs=ALL, cause="a shell forks for each program: one of the exercises is not right yet")
def test_programs_run(arena, boot):
    forks_work(arena)
    boot.programs(WORK, "/test/process")


@sampled(1)
@points(2, needs=ALL, cause="the kernel's own tests of memory.c fail on four CPUs: `make ktest T='memory.*'`")
def test_self_tests_on_four_cpus(arena, boot):
    forks_work(arena)
    boot.self_tests("memory.*", 12, cpus=4)
