"""Points: what a test's outcomes on the machines are worth together, as docs/grading.md, section 4, has it.

Nothing here runs anything: it takes what pytest's process reported for each machine.
"""

import re

PRIMARY_SHARE = 0.8		# of a test's points; the rest is shared by the other machines
CONSOLE_LINES = 14		# of what a kernel printed that are told
REGISTERS = re.compile(r"(?:\b[a-z]\w* +[0-9a-f]{8,16}\b *){3,}$")	# a line of a panic's registers
OUTCOMES = ("passed", "failed", "error", "infrastructure", "not-built")


def shares(machines, primary):
    """{machine: its part of each test's points}; they sum to 1."""
    others = [m for m in machines if m != primary]
    if primary not in machines or not others:
        return {m: 1 / len(machines) for m in machines}
    return {m: PRIMARY_SHARE if m == primary else (1 - PRIMARY_SHARE) / len(others) for m in machines}


def earned(test):
    """The points of one test on one machine: all or nothing."""
    return test["points"] if test["outcome"] == "passed" else 0


def score(machines, primary):
    """(points, the most there are) of {machine: {"tests": […]}}; the machines that are there share the whole."""
    parts = shares(list(machines), primary)
    got = sum(parts[m] * earned(t) for m in machines for t in machines[m]["tests"])
    most = sum(parts[m] * t["points"] for m in machines for t in machines[m]["tests"])
    return round(got, 2), round(most, 2)


def points_fault(machines, whole):
    """A sentence about points that do not sum to 100, or that differ between machines; "" if all is well.

    whole: public and hidden tests are both there
    """
    sums = {m: sum(t["points"] for t in machines[m]["tests"]) for m in machines}
    if len(set(sums.values())) > 1:
        return "the tests' points differ between machines: " + ", ".join(f"{m} {n:g}" for m, n in sums.items())
    total = next(iter(sums.values()), 0)
    if whole and abs(total - 100) > 0.01:
        return f"the tests' points, public and hidden, sum to {total:g} instead of 100"
    if total > 100.01:
        return f"the public tests' points sum to {total:g}, which is more than 100"
    return ""


def told_console(console, died):
    """What a student reads of a kernel's log: of a panic its cause, the bad address and the backtrace; else the start.

    died: the guest ended or hung; without a panic its last lines are told
    """
    lines = ["".join(c if c.isprintable() else "?" for c in line.expandtabs()) for line in console.splitlines()]
    panic = next((i for i, line in enumerate(lines) if "Kernel panic: " in line), None)
    if panic is not None:
        end = next((i for i in range(panic, len(lines)) if "Mem-info:" in lines[i]), len(lines))
        lines = [line for line in lines[max(0, panic - 1):end] if not REGISTERS.search(line)]
    elif died:
        return lines[-CONSOLE_LINES:]
    more = len(lines) - CONSOLE_LINES
    return lines[:CONSOLE_LINES] + ([f"… {more} more lines"] if more > 0 else [])
