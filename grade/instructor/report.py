"""What a batch tells: grades.csv, canvas.csv, the class's report.html, and a page for each student.

The pages are whole without JavaScript, without colour and without pictures: what a bar or a shade shows stands beside
it as a number. A student's page tells of hidden tests no more than name, points and likely cause.
"""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import jinja2

from grade.result import shares

BINS = 10
MOST_FAILING = 10
RESEMBLES = 0.5			# share of tests that failures and a mutant's pattern have in common
LOST = ("failed", "error", "not-built")

_pages = jinja2.Environment(loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True,
                            trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
_pages.filters["marks"] = lambda number: f"{round(number, 1):g}"


@dataclass(frozen=True)
class Cell:
    """A test of one student: points over both machines."""
    earned: float
    points: float

    @property
    def share(self):
        return self.earned / self.points if self.points else 1.0


def cells(lab, result):
    """{test: Cell} of a result."""
    earned, points = Counter(), {}
    for machine, share in shares(list(result["machines"]), lab.primary).items():
        for test in result["machines"][machine].get("tests", []):
            earned[test["name"]] += share * test["earned"]
            points[test["name"]] = max(points.get(test["name"], 0), test["points"])
    return {name: Cell(earned[name], points[name]) for name in points}


def failures(result):
    """The names of the tests that ran on any machine, and failed."""
    return {t["name"] for t in _tests(result) if t["outcome"] in ("failed", "error")}


def _tests(result):
    """The tests of all machines."""
    return [t for machine in result["machines"].values() for t in machine.get("tests", [])]


def called(name, tests):
    """Those of `tests` that lab.toml means by a name: the test, or its cases."""
    return {t for t in tests if t == name or t.startswith(name + "[")}


def misconceptions(lab, results):
    """Students by the mutant whose pattern of failures theirs resembles most: [(misconception, [names])].

    Who fails nearly everything resembles nobody.
    """
    every = set().union(*(cells(lab, r) for r in results.values())) if results else set()
    patterns = {m.misconception: set().union(*(called(k, every) for k in m.killed_by)) for m in lab.mutants}
    found = {}
    for name, result in sorted(results.items()):
        failed = failures(result)
        best = max(patterns, key=lambda m: _alike(failed, patterns[m]), default=None)
        if best and _alike(failed, patterns[best]) >= RESEMBLES:
            found.setdefault(best, []).append(name)
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))


def _alike(one, other):
    return len(one & other) / len(one | other) if one and other else 0.0


def histogram(scores, most=100.0):
    """[(from, to, how many)] in equal steps; the full marks belong to the last."""
    counts = Counter(min(BINS - 1, max(0, int(s * BINS / most))) for s in scores)
    return [(i * most / BINS, (i + 1) * most / BINS, counts[i]) for i in range(BINS)]


def middle(scores):
    """The median, 0 of nothing."""
    s = sorted(scores)
    return (s[(len(s) - 1) // 2] + s[len(s) // 2]) / 2 if s else 0.0


# ---- files ----------------------------------------------------------------------------------------------------------

def write(out, lab, results, faults=None, pairs=()):
    """Write all files of a class. results: {name: result}; faults: {name: why it is not graded}."""
    faults = faults or {}
    _put(out / "grades.csv", grades(results, faults))
    _put(out / "canvas.csv", canvas(lab, results))
    _put(out / "report.html", class_page(lab, results, faults, pairs))
    for name, result in results.items():
        _put(out / "students" / f"{name}.html", student_page(lab, name, result))


def _put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".new-{path.name}")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _csv(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)		# RFC 4180
    return out.getvalue()


def grades(results, faults):
    """A line for each student; who is not graded has no mark."""
    rows = [["student", "score", "max", "status", "remarks"]]
    for name in sorted({*results, *faults}):
        if name in faults:
            rows.append([name, "", "", "not graded", faults[name]])
        else:
            r = results[name]
            rows.append([name, f"{r['score']:g}", f"{r['max']:g}", "graded", " ".join(remarks(r))])
    return _csv(rows)


def remarks(result):
    """What a student must know besides the tests: what was refused, and why a machine has no kernel."""
    broken = {}
    for machine, data in result["machines"].items():
        if not data["build"]["ok"]:
            broken.setdefault(_first_error(data["build"]["message"]), []).append(machine)
    return [*result["refused"], *(f"No kernel for {' and '.join(machines)}: {why}" for why, machines in broken.items())]


def _first_error(message):
    """The first line of a compiler's message that tells an error."""
    lines = message.splitlines() or ["it does not compile"]
    return next((line for line in lines if re.search(r"\berror\b|stopped", line, re.I)), lines[0])


def canvas(lab, results):
    """The layout that Canvas imports into its gradebook: identity columns, then one for each assignment, whose maximum
    stands in a line of its own (Instructure's guide, "How do I import grades in the Gradebook?"). Students are found by
    their SIS Login ID, which the names of submissions should be."""
    rows = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", f"Lab {lab.name}"],
            ["    Points Possible", "", "", "", "", "100"]]
    return _csv(rows + [[n, "", "", n, "", f"{r['score']:g}"] for n, r in sorted(results.items())])


# ---- pages ----------------------------------------------------------------------------------------------------------

def class_page(lab, results, faults, pairs):
    names = sorted(results)
    tables = {n: cells(lab, results[n]) for n in names}
    tests = list(dict.fromkeys(t for n in names for t in tables[n]))
    lost = {t: [n for n in names if t in tables[n] and tables[n][t].share < 1] for t in tests}
    scores = [results[n]["score"] for n in names]
    return _pages.get_template("class.html").render(
        lab=lab, names=names, results=results, faults=faults, tests=tests, tables=tables, pairs=pairs,
        hidden={t["name"] for r in results.values() for t in _tests(r) if t["hidden"]},
        histogram=histogram(scores), scores=scores, median=middle(scores), remarks=remarks,
        failing=sorted(((t, who) for t, who in lost.items() if who), key=lambda x: (-len(x[1]), x[0]))[:MOST_FAILING],
        misconceptions=misconceptions(lab, results))


def student_page(lab, name, result):
    return _pages.get_template("student.html").render(lab=lab, name=name, result=result, cells=cells(lab, result),
                                                      share=shares(list(result["machines"]), lab.primary), lost=LOST)
