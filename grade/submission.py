"""What comes out of a submission: the files that the lab's pieces name, and nothing else.

A submission is a folder (a student's tree, or the files alone), a tar (plain, gzip, xz) or zip file of one, a folder
that holds one such archive, or a revision of a git repository. It was made by somebody who may wish us ill: nothing is
ever unpacked to a disk, no link is followed, and all that is read has a limit. What is not taken is told in a sentence.
"""

import io
import lzma
import os
import re
import stat
import tarfile
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from grade import UserError

FILE_BYTES = 1 << 20			# of a file that is handed in
ARCHIVE_BYTES = 64 << 20		# of an archive as it lies there
UNPACKED_BYTES = 512 << 20		# of what is read to find the files in it
KEPT_BYTES = 64 << 20
XZ_MEMORY = 128 << 20
MOST_ENTRIES = 50_000
MOST_TOLD = 5				# names in one sentence
ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".zip")
# In every student's tree, and not worth a word.
PASSED_OVER = re.compile(r"(^|/)(\.git|build|__pycache__|\.pytest_cache|\.pagoda-lab\.json|\.gitattributes|__MACOSX|"
                         r"\.DS_Store|handin\.(tar\.gz|tgz|zip)|compile_commands\.json|tags)(/|$)")
GIT_SECONDS = 120
# What Python's readers of archives raise on a file that is none.
DAMAGE = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, OSError, RuntimeError)


@dataclass
class Submission:
    """files: {path in the tree: bytes}, with Unix line ends; refused: sentences for the student."""
    files: dict = field(default_factory=dict)
    refused: list = field(default_factory=list)


@dataclass
class Entry:
    """One thing in a submission. kind is file, folder, link or special; size in bytes; read(n): at most n bytes."""
    name: str
    kind: str
    size: int
    read: object


class Refused(Exception):
    """The whole submission is of no use; the text says why."""


def collect(path, wanted, pristine=None, isolation=None, revision=None):
    """The files of a submission that a lab wants: Submission.

    `wanted`: paths in the tree. `pristine`: the tree that the student got; what differs from it elsewhere is told.
    `revision`: path is a git repository, read in isolation. Nothing in a submission makes this fail.
    """
    taken = Submission()
    try:
        if revision:
            entries = list(_of_git(path, revision, isolation))
        else:
            entries = _entries(Path(path), taken)
        _take(entries, tuple(wanted), pristine and Path(pristine), taken)
    except Refused as e:
        taken.refused.append(str(e))
    if not taken.files:
        taken.refused.append(f"Nothing to grade was found. This lab asks for {_some(wanted)}.")
    return taken


def is_archive(path):
    return Path(path).name.lower().endswith(ARCHIVES)


# ---- where entries come from ----------------------------------------------------------------------------------------

def _entries(path, taken):
    """The entries of a folder or an archive."""
    if path.is_symlink():
        raise Refused(f"{path.name} is a link: hand in the file or folder itself.")
    if path.is_dir():
        found = _bounded(_of_folder(path))
        inner = [e for e in found if e.kind == "file" and is_archive(e.name)]
        others = [e for e in found if e.kind == "file" and e.name.endswith((".c", ".h"))]
        if len(inner) != 1 or others:
            return found
        return _of_archive(inner[0].name, _whole(inner[0]), taken)
    if not path.is_file():
        raise Refused(f"{path.name} is neither a folder nor a file.")
    if not is_archive(path):
        raise Refused(f"{path.name} is neither a folder nor an archive ({', '.join(ARCHIVES)}).")
    return _of_archive(path.name, _whole(Entry(path.name, "file", path.stat().st_size, _reader(path))), taken)


def _whole(entry):
    data = entry.read(ARCHIVE_BYTES + 1)
    if len(data) > ARCHIVE_BYTES:
        raise Refused(f"{entry.name} is larger than {ARCHIVE_BYTES >> 20} MiB.")
    return data


def _bounded(entries):
    """All entries, if they are not too many."""
    found = []
    for entry in entries:
        found.append(entry)
        if len(found) > MOST_ENTRIES:
            raise Refused(f"The submission has more than {MOST_ENTRIES} files.")
    return found


def _of_folder(path):
    folders = [path]
    while folders:
        folder = folders.pop()
        try:
            listed = sorted(os.scandir(folder), key=lambda e: e.name)
        except OSError as e:
            raise Refused(f"The folder {folder.name} cannot be read ({e.strerror}).") from None
        for item in listed:
            name = os.path.relpath(item.path, path)
            mode = item.stat(follow_symlinks=False).st_mode
            if stat.S_ISDIR(mode):
                if not PASSED_OVER.search(name):
                    folders.append(Path(item.path))
            else:
                kind = "link" if stat.S_ISLNK(mode) else "file" if stat.S_ISREG(mode) else "special"
                yield Entry(name, kind, item.stat(follow_symlinks=False).st_size, _reader(item.path))


