"""Points: what a test's outcomes on the machines are worth together, as docs/grading.md, section 4, has it.

Nothing here runs anything: it takes what pytest's process reported for each machine.
"""

PRIMARY_SHARE = 0.8		# of a test's points; the rest is shared by the other machines
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
