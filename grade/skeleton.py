"""A student's tree: a committed revision without a lab's pieces, as a git repository of one commit.

What it leaves out is in OMITTED and _lab_for_students(); what the cut and the result must satisfy is checked before
anything appears under the destination's name.
"""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from grade import ROOT, UserError, lab as labs, leak, source

# Instructors' things, and what only makes sense with them. Globs from the tree's root.
OMITTED = ("grade/instructor", "grade/test", "grade/README.md", "grade/skeleton.py", "grade/leak.py", "grade/source.py",
           ".ci", "tools/test/test_lab*.py", "tools/test/test_grade*.py")
TEACHERS = "## Teaching with them"		# the heading of the section of labs/README.md that students do not get
GIT_ATTRIBUTES = "* text=auto eol=lf\n"


# ---- git ------------------------------------------------------------------------------------------------------------

def _git(root, *argv, **env):
    """git's output. UserError with git's own words when it fails."""
    done = subprocess.run(["git", "-C", str(root), *argv], capture_output=True, env=os.environ | env, check=False)
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise UserError(f"git {argv[0]} failed: {words[-1]}")
    return done.stdout


def resolve(root, revision):
    """The full hash of a commit. UserError if there is no such commit."""
    try:
        return _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
    except UserError:
        raise UserError(f"{root} has no commit '{revision}'; a lab is cut from a commit, not the work tree.") from None


def export(root, revision, dest):
    """Write all files of a commit below dest, a directory that exists."""
    with tarfile.open(fileobj=io.BytesIO(_git(root, "archive", "--format=tar", revision))) as tar:
        tar.extractall(dest)


def _commit(tree, message, date):
    """Make a repository of one commit of all files, the same bytes whoever makes it."""
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER")
           for key, value in (("NAME", "Pagoda"), ("EMAIL", "pagoda@localhost"), ("DATE", date))}
    who |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    _git(tree, "init", "-q", "-b", "main", "--template=", **who)
    _git(tree, "add", "-A", **who)
    _git(tree, "commit", "-q", "-m", message, **who)


# ---- from the whole tree to a student's -----------------------------------------------------------------------------

def _load(tree, name, revision):
    """The lab as the revision has it."""
    if not (tree / "labs" / name / "lab.toml").is_file():
        known = ", ".join(labs.names(tree)) or "none"
        raise UserError(f"Revision {revision[:12]} does not hold labs/{name} (it holds: {known}); "
                        "if it is in your work tree, commit it first.")
    return labs.load(name, tree)


def _toml(value):
    return json.dumps(value, ensure_ascii=False)


def student_toml(lab):
    """A lab.toml with what a student's grader must know, and neither mutants, stubs, helpers nor where a bug is."""
    out = ["# Which exercises there are, and which files they are in.", f"title = {_toml(lab.title)}",
           f"requires = {_toml(list(lab.requires))}", f"hours = {lab.hours:g}", f"primary = {_toml(lab.primary)}",
           f"floor = {lab.floor:g}", f"files = {_toml(list(lab.files))}"]
    out += [f"append = {_toml(lab.append)}"] if lab.append else []
    out += [f"build.{machine} = {_toml(word)}" for machine, word in lab.build.items()]
    for piece in lab.pieces:
        out += ["", "[[piece]]", f"name = {_toml(piece.name)}"]
        out += [f"title = {_toml(piece.title)}"] if piece.title else []
        if not piece.bug:
            out += [f"functions = {_toml(list(piece.functions))}", f"file = {_toml(piece.file)}"]
    return "\n".join(out) + "\n"


def _remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def with_counts(handout, lab, lines):
    """A handout whose exercises' headings (`### 2 · Take (21 lines, …`) count the lines of the reference."""
    def counted(match):
        piece = lab.pieces[int(match["index"]) - 1]
        return f"{match['heading']}({lines[piece.name]} lines"

    indices = "|".join(str(p.index) for p in lab.pieces if not p.bug) or "0"
    return re.sub(rf"^(?P<heading>### (?P<index>{indices}) · [^(\n]*)\(\d+ lines", counted, handout, flags=re.M)


def _lab_for_students(tree, lab, lines):
    """Leave one lab, without what an instructor keeps."""
    handout = lab.dir / "README.md"
    if handout.is_file():
        handout.write_text(with_counts(source.read(handout), lab, lines), encoding="utf-8")
    for other in (tree / "labs").iterdir():
        if other.is_dir() and other.name != lab.name:
            shutil.rmtree(other)
    kept_back = [lab.dir / "hidden", lab.dir / "mutants"] + [p.bug for p in lab.pieces if p.bug]
    for path in kept_back:
        if path.exists():
            _remove(path)
    (lab.dir / "lab.toml").write_text(student_toml(lab), encoding="utf-8")


def _omit(tree):
    for pattern in OMITTED:
        for path in list(tree.glob(pattern)):
            _remove(path)
    common = tree / "labs/README.md"
    if common.is_file():
        common.write_text(for_students(source.read(common), common.parent), encoding="utf-8")


def for_students(text, folder):
    """The labs' common page without what is for teachers, and without links to files that are not there."""
    def link(match):
        target = match["target"].partition("#")[0]
        there = not target or "://" in target or (folder / target).exists()
        return match[0] if there else match["text"]

    text = re.sub(rf"^{TEACHERS}\n.*?(?=^## |\Z)", "", text, flags=re.M | re.S)
    return re.sub(r"\[(?P<text>[^]\n]*)\]\((?P<target>[^)\s]*)\)", link, text).rstrip("\n") + "\n"