def _reader(path):
    def read(most):
        """At most this many bytes, and of a regular file only: what it is may have changed since it was listed."""
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as e:
            raise Refused(f"{Path(path).name} cannot be read ({e.strerror}).") from None
        with open(fd, "rb") as f:
            return f.read(most) if stat.S_ISREG(os.fstat(fd).st_mode) else b""
    return read


def _of_archive(name, data, taken):
    """The entries of an archive in memory. A damaged one gives what stands before the damage, if it is in parts."""
    found = []
    try:
        for entry in _of_zip(data) if data[:2] == b"PK" else _of_tar(data):
            found.append(entry)
            if len(found) > MOST_ENTRIES:
                raise Refused(f"{name} has more than {MOST_ENTRIES} entries.")
    except DAMAGE as e:
        taken.refused.append(f"{name} is damaged, or no archive of the kind that its name says"
                             f" ({str(e) or type(e).__name__}).")
    return found


def _of_zip(data):
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        for info in z.infolist():
            mode = info.external_attr >> 16
            kind = ("folder" if info.is_dir() else "link" if stat.S_ISLNK(mode)
                    else "file" if stat.S_IFMT(mode) in (0, stat.S_IFREG) else "special")
            if info.flag_bits & 1:
                raise Refused("The archive asks for a password.")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Refused("The archive is packed in a way that only few programs know: use zip's usual one.")
            yield Entry(info.orig_filename, kind, info.file_size, _zip_reader(data, info))


def _zip_reader(data, info):
    def read(most):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as z, z.open(info) as f:
                return f.read(most)
        except DAMAGE:
            raise Refused(f"{info.filename} in the archive is damaged.") from None
    return read


class _Unpacked:
    """What a gzip or xz stream holds, bounded in length and in the memory that unpacking takes; read() as of a file."""

    def __init__(self, data):
        self.data = data
        if data[:2] == b"\x1f\x8b":
            self.unpacker = zlib.decompressobj(31)		# zlib's manual: 15 bits of window, +16 for gzip
        elif data[:6] == b"\xfd7zXZ\0":
            self.unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)
        else:
            self.unpacker = None
        self.told = 0

    def read(self, most):
        if self.unpacker is None:
            out, self.data = self.data[:most], self.data[most:]
        else:
            out = self._unpack(most)
        self.told += len(out)
        if self.told > UNPACKED_BYTES:
            raise Refused(f"The archive unpacks to more than {UNPACKED_BYTES >> 20} MiB.")
        return out

    def _unpack(self, most):
        out = b""
        while not out and not self.unpacker.eof:
            fresh = bool(self.data)
            out = self.unpacker.decompress(self.data, most)
            self.data = getattr(self.unpacker, "unconsumed_tail", b"")
            if not out and not fresh and not self.unpacker.eof:
                raise EOFError("it ends too early")
        return out


def _of_tar(data):
    """A tar stream's entries. It cannot be read twice, so what may be wanted is kept, and bounded."""
    kept = 0
    with tarfile.open(fileobj=_Unpacked(data), mode="r|") as tar:
        for info in tar:
            kind = ("folder" if info.isdir() else "link" if info.issym() or info.islnk()
                    else "file" if info.isreg() else "special")
            content = b""
            if kind == "file" and not PASSED_OVER.search(info.name):
                content = tar.extractfile(info).read(FILE_BYTES + 1)
                kept += len(content)
            if kept > KEPT_BYTES:
                raise Refused(f"The archive holds more than {KEPT_BYTES >> 20} MiB of files.")
            yield Entry(info.name, kind, info.size, lambda most, c=content: c[:most])


def _of_git(repository, revision, isolation):
    """The entries of a revision. git runs contained: a repository's own configuration can name programs to run."""
    if not Path(repository).is_dir():
        raise UserError(f"{repository} is no folder here: clone it first.")
    if str(revision).startswith("-"):
        raise UserError(f"{revision!r} is no revision.")
    done = isolation.run(["git", "-c", "safe.directory=*", "-C", os.path.realpath(repository), "archive",
                          "--format=tar", f"{revision}^{{tree}}"],
                         cwd="/", seconds=GIT_SECONDS, output_bytes=ARCHIVE_BYTES, readable=[repository])
    if done.fault:
        raise Refused(f"Revision {revision} is larger than {ARCHIVE_BYTES >> 20} MiB, or takes too long to read.")
    if done.status:
        raise Refused(f"There is no revision {revision} in the repository.")
    try:
        yield from _of_tar(done.output)
    except DAMAGE as e:
        raise Refused(f"Revision {revision} cannot be read: {e}.") from None


