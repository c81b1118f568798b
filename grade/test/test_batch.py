"""A batch over a small lab and a runner without machines: what is graded, stored, tried again, and set aside."""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest
from grade.test.conftest import FILES, TOY_C, commit, write
from rich.console import Console

from grade import UserError, isolation
from grade.instructor import batch

MAKEFILE = """\
ARCH ?= riscv
CFLAGS = -std=gnu11 -ffreestanding -Wall -Wextra -Werror -Wno-unused-parameter -I.
all: build/$(ARCH)/pagoda
build/$(ARCH)/pagoda: mm/toy.c mm/toy.h
	@mkdir -p $(@D); gcc $(CFLAGS) -nostdlib -static -Wl,-e,toy_take -o $@ $<
"""


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """The small tree, committed, with a Makefile that makes kernels; a cache of its own."""
    monkeypatch.setenv("PAGODA_CACHE", str(tmp_path / "cache"))
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(parent.stat().st_mode | 0o011)
    tree = tmp_path / "tree"
    write(tree, {**FILES, "Makefile": MAKEFILE})
    commit(tree)
    return tree / "labs/toy"


@pytest.fixture
def course(lab):
    return batch.course(lab, isolation.choose(), runner="grade.test.fake_runner")


def hand_in(folder, name, text):
    write(folder / name, {"mm/toy.c": TOY_C + f"/* {text} */\n"})


def grade(course, folder, out):
    """A batch: (faults, results by name)."""
    found = batch.sources(folder)
    faults, tasks = batch.grade_all(course, found, out, jobs=2, console=Console(quiet=True))
    batch.summarise(course, tasks, out, faults)
    return faults, {s.name: batch.load_result(out, s.name) for s in found}


def test_a_class(course, tmp_path):
    """One batch with all that can happen, as starting a cluster takes a while."""
    theirs, out = tmp_path / "in", tmp_path / "out"
    for name, text in (("ann", "EARN 10"), ("bob", "EARN 4"), ("cid", "EARN 9 */ int x = y; /*"), ("dan", "FAULT"),
                       ("eve", "KILLED"), ("fay", "WORKER")):
        hand_in(theirs, name, text)
    (theirs / "gus").mkdir()
    with tarfile.open(theirs / "hal.tar.gz", "w:gz") as t:
        t.add(theirs / "bob", "hal")
    faults, results = grade(course, theirs, out)

    assert {n: r and r["score"] for n, r in results.items()} == {
        "ann": 10, "bob": 4, "cid": 0, "dan": None, "eve": None, "fay": None, "gus": 0, "hal": 4}
    assert faults["dan"] == "no power" and "SIGKILL" in faults["eve"] and "took 2 workers down" in faults["fay"]
    assert "undeclared" in results["cid"]["machines"]["riscv"]["build"]["message"]
    assert "Nothing to grade was found" in results["gus"]["refused"][0]
    assert results["ann"]["isolation"] == course.how.name and len(results["ann"]["key"]) == 64
    lines = (out / "grades.csv").read_text().splitlines()
    assert lines[0] == "student,score,max,status,remarks"
    assert "dan,,,not graded,no power" in lines and "ann,10,100,graded," in lines
    assert "took 2 workers down" in (out / "report.html").read_text() and (out / "students/ann.html").is_file()
    assert not list((out / "results").glob(".new-*"))

    # Again: what is there stays; what changed, or cannot be read, is graded again.
    hand_in(theirs, "bob", "EARN 5")
    hand_in(theirs, "dan", "EARN 6")
    for name in ("eve", "fay"):
        subprocess.run(["rm", "-r", theirs / name], check=True)
    (out / "results/hal.json").write_text('{"score": 100')
    faults, again = grade(course, theirs, out)
    assert not faults and again["ann"] == results["ann"]
    assert (again["bob"]["score"], again["dan"]["score"], again["hal"]["score"]) == (5, 6, 4)


