"""C source as a lab sees it: which functions a file has, where they stand, and how to put other bodies in their place.

universal-ctags says which functions there are; where one begins and ends is then read from the text itself, with
comments, strings and preprocessor lines blanked out, and both must agree. Nothing here needs a compiler.

An offset counts characters of a file's text from 0; a line counts from 1.
"""

import json
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from grade import UserError

# Comments, strings and character constants, in the order in which C's scanner would see them.
_LITERAL = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)
_CONDITIONAL = re.compile(r"^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif|else|endif)\b", re.M)
_UNUSED_OK = re.compile(r"\b(?:inline|__always_inline|__inline|__unused|__used|__maybe_unused|unused|used)\b")


@dataclass(frozen=True)
class Span:
    """A function's definition in a file's text."""
    name: str
    file: str
    text: str           # the definition without the comment above it
    head: str           # the text up to the opening brace: return type, name, parameters
    start: int          # offset of the definition's first character
    body_start: int     # offset of the opening brace
    end: int            # offset behind the closing brace
    comment_start: int  # offset of the comment right above, else start
    start_line: int
    end_line: int

    @property
    def body(self):
        """With its braces."""
        return self.text[self.body_start - self.start:]

    @property
    def static(self):
        return bool(re.search(r"\bstatic\b", self.head))


@dataclass(frozen=True)
class Removed:
    """What a cut took out of a file, and what stands there now."""
    file: str
    name: str
    text: str
    instead: str = ""


@dataclass
class Cut:
    removed: list = field(default_factory=list)
    notes: list = field(default_factory=list)       # for the lab's author, a sentence each


# ---- reading --------------------------------------------------------------------------------------------------------

def _blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def mask(text):
    """The text with comments, strings and character constants blanked out: the same offsets and lines."""
    return _LITERAL.sub(_blank, text)


def _structure(text):
    """As mask(), with preprocessor lines blanked out, too."""
    return _DIRECTIVE.sub(_blank, mask(text))


def code_lines(text):
    """How many lines of code: neither blank nor comment alone."""
    without = re.sub(r"/\*.*?\*/|//[^\n]*", _blank, text, flags=re.S)
    return sum(1 for line in without.splitlines() if line.strip())


def read(path):
    """A source file's text, with Unix line ends. UserError if it is missing or no text."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(f"There is no file {path}.") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8 text.") from None


def _tags(text):
    """ctags' list for a text: dicts with name, kind (function, prototype, variable, macro) and line."""
    argv = ["ctags", "--options=NONE", "--sort=no", "--output-format=json", "--language-force=C", "--kinds-C=fpvd",
            "--fields=+neK", "-I", "__init,noinline,__always_inline,__unused,__used,__must_check", "-o", "-"]
    with tempfile.NamedTemporaryFile("w", suffix=".c", encoding="utf-8") as f:
        f.write(text)
        f.flush()
        try:
            done = subprocess.run(argv + [f.name], capture_output=True, text=True, check=True)
        except (FileNotFoundError, subprocess.CalledProcessError):
            raise UserError("Cutting a lab needs universal-ctags (with JSON): run tools/setup.sh.") from None
    return [json.loads(line) for line in done.stdout.splitlines()]