# ---- what is taken --------------------------------------------------------------------------------------------------

def _take(entries, wanted, pristine, taken):
    """Fill `taken` from all entries of a submission."""
    named, bad = {}, []
    for entry in entries:
        name = entry.name.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or re.match(r"[A-Za-z]:", name) or "\0" in name:
            bad.append(entry.name)
        elif entry.kind != "folder":
            named.setdefault(os.path.normpath(name), []).append(entry)
    if bad:
        taken.refused.append(f"{_some(bad)}: a name that leads out of the submission's folder is not taken.")
    top = _top(named, wanted)
    found = {name: _find(named, top, name, wanted) for name in wanted}
    for name, path in found.items():
        if path is not None:
            _take_one(name, named[path], taken)
    missing = [name for name, path in found.items() if path is None]
    if missing and taken.files:
        taken.refused.append(f"{_some(missing)}: missing, and graded as you got it.")
    _tell_others(named, top, {*found.values()}, pristine, taken)


def _top(named, wanted):
    """The folder that stands for the tree's root: '' or 'x/'."""
    if any(name in named for name in wanted):
        return ""
    tops = sorted({path[:-len(name)] for path in named for name in wanted
                   if path.endswith("/" + name) and path.count("/") == name.count("/") + 1})
    if len(tops) > 1:
        raise Refused(f"There are several trees in it ({_some(tops)}): hand in one.")
    return tops[0] if tops else ""


def _find(named, top, name, wanted):
    """Where a wanted file lies: at its own path, or alone, without its folders; None if nowhere."""
    base = os.path.basename(name)
    alone = [os.path.basename(w) for w in wanted].count(base) == 1
    return next((p for p in (top + name, *([base] if alone else [])) if p in named), None)


def _take_one(name, entries, taken):
    """Take a file, or say why not."""
    entry = entries[0]
    reason = ""
    if len(entries) > 1:
        reason = "it is in the archive more than once"
    elif entry.kind == "link":
        reason = "it is a link; hand in the file itself"
    elif entry.kind != "file":
        reason = "it is no regular file"
    elif entry.size > FILE_BYTES:
        reason = f"it is larger than {FILE_BYTES >> 20} MiB"
    if not reason:
        try:
            data = entry.read(FILE_BYTES + 1)
            reason = _junk(data)
        except Refused as e:
            reason = str(e).rstrip(".")
    if reason:
        taken.refused.append(f"{name} was not taken: {reason}.")
    else:
        taken.files[name] = normalised(data)


def _junk(data):
    """Why bytes are no C source, '' if they may be: any text in UTF-8 or Latin-1."""
    if len(data) > FILE_BYTES:
        return f"it is larger than {FILE_BYTES >> 20} MiB"
    if not data.strip():
        return "it is empty"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "it is in UTF-16; save it as UTF-8"
    if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", data):
        return "it is no text, but holds binary data"
    return ""


def normalised(data):
    """Without a byte order mark, with Unix line ends: an editor's habits are no mistake."""
    return data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


def _tell_others(named, top, found, pristine, taken):
    """Tell what else is in the submission, if somebody may have meant something by it."""
    changed, links, more = [], [], []
    for path, entries in sorted(named.items()):
        if path in found or not path.startswith(top) or PASSED_OVER.search(path):
            continue
        name = path[len(top):]
        original = pristine / name if pristine else None
        if entries[0].kind != "file":
            links.append(name)
        elif original is None or not original.is_file():
            more.append(name)
        elif not _same(entries[0], original):
            changed.append(name)
    if changed:
        taken.refused.append(f"{_some(changed)}: changed, but not handed in by this lab; graded with the original.")
    if links:
        taken.refused.append(f"{_some(links)}: a link or a special file is not taken.")
    if more:
        taken.refused.append(f"{_some(more)}: not asked for, and not looked at.")


def _same(entry, original):
    if original.stat().st_size > FILE_BYTES:
        return True
    try:
        return normalised(entry.read(FILE_BYTES + 1)) == normalised(original.read_bytes())
    except Refused:
        return False


def _some(names):
    """The first names of a list, and how many there are besides."""
    names = [n if n.isprintable() and len(n) < 120 else ascii(n[:120]) for n in names]
    more = len(names) - MOST_TOLD
    return ", ".join(names[:MOST_TOLD]) + (f" and {more} more" if more > 0 else "")
