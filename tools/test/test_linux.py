"""Programs of Linux, unmodified: made by cross compilers with glibc and musl, static and dynamic, for both machines.

They are user/linux/clib.c and the user tests, whose sources know no C library of ours: all of them as static programs of
glibc; the other kinds are tried by the programs that ask most of loader and library, not by those whose subject is a
system call's every corner (PAGODA_LINUX=all in the environment: by all). What a kind of program needs and this host has
not is said, and that kind is skipped.
"""

import glob
import os
import re
import subprocess

import clib
import guest
import pytest
from conftest import ROOT, Shared, make

SOURCES = {"clib": os.path.join(ROOT, "user/linux/clib.c")} | {
    os.path.basename(p)[:-2]: p for p in sorted(glob.glob(os.path.join(ROOT, "user/test/*.c")))}
# exec's two hundred spoilt copies of itself take long where the program is large; they are test_user's.
EXEC = ("arguments_and_environment refusals scripts too_long descriptors_on_exec auxiliary_vector "
        "wrong_machine_is_refused")
EVERY_KIND = ("clib", "exec", "files", "mm", "pipes", "process", "signals", "threads")
# musl: no sbrk, so no heap there, and brk() says ENOMEM; mprotect rounds addresses; mmap and mremap look at lengths first
# and tell EPERM as ENOMEM; fchmod finds a way for O_PATH. Its headers have no word for some of what the tests use (old
# system calls of i386, young flags): a test that musl cannot build is skipped. Its clone() refuses what makes a thread.
MUSL_DIFFERS = {
    "brk": {"the_library_says_enomem"}, "mlock": {"all_that_comes"}, "mm": {"protections", "program_break"},
    "mmap": {"locked_limit"}, "mprotect": {"errors"}, "mremap": {"flags_and_addresses", "what_is_not_mapped"},
    "overcommit": {"changes_of_promises"}, "procfs": {"mappings"}, "threads": {"tids_written_and_cleared"},
    "vfs": {"path_descriptors"}}
# i386's libraries refuse large offsets of mmap themselves, and fill shmctl's answer in: a bad pointer kills.
I386_DIFFERS = {"mmap": {"offsets"}, "shm": {"bad_arguments"}}
PLUGIN = os.path.join(ROOT, "user/linux/plugin.c")


def group(arch, kind):
    return pytest.mark.xdist_group(f"linux-{arch}-{kind}")


WORLDS = [pytest.param((arch, kind), id=f"{arch}-{kind}", marks=group(arch, kind))
          for arch in ("riscv", "i386") for kind in clib.KINDS]
PROGRAMS = [pytest.param(world.values[0], program, id=f"{world.id}-{program}", marks=world.marks) for world in WORLDS
            for program in (SOURCES if world.values[0][1] == "glibc-static" or os.environ.get("PAGODA_LINUX") == "all"
                       else EVERY_KIND)]


def flags(kind):
    words = ["-w", "-pthread", "-s", "-I", ROOT, "-D_FILE_OFFSET_BITS=64", "-D_TIME_BITS=64"]
    return words + (["-DSTATIC"] if "static" in kind else ["-rdynamic"])


def make_programs(arch, kind):
    """A tree with every program of that kind in /linux, its loader and libraries; and why some could not be made.

    => clib.Missing; (tree, {program: the compiler's words})
    """
    tree, faults = os.path.join(ROOT, "build", "linux", f"{arch}-{kind}"), {}
    for name, source in SOURCES.items():
        program = os.path.join(tree, "linux", name)
        inputs = [source, os.path.join(ROOT, "user/test/test.h"), clib.__file__]
        try:
            if not os.path.exists(program) or any(os.path.getmtime(i) > os.path.getmtime(program) for i in inputs):
                clib.compile(arch, kind, [source], program, *flags(kind), "-lm")
        except subprocess.CalledProcessError as e:
            faults[name] = e.stdout
    if "static" not in kind:
        clib.compile(arch, kind, [PLUGIN], os.path.join(tree, "linux", "plugin.so"), shared=True)
        clib.runtime(arch, kind, tree)
    return tree, faults


@pytest.fixture(scope="module")
def world(request, build):
    """(arch, kind, a guest whose /linux holds the programs, those that could not be made)."""
    arch, kind = request.param
    build(arch)
    try:
        tree, faults = make_programs(arch, kind)
    except clib.Missing as e:
        pytest.skip(str(e))
    made = make(f"ARCH={arch}", f"EXTRA={tree}", "all", "print-disk", text=True)
    assert made.returncode == 0, made.stderr
    shared = Shared(os.path.join(ROOT, "build", arch), 4, disk=made.stdout.splitlines()[-1])
    yield arch, kind, shared, faults
    shared.end()


@pytest.mark.parametrize("world, program", PROGRAMS, indirect=["world"], scope="module")
def test_program(world, program):
    arch, kind, vm, faults = world
    if program in faults and "musl" in kind and program != "clib":
        pytest.skip("musl has no " + ", ".join(sorted(set(re.findall(r"‘(\w+)’ undeclared", faults[program])))))
    assert program not in faults, faults[program]
    status, out, err = vm.run(f"cd /tmp && /linux/{program} {EXEC if program == 'exec' else ''}", timeout=900)
    results, _ = guest.parse_tap(out)
    tables = [MUSL_DIFFERS] * ("musl" in kind) + [I386_DIFFERS] * (arch == "i386")
    failed = {name for ok, name, _ in results if not ok}.difference(*(table.get(program, ()) for table in tables))
    assert results and not failed and status in (0, 1), f"status {status}: {failed}\n{out[-8000:]}{err[-4000:]}"


@pytest.mark.parametrize("world", [w for w in WORLDS if "static" not in w.id], indirect=True, scope="module")
def test_loader_by_hand(world):
    """The interpreter is a program itself; a program whose interpreter is missing is not found."""
    arch, kind, vm, _ = world
    loader = f"/lib/{clib.LOADER[arch, kind]}"
    assert vm.run(f"{loader} /linux/clib numbers")[0] == 0
    assert vm.run(f"mv {loader} /lib/away; /linux/clib numbers; s=$?; mv /lib/away {loader}; exit $s")[0] == 127


@pytest.mark.quick
@pytest.mark.xdist_group("oracle")
def test_oracle(tmp_path):
    """The same source on the host's Linux."""
    subprocess.run(["gcc", "-std=gnu11", "-O1", "-D_GNU_SOURCE", *flags("glibc"), SOURCES["clib"], "-o", tmp_path / "clib",
                    "-lm"], check=True)
    subprocess.run(["gcc", "-shared", "-fPIC", PLUGIN, "-o", tmp_path / "plugin.so"], check=True)
    ran = subprocess.run([tmp_path / "clib"], cwd=tmp_path, capture_output=True, text=True, timeout=900)
    results, fault = guest.parse_tap(ran.stdout)
    assert results and not fault and ran.returncode == 0, f"{fault}\n{ran.stdout}{ran.stderr}"
