"""`grade run`: grade one tree and tell its student what came out, on the terminal (and with --json in a file).

Exit status: 0 all points that these tests give, 1 some are missing, 2 the host failed or something must be mended.
"""

import contextlib
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grade import ROOT, UserError, lab as labs, runner

STYLES = {"passed": "green", "failed": "red", "error": "red", "infrastructure": "yellow", "not-built": "yellow"}
WORDS = {"passed": "ok", "failed": "FAILED", "error": "DIED", "infrastructure": "not run", "not-built": "not built"}
VALUE_LINES = 12		# of an expected or a got value that are shown
NOT_YET = "not yet"		# a test that needs an exercise whose stub is still as it was given out
BODY = re.compile(r"^\{$.*?^\}$", re.M | re.S)		# a function's, as the kernel's style has it


def main(args):
    """Grade as the command line says; the exit status."""
    tree = Path(args.tree).resolve()
    lab = labs.load(args.lab or _own_lab(tree))
    machines = labs.MACHINES if args.arch == "both" else (args.arch,)
    if args.gdb:
        machines = machines if len(machines) == 1 else (lab.primary,)
        if not args.only:
            raise UserError("GDB=1 wants one test: make grade TEST=test_x.py::test_y GDB=1")
    result = _graded(args, tree, lab, machines)
    if args.json:
        Path(args.json).write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if args.only and not any(m["tests"] for m in result["machines"].values()) and not result["infrastructure"]:
        names = " or ".join(map(repr, args.only))
        raise UserError(f"No test of {lab.name} has {names} in its name; without TEST= all are run.")
    show(result, plain=args.plain or bool(os.environ.get("NO_COLOR")), everything=bool(args.all or args.only),
         order={p.name: p.index for p in lab.pieces}, untouched=untouched(tree, lab))
    if result["infrastructure"]:
        return 2
    return 0 if result["score"] >= result["max"] > 0 else 1


def _own_lab(tree):
    """The lab that a student's tree says it is."""
    mark = tree / labs.MARK
    if not mark.is_file():
        raise UserError(f"{tree} does not say which lab it is: say --lab NAME.")
    try:
        return json.loads(mark.read_text(encoding="utf-8"))["lab"]
    except (ValueError, KeyError, TypeError):
        raise UserError(f"{mark} is damaged: `git checkout {labs.MARK}` brings it back.") from None


def untouched(tree, lab):
    """The names of pieces of which a stub stands in the tree as the tree's first commit has it; none without git."""
    found = set()
    for file in lab.files:
        path = Path(tree, file)
        bodies = _stubs(path.read_text(encoding="utf-8", errors="replace"), lab) if path.is_file() else {}
        given = _stubs(_first_version(tree, file), lab) if bodies else {}
        found |= {p.name for p in lab.pieces if bodies.get(p.index, set()) & given.get(p.index, set())}
    return found


def _stubs(text, lab):
    """{exercise: the bodies with its comment} of a file."""
    found = {}
    for body in BODY.findall(text):
        comment = re.search(rf"/\* Exercise (\d+) of labs/{re.escape(lab.name)}\b", body)
        if comment:
            found.setdefault(int(comment[1]), set()).add(body)
    return found


def _first_version(tree, file):
    """A file as the first commit of a tree has it; "" where there is none."""
    def git(*words):
        done = subprocess.run(["git", "-C", str(tree), *words], capture_output=True, check=False)
        return done.stdout.decode(errors="replace") if done.returncode == 0 else ""

    try:
        first = git("rev-list", "--max-parents=0", "HEAD").split()
        return git("show", f"{first[-1]}:{file}") if first else ""
    except OSError:		# no git here
        return ""


def _graded(args, tree, lab, machines):
    """The runner's result; contained, if the caller wants that."""
    settings = {"hidden_dir": Path(args.hidden) if args.hidden else None, "secret": args.secret, "machines": machines,
                "only": args.only, "seed": args.seed, "gdb": args.gdb}
    for path in filter(None, (args.hidden, args.secret)):
        if not Path(path).exists():
            raise UserError(f"There is no {path}.")
    with _waiting(f"building and testing {lab.name} on {' and '.join(machines)} …", args.plain or args.gdb):
        if args.isolation == "none":
            return runner.run(tree, lab, **settings)
        return _contained(args, tree, lab, machines, settings)


def _contained(args, tree, lab, machines, settings):
    """Only the files that the lab asks for, over this grader's own tree, built and run in isolation."""
    from grade import build, isolation, submission		# noqa: PLC0415 (a student's own run needs none of it)
    how = isolation.choose(args.isolation)
    base = build.base(ROOT, machines, lab.build)
    got = submission.collect(tree, lab.files, {f: (ROOT / f).read_bytes() for f in lab.files}, how)
    with tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True) as work:
        os.chmod(work, 0o711)		# the sandbox's user goes through it to what is its own
        builds = build.build(base, got.files, work, how)
        pristine = {m: base.builddir(m) / "pagoda" for m in machines}
        result = runner.run(Path(work, "tree"), lab, isolation=how, builds=builds, pristine=pristine, **settings)
    return result | {"refused": list(got.refused)}


@contextlib.contextmanager
def _waiting(text, plain):
    """Say what takes its time, on a terminal with a sign of life."""
    console = Console(no_color=bool(os.environ.get("NO_COLOR")))
    if plain or not console.is_terminal:
        print(text, flush=True)
        yield
        return
    with console.status(text):
        yield


