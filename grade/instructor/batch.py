"""grade batch: a class of submissions, graded on this machine or on many, by one path over dask.distributed.

OUT/results/NAME.json holds what docs/grading.md, section 4, describes. It is written beside, synced and renamed, and
its `key` says what it is a result of; so an interrupted batch goes on where it was, and what changed is graded again.
Faults of the host are never stored: they are told, and the next call tries again.
"""

import csv
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import dask
from distributed import Client, LocalCluster, as_completed
from distributed.scheduler import KilledWorker
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from grade import ROOT, UserError, build, isolation, lab as labs, skeleton, submission
from grade.instructor import report, similarity
from grade.instructor.one import Task, pack, unpack

WALL_SECONDS = 1800		# of one submission, on a host under load; more is a fault of the host
TRIES = 2			# then a submission is set aside
SETTINGS = "batch.json"		# in OUT: how it was graded, for regrade


@dataclass(frozen=True)
class Source:
    """Where a student's submission is: a path, or a revision of a repository."""
    name: str
    path: Path
    revision: str = ""


@dataclass(frozen=True)
class Course:
    """What is the same for all submissions of a batch. Paths are absolute."""
    lab: labs.Lab
    pristine: Path			# the tree that students started from
    base: build.Base
    how: isolation.Isolation
    hidden: str = ""
    secret: str = ""
    seed: int | None = None
    only: tuple = ()
    runner: str = "grade.runner"


# ---- what there is to grade -----------------------------------------------------------------------------------------

def sources(path):
    """The submissions of a folder, or of a CSV file with the columns student, repository, revision: sorted by name."""
    path = Path(path)
    if path.is_dir():
        found = [Source(_name(p), p.absolute()) for p in sorted(path.iterdir())
                 if not p.name.startswith(".") and (p.is_dir() or p.is_symlink() or submission.is_archive(p))]
    elif path.suffix == ".csv" and path.is_file():
        found = _from_csv(path)
    else:
        raise UserError(f"{path} is neither a folder of submissions nor a CSV file of revisions.")
    if not found:
        raise UserError(f"There are no submissions in {path}: it should hold a folder, a tar or a zip file for each "
                        "student.")
    twice = [name for name, n in Counter(s.name for s in found).items() if n > 1]
    if twice:
        raise UserError(f"{path} has more than one submission of {', '.join(sorted(twice))}.")
    return sorted(found, key=lambda s: s.name)


def _from_csv(path):
    try:
        with open(path, newline="", encoding="utf-8-sig") as f:
            rows = csv.DictReader(f)
            lacking = {"student", "repository", "revision"} - set(rows.fieldnames or [])
            if lacking:
                raise UserError(f"{path} lacks the column {', '.join(sorted(lacking))}: its first line should be "
                                "student,repository,revision.")
            return [Source(_safe(r["student"] or ""), (path.parent / (r["repository"] or "")).absolute(),
                           r["revision"] or "HEAD") for r in rows]
    except (UnicodeDecodeError, csv.Error) as e:
        raise UserError(f"{path} is no CSV file in UTF-8: {e}.") from None


def _name(path):
    """A student's name from that of a file or folder."""
    name = path.name
    for ending in sorted(submission.ARCHIVES, key=len, reverse=True):
        if not path.is_dir() and name.lower().endswith(ending):
            name = name[:-len(ending)]
            break
    return _safe(name)


def _safe(name):
    """A name that can be a file's, and that no spreadsheet takes for a formula."""
    return re.sub(r"[^\w.@+-]", "_", name.strip()).lstrip(".-+@") or "_"


# ---- the lab, as it was given out -----------------------------------------------------------------------------------

def pristine(name, root=ROOT):
    """The tree that the lab's students started from, in the cache: cut from the last commit of `root`; or, where there
    is no git (in an autograder's package), from the files as they are."""
    git = (Path(root) / ".git").exists()
    revision = skeleton.resolve(root, "HEAD") if git else "packed-" + _hash_files([Path(root)])[:20]
    done = build.cache_dir() / "pristine" / f"{name}-{revision[:27]}"
    if done.is_dir():
        return done
    done.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix="new-", dir=done.parent))
    try:
        if git:
            skeleton.export(root, revision, new)
        else:
            shutil.copytree(root, new, dirs_exist_ok=True, ignore=shutil.ignore_patterns("build", "__pycache__"))
        skeleton.make(new, name, revision)
        try:
            os.rename(new, done)
        except OSError:
            if not done.is_dir():		# else another made it meanwhile, the same
                raise
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return done


