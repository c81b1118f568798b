"""A lab, read from its lab.toml (docs/grading.md, section 1), checked, as dataclasses.

What is wrong in a lab.toml is a UserError that names the file and the key.
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grade import ROOT, UserError

MACHINES = ("riscv", "i386")
MARK = ".pagoda-lab.json"       # in a student's tree's root: which lab, of which revision, what is handed in

_TOP = {"title": str, "requires": list, "hours": (int, float), "primary": str, "floor": (int, float), "files": list,
        "build": dict, "append": str, "draft": bool,
        "piece": list, "mutant": list, "spoofer": list, "allow": list}
_PIECE = {"name": str, "title": str, "functions": list, "file": str, "stub": dict, "along": list, "bug": str}
_ALLOW = {"function": str, "file": str, "reason": str}
_WRONG = {"name": str, "piece": str, "misconception": str, "killed_by": list, "machine": str}


@dataclass(frozen=True)
class Piece:
    """Functions that one exercise asks for. All stand in one file of the tree."""
    name: str
    index: int                      # the exercise's number, from 1
    title: str = ""                 # what the stub's comment says beside the name
    functions: tuple = ()           # empty in a student's tree where a bug is to be found, not a body to be written
    file: str = ""                  # relative to the tree's root
    stubs: dict = field(default_factory=dict)       # function → the stub's statements
    along: tuple = ()               # statics that only this piece uses: cut, too
    bug: Path | None = None         # a patch that the student's tree has instead of stubs


@dataclass(frozen=True)
class Wrong:
    """A wrong solution: a mutant (must be killed by a test) or a spoofer (must not earn more than the floor)."""
    name: str
    path: Path                      # mutants/<name>.patch against the reference; a spoofer's <name>.c for a cut tree
    piece: str = ""
    misconception: str = ""
    killed_by: tuple = ()           # "test_x.py::test_y", or "hidden/test_x.py::test_y"
    machine: str = ""               # the only one where it shows; "": both


@dataclass(frozen=True)
class Allowed:
    """A place where a removed body may be found again, and why that gives nothing away."""
    function: str
    file: str
    reason: str


@dataclass(frozen=True)
class Lab:
    name: str
    dir: Path
    title: str
    pieces: tuple
    mutants: tuple = ()
    spoofers: tuple = ()
    requires: tuple = ()
    hours: float = 0
    primary: str = "riscv"
    floor: float = 0.0              # points of 100 that the skeleton earns
    more_files: tuple = ()          # handed in although no piece names them
    allowed: tuple = ()             # what the leak scan lets pass
    build: dict = field(default_factory=dict)       # machine → a word for make: {"riscv": "RVHIGHMEM=1"}
    append: str = ""                # on the command line of its guests
    draft: bool = False             # not proven yet: CI leaves it out

    @property
    def root(self):
        """The tree that this lab is of."""
        return self.dir.parent.parent

    @property
    def files(self):
        """What a student hands in, relative to the tree's root: all files of pieces, in a fixed order."""
        return tuple(sorted({p.file for p in self.pieces if p.file} | set(self.more_files)))

    def piece(self, name):
        """The piece of this name; a UserError if there is none."""
        for piece in self.pieces:
            if piece.name == name:
                return piece
        raise UserError(f"{self.name} has no piece '{name}'; it has {', '.join(p.name for p in self.pieces)}.")

    def tests(self, hidden=False):
        """The lab's public test files, or the hidden ones that lie in its directory: paths, sorted."""
        return sorted((self.dir / "hidden" if hidden else self.dir).glob("test_*.py"))


def names(root=ROOT):
    """The names of all labs of a tree, sorted."""
    return sorted(p.parent.name for p in (Path(root) / "labs").glob("*/lab.toml"))


