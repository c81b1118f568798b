"""Can a removed body be found again in a student's tree?

Texts are compared as C's tokens, so that comments, white space and line ends do not hide a copy; longer runs with names
changed one for one, so that renaming does not, either. Data is unpacked before it is read: base64, hex, lists of byte
values, zip, gzip, bzip2, xz. A file that is no text is a finding of its own.
"""

import base64
import binascii
import bz2
import gzip
import io
import lzma
import re
import subprocess
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

# How texts are compared: the name of a copy found so, how many tokens in a row make one, and how many a body must have
# that is shorter and counts as a whole. `locals` leaves the names of functions, fields and constants as they are.
LAYERS = {"exact": ("the body", 32, 16), "locals": ("the body, its variables renamed,", 36, 22),
          "names": ("the body, all its names changed,", 56, 40)}
MOST_BYTES = 1 << 22    # of an unpacked piece of data
DEPTH = 4           # data inside data
GAP = 64            # tokens between two copies that are told apart

_TOKEN = re.compile(r"""(?P<skip>/\*.*?\*/|//[^\n]*|\\?\s+)|(?P<id>[A-Za-z_]\w*)|(?P<num>\.?\d[\w.]*)
                        |"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|->|\+\+|--|<<=?|>>=?|&&|\|\||[-+*/%&|^<>=!]=|\S""",
                    re.S | re.X)
_KEYWORDS = set("""break case char const continue default do double else enum extern float for goto if inline int long
    register return short signed sizeof static struct switch typedef union unsigned void volatile while bool true false
    NULL""".split())
# Possessive throughout: what one part of these took it keeps, so that no text makes them slow.
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/_-]{40,}+[ \t\r\n\"',\\]++)*+[A-Za-z0-9+/_-]{4,}+={0,2}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}[ \t\r\n:]*+){64,}+")
_BYTES = re.compile(rb"(?:(?:0[xX][0-9A-Fa-f]{1,2}|\d{1,3})(?:[,\s]++|$)|\\x[0-9A-Fa-f]{2}){64,}+")
SHORTEST = 60       # characters of base64 that are looked at


@dataclass(frozen=True)
class Finding:
    """A removed body (or something that could be one) in a student's tree."""
    file: str
    line: int           # from 1; 0: not in a line of text
    function: str       # "" if it is none in particular
    how: str            # what was found
    reason: str = ""    # why it is allowed; "" if it is not

    def __str__(self):
        where = f"{self.file}:{self.line}" if self.line else self.file
        what = f"{where}: {self.how}" + (f" of {self.function}" if self.function else "")
        return what + (f" (allowed: {self.reason})" if self.reason else "")


class Tokens:
    """A text's tokens, one character each, as each layer sees them: one for each token, I for a name."""

    def __init__(self, text, alphabet):
        found = [m for m in _TOKEN.finditer(text) if m.lastgroup != "skip"]
        words = [m.group() for m in found]
        self.offsets = [m.start() for m in found]
        chars = [alphabet.setdefault(w, _character(len(alphabet))) for w in words]
        name = [m.lastgroup == "id" and w not in _KEYWORDS for m, w in zip(found, words)]
        local = [n and not w.isupper() and after != "(" and before not in ("->", ".")
                 for n, w, before, after in zip(name, words, [""] + words, words[1:] + [""])]
        self.exact = "".join(chars)
        self.locals = "".join("I" if n else c for n, c in zip(local, chars))
        self.names = "".join("I" if n else c for n, c in zip(name, chars))


def _character(number):
    """A character of its own for each token: none that is half of a pair, none that is a letter."""
    return chr(0x100 + number if number < 0xd000 else 0x1000 + number)


def _same_but_names(a, b):
    """Are two runs of tokens the same when names are changed one for one?"""
    there, back = {}, {}
    return all(there.setdefault(x, y) == y and back.setdefault(y, x) == x for x, y in zip(a, b))


def _line(text, offset):
    return text.count("\n", 0, offset) + 1


def _hits(by_window, size, string, exact):
    """(function, place) of all windows that a text has, names changed one for one."""
    for i in range(len(string) - size + 1):
        for name, tokens in by_window.get(string[i:i + size], ()):
            if _same_but_names(tokens, exact[i:i + size]):
                yield name, i


