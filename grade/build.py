"""Kernels for grading: a pristine base built once, and submissions compiled over copies of it.

base() builds a tree for the machines into a cache, under a name that is the hash of its files and of the toolchain; so
what is there is right, and is never changed. build() copies a base with its time stamps, writes a submission's files
over it, and runs make in isolation: only what depends on those files is compiled again. Everything in build/ is
relative to the tree, so a copy at another path is as good as the first.
"""

import fcntl
import hashlib
import os
import re
import shutil
import stat
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from grade import UserError
from grade.isolation import Limits

MACHINES = ("riscv", "i386")
# What `make all` reads. Labs, tests and the grader are not among it: no compiler of a submission ever sees them.
PARTS = ("Makefile", "arch-*", "kernel", "mm", "user", "tools")
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*", "*.orig", "*.rej", "*~")
QEMU = {"riscv": "qemu-system-riscv64", "i386": "qemu-system-i386"}

LIMITS = Limits(cpu_seconds=30, memory_bytes=1 << 30, file_bytes=128 << 20, processes=64)
WALL_SECONDS = 300			# make that neither ends nor computes: a fault of the host
KERNEL_BYTES = 64 << 20			# the file, with its debug information
KERNEL_MEMORY = 24 << 20		# what it takes of the guest's memory
MESSAGE_BYTES = 4000


@dataclass(frozen=True)
class BuildResult:
    """One machine's kernel, or why there is none: a message for the student, without paths of this host.

    `infrastructure` says that it is not the submission's fault: build again.
    """
    ok: bool
    message: str
    builddir: Path
    infrastructure: bool = False


@dataclass(frozen=True)
class Base:
    """A built tree in the cache; nobody writes to it."""
    tree: Path
    key: str
    machines: tuple
    options: dict = field(default_factory=dict)     # machine → a word for make, as a lab's lab.toml has it

    def builddir(self, machine):
        return _builddir(self.tree, machine, self.options)


# ---- the base -------------------------------------------------------------------------------------------------------

def cache_dir():
    """Where bases are kept: PAGODA_CACHE, or a folder of the user's cache (XDG base directory specification)."""
    own = os.environ.get("PAGODA_CACHE")
    return Path(own) if own else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pagoda"


