"""grade check: is a lab itself right?

A lab is tried in variants of its tree, each graded as a submission is, hidden tests included:

  reference       nothing removed: full marks on both machines
  skeleton        what a student gets: compiles without a warning, earns the declared floor, leaks no removed body
  first K         only the first K pieces are there: marks rise strictly with K
  without PIECE   only that piece is missing: a test that says it needs the piece fails
  mutant NAME     a wrong piece: every test that lab.toml names fails, and one of them tells a likely cause
  spoofer NAME    prints success instead of doing the work: earns no more than the floor

The answer is a kill matrix, a list of complaints, and the exit status. With `--killers` a mutant is tried by those tests only that must
kill it: as much is proven, in half the time, but the matrix does not tell what else would have seen it. `--quick` leaves out what takes
longest: beside that, a mutant and a spoofer are tried on one machine each, in turn, the pieces one by one not at all, and of the student's
tree the cut files alone are compiled.
"""

import itertools
import json
import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from grade import UserError, build, isolation, lab as labs, runner, skeleton, source

LOST = ("failed", "error", "not-built")


@dataclass(frozen=True)
class Variant:
    """A tree to be graded: which pieces are cut out of it, and which patch or replacement file is put in."""
    kind: str
    name: str
    machines: tuple
    cut: tuple = ()
    patch: Path | None = None
    splice: Path | None = None
    only: tuple = ()                # tests; none: all

    @property
    def title(self):
        return f"{self.kind} {self.name}".strip()


@dataclass
class Report:
    """A lab's verdict. `complaints` are sentences; none means that the lab is right."""
    lab: str
    results: dict = field(default_factory=dict)         # Variant → the runner's result
    complaints: list = field(default_factory=list)

    def complain(self, variant, text):
        self.complaints.append(f"{self.lab}, {variant.title if variant else 'the lab'}: {text}")


# ---- the variants ----------------------------------------------------------------------------------------------------

def variants(lab, machines, quick=False, killers=False):
    """All variants of a lab, in the order in which they are told."""
    names = tuple(p.name for p in lab.pieces)
    found = [Variant("reference", "", machines), Variant("skeleton", "", machines, cut=names)]
    if not quick:
        found += [Variant("first", str(k), machines, cut=names[k:]) for k in range(1, len(names))]
        found += [Variant("without", name, machines, cut=(name,)) for name in names]
    turns = itertools.cycle(machines)

    def where(wrong):
        shows = tuple(m for m in machines if wrong.machine in ("", m))
        return (next(turns),) if quick and shows == machines else shows
    found += [Variant("mutant", m.name, on, patch=m.path, only=m.killed_by if quick or killers else ())
              for m in lab.mutants if (on := where(m))]
    found += [Variant("spoofer", s.name, on, cut=names, splice=s.path) for s in lab.spoofers if (on := where(s))]
    return found


