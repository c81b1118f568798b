"""Several programs at once, as the course's secret chooses."""

from grade.plugin import points
from proc import balanced, must_run

PROGRAMS = ("/bin/true", "ls -l /bin > /dev/null", "/test/mm stack_grows > /dev/null", "cat /proc/self/maps",
            "/test/mm stack_limit > /dev/null", "/test/files long_symlinks > /dev/null")


@points(5, needs=["committed"], cause="whatever runs, its promises end with it")
def test_a_mixture_leaves_nothing(vm, rng):
    with balanced(vm, "a mixture of programs"):
        must_run(vm, "; ".join(rng.choice(PROGRAMS) for _ in range(8)))
