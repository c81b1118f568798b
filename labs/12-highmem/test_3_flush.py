"""Exercise 3: once a lap, windows without a user become free (unmap_slot, flush_all_zero_pkmaps)."""

from grade.plugin import expect, points
from windows import Windows

NEEDS = ["name", "window", "flush"]


@points(4, needs=NEEDS, cause="when the cursor comes to slot 0, each slot with a count of 1 loses entry and name, and its count becomes 0")
def test_what_nobody_uses_becomes_free(arena):
    windows = Windows(arena)
    windows.start_a_lap(30)
    counts, shown = windows.counts(), windows.shown()
    cursor = windows.cursor()
    expect("slots with a count, after a lap began and one window was made since", [s for s, c in enumerate(counts) if c], [cursor])
    expect("slots that have an entry in the page table", [s for s, there in enumerate(shown) if there], [cursor])
    expect("the window of a page whose slot became free", windows.slot(31), -1)


@points(4, needs=NEEDS, cause="a window in use keeps its slot through all laps, and new ones step over it")
def test_windows_in_use_stay(arena):
    windows = Windows(arena)
    windows.start_a_lap(30)
    held = [windows.kmap(5 + n) for n in range(4)]
    for n in range(2):
        windows.start_a_lap(30)
        expect("the slots of four windows in use, a lap later", [windows.slot(5 + i) for i in range(4)], held)
        expect("their counts", [windows.counts()[s] for s in held], [2] * 4)
        windows.check_content(5 + n, 0xABC0 + n)
    assert windows.slot(30) not in held


@points(5, needs=NEEDS, cause="one flush for all of them, when the cursor comes round: not one for each window")
def test_one_flush_a_lap(arena):
    windows = Windows(arena)
    windows.start_a_lap(30)
    before = int(arena.call("flushes")[0])
    windows.kmap(40, windows.slots // 2)
    windows.kunmap(40, windows.slots // 2)
    expect("flushes during half a lap", int(arena.call("flushes")[0]) - before, 0)
    windows.kmap(40, windows.slots // 2)            # they have their windows still
    windows.kunmap(40, windows.slots // 2)
    expect("flushes when the same pages were wanted again", int(arena.call("flushes")[0]) - before, 0)
    windows.start_a_lap(600)
    expect("flushes at the end of the lap", int(arena.call("flushes")[0]) - before, 1)
