"""The symptom: Committed_AS drifts."""

from grade.plugin import points
from proc import balanced, must_run

NEEDS = ["committed"]


@points(20, needs=NEEDS, cause="each program that ends leaves a part of what was promised to it behind")
def test_small_programs_leave_nothing(vm):
    with balanced(vm, "20 × /bin/true"):
        must_run(vm, "i=0; while [ $i -lt 20 ]; do true; /bin/true; i=$((i + 1)); done")


@points(15, needs=NEEDS, cause="a stack that grows page by page is counted wrong at each step")
def test_a_deep_stack_leaves_nothing(vm):
    with balanced(vm, "/test/mm stack_grows, which recurses 1500 times"):
        must_run(vm, "/test/mm stack_grows")


@points(15, needs=NEEDS, cause="a stack may grow by several pages at once: a function with large variables")
def test_large_steps_leave_nothing(vm):
    with balanced(vm, "/test/files long_symlinks, whose function has 8 KiB of variables"):
        must_run(vm, "/test/files long_symlinks")
    with balanced(vm, "cp -r of nested directories, with 8 KiB of variables at each depth"):
        must_run(vm, "mkdir -p /tmp/a/b/c/d/e/f/g && cp -r /tmp/a /tmp/z && rm -r /tmp/a /tmp/z")
