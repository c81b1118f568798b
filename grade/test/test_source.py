"""Functions found, replaced and cut out of C."""

import shutil
import subprocess

import pytest
from grade.test.conftest import ROOT, TOY_C, commit

from grade import UserError, lab, source


HIGHEST_C = """\
/* Takes the wrong end. */
#define LAST (count - 1)

static int last(void)
{
	return table[LAST];
}

/* Take the lowest. */
int toy_take(void)
{
	int highest = count ? last() : -1;

	count -= count > 0;
	return highest;
}
"""


def compiles(tree):
    """Does the small tree compile without a warning?"""
    done = subprocess.run(["make", "-s", "-C", tree, "build/riscv/pagoda"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def toy_c(tree):
    return (tree / "mm/toy.c").read_text(encoding="utf-8")


def with_text(tree, text):
    (tree / "mm/toy.c").write_text(text, encoding="utf-8")
    return lab.load("toy", tree)


def test_functions_and_their_lines(toy):
    found = source.functions(toy / "mm/toy.c")
    assert list(found) == ["full", "place_of", "toy_insert", "toy_take", "toy_first"]
    insert = found["toy_insert"]
    assert insert.text.startswith("bool toy_insert") and insert.body.startswith("{\n") and insert.body.endswith("}")
    assert (insert.start_line, insert.end_line) == (31, 42)
    assert TOY_C[insert.comment_start:].startswith("/*\n * Put @number")
    assert found["full"].static and not insert.static


def test_braces_in_comments_and_strings_do_not_count():
    text = 'int f(void)\n{\n\treturn "}"[0] + \'{\' + 1; // }\n}\n\nint g(void)\n{\n\treturn 2; /* { */\n}\n'
    assert [s.name for s in source.Source(text).spans] == ["f", "g"]
    assert source.Source(text).one("f").end_line == 4


def test_every_function_of_the_memory_manager_is_found_whole():
    for path in sorted((ROOT / "mm").glob("*.c")):
        file = source.Source(source.read(path), path.name)
        for span in file.spans:
            assert file.one(span.name) == span


def test_lines_of_code_without_comments():
    assert source.code_lines("/* a\n * b */\n\nint f(void)\n{\n\treturn 0;\t/* c */\n\t// d\n}\n") == 4


def test_cut_leaves_stubs_contracts_and_no_warning(toy):
    done = source.cut(toy, lab.load("toy", toy))
    text = toy_c(toy)
    assert "bool toy_insert(int number)\n{\n\t/* Exercise 1 of labs/toy (insert): a place for each */" in text
    assert "\treturn false;\n}" in text and "\treturn -1;\n}" in text
    assert " * => false: there is no room\n */\nbool toy_insert" in text
    assert "place_of" not in text and "One line of help" not in text
    assert "(void)full;" in text and any("only cut pieces use full" in n for n in done.notes)
    assert {r.name for r in done.removed} == {"toy_insert", "toy_take", "place_of"}
    assert text.endswith(TOY_C[TOY_C.index("int *toy_first"):])
    compiles(toy)


def test_cut_of_one_piece_alone(toy):
    source.cut(toy, lab.load("toy", toy), ["take"])
    text = toy_c(toy)
    assert TOY_C[:TOY_C.index("int toy_take")] in text and "lowest = table[0]" not in text
    compiles(toy)


def test_a_helper_that_another_piece_needs_stays(toy):
    text = TOY_C.replace("\tlowest = table[0];", "\tlowest = table[place_of(-1)];")
    both = with_text(toy, text).dir / "lab.toml"
    both.write_text(both.read_text(encoding="utf-8").replace('stub.toy_take', 'along = ["place_of"]\nstub.toy_take'),
                    encoding="utf-8")
    source.cut(toy, lab.load("toy", toy), ["insert"])
    assert "static int place_of" in toy_c(toy)
    source.cut(toy, lab.load("toy", toy), ["take"])
    assert "static int place_of" not in toy_c(toy)
    compiles(toy)


def test_a_helper_that_others_need_is_not_cut(toy):
    found = with_text(toy, TOY_C.replace("return count ?", "return place_of(0) < count ?"))
    with pytest.raises(UserError, match=r"mm/toy.c:\d+ still uses place_of"):
        source.cut(toy, found)


def test_variables_that_only_cut_pieces_use_do_not_warn(toy):
    text = TOY_C.replace("static int count;", "static int count, most;\nstatic int calls[2];")
    found = with_text(toy, text.replace("\tcount++;", "\tcount++;\n\tmost = count;\n\tcalls[0] += most;"))
    source.cut(toy, found)
    assert "(void)calls;" in toy_c(toy)
    compiles(toy)


def test_a_helper_that_a_stub_uses_is_not_mentioned(toy):
    toml = toy / "labs/toy/lab.toml"
    text = toml.read_text(encoding="utf-8").replace('"return -1;"', '"return full() ? 0 : -1;"')
    toml.write_text(text, encoding="utf-8")
    done = source.cut(toy, lab.load("toy", toy))
    assert "(void)full" not in toy_c(toy) and not done.notes
    compiles(toy)


@pytest.mark.parametrize("old, new, words", [
    ("int toy_take(void)\n{", "int toy_take(void)\n{\n#if LIMIT\n#endif", "preprocessor conditional inside"),
    ("int toy_take(void)", "#define toy_take toy_take\nint toy_take(void)", "is a macro, too"),
    ("int toy_take(void)", "MAKE(take)", "defines no function toy_take"),
    ("int *toy_first(void)", "int toy_take(void)", "is defined 2 times"),
    ("static int place_of(int number)", "static int place(int number)", "defines no function place_of"),
])
def test_what_cannot_be_a_piece_is_refused(toy, old, new, words):
    assert old in TOY_C
    with pytest.raises(UserError, match=words):
        source.cut(toy, with_text(toy, TOY_C.replace(old, new)))


def test_default_stubs():
    heads = ["void a(void)", "struct s *b(void)", "bool c(void)", "long d(void)", "struct s e(void)"]
    text = "\n{\n}\n".join(heads + [""])
    file = source.Source(text)
    stubs = [source._default_stub(file.one(n), file) for n in "abcd"]
    assert stubs == ["", "return NULL;", "return false;", "return 0;"]
    with pytest.raises(UserError, match="returns a structure"):
        source._default_stub(file.one("e"), file)


@pytest.fixture
def spliced(toy, tmp_path):
    """spliced(): the small tree with a replacement of its second piece."""
    (tmp_path / "highest.c").write_text(HIGHEST_C, encoding="utf-8")
    return lambda: source.splice(toy, lab.load("toy", toy), tmp_path / "highest.c")


def test_a_replacement_comes_with_its_helpers(toy, spliced):
    spliced()
    text = toy_c(toy)
    assert text.index("#define LAST") < text.index("static int last") < text.index("/* Take the lowest. => -1") \
        < text.index("int highest")
    assert text.count("int toy_take(void)") == 1 and text.count("Take the lowest") == 1
    compiles(toy)


def test_a_replacement_goes_into_a_cut_tree(toy, spliced):
    source.cut(toy, lab.load("toy", toy))
    spliced()
    assert "Exercise 2" not in toy_c(toy) and "int highest" in toy_c(toy) and "Exercise 1" in toy_c(toy)


def test_the_reference_spliced_back_is_the_reference(toy, tmp_path):
    found = lab.load("toy", toy)
    spans = source.functions(toy / "mm/toy.c")
    (tmp_path / "all.c").write_text("\n\n".join(spans[n].text for n in ("toy_insert", "toy_take")), encoding="utf-8")
    source.splice(toy, found, tmp_path / "all.c")
    assert toy_c(toy) == TOY_C


def test_a_replacement_that_replaces_nothing_is_refused(toy, tmp_path):
    (tmp_path / "none.c").write_text("int other(void)\n{\n\treturn 0;\n}\n", encoding="utf-8")
    with pytest.raises(UserError, match="none.c defines no function of a piece of toy"):
        source.splice(toy, lab.load("toy", toy), tmp_path / "none.c")


@pytest.mark.parametrize("inside", [False, True])
def test_a_mutant_is_a_patch(toy, inside):
    """Also below a git repository, whose root its paths would start from."""
    if inside:
        commit(toy.parent)
    source.patch(toy, lab.load("toy", toy).mutants[0].path)
    assert "int highest" in toy_c(toy) and "lowest = " not in toy_c(toy)
    compiles(toy)


def test_a_patch_that_does_not_fit_is_refused(toy):
    """The reference has changed since: the mutant must be made again, and the tree is as it was."""
    found = with_text(toy, TOY_C.replace("lowest = table[0]", "lowest = *table"))
    before = toy_c(toy)
    with pytest.raises(UserError, match="highest.patch does not fit: error: patch failed: mm/toy.c:"):
        source.patch(toy, found.mutants[0].path)
    assert toy_c(toy) == before


def test_a_seeded_bug_stands_instead_of_a_stub(toy):
    toml = toy / "labs/toy/lab.toml"
    text = toml.read_text(encoding="utf-8").replace('stub.toy_take = "return -1;"', 'bug = "bug.patch"')
    toml.write_text(text, encoding="utf-8")
    shutil.copyfile(toy / "labs/toy/mutants/highest.patch", toy / "labs/toy/bug.patch")
    done = source.cut(toy, lab.load("toy", toy), ["take"])
    assert "int highest" in toy_c(toy) and "Exercise" not in toy_c(toy)
    assert "lowest = table[0]" in done.removed[0].text and "int highest" in done.removed[0].instead
    compiles(toy)


def lay_out(found, tree):
    """A lab's files in a tree of their own."""
    for file in found.files:
        (tree / file).parent.mkdir(parents=True, exist_ok=True)
        (tree / file).write_text(source.read(ROOT / file), encoding="utf-8")


def others(found, tree):
    """The functions that are no piece's business: {(file, name): text}."""
    pieces = {f for p in found.pieces for f in p.functions + p.along}
    return {(f, n): s.text for f in found.files for n, s in source.functions(tree / f).items() if n not in pieces}


@pytest.mark.parametrize("name", lab.names(ROOT))
def test_the_wrong_solutions_of_this_trees_labs_fit(name, tmp_path):
    """They change what a student writes, and may bring helpers."""
    found = lab.load(name)
    for wrong in found.mutants + found.spoofers:
        lay_out(found, tmp_path)
        if wrong in found.mutants:
            source.patch(tmp_path, wrong.path)
        else:
            source.splice(tmp_path, found, wrong.path)
        assert any(source.read(tmp_path / f) != source.read(ROOT / f) for f in found.files), wrong.name
        assert others(found, ROOT).items() <= others(found, tmp_path).items(), wrong.name


@pytest.mark.parametrize("name", lab.names(ROOT))
def test_the_pieces_of_this_trees_labs_can_be_cut(name, tmp_path):
    found = lab.load(name)
    lay_out(found, tmp_path)
    done = source.cut(tmp_path, found)
    assert {r.name for r in done.removed} >= {f for p in found.pieces for f in p.functions}
    assert all(n > 0 for n in source.lines(ROOT, found).values())
