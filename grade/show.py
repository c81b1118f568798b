"""`grade run`: grade one tree and tell its student what came out, on the terminal (and with --json in a file).

Exit status: 0 all points that these tests give, 1 some are missing, 2 the host failed or something must be mended.
"""

import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grade import ROOT, UserError, lab as labs, runner

STYLES = {"passed": "green", "failed": "red", "error": "red", "infrastructure": "yellow", "not-built": "yellow"}
WORDS = {"passed": "ok", "failed": "FAILED", "error": "DIED", "infrastructure": "not run", "not-built": "not built"}
VALUE_LINES = 12		# of an expected or a got value that are shown


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
    show(result, plain=args.plain or bool(os.environ.get("NO_COLOR")))
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
    base = build.base(ROOT, machines)
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
    console = Console(stderr=True, no_color=bool(os.environ.get("NO_COLOR")))
    if plain or not console.is_terminal:
        print(text, file=sys.stderr, flush=True)
        yield
        return
    with console.status(text):
        yield


# ---- the report ------------------------------------------------------------------------------------------------------

def show(result, plain=False, file=None):
    """Print a result: what does not compile, the tests' points, the failures, the sum."""
    console = Console(file=file, no_color=plain, color_system=None if plain else "auto", highlight=False, soft_wrap=True)
    for machine, data in result["machines"].items():
        if not data["build"]["ok"]:
            console.print(Text(f"\nThe kernel for {machine} does not compile:", style="bold red"))
            console.print(Text(data["build"]["message"]))
    console.print(_table(result, plain))
    for name, failures in _by_test(result, lambda t: t["outcome"] not in ("passed", "not-built")).items():
        _show_failure(console, name, failures)
    for reason in result["refused"]:
        console.print(Text(f"not handed in: {reason}", style="yellow"))
    for fault in result["infrastructure"]:
        console.print(Text(f"the host failed, grade again: {fault}", style="yellow"))
    console.print(Text(f"\n{result['score']:g} of {result['max']:g} points", style="bold"))


def _by_test(result, wanted=lambda test: True):
    """{name: {machine: test}} of the tests that are wanted."""
    found = {}
    for machine, data in result["machines"].items():
        for test in filter(wanted, data["tests"]):
            found.setdefault(test["name"], {})[machine] = test
    return found


def _table(result, plain):
    machines = list(result["machines"])
    table = Table(box=None, pad_edge=False, header_style="" if plain else "bold")
    table.add_column("test", overflow="fold")
    table.add_column("points", justify="right")
    for machine in machines:
        table.add_column(machine)
    for name, tests in _by_test(result).items():
        cells = [_cell(tests.get(m)) for m in machines]
        table.add_row(Text(name), f"{next(iter(tests.values()))['points']:g}", *cells)
    return table


def _cell(test):
    if not test:
        return Text("")
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
    _field(console, "likely", first["cause"])
    _field(console, "again", first["replay"])
    _field(console, "in GDB", first["replay_gdb"])


def _field(console, name, text):
    """A field of a failure, its further lines below its first; nothing when it is empty."""
    lines = str(text).splitlines()
    if len(lines) > VALUE_LINES * 2:
        lines = lines[:VALUE_LINES] + [f"… {len(lines) - 2 * VALUE_LINES} lines …"] + lines[-VALUE_LINES:]
    for i, line in enumerate(lines):
        console.print(Text(f"  {'' if i else name:9} {line}"))
