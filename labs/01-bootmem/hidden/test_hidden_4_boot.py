"""Other sizes of the machine."""

from grade.plugin import points
from test_7_boot import NEEDS, check_books


@points(2, needs=NEEDS, cause="no size of memory is special: the last word of the bitmap is seldom full")
def test_odd_sizes_of_memory(boot, rng):
    check_books(boot(mem=f"{rng.randrange(65, 200)}M"))
