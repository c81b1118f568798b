"""Running what others wrote: turns a command into one that runs contained.

A submission is hostile twice: when it is compiled (`.incbin "/etc/passwd"`, macros that never end) and when it runs
(it is a kernel inside QEMU). Both commands go through Isolation.wrap(), which gives the command that really runs:

  bubblewrap  namespaces of its own: no network, no other processes, the system's programs read-only, a private /tmp,
              and only the folders given. Root's sandbox becomes a user without rights on top of that, as the limit on
              processes does not hold for root.
  user        root only: a user without rights, and resource limits; what all users may read it may read, too.
  none        resource limits only: for one's own tree.

choose() takes the first of bubblewrap and user that works here, found out by running it, and never falls back to none.
Limits hold for each process (setrlimit(2)); the number of processes bounds their sum.
"""

import os
import selectors
import shutil
import signal
import stat
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass

from grade import UserError

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin", "LC_ALL": "C", "HOME": "/tmp"}
# What compilers, make, QEMU and mke2fs read outside /usr; nothing of it names a user or a machine.
SYSTEM = ("/etc/alternatives", "/etc/ld.so.cache", "/etc/mke2fs.conf", "/etc/qemu", "/etc/python3", "/etc/python3.11")
ROOT_FOLDERS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
TMP_BYTES = 256 << 20
# systemd.exec(5) keeps this range of user ids for services that come and go: no account has one of them.
FIRST_UID, LAST_UID = 61184, 65519
QEMU_SANDBOX = ["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"]
PROBE_SECONDS = 60
GONE_SECONDS = 30			# until all that was killed has closed its output


class IsolationError(UserError):
    """Nothing contains a submission here; the text is one sentence that says what to do."""


@dataclass(frozen=True)
class Limits:
    """What each process may use; processes is for all of them together."""
    cpu_seconds: int = 60
    memory_bytes: int = 4 << 30		# address space: QEMU reserves more than it touches
    file_bytes: int = 512 << 20
    processes: int = 64

    def command(self):
        """prlimit(1) and its arguments, to stand in front of a command. CPU time ends by SIGXCPU, then SIGKILL."""
        return ["prlimit", f"--cpu={self.cpu_seconds}:{self.cpu_seconds + 1}", f"--as={self.memory_bytes}",
                f"--fsize={self.file_bytes}", f"--nproc={self.processes}", "--core=0", "--"]


@dataclass(frozen=True)
class Finished:
    """How a contained command ended: status as subprocess gives it, output bytes, fault ('' or what stopped it)."""
    status: int
    output: bytes
    fault: str = ""


class Isolation:
    """A way to run commands contained. `uid` is the user that they become, None for the caller's own."""
    name = "none"
    remedy = ""
    qemu_options = ()

    def __init__(self):
        self.uid = None

    def wrap(self, argv, writable=(), readable=(), limits=Limits()):
        """argv as a command that runs contained, with these folders or files at their own paths.

        => the working directory stays where it is when it is in one of them, else it is /
        => inherited descriptors (pass_fds) stay open
        => under bubblewrap and user the caller's thread must outlive the command: its end kills it
        => with a user of its own, `writable` changes its owner, for good
        => IsolationError when a folder is not there, or the sandbox's user cannot read it
        """
        writable, readable = ([os.path.realpath(p) for p in paths] for paths in (writable, readable))
        for path in (*writable, *readable):
            if not os.path.exists(path):
                raise IsolationError(f"{path} is to be seen in the sandbox, but is not there")
        if self.uid is not None:
            for path in writable:
                _give(path, self.uid)
            for path in readable:
                _check_readable(path, self.uid)
        return self._command(list(argv), writable, readable, limits)

    def _command(self, argv, writable, readable, limits):
        return limits.command() + argv

    def hides(self, path):
        """Can a contained command not read this path, unless wrap() is given it?"""
        return False

    def check(self):
        """Run something contained; IsolationError with the reason when that does not work here."""
        missing = [p for p in self.programs() if not shutil.which(p)]
        if missing:
            raise IsolationError(f"{self.name}: {missing[0]} is not installed ({self.remedy})")
        try:
            done = subprocess.run(self.wrap(["true"]), capture_output=True, cwd="/", timeout=PROBE_SECONDS)
        except subprocess.TimeoutExpired:
            raise IsolationError(f"{self.name}: it does not start") from None
        if done.returncode:
            raise IsolationError(f"{self.name}: {done.stderr.decode(errors='replace').strip() or 'it fails'}")

    def programs(self):
        return ["prlimit"]

    def run(self, argv, *, cwd, seconds, output_bytes=1 << 20, **folders):
        """Run argv contained to its end: Finished. Output and errors come together, bounded.

        `seconds` is wall time, for commands that sleep forever: who spends CPU time meets the limits first.
        """
        command = self.wrap(argv, **folders)
        with subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, start_new_session=True, umask=0o022) as process:
            try:
                output, fault = _read(process, time.monotonic() + seconds, output_bytes)
                if not fault:
                    process.wait()
            finally:
                _kill(process)
                _read(process, time.monotonic() + GONE_SECONDS, output_bytes)
        return Finished(process.returncode, output, fault)


