"""What is taken out of a submission, and what is said about the rest."""

import io
import os
import subprocess
import tarfile
import zipfile

import pytest

from grade import isolation, submission

WANTED = ("mm/page_alloc.c", "mm/mmzone.c")
GOOD = {"mm/page_alloc.c": b"int a;\n", "mm/mmzone.c": b"int b;\n"}


def tar_of(path, files, mode="w:gz", extra=()):
    with tarfile.open(path, mode) as t:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
        for info in extra:
            t.addfile(info)
    return path


def zip_of(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            z.writestr(name, data)
    return path


def folder_of(path, files):
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def link(name, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize("mode,name", [("w", "a.tar"), ("w:gz", "a.tar.gz"), ("w:xz", "a.tar.xz")])
def test_tar(tmp_path, mode, name):
    got = submission.collect(tar_of(tmp_path / name, GOOD, mode), WANTED)
    assert got.files == GOOD and not got.refused


def test_zip(tmp_path):
    got = submission.collect(zip_of(tmp_path / "a.zip", GOOD), WANTED)
    assert got.files == GOOD and not got.refused


def test_folder(tmp_path):
    assert submission.collect(folder_of(tmp_path, GOOD), WANTED).files == GOOD


def test_folder_that_holds_an_archive(tmp_path):
    tar_of(tmp_path / "handin.tar.gz", GOOD)
    (tmp_path / "note.txt").write_text("please")
    assert submission.collect(tmp_path, WANTED).files == GOOD


@pytest.mark.parametrize("make", [lambda p, f: tar_of(p / "x.tar.gz", f), lambda p, f: zip_of(p / "x.zip", f),
                                  lambda p, f: folder_of(p / "x", f)])
def test_below_one_folder(tmp_path, make):
    got = submission.collect(make(tmp_path, {f"lab2/{n}": d for n, d in GOOD.items()}), WANTED)
    assert got.files == GOOD and not got.refused


def test_files_alone(tmp_path):
    got = submission.collect(folder_of(tmp_path, {"page_alloc.c": b"int a;\n", "mmzone.c": b"int b;\n"}), WANTED)
    assert got.files == GOOD


def test_two_trees(tmp_path):
    got = submission.collect(folder_of(tmp_path, {f"{d}/{n}": b"x\n" for n in GOOD for d in ("old", "new")}), WANTED)
    assert not got.files and "several trees" in got.refused[0]


def test_revision(tmp_path):
    folder_of(tmp_path, GOOD)
    tmp_path.chmod(0o755)
    for words in (["init", "-q"], ["add", "-A"],
                  ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "x"]):
        subprocess.run(["git", "-C", tmp_path, *words], check=True)
    (tmp_path / "mm/page_alloc.c").write_bytes(b"not committed\n")
    # what a repository's own configuration would run must not reach this host
    marker = tmp_path / "ran"
    subprocess.run(["git", "-C", tmp_path, "config", "tar.tar.command", f"touch {marker}"], check=True)
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(parent.stat().st_mode | 0o011)
    contained = isolation.choose()
    assert submission.collect(tmp_path, WANTED, None, contained, "HEAD").files == GOOD
    assert not marker.exists()
    missing = submission.collect(tmp_path, WANTED, None, contained, "nonsense")
    assert not missing.files and "no revision nonsense" in missing.refused[0]


def test_line_ends_and_byte_order_mark(tmp_path):
    got = submission.collect(folder_of(tmp_path, {"mm/page_alloc.c": b"\xef\xbb\xbfint a;\r\nint b;\r\n",
                                                  "mm/mmzone.c": "/* d\xe9 */\n".encode("latin-1")}), WANTED)
    assert got.files == {"mm/page_alloc.c": b"int a;\nint b;\n", "mm/mmzone.c": b"/* d\xe9 */\n"}


def test_missing_file_is_told(tmp_path):
    got = submission.collect(folder_of(tmp_path, {"mm/mmzone.c": b"int b;\n"}), WANTED)
    assert list(got.files) == ["mm/mmzone.c"] and got.refused == ["mm/page_alloc.c: missing, and graded as you got it."]


def test_empty(tmp_path):
    got = submission.collect(tmp_path, WANTED)
    assert not got.files and "Nothing to grade was found" in got.refused[-1]


@pytest.mark.parametrize("data,reason", [
    (b"\x7fELF\0\0\1", "binary"), (bytes(range(128, 256)) + b"\0", "binary"), (b" \n", "empty"),
    ("int a;\n".encode("utf-16"), "UTF-16"), (b"x" * (submission.FILE_BYTES + 1), "larger than 1 MiB")],
    ids=["elf", "bytes", "blank", "utf-16", "huge"])
def test_what_is_no_source(tmp_path, data, reason):
    for got in (submission.collect(folder_of(tmp_path / "f", {"mm/mmzone.c": data}), ["mm/mmzone.c"]),
                submission.collect(tar_of(tmp_path / "a.tgz", {"mm/mmzone.c": data}), ["mm/mmzone.c"]),
                submission.collect(zip_of(tmp_path / "a.zip", {"mm/mmzone.c": data}), ["mm/mmzone.c"])):
        assert not got.files
        assert any(r in got.refused[0] for r in ((reason,) if isinstance(reason, str) else reason))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_link_in_an_archive(tmp_path, kind):
    made = tar_of(tmp_path / "a.tar", {}, "w", [link("mm/mmzone.c", "/etc/passwd", kind)])
    got = submission.collect(made, ["mm/mmzone.c"])
    assert not got.files and "it is a link" in got.refused[0]


def test_link_in_a_zip(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as z:
        info = zipfile.ZipInfo("mm/mmzone.c")
        info.external_attr = 0o120777 << 16
        z.writestr(info, "/etc/passwd")
    got = submission.collect(tmp_path / "a.zip", ["mm/mmzone.c"])
    assert not got.files and "it is a link" in got.refused[0]


def test_links_in_a_folder(tmp_path):
    (tmp_path / "secret.c").write_text("int secret;\n")
    (tmp_path / "s/mm").mkdir(parents=True)
    (tmp_path / "s/mm/mmzone.c").symlink_to(tmp_path / "secret.c")
    got = submission.collect(tmp_path / "s", ["mm/mmzone.c"])
    assert not got.files and "it is a link" in got.refused[0]
    (tmp_path / "t").mkdir()
    (tmp_path / "t/mm").symlink_to(tmp_path / "s/mm")
    assert not submission.collect(tmp_path / "t", ["mm/mmzone.c"]).files
    (tmp_path / "u").symlink_to(tmp_path / "s")
    assert "is a link" in submission.collect(tmp_path / "u", ["mm/mmzone.c"]).refused[0]


def test_pipe_does_not_block(tmp_path):
    (tmp_path / "mm").mkdir()
    os.mkfifo(tmp_path / "mm/mmzone.c")
    got = submission.collect(tmp_path, ["mm/mmzone.c"])
    assert not got.files and "no regular file" in got.refused[0]


@pytest.mark.parametrize("name", ["../mm/mmzone.c", "/mm/mmzone.c", "x/../../mm/mmzone.c", "..\\mm\\mmzone.c",
                                  "C:mm/mmzone.c"])
def test_names_that_lead_out(tmp_path, name):
    for got in (submission.collect(tar_of(tmp_path / "a.tgz", {name: b"int a;\n"}), ["mm/mmzone.c"]),
                submission.collect(zip_of(tmp_path / "a.zip", {name: b"int a;\n"}), ["mm/mmzone.c"])):
        assert not got.files and "leads out" in got.refused[0]


def test_twice_in_an_archive(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as t:
        for data in (b"int a;\n", b"int b;\n"):
            info = tarfile.TarInfo("mm/mmzone.c")
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    got = submission.collect(tmp_path / "a.tar", ["mm/mmzone.c"])
    assert not got.files and "more than once" in got.refused[0]


def test_changed_makefile_and_tests(tmp_path):
    pristine = folder_of(tmp_path / "p", {**GOOD, "Makefile": b"all:\n", "labs/x/test_a.py": b"a\n",
                                              "README.md": b"r\n"})
    theirs = folder_of(tmp_path / "s", {**GOOD, "Makefile": b"all: evil\n", "labs/x/test_a.py": b"b\n",
                                        "README.md": b"r\r\n", "extra.c": b"x\n", "build/riscv/pagoda": b"x"})
    got = submission.collect(theirs, WANTED, pristine)
    assert got.files == GOOD
    assert got.refused == ["Makefile, labs/x/test_a.py: changed, but not handed in by this lab; "
                           "graded with the original.", "extra.c: not asked for, and not looked at."]


def test_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr(submission, "UNPACKED_BYTES", 4 << 20)
    monkeypatch.setattr(submission, "KEPT_BYTES", 2 << 20)
    zeros = {"build/zeros": bytes(8 << 20), **GOOD}
    for mode in ("w:gz", "w:xz"):
        got = submission.collect(tar_of(tmp_path / "a.tar.gz", zeros, mode), WANTED)
        assert not got.files and "unpacks to more than 4 MiB" in got.refused[0]
    many = {f"f{i}": bytes(1 << 20) for i in range(3)}
    assert "more than 2 MiB of files" in submission.collect(tar_of(tmp_path / "b.tgz", many), WANTED).refused[0]
    bomb = zip_of(tmp_path / "a.zip", {"mm/mmzone.c": bytes(64 << 20)})
    assert "larger than 1 MiB" in submission.collect(bomb, ["mm/mmzone.c"]).refused[0]


def test_too_many_entries(tmp_path, monkeypatch):
    monkeypatch.setattr(submission, "MOST_ENTRIES", 10)
    many = {f"f{i}": b"" for i in range(11)}
    for made in (tar_of(tmp_path / "a.tar", many, "w"), zip_of(tmp_path / "a.zip", many),
                 folder_of(tmp_path / "d", many)):
        assert "more than 10" in submission.collect(made, WANTED).refused[0]


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tar.xz"])
@pytest.mark.parametrize("data", [b"", b"PK\3\4junk", b"\x1f\x8bjunk", b"\xfd7zXZ\0junk", bytes(range(256)) * 8])
def test_junk_archives(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    got = submission.collect(tmp_path / name, WANTED)
    assert not got.files and got.refused[-1].startswith("Nothing to grade was found")


def test_cut_archive(tmp_path):
    whole = tar_of(tmp_path / "a.tar.gz", {"mm/mmzone.c": os.urandom(1000).hex().encode()}).read_bytes()
    (tmp_path / "a.tar.gz").write_bytes(whole[:len(whole) // 2])
    got = submission.collect(tmp_path / "a.tar.gz", ["mm/mmzone.c"])
    assert not got.files and "damaged" in got.refused[0]


def test_not_an_archive(tmp_path):
    (tmp_path / "essay.pdf").write_bytes(b"%PDF")
    assert "neither a folder nor an archive" in submission.collect(tmp_path / "essay.pdf", WANTED).refused[0]