def base(tree, machines=MACHINES, options=None):
    """The tree as a Base, built now unless the cache has it.

    options: {machine: a word for make, "RVHIGHMEM=1"}

    => UserError with the compiler's message when the tree itself does not compile
    """
    tree, machines, options = Path(tree), tuple(machines), options or {}
    if not (tree / "Makefile").is_file():
        raise UserError(f"{tree} is no tree of Pagoda: it has no Makefile.")
    key = hashlib.sha256("\n".join([tree_hash(tree), toolchain(tree), *(_words(m, options)[-1] for m in machines)]).encode()).hexdigest()
    home = cache_dir() / "base"
    home.mkdir(parents=True, exist_ok=True)
    done = home / key[:32]
    with open(home / f"{key[:32]}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)		# who comes second finds it built
        if not done.is_dir():
            _build_base(tree, machines, options, done)
    return Base(done, key, machines, options)


def _build_base(tree, machines, options, done):
    new = Path(tempfile.mkdtemp(prefix="new-", dir=done.parent))
    try:
        new.chmod(0o755)
        copy_parts(tree, new)
        for machine in machines:
            result = build_tree(new, machine, options)
            if not result.ok:
                raise UserError(f"The tree that submissions are compared with does not compile:\n{result.message}")
        subprocess.run(["chmod", "-R", "a+rX", new], check=True)	# whatever the umask: the sandbox's user reads it
        os.rename(new, done)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def copy_parts(tree, target):
    """Copy what a build reads, with its time stamps."""
    for part in _parts(tree):
        if part.is_dir():
            shutil.copytree(part, target / part.name, symlinks=True, ignore=LEFT_OUT)
        else:
            shutil.copy2(part, target / part.name)


def _parts(tree):
    return sorted(p for pattern in PARTS for p in Path(tree).glob(pattern))


def tree_hash(tree):
    """A hash of names, modes and contents of what a build reads; time stamps do not count."""
    found = hashlib.sha256()
    for part in _parts(tree):
        for path in [part] if part.is_file() else _files(part):
            mode = path.lstat().st_mode
            data = os.readlink(path).encode() if stat.S_ISLNK(mode) else path.read_bytes()
            found.update(f"{path.relative_to(tree)}\0{mode & 0o111:o}\0{len(data)}\0".encode() + data)
    return found.hexdigest()


def _files(folder):
    for where, dirs, files in os.walk(folder):
        ignored = LEFT_OUT(where, [*dirs, *files])
        dirs[:] = sorted(d for d in dirs if d not in ignored)
        yield from (Path(where, f) for f in sorted(files) if f not in ignored)


def toolchain(tree):
    """What compiles and runs here, as lines: the compilers' and QEMU's versions."""
    lines = []
    for machine in MACHINES:
        prefix = _first_line(Path(tree, "tools/toolprefix.sh").absolute(), machine)
        lines += [_first_line(f"{prefix}gcc", "--version"), _first_line(f"{prefix}ld", "--version"),
                  _first_line(QEMU[machine], "--version")]
    return "\n".join(lines)


def _first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return f"{command[0]}: none"
    return (done.stdout.splitlines() or [""])[0]


# ---- submissions ----------------------------------------------------------------------------------------------------

def build(base, tree_files, workdir, isolation, machines=None):
    """Compile a submission's files {path in the tree: bytes} over a copy of the base, contained: {machine: result}.

    machines: some of the base's, None for all
    => the tree is workdir/tree, for the caller to remove; it may belong to the isolation's user
    """
    tree, machines = Path(workdir, "tree"), machines or base.machines
    _copy_base(base, tree, machines)
    for name, data in tree_files.items():
        path = tree / name
        if not path.is_file() or path.read_bytes() != data:		# the same bytes need no compiler
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    with ThreadPoolExecutor(len(machines)) as pool:
        return dict(zip(machines, pool.map(lambda m: _build_contained(tree, m, base.options, isolation), machines)))


def _copy_base(base, tree, machines):
    """The base's sources and what was built for these machines, with time stamps."""
    builds = tree / "build"
    builds.mkdir(parents=True)
    for source, target in (([p for p in base.tree.iterdir() if p.name != "build"], tree),
                           ([base.builddir(m) for m in machines], builds)):
        subprocess.run(["cp", "-a", "--reflink=auto", *source, target], check=True)


def _words(machine, options):
    """make's words for a machine's build."""
    return [f"ARCH={machine}", *([options[machine]] if machine in options else [])]


def _builddir(tree, machine, options):
    """Where make puts it: for a plain build that is known."""
    if machine not in options:
        return Path(tree, "build", machine)
    done = subprocess.run(["make", "-s", *_words(machine, options), "builddir"], cwd=tree, capture_output=True, text=True,
                          env=_make_env(), check=True)
    return Path(tree, done.stdout.strip())


def _build_contained(tree, machine, options, isolation):
    builddir = _builddir(tree, machine, options)
    done = isolation.run(["make", "-s", *_words(machine, options), "all"], cwd=tree, seconds=WALL_SECONDS,
                         writable=[tree], limits=LIMITS)
    text = done.output.decode(errors="replace")
    if done.fault == "time":
        return BuildResult(False, f"make did not end within {WALL_SECONDS} s.", builddir, infrastructure=True)
    if done.status and "Killed signal" in text:		# no limit of ours ends a compiler so
        return BuildResult(False, "This host ran out of memory.", builddir, infrastructure=True)
    if done.fault == "output":
        fault = "The compiler's messages never ended; the first of them:"
    else:
        fault = _limit_hit(text) if done.status else _kernel_fault(builddir / "pagoda")
    if done.status == 0 and not fault:
        return BuildResult(True, "", builddir)
    return BuildResult(False, "\n".join(filter(None, [fault, _readable(text, tree)])), builddir)


def build_tree(tree, machine, options=None):
    """Compile one's own tree where it stands, by plain make: BuildResult. options: as base() has them"""
    options = options or {}
    done = subprocess.run(["make", "-s", f"-j{os.cpu_count() or 1}", *_words(machine, options), "all"], cwd=tree,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=_make_env())
    message = _readable(done.stdout.decode(errors="replace"), tree) if done.returncode else ""
    return BuildResult(done.returncode == 0, message, _builddir(tree, machine, options))


def _make_env():
    """The environment without what a make above this one left in it."""
    return {k: v for k, v in os.environ.items() if not re.match(r"MAKE|MFLAGS|ARCH$|PAE$|RVHIGHMEM$|SLOB$|DEBUG$|V$", k)}


def _limit_hit(text):
    """Which limit the compiler met, in a sentence; '' when it was just not content with the program."""
    for pattern, limit in ((r"CPU time limit|signal XCPU|signal 24", f"{LIMITS.cpu_seconds} s of CPU time"),
                           (r"memory exhausted|out of memory|cannot allocate",
                            f"{LIMITS.memory_bytes >> 20} MiB of memory"),
                           (r"File size limit|signal XFSZ|signal 25|File too large",
                            f"{LIMITS.file_bytes >> 20} MiB for one file")):
        if re.search(pattern, text, re.I):
            return f"The compiler was stopped: it may not use more than {limit}."
    return ""


def _kernel_fault(path):
    """Why a product of make cannot be started as a kernel, '' when it can. It may be anything: a link, a huge file."""
    try:
        info = path.lstat()
    except OSError:
        return "make ended well, but made no kernel."
    if not stat.S_ISREG(info.st_mode) or info.st_size > KERNEL_BYTES:
        return f"The kernel is no file of at most {KERNEL_BYTES >> 20} MiB."
    try:
        with open(path, "rb") as f:
            memory = sum(s["p_memsz"] for s in ELFFile(f).iter_segments() if s["p_type"] == "PT_LOAD")
    except ELFError:
        return "The kernel is no ELF file."
    if memory > KERNEL_MEMORY:
        return f"The kernel needs {memory >> 20} MiB of memory for itself; {KERNEL_MEMORY >> 20} MiB are allowed."
    return ""


def _readable(text, tree):
    """The compiler's messages for a student: without make's own lines and this host's paths, bounded."""
    text = text.replace(f"{os.path.realpath(tree)}/", "").replace(f"{tree}/", "")
    text = re.sub(r"\S*/cc\w{6}\.[so]\b", "(assembly)", text)		# the compiler's temporary files, named at random
    lines = [line for line in text.splitlines() if not re.match(r"make(\[\d+\])?: ", line)]
    kept = "\n".join(lines or text.splitlines())
    kept = "".join(c for c in kept if c == "\n" or c == "\t" or c.isprintable())
    return kept if len(kept) <= MESSAGE_BYTES else kept[:MESSAGE_BYTES].rsplit("\n", 1)[0] + "\n[more of the same]"
