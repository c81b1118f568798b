"""grade package: a Gradescope autograder of a lab, and what runs inside it.

The zip holds at its root, as Gradescope's "Autograder Specifications" ask, setup.sh (installs) and run_autograder
(grades $AUTOGRADER/submission into $AUTOGRADER/results/results.json; AUTOGRADER is /autograder if unset), and pagoda/:
the tree of a committed revision with this lab alone, hidden tests and secret included. Inside a container without user
namespaces submissions run as another user, so setup.sh closes the folder to others.
"""

import json
import os
import shlex
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from grade import ROOT, UserError, isolation, lab as labs, skeleton
from grade.instructor import batch, report
from grade.result import shares

SETUP = """\
#!/bin/sh
# Installs what the grader needs, and builds once what all submissions share.
set -e
root=${AUTOGRADER:-/autograder}
cd "$root/source"
chmod +x @EXECUTABLE@
pagoda/tools/setup.sh
chmod -R go-rwx "$root/source"
"$root/source/run_autograder" prepare
"""
RUN = """\
#!/bin/sh
# Grades $AUTOGRADER/submission into $AUTOGRADER/results/results.json.
root=${AUTOGRADER:-/autograder}
cd "$root/source/pagoda" || exit 1
PAGODA_CACHE=$root/cache exec /usr/bin/python3 -B -m grade.instructor.package "$root" '@LAB@' "$@"
"""
HIDDEN, SECRET = "hidden", "secret"		# below pagoda/labs/LAB, and beside pagoda
LEFT_OUT = (".git", ".ci", "docs", "grade/test", "tools/test")
OUTPUT_LIMIT = 10_000


# ---- making it ------------------------------------------------------------------------------------------------------

def members(lab, revision, hidden=None, secret=None, root=ROOT):
    """{name in the zip: (bytes, executable)}"""
    found = {"run_autograder": (RUN.replace("@LAB@", lab).encode(), True)}
    with tempfile.TemporaryDirectory(prefix="package-") as tree:
        skeleton.export(root, revision, tree)
        for path in sorted(p for p in Path(tree).rglob("*") if p.is_file()):
            name = str(path.relative_to(tree))
            if _wanted(name, lab, bool(hidden)):
                found[f"pagoda/{name}"] = (path.read_bytes(), bool(path.stat().st_mode & 0o100))
    if f"pagoda/labs/{lab}/lab.toml" not in found:
        raise UserError(f"Revision {revision[:12]} does not hold labs/{lab}.")
    for path in sorted(Path(hidden).rglob("*")) if hidden else ():
        if path.is_file() and "__pycache__" not in path.parts:
            found[f"pagoda/labs/{lab}/{HIDDEN}/{path.relative_to(hidden)}"] = (path.read_bytes(), False)
    if secret:
        found[SECRET] = (Path(secret).read_bytes(), False)
    # Not every program that unpacks a zip file knows modes.
    executable = " ".join(shlex.quote(name) for name, (_, mode) in sorted(found.items()) if mode)
    found["setup.sh"] = (SETUP.replace("@EXECUTABLE@", executable).encode(), True)
    return found


def _wanted(name, lab, other_hidden):
    """Of the tree's files: not other labs', not what no grading needs, not the hidden tests that others replace."""
    if name.startswith("labs/") and name.count("/") > 1:
        return name.startswith(f"labs/{lab}/") and not (other_hidden and name.startswith(f"labs/{lab}/{HIDDEN}/"))
    return not any(name == p or name.startswith(p + "/") for p in LEFT_OUT)