def _hash_files(paths):
    """A hash of the names and contents of files, and of all files below folders."""
    found = hashlib.sha256()
    for top in paths:
        below = [top] if top.is_file() else sorted(p for p in top.rglob("*") if p.is_file())
        for path in below:
            if not {"__pycache__", "build", ".git"} & set(path.relative_to(top).parts):
                found.update(f"{path.relative_to(top)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return found.hexdigest()


def course(lab_name, how, *, machines=labs.MACHINES, hidden=None, secret=None, seed=None, only=(),
           runner="grade.runner"):
    """All that a batch needs to know, checked and built. => UserError"""
    lab = labs.load(lab_name)
    hidden = Path(hidden).absolute() if hidden else lab.dir / "hidden"
    if secret and not Path(secret).is_file():
        raise UserError(f"There is no secret in {secret}: `openssl rand -hex 32 > FILE` makes one.")
    if not hidden.is_dir():
        if hidden != lab.dir / "hidden":
            raise UserError(f"There is no folder {hidden} of hidden tests.")
        hidden = None
    keep_secret(how, filter(None, (lab.root, hidden, secret)))
    tree = pristine(lab.name, lab.root)
    return Course(lab, tree, build.base(tree, machines, lab.build), how, str(hidden or ""),
                  str(Path(secret).absolute()) if secret else "", seed, tuple(only), runner)


def keep_secret(how, paths):
    """The solution, hidden tests and other submissions must be out of a submission's sight. => UserError"""
    for path in paths:
        if how.name != "none" and not how.hides(path):
            raise UserError(f"With the isolation {how.name} a submission could read {path}: take its rights from "
                            "others (chmod o-rwx), or use bubblewrap.")


def task(course, source):
    """What is to be done for a submission: a Task."""
    got = submission.collect(source.path, course.lab.files, course.pristine, course.how, source.revision or None)
    files = pack(got.files)
    made = Task(name=source.name, lab=str(course.lab.dir), base=str(course.base.tree), machines=course.base.machines,
                files=files, refused=tuple(got.refused), key="", isolation=course.how.name, hidden=course.hidden,
                secret=course.secret, seed=course.seed, only=course.only, runner=course.runner)
    return replace(made, key=key(course, made))


def key(course, made):
    """What a result depends on, as a hash: submission, lab, grader, toolchain, seed, secret."""
    tests = [course.lab.dir] + [Path(p) for p in (course.hidden, course.secret) if p]
    grader = sorted((ROOT / "grade").glob("*.py")) + [ROOT / "tools/guest.py"]
    parts = [sorted(made.files.items()), made.refused, course.base.key, _hash_files(tests), _hash_files(grader),
             made.seed, made.machines, made.isolation]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


# ---- results --------------------------------------------------------------------------------------------------------

def result_path(out, name):
    return Path(out) / "results" / f"{name}.json"


def load_result(out, name):
    """A stored result; None when there is none, or none that can be read."""
    try:
        return json.loads(result_path(out, name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def store(path, data):
    """Write JSON so that it is whole on the disk, or not there at all."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=".new-", delete=False) as f:
        json.dump(data, f, indent=1)
        f.flush()
        os.fsync(f.fileno())
    os.chmod(f.name, 0o644)
    os.rename(f.name, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


# ---- doing it -------------------------------------------------------------------------------------------------------

def work(task_json):
    """On a worker: grade one submission in a process of its own. => {"result": …} or {"fault": why there is none}"""
    with tempfile.TemporaryDirectory(prefix="submission-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o711)		# all that it makes is in here; the sandbox's user goes through it
        answer = Path(folder, "answer.json")
        process = subprocess.Popen([sys.executable, "-B", "-m", "grade.instructor.one", str(answer)],
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT,
                                   start_new_session=True,
                                   env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": folder})
        try:
            _, said = process.communicate(task_json.encode(), timeout=WALL_SECONDS)
        except subprocess.TimeoutExpired:
            return {"fault": f"grading did not end within {WALL_SECONDS} s"}
        finally:
            _end(process)
        if process.returncode < 0:
            return {"fault": f"grading it was killed by {signal.Signals(-process.returncode).name}"}
        if process.returncode:
            return {"fault": f"the grader failed: {(said.decode(errors='replace').strip().splitlines() or ['?'])[-1]}"}
        result = json.loads(answer.read_text(encoding="utf-8"))
    if "user_error" in result:
        return {"fault": result["user_error"]}
    if result["infrastructure"]:
        return {"fault": "; ".join(result["infrastructure"])}
    return {"result": result}


def _end(process):
    """End a process and all of its group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


@contextmanager
def connect(jobs=None, cluster=None):
    """A dask client: of the cluster at this address, or of one of this machine that ends with it."""
    if cluster:
        try:
            client = Client(cluster, timeout=30)
        except (OSError, ValueError) as e:
            raise UserError(f"There is no dask scheduler at {cluster}: {e}.") from None
        with client:
            yield client
        return
    dask.config.set({"distributed.scheduler.allowed-failures": TRIES - 1,
                     "distributed.comm.timeouts.connect": "120s", "logging.distributed": "critical"})
    workers = jobs or max(1, (os.cpu_count() or 1) // 2)
    with LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0",
                      silence_logs=50) as local, Client(local) as client:
        yield client


def run_all(client, tasks, done):
    """Run tasks, as many at a time as there are workers; `done(task, outcome)` for each at its end.

    No more are handed out than can run: when a worker dies, that is then the fault of the task that it ran. A task that
    failed by a fault is tried once more; one that took its workers down is told by the scheduler after as many.
    """
    waiting, tries, running = list(reversed(tasks)), Counter(), {}
    finished = as_completed()

    def hand_out():
        while waiting and len(running) < max(1, sum(client.nthreads().values())):
            task = waiting.pop()
            tries[task.name] += 1
            future = client.submit(work, task.json(), key=f"{task.name}-{tries[task.name]}-{time.monotonic_ns()}",
                                   pure=False)
            running[future] = task
            finished.add(future)

    hand_out()
    while running:
        future = next(finished)
        task = running.pop(future)
        outcome = _outcome(future)
        if "fault" in outcome and not outcome.get("final") and tries[task.name] < TRIES:
            waiting.append(task)
        else:
            done(task, outcome)
        hand_out()


def _outcome(future):
    try:
        return future.result()
    except KilledWorker:
        return {"fault": f"it took {TRIES} workers down: set aside, look at it by hand", "final": True}


def grade_all(course, found, out, *, jobs=None, cluster=None, console=None):
    """Grade submissions into a folder. => ({name: why it is not graded} of those that are not, all tasks)"""
    tasks = [task(course, source) for source in found]
    todo = [t for t in tasks if (load_result(out, t.name) or {}).get("key") != t.key]
    console = console or Console(stderr=True)
    console.print(f"{len(found)} submissions, {len(found) - len(todo)} graded before, isolation: {course.how.name}")

    def keep(task, result):
        store(result_path(out, task.name), result)
        return result

    return run_shown(todo, keep, jobs=jobs, cluster=cluster, console=console), tasks


def run_shown(todo, keep, *, jobs, cluster, console):
    """Run tasks under a progress bar; keep(task, result) stores a result and returns what it stored.

    => {name: why there is no result}
    """
    faults = {}
    if not todo:
        return faults
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                  TimeRemainingColumn(), console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("grading", total=len(todo))

        def done(task, outcome):
            if "fault" in outcome:
                faults[task.name] = outcome["fault"]
                told = f"not graded: {outcome['fault']}"
            else:
                told = f"{keep(task, outcome['result'])['score']:g}"
            progress.advance(bar)
            progress.console.print(f"{task.name}: {told}", markup=False, highlight=False)

        with connect(jobs, cluster) as client:
            run_all(client, todo, done)
    return faults


def summarise(course, tasks, out, faults):
    """Write the class's files from the stored results: grades.csv, canvas.csv, report.html and a page for each."""
    results = {t.name: load_result(out, t.name) for t in tasks if t.name not in faults}
    files = {t.name: unpack(t.files) for t in tasks}
    report.write(Path(out), course.lab, {n: r for n, r in results.items() if r}, faults,
                 similarity.pairs(course.lab, course.pristine, files))


def remember(out, course, submissions):
    """Write down how this folder is graded, for regrade."""
    store(Path(out) / SETTINGS, {"lab": course.lab.name, "submissions": str(Path(submissions).absolute()),
                                 "machines": course.base.machines, "hidden": course.hidden, "secret": course.secret,
                                 "seed": course.seed})


def console_of(args):
    plain = args.plain or "NO_COLOR" in os.environ
    return Console(stderr=True, no_color=plain or None, force_terminal=False if args.plain else None, highlight=False)


def main(args):
    """grade/grade batch"""
    found = sources(args.submissions)
    console = console_of(args)
    machines = labs.MACHINES if args.arch == "both" else (args.arch,)
    chosen = course(args.lab, isolation.choose(args.isolation), machines=machines, hidden=args.hidden,
                    secret=args.secret, seed=args.seed)
    keep_secret(chosen.how, {s.path for s in found})
    remember(args.out, chosen, args.submissions)
    faults, tasks = grade_all(chosen, found, args.out, jobs=args.jobs, cluster=args.cluster, console=console)
    summarise(chosen, tasks, args.out, faults)
    print(f"{args.out}/report.html tells the class, {args.out}/grades.csv the marks."
          + (f" {len(faults)} not graded: call again." if faults else ""))
    return 1 if faults else 0
