"""What else the function does, which a repair must not break."""

import re

from grade.plugin import expect, points
from model import PAGE_KIB, kib, ratio_for, stack_kib
from proc import balanced, must_run, read

NEEDS = ["committed"]
STACK_KIB = 6000                # what /test/mm stack_grows needs, nearly


@points(15, needs=NEEDS, cause="VmStk and VmSize grow by as many pages as the stack")
def test_the_figures_of_a_process(vm):
    with balanced(vm, "a shell whose functions call each other 40 deep"):
        text = must_run(vm, "f() { if [ $1 -gt 0 ]; then f $(($1 - 1)); else cat /proc/$$/status /proc/$$/maps; fi; }\n"
                            "f 40")
    areas = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) ", text, re.M)
    assert stack_kib(text) >= 3 * PAGE_KIB, "the shell's stack has not grown: the test has nothing to look at"
    expect("VmStk in KiB, and the size of [stack] in /proc/PID/maps", kib(text, "VmStk"), stack_kib(text))
    expect("VmSize in KiB, and the sum of all areas in /proc/PID/maps", kib(text, "VmSize"),
           sum(int(end, 16) - int(start, 16) for start, end in areas) >> 10)


@points(15, needs=NEEDS, cause="growth that a limit refuses must not be counted")
def test_refused_growth_leaves_nothing(vm):
    with balanced(vm, "/test/mm stack_limit, whose stack runs into its limit"):
        must_run(vm, "/test/mm stack_limit")


def deep_stack(boot, spare_kib):
    """(did /test/mm stack_grows succeed, its output) where only `spare_kib` KiB more than now are promised."""
    guest = boot(mem="64M")
    with balanced(guest, "a stack that grows with overcommit_memory = 2"):
        ratio = ratio_for(read(guest, "/proc/meminfo"), spare_kib)
        status, out, _ = guest.run(f"v=/proc/sys/vm/overcommit_; echo {ratio} > ${{v}}ratio; echo 2 > ${{v}}memory; "
                                   "/test/mm stack_grows; s=$?; echo 0 > ${v}memory; exit $s")
    return status == 0, out.decode(errors="replace")


@points(7, needs=NEEDS, cause="with overcommit_memory = 2 a stack, too, gets only what can be promised")
def test_a_stack_is_refused_what_is_not_there(boot):
    grew, _ = deep_stack(boot, STACK_KIB // 3)
    expect("whether a stack of 6 MB could grow where 2 MB were to be had", grew, False)


@points(8, needs=NEEDS, cause="as long as the stack's new pages are to be had, growth must not be refused")
def test_a_stack_gets_what_is_there(boot):
    grew, said = deep_stack(boot, STACK_KIB + STACK_KIB // 3)
    expect("whether a stack of 6 MB could grow where 8 MB were to be had", grew, True,
           cause=None if grew else said[-300:])
