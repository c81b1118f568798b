"""What contains a command, tried with commands that want out."""

import contextlib
import glob
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from grade import UserError, isolation
from grade.isolation import Limits

KINDS = ["bubblewrap"] + (["user"] if os.geteuid() == 0 else [])


@pytest.fixture(params=KINDS)
def contained(request):
    return isolation.choose(request.param)


def open_way(path):
    """Let others pass through our folders on the way to this one; xdist's workers have one more of them."""
    for folder in (path, *path.parents):
        if folder.stat().st_uid == os.geteuid() and str(folder).startswith(tempfile.gettempdir() + "/"):
            folder.chmod(folder.stat().st_mode | 0o011)


@pytest.fixture
def folder(tmp_path):
    """A folder that the sandbox's user can reach: pytest's own are closed to others."""
    open_way(tmp_path)
    work = tmp_path / "work"
    work.mkdir()
    return work


def sh(contained, folder, script, seconds=30, **limits):
    return contained.run(["sh", "-c", script], cwd=folder, seconds=seconds, writable=[folder], limits=Limits(**limits))


def test_the_first_that_works_is_taken_and_named():
    assert isolation.choose().name == "bubblewrap"
    assert isolation.choose("auto").name == "bubblewrap"


def test_unknown_name_is_refused():
    with pytest.raises(UserError, match="no isolation 'jail': say bubblewrap, user, none"):
        isolation.choose("jail")


def test_no_silent_fall_back(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="install the package bubblewrap"):
        isolation.choose()
    with pytest.raises(UserError, match="bwrap is not installed"):
        isolation.choose("bubblewrap")


