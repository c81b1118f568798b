"""Exercise 6: how far a difference may go (calculate_threshold)."""

from grade.plugin import points
from model import MIB_PAGES
from percpu import ask_thresholds


@points(3, needs=["threshold"], cause="2 * fls(CPUs) * (1 + fls(memory in 128 MiB, rounded down)), 125 at most")
def test_more_cpus_and_memory_let_it_grow(arena):
    ask_thresholds(arena, [(1, 16 * MIB_PAGES), (1, 128 * MIB_PAGES - 1), (1, 128 * MIB_PAGES), (2, 512 * MIB_PAGES), (3, 896 * MIB_PAGES),
                (4, 1024 * MIB_PAGES), (8, 64 * 1024 * MIB_PAGES)])
    ask_thresholds(arena, [(8, 2 ** 20 * MIB_PAGES), (8, 2 ** 22 * MIB_PAGES - 1)])
