"""Exercise 2: a free slot becomes a window (find_slot, map_new_virtual)."""

from grade.plugin import expect, points
from windows import Windows

NEEDS = ["name", "window"]


def with_room(arena):
    """Windows with at least twelve slots to go in this lap."""
    windows = Windows(arena)
    for page in range(100, 124):
        if len(windows.next_slots(12)) >= 12:
            break
        windows.kmap(page)
        windows.kunmap(page)
    return windows


@points(5, needs=NEEDS, cause="the next slot gets the page's entry and its name; the count is 1 for the window and 1 for its user")
def test_a_window_shows_its_page(arena):
    windows = with_room(arena)
    slot = windows.next_slots(1)[0]
    expect("the slot of a new window", windows.kmap(10), slot)
    expect("pkmap_count of that slot", windows.counts()[slot], 2)
    windows.check_content(10, 0x1234567)
    expect("the second kmap() of the page", windows.kmap(10), slot)
    windows.kunmap(10)
    windows.kunmap(10)
    expect("pkmap_count after both users are done", windows.counts()[slot], 1)
    expect("the page's window then: it stays until somebody needs the slot", windows.slot(10), slot)
    expect("the page's window when it is wanted again", windows.kmap(10), slot)


@points(4, needs=NEEDS, cause="each new window takes the next slot, and the cursor stays there")
def test_slots_come_in_turn(arena):
    windows = with_room(arena)
    wanted = windows.next_slots(6)
    expect("the slots of six new windows", [windows.kmap(20 + n) for n in range(6)], wanted)
    for n in range(6):
        windows.check_content(20 + n, 0x5000 + n)
    expect("the cursor", windows.cursor(), wanted[-1])
