"""A runner without a machine, for tests of what stands around it: a submission says in its text what it earns.

EARN n: n of 10 points on each machine. FAULT: the host failed. KILLED: grading it dies. WORKER: so does the worker.
"""

import os
import re
import signal
import uuid


def run(tree, lab, *, hidden_dir, secret, isolation, machines, builds, only, seed, out, pristine):
    text = (tree / lab.files[0]).read_text()
    assert all(pristine[m].is_file() for m in machines)
    if "KILLED" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "WORKER" in text:
        os.kill(os.getppid(), signal.SIGKILL)
    found = re.search(r"EARN (\d+)", text)
    result = {"lab": lab.name, "score": 0.0, "max": 100.0, "floor": lab.floor, "isolation": isolation.name,
              "refused": [], "infrastructure": ["no power"] if "FAULT" in text else [], "nonce": uuid.uuid4().hex,
              "machines": {}}
    for machine in machines:
        ok = builds[machine].ok
        earned = int(found.group(1)) if found and ok else 0
        result["machines"][machine] = {
            "build": {"ok": ok, "message": builds[machine].message},
            "tests": [test("test_toy.py::test_take", 10, earned, ok),
                      test("hidden/test_more.py::test_more", 90, 0, ok)]}
        result["score"] = float(earned)
    if only:
        for data in result["machines"].values():
            data["tests"] = [t for t in data["tests"] if any(o in t["name"] for o in only)]
    return result


def test(name, points, earned, built):
    return {"name": name, "points": points, "earned": earned, "hidden": name.startswith("hidden/"), "needs": [],
            "outcome": "passed" if earned == points else "failed" if built else "not-built",
            "message": "said <b>", "expected": "1", "got": "2", "cause": "the likely cause", "seed": 1,
            "seconds": 0.1, "replay": "make grade TEST=x", "replay_gdb": ""}


test.__test__ = False
