"""The machine boots on your caches: are all of them in order, and do its own tests pass on four CPUs?"""

from grade.plugin import expect, points, sampled
from slab import Cache, check_caches

BOOTS = ["layout", "make", "take", "put", "arrays"]
WORK = """for i in 1 2 3; do
    mkdir /tmp/d; for n in 1 2 3 4 5 6 7 8; do cp /bin/sh /tmp/d/$n; done; ls -lR / > /dev/null; rm /tmp/d/*; rmdir /tmp/d; ps | cat | wc -l
done"""


@points(4, needs=BOOTS, cause="on the running machine, too, each slab's chain and list must fit to what is in use")
def test_all_caches_are_in_order(vm):
    for _ in range(2):
        vm.run(WORK)
        with vm.stopped():
            assert check_caches(vm.kernel) > 100


@sampled(1)
@points(3, needs=BOOTS, cause="the kernel's own tests of caches fail on four CPUs: `make ktest T='slab.*'`")
def test_self_tests_on_four_cpus(arena, boot):
    cache = Cache(arena, 0, 160, ctor=True)      # what a kernel says of itself is worth something only if its slabs are right
    for _ in range(20):
        cache.must_alloc(1)
        cache.must_alloc(0)
    cache.check("after 20 objects of two nodes")
    boot.self_tests("slab.*", 10, cpus=4)