def test_what_a_result_depends_on(lab, course, tmp_path):
    hand_in(tmp_path / "in", "ann", "EARN 10")
    source = batch.sources(tmp_path / "in")[0]
    how = course.how
    first = batch.task(course, source).key
    assert batch.task(course, source).key == first
    (tmp_path / "secret").write_text("one")
    keys = {first}
    for changed in ({"seed": 7}, {"machines": ("riscv",)}, {"secret": tmp_path / "secret"}):
        keys.add(batch.task(batch.course(lab, how, **changed), source).key)
    (tmp_path / "secret").write_text("two")
    keys.add(batch.task(batch.course(lab, how, secret=tmp_path / "secret"), source).key)
    (lab / "hidden/test_more.py").write_text("SECRET = 2\n")
    keys.add(batch.task(batch.course(lab, how), source).key)
    hand_in(tmp_path / "in", "ann", "EARN 11")
    keys.add(batch.task(batch.course(lab, how), source).key)
    assert len(keys) == 7


def test_what_is_missing_is_as_the_student_got_it(course, tmp_path):
    """Never the solution, which is in the instructor's tree."""
    assert "toy_take" in (course.pristine / "mm/toy.c").read_text()
    assert "table[i + 1]" not in (course.pristine / "mm/toy.c").read_text()
    assert "table[i + 1]" not in (course.base.tree / "mm/toy.c").read_text()
    assert not list(course.base.tree.glob("labs"))


def test_revisions(course, tmp_path):
    repository = tmp_path / "repo"
    hand_in(tmp_path, "repo", "EARN 3")
    commit(repository)
    hand_in(tmp_path, "repo", "EARN 8")
    commit(repository)
    (tmp_path / "class.csv").write_text("student,repository,revision\n"
                                        "ann,repo,HEAD~1\nbob,repo,HEAD\ncid,repo,nonsense\n")
    found = batch.sources(tmp_path / "class.csv")
    tasks = {s.name: batch.task(course, s) for s in found}
    assert b"EARN 3" in batch.unpack(tasks["ann"].files)["mm/toy.c"]
    assert b"EARN 8" in batch.unpack(tasks["bob"].files)["mm/toy.c"]
    assert not tasks["cid"].files and "no revision nonsense" in tasks["cid"].refused[0]


def test_names(tmp_path):
    for name in ("a.tar.gz", "b.ZIP", "=c()", "d e", ".hidden"):
        (tmp_path / name).mkdir() if name[0] in "=d." else (tmp_path / name).write_bytes(b"")
    (tmp_path / "note.txt").write_text("not a submission")
    assert [s.name for s in batch.sources(tmp_path)] == ["_c__", "a", "b", "d_e"]


@pytest.mark.parametrize("make,said", [
    (lambda p: p / "none", "neither a folder"),
    (lambda p: p, "no submissions"),
    (lambda p: [(p / "a").mkdir(), (p / "a.zip").write_bytes(b"")] and p, "more than one submission of a"),
    (lambda p: (p / "x.csv").write_text("who,what\n") and p / "x.csv", "the column repository, revision, student"),
    (lambda p: (p / "x.csv").write_bytes(b"student,repository,revision\n\xff,\xfe,1\n") and p / "x.csv",
     "no CSV file in UTF-8"),
])
def test_what_is_no_class(tmp_path, make, said):
    with pytest.raises(UserError, match=said):
        batch.sources(make(tmp_path))


def test_secrets_and_hidden_tests(lab, tmp_path):
    how = isolation.choose()
    with pytest.raises(UserError, match="no secret in"):
        batch.course(lab, how, secret=tmp_path / "none")
    with pytest.raises(UserError, match="no folder .* of hidden tests"):
        batch.course(lab, how, hidden=tmp_path / "none")


@pytest.mark.skipif(os.geteuid() != 0, reason="the isolation user is root's")
def test_hidden_tests_that_a_submission_could_read(lab):
    """Where everybody may look, as nobody may in pytest's own folders."""
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        tree = Path(shutil.copytree(lab.parents[1], Path(place, "tree"), symlinks=True))
        tree.chmod(0o755)
        with pytest.raises(UserError, match="could read .*chmod o-rwx"):
            batch.course(tree / "labs" / lab.name, isolation.choose("user"))
        tree.chmod(0o700)
        assert batch.course(tree / "labs" / lab.name, isolation.choose("user")).hidden


def test_no_scheduler():
    with pytest.raises(UserError, match="no dask scheduler at nonsense"):
        with batch.connect(cluster="nonsense"):
            pass


def test_results_are_whole_or_not_there(tmp_path, monkeypatch):
    batch.store(tmp_path / "results/a.json", {"score": 1})
    with pytest.raises(TypeError):
        batch.store(tmp_path / "results/a.json", {"score": object()})
    assert json.loads((tmp_path / "results/a.json").read_text()) == {"score": 1}
