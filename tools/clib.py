"""Programs of Linux: made by the host's cross compilers with a C library of Debian, run on Pagoda as they are.

Four kinds of program: "glibc-static", "glibc", "musl-static" and "musl"; the dynamic ones find their loader and libraries
in the image by runtime(). What a kind needs and this host has not is Missing, whose text says what to install.
"""

import os
import shutil
import subprocess

import guest

KINDS = ["glibc-static", "glibc", "musl-static", "musl"]
TRIPLET = {"riscv": "riscv64-linux-gnu", "i386": "i686-linux-gnu"}
MUSL = {"riscv": "riscv64-linux-musl", "i386": "i386-linux-musl"}
CROSS_LIBC = {"riscv": "libc6-dev-riscv64-cross", "i386": "libc6-dev-i386-cross"}
LOADER = {("riscv", "glibc"): "ld-linux-riscv64-lp64d.so.1", ("i386", "glibc"): "ld-linux.so.2",
          ("riscv", "musl"): "ld-musl-riscv64.so.1", ("i386", "musl"): "ld-musl-i386.so.1"}
GLIBC_PARTS = ["libc.so.6", "libpthread.so.0", "libdl.so.2", "libm.so.6", "librt.so.1", "libgcc_s.so.1"]


class Missing(Exception):
    """This host cannot make such a program."""


def gcc(arch):
    """The cross compiler for Linux."""
    name = TRIPLET[arch] + "-gcc"
    if not shutil.which(name):
        raise Missing(f"there is no {name}: install the package gcc-{TRIPLET[arch]} (or run tools/setup.sh)")
    return name


def debian(arch, package):
    """The unpacked package of Debian for that machine."""
    got = subprocess.run([os.path.join(guest.ROOT, "tools", "debian"), arch, package], capture_output=True, text=True)
    if got.returncode:
        raise Missing(got.stderr.strip())
    return got.stdout.strip()


def cross_root(arch):
    """Where the package of the cross C library put its headers and libraries."""
    root = os.path.join("/usr", TRIPLET[arch])
    if not os.path.exists(os.path.join(root, "lib", "libc.a")):
        raise Missing(f"there is no glibc for {arch}: install the package {CROSS_LIBC[arch]} (or run tools/setup.sh)")
    return root


def musl_library(arch):
    """musl's one shared object, which is also its loader."""
    tree = debian(arch, "musl")
    places = [os.path.join(tree, folder, MUSL[arch], "libc.so") for folder in ("lib", "usr/lib")]
    return next(path for path in places if os.path.exists(path))


def musl_command(arch, static, output, shared):
    """The compiler's words that make a musl program, before and after its sources and flags."""
    dev = os.path.join(debian(arch, "musl-dev"), "usr")
    lib, headers = os.path.join(dev, "lib", MUSL[arch]), os.path.join(dev, "include", MUSL[arch])
    own = subprocess.run([gcc(arch), "-print-file-name=include"], capture_output=True, text=True,
                         check=True).stdout.strip()
    kernel = os.path.join(guest.ROOT, "build", "debian", arch, "kernel-headers")	# Linux's own, which musl has not
    os.makedirs(kernel, exist_ok=True)
    for name in ("linux", "asm", "asm-generic"):
        if not os.path.lexists(os.path.join(kernel, name)):
            os.symlink(os.path.join(cross_root(arch), "include", name), os.path.join(kernel, name))
    start = [] if shared else [os.path.join(lib, "crt1.o")]
    loader = f"-Wl,-dynamic-linker,/lib/{LOADER[arch, 'musl']}"
    how = ["-shared", "-fPIC"] if shared else ["-static"] if static else [loader]
    libc = [os.path.join(lib, "libc.a"), "-lgcc", "-lgcc_eh"] if static else \
        ["-L", os.path.dirname(musl_library(arch)), "-l:libc.so", "-lgcc"]	# its name, not its path, is what is needed
    return ([gcc(arch), "-nostdinc", "-isystem", headers, "-isystem", own, "-idirafter", kernel, "-nostdlib", "-no-pie",
             "-L", lib, "-o", output, *how, *start, os.path.join(lib, "crti.o")],
            [*libc, os.path.join(lib, "crtn.o")])


def compile(arch, kind, sources, output, *flags, shared=False):
    """Make a program (or with shared=True a library) of that kind.

    => Missing; CalledProcessError tells the compiler's words
    """
    libc, _, static = kind.partition("-")
    if libc == "musl":
        before, after = musl_command(arch, bool(static), output, shared)
    else:
        cross_root(arch)
        before = [gcc(arch), "-o", output, *(["-shared", "-fPIC"] if shared else ["-static"] if static else [])]
        after = []
    os.makedirs(os.path.dirname(output), exist_ok=True)
    subprocess.run([*before, "-std=gnu11", "-O2", "-D_GNU_SOURCE", *sources, *flags, *after], check=True,
                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def runtime(arch, kind, tree):
    """Put the loader and the libraries that such programs ask for into tree/lib. => Missing"""
    libc, _, static = kind.partition("-")
    if static:
        return
    lib = os.path.join(tree, "lib")
    os.makedirs(lib, exist_ok=True)
    loader = LOADER[arch, libc]
    if libc == "musl":
        shutil.copy(musl_library(arch), os.path.join(lib, loader))
        return
    for name in [loader, *GLIBC_PARTS]:
        shutil.copy(os.path.join(cross_root(arch), "lib", name), lib)
