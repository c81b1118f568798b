"""The machine boots with high memory: do programs run, and do its own tests pass on four CPUs?"""

from grade.plugin import expect, points, sampled
from windows import Areas, Windows

WORK = "for i in 1 2 3; do cat /bin/* > /tmp/all; cp /tmp/all /tmp/copy; cat /tmp/copy | wc -c; rm /tmp/all /tmp/copy; done; ls -l / > /tmp/x"


@points(2, needs=["name", "window", "flush"], cause="files' pages lie in high memory: each access goes through a window")
def test_programs_run(vm):
    for _ in range(2):
        status, _, errors = vm.run(WORK)
        expect("the work's status and errors", (status, errors.decode()), (0, ""))


@sampled(1)
@points(3, needs=["name", "window", "flush"], cause="the kernel's own tests of windows fail on four CPUs: `make ktest T='highmem.*'`")
def test_windows_on_four_cpus(arena, boot):
    windows = Windows(arena)            # what a kernel says of itself is worth something only if its windows are right
    windows.kmap(5)
    windows.check_content(5, 0x600D)
    windows.kunmap(5)
    windows.start_a_lap(30)
    boot.self_tests("highmem.*", 5, cpus=4)


@sampled(1)
@points(2, needs=["place", "find", "unmap"], cause="the kernel's own tests of areas fail on four CPUs: `make ktest T='vmalloc.*'`")
def test_areas_on_four_cpus(arena, boot):
    areas = Areas(arena)
    made = [areas.make(pages) for pages in (3, 1)]
    areas.free(made[0])
    areas.make(2)
    boot.self_tests("vmalloc.*", 8, cpus=4)
