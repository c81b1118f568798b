"""Points out of outcomes, and what a student reads of them."""

import io
import json

import pytest

from grade import result, show
from grade.test.conftest import commit, write


def test(points, outcome, name="test_a.py::test_x", **more):
    return {"name": name, "points": points, "outcome": outcome, "message": "", "expected": "", "got": "", "cause": "",
            "replay": "", "replay_gdb": "", **more}


test.__test__ = False


def machines(**outcomes):
    """{machine: tests} of (points, outcome) pairs."""
    return {m: {"build": {"ok": True, "message": ""},
                "tests": [test(p, o, f"test_a.py::test_{i}") for i, (p, o) in enumerate(tests)]}
            for m, tests in outcomes.items()}


def test_the_primary_machine_counts_for_four_fifths():
    tests = machines(riscv=[(60, "passed"), (40, "failed")], i386=[(60, "failed"), (40, "passed")])
    assert result.score(tests, "riscv") == (56.0, 100.0)
    assert result.score(tests, "i386") == (44.0, 100.0)


def test_a_single_machine_counts_in_full():
    assert result.score(machines(i386=[(60, "passed"), (40, "error")]), "riscv") == (60.0, 100.0)


@pytest.mark.parametrize("outcome", [o for o in result.OUTCOMES if o != "passed"])
def test_only_what_passed_earns(outcome):
    assert result.score(machines(riscv=[(100, outcome)], i386=[(100, "passed")]), "riscv") == (20.0, 100.0)


def test_shares_sum_to_one():
    for names in (["riscv"], ["riscv", "i386"], ["a", "b", "riscv"], ["a", "b"]):
        assert abs(sum(result.shares(names, "riscv").values()) - 1) < 1e-9


@pytest.mark.parametrize("tests, whole, told", [
    (machines(riscv=[(100, "passed")], i386=[(100, "failed")]), True, ""),
    (machines(riscv=[(70, "passed")]), False, ""),
    (machines(riscv=[(70, "passed")]), True, "70 instead of 100"),
    (machines(riscv=[(101, "passed")]), False, "more than 100"),
    (machines(riscv=[(50, "passed")], i386=[(40, "passed")]), False, "differ between machines")])
def test_points_that_do_not_add_up_are_told(tests, whole, told):
    fault = result.points_fault(tests, whole)
    assert told in fault if told else fault == ""


def shown(data, plain=True):
    file = io.StringIO()
    show.show(data, plain=plain, file=file)
    return file.getvalue()


def whole(**data):
    tests = [(60, "passed"), (40, "passed")]
    return {"machines": machines(riscv=tests, i386=tests), "score": 100.0, "max": 100.0, "refused": [], "infrastructure": [], **data}


def test_a_failure_is_told_with_all_that_helps():
    data = whole(score=60.0)
    for machine in ("riscv", "i386"):
        data["machines"][machine]["tests"][1].update(
            outcome="failed", message="the order of page 8", expected="3", got="[bold]4", cause="it stays in private",
            replay="make grade TEST=x SEED=1", replay_gdb="make grade TEST=x SEED=1 GDB=1")
    text = shown(data)
    for words in ("FAILED", "the order of page 8", "expected  3", "got       [bold]4", "likely    it stays in private",
                  "again     make grade TEST=x SEED=1\n", "in GDB    make grade TEST=x SEED=1 GDB=1",
                  "60 of 100 points"):
        assert words in text
    assert text.count("the order of page 8") == 1		# both machines say the same: told once
    assert "riscv and i386" in text


def test_of_a_guest_that_died_the_tests_own_cause_is_what_it_was_about():
    data = whole(score=60.0)
    for machine, outcome in (("riscv", "error"), ("i386", "error")):
        data["machines"][machine]["tests"][1].update(outcome=outcome, message="the guest ended: panic", cause="it stays in private")
    text = shown(data)
    assert "the guest ended: panic" in text and "likely" not in text and "about     it stays in private" in text
    data["machines"]["i386"]["tests"][1].update(outcome="failed", message="the order of page 8")
    assert "likely    it stays in private" in shown(data)		# of the machine where it came to an answer