def write(found, out):
    """Write the zip; its bytes depend on its contents alone."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, (data, executable) in sorted(found.items()):
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o100755 if executable else 0o100644) << 16
            z.writestr(info, data, zipfile.ZIP_DEFLATED)


def main(args):
    """grade/grade package"""
    lab = labs.load(args.lab)
    if args.hidden and not Path(args.hidden).is_dir():
        raise UserError(f"There is no folder {args.hidden} of hidden tests.")
    if args.secret and not Path(args.secret).is_file():
        raise UserError(f"There is no secret in {args.secret}: `openssl rand -hex 32 > FILE` makes one.")
    out = args.out or f"{lab.name}-autograder.zip"
    revision = skeleton.resolve(lab.root, args.revision)
    try:
        write(members(lab.name, revision, args.hidden, args.secret, lab.root), out)
    except OSError as e:
        raise UserError(f"{out} cannot be written: {e.strerror}.") from None
    print(f"{out}: labs/{lab.name}, revision {revision[:12]}. In Gradescope: Configure Autograder, upload it, Ubuntu "
          "24.04; choose the container with the most CPUs and memory.")
    if not args.secret:
        print("Its hidden tests draw their values from the public seed, as there is no --secret.")
    return 0


# ---- inside it ------------------------------------------------------------------------------------------------------

def results_json(lab, result, seconds):
    """Gradescope's results.json, from ours (docs/grading.md, section 4). `score` is of all tests; hidden ones are
    seen, by name and points, when the marks are published."""
    made = {"score": result["score"], "execution_time": round(seconds), "output": _told(result),
            "output_format": "text", "visibility": "visible", "stdout_visibility": "hidden", "tests": []}
    parts = shares(list(result["machines"]), lab.primary)
    cells = report.cells(lab, result)
    for name, cell in cells.items():
        ran = {m: t for m in parts for t in result["machines"][m]["tests"] if t["name"] == name}
        hidden = any(t["hidden"] for t in ran.values())
        made["tests"].append({
            "name": name, "score": round(cell.earned, 2), "max_score": round(cell.points, 2),
            "status": "passed" if cell.share >= 1 else "failed",
            "output": "\n".join(_output(m, t, hidden) for m, t in ran.items())[:OUTPUT_LIMIT],
            "visibility": "after_published" if hidden else "visible"})
    made["extra_data"] = {"key": result["key"], "isolation": result["isolation"]}
    return made


def _told(result):
    parts = list(result["refused"])
    for machine, data in result["machines"].items():
        if not data["build"]["ok"]:
            parts.append(f"{machine}: there is no kernel to test.\n{data['build']['message']}")
    return "\n".join(parts)[:OUTPUT_LIMIT]


def _output(machine, test, hidden):
    """What a student sees of a test on one machine; of a hidden one, no values."""
    lines = [f"{machine}: {test['outcome']}"]
    if test["outcome"] in report.LOST:
        if not hidden:
            lines += [test["message"], test["replay"] and f"replay: {test['replay']}"]
        lines.append(test["cause"] and f"likely cause: {test['cause']}")
    return "\n".join(filter(None, lines))


def course_here(lab):
    """The course of the tree that this runs in."""
    secret = ROOT.parent / SECRET
    return batch.course(lab, isolation.choose(), secret=secret if secret.is_file() else None)


def autograde(root, lab, course=None):
    """Grade AUTOGRADER/submission. => exit status; without results.json Gradescope says that the autograder failed, and
    the mark stays what it was: so it should be when the fault is the host's."""
    started = time.monotonic()
    course = course or course_here(lab)
    submitted = Path(root, "submission")
    batch.keep_secret(course.how, [submitted])
    outcome = batch.work(batch.task(course, batch.Source("submission", submitted)).json())
    if "fault" in outcome:
        print(f"Not graded, through no fault of the submission: {outcome['fault']}")
        return 1
    answer = results_json(course.lab, outcome["result"], time.monotonic() - started)
    Path(root, "results").mkdir(exist_ok=True)
    Path(root, "results/results.json").write_text(json.dumps(answer, indent=1), encoding="utf-8")
    return 0


def inside(root, lab, what="run"):
    """What run_autograder calls."""
    os.umask(0o022)
    os.chmod(Path(root, "source"), 0o700)
    if what == "prepare":
        course_here(lab)
        return 0
    Path(root, "submission").chmod(0o700)
    return autograde(root, lab)


if __name__ == "__main__":
    try:
        sys.exit(inside(*sys.argv[1:]))
    except UserError as error:
        print(f"autograder: {error}")
        sys.exit(1)