def changed_files(lab, variant):
    """The files of the lab's pieces as the variant has them: {path: bytes}."""
    with tempfile.TemporaryDirectory(prefix="check-") as tree:
        for name in lab.files:
            path = Path(tree, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(lab.root / name, path)
        if variant.cut:
            source.cut(tree, lab, variant.cut)
        if variant.patch:
            source.patch(tree, variant.patch)
        if variant.splice:
            source.splice(tree, lab, variant.splice)
        return {name: Path(tree, name).read_bytes() for name in lab.files}


def grade_variant(lab, base, variant, how):
    """The runner's result for a variant."""
    with tempfile.TemporaryDirectory(prefix="check-", ignore_cleanup_errors=True) as work:
        builds = build.build(base, changed_files(lab, variant), work, how, variant.machines)
        return runner.run(Path(work, "tree"), lab, hidden_dir=lab.dir / "hidden", isolation=how, machines=variant.machines,
                          builds=builds, only=variant.only, out=Path(work, "out"),
                          pristine={m: base.builddir(m) / "pagoda" for m in variant.machines})


# ---- the verdicts ------------------------------------------------------------------------------------------------------

def marks(result, machine):
    """A machine's marks, of 100."""
    tests = result["machines"][machine]["tests"]
    most = sum(t["points"] for t in tests)
    return 100.0 * sum(t["earned"] for t in tests) / most if most else 0.0


def lost(result, machine):
    """The tests that did not give all their points."""
    return [t for t in result["machines"][machine]["tests"] if t["outcome"] in LOST]


def called(test, name):
    """Is `name` (as lab.toml says it) this test, or one of which it is a case?"""
    return test["name"] == name or test["name"].startswith(name + "[")


def judge_machine(lab, variant, result, machine, report):
    """What must hold of one variant on one machine."""
    built = result["machines"][machine]["build"]
    failed = lost(result, machine)
    if not built["ok"]:
        report.complain(variant, f"does not compile on {machine}: {built['message'].splitlines()[:3]}")
    elif variant.kind == "reference":
        for test in failed:
            report.complain(variant, f"{test['name']} fails on {machine}: {test['message'][:300]}")
    elif variant.kind == "skeleton" and abs(marks(result, machine) - lab.floor) > 0.01:
        report.complain(variant, f"earns {marks(result, machine):g} on {machine}, and lab.toml says floor = {lab.floor:g}")
    elif variant.kind == "without" and not any(variant.name in t["needs"] for t in failed):
        report.complain(variant, f"no test that needs {variant.name} fails on {machine}")
    elif variant.kind == "mutant":
        judge_mutant(lab, variant, failed, machine, report)
    elif variant.kind == "spoofer" and marks(result, machine) > lab.floor + 0.01:
        report.complain(variant, f"earns {marks(result, machine):g} on {machine}, more than the floor")


def judge_mutant(lab, variant, failed, machine, report):
    """Each test that lab.toml names must fail, and one must tell the likely cause."""
    mutant = next(m for m in lab.mutants if m.name == variant.name)
    killers = [t for t in failed if any(called(t, name) for name in mutant.killed_by)]
    for name in mutant.killed_by:
        if not any(called(t, name) for t in killers):
            others = ", ".join(t["name"] for t in failed) or "none"
            report.complain(variant, f"{name} does not fail on {machine} (these do: {others})")
    if killers and not any(t["cause"] for t in killers):
        report.complain(variant, f"no test that kills it tells a cause on {machine}")


def judge_rise(lab, report):
    """Marks rise strictly from the skeleton over the first 1, 2, … pieces to the reference."""
    order = [v for kind in ("skeleton", "first", "reference") for v in report.results if v.kind == kind]
    for machine in order[0].machines:
        for before, after in zip(order, order[1:]):
            low, high = (marks(report.results[v], machine) for v in (before, after))
            if not low < high:
                report.complain(after, f"earns {high:g} on {machine}, not more than {before.title} ({low:g})")


def judge(lab, report):
    """All verdicts over the results that are there."""
    for variant, result in report.results.items():
        for fault in result["infrastructure"]:
            report.complain(variant, f"was not judged, the host failed it: {fault}")
        for machine in variant.machines:
            judge_machine(lab, variant, result, machine, report)
    if any(v.kind == "first" for v in report.results) or len(lab.pieces) == 1:
        judge_rise(lab, report)


def judge_skeleton_tree(lab, report, whole=True):
    """Write the student's tree of the last commit: it compiles without a warning, and holds no removed body.

    whole: False: the cut files alone are compiled, as the variant `skeleton` was compiled as a whole
    """
    with tempfile.TemporaryDirectory(prefix="check-") as work:
        try:
            skeleton.write(lab.name, Path(work, "student"), root=lab.root, whole=whole)
        except UserError as e:
            report.complain(None, str(e))


# ---- telling -------------------------------------------------------------------------------------------------------------

def _kills(result, machines, hidden):
    """How many public or hidden tests fail, for each machine."""
    return " ".join(str(sum(t["hidden"] == hidden for t in lost(result, m))) for m in machines)


def show(report, console):
    """The kill matrix, and the complaints."""
    table = Table(title=f"{report.lab}: variants, marks of 100, tests that fail", title_justify="left")
    for column in ("variant", "machines", "marks", "public tests failed", "hidden tests failed", "verdict"):
        table.add_column(column)
    for variant, result in report.results.items():
        bad = [c for c in report.complaints if c.startswith(f"{report.lab}, {variant.title}: ")]
        table.add_row(variant.title, " ".join(variant.machines),
                      " ".join(f"{marks(result, m):g}" for m in variant.machines),
                      _kills(result, variant.machines, False), _kills(result, variant.machines, True),
                      "wrong" if bad else "ok")
    console.print(table)
    for complaint in report.complaints:
        console.print(complaint, markup=False, highlight=False)
    console.print(f"{report.lab}: " + (f"{len(report.complaints)} complaints" if report.complaints else "all is well"))


def matrix(report):
    """The kill matrix as JSON's types: for each variant and machine the marks, and which tests fail."""
    return {"lab": report.lab, "complaints": report.complaints, "variants": [
        {"kind": v.kind, "name": v.name, "machines": {
            m: {"marks": marks(r, m), "failed": {t["name"]: t["cause"] for t in lost(r, m)}} for m in v.machines}}
        for v, r in report.results.items()]}


# ---- doing it ------------------------------------------------------------------------------------------------------------

def check(lab, machines, how, *, quick=False, killers=False, jobs=1, step=lambda variant: None):
    """Try all variants of a lab, `jobs` at a time; `step` is called with each that is through. => the Report"""
    report = Report(lab.name)
    base = build.base(lab.root, build.MACHINES, lab.build)
    wanted = variants(lab, machines, quick, killers)

    def one(variant):
        result = grade_variant(lab, base, variant, how)
        step(variant)
        return result

    order = sorted(wanted, key=lambda variant: bool(variant.only))     # all tests take longest: nobody shall wait for them alone
    with ThreadPoolExecutor(jobs) as pool:
        done = dict(zip(order, pool.map(one, order)))
    report.results = {variant: done[variant] for variant in wanted}
    judge(lab, report)
    judge_skeleton_tree(lab, report, whole=not quick)
    return report


def main(args):
    """The verb `check`."""
    machines = labs.MACHINES if args.arch == "both" else (args.arch,)
    how = isolation.choose(args.isolation)
    chosen = [labs.load(name) for name in args.labs or labs.names()]
    jobs = args.jobs or max(1, (os.cpu_count() or 1) // 2)
    console = Console(no_color=args.plain or None, highlight=False, width=120 if args.plain else None)
    reports = []
    aside = Console(stderr=True, highlight=False)
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                  console=aside, disable=args.plain) as progress:
        for lab in chosen:
            task = progress.add_task(lab.name, total=len(variants(lab, machines, args.quick)))

            def step(variant):
                progress.advance(task)
                if not aside.is_terminal:       # a log: no bar, but what is through
                    print(f"{lab.name}: {variant.title}", file=sys.stderr, flush=True)

            reports.append(check(lab, machines, how, quick=args.quick, killers=args.killers, jobs=jobs, step=step))
    for report in reports:
        show(report, console)
    if args.json:
        Path(args.json).write_text(json.dumps([matrix(r) for r in reports], indent=1), encoding="utf-8")
    return int(any(r.complaints for r in reports))
