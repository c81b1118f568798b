"""What a student hands in: the files of the lab's pieces and .pagoda-lab.json, which says what revision they are of.

Nothing but those comes out of a submission anyway, so nothing but those goes in. The archive's bytes depend on the
files' contents alone.
"""

import gzip
import io
import json
import subprocess
import tarfile
import zipfile
from pathlib import Path

from grade import UserError
from grade.lab import MARK

MOST_BYTES = 1 << 20    # of a file: the grader refuses more


def mark(tree):
    """A student's tree's .pagoda-lab.json. UserError if the tree is none."""
    path = Path(tree) / MARK
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {"lab": str(found["lab"]), "base": str(found["base"]), "files": [str(f) for f in found["files"]]}
    except FileNotFoundError:
        raise UserError(f"{Path(tree).resolve()} has no {MARK}: only a tree of `make lab` can be handed in.") from None
    except (ValueError, KeyError, TypeError):
        raise UserError(f"{MARK} is damaged: get it back with `git checkout {MARK}`.") from None


def _content(tree, name):
    """A file's bytes with Unix line ends. UserError if it cannot be handed in."""
    path = Path(tree) / name
    if path.is_symlink():
        raise UserError(f"{name} is a link: hand in the file itself.")
    if not path.is_file():
        raise UserError(f"{name} is missing: get it back with `git checkout {name}`, then put your work into it.")
    data = path.read_bytes().replace(b"\r\n", b"\n").removeprefix(b"\xef\xbb\xbf")
    if len(data) > MOST_BYTES:
        raise UserError(f"{name} has {len(data)} bytes; at most {MOST_BYTES} are taken.")
    if b"\0" in data:
        raise UserError(f"{name} is no text.")
    return data


def collect(tree):
    """{name: bytes} of all that is handed in from a tree."""
    found = mark(tree)
    return {name: _content(tree, name) for name in found["files"]} | {MARK: (json.dumps(found) + "\n").encode()}


def _tar(files):
    """A tar archive, compressed, without times or owners."""
    raw, packed = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in sorted(files.items()):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as z:
        z.write(raw.getvalue())
    return packed.getvalue()


def _zip(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in sorted(files.items()):
            z.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def pack(tree, out=None):
    """Write the archive (default: handin.tar.gz in the tree) and return its path. UserError: nothing was written."""
    out = Path(out) if out else Path(tree) / "handin.tar.gz"
    kinds = {".tar.gz": _tar, ".tgz": _tar, ".zip": _zip}
    make = next((f for end, f in kinds.items() if out.name.endswith(end)), None)
    if not make:
        raise UserError(f"{out.name}: the archive's name must end in {', '.join(kinds)}.")
    data = make(collect(tree))
    try:
        out.write_bytes(data)
    except OSError as e:
        raise UserError(f"{out} cannot be written: {e.strerror}.") from None
    return out


def untouched(tree):
    """The files that are still as the student's tree began; none if git cannot tell."""
    git = ["git", "-C", str(tree)]
    first = subprocess.run(git + ["rev-list", "--max-parents=0", "HEAD"], capture_output=True, text=True, check=False)
    if first.returncode:
        return []
    began = first.stdout.split()[-1]
    same = [subprocess.run(git + ["diff", "--quiet", began, "--", f], capture_output=True, check=False).returncode == 0
            for f in mark(tree)["files"]]
    return [f for f, unchanged in zip(mark(tree)["files"], same) if unchanged]


def main(args):
    """grade/grade handin"""
    out = pack(args.tree, args.out)
    found = mark(args.tree)
    for name in untouched(args.tree):
        print(f"note: {name} is still as you got it.")
    print(f"{out}: {', '.join(found['files'])} of labs/{found['lab']}, revision {found['base'][:12]}.\nHand it in.")
    return 0
