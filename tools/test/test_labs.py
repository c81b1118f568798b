"""Every lab is right: the quick form of `grade check`, and the student's verbs in a student's tree."""

import os
import subprocess
import sys
import tomllib

import pytest
from conftest import ROOT, make

def is_proven(name):
    """Is it a lab, and no draft?"""
    path = os.path.join(ROOT, "labs", name, "lab.toml")
    if not os.path.exists(path):
        return False
    with open(path, "rb") as f:
        return not tomllib.load(f).get("draft", False)


LABS = sorted(filter(is_proven, os.listdir(os.path.join(ROOT, "labs"))))


@pytest.mark.timeout(2400)
@pytest.mark.xdist_group("labs")
@pytest.mark.parametrize("lab", LABS)
def test_check(lab):
    """Reference, skeleton, mutants, spoofers and leaks, a machine for each in turn. These come last: all cores are free."""
    done = subprocess.run([sys.executable, "grade/grade", "check", lab, "--quick", "--plain", "--jobs",
                           str(os.cpu_count() or 1)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(1200)
@pytest.mark.xdist_group("labs")
def test_a_students_tree(tmp_path):
    """What make lab writes builds, grades itself without points, and hands in its files."""
    tree = tmp_path / "buddy"
    written = make("lab", "LAB=02-buddy", f"DEST={tree}", text=True)
    assert written.returncode == 0, written.stderr

    def student(*words):
        return subprocess.run(["make", "-s", *words], cwd=tree, capture_output=True, text=True,
                              env={k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))})

    graded = student("grade", "ARCH=riscv", "TEST=test_1_walk")
    assert "of 5 points" in graded.stdout and "0 of 5" in graded.stdout, graded.stdout + graded.stderr
    packed = student("handin")
    assert packed.returncode == 0 and (tree / "handin.tar.gz").is_file(), packed.stderr
    assert not (tree / "labs/02-buddy/mutants").exists() and not (tree / "grade/instructor").exists()


def test_make_lab_asks_for_what_is_missing(tmp_path):
    """A clear sentence, and nothing written."""
    for words in (["DEST=x"], ["LAB=02-buddy"], ["LAB=99-none", f"DEST={tmp_path}/x"], ["LAB=02-buddy", "DEST=/dev/null"]):
        done = make("lab", *words, text=True)
        assert done.returncode and "Traceback" not in done.stderr, done.stderr
        assert done.stderr.strip()
    assert not (tmp_path / "x").exists()
