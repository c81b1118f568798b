"""lab.toml: what is read, and what is wrong told in a sentence."""

import re

import pytest
from grade.test.conftest import ROOT, TOY_TOML

from grade import UserError, lab


def changed(toy, old, new):
    """The small tree's lab with its lab.toml changed."""
    assert old in TOY_TOML
    (toy / "labs/toy/lab.toml").write_text(TOY_TOML.replace(old, new), encoding="utf-8")
    return lab.load("toy", toy)


def test_all_that_a_lab_says(toy):
    found = lab.load("toy", toy)
    assert (found.name, found.title, found.hours, found.primary, found.floor) == ("toy", "A toy", 1.0, "riscv", 0.0)
    assert [(p.name, p.index, p.functions) for p in found.pieces] == [("insert", 1, ("toy_insert",)),
                                                                      ("take", 2, ("toy_take",))]
    assert found.files == ("mm/toy.c",) and found.piece("take").stubs == {"toy_take": "return -1;"}
    assert found.mutants[0].path.read_text(encoding="utf-8").startswith("Takes the wrong end")
    assert [p.name for p in found.tests()] == ["test_toy.py"]
    assert [p.name for p in found.tests(hidden=True)] == ["test_more.py"]
    assert found.root == toy
    assert (found.build, found.append, found.draft) == ({}, "", False)


def test_how_a_lab_is_built_and_booted(toy):
    found = changed(toy, "hours = 1", 'hours = 1\ndraft = true\nappend = "highmem=16M"\nbuild.riscv = "RVHIGHMEM=1"')
    assert (found.build, found.append, found.draft) == ({"riscv": "RVHIGHMEM=1"}, "highmem=16M", True)


def test_a_lab_by_its_directory(toy):
    assert lab.load(toy / "labs/toy") == lab.load("toy", toy)


def test_an_unknown_lab_tells_those_there_are(toy):
    with pytest.raises(UserError, match="no lab 'toys'. Labs: other, toy."):
        lab.load("toys", toy)


@pytest.mark.parametrize("old, new, words", [
    ('title = "A toy"', "", "'title' is missing"),
    ("hours = 1", "hours = true", "'hours' is of the wrong type"),
    ("hours = 1", "houres = 1", "unknown key 'houres'"),
    ("hours = 1", 'primary = "vax"', "'vax' is no machine"),
    ("hours = 1", "floor = 101", "not between 0 and 100"),
    ("hours = 1", 'draft = "yes"', "'draft' is of the wrong type"),
    ("hours = 1", "append = 16", "'append' is of the wrong type"),
    ("hours = 1", 'build = "RVHIGHMEM=1"', "'build' is of the wrong type"),
    ("hours = 1", 'build.vax = "PAE=0"', "build.vax = 'PAE=0' is no word like RVHIGHMEM=1"),
    ("hours = 1", 'build.riscv = "clean all"', "build.riscv = 'clean all' is no word like RVHIGHMEM=1"),
    ("hours = 1", "build.riscv = 1", "build.riscv = 1 is no word like RVHIGHMEM=1"),
    ("hours = 1", "hours = ", "is not TOML"),
    ('name = "take"', 'name = "insert"', "piece 'insert' is there twice"),
    ('["toy_take"]', '["toy_insert"]', "stub.toy_take must be"),
    ('["toy_take"]', "[]", "'functions' is empty"),
    ('["toy_take"]', "[3]", "list of the wrong type"),
    ('file = "mm/toy.c"\nalong', 'file = "../toy.c"\nalong', "'../toy.c' is not a plain path"),
    ('file = "mm/toy.c"\nalong', 'file = "/etc/passwd"\nalong', "not a plain path"),
    ('name = "highest"', 'name = "lowest"', "no mutants/lowest.patch"),
    ('name = "highest"', 'name = "highest"\nmachine = "vax"', "'highest': 'vax' is no machine"),
    ('piece = "take"', 'piece = "give"', "no piece 'give'; it has insert, take"),
    ('killed_by = ["test_toy.py::test_take"]', "", "must say its misconception and killed_by"),
])
def test_what_is_wrong_is_told(toy, old, new, words):
    with pytest.raises(UserError, match="lab.toml|toy has") as told:
        changed(toy, old, new)
    assert words in str(told.value) and "\n" not in str(told.value).removesuffix(".")


def test_a_students_lab_needs_no_functions(toy):
    with pytest.raises(UserError, match="'functions' is missing"):
        changed(toy, 'functions = ["toy_take"]\nfile = "mm/toy.c"\nstub.toy_take = "return -1;"', "")
    (toy / lab.MARK).write_text("{}", encoding="utf-8")
    assert changed(toy, 'functions = ["toy_take"]\nfile = "mm/toy.c"\nstub.toy_take = "return -1;"', "").piece("take")


@pytest.mark.parametrize("name", lab.names(ROOT))
def test_the_labs_of_this_tree(name):
    found = lab.load(name)
    assert found.tests() and (found.dir / "README.md").is_file()
    assert set(found.requires) <= set(lab.names(ROOT))
    for mutant in found.mutants:
        for test in mutant.killed_by:
            assert (found.dir / test.split("::")[0]).is_file(), f"{mutant.name}: there is no {test}"


@pytest.mark.parametrize("name", lab.names(ROOT))
def test_the_table_of_labs_says_which_are_ready(name):
    row = re.search(rf"^\| \[{name}\]\({name}/README\.md\) \|.*\| (?P<hours>\d+) \|.*\| (?P<state>[^|]+) \|$",
                    (ROOT / "labs/README.md").read_text(encoding="utf-8"), flags=re.M)
    found = lab.load(name)
    assert row, f"labs/README.md has no row for {name}"
    assert (row["state"], float(row["hours"])) == ("a draft" if found.draft else "ready", found.hours)


def test_the_hours_of_what_is_ready():
    hours = sum(found.hours for found in map(lab.load, lab.names(ROOT)) if not found.draft)
    told = re.search(r"^Ready today: .*?, (\d+) hours\.", (ROOT / "labs/README.md").read_text(encoding="utf-8"), flags=re.M)
    assert told and float(told[1]) == hours
