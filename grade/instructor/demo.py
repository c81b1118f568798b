"""grade demo: twelve submissions such as a class hands in, graded, with the report; and were the marks right?

They are made from the lab itself: its reference, its skeleton, some of its mutants, and what careless or hostile
people hand in. Each has an expectation; what is not as expected is told, and the exit status is 1.
"""

import io
import shutil
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from grade import UserError, isolation, lab as labs, skeleton, source
from grade.instructor import batch, report

FULL = 100.0
TENS = "\n".join(f"#define DEMO_{i + 1}(x) " + " ".join([f"DEMO_{i}(x)"] * 10) for i in range(9))
BOMB = f"\n#define DEMO_0(x) x,\n{TENS}\nint demo_bomb[] = {{ DEMO_9(1) }};\n"
HANG = "\n\tfor (;;)\n\t\t;\n"
TRAP = "\n\t__builtin_trap();\n"
LIE = "\nall:\n\t@echo 100 of 100\n"


@dataclass
class Sample:
    """A submission, and what must come of it."""
    name: str
    make: object			# called with the folder for all submissions and the sample's name
    lowest: float = 0.0
    highest: float = 0.0
    told: tuple = ()			# words that must stand in the remarks or in the compiler's message
    fails: tuple = field(default=())	# tests that must fail, as lab.toml names them


class Maker:
    """Makes submissions out of a lab's reference, an exported commit."""

    def __init__(self, lab):
        self.lab = lab

    def files(self, *, cut=False, patch=None, splice=None, insert=None, append=""):
        """The lab's files: {path: bytes}. cut: without the pieces; patch: with a mutant; splice: with a replacement file;
        insert: (function, what stands first in its body); append: to the last file."""
        with tempfile.TemporaryDirectory(prefix="demo-") as tree:
            for name in self.lab.files:
                Path(tree, name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.lab.root / name, Path(tree, name))
            if cut:
                source.cut(tree, self.lab)
            if patch:
                source.patch(tree, patch)
            if splice:
                source.splice(tree, self.lab, splice)
            found = {name: Path(tree, name).read_text(encoding="utf-8") for name in self.lab.files}
        if insert:
            self._insert(found, *insert)
        found[self.lab.files[-1]] += append
        return {name: text.encode() for name, text in found.items()}

    def _insert(self, found, function, text):
        file = next(p.file for p in self.lab.pieces if function in p.functions)
        span = source.Source(found[file], file).one(function)
        at = span.body_start + 1
        found[file] = found[file][:at] + text + found[file][at:]

    def folder(self, more=None, **how):
        """A sample that is a folder of files."""
        def make(where, name):
            for path, data in {**self.files(**how), **(more or {})}.items():
                (where / name / path).parent.mkdir(parents=True, exist_ok=True)
                (where / name / path).write_bytes(data)
        return make

    def archive(self, **how):
        """A sample that is a tar file with one folder in it, its lines ended as on Windows."""
        def make(where, name):
            with tarfile.open(where / f"{name}.tar.gz", "w:gz") as tar:
                for path, data in self.files(**how).items():
                    _add(tar, f"lab/{path}", data.replace(b"\n", b"\r\n"))
        return make

    def refused(self, where, name):
        """Links, names that lead out, binary junk and a file that is too large: one of each, and nothing else."""
        bad = [lambda tar, n: _add(tar, n, b"\x7fELF\x00\x01junk"), lambda tar, n: _add(tar, n, None)]
        with tarfile.open(where / f"{name}.tar.gz", "w:gz") as tar:
            for i, path in enumerate(self.lab.files):
                bad[i % len(bad)](tar, path)
            _add(tar, f"../{self.lab.files[0]}", b"int out;\n")
            _add(tar, "huge.c", bytes(8 << 20))


def _add(tar, name, data):
    """A member of a tar file; no data: a link to what nobody should read."""
    info = tarfile.TarInfo(name)
    if data is None:
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    else:
        info.size = len(data)
    tar.addfile(info, io.BytesIO(data or b""))