class Source:
    """One C file's text, and what stands where in it."""

    def __init__(self, text, file="text"):
        self.text, self.file = text, file
        self.masked, self.structure = mask(text), _structure(text)
        self._lines = [0] + [m.end() for m in re.finditer("\n", text)]
        self._comments = {m.end(): m.start() for m in _LITERAL.finditer(text) if m.group().startswith("/")}
        self.tags = _tags(text)
        self.spans = sorted((self._span(t) for t in self.tags if t["kind"] == "function"), key=lambda s: s.start)

    def line(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def _name_offset(self, tag):
        return re.compile(rf"\b{re.escape(tag['name'])}\b").search(self.structure, self._lines[tag["line"] - 1])

    def _statement(self, offset):
        """Offset of the first character of the declaration that has something at `offset`."""
        before = self.structure[:offset]
        start = max(before.rfind(";"), before.rfind("}")) + 1
        return start + len(before[start:]) - len(before[start:].lstrip())

    def _above(self, start):
        """Where the comment begins that stands right above `start`; start itself if there is none."""
        line = self.text.rfind("\n", 0, start) + 1
        return self._comments.get(line - 1, start) if not self.text[line:start].strip() else start

    def _closing(self, opening):
        depth = 0
        for m in re.compile(r"[{}]").finditer(self.structure, opening):
            depth += 1 if m.group() == "{" else -1
            if depth == 0:
                return m.end()
        raise UserError(f"{self.file}:{self.line(opening)}: a brace that nothing closes.")

    def _span(self, tag):
        name = self._name_offset(tag)
        opening = self.structure.find("{", name.end() if name else self._lines[tag["line"] - 1])
        if not name or opening < 0:
            raise UserError(f"{self.file}:{tag['line']}: {tag['name']} is not written as a function is.")
        start, end = self._statement(name.start()), self._closing(opening)
        return Span(name=tag["name"], file=self.file, text=self.text[start:end], head=self.text[start:opening],
                    start=start, body_start=opening, end=end, comment_start=self._above(start),
                    start_line=self.line(start), end_line=self.line(end - 1))

    def one(self, name):
        """The only definition of a function, fit to be a piece; else a UserError that says why not."""
        found = [s for s in self.spans if s.name == name]
        if len(found) > 1:
            raise UserError(f"{self.file}: {name} is defined {len(found)} times; a piece is defined once.")
        if not found:
            raise UserError(f"{self.file} defines no function {name} (one that a macro makes cannot be a piece).")
        span = found[0]
        self._fit(span)
        return span

    def _fit(self, span):
        where = f"{self.file}:{span.start_line}: {span.name}"
        if any(t["kind"] == "macro" and t["name"] == span.name for t in self.tags):
            raise UserError(f"{where} is a macro, too: it cannot be a piece.")
        if not re.match(r"[A-Za-z_][\w\s*]*?(?:__attribute__\s*\(\(.*?\)\)\s*|__section\(.*?\)\s*)*[\w\s*]*"
                        rf"\b{re.escape(span.name)}\s*\(", self.structure[span.start:span.body_start], re.S):
            raise UserError(f"{where} is made by a macro: it cannot be a piece.")
        tag = next(t for t in self.tags if t["kind"] == "function" and t["name"] == span.name)
        if tag.get("end", span.end_line) != span.end_line:
            raise UserError(f"{where} ends in line {tag['end']} by ctags, in line {span.end_line} by its braces.")
        if _CONDITIONAL.search(mask(span.text)):
            raise UserError(f"{where} has a preprocessor conditional inside: it cannot be a piece.")

    def declarations(self, name):
        """The (start, end) of a function's prototypes in this file."""
        found = []
        for tag in self.tags:
            if tag["kind"] == "prototype" and tag["name"] == name:
                at = self._name_offset(tag).start()
                found.append((self._statement(at), self.structure.index(";", at) + 1))
        return found

    def static_variables(self):
        """{name: (start, end)} of the file's own variables."""
        found = {}
        for tag in self.tags:
            match = self._name_offset(tag) if tag["kind"] == "variable" else None
            if match:
                start = self._statement(match.start())
                if re.search(r"\bstatic\b", self.structure[start:match.start()]):
                    found[tag["name"]] = (start, match.end())
        return found

    def uses(self, name):
        """Offsets where a name stands outside its own definition and declarations."""
        own = [(s.start, s.end) for s in self.spans if s.name == name] + self.declarations(name)
        own += [v for n, v in self.static_variables().items() if n == name]
        return [m.start() for m in re.finditer(rf"\b{re.escape(name)}\b", self.masked)
                if not any(a <= m.start() < b for a, b in own)]


def functions(path):
    """{name: Span} of all functions that a file defines."""
    return {s.name: s for s in Source(read(path), str(path)).spans}


def _source(tree, file):
    return Source(read(Path(tree) / file), file)


def lines(tree, lab):
    """{piece's name: lines of reference code without comments}, in a tree that has the pieces."""
    return {p.name: sum(code_lines(_source(tree, p.file).one(f).text) for f in p.functions + p.along)
            for p in lab.pieces}


# ---- putting other bodies in ---------------------------------------------------------------------------------------

def _write(path, text):
    Path(path).write_text(text, encoding="utf-8", newline="\n")


def _edited(text, edits):
    """The text after edits (start, end, new text), which do not overlap."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _definitions(text, file):
    """A replacement file in parts: [(helpers in front, Span)], and what follows the last."""
    source, parts, at = Source(text, file), [], 0
    for span in source.spans:
        parts.append((text[at:span.comment_start], span))
        at = span.end
    return parts, text[at:]


def _is_code(text):
    return bool(mask(text).strip())


def replace(tree, file, definitions, where="the replacement"):
    """Put C definitions into a tree's file: a function that it has gets this text, the rest goes in front of the first.

    UserError if none of them is in the file. Returns the names of the functions that were replaced.
    """
    source = _source(tree, file)
    known = {s.name for s in source.spans}
    parts, rest = _definitions(definitions, where)
    helpers, edits, names = [], [], []
    for front, span in parts:
        if _is_code(front):
            helpers.append(front.strip("\n"))
        if span.name in known:
            old = source.one(span.name)
            edits.append((old.start, old.end, span.text))
            names.append(span.name)
        else:
            helpers.append(definitions[span.comment_start:span.end])
    if not names:
        raise UserError(f"{where} defines no function of {file}.")
    helpers += [rest.strip("\n")] if _is_code(rest) else []
    if helpers:
        first = min(source.one(n).comment_start for n in names)
        edits.append((first, first, "\n\n".join(helpers) + "\n\n"))
    _write(Path(tree) / file, _edited(source.text, edits))
    return names


def splice(tree, lab, replacement):
    """Put a replacement file's definitions of a lab's pieces (a spoofer) into a tree, which may be a cut one.

    Helpers go to the file of the piece's function that they precede. UserError if it defines no function of a piece.
    """
    home = {f: p.file for p in lab.pieces for f in p.functions + p.along}
    where = Path(replacement).name
    text = read(replacement)
    parts, rest = _definitions(text, where)
    by_file, waiting, last = {}, "", None
    for front, span in parts:
        waiting += front + text[span.comment_start:span.end] + "\n"
        if span.name in home:
            last = home[span.name]
            by_file[last] = by_file.get(last, "") + waiting
            waiting = ""
    if last is None:
        raise UserError(f"{where} defines no function of a piece of {lab.name}.")
    by_file[last] += waiting + rest
    for file, definitions in by_file.items():
        replace(tree, file, definitions, where)


def patch(tree, diff):
    """Apply a patch against the reference (a mutant, a seeded bug) to a tree.

    UserError if it does not fit; the tree is as it was then.
    """
    tree, diff = Path(tree).resolve(), Path(diff).resolve()
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    env["GIT_CEILING_DIRECTORIES"] = str(tree.parent)		# paths start here, not at a repository's root
    done = subprocess.run(["git", "apply", "--whitespace=nowarn", str(diff)], cwd=tree, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UserError(f"{diff.name} does not fit: {done.stderr.strip()}")


# ---- cutting --------------------------------------------------------------------------------------------------------

def _default_stub(span, source):
    """Nothing for void, NULL for a pointer, false for bool, else 0."""
    head = source.structure[span.start:span.body_start]
    result = head[:re.search(rf"\b{re.escape(span.name)}\s*\(", head).start()]
    if "*" in result:
        return "return NULL;"
    if re.search(r"\bvoid\b", result):
        return ""
    if re.search(r"\b(?:struct|union)\b", result):
        raise UserError(f"{span.file}: {span.name} returns a structure: its piece must say stub.{span.name}.")
    return "return false;" if re.search(r"\bbool\b", result) else "return 0;"


def _stub_body(lab, piece, statements, keep):
    title = f" ({piece.name}): {piece.title}" if piece.title else f": {piece.name}"
    out = ["{", f"\t/* Exercise {piece.index} of labs/{lab.name}{title} */"]
    out += [f"\t(void){name};\t/* until it is used */" for name in keep]
    out += ["\t" + line.strip() if not line.startswith("\t") else "\t" + line
            for line in statements.splitlines() if line.strip()]
    return "\n".join(out + ["}"])


def _gone_along(source, pieces, bodies):
    """Spans of helpers in `along` that nothing uses once the bodies are gone."""
    gone = {name: source.one(name) for p in pieces for name in p.along}
    while True:
        cut = bodies + [(s.start, s.end) for s in gone.values()]
        used = [n for n in gone if any(not any(a <= u < b for a, b in cut) for u in source.uses(n))]
        if not used:
            return gone
        for name in used:
            del gone[name]


def _check_along(source, lab, pieces, gone):
    """A helper that all its pieces want cut must not be used by others."""
    for name in {n for p in pieces for n in p.along} - set(gone):
        if all(p in pieces for p in lab.pieces if name in p.along):
            bodies = [(s.start, s.end) for p in lab.pieces if p.file == source.file
                      for s in map(source.one, p.functions + p.along)]
            for use in source.uses(name):
                if not any(a <= use < b for a, b in bodies):
                    raise UserError(f"{source.file}:{source.line(use)} still uses {name}, which "
                                    f"labs/{lab.name}/lab.toml has in `along`.")


def _orphans(source, targets, gone, stubs):
    """[(name, the cut function that should mention it, whether the compiler is silent about it)]: statics that only cut
    functions used, and no stub uses.
    """
    bodies = [(s.body_start, s.end) for s in targets] + [(s.start, s.end) for s in gone.values()]
    statics = {s.name: (s.start, s.head) for s in source.spans if s.static and s.name not in gone}
    statics |= {n: (a, source.text[a:b]) for n, (a, b) in source.static_variables().items()
                if not any(s.start < a < s.end for s in source.spans)}
    found = []
    for name, (start, head) in statics.items():
        uses = source.uses(name)
        if re.search(rf"\b{re.escape(name)}\b", mask(stubs)):
            continue
        if uses and all(any(a <= u < b for a, b in bodies) for u in uses):
            declared = min([start] + [a for a, _ in source.declarations(name)])
            after = [s for s in targets if s.start > declared and s.name != name]
            users = [s for s in after if any(s.body_start <= u < s.end for u in uses)]
            found.append((name, (users or after)[0].name, bool(_UNUSED_OK.search(head))))
    return found


def _removal(source, start, end):
    """An edit that takes out a declaration with the blank line behind it."""
    return (start, end + len(re.match(r"[ \t]*\n?\n?", source.text[end:]).group()), "")


def _cut_file(tree, lab, file, pieces, report):
    source = _source(tree, file)
    stubbed = [(p, source.one(f)) for p in pieces for f in p.functions]
    targets = sorted((s for _, s in stubbed), key=lambda s: s.start)
    gone = _gone_along(source, pieces, [(s.body_start, s.end) for s in targets])
    _check_along(source, lab, pieces, gone)
    keep = {}
    for name, user, silent in _orphans(source, targets, gone, "\n".join(t for p in pieces for t in p.stubs.values())):
        if name not in {s.name for s in targets}:
            report.notes.append(f"{file}: only cut pieces use {name}; it stays (`along` in lab.toml would cut it).")
        if not silent:
            keep.setdefault(user, []).append(name)
    edits = []
    for piece, span in stubbed:
        statements = piece.stubs.get(span.name, None)
        body = _stub_body(lab, piece, _default_stub(span, source) if statements is None else statements,
                          keep.get(span.name, []))
        edits.append((span.body_start, span.end, body))
        report.removed.append(Removed(file, span.name, span.body, body))
    for name, span in gone.items():
        edits += [_removal(source, span.comment_start, span.end)]
        edits += [_removal(source, *d) for d in source.declarations(name)]
        report.removed.append(Removed(file, name, span.body))
    text = _edited(source.text, edits)
    _check_cut(source, Source(text, file), {s.name for s in targets}, set(gone))
    _write(Path(tree) / file, text)


def _check_cut(before, after, stubbed, gone):
    """The cut took what it should and nothing else."""
    file = before.file
    if after.structure.count("{") != after.structure.count("}"):
        raise UserError(f"{file}: the braces do not balance after the cut.")
    for name in stubbed:
        if after.one(name).head != before.one(name).head:
            raise UserError(f"{file}: {name}'s head did not survive the cut.")
    kept = {s.name: s.text for s in before.spans if s.name not in stubbed | gone}
    if kept != {s.name: s.text for s in after.spans if s.name not in stubbed}:
        raise UserError(f"{file}: the cut changed more than the pieces.")


def _cut_bug(tree, piece, report):
    before = _source(tree, piece.file)
    patch(tree, piece.bug)
    after = _source(tree, piece.file)
    for name in piece.functions:
        report.removed.append(Removed(piece.file, name, before.one(name).body, after.one(name).body))


def cut(tree, lab, pieces=None):
    """Take pieces (all, unless given: names or Piece) out of a tree: stubs, or the seeded bug, stand in their place.

    The comment above a function stays. Returns a Cut: what was removed, and what the lab's author should know.
    UserError if a piece cannot be cut; the tree may then be half cut.
    """
    chosen = list(lab.pieces) if pieces is None else [lab.piece(getattr(p, "name", p)) for p in pieces]
    report = Cut()
    for piece in chosen:
        if piece.bug:
            _cut_bug(tree, piece, report)
    plain = [p for p in chosen if not p.bug]
    for file in sorted({p.file for p in plain}):
        _cut_file(tree, lab, file, [p for p in plain if p.file == file], report)
    return report
