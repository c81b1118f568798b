"""Grade one submission, in a process of its own: what goes wrong here takes nothing else down.

`python3 -m grade.instructor.one ANSWER` reads a Task as JSON from standard input and writes its result
(docs/grading.md, section 4) to the file ANSWER. A UserError is written as {"user_error": text}.
"""

import base64
import importlib
import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from grade import UserError, build, isolation, lab as labs


@dataclass(frozen=True)
class Task:
    """What grading a submission takes. All fields are JSON's types, so that a task can go to another machine."""
    name: str
    lab: str				# the folder of the lab
    base: str				# the built tree in the cache
    machines: tuple
    files: dict				# path in the tree → contents, base64
    refused: tuple
    key: str
    isolation: str
    hidden: str = ""			# folder of hidden tests; '' for none
    secret: str = ""			# file with the course's secret; '' for none
    seed: int | None = None
    only: tuple = ()
    runner: str = "grade.runner"	# the module whose run() tests a tree

    def json(self):
        return json.dumps(asdict(self))


def pack(files):
    return {name: base64.b64encode(data).decode() for name, data in files.items()}


def unpack(files):
    return {name: base64.b64decode(data) for name, data in files.items()}


def nothing(lab, task, machines, why):
    """The result of a submission that has no file to compile: 0."""
    built = {"build": {"ok": False, "message": why}, "tests": []}
    return {"lab": lab.name, "score": 0.0, "max": 100.0, "floor": lab.floor, "infrastructure": [],
            "isolation": task.isolation, "machines": {m: built for m in machines}}


def grade(task):
    """The result of a Task."""
    lab = labs.load(task.lab)
    if not task.files:
        result = nothing(lab, task, task.machines, "Nothing to compile was handed in.")
    else:
        result = _run(task, lab)
    result.update(key=task.key, refused=[*task.refused, *(result.get("refused") or [])], name=task.name)
    return result


def _run(task, lab):
    how = isolation.choose(task.isolation)
    base = build.Base(Path(task.base), "", tuple(task.machines), lab.build)
    with tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True) as work:
        os.chmod(work, 0o711)		# the sandbox's user goes through it to what is its own
        builds = build.build(base, unpack(task.files), work, how)
        faults = [f"{m}: {b.message}" for m, b in builds.items() if b.infrastructure]
        if faults:
            return nothing(lab, task, task.machines, "not built") | {"infrastructure": faults}
        run = importlib.import_module(task.runner).run
        return run(Path(work, "tree"), lab, hidden_dir=task.hidden and Path(task.hidden) or None,
                   secret=task.secret and Path(task.secret) or None, isolation=how, machines=tuple(task.machines),
                   builds=builds, only=list(task.only) or None, seed=task.seed, out=Path(work, "out"),
                   pristine={m: base.builddir(m) / "pagoda" for m in task.machines})


def main(answer):
    task = Task(**json.load(sys.stdin))
    try:
        result = grade(task)
    except UserError as e:
        result = {"user_error": str(e)}
    Path(answer).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
