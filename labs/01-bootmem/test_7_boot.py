"""The machine boots on it: every page of it is free, or somebody's."""

import re

from grade.plugin import expect, points
from model import PAGE

NEEDS = ["free", "reserve", "find", "pack", "alloc", "hand-over"]


def memory_line(guest):
    """(present, free, reserved) in KiB, as the boot's log tells them."""
    found = re.search(r"Memory: (\d+) KiB present, (\d+) KiB free, (\d+) KiB reserved", guest.log())
    assert found, "the boot's log has no line \"Memory: …\""
    return tuple(map(int, found.groups()))


def active_ranges(guest):
    """The machine's memory as ranges of pages, as the boot's log tells what the firmware told."""
    lines = re.findall(r"Memory of node \d+: ([0-9a-f]+)-([0-9a-f]+)", guest.log())
    return [range(int(first, 16), int(end, 16)) for first, end in lines]


def reserved_flags(guest, pages):
    """Which of these pages have PG_reserved, in order: booleans. => the guest is stopped"""
    kernel = guest.kernel
    bit = kernel.constant("PG_reserved")
    shift = kernel.constant("SECTION_SIZE_BITS") - kernel.constant("PAGE_SHIFT")
    sections = kernel.sizeof("struct mem_section")
    size = kernel.sizeof("struct page")
    flags = []
    for page in pages:
        section = kernel.at("struct mem_section", kernel["mem_section"] + (page >> shift) * sections)
        address = (section.map + page * size) % (1 << 8 * kernel.word)
        flags.append(bool(kernel.at("struct page", address).flags >> bit & 1))
    return flags


def check_books(guest):
    """Present pages are the free ones and the reserved ones; the bitmap is among the free."""
    present, free, reserved = memory_line(guest)
    expect("present KiB, which are those free and those reserved at boot", present, free + reserved)
    with guest.stopped():
        ranges = active_ranges(guest)
        marked = sum(sum(reserved_flags(guest, pages)) for pages in ranges)
        kernel = guest.kernel
        total = kernel.number(kernel["totalram_pages"], kernel.word)
        # zero_page is a reserved page that was allocated like any other.
        expect("the pages that have PG_reserved, and those that were handed over (totalram_pages)", marked - 1 + total,
               sum(map(len, ranges)))
        start, first, end = (int(x, 16) for x in re.search(
            r"Node 0: low memory ([0-9a-f]+)-([0-9a-f]+), boot bitmap at ([0-9a-f]+)", guest.log()).groups())
        bitmap = range(end // PAGE, (end + (first - start + 7) // 8 + PAGE - 1) // PAGE)
        expect("the pages of the boot bitmap that still have PG_reserved", sum(reserved_flags(guest, bitmap)), 0)


@points(3, needs=NEEDS, cause="the machine does not come up on this allocator: read the log")
def test_it_boots(vm):
    status, out, err = vm.run("cat /proc/meminfo")
    total = re.search(rb"MemTotal: +(\d+) kB", out)
    assert status == 0 and total, (out, err)


@points(3, needs=NEEDS, cause="a page was lost between bootmem and the buddy lists, or given twice")
def test_every_page_is_accounted_for(boot):
    check_books(boot(mem="64M"))


@points(2, needs=NEEDS, cause="a machine with more memory has a bitmap of more than one page: all of them go over")
def test_a_bitmap_of_several_pages(boot):
    check_books(boot(mem="512M"))
