"""grade regrade: a batch again, and what that changes.

With --only the tests of those names run again, and the others keep their marks: for a test that was wrong.
"""

import json
from dataclasses import replace
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from grade import UserError, isolation, result as results
from grade.instructor import batch


def settings(out):
    """How the batch of this folder was graded."""
    try:
        return json.loads((Path(out) / batch.SETTINGS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UserError(f"{out} holds no batch: `grade/grade batch LAB SUBMISSIONS {out}` makes one.") from None


def merged(old, new, primary):
    """The old result with the new one's tests in place of those of the same names."""
    made = {**old, **{k: new[k] for k in ("key", "isolation", "refused")}, "machines": {}}
    for machine, data in new["machines"].items():
        again = {t["name"]: t for t in data["tests"]}
        before = old["machines"].get(machine, {}).get("tests", [])
        tests = [again.pop(t["name"], t) for t in before]
        made["machines"][machine] = {**data, "tests": tests + list(again.values())}
    made["score"] = results.score(made["machines"], primary)[0]
    return made


def changes(old, new):
    """{test: (points before, points now)} of tests whose points are not what they were, over both machines."""
    points = [{(m, t["name"]): t["earned"] for m, d in r["machines"].items() for t in d["tests"]} for r in (old, new)]
    return {f"{name} ({machine})": (points[0].get((machine, name), 0), points[1].get((machine, name), 0))
            for machine, name in sorted({*points[0], *points[1]})
            if points[0].get((machine, name), 0) != points[1].get((machine, name), 0)}


def regrade(course, found, out, *, jobs=None, console=None):
    """Grade all again. => ({name: (old result or None, new one)}, faults, tasks)"""
    old = {s.name: batch.load_result(out, s.name) for s in found}
    tasks = [batch.task(course, s) for s in found]
    # Who has no result yet gets a whole one.
    tasks = [t if old[t.name] else replace(t, only=()) for t in tasks]
    new = {}

    def keep(task, result):
        whole = merged(old[task.name], result, course.lab.primary) if task.only else result
        batch.store(batch.result_path(out, task.name), whole)
        new[task.name] = (old[task.name], whole)
        return whole

    faults = batch.run_shown(tasks, keep, jobs=jobs, cluster=None, console=console or Console(quiet=True))
    return new, faults, tasks


def show(compared, console, plain=False):
    """A table of the differences in marks."""
    table = Table("student", "before", "now", "difference", "tests", box=None if plain else box.ROUNDED)
    for name, (old, new) in sorted(compared.items()):
        before = old["score"] if old else 0
        tests = ["graded for the first time"]
        if old:
            tests = [f"{test}: {a:g} → {b:g}" for test, (a, b) in changes(old, new).items()]
        if tests or before != new["score"]:
            table.add_row(name, f"{before:g}" if old else "–", f"{new['score']:g}", f"{new['score'] - before:+g}",
                          "\n".join(tests))
    if table.row_count:
        console.print(table)
    console.print(f"{len(compared)} graded again, {table.row_count} with a difference")


def main(args):
    """grade/grade regrade"""
    known = settings(args.out)
    found = batch.sources(known["submissions"])
    course = batch.course(known["lab"], isolation.choose(args.isolation), machines=tuple(known["machines"]),
                          hidden=args.hidden or known["hidden"], secret=args.secret or known["secret"],
                          seed=known["seed"], only=tuple(args.only or ()))
    batch.keep_secret(course.how, {s.path for s in found})
    compared, faults, tasks = regrade(course, found, args.out, jobs=args.jobs, console=batch.console_of(args))
    batch.summarise(course, tasks, args.out, faults)
    show(compared, Console(highlight=False, no_color=args.plain or None), args.plain)
    for name, why in sorted(faults.items()):
        print(f"{name}: not graded: {why}")
    return 1 if faults else 0
