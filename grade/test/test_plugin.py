"""What a lab's tests import, and how pytest is told about a build."""

import subprocess
import sys

import pytest

from grade import ROOT
from grade.plugin import Mismatch, expect


def pytest_run(*words):
    """pytest with the grader's plugin: (status, output)."""
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "grade.plugin", "-p", "no:cacheprovider", "-p",
                           "no:xdist", *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def test_expect_says_nothing_when_all_is_well():
    expect("a number", 5, 5)


def test_expect_tells_what_was_wanted():
    with pytest.raises(Mismatch) as caught:
        expect("the pages", [1, 2], [1], cause="one too many")
    told = caught.value
    assert (told.what, told.got, told.wanted, told.cause) == ("the pages", "[1, 2]", "[1]", "one too many")
    assert "expected [1], got [1, 2]" in str(told)
    assert isinstance(told, AssertionError)


def test_expect_bounds_what_it_tells():
    with pytest.raises(Mismatch) as caught:
        expect("text", "x" * 100000, "y")
    assert len(caught.value.got) < 3000


def test_marks_carry_what_they_were_given(tmp_path):
    (tmp_path / "test_x.py").write_text("""
from grade.plugin import deterministic, points
@deterministic
@points(6, needs=["take"], cause="why")
def test_x(request):
    mark = request.node.get_closest_marker("points")
    assert (mark.args, mark.kwargs) == ((6,), {"needs": ("take",), "cause": "why"})
    assert request.node.get_closest_marker("deterministic")
""")
    status, output = pytest_run("-c", "/dev/null", "--strict-markers", str(tmp_path))
    assert status == 0, output


@pytest.mark.parametrize("words, told", [
    (["--builddir", "build/riscv"], "say which lab"),
    (["--lab", "02-nonsense", "--builddir", "build/riscv"], "no lab"),
    (["--lab", "02-buddy", "--builddir", "build/nonsense"], "no kernel to read")])
def test_a_wrong_command_line_is_told_in_a_sentence(words, told):
    status, output = pytest_run(*words, "labs/02-buddy")
    assert status == 4 and told in output
    assert "Traceback" not in output


def test_a_test_without_a_build_says_what_it_wants(tmp_path):
    (tmp_path / "test_x.py").write_text("def test_x(seed):\n    pass\n")
    status, output = pytest_run("-c", "/dev/null", str(tmp_path))
    assert status != 0 and "--builddir" in output


def test_samples_are_runs_with_different_seeds(tmp_path):
    (tmp_path / "test_x.py").write_text("from grade.plugin import sampled\n"
                                        "@sampled(3)\ndef test_x(sample):\n    assert sample < 3\n")
    status, output = pytest_run("-c", "/dev/null", str(tmp_path))
    assert status == 0 and "3 passed" in output