def _normalise(tree):
    """Unix line ends; no links; no two names that differ by case alone."""
    seen = {}
    for path in sorted(tree.rglob("*")):
        name = str(path.relative_to(tree))
        if path.is_symlink():
            raise UserError(f"{name} is a link: a student's tree has none.")
        if seen.setdefault(name.lower(), name) != name:
            raise UserError(f"{name} and {seen[name.lower()]} differ by case alone.")
        if path.is_file():
            data = path.read_bytes()
            if b"\r\n" in data and b"\0" not in data:
                path.write_bytes(data.replace(b"\r\n", b"\n"))
    (tree / ".gitattributes").write_text(GIT_ATTRIBUTES, encoding="utf-8")


def mark(lab, base, lines):
    """What .pagoda-lab.json says."""
    return {"lab": lab.name, "title": lab.title, "base": base, "files": list(lab.files),
            "lines": {p.name: lines[p.name] for p in lab.pieces if not p.bug}}


def make(tree, name, base):
    """Turn an exported revision into a student's tree, in place. Returns the Lab (as it was) and the Cut."""
    tree = Path(tree)
    lab = _load(tree, name, base)
    lines = source.lines(tree, lab)
    done = source.cut(tree, lab)
    _lab_for_students(tree, lab, lines)
    _omit(tree)
    (tree / labs.MARK).write_text(json.dumps(mark(lab, base, lines), indent=1) + "\n", encoding="utf-8")
    _normalise(tree)
    return lab, done


# ---- the checks on the result ---------------------------------------------------------------------------------------

def compile_check(tree, files, options=None, whole=True):
    """The kernel compiles without a warning for both machines, the cut files in all configurations, or: UserError.

    options: {machine: a word for make}; whole: False: the cut files alone
    """
    objects = [re.sub(r"\.c$", ".o", f) for f in files if f.endswith(".c")]
    kernel = ["pagoda"] if whole else objects
    configurations = [("ARCH=riscv", "", kernel), ("ARCH=i386", "", kernel), ("ARCH=i386", "PAE=0", objects),
                      ("ARCH=riscv", "DEBUG=1", objects), ("ARCH=i386", "DEBUG=1", objects)]
    for arch, option, targets in configurations:
        argv = ["make", "-s", "--no-print-directory", "-C", str(tree), f"-j{os.cpu_count()}", arch]
        argv += filter(None, (option, (options or {}).get(arch[5:])))
        folder = subprocess.run([*argv, "builddir"], capture_output=True, text=True, check=True).stdout.strip()
        done = subprocess.run(argv + [f"{folder}/{t}" for t in targets], capture_output=True, text=True, check=False)
        words = [line for line in done.stderr.splitlines() if "error" in line or "warning" in line]
        if done.returncode or words:
            raise UserError(f"The cut tree does not compile clean for {arch} {option}: "
                            f"{(words or done.stderr.splitlines() or ['?'])[0]}")
    shutil.rmtree(tree / "build")


def _complain_of(findings):
    bad = [f for f in findings if not f.reason]
    if bad:
        raise UserError("The student's tree gives a removed body away (mend it, or say `[[allow]]` in lab.toml with "
                        "the reason): " + "; ".join(map(str, bad[:5])) + ("; …" if len(bad) > 5 else "") + ".")


# ---- the verb -------------------------------------------------------------------------------------------------------

def _destination(dest):
    dest = Path(dest).absolute()
    if dest.exists() and (not dest.is_dir() or any(dest.iterdir())):
        raise UserError(f"{dest} is not empty: say a folder that does not exist yet.")
    if not dest.parent.is_dir():
        raise UserError(f"There is no folder {dest.parent} to put {dest.name} in.")
    return dest


def write(name, dest, revision="HEAD", build=True, root=ROOT, whole=True):
    """Write the student's tree of a lab to dest. Returns (Lab, Cut, allowed findings of the leak scan).

    build: does it compile? Else nobody looks. whole: as compile_check()
    Nothing appears under dest unless all checks passed.
    """
    dest = _destination(dest)
    base = resolve(root, revision)
    date = _git(root, "show", "-s", "--format=%cI", base).decode().strip()
    with tempfile.TemporaryDirectory(prefix=f".{dest.name}.", dir=dest.parent) as work:
        tree = Path(work) / "tree"
        tree.mkdir()
        export(root, base, tree)
        lab, done = make(tree, name, base)
        if build:
            compile_check(tree, lab.files, lab.build, whole)
        _commit(tree, f"labs/{lab.name}: where you start", date)
        findings = leak.scan(tree, done.removed, lab.allowed)
        _complain_of(findings)
        if dest.exists():
            dest.rmdir()
        tree.rename(dest)
    return lab, done, findings


def main(args):
    """grade/grade skeleton"""
    lab, done, allowed = write(args.lab, args.dest, args.revision, not args.no_build)
    for note in done.notes:
        print(f"note: {note}", file=sys.stderr)
    for finding in allowed:
        print(f"leak scan: {finding}", file=sys.stderr)
    exercises = "one exercise" if len(lab.pieces) == 1 else f"{len(lab.pieces)} exercises"
    print(f"{args.dest}: labs/{lab.name}, {exercises} in {', '.join(lab.files)}.\n"
          f"Next: cd {args.dest}, read labs/{lab.name}/README.md, make grade.")
    return 0