class Bubblewrap(Isolation):
    name = "bubblewrap"
    remedy = "install the package bubblewrap, or run tools/setup.sh"
    qemu_options = QEMU_SANDBOX

    def __init__(self):
        super().__init__()
        self.uid = _own_uid()

    def programs(self):
        return ["bwrap", "prlimit"] + (["setpriv"] if self.uid is not None else [])

    def hides(self, path):
        return not any(_inside(path, shown) for shown in ("/usr", *SYSTEM, *ROOT_FOLDERS))

    def _command(self, argv, writable, readable, limits):
        command = ["bwrap", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
                   "--die-with-parent", "--new-session", "--hostname", "sandbox", "--clearenv"]
        for item in ENVIRONMENT.items():
            command += ["--setenv", *item]
        command += _system_mounts()
        for option, paths in (("--ro-bind", readable), ("--bind", writable)):
            for path in paths:
                command += [*_way(path), option, path, path]
        # Last, as mount points are made in them: /dev and / are memory without a limit.
        command += ["--remount-ro", "/dev", "--remount-ro", "/"]
        if self.uid is None:
            return command + ["--unshare-user", "--", *limits.command(), *argv]
        return command + ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--", *_become(self.uid),
                          *limits.command(), *argv]


class User(Isolation):
    name = "user"
    remedy = "the package util-linux has it"
    qemu_options = QEMU_SANDBOX

    def __init__(self):
        super().__init__()
        self.uid = _own_uid()

    def programs(self):
        return ["setpriv", "prlimit", "env"]

    def hides(self, path):
        """Not readable by all users: looked at for everything below it."""
        if _way_closed(os.path.realpath(path)):
            return True
        inside = [os.path.join(d, n) for d, dirs, files in os.walk(path) for n in files]
        return bool(inside) and not any(os.stat(p).st_mode & stat.S_IROTH for p in inside)

    def check(self):
        if self.uid is None:
            raise IsolationError("user: only root can start commands as another user")
        super().check()

    def _command(self, argv, writable, readable, limits):
        environment = {**ENVIRONMENT, "TMPDIR": next(filter(os.path.isdir, writable), "/tmp")}
        return [*_become(self.uid), "--pdeathsig", "KILL", "env", "-i", *(f"{k}={v}" for k, v in environment.items()),
                *limits.command(), *argv]


def choose(name=None):
    """The isolation of this name; for None and "auto" the first of bubblewrap and user that works here.

    => IsolationError, which says what to install, when there is none
    """
    kinds = {k.name: k for k in (Bubblewrap, User, Isolation)}
    name = None if name == "auto" else name
    if name is not None and name not in kinds:
        raise IsolationError(f"there is no isolation {name!r}: say {', '.join(kinds)}")
    reasons = []
    for kind in [kinds[name]] if name else (Bubblewrap, User):
        isolation = kind()
        try:
            isolation.check()
            return isolation
        except IsolationError as e:
            reasons.append(str(e))
    raise IsolationError("submissions cannot be contained here (" + "; ".join(reasons) + "): install the package "
                         "bubblewrap and allow user namespaces, or run this as root")


# ---- parts of the commands ------------------------------------------------------------------------------------------

def _own_uid():
    """For root a user id that this process shares with few others, so that each has its own count of processes."""
    if os.geteuid():
        return None
    return FIRST_UID + os.getpid() % (LAST_UID - FIRST_UID + 1)


def _become(uid):
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--no-new-privs", "--inh-caps=-all",
            "--bounding-set=-all"]


def _system_mounts():
    """bwrap's arguments for the system: /usr and a little of /etc read-only; a /tmp, a /proc and a /dev of its own."""
    mounts = ["--ro-bind", "/usr", "/usr"]
    for path in ROOT_FOLDERS:
        if os.path.islink(path):
            mounts += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            mounts += ["--ro-bind", path, path]
    for path in SYSTEM:
        mounts += [*_way(path), "--ro-bind-try", path, path]
    return mounts + ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--size", str(TMP_BYTES), "--tmpfs", "/tmp"]


def _way(path):
    """bwrap's arguments for the folders above a path: those that it makes by itself nobody else could enter."""
    above = path.split("/")[1:-1]
    folders = ["/" + "/".join(above[:i + 1]) for i in range(len(above))]
    return [word for f in folders if f not in ("/usr", *ROOT_FOLDERS) for word in ("--perms", "0755", "--dir", f)]


def _inside(path, folder):
    return os.path.commonpath([os.path.realpath(path), os.path.realpath(folder)]) == os.path.realpath(folder)


def _give(path, uid):
    """Make uid the owner of a file, or of a folder and what is in it; links are not followed.

    What vanishes meanwhile belongs to another command that runs in the same folder.
    """
    os.chown(path, uid, uid, follow_symlinks=False)
    for _, dirs, files, fd in os.fwalk(path) if os.path.isdir(path) else ():
        for name in (*dirs, *files):
            with suppress(FileNotFoundError):
                os.chown(name, uid, uid, dir_fd=fd, follow_symlinks=False)


def _check_readable(path, uid):
    info = os.stat(path)
    wanted = stat.S_IROTH | (stat.S_IXOTH if stat.S_ISDIR(info.st_mode) else 0)
    if info.st_uid != uid and info.st_mode & wanted != wanted:
        raise IsolationError(f"the sandbox's user cannot read {path}: chmod -R o+rX it")


def _way_closed(path):
    """Is there a folder on the way to this path that other users cannot enter?"""
    while path != "/":
        if os.path.isdir(path) and not os.stat(path).st_mode & stat.S_IXOTH:
            return True
        path = os.path.dirname(path)
    return False


# ---- reading a command that may never stop --------------------------------------------------------------------------

def _read(process, deadline, most):
    """(what a process writes, '' or why that was stopped before its end)."""
    output = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0, deadline - time.monotonic())):
                return bytes(output), "time"
            data = os.read(process.stdout.fileno(), 1 << 16)
            if not data:
                return bytes(output), ""
            output += data
            if len(output) > most:
                return bytes(output[:most]), "output"


def _kill(process):
    """End a command and what it started: its group here, and all of a sandbox with the sandbox's first process."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()
    process.wait()
