"""One tree's result: the lab's tests on each machine's kernel, as the JSON of docs/grading.md, section 4.

Each machine has a pytest process of its own (grade/plugin.py), which writes a report; here reports become points. The
tests come from the lab that the caller gives, never from the tree under test. What a hidden test says beyond its cause
stays in `out`: its values, and whatever the kernel printed, are for the instructor's eyes.
"""

import hashlib
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from grade import ROOT, UserError, build as builder, result as results

WALL_LIMIT = 3600		# seconds for one machine's tests: the host's trouble, never a mark
PRIVATE = {"message": "", "expected": "", "got": "", "seed": 0}		# what is not told of a hidden test
OUTPUT_TAIL = 2000


def run(tree, lab, *, hidden_dir=None, secret=None, isolation=None, machines=("riscv", "i386"), builds=None, only=None,
        seed=None, out=None, pristine=None, gdb=False):
    """Grade a tree: a dict, as docs/grading.md says.

    hidden_dir: a folder of hidden tests; secret: a file that their seeds come from
    isolation: grade.isolation's, None for one's own tree
    builds: {machine: BuildResult}, None: built here by plain make
    only: texts of which a test's name must hold one
    out: a folder for the machines' raw reports, hidden tests' included; None: they are thrown away
    pristine: {machine: a kernel that layouts are taken from}, None: each build's own
    => UserError: a lab that cannot be graded. Never an exception for what the submission does.
    """
    if builds is None:
        builds = {m: builder.build_tree(tree, m, lab.build) for m in machines}
    with tempfile.TemporaryDirectory(prefix="run-") as work:
        job = Job(lab, hidden_dir, secret, isolation, only, seed, Path(out or work), pristine or {}, gdb)
        job.out.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(1 if gdb else len(machines)) as pool:
            reports = dict(zip(machines, pool.map(lambda m: job.machine(m, builds[m]), machines)))
    return _result(tree, job, builds, reports)


class Job:
    """What all machines' runs have in common."""

    def __init__(self, lab, hidden_dir, secret, isolation, only, seed, out, pristine, gdb):
        self.lab, self.secret, self.seed, self.out, self.pristine, self.gdb = lab, secret, seed, out, pristine, gdb
        self.hidden_dir = Path(hidden_dir).resolve() if hidden_dir else None
        self.isolation = isolation.name if isolation else "none"
        self.only = list(only or [])

    def files(self):
        hidden = sorted(self.hidden_dir.glob("test_*.py")) if self.hidden_dir else []
        return [*self.lab.tests(), *hidden]

    def machine(self, machine, built):
        """One machine's report: {"tests": […], "fault": ""}."""
        report = self.out / f"report-{machine}.json"
        report.unlink(missing_ok=True)
        command = self.command(machine, built, report)
        status, output = _pytest(command, show=self.gdb)
        if status not in (0, 1, 5) or not report.is_file():	# pytest.ExitCode: all passed, some failed, none found
            return {"tests": [], "fault": f"{machine}: the tests could not be run (pytest: {status}): "
                                          f"{output[-OUTPUT_TAIL:]}"}
        found = json.loads(report.read_text(encoding="utf-8"))
        if not built.ok:
            for test in found["tests"]:
                test.update(outcome="not-built", message=built.message, console="")
        return {"tests": found["tests"], "fault": ""}

    def command(self, machine, built, report):
        words = [sys.executable, "-m", "pytest", "-q", "-p", "grade.plugin", "-p", "no:cacheprovider", "-p", "no:xdist",
                 "-c", os.devnull, "--rootdir", str(ROOT), "--lab", str(self.lab.dir),
                 "--builddir", str(built.builddir), "--isolation", self.isolation, "--report", str(report)]
        words += ["--secret", str(self.secret)] if self.secret else []
        words += ["--hidden", str(self.hidden_dir)] if self.hidden_dir else []
        words += ["--seed", str(self.seed)] if self.seed is not None else []
        words += ["--pristine", str(self.pristine[machine])] if machine in self.pristine else []
        words += ["--gdb", "-s", "-q", "--tb=no", "--no-summary"] if self.gdb else []	# show.py tells it afterwards
        words += [] if built.ok else ["--collect-only"]
        return words + [f"--only={o}" for o in self.only] + [str(f) for f in self.files()]


def _pytest(command, show):
    """Run pytest in the grader's own tree: (its status, the end of its output)."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    env |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL,
                          stdout=None if show else subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", start_new_session=not show) as process:
        try:
            output = process.communicate(timeout=None if show else WALL_LIMIT)[0]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return -1, f"they took more than {WALL_LIMIT} s"
        except BaseException:
            process.kill()
            raise
    return process.returncode, output or ""


# ---- from reports to a result ----------------------------------------------------------------------------------------

def _result(tree, job, builds, reports):
    machines = {m: {"build": {"ok": builds[m].ok, "message": builds[m].message},
                    "tests": [_told(t, m) for t in report["tests"]]} for m, report in reports.items()}
    points, most = results.score(machines, job.lab.primary)
    faults = [r["fault"] for r in reports.values() if r["fault"]]
    faults += [f"{m}: {t['name']}: {t['message'] or 'the host failed'}" for m in machines for t in machines[m]["tests"]
               if t["outcome"] == "infrastructure"]
    wrong = "" if job.only or faults else results.points_fault(machines, job.hidden_dir is not None)
    if wrong:
        raise UserError(f"{job.lab.name}: {wrong}.")
    return {"lab": job.lab.name, "score": points, "max": most, "floor": job.lab.floor, "machines": machines,
            "key": _key(tree, job), "isolation": job.isolation, "infrastructure": faults, "refused": []}


def _told(test, machine):
    """A test of a report as the result tells it."""
    told = {k: v for k, v in test.items() if k not in ("console", "ran")}
    told["earned"] = results.earned(test)
    told["replay"] = told["replay_gdb"] = ""
    if test["hidden"]:
        if test["outcome"] != "not-built":
            told.update(PRIVATE)
        return told
    if test["console"] and test["outcome"] != "passed":
        died = test["outcome"] == "error"
        told["message"] += "\n" + ("the kernel's last words:" if died else "the kernel printed meanwhile:") + "\n"
        told["message"] += "\n".join(results.told_console(test["console"], died))
    told["replay"] = f"make grade TEST={shlex.quote(test['name'])} SEED={test['seed']} ARCH={machine}"
    told["replay_gdb"] = told["replay"] + " GDB=1"
    return told


def _key(tree, job):
    """A hash of what the result depends on, as far as this module sees it."""
    found = hashlib.sha256(f"{job.lab.name}\0{job.seed}\0{job.isolation}".encode())
    for path in [*(Path(tree, f) for f in job.lab.files), *job.files(), *([Path(job.secret)] if job.secret else [])]:
        found.update(path.name.encode() + b"\0" + (path.read_bytes() if path.is_file() else b""))
    return found.hexdigest()
