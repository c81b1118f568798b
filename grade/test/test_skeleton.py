"""The student's tree: what it has, what it does not, and what stops it from being written."""

import json
import subprocess

import pytest
from grade.test.conftest import FILES, ROOT, commit, write

from grade import UserError, lab, skeleton, source


def git(tree, *argv):
    return subprocess.run(["git", "-C", tree, *argv], capture_output=True, text=True, check=True).stdout


def listing(tree):
    return sorted(str(p.relative_to(tree)) for p in tree.rglob("*") if p.is_file() and ".git" not in p.parts)


def test_a_students_tree(toy_git, tmp_path):
    dest = tmp_path / "buddy"
    found, done, allowed = skeleton.write("toy", dest, root=toy_git)
    assert found.name == "toy" and not allowed and len(done.removed) == 3
    assert listing(dest) == [".gitattributes", ".gitignore", ".pagoda-lab.json", "Makefile", "grade/runner.py",
                             "labs/README.md", "labs/toy/README.md", "labs/toy/lab.toml", "labs/toy/test_toy.py",
                             "mm/toy.c", "mm/toy.h"]
    assert "Exercise 2 of labs/toy: take" in (dest / "mm/toy.c").read_text(encoding="utf-8")
    handout = (dest / "labs/toy/README.md").read_bytes().decode("utf-8")
    assert handout == "# A toy\n\n### 1 · Insert (18 lines, `toy_insert`)\n"
    mark = json.loads((dest / ".pagoda-lab.json").read_text(encoding="utf-8"))
    assert mark == {"lab": "toy", "title": "A toy", "base": git(toy_git, "rev-parse", "HEAD").strip(),
                    "files": ["mm/toy.c"], "lines": {"insert": 18, "take": 11}}


def test_its_repository_has_one_commit_and_nothing_else(toy_git, tmp_path):
    skeleton.write("toy", tmp_path / "a", root=toy_git, build=False)
    skeleton.write("toy", tmp_path / "b", root=toy_git, build=False)
    assert git(tmp_path / "a", "rev-list", "--all") == git(tmp_path / "b", "rev-list", "--all")
    assert git(tmp_path / "a", "log", "--format=%s %an") == "labs/toy: where you start Pagoda\n"
    assert git(tmp_path / "a", "status", "--porcelain", "--ignored") == ""
    assert "lowest = table[0]" not in git(tmp_path / "a", "log", "-p")


def test_the_students_lab_toml_says_no_more_than_it_must(toy_git, tmp_path):
    skeleton.write("toy", tmp_path / "a", root=toy_git, build=False)
    found = lab.load("toy", tmp_path / "a")
    assert [p.functions for p in found.pieces] == [("toy_insert",), ("toy_take",)]
    assert found.files == ("mm/toy.c",) and not found.mutants
    text = (tmp_path / "a/labs/toy/lab.toml").read_text(encoding="utf-8")
    assert not [word for word in ("stub", "mutant", "highest", "place_of", "bug") if word in text]


def test_a_students_tree_is_built_and_booted_as_its_lab_says(toy_git, tmp_path):
    toml = 'draft = true\nappend = "highmem=16M"\nbuild.riscv = "DEBUG=1"\n' + FILES["labs/toy/lab.toml"]
    write(toy_git, {"labs/toy/lab.toml": toml})
    commit(toy_git)
    skeleton.write("toy", tmp_path / "a", root=toy_git)
    found = lab.load("toy", tmp_path / "a")
    assert (found.append, found.build) == ("highmem=16M", {"riscv": "DEBUG=1"})
    assert "draft" not in (tmp_path / "a/labs/toy/lab.toml").read_text(encoding="utf-8")
    write(toy_git, {"Makefile": FILES["Makefile"] + "ifeq ($(ARCH)$(DEBUG)$(PAE),riscv1)\nCFLAGS += -DLIMIT\nendif\n"})
    commit(toy_git)
    with pytest.raises(UserError, match="not compile clean for ARCH=riscv"):
        skeleton.write("toy", tmp_path / "b", root=toy_git)


def test_where_the_bug_is_stays_unsaid(toy_git, tmp_path):
    toml = FILES["labs/toy/lab.toml"].replace('stub.toy_take = "return -1;"', 'bug = "bug.patch"')
    write(toy_git, {"labs/toy/lab.toml": toml, "labs/toy/bug.patch": FILES["labs/toy/mutants/highest.patch"]})
    commit(toy_git)
    skeleton.write("toy", tmp_path / "a", root=toy_git)
    assert not (tmp_path / "a/labs/toy/bug.patch").exists()
    assert "toy_take" not in (tmp_path / "a/labs/toy/lab.toml").read_text(encoding="utf-8")
    found = lab.load("toy", tmp_path / "a")
    assert found.piece("take").functions == () and found.files == ("mm/toy.c",)


def test_the_common_page_has_nothing_for_teachers_and_no_dead_link(toy_git, tmp_path):
    page = ("# Labs\n[a toy](toy/README.md), [other](other/README.md#goal), [a site](https://x.org/y), [here](#labs)\n\n"
            "## Teaching with them\n`make lab`, [grade](../grade/README.md).\n\n## The end\nThat was it.\n")
    write(toy_git, {"labs/README.md": page})
    commit(toy_git)
    skeleton.write("toy", tmp_path / "a", root=toy_git, build=False)
    assert (tmp_path / "a/labs/README.md").read_text(encoding="utf-8") == (
        "# Labs\n[a toy](toy/README.md), other, [a site](https://x.org/y), [here](#labs)\n\n## The end\nThat was it.\n")
    assert skeleton.TEACHERS in source.read(ROOT / "labs/README.md")


