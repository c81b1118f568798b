"""The class's files: readable without JavaScript and colour; nothing of a student's is taken for markup."""

import csv
import io
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from grade.test.fake_runner import test as make_test

from grade.instructor import regrade, report, similarity

LAB = SimpleNamespace(name="toy", title="A <toy>", primary="riscv", floor=0.0, mutants=(
    SimpleNamespace(misconception="The last is the lowest", killed_by=("test_toy.py::test_take",)),
    SimpleNamespace(misconception="All is one", killed_by=("test_toy.py::test_more", "hidden/test_x.py::test_h"))))


def result(marks, other=None, refused=(), built=True):
    """A result with these points of 10 for each test: {test: earned}; on the other machine, too, unless told."""
    machines = {}
    for machine, earned in (("riscv", marks), ("i386", other or marks)):
        machines[machine] = {"build": {"ok": built, "message": "" if built else "toy.c:1: error: <b>no</b>"},
                             "tests": [make_test(n, 10, e, built) for n, e in earned.items()]}
    return {"lab": "toy", "score": sum(marks.values()), "max": 100.0, "floor": 0, "machines": machines, "key": "k",
            "isolation": "bubblewrap", "infrastructure": [], "refused": list(refused)}


A, B, H = "test_toy.py::test_take", "test_toy.py::test_more[1]", "hidden/test_x.py::test_h"
RESULTS = {"ann": result({A: 10, B: 10, H: 10}), "bob": result({A: 0, B: 10, H: 10}),
           "cid": result({A: 10, B: 0, H: 0}), "dan": result({A: 10, B: 10, H: 10}, {A: 0, B: 10, H: 10}),
           "eve": result({A: 0, B: 0, H: 0}, refused=["<script>alert(1)</script> is a link"], built=False)}


class Checker(HTMLParser):
    """Every element is closed, in order; the texts, tags and attributes are kept."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.words = [], [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data.strip())


@pytest.fixture
def out(tmp_path):
    report.write(tmp_path, LAB, RESULTS, {"fay": "no power"}, [similarity.Pair("ann", "dan", 0.934)])
    return tmp_path


def test_grades(out):
    rows = list(csv.DictReader(io.StringIO((out / "grades.csv").read_text())))
    assert [(r["student"], r["score"], r["status"]) for r in rows] == [
        ("ann", "30", "graded"), ("bob", "20", "graded"), ("cid", "10", "graded"), ("dan", "30", "graded"),
        ("eve", "0", "graded"), ("fay", "", "not graded")]
    assert "toy.c:1: error" in rows[4]["remarks"]


def test_canvas(out):
    rows = list(csv.reader(io.StringIO((out / "canvas.csv").read_text())))
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lab toy"]
    assert rows[1][0].strip() == "Points Possible" and rows[1][5] == "100"
    assert ["ann", "", "", "ann", "", "30"] in rows and not any(r[0] == "fay" for r in rows)


def test_class_page(out):
    text = (out / "report.html").read_text()
    page = Checker(text)
    assert not any(tag in ("script", "img", "link") or "onclick" in a for tag, a in page.tags)
    assert "A <toy> (toy)" in page.words and "<script>" not in text
    table = text.split('id="tests"')[1].split('id="failing"')[0]
    heat = {row.group(1): re.findall(r'<td class="n[^"]*">([^<]*)</td>', row.group(2))
            for row in re.finditer(r'<tr><th scope="row">(test_toy[^<]*|hidden[^<]*)</th>(.*?)</tr>', table, re.S)}
    assert heat[A] == ["10", "10", "0", "10", "8", "0"]
    assert heat[f"{H} (hidden)"] == ["10", "10", "10", "0", "10", "0"]
    assert "The last is the lowest (2): bob, dan" in page.words and "All is one (1): cid" in page.words
    assert "fay: no power" in page.words and "93" in page.words and "review" in page.words
    assert "guilty" not in text.lower() and "cheat" not in text.lower()


def test_student_pages(out):
    assert sorted(p.stem for p in (out / "students").iterdir()) == ["ann", "bob", "cid", "dan", "eve"]
    cid = Checker((out / "students/cid.html").read_text())
    # Of a public test what it said; of a hidden one only the cause. Each fails on both machines.
    assert cid.words.count("said <b>") == 2 and cid.words.count("make grade TEST=x") == 2
    assert sum("likely cause: the likely cause" in w for w in cid.words) == 4
    eve = (out / "students/eve.html").read_text()
    assert "&lt;script&gt;" in eve and "error: &lt;b&gt;no" in eve
    assert Checker(eve)


def test_empty_class(tmp_path):
    report.write(tmp_path, LAB, {}, {})
    assert Checker((tmp_path / "report.html").read_text())


def test_histogram():
    assert [n for _, _, n in report.histogram([0, 9.99, 10, 55, 99, 100])] == [2, 1, 0, 0, 0, 1, 0, 0, 0, 2]


def test_regrade_replaces_only_what_ran_again():
    old = result({A: 0, B: 10, H: 0})
    new = result({A: 10}) | {"key": "new"}
    whole = regrade.merged(old, new, "riscv")
    assert (whole["score"], whole["key"]) == (20, "new")
    assert [t["earned"] for t in whole["machines"]["i386"]["tests"]] == [10, 10, 0]
    assert regrade.changes(old, whole) == {f"{A} (i386)": (0, 10), f"{A} (riscv)": (0, 10)}


# ---- similarity -----------------------------------------------------------------------------------------------------

LONG = "int f(int a)\n{\n" + "".join(f"\tif (a > {i}) {{ a = g(a {op} {i}); b[{i}] = a; }}\n"
                                    for i, op in enumerate("+-*/+-+*+-/+-+")) + "\treturn a;\n}\n"
OTHER = "int f(int a)\n{\n" + "".join(f"\twhile (h(a{' + 1' * i}) {op} k) {{ a{op}= x->y[{i}] << 2; break; }}\n"
                                     for i, op in enumerate("&|^&|^&|^&|^&|")) + "\treturn -a;\n}\n"


def test_alike_whatever_the_names_and_comments(tmp_path):
    renamed = "/* mine */ " + re.sub(r"\ba\b", "value", LONG).replace("\t", "    ") + "// end\n"
    lab = SimpleNamespace(files=("f.c",), root=tmp_path / "reference")
    (tmp_path / "given").mkdir()
    (tmp_path / "given/f.c").write_text("int f(int a)\n{\n\treturn 0;\n}\n")
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference/f.c").write_text(OTHER)
    handed_in = {"ann": {"f.c": LONG.encode()}, "bob": {"f.c": renamed.encode()}, "cid": {"f.c": OTHER.encode()},
                 "dan": {"f.c": b"int f(int a)\n{\n\treturn 0;\n}\n"}, "eve": {}}
    found = similarity.pairs(lab, tmp_path / "given", handed_in)
    assert {(p.one, p.other) for p in found} == {("ann", "bob"), ("cid", similarity.REFERENCE)}
    assert all(p.share == 1 for p in found)


def test_what_everybody_got_is_not_alike(tmp_path):
    lab = SimpleNamespace(files=("f.c",), root=tmp_path)
    (tmp_path / "f.c").write_text(LONG)
    assert similarity.pairs(lab, tmp_path, {"ann": {"f.c": LONG.encode()}, "bob": {"f.c": LONG.encode()}}) == []