# ---- the report ------------------------------------------------------------------------------------------------------

def show(result, plain=False, file=None, *, everything=True, order=None, untouched=()):
    """Print a result: a summary, what does not compile, the tests' points, the failures, the sum.

    everything: tell all failures, else those of the first exercise that has one
    order: {piece: the number of its exercise}; untouched: pieces that nobody has begun: what needs them fails as yet
    """
    console = Console(file=file, no_color=plain, color_system=None if plain else "auto", highlight=False, soft_wrap=True)
    waiting = {n for n, tests in _by_test(result, _went_wrong).items()
               if set(_any(tests).get("needs", ())) & set(untouched)}
    console.print(Text(_summary(result, waiting), style="bold"))
    for machine, data in result["machines"].items():
        if not data["build"]["ok"]:
            console.print(Text(f"\nThe kernel for {machine} does not compile:", style="bold red"))
            console.print(Text(data["build"]["message"]))
    console.print(_table(result, plain, waiting))
    _show_failures(console, _by_test(result, _went_wrong), waiting, everything, order or {})
    for reason in result["refused"]:
        console.print(Text(f"not handed in: {reason}", style="yellow"))
    for fault in result["infrastructure"]:
        console.print(Text(f"the host failed, grade again: {fault}", style="yellow"))
    console.print(Text(f"\n{result['score']:g} of {result['max']:g} points", style="bold"))


def _went_wrong(test):
    return test["outcome"] not in ("passed", "not-built")


def _any(tests):
    """One of a test's machines."""
    return next(iter(tests.values()))


def _summary(result, waiting):
    """One line: the points, and how many tests pass, fail and wait."""
    tests = _by_test(result)
    good = sum(all(t["outcome"] == "passed" for t in ts.values()) for ts in tests.values())
    bad = len(tests) - good - len(waiting)
    parts = [f"{good} of {len(tests)} tests pass"] + ([f"{bad} do not"] if bad else [])
    parts += [f"{len(waiting)} wait for what is not written yet"] if waiting else []
    return f"{result['score']:g} of {result['max']:g} points: {', '.join(parts)}"


def _show_failures(console, failures, waiting, everything, order):
    """All failures, or those of the first exercise that has one, and how to see the others."""
    def exercise(tests):
        return max((order.get(piece, 0) for piece in _any(tests).get("needs", ())), default=0)

    told = failures
    if not everything:
        begun = {n: t for n, t in failures.items() if n not in waiting}
        first = min(map(exercise, begun.values()), default=0)
        told = {n: t for n, t in begun.items() if exercise(t) == first}
    for name, tests in told.items():
        _show_failure(console, name, tests)
    more = len(failures) - len(told)
    if more:
        console.print(f"\n{more} more {'test does' if more == 1 else 'tests do'} not pass: "
                      "make grade ALL=1 tells all of them, make grade TEST=name one")


def _by_test(result, wanted=lambda test: True):
    """{name: {machine: test}} of the tests that are wanted."""
    found = {}
    for machine, data in result["machines"].items():
        for test in filter(wanted, data["tests"]):
            found.setdefault(test["name"], {})[machine] = test
    return found


def _table(result, plain, waiting):
    machines = list(result["machines"])
    table = Table(box=None, pad_edge=False, header_style="" if plain else "bold")
    table.add_column("test", overflow="fold")
    table.add_column("points", justify="right")
    for machine in machines:
        table.add_column(machine)
    for name, tests in _by_test(result).items():
        cells = [_cell(tests.get(m), name in waiting) for m in machines]
        table.add_row(Text(name), f"{next(iter(tests.values()))['points']:g}", *cells)
    return table


def _cell(test, waits):
    if not test:
        return Text("")
    if waits and test["outcome"] in ("failed", "error"):
        return Text(NOT_YET, style="yellow")
    return Text(WORDS[test["outcome"]], style=STYLES[test["outcome"]])


def _show_failure(console, name, tests):
    """One test's failures: told once where the machines agree."""
    console.print(Text(f"\n{name}", style="bold red"))
    told = {}
    for machine, test in tests.items():
        told.setdefault((test["message"], test["expected"], test["got"]), []).append((machine, test))
    for (message, expected, got), same in told.items():
        _field(console, " and ".join(m for m, _ in same), message)
        if expected or got:
            _field(console, "expected", expected)
            _field(console, "got", got)
    first = next(iter(tests.values()))
    answered = [test for test in tests.values() if test["outcome"] != "error"]
    if answered:
        _field(console, "likely", answered[0]["cause"])
    else:
        _field(console, "about", first["cause"])	# how the kernel died says more than what was tested
    _field(console, "again", first["replay"])
    _field(console, "in GDB", first["replay_gdb"])


def _field(console, name, text):
    """A field of a failure, its further lines below its first; nothing when it is empty."""
    lines = str(text).splitlines()
    if len(lines) > VALUE_LINES * 2:
        lines = lines[:VALUE_LINES] + [f"… {len(lines) - 2 * VALUE_LINES} lines …"] + lines[-VALUE_LINES:]
    for i, line in enumerate(lines):
        console.print(Text(f"  {'' if i else name:9} {line}"))