def test_never_from_the_work_tree(toy_git, tmp_path):
    write(toy_git, {"mm/toy.h": "#error work in progress\n", "labs/new/lab.toml": FILES["labs/toy/lab.toml"]})
    skeleton.write("toy", tmp_path / "a", root=toy_git)
    assert "error" not in (tmp_path / "a/mm/toy.h").read_text(encoding="utf-8")
    with pytest.raises(UserError, match=r"Revision [0-9a-f]{12} does not hold labs/new \(it holds: other, toy\)"):
        skeleton.write("new", tmp_path / "b", root=toy_git)


def test_an_older_revision(toy_git, tmp_path):
    write(toy_git, {"mm/toy.h": FILES["mm/toy.h"] + "/* newer */\n"})
    commit(toy_git)
    skeleton.write("toy", tmp_path / "a", "HEAD~1", root=toy_git, build=False)
    assert "newer" not in (tmp_path / "a/mm/toy.h").read_text(encoding="utf-8")
    with pytest.raises(UserError, match="has no commit 'HEAD~7'"):
        skeleton.write("toy", tmp_path / "b", "HEAD~7", root=toy_git)


def test_a_destination_that_is_in_use_is_refused(toy_git, tmp_path):
    write(tmp_path, {"full/work.c": "mine\n", "file": ""})
    for dest, words in (("full", "is not empty"), ("file", "is not empty"), ("no/such", "There is no folder")):
        with pytest.raises(UserError, match=words):
            skeleton.write("toy", tmp_path / dest, root=toy_git)
    assert (tmp_path / "full/work.c").read_text(encoding="utf-8") == "mine\n"
    (tmp_path / "empty").mkdir()
    skeleton.write("toy", tmp_path / "empty", root=toy_git, build=False)
    assert (tmp_path / "empty/.git").is_dir()


@pytest.mark.parametrize("name, text, words", [
    ("mm/toy.h", FILES["mm/toy.h"] + "static int unused(void) { return 1; }\n", "not compile clean for ARCH=riscv"),
    ("mm/copy.c", FILES["mm/toy.c"], "mm/copy.c:32: the body of toy_insert"),
    ("MM/toy.c", "int x;\n", "differ by case alone"),
    ("labs/toy/lab.toml", FILES["labs/toy/lab.toml"].replace("return -1;", "return nothing;"), "'nothing' undeclared"),
], ids=["warning", "leak", "case", "stub"])
def test_a_tree_that_is_not_right_is_not_written(toy_git, tmp_path, name, text, words):
    write(toy_git, {name: text})
    commit(toy_git)
    with pytest.raises(UserError,) as told:
        skeleton.write("toy", tmp_path / "a", root=toy_git)
    assert words in str(told.value).replace("‘", "'").replace("’", "'")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["tree"]


def test_an_allowed_copy_is_told_with_its_reason(toy_git, tmp_path):
    allow = '[[allow]]\nfunction = "{}"\nfile = "mm/copy.c"\nreason = "another structure, read in an earlier lab"\n'
    write(toy_git, {"mm/copy.c": FILES["mm/toy.c"], "labs/toy/lab.toml": FILES["labs/toy/lab.toml"] + "".join(
        allow.format(f) for f in ("toy_insert", "toy_take", "place_of"))})
    commit(toy_git)
    _, _, allowed = skeleton.write("toy", tmp_path / "a", root=toy_git, build=False)
    assert {f.file for f in allowed} == {"mm/copy.c"} and all(f.reason.startswith("another") for f in allowed)


@pytest.mark.parametrize("name", lab.names(ROOT))
def test_the_handouts_of_this_tree_say_how_many_lines(name):
    found = lab.load(name)
    handout = source.read(found.dir / "README.md")
    assert skeleton.with_counts(handout, found, source.lines(ROOT, found)) == handout
    wrong = skeleton.with_counts(handout, found, {p.name: 1234 for p in found.pieces})
    assert wrong.count("(1234 lines") == sum(not p.bug for p in found.pieces)


def test_the_command_line(tmp_path):
    def grade(*argv):
        done = subprocess.run([ROOT / "grade/grade", *argv], capture_output=True, text=True, cwd=tmp_path, check=False)
        assert "Traceback" not in done.stderr
        return done

    assert "skeleton" in grade("--help").stdout and "--revision" in grade("skeleton", "--help").stdout
    done = grade("skeleton", "99-none", "x")
    assert done.returncode == 2 and "does not hold labs/99-none" in done.stderr
    done = grade("skeleton", "99-none", "x", "--revision", "no-such")
    assert done.returncode == 2 and "has no commit 'no-such'" in done.stderr
    assert grade("sing").returncode == 2


def test_this_trees_makefile_tells_the_verbs():
    text = subprocess.run(["make", "-s", "-C", ROOT, "help"], capture_output=True, text=True, check=True).stdout
    assert {line.split()[0] for line in text.splitlines()} >= {"grade", "handin", "lab"}
    done = subprocess.run(["make", "-s", "-C", ROOT, "lab"], capture_output=True, text=True, check=False)
    assert done.returncode and "say which lab" in done.stderr
