"""What must hold of the kernel's promises of memory, as /proc tells them.

Committed_AS in /proc/meminfo is the memory that the kernel has promised to programs: the sum of the sizes of their
private writable areas and stacks. Whoever makes an area larger adds to it; whoever ends takes away what its areas hold.

  balance    When the same programs run as before, the same is promised as before.
  growth     While an area grows, the promise grows by as many pages as the area, neither more nor less.
  refusal    What is refused is not promised.
"""

import re

PAGE_KIB = 4
VM_ACCOUNT = 0x100000           # of an area whose pages are promised: mm/mm.h


def kib(text, name):
    """The value of a line like "Name:   123 kB" of a /proc file, in KiB; None if there is no such line."""
    found = re.search(rf"^{name}:\s+(\d+) kB$", text, re.M)
    return int(found[1]) if found else None


def stack_kib(maps):
    """The size of the area [stack] in the text of /proc/PID/maps, in KiB."""
    found = re.search(r"^([0-9a-f]+)-([0-9a-f]+) .*\[stack\]$", maps, re.M)
    return (int(found[2], 16) - int(found[1], 16)) >> 10 if found else None


def ratio_for(meminfo, spare_kib):
    """The least overcommit_ratio (percent of MemTotal) that lets `spare_kib` KiB more be promised than are now."""
    wanted, total = kib(meminfo, "Committed_AS") + spare_kib, kib(meminfo, "MemTotal")
    return -(-wanted * 100 // total)
