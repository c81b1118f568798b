"""Which submissions are so alike that somebody should read them side by side.

A file becomes its tokens without comments, with names and numbers made alike; each run of LENGTH tokens is a
fingerprint (as in Schleimer, Wilkerson and Aiken, "Winnowing", SIGMOD 2003; our files are small: all are kept). What
every student got does not count. Alike is not guilty: a short exercise has few good answers.
"""

import re
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

LENGTH = 14			# tokens: about two lines of C
FEWEST = 40			# fingerprints of one's own; below that all look alike
ALIKE = 0.6			# share of the smaller one's fingerprints
REFERENCE = "the reference"

_SKIPPED = re.compile(r"/\*.*?\*/|//[^\n]*|^[ \t]*#[^\n]*|\s+", re.S | re.M)
_TOKEN = re.compile(r"(?P<name>[A-Za-z_]\w*)|(?P<number>\d\w*)|"
                    r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|->|[-+*/&|<>=!^%]?=|&&|\|\||\S")
_KEYWORDS = frozenset("break case char const continue default do else enum for goto if int long return short signed "
                      "sizeof static struct switch union unsigned void volatile while".split())


@dataclass(frozen=True)
class Pair:
    """Two submissions to review; share: of the smaller one's fingerprints, 0 to 1."""
    one: str
    other: str
    share: float


def tokens(text):
    """The tokens of C text; names that are no keywords are 'n', numbers '0'."""
    text = _SKIPPED.sub(" ", text)
    found = []
    for match in _TOKEN.finditer(text):
        name = match.group("name")
        found.append(name if name in _KEYWORDS else "n" if name else "0" if match.group("number") else match.group())
    return found


def fingerprints(files):
    """The fingerprints of {path: bytes}."""
    found = set()
    for data in files.values():
        words = tokens(data.decode("utf-8", errors="replace"))
        found.update(hash(tuple(words[i:i + LENGTH])) for i in range(len(words) - LENGTH + 1))
    return found


def _of_tree(tree, lab):
    return {name: (Path(tree) / name).read_bytes() for name in lab.files if (Path(tree) / name).is_file()}


def pairs(lab, pristine, submissions):
    """Pairs to review of {name: {path: bytes}}, the most alike first; the reference solution takes part."""
    given = fingerprints(_of_tree(pristine, lab))
    own = {name: fingerprints(files) - given for name, files in
           [*sorted(submissions.items()), (REFERENCE, _of_tree(lab.root, lab))]}
    own = {name: prints for name, prints in own.items() if len(prints) >= FEWEST}
    found = [Pair(a, b, len(own[a] & own[b]) / min(len(own[a]), len(own[b]))) for a, b in combinations(own, 2)]
    return sorted((p for p in found if p.share >= ALIKE), key=lambda p: (-p.share, p.one, p.other))
