"""What proves labs is itself proven: each thing that must not be is complained of, and nothing else is."""

import dataclasses

import pytest
from grade.test.conftest import write

from grade import lab as labs
from grade.instructor import check, demo

MACHINES = ("riscv", "i386")
SPOOFER = '\n[[spoofer]]\nname = "liar"\n'


@pytest.fixture
def lab(toy):
    """Two pieces, a mutant, a spoofer."""
    path = toy / "labs/toy/lab.toml"
    write(toy, {"labs/toy/lab.toml": path.read_text(encoding="utf-8") + SPOOFER,
                "labs/toy/mutants/liar.c": "int toy_take(void)\n{\n\treturn 7;\n}\n"})
    return labs.load("toy", toy)


def result(insert="passed", take="passed", cause="the likely cause", built=True, machines=MACHINES, infrastructure=()):
    """A runner's result with two tests, 40 points for `insert` and 60 for `take`, the same on each machine."""
    def told(name, points, outcome):
        return {"name": name, "points": points, "earned": points if outcome == "passed" else 0, "outcome": outcome, "cause": cause,
                "hidden": False, "needs": [name.rpartition("_")[2]], "message": "what came"}

    tests = [told("test_toy.py::test_insert", 40, insert), told("test_toy.py::test_take", 60, take)]
    return {"infrastructure": list(infrastructure), "score": sum(t["earned"] for t in tests), "refused": [],
            "machines": {m: {"build": {"ok": built, "message": "no"}, "tests": tests} for m in machines}}


def right(lab, quick=False):
    """What a lab without a fault makes of its variants."""
    outcomes = {"reference": ("passed", "passed"), "skeleton": ("failed", "failed"), "first 1": ("passed", "failed"),
                "without insert": ("failed", "passed"), "without take": ("passed", "failed"), "mutant highest": ("passed", "failed"),
                "spoofer liar": ("failed", "failed")}
    found = check.variants(lab, MACHINES, quick)
    return {v: result(*outcomes[v.title], machines=v.machines) for v in found}


def complaints(lab, results):
    report = check.Report(lab.name, results)
    check.judge(lab, report)
    return report.complaints


def test_a_right_lab_has_no_complaints(lab):
    assert complaints(lab, right(lab)) == []
    assert complaints(lab, right(lab, quick=True)) == []


def test_variants(lab):
    assert [v.title for v in check.variants(lab, MACHINES)] == [
        "reference", "skeleton", "first 1", "without insert", "without take", "mutant highest", "spoofer liar"]
    assert all(v.machines == MACHINES and not v.only for v in check.variants(lab, MACHINES))
    quick = {v.title: v for v in check.variants(lab, MACHINES, quick=True)}
    assert list(quick) == ["reference", "skeleton", "mutant highest", "spoofer liar"]
    assert quick["reference"].machines == MACHINES and quick["mutant highest"].only == ("test_toy.py::test_take",)
    assert {m for title in ("mutant highest", "spoofer liar") for m in quick[title].machines} == set(MACHINES)


def test_a_mutant_may_show_on_one_machine_alone(lab):
    lab = dataclasses.replace(lab, mutants=(dataclasses.replace(lab.mutants[0], machine="i386"),))
    for quick in (False, True):
        assert [v.machines for v in check.variants(lab, MACHINES, quick) if v.kind == "mutant"] == [("i386",)]
    assert not [v for v in check.variants(lab, ("riscv",)) if v.kind == "mutant"]


def test_what_a_variant_has(lab):
    """The pieces that are cut have their stubs, the others the reference's bodies; a replacement stands in its piece's place."""
    text = {v.title: check.changed_files(lab, v)["mm/toy.c"].decode() for v in check.variants(lab, MACHINES)}
    insert, take = "table[place] = number;", "lowest = table[0];"
    assert {t: (insert in c, take in c) for t, c in text.items()} == {
        "reference": (True, True), "skeleton": (False, False), "first 1": (True, False), "without insert": (False, True),
        "without take": (True, False), "mutant highest": (True, False), "spoofer liar": (False, False)}
    assert "int highest =" in text["mutant highest"] and "return 7;" in text["spoofer liar"]