def test_plain_text_has_no_escape_codes(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    data = whole()
    data["machines"]["i386"]["tests"][0]["outcome"] = "error"
    assert "\x1b" in shown(data, plain=False)
    assert "\x1b" not in shown(data)


def test_a_kernel_that_does_not_compile_is_told():
    data = whole(score=80.0, refused=["Makefile: not one of the lab's files"], infrastructure=["riscv: no power"])
    data["machines"]["i386"]["build"] = {"ok": False, "message": "mm/x.c:3: error: [nonsense]"}
    for test_ in data["machines"]["i386"]["tests"]:
        test_["outcome"] = "not-built"
    text = shown(data)
    for words in ("kernel for i386 does not compile", "mm/x.c:3: error: [nonsense]", "not built",
                  "not handed in: Makefile", "the host failed, grade again: riscv: no power"):
        assert words in text


def test_the_exit_status_tells_the_outcome(monkeypatch, tmp_path, capsys):
    class Args:
        tree, lab, arch, gdb, only, json = str(tmp_path), "02-buddy", "both", False, None, str(tmp_path / "out.json")
        all = False
        plain, hidden, secret, seed, isolation = True, None, None, None, "none"
    monkeypatch.setattr(show.labs, "load", lambda name: type("Lab", (), {
        "name": name, "primary": "riscv", "pieces": (), "files": ()}))
    for data, status in ((whole(), 0), (whole(score=99.0), 1), (whole(infrastructure=["no power"]), 2)):
        monkeypatch.setattr(show.runner, "run", lambda *_, data=data, **__: data)
        assert show.main(Args) == status
        assert json.loads((tmp_path / "out.json").read_text()) == data
    Args.only = ["no-such"]
    monkeypatch.setattr(show.runner, "run", lambda *_, **__: whole(machines=machines(riscv=[]), score=0.0, max=0.0))
    with pytest.raises(show.UserError, match="No test of 02-buddy has 'no-such' in its name"):
        show.main(Args)
    Args.gdb, Args.only = True, None
    with pytest.raises(show.UserError, match="one test"):
        show.main(Args)
    Args.lab, Args.gdb = None, False
    with pytest.raises(show.UserError, match="say --lab"):
        show.main(Args)
    assert "points" in capsys.readouterr().out


def some_failures():
    """Two tests of exercise 1 and one of exercise 2 that fail, and one that passes."""
    outcomes = [(30, "failed"), (30, "failed"), (20, "error"), (20, "passed")]
    data = whole(machines=machines(riscv=outcomes), score=20.0)
    for test_, needs in zip(data["machines"]["riscv"]["tests"], (["take"], ["take"], ["take", "split"], ["take"])):
        test_.update(needs=needs, message=f"message {test_['name']}")
    return data


def test_details_are_told_of_the_first_exercise_that_fails():
    file, order = io.StringIO(), {"take": 1, "split": 2}
    show.show(some_failures(), plain=True, file=file, everything=False, order=order)
    text = file.getvalue()
    assert text.splitlines()[0] == "20 of 100 points: 1 of 4 tests pass, 3 do not"
    assert text.splitlines()[-1] == "20 of 100 points"
    assert "message test_a.py::test_0" in text and "message test_a.py::test_1" in text
    assert "message test_a.py::test_2" not in text and "1 more test does not pass: make grade ALL=1" in text
    text = shown(some_failures())
    assert "message test_a.py::test_2" in text and "ALL=1" not in text


def test_what_needs_an_untouched_stub_is_not_told_as_a_failure():
    file, order = io.StringIO(), {"take": 1, "split": 2}
    show.show(some_failures(), plain=True, file=file, everything=False, order=order, untouched={"take"})
    text = file.getvalue()
    assert "3 wait for what is not written yet" in text and text.count("not yet") == 3
    assert "FAILED" not in text and "DIED" not in text and "message" not in text and "ALL=1" in text


def test_a_stub_is_untouched_while_its_body_is_the_first_commits(tmp_path):
    stub = "int {}(void)\n{{\n\t/* Exercise {} of labs/99-x: a title */\n\treturn {};\n}}\n\n"
    given = stub.format("take", 1, 0) + stub.format("give", 2, 0) + stub.format("also_give", 2, -1)
    write(tmp_path, {"mm/x.c": given})
    pieces = [type("Piece", (), {"name": n, "index": i}) for n, i in (("take", 1), ("give", 2))]
    lab = type("Lab", (), {"name": "99-x", "pieces": pieces, "files": ("mm/x.c", "mm/none.c")})
    assert show.untouched(tmp_path, lab) == set()		# no git: nobody knows
    commit(tmp_path)
    assert show.untouched(tmp_path, lab) == {"take", "give"}
    # the comment stays, but something was written below it; the other piece has one of its two
    write(tmp_path, {"mm/x.c": given.replace("return 0;", "return 3;")})
    assert show.untouched(tmp_path, lab) == {"give"}


@pytest.mark.parametrize("died", [True, False])
def test_of_a_panic_the_cause_and_the_backtrace_are_told(died):
    registers = "[    0.000000] s0  ffffffc080285df0 s1  ffffffc08025f700 a0  ffffffc080260930 a1  ffffffc080285d00"
    console = ["noise"] * 30 + ["kernel read of NULL pointer (4)", "Kernel panic: page fault", registers,
                                "status 8000000200046100 badaddr 0000000000000004 cause d", "  [<ffffffc0802137de>] take+0x12",
                                "Mem-info:", "Active:0"]
    assert result.told_console("\n".join(console), died) == [console[30], console[31], console[33], console[34]]


def test_what_a_kernel_printed_is_bounded_and_plain():
    lines = [f"line {i}\x1b[31m" for i in range(50)]
    first = result.told_console("\n".join(lines), died=False)
    assert first[0] == "line 0?[31m" and first[-1] == "… 36 more lines" and len(first) == 15
    assert result.told_console("\n".join(lines), died=True)[-1] == "line 49?[31m"
