"""The machine boots with high memory: do programs run, and do its own tests pass on four CPUs?"""

from grade.machine import Died, Hung, guest
from grade.plugin import expect, points, sampled

WORK = "for i in 1 2 3; do cat /bin/* > /tmp/all; cp /tmp/all /tmp/copy; cat /tmp/copy | wc -c; rm /tmp/all /tmp/copy; done; ls -l / > /tmp/x"


@points(2, needs=["name", "window", "flush"], cause="files' pages lie in high memory: each access goes through a window")
def test_programs_run(vm):
    for _ in range(2):
        status, _, errors = vm.run(WORK)
        expect("the work's status and errors", (status, errors.decode()), (0, ""))


@sampled(1)
@points(3, needs=["name", "window", "flush"], cause="the kernel's own tests of windows fail on four CPUs: `make ktest T='highmem.*'`")
def test_windows_on_four_cpus(boot):
    self_tests(boot, "highmem.*", 5)


@sampled(1)
@points(2, needs=["place", "find", "unmap"], cause="the kernel's own tests of areas fail on four CPUs: `make ktest T='vmalloc.*'`")
def test_areas_on_four_cpus(boot):
    self_tests(boot, "vmalloc.*", 8)


def self_tests(boot, glob, number):
    """The machine tests itself instead of running programs, and switches itself off."""
    try:
        boot(append=f"ktest={glob}", cpus=4)
    except Hung:
        raise
    except Died as end:
        results, fault = guest.parse_tap(end.console)
        expect("what is wrong with the self-tests' report", fault, "")
        assert len(results) >= number, f"only {len(results)} self-tests reported"
        return
    raise AssertionError("the machine started its programs instead of its tests")
