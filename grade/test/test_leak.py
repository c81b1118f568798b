"""The leak scan finds what was hidden, and does not cry wolf."""

import base64
import gzip
import io
import re
import subprocess
import zipfile

import pytest
from grade.test.conftest import ROOT, TOY_C, commit, write

from grade import lab, leak, source

BODY = source.Source(TOY_C).one("toy_insert").body
REMOVED = [source.Removed("mm/toy.c", "toy_insert", BODY, "{\n\treturn false;\n}")]


def found(data, removed=REMOVED, allowed=()):
    return leak.Scanner(removed, allowed).data("f", data if isinstance(data, bytes) else data.encode())


def renamed(text):
    for old, new in (("place", "spot"), ("number", "value"), ("count", "used"), ("table", "row"), ("i", "k")):
        text = re.sub(rf"\b{old}\b", new, text)
    return text


def zipped(text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("notes.txt", text)
    return out.getvalue()


def test_a_copy_and_its_line():
    hits = found("one\ntwo\n" + BODY)
    assert [(h.file, h.line, h.function, h.how) for h in hits] == [("f", 3, "toy_insert", "the body")]
    assert str(hits[0]) == "f:3: the body of toy_insert"


@pytest.mark.parametrize("disguise", [
    lambda t: t.replace("\n", " /* and */ "), lambda t: t.replace("\t", "").replace(" ", "  "),
    lambda t: t.replace("\n", "\r\n"), lambda t: "\n".join("> " * 0 + "// x\n" + line for line in t.splitlines()),
    lambda t: "```c\n" + t[t.index("for"):] + "```\n",
])
def test_a_copy_in_disguise(disguise):
    assert [h.function for h in found(disguise(BODY))] == ["toy_insert"]


def test_a_copy_with_other_names():
    assert [(h.function, h.how) for h in found(renamed(BODY))] == [("toy_insert", "the body, its variables renamed,")]


def test_a_copy_with_all_its_names_changed():
    body = ("{ struct item *p = first(head); while (p && p->key < key(p)) { p->seen = mark(p, LIMIT); p = p->next; "
            "insert(head, p->next, p->prev); } drop(head, p->key); return p; }")
    changed = body
    for old, new in (("item", "node"), ("first", "begin"), ("key", "rank"), ("mark", "stamp"), ("LIMIT", "top"),
                     ("next", "right"), ("prev", "left"), ("insert", "put"), ("drop", "leave"), ("seen", "done"),
                     ("head", "list")):
        changed = changed.replace(old, new)
    hits = found(changed, [source.Removed("f.c", "walk", body)])
    assert [(h.function, h.how) for h in hits] == [("walk", "the body, all its names changed,")]


def test_another_algorithm_of_the_same_shape_is_none():
    """Names that do not map one to one are another text."""
    text = BODY
    for old, new in (("table[i] = table[i - 1]", "count[i] = place[number - 1]"), ("count++", "full++"),
                     ("int place", "int i"), ("i > place", "table > i"), ("int i =", "int number =")):
        text = text.replace(old, new)
    assert text != BODY and not found(text)


@pytest.mark.parametrize("pack, how", [
    (lambda t: base64.encodebytes(t), "base64"), (lambda t: base64.b64encode(t), "base64"),
    (lambda t: t.hex().encode(), "hex"),
    (lambda t: b"x = " + ", ".join(map(hex, t)).encode(), "a list of bytes"),
    (lambda t: ",".join(map(str, t)).encode(), "a list of bytes"),
    (lambda t: b"\"" + "".join(f"\\x{c:02x}" for c in t).encode(), "a list of bytes"),
    (lambda t: gzip.compress(t), "gzip"), (lambda t: zipped(t.decode()), "zip, notes.txt"),
    (lambda t: base64.b64encode(gzip.compress(t)), "base64: gzip"),
])
def test_a_copy_packed_up(pack, how):
    hits = found(b"some data\n" + pack(BODY.encode()) if how != "gzip" else pack(BODY.encode()))
    assert hits and hits[0].function == "toy_insert" and hits[0].how.startswith(how), hits


def test_what_the_stub_has_is_no_leak():
    more = "\tnumber = place_of(place + 1) ? number : number + place_of(count);\n"
    long = BODY.replace("count++;", "count++;\n" + more * 3)
    assert not found(long, [source.Removed("mm/toy.c", "toy_insert", long, long)])


def test_an_allowed_place_keeps_its_reason():
    allowed = [lab.Allowed("toy_insert", "f", "the same loop in another lab")]
    assert [h.reason for h in found(BODY, allowed=allowed)] == ["the same loop in another lab"]


def test_a_damaged_archive_is_no_error():
    assert found(b"\x1f\x8b\x08" + b"x" * 40) == found(b"PK\x03\x04" + b"x" * 40) == []


def test_a_tree_with_a_binary_a_link_and_a_past(toy_git):
    done = source.cut(toy_git, lab.load("toy", toy_git))
    (toy_git / "picture.png").write_bytes(b"\x89PNG\0\xff")
    (toy_git / "link").symlink_to("/etc/hosts")
    commit(toy_git)
    told = [str(f) for f in leak.scan(toy_git, done.removed)]
    assert told == ["link: a link", "picture.png: no text: nobody can tell what it holds",
                    ".git: 2 commits instead of one"]


def test_objects_that_no_commit_has(toy_git):
    write(toy_git, {"secret": BODY})
    subprocess.run(["git", "-C", toy_git, "hash-object", "-w", "secret"], check=True, capture_output=True)
    (toy_git / "secret").unlink()
    assert [str(f) for f in leak.scan(toy_git, [])] == [".git: 1 objects that no commit has"]


def test_most_functions_of_this_tree_are_found_nowhere_else():
    """A scan that cries wolf is switched off: each function is looked for in all of mm/, except where it stands.

    The few that are found are true near-copies, such as the two directions of a list.
    """
    spans = [s for p in sorted((ROOT / "mm").glob("*.c")) for s in source.Source(source.read(p), f"mm/{p.name}").spans]
    scanner = leak.Scanner([source.Removed(s.file, s.name, s.body) for s in spans])
    places = {(s.name, s.file): (s.start_line, s.end_line) for s in spans}
    elsewhere = set()
    for path in sorted((ROOT / "mm").glob("*.[ch]")):
        for hit in scanner.text(f"mm/{path.name}", source.read(path)):
            first, last = places.get((hit.function, hit.file), (0, 0))
            if not first <= hit.line <= last:
                elsewhere.add(hit.function)
    assert len(spans) > 500 and len(elsewhere) < len(spans) / 20, elsewhere