class Scanner:
    """Looks for the bodies of a cut (source.Removed) in texts."""

    def __init__(self, removed, allowed=()):
        self.alphabet = {}
        self.allowed = {(a.function, a.file): a.reason for a in allowed}
        self.windows = {layer: {} for layer in LAYERS}      # size → window → [(function, its exact tokens)]
        for r in removed:
            body, stub = Tokens(r.text, self.alphabet), Tokens(r.instead, self.alphabet)
            for layer in LAYERS:
                self._learn(layer, r.name, body, getattr(stub, layer))

    def _learn(self, layer, name, body, stub):
        """Remember a body's windows, but those that the student's tree has in its place."""
        _, size, shortest = LAYERS[layer]
        string = getattr(body, layer)
        size = min(size, max(len(string), shortest))
        by_window = self.windows[layer].setdefault(size, {})
        for i in range(len(string) - size + 1):
            if string[i:i + size] not in stub:
                by_window.setdefault(string[i:i + size], []).append((name, body.exact[i:i + size]))

    def text(self, file, text):
        """Findings in a text: one for windows in a row, and of the first layer alone that has any of a function."""
        tokens, found = Tokens(text, self.alphabet), {}
        for layer, sizes in self.windows.items():
            hits = {}
            for size, by_window in sizes.items():
                for name, place in _hits(by_window, size, getattr(tokens, layer), tokens.exact):
                    hits.setdefault(name, set()).add(place)
            for name, places in hits.items():
                found.setdefault(name, (LAYERS[layer][0], sorted(places)))
        return [Finding(file, _line(text, tokens.offsets[place]), name, how, self.allowed.get((name, file), ""))
                for name, (how, places) in found.items()
                for before, place in zip([-GAP - 1] + places, places) if place - before > GAP]

    def data(self, file, data, depth=0):
        """Findings in a file's bytes, and in what they unpack to."""
        text = _as_text(data)
        found = self.text(file, text) if text is not None else []
        if depth == DEPTH:
            return found
        for what, inner in _unpacked(data):
            for f in self.data(file, inner, depth + 1):
                found.append(Finding(file, 0, f.function, f"{what}: {f.how}", f.reason))
        return found


def _as_text(data):
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _decompressed(data):
    """What a compressed stream holds, with the format's name; nothing if it is none."""
    streams = [("gzip", b"\x1f\x8b", lambda d: gzip.GzipFile(fileobj=io.BytesIO(d)).read(MOST_BYTES)),
               ("bzip2", b"BZh", lambda d: bz2.BZ2Decompressor().decompress(d, MOST_BYTES)),
               ("xz", b"\xfd7zXZ", lambda d: lzma.LZMADecompressor().decompress(d, MOST_BYTES)),
               ("zlib", b"\x78", lambda d: zlib.decompressobj().decompress(d, MOST_BYTES))]
    for name, magic, unpack in streams:
        if data.startswith(magic):
            try:
                yield name, unpack(data)
            except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
                continue


def _zip_members(data):
    if b"PK\x03\x04" not in data:
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as z:
            for info in z.infolist():
                with z.open(info) as member:
                    yield f"zip, {info.filename}", member.read(MOST_BYTES)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, OSError):
        return


def _decoded(data):
    """What base64, hex and lists of byte values in a text stand for."""
    for m in _BASE64.finditer(data):
        if len(m.group()) < SHORTEST:
            continue
        word = re.sub(rb"[^A-Za-z0-9+/_-]", b"", m.group()).translate(bytes.maketrans(b"-_", b"+/"))
        try:
            yield "base64", base64.b64decode(word[:len(word) // 4 * 4])
        except binascii.Error:
            continue
    for m in _HEX.finditer(data):
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", m.group())
        yield "hex", bytes.fromhex(digits[:len(digits) // 2 * 2].decode())
    for m in _BYTES.finditer(data):
        values = [int(hexa, 16) if hexa else int(decimal)
                  for hexa, decimal in re.findall(rb"(?:0[xX]|\\x)([0-9A-Fa-f]+)|(\d+)", m.group())]
        if max(values) < 256:
            yield "a list of bytes", bytes(values)


def _unpacked(data):
    yield from _decompressed(data)
    yield from _zip_members(data)
    yield from _decoded(data)


# ---- a tree ---------------------------------------------------------------------------------------------------------

def _files(tree):
    """All regular files below a tree, but git's objects and index, which _git() looks at: relative paths, sorted."""
    for path in sorted(Path(tree).rglob("*")):
        relative = path.relative_to(tree)
        if path.is_symlink() or path.is_file():
            if relative.parts[:2] not in ((".git", "objects"), (".git", "index")):
                yield str(relative), path


def scan(tree, removed, allowed=()):
    """All findings in a student's tree: its files, and its git repository if it has one. Allowed ones have a reason."""
    scanner, found = Scanner(removed, allowed), []
    for name, path in _files(tree):
        if path.is_symlink():
            found.append(Finding(name, 0, "", "a link"))
            continue
        data = path.read_bytes()
        if _as_text(data) is None:
            reason = scanner.allowed.get(("", name), "")
            found.append(Finding(name, 0, "", "no text: nobody can tell what it holds", reason))
        found += scanner.data(name, data)
    return found + (_git(tree) if (Path(tree) / ".git").exists() else [])


def _git(tree):
    """What git holds beyond the files: other commits, objects that nothing names, files that differ."""
    def git(*argv):
        done = subprocess.run(["git", "-C", str(tree), *argv], capture_output=True, text=True, check=True)
        return done.stdout.split("\n")

    found = []
    commits = [line for line in git("rev-list", "--all", "--reflog") if line]
    if len(commits) != 1:
        found.append(Finding(".git", 0, "", f"{len(commits)} commits instead of one"))
    reachable = {line.split()[0] for line in git("rev-list", "--all", "--objects") if line}
    stored = {line.split()[0] for line in git("cat-file", "--batch-check", "--batch-all-objects") if line}
    if stored - reachable:
        found.append(Finding(".git", 0, "", f"{len(stored - reachable)} objects that no commit has"))
    if any(git("status", "--porcelain", "--ignored")):
        found.append(Finding(".git", 0, "", "files that the commit does not have"))
    return found