@pytest.mark.parametrize("title,wrong,says", [
    ("reference", {"take": "failed"}, "test_toy.py::test_take fails on riscv"),
    ("reference", {"insert": "error"}, "test_toy.py::test_insert fails on i386"),
    ("reference", {"built": False}, "does not compile on i386"),
    ("skeleton", {"insert": "passed", "take": "failed"}, "earns 40 on riscv, and lab.toml says floor = 0"),
    ("first 1", {"insert": "failed", "take": "failed"}, "earns 0 on riscv, not more than skeleton (0)"),
    ("first 1", {}, "earns 100 on i386, not more than first 1 (100)"),
    ("without insert", {"insert": "passed", "take": "failed"}, "no test that needs insert fails on riscv"),
    ("mutant highest", {}, "test_toy.py::test_take does not fail on riscv (these do: none)"),
    ("mutant highest", {"insert": "failed"}, "test_toy.py::test_take does not fail on i386 (these do: test_toy.py::test_insert)"),
    ("mutant highest", {"take": "failed", "cause": ""}, "no test that kills it tells a cause on i386"),
    ("mutant highest", {"built": False}, "does not compile on riscv"),
    ("spoofer liar", {"take": "failed"}, "earns 40 on i386, more than the floor"),
    ("spoofer liar", {"insert": "failed", "take": "failed", "infrastructure": ["no power"]}, "the host failed it: no power")])
def test_what_is_wrong_is_told(lab, title, wrong, says):
    results = right(lab)
    variant = next(v for v in results if v.title == title)
    results[variant] = result(**wrong)
    found = complaints(lab, results)
    assert any(says in c for c in found), found
    assert all(title in c or "not more than" in c for c in found), found


def test_one_machine_alone_is_enough_for_a_complaint(lab):
    results = right(lab)
    variant = next(v for v in results if v.kind == "mutant")
    results[variant]["machines"]["i386"] = result()["machines"]["i386"]
    assert complaints(lab, results) == ["toy, mutant highest: test_toy.py::test_take does not fail on i386 (these do: none)"]


def test_a_declared_floor_is_exact(lab):
    """Neither less nor more than lab.toml says; a spoofer may come up to it."""
    results = right(lab)
    for v in results:
        if v.kind in ("skeleton", "spoofer"):
            results[v] = result(insert="passed", take="failed")
        if v.title == "first 1":
            results[v] = result(insert="failed", take="passed")
    declared = labs.Lab(**{**vars(lab), "floor": 40.0})
    assert complaints(declared, results) == []
    assert "floor = 50" in " ".join(complaints(labs.Lab(**{**vars(lab), "floor": 50.0}), results))


@pytest.mark.parametrize("sample,got,says", [
    ({"lowest": 100, "highest": 100}, {}, ""),
    ({"lowest": 100, "highest": 100}, {"take": "failed"}, "earned 40, expected 100"),
    ({"lowest": 0, "highest": 99.99}, {}, "earned 100, expected 0 to less than 100"),
    ({"highest": 0, "told": ("undeclared",)}, {"insert": "failed", "take": "failed"}, "nothing says 'undeclared'"),
    ({"highest": 99, "fails": ("test_toy.py::test_take",)}, {"insert": "failed"}, "test_toy.py::test_take does not fail"),
    ({"highest": 99, "fails": ("test_toy.py::test_take",)}, {"take": "failed"}, "")])
def test_the_demos_expectations(sample, got, says):
    assert demo.verdict(demo.Sample("x", None, **sample), result(**got), "") == says
    assert demo.verdict(demo.Sample("x", None, **sample), None, "no power") == "not graded: no power"
