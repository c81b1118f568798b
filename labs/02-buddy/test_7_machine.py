"""The machine boots on your allocator: are its zones in order, does memory come back, do the self-tests pass?"""

import re

from buddy import Buddy, Question, ask_watermark, check_zones, free_pages, zones
from grade.plugin import expect, points, sampled
from model import NORMAL

BOOTS = ["walk", "take", "split", "give", "merge"]
WORKLOAD = """for i in 1 2 3; do
    cat /bin/* > /tmp/all; cat /tmp/all /tmp/all | wc -c; cp /tmp/all /tmp/copy; rm /tmp/all /tmp/copy
    ls -l / | cat | cat | cat > /dev/null
done"""


@points(2, needs=BOOTS, cause="on the real zones, too, the lists hold the free pages in the largest blocks")
def test_the_real_zones_are_in_order(vm):
    vm.run("ls -lR / > /dev/null; cat /bin/* | wc -c")
    check_zones(vm)


@points(1, needs=BOOTS, cause="/proc/buddyinfo shows each zone's nr_free: it must add up to what is free")
def test_buddyinfo_adds_up(vm):
    text = vm.run("cat /proc/buddyinfo")[1].decode()
    rows = re.findall(r"^Node +(\d+), zone +(\w+) +([\d ]+)$", text, re.M)
    populated = [(node, name) for node, name, zone in zones(vm.kernel) if zone.present_pages]
    expect("the zones in /proc/buddyinfo", [(int(node), name) for node, name, _ in rows], populated)
    total = sum(int(n) << order for _, _, blocks in rows for order, n in enumerate(blocks.split()))
    left = free_pages(vm)
    assert abs(total - left) < 200, f"/proc/buddyinfo adds up to {total} pages, but {left} are free"


@points(2, needs=BOOTS, cause="pages that were freed do not come back: somewhere they get lost between two lists")
def test_memory_comes_back(vm):
    vm.run(WORKLOAD)                    # what is cached once stays
    before = free_pages(vm)
    for _ in range(2):
        status, _, errors = vm.run(WORKLOAD)
        expect("the workload's status and errors", (status, errors.decode()), (0, ""))
    lost = before - free_pages(vm)
    assert lost < 200, f"{lost} pages less are free after two rounds of the same work"
    check_zones(vm)


@sampled(1)
@points(2, needs=[*BOOTS, "watermark"], cause="lists or watermark are still wrong, as the other exercises' tests tell; "
        "or the kernel's own tests fail on four CPUs: `make ktest T='page_alloc.*'`")
def test_self_tests_on_four_cpus(arena, boot, rng):
    buddy = Buddy(arena)                # what a kernel says of itself is worth something only if its lists are right
    buddy.zone_at_random(rng, NORMAL, 0, 2048)
    buddy.work(rng, 20)
    ask_watermark(arena, *(Question({0: 10, 3: 5}, 50, 2, mark) for mark in (0, 36, 37, 46, 47)))
    boot.self_tests("page_alloc.*", 16, cpus=4)