def test_a_bubblewrap_that_does_not_work_is_found_out(monkeypatch, tmp_path):
    (tmp_path / "bwrap").write_text("#!/bin/sh\necho bwrap: no user namespaces for you >&2\nexit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(UserError, match="no user namespaces for you"):
        isolation.choose("bubblewrap")
    if os.geteuid() == 0:
        assert isolation.choose().name == "user"


def test_it_writes_where_it_may(contained, folder):
    done = sh(contained, folder, "pwd; echo made > made; cat made")
    assert (done.status, done.output.decode().split()) == (0, [str(folder), "made"])
    assert (folder / "made").read_text() == "made\n"


def test_it_writes_nowhere_else(contained, folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    done = sh(contained, folder, f"echo x > {other}/x; echo x > /usr/x; echo x > {isolation.__file__}; true")
    assert not list(other.iterdir()) and not os.path.exists("/usr/x")
    assert done.output.count(b"cannot create") == 3


def test_it_is_nobody(contained, folder):
    if contained.uid is not None:
        assert sh(contained, folder, "id -u; id -G").output.split() == [str(contained.uid).encode()] * 2
    done = sh(contained, folder, "grep -E '^(CapEff|NoNewPrivs)' /proc/self/status")
    assert b"NoNewPrivs:\t1" in done.output


def test_what_is_not_given_is_not_there(folder, tmp_path):
    contained = isolation.choose("bubblewrap")
    (tmp_path / "hidden").mkdir(mode=0o755)
    (tmp_path / "hidden/test_secret.py").write_text("SECRET = 42\n")
    assert contained.hides(tmp_path / "hidden") and not contained.hides("/usr/bin")
    done = sh(contained, folder, f"cat {tmp_path}/hidden/*; cat /etc/passwd {isolation.__file__}; ls /home /root /tmp")
    assert b"SECRET" not in done.output and b"root:" not in done.output and b"bubblewrap" not in done.output
    shown = contained.run(["cat", str(tmp_path / "hidden/test_secret.py")], cwd="/", seconds=30,
                          readable=[tmp_path / "hidden"])
    assert shown.output == b"SECRET = 42\n"


def test_what_others_may_read_is_not_hidden_from_a_user(tmp_path):
    open_way(tmp_path)
    tmp_path.chmod(0o755)
    (tmp_path / "hidden").mkdir(mode=0o755)
    (tmp_path / "hidden/test_secret.py").write_text("SECRET = 42\n")
    assert not isolation.User().hides(tmp_path / "hidden")
    (tmp_path / "hidden").chmod(0o700)
    assert isolation.User().hides(tmp_path / "hidden")


def test_no_network_and_no_other_processes(folder):
    contained = isolation.choose("bubblewrap")
    with socket.create_server(("127.0.0.1", 0)) as server:
        connect = "import socket, sys\nsocket.create_connection(('127.0.0.1', int(sys.argv[1])))"
        done = contained.run(["python3", "-c", connect, str(server.getsockname()[1])], cwd=folder, seconds=30,
                             writable=[folder])
    assert done.status and b"Connection refused" in done.output
    assert len(sh(contained, folder, "ls -d /proc/[0-9]*").output.split()) < 8


def test_files_are_bounded(contained, folder):
    done = sh(contained, folder, "head -c 9000000 /dev/zero > big", file_bytes=1 << 20)
    assert done.status and (folder / "big").stat().st_size == 1 << 20


def test_memory_is_bounded(contained, folder):
    done = contained.run(["python3", "-c", "x = bytearray(1 << 30)"], cwd=folder, seconds=30, writable=[folder],
                         limits=Limits(memory_bytes=512 << 20))
    assert done.status and b"MemoryError" in done.output


def test_cpu_time_is_bounded(contained, folder):
    done = sh(contained, folder, "while :; do :; done", cpu_seconds=1)
    assert done.status and not done.fault


def test_a_fork_bomb_ends(contained, folder):
    done = sh(contained, folder, "f() { f | f & }; f; wait; i=0; while [ $i -lt 99 ]; do true & i=$((i+1)); done",
              processes=20)
    assert b"Cannot fork" in done.output


def test_endless_output_is_cut(contained, folder):
    done = contained.run(["sh", "-c", "while :; do echo yyyyyyyyyyyyyyyyyyy; done"], cwd=folder, seconds=30,
                         output_bytes=10_000, writable=[folder])
    assert done.fault == "output" and len(done.output) == 10_000


def commands():
    """What every process of this machine was started as."""
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield Path(path).read_bytes()


def test_a_sleeper_is_ended_and_nothing_of_it_stays(contained, folder):
    done = sh(contained, folder, "sleep 987654 & sleep 987654", seconds=1)
    assert done.fault == "time"
    assert not [command for command in commands() if command.startswith(b"sleep\0987654")]


def test_descriptors_are_inherited(contained, folder):
    ours, theirs = socket.socketpair()
    say = "import os, sys; os.write(int(sys.argv[1]), b'hello')"
    command = contained.wrap(["python3", "-c", say, str(theirs.fileno())], writable=[folder])
    with ours, theirs:
        subprocess.run(command, cwd=folder, pass_fds=[theirs.fileno()], check=True)
        assert ours.recv(5) == b"hello"


def test_environment_stays_outside(contained, folder, monkeypatch):
    monkeypatch.setenv("COURSE_SECRET", "42")
    assert b"COURSE_SECRET" not in sh(contained, folder, "env").output


def test_folder_that_is_not_there(contained, tmp_path):
    with pytest.raises(UserError, match="is not there"):
        contained.wrap(["true"], readable=[tmp_path / "none"])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's sandbox becomes another user")
def test_folder_that_the_user_could_not_read(contained, folder):
    (folder / "closed").mkdir(mode=0o700)
    with pytest.raises(UserError, match="chmod -R o\\+rX"):
        contained.wrap(["true"], readable=[folder / "closed"])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's sandbox becomes another user")
def test_links_are_not_followed_when_folders_are_given_away(contained, folder, tmp_path):
    (tmp_path / "mine").write_text("mine")
    (folder / "link").symlink_to(tmp_path / "mine")
    contained.wrap(["true"], writable=[folder])
    assert (tmp_path / "mine").stat().st_uid == os.geteuid()


@pytest.mark.skipif(os.geteuid() != 0, reason="another user is tried by root")
def test_bubblewrap_of_a_user_who_is_not_root(folder):
    """The same as any user: with a user namespace instead of root's rights."""
    os.chown(folder, 65534, 65534)
    ours = Path(isolation.__file__).parent
    shutil.copytree(ours, folder / "house" / "grade", ignore=lambda *_: {"test", "instructor"})	# a home may be closed to others
    script = (f"import sys; sys.path.insert(0, {str(folder / 'house')!r})\n"
              "from grade import isolation\n"
              "i = isolation.choose('bubblewrap')\n"
              "done = i.run(['sh', '-c', 'echo x > made; cat /etc/passwd'], cwd='.', seconds=30, writable=['.'])\n"
              "print(i.uid, done.output)")
    done = subprocess.run([sys.executable, "-B", "-c", script], cwd=folder, user=65534, group=65534, extra_groups=[],
                          capture_output=True, text=True)
    assert done.stdout.startswith("None") and "No such file" in done.stdout, done.stderr
    assert (folder / "made").exists()
