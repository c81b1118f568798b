"""One tree's result: a lab made here, whose tests pass, fail, hang and die in kernel/test/self_arena.c's arena."""

import json

import pytest

from grade import UserError, lab as labs, runner
from grade.build import BuildResult
from grade.test.kernels import MACHINES, built, needs_guests

TOML = """
title = "A lab of the grader's own tests"
hours = 1
[[piece]]
name = "loop"
functions = ["arena_check"]
file = "kernel/arena.c"
"""
PUBLIC = """
from grade.machine import CALL_BUDGET
from grade.plugin import expect, points, sampled

ARENA = "self"

@points(10, needs=["loop"])
def test_echo(arena, rng):
    number = rng.randrange(1 << 30)
    expect("the echo", arena.call("echo", number), [f"{number:x}"])

@points(10, needs=["loop"], cause="the likely cause")
def test_mismatch(arena):
    expect("the echo of 5", arena.call("echo", 5), ["6"])

@points(10, needs=["loop"])
def test_panic(arena):
    arena.call("panic")

@points(10, needs=["loop"])
def test_hang(arena):
    arena.call("spin", budget=5_000_000)

@points(10, needs=["loop"])
def test_after_the_hang(arena):
    assert arena.call("ping") == ["ok"]

@points(10, needs=["loop"])
def test_forged(arena):
    expect("what a liar answers", arena.call("forge"), ["1"])

@sampled(3)
@points(10, needs=["loop"])
def test_samples(seed):
    assert seed != 2

@points(5)
def test_of_the_tests_own(arena):
    arena.call("nonsense")
"""
HIDDEN = """
from grade.plugin import expect, points

ARENA = "self"

@points(20, needs=["loop"])
def test_seed(seed, arena):
    arena.call("echo", seed)

@points(5, needs=["loop"], cause="a cause that may be told")
def test_secret(seed, arena):
    expect(f"the secret number {seed}", arena.call("forge"), ["secret"])
"""


def make_lab(folder, public=PUBLIC, hidden=HIDDEN):
    """A lab in a folder of its own."""
    where = folder / "labs/99-own"
    (where / "hidden").mkdir(parents=True)
    (where / "lab.toml").write_text(TOML)
    (where / "test_own.py").write_text(public)
    (where / "hidden/test_own.py").write_text(hidden)
    return labs.load(where)


@pytest.fixture(scope="module", params=MACHINES)
def graded(request, tmp_path_factory):
    """(the result of one machine, its tests by name, the folder with the raw report)."""
    folder = tmp_path_factory.mktemp("graded")
    lab = make_lab(folder)
    (folder / "secret").write_text("a secret")
    builds = {request.param: BuildResult(True, "", built(request.param))}
    result = runner.run(folder, lab, hidden_dir=lab.dir / "hidden", secret=folder / "secret", machines=(request.param,),
                        builds=builds, out=folder / "out")
    return result, {t["name"]: t for t in result["machines"][request.param]["tests"]}, folder / "out"


@needs_guests()
def test_points_go_to_what_passed(graded):
    result, tests, _ = graded
    assert {n.partition("::")[2]: t["outcome"] for n, t in tests.items() if not t["hidden"]} == {
        "test_echo": "passed", "test_mismatch": "failed", "test_panic": "error", "test_hang": "error",
        "test_after_the_hang": "passed", "test_forged": "failed", "test_samples": "failed",
        "test_of_the_tests_own": "failed"}
    assert (result["score"], result["max"]) == (40.0, 100.0)
    assert result["infrastructure"] == []


