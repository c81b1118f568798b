"""The booted machine: it uses your lists and counters; do its books balance, and do its own tests pass on four CPUs?"""

from grade.kernel import MemoryFault
from grade.plugin import expect, points, sampled
from model import NORMAL
from percpu import Counters, Percpu, check_lists, check_slab_counters

WORK = """for i in 1 2 3; do
    (cat /bin/* > /tmp/a$i; cp /tmp/a$i /tmp/b$i; rm /tmp/a$i /tmp/b$i) & ls -lR / > /dev/null & ps | cat | wc -l
done; wait"""


@points(2, needs=["refill", "give"], cause="single pages of the running machine go through the CPUs' lists")
def test_the_lists_are_used_and_in_order(vm):
    vm.run(WORK)
    with vm.stopped():
        used = check_lists(vm.kernel, 1)
    assert used, "no page is on any of the CPU's lists, though programs came and went"


@points(3, needs=["count"], cause="the slab allocator counts its pages: sums and differences must say how many there are")
def test_counters_tell_the_truth(vm):
    vm.run(WORK)
    with vm.stopped():
        assert check_slab_counters(vm.kernel, 1) > 0


@sampled(1)
@points(2, needs=["refill", "give", "count"], cause="with four CPUs, each has its own lists and differences")
def test_books_of_four_cpus(boot):
    machine = boot(cpus=4)
    expect("the status of the work", machine.run(WORK)[0], 0)
    for looks in reversed(range(3)):
        try:
            with machine.stopped():
                assert check_lists(machine.kernel, 4), "no page is on any of the CPUs' lists"
                check_slab_counters(machine.kernel, 4)
                break
        except (AssertionError, MemoryFault):
            if not looks:
                raise
            machine.run("ps | cat")             # a CPU was stopped in the middle of a list


@sampled(1)
@points(2, needs=["count", "fold", "threshold"], cause="the kernel's own tests of the counters fail on four CPUs: "
        "`make ktest T='vmstat.*'`")
def test_self_tests_on_four_cpus(arena, boot):
    percpu = Percpu(arena)              # what a kernel says of itself is worth something only if its counters are right
    percpu.zone(NORMAL, 0, 512)
    books = Counters(percpu, [3] * percpu.cpus)
    for cpu in range(4):
        percpu.become(cpu)
        books.mod(NORMAL, 9, 5 - 3 * cpu)
        books.check("after changes on some CPUs")
    books.refresh(0, 1, 2, 3)
    expect("the sum after all was folded", books.sum(NORMAL, 9), books.truth[NORMAL, 9])
    boot.self_tests("vmstat.*", 4, cpus=4)