def load(lab, root=ROOT):
    """The lab of this name in the tree `root`, or in this directory. UserError: none, or its lab.toml is wrong."""
    path = Path(lab)
    if not (path / "lab.toml").is_file():
        path = Path(root) / "labs" / str(lab)
    if "/" in str(lab).strip("/") and not path.is_dir():
        raise UserError(f"{lab} has no lab.toml.")
    if not (path / "lab.toml").is_file():
        known = ", ".join(names(root)) or "none in this tree"
        raise UserError(f"There is no lab '{lab}'. Labs: {known}.")
    path = path.resolve()
    try:
        toml = tomllib.loads((path / "lab.toml").read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise UserError(f"labs/{path.name}/lab.toml is not TOML: {e}.") from None
    return _lab(toml, path)


def _lab(toml, path):
    where = f"labs/{path.name}/lab.toml"
    student = (path.parent.parent / MARK).is_file()
    _check(toml, _TOP, where, ["title", "piece"])
    pieces = tuple(_piece(p, i, path, where, student) for i, p in enumerate(toml["piece"], 1))
    if not pieces:
        raise UserError(f"{where}: no [[piece]].")
    lab = Lab(name=path.name, dir=path, title=toml["title"], pieces=pieces,
              mutants=tuple(_wrong(m, path, f"{where}, mutant", ".patch") for m in toml.get("mutant", [])),
              spoofers=tuple(_wrong(m, path, f"{where}, spoofer", ".c") for m in toml.get("spoofer", [])),
              requires=tuple(toml.get("requires", [])), hours=float(toml.get("hours", 0)),
              primary=toml.get("primary", "riscv"), floor=float(toml.get("floor", 0)),
              more_files=tuple(_tree_path(f, where) for f in toml.get("files", [])),
              allowed=tuple(_allowed(a, f"{where}, allow") for a in toml.get("allow", [])),
              build=dict(toml.get("build", {})), append=toml.get("append", ""),
              draft=toml.get("draft", False))
    _check_whole(lab, where)
    return lab


def _check_whole(lab, where):
    """What no single table can tell."""
    if lab.primary not in MACHINES:
        raise UserError(f"{where}: primary = '{lab.primary}' is no machine; say {' or '.join(MACHINES)}.")
    if not 0 <= lab.floor <= 100:
        raise UserError(f"{where}: floor = {lab.floor} is not between 0 and 100.")
    for machine, word in lab.build.items():
        if machine not in MACHINES or not isinstance(word, str) or not re.fullmatch(r"[A-Z]+=\w+", word):
            raise UserError(f"{where}: build.{machine} = {word!r} is no word like RVHIGHMEM=1 for a machine.")
    _once([p.name for p in lab.pieces], where, "piece")
    _once([f for p in lab.pieces for f in p.functions], where, "function")
    _once([m.name for m in lab.mutants + lab.spoofers], where, "mutant or spoofer")
    for mutant in lab.mutants:
        lab.piece(mutant.piece)
        if not mutant.misconception or not mutant.killed_by:
            raise UserError(f"{where}: mutant '{mutant.name}' must say its misconception and killed_by.")
    for wrong in lab.mutants + lab.spoofers:
        if wrong.machine not in ("", *MACHINES):
            raise UserError(f"{where}: '{wrong.name}': '{wrong.machine}' is no machine; say {' or '.join(MACHINES)}.")


def _once(all_names, where, what):
    for name in sorted(set(all_names)):
        if all_names.count(name) > 1:
            raise UserError(f"{where}: {what} '{name}' is there twice.")


def _check(table, known, where, needed):
    """Only known keys, of the right types, and those that are needed."""
    for key in needed:
        if key not in table:
            raise UserError(f"{where}: '{key}' is missing.")
    for key, value in table.items():
        if key not in known:
            raise UserError(f"{where}: unknown key '{key}'; known are {', '.join(known)}.")
        if not isinstance(value, known[key]) or isinstance(value, bool) != (known[key] is bool):
            raise UserError(f"{where}: '{key}' is of the wrong type.")
        if isinstance(value, list) and len({type(v) for v in value}) > 1:
            raise UserError(f"{where}: '{key}' mixes types.")
        if isinstance(value, list) and value and not isinstance(value[0], (str, dict)):
            raise UserError(f"{where}: '{key}' is a list of the wrong type.")


def _tree_path(name, where):
    """A file's name inside the tree: relative, without .. ."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or str(path) != name or not path.parts:
        raise UserError(f"{where}: '{name}' is not a plain path from the tree's root.")
    return name


def _piece(table, index, path, where, student):
    where = f"{where}, piece {index}"
    _check(table, _PIECE, where, ["name"] if student else ["name", "functions", "file"])
    name, functions = table["name"], tuple(table.get("functions", []))
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        raise UserError(f"{where}: a piece's name is of small letters, digits, - and _; '{name}' is not.")
    if not functions and not student:
        raise UserError(f"{where}: 'functions' is empty.")
    stubs = table.get("stub", {})
    for function, text in stubs.items():
        if function not in functions or not isinstance(text, str):
            raise UserError(f"{where}: stub.{function} must be a text, and {function} one of the piece's functions.")
    bug = path / table["bug"] if "bug" in table else None
    if bug and not bug.is_file():
        raise UserError(f"{where}: there is no {table['bug']}.")
    return Piece(name=name, index=index, title=table.get("title", ""), functions=functions,
                 file=_tree_path(table["file"], where) if "file" in table else "", stubs=dict(stubs),
                 along=tuple(table.get("along", [])), bug=bug)


def _allowed(table, where):
    _check(table, _ALLOW, where, list(_ALLOW))
    if len(table["reason"]) < 10:
        raise UserError(f"{where}: a reason is a sentence, not '{table['reason']}'.")
    return Allowed(**table)


def _wrong(table, path, where, ending):
    _check(table, _WRONG, where, ["name"])
    name = table["name"]
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise UserError(f"{where}: a name is of small letters, digits and -; '{name}' is not.")
    file = path / "mutants" / f"{name}{ending}"
    if not file.is_file():
        raise UserError(f"{where} '{name}': there is no mutants/{file.name}.")
    return Wrong(name=name, path=file, piece=table.get("piece", ""), misconception=table.get("misconception", ""),
                 killed_by=tuple(table.get("killed_by", [])), machine=table.get("machine", ""))