def samples(lab):
    """The twelve."""
    if len(lab.mutants) < 2 or not lab.spoofers:
        raise UserError(f"labs/{lab.name} has too few mutants and spoofers for a demonstration.")
    make, below = Maker(lab), FULL - 0.01
    one, other = lab.mutants[0], lab.mutants[-1]
    hangs, traps = lab.pieces[len(lab.pieces) // 2].functions[-1], lab.pieces[-1].functions[-1]
    edited = {"Makefile": LIE.encode(), f"labs/{lab.name}/test_mine.py": b"def test_mine(): pass\n"}
    return [
        Sample("reference", make.archive(), FULL, FULL),
        Sample("skeleton", make.folder(cut=True), lab.floor, lab.floor),
        Sample(f"mutant-{one.name}", make.folder(patch=one.path), lab.floor, below, fails=one.killed_by),
        Sample("edits-makefile", make.folder(edited, patch=other.path), lab.floor, below,
               ("Makefile: changed", "graded with the original"), other.killed_by),
        Sample("does-not-compile", make.folder(append="\nint demo(void) { return undeclared; }\n"),
               told=("undeclared",)),
        Sample("hangs", make.folder(insert=(hangs, HANG)), 0, below),
        Sample("panics", make.folder(insert=(traps, TRAP)), 0, below),
        Sample("forges-output", make.folder(cut=True, splice=lab.spoofers[0].path), 0, lab.floor),
        Sample("refused-files", make.refused,
               told=("binary", "leads out", *(["is a link"] if len(lab.files) > 1 else []))),
        Sample("reads-the-host", make.folder(append='\nasm(".incbin \\"/etc/shadow\\"");\n'), told=("/etc/shadow",)),
        Sample("compiler-bomb", make.folder(append=BOMB), told=("compiler was stopped",)),
        Sample("empty", lambda where, name: (where / name).mkdir(), told=("Nothing to grade was found",)),
    ]


def verdict(sample, result, fault):
    """What is not as expected, in a sentence; '' when all is."""
    if result is None:
        return f"not graded: {fault}"
    score = result["score"]
    if not sample.lowest <= score <= sample.highest:
        return f"earned {score:g}, expected {_range(sample)}"
    words = " ".join(result["refused"] + [m["build"]["message"] for m in result["machines"].values()])
    for word in sample.told:
        if word not in words:
            return f"nothing says '{word}'"
    failed = report.failures(result)
    for test in sample.fails:
        if not report.called(test, failed):
            return f"{test} does not fail"
    return ""


def _range(sample):
    return f"{sample.lowest:g}" if sample.lowest == sample.highest else f"{sample.lowest:g} to less than {FULL:g}"


def write_samples(lab_name, folder):
    """Write the submissions of the last commit's lab into a folder, new. => the samples"""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    root = labs.load(lab_name).root
    with tempfile.TemporaryDirectory(prefix="demo-") as tree:
        skeleton.export(root, skeleton.resolve(root, "HEAD"), tree)
        made = samples(labs.load(lab_name, tree))
        for sample in made:
            sample.make(folder, sample.name)
    return made


def main(args):
    """grade/grade demo"""
    out = Path(args.out)
    made = write_samples(args.lab, out / "submissions")
    course = batch.course(args.lab, isolation.choose(args.isolation))
    batch.remember(out, course, out / "submissions")
    faults, tasks = batch.grade_all(course, batch.sources(out / "submissions"), out, jobs=args.jobs,
                                    console=batch.console_of(args))
    batch.summarise(course, tasks, out, faults)
    table = Table("submission", "marks", "expected", "verdict", box=None if args.plain else box.ROUNDED)
    wrong = 0
    for sample in made:
        result = None if sample.name in faults else batch.load_result(out, sample.name)
        complaint = verdict(sample, result, faults.get(sample.name, ""))
        wrong += bool(complaint)
        table.add_row(sample.name, f"{result['score']:g}" if result else "–", _range(sample),
                      complaint or "as expected")
    Console(highlight=False, no_color=args.plain or None).print(table)
    print(f"{len(made) - wrong} of {len(made)} as expected; {out}/report.html shows what an instructor sees.")
    return 1 if wrong else 0