@needs_guests()
def test_a_failure_tells_what_a_student_needs(graded):
    _, tests, _ = graded
    told = tests["test_own.py::test_mismatch"]
    assert (told["expected"], told["got"], told["cause"]) == ("['6']", "['5']", "the likely cause")
    assert told["replay"].startswith("make grade TEST=test_own.py::test_mismatch SEED=1 ARCH=")
    assert told["replay_gdb"] == told["replay"] + " GDB=1"
    assert "livelock" in tests["test_own.py::test_hang"]["message"]
    assert "verb_spin" in tests["test_own.py::test_hang"]["message"]
    assert "Kernel panic: as it was told" in tests["test_own.py::test_panic"]["message"]
    assert "Mem-info" not in tests["test_own.py::test_panic"]["message"]
    assert "ok 1 - everything" in tests["test_own.py::test_forged"]["message"]
    assert tests["test_own.py::test_samples"]["seed"] == 2
    assert "nonsense" in tests["test_own.py::test_of_the_tests_own"]["message"]
    assert tests["test_own.py::test_echo"]["needs"] == ["loop"]


@needs_guests()
def test_nothing_of_a_hidden_test_but_its_cause_is_told(graded):
    result, tests, out = graded
    failed = tests["hidden/test_own.py::test_secret"]
    assert (failed["outcome"], failed["cause"]) == ("failed", "a cause that may be told")
    raw = json.loads(next(out.glob("report-*.json")).read_text())
    seeds = {t["seed"] for t in raw["tests"] if t["hidden"]}
    assert len(seeds) == 2 and 1 not in seeds		# each test draws its own from the secret
    text = json.dumps(result)
    assert not any(str(seed) in text for seed in seeds)
    assert "secret number" not in text and "everything" not in json.dumps(failed)
    assert "everything" in next(t["console"] for t in raw["tests"] if t["name"] == failed["name"])


def test_a_kernel_that_was_not_built_earns_nothing(tmp_path):
    lab = make_lab(tmp_path)
    builds = {m: BuildResult(False, "kernel/arena.c:1: error: no", tmp_path / m) for m in MACHINES}
    result = runner.run(tmp_path, lab, hidden_dir=lab.dir / "hidden", builds=builds)
    for data in result["machines"].values():
        assert {t["outcome"] for t in data["tests"]} == {"not-built"} and len(data["tests"]) == 10
        assert data["build"]["message"] == data["tests"][0]["message"] == "kernel/arena.c:1: error: no"
    assert (result["score"], result["max"]) == (0.0, 100.0)


def test_tests_that_cannot_be_loaded_are_no_marks(tmp_path):
    lab = make_lab(tmp_path, public="import nothing_of_this_name\n")
    builds = {"riscv": BuildResult(False, "", tmp_path / "riscv")}
    result = runner.run(tmp_path, lab, machines=("riscv",), builds=builds)
    assert "nothing_of_this_name" in result["infrastructure"][0]


def test_points_that_do_not_sum_to_100_are_the_labs_fault(tmp_path):
    lab = make_lab(tmp_path, hidden="")
    builds = {"riscv": BuildResult(False, "", tmp_path / "riscv")}
    with pytest.raises(UserError, match="75 instead of 100"):
        runner.run(tmp_path, lab, hidden_dir=lab.dir / "hidden", machines=("riscv",), builds=builds)
    assert runner.run(tmp_path, lab, machines=("riscv",), builds=builds)["max"] == 75.0


@pytest.mark.parametrize("only, names", [
    (["test_own.py::test_samples"], ["test_own.py::test_samples"]), (["hang"], ["test_own.py::test_hang",
                                                                              "test_own.py::test_after_the_hang"])])
def test_only_some_tests(tmp_path, only, names):
    lab = make_lab(tmp_path)
    builds = {"i386": BuildResult(False, "", tmp_path / "i386")}
    result = runner.run(tmp_path, lab, machines=("i386",), builds=builds, only=only)
    assert [t["name"] for t in result["machines"]["i386"]["tests"]] == names


def test_the_key_depends_on_the_submission_and_the_seed(tmp_path):
    lab = make_lab(tmp_path)
    builds = {"riscv": BuildResult(False, "", tmp_path / "riscv")}
    (tmp_path / "kernel").mkdir()
    keys = set()
    for text, seed in (("int a;", None), ("int a;", 7), ("int b;", None), ("int a;", None)):
        (tmp_path / "kernel/arena.c").write_text(text)
        keys.add(runner.run(tmp_path, lab, machines=("riscv",), builds=builds, seed=seed, only=["echo"])["key"])
    assert len(keys) == 3
