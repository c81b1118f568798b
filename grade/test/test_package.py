"""The Gradescope package: what is in it, and that its run_autograder grades in a folder laid out as /autograder is."""

import json
import os
import shutil
import subprocess
import zipfile
from types import SimpleNamespace

import pytest
from grade.test.conftest import FILES, TOY_C, commit, write
from grade.test.test_batch import MAKEFILE
from grade.test.test_report import A, H, result

from grade import ROOT, UserError
from grade.instructor import package

LAB = SimpleNamespace(name="toy", primary="riscv", floor=0.0)


def test_results_json():
    made = package.results_json(LAB, result({A: 10, H: 0}, {A: 0, H: 0}, refused=["Makefile: changed"]), 12.3)
    assert (made["score"], made["execution_time"], made["output"]) == (10, 12, "Makefile: changed")
    assert made["visibility"] == "visible" and made["stdout_visibility"] == "hidden"
    public, hidden = made["tests"]
    assert (public["name"], public["score"], public["max_score"], public["status"], public["visibility"]) == (
        A, 8, 10, "failed", "visible")
    assert public["output"] == ("riscv: passed\ni386: failed\nsaid <b>\nreplay: make grade TEST=x\n"
                                "likely cause: the likely cause")
    assert (hidden["score"], hidden["visibility"]) == (0, "after_published")
    assert "said" not in hidden["output"] and "replay" not in hidden["output"]
    json.dumps(made)


def test_results_json_of_what_does_not_compile():
    made = package.results_json(LAB, result({A: 0}, built=False), 1)
    assert "riscv: there is no kernel to test.\ntoy.c:1: error" in made["output"]
    assert made["tests"][0]["status"] == "failed"


@pytest.fixture
def tree(tmp_path):
    """The small tree with this grader in it, committed, and a runner without machines."""
    tree = tmp_path / "tree"
    write(tree, {**FILES, "Makefile": MAKEFILE,
                 "tools/setup.sh": "#!/bin/sh\necho installed > \"$AUTOGRADER/installed\"\n",
                 "tools/toolprefix.sh": "#!/bin/sh\n", "tools/guest.py": ""})
    (tree / "tools/setup.sh").chmod(0o755)
    (tree / "tools/toolprefix.sh").chmod(0o755)
    shutil.copytree(ROOT / "grade", tree / "grade", dirs_exist_ok=True,
                    ignore=shutil.ignore_patterns("__pycache__", "test"))
    shutil.copy(ROOT / "grade/test/fake_runner.py", tree / "grade/runner.py")
    commit(tree)
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(parent.stat().st_mode | 0o011)
    return tree


def pack(tree, tmp_path, *words):
    done = subprocess.run([tree / "grade/grade", "package", "toy", "--out", tmp_path / "toy.zip", *words], cwd=tree,
                          capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return tmp_path / "toy.zip"


def test_what_is_in_it(tree, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/test_mine.py").write_text("def test_mine(): pass\n")
    (tmp_path / "secret").write_text("42\n")
    path = pack(tree, tmp_path, "--hidden", tmp_path / "mine", "--secret", tmp_path / "secret")
    with zipfile.ZipFile(path) as z:
        names = z.namelist()
        modes = {i.filename: i.external_attr >> 16 & 0o111 for i in z.infolist()}
    assert {"setup.sh", "run_autograder", "secret", "pagoda/Makefile", "pagoda/labs/toy/lab.toml", "pagoda/grade/grade",
            "pagoda/labs/toy/hidden/test_mine.py", "pagoda/grade/instructor/templates/class.html"} <= set(names)
    assert modes["setup.sh"] and modes["run_autograder"] and modes["pagoda/grade/grade"]
    assert not modes["pagoda/Makefile"]
    assert not [n for n in names if n.startswith(("pagoda/labs/other", "pagoda/.git/", "pagoda/grade/test"))]
    assert "pagoda/labs/toy/hidden/test_more.py" not in names
    again = path.read_bytes()
    assert pack(tree, tmp_path, "--hidden", tmp_path / "mine", "--secret", tmp_path / "secret").read_bytes() == again


def test_it_grades(tree, tmp_path):
    root = tmp_path / "autograder"
    for folder in ("source", "results", "submission"):
        (root / folder).mkdir(parents=True)
    with zipfile.ZipFile(pack(tree, tmp_path)) as z:
        z.extractall(root / "source")		# which forgets modes
    env = {**os.environ, "AUTOGRADER": str(root), "PYTHONPATH": ""}
    subprocess.run(["sh", root / "source/setup.sh"], cwd=root, env=env, check=True, capture_output=True)
    assert (root / "installed").exists() and (root / "source").stat().st_mode & 0o777 == 0o700
    shutil.copy(root / "source/run_autograder", root / "run_autograder")
    (root / "submission/toy.c").write_text(TOY_C + "/* EARN 7 */\n")
    subprocess.run([root / "run_autograder"], cwd=root, env=env, check=True)
    told = json.loads((root / "results/results.json").read_text())
    assert told["score"] == 7 and {t["visibility"] for t in told["tests"]} == {"visible", "after_published"}
    # A fault of the host is no mark.
    (root / "results/results.json").unlink()
    (root / "submission/toy.c").write_text(TOY_C + "/* FAULT */\n")
    done = subprocess.run([root / "run_autograder"], cwd=root, env=env, capture_output=True, text=True)
    assert done.returncode == 1 and "no power" in done.stdout and not (root / "results/results.json").exists()


def test_revision_without_the_lab(tree):
    with pytest.raises(UserError, match="does not hold labs/none"):
        package.members("none", "HEAD", root=tree)
