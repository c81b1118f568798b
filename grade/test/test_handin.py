"""make handin: exactly what is wanted, the same bytes each time, and clear words when it cannot be."""

import argparse
import json
import tarfile
import zipfile

import pytest
from grade.test.conftest import commit, write

from grade import UserError, handin, lab

MARK = {"lab": "toy", "title": "A toy", "base": "0123456789abcdef", "files": ["mm/toy.c", "mm/toy.h"], "lines": {}}


@pytest.fixture
def student(toy):
    write(toy, {lab.MARK: json.dumps(MARK)})
    return toy


def test_exactly_the_pieces_files_and_the_revision(student):
    write(student, {"mm/toy.c": "int x;\r\nint y;\r\n", "notes.txt": "mine"})
    out = handin.pack(student)
    assert out == student / "handin.tar.gz"
    with tarfile.open(out) as tar:
        assert sorted(tar.getnames()) == [lab.MARK, "mm/toy.c", "mm/toy.h"]
        assert tar.extractfile("mm/toy.c").read() == b"int x;\nint y;\n"
        assert json.load(tar.extractfile(lab.MARK)) == {k: MARK[k] for k in ("lab", "base", "files")}


def test_a_zip_file(student, tmp_path):
    with zipfile.ZipFile(handin.pack(student, tmp_path / "mine.zip")) as z:
        assert sorted(z.namelist()) == [lab.MARK, "mm/toy.c", "mm/toy.h"]


def test_the_same_work_gives_the_same_bytes(student, tmp_path):
    first = handin.pack(student, tmp_path / "a.tar.gz").read_bytes()
    (student / "mm/toy.c").touch()
    assert handin.pack(student, tmp_path / "b.tar.gz").read_bytes() == first
    write(student, {"mm/toy.c": "int z;\n"})
    assert handin.pack(student, tmp_path / "c.tar.gz").read_bytes() != first


def test_files_that_were_not_worked_on_are_told(student, capsys):
    assert not handin.untouched(student)
    commit(student)
    write(student, {"mm/toy.c": "int x;\n"})
    assert handin.untouched(student) == ["mm/toy.h"]
    commit(student)
    handin.main(argparse.Namespace(tree=student, out=None))
    assert capsys.readouterr().out.startswith("note: mm/toy.h is still as you got it.\n")


def break_missing(tree):
    (tree / "mm/toy.h").unlink()


def break_link(tree):
    (tree / "mm/toy.h").unlink()
    (tree / "mm/toy.h").symlink_to("toy.c")


def break_large(tree):
    (tree / "mm/toy.h").write_bytes(b"x" * (handin.MOST_BYTES + 1))


def break_binary(tree):
    (tree / "mm/toy.h").write_bytes(b"\x7fELF\0")


def break_mark(tree):
    (tree / lab.MARK).write_text('{"lab": 3', encoding="utf-8")


@pytest.mark.parametrize("harm, words", [
    (break_missing, "mm/toy.h is missing: get it back with"), (break_link, "mm/toy.h is a link"),
    (break_large, "at most 1048576"),
    (break_binary, "mm/toy.h is no text"), (break_mark, "is damaged")])
def test_what_cannot_be_handed_in_is_told(student, harm, words):
    harm(student)
    with pytest.raises(UserError, match=words):
        handin.pack(student)
    assert not (student / "handin.tar.gz").exists()


def test_only_a_students_tree_is_handed_in(toy):
    with pytest.raises(UserError, match="only a tree of `make lab`"):
        handin.pack(toy)


def test_the_archives_name(student):
    with pytest.raises(UserError, match="must end in .tar.gz, .tgz, .zip"):
        handin.pack(student, "handin.rar")
    with pytest.raises(UserError, match="cannot be written: No such file"):
        handin.pack(student, student / "no/such/handin.zip")
