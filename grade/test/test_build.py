"""A base built once, and submissions compiled over it. The small tree stands for Pagoda: the same verbs, one file."""

import os
import time
from pathlib import Path

import pytest

from grade import UserError, build, isolation

MAKEFILE = """\
ARCH ?= riscv
B := build/$(ARCH)$(if $(RVHIGHMEM),-rvhighmem)
all: $(B)/pagoda
$(B)/pagoda: $(B)/mm/one.o $(B)/mm/two.o
	@gcc -nostdlib -static -Wl,-e,one -o $@ $^
$(B)/%.o: %.c
	@mkdir -p $(@D); echo compiled $< >> $(B)/log; gcc -MMD -ffreestanding -Wall -Werror -I. -c $< -o $@
builddir: ; @echo $(B)
-include $(B)/mm/one.d $(B)/mm/two.d
"""
ONE = "#include \"mm/one.h\"\nint one(void) { return ONE; }\n"
TREE = {"Makefile": MAKEFILE, "mm/one.c": ONE, "mm/one.h": "#define ONE 1\n",
        "mm/two.c": "int two(void) { return 2; }\n", "labs/x/hidden/test_a.py": "SECRET = 42\n"}


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """The small tree, and a cache of its own, where a sandbox's user can reach them."""
    monkeypatch.setenv("PAGODA_CACHE", str(tmp_path / "cache"))
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(parent.stat().st_mode | 0o011)
    for name, text in TREE.items():
        (tmp_path / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / name).write_text(text)
    return tmp_path / "tree"


@pytest.fixture(scope="module")
def contained():
    return isolation.choose()


@pytest.fixture
def built(tree, contained, tmp_path):
    """build(files) → (results, the first machine's log of what was compiled)."""
    base = build.base(tree, ("riscv", "i386"))

    def compile_files(files, how=contained):
        work = tmp_path / f"work{len(list(tmp_path.iterdir()))}"
        work.mkdir(mode=0o755)
        results = build.build(base, {n: t.encode() for n, t in files.items()}, work, how)
        log = (work / "tree/build/riscv/log").read_text().splitlines()
        return results, log[2:]
    return compile_files


def test_a_base_is_built_once(tree):
    first = build.base(tree)
    stamp = os.stat(first.builddir("riscv") / "pagoda").st_mtime_ns
    os.utime(tree / "mm/one.c")
    assert build.base(tree) == first and os.stat(first.builddir("riscv") / "pagoda").st_mtime_ns == stamp
    (tree / "mm/one.h").write_text("#define ONE 3\n")
    assert build.base(tree).key != first.key
    assert sorted(p.name for p in first.tree.parent.iterdir() if p.is_dir()) == sorted(
        {first.tree.name, build.base(tree).tree.name})


def test_a_machine_may_need_a_build_of_its_own(tree, contained, tmp_path):
    plain, base = build.base(tree), build.base(tree, options={"riscv": "RVHIGHMEM=1"})
    assert base.key != plain.key
    folders = [base.builddir(m).relative_to(base.tree) for m in base.machines]
    assert folders == [Path("build/riscv-rvhighmem"), Path("build/i386")]
    assert (base.builddir("riscv") / "pagoda").is_file() and not (base.tree / "build/riscv").exists()
    (tmp_path / "work").mkdir(mode=0o755)
    results = build.build(base, {"mm/one.c": ONE.encode() + b"int more;\n"}, tmp_path / "work", contained)
    assert all(r.ok for r in results.values())
    assert results["riscv"].builddir == tmp_path / "work/tree/build/riscv-rvhighmem"
    assert (results["riscv"].builddir / "log").read_text().splitlines()[2:] == ["compiled mm/one.c"]
    assert build.build_tree(tree, "riscv", base.options).builddir == tree / "build/riscv-rvhighmem"


def test_a_base_has_nothing_but_what_make_reads(tree):
    base = build.base(tree)
    assert sorted(p.name for p in base.tree.iterdir()) == ["Makefile", "build", "mm"]


def test_a_base_that_does_not_compile(tree):
    (tree / "mm/one.c").write_text("int one(void) { return x; }\n")
    with pytest.raises(UserError, match="mm/one.c:1:.*x.* undeclared"):
        build.base(tree)
    assert not [p for p in (build.cache_dir() / "base").iterdir() if p.is_dir()]


def test_no_tree(tmp_path):
    with pytest.raises(UserError, match="no tree of Pagoda"):
        build.base(tmp_path)


def test_only_what_changed_is_compiled(built):
    assert built({"mm/one.c": ONE})[1] == []
    results, log = built({"mm/one.c": ONE + "int more;\n"})
    assert all(r.ok and not r.message for r in results.values()) and log == ["compiled mm/one.c"]
    assert sorted(results) == ["i386", "riscv"] and (results["i386"].builddir / "pagoda").is_file()


def test_the_compilers_message_has_no_host_path(built, tmp_path):
    results, _ = built({"mm/one.c": "int one(void) { return x; }\n"})
    for result in results.values():
        assert not result.ok and result.message.startswith("mm/one.c: In function")
        assert str(tmp_path) not in result.message and "make" not in result.message


@pytest.mark.parametrize("text,said", [
    ('asm(".incbin \\"/etc/passwd\\"");', "file not found: /etc/passwd"),
    ('#include "/etc/passwd"', "No such file"),
    ('#include "labs/x/hidden/test_a.py"', "No such file"),
    ('asm(".rept 2000000000\\n .quad 1\\n .endr");', "may not use more than"),
    ("char big[1UL << 30] = { 1 };", "may not use more than 128 MiB for one file"),
    ("char big[1UL << 30];", "needs 1024 MiB of memory for itself"),
    ("#include __FILE__\n#include __FILE__", "messages never ended"),
    ('_Pragma("GCC error \\"\\x1b[31mred\\"")', "GCC error"),
])
def test_hostile_files(built, text, said):
    results, _ = built({"mm/one.c": ONE + text + "\n"})
    assert not results["riscv"].ok and said in results["riscv"].message
    assert len(results["riscv"].message) < 5000 and "\x1b" not in results["riscv"].message
    assert not results["riscv"].infrastructure


def test_a_compiler_that_computes_for_ever(built, monkeypatch):
    monkeypatch.setattr(build, "LIMITS", isolation.Limits(cpu_seconds=1, memory_bytes=1 << 30, file_bytes=1 << 20))
    tens = "\n".join(f"#define A{i + 1} " + f"A{i} " * 10 for i in range(12))
    results, _ = built({"mm/one.c": f"{ONE}#define A0\n{tens}\nA12\n"})
    assert not results["riscv"].ok and "1 s of CPU time" in results["riscv"].message


def test_what_make_leaves_may_be_no_kernel(tmp_path):
    kernel = tmp_path / "pagoda"
    assert "made no kernel" in build._kernel_fault(kernel)
    kernel.symlink_to("/bin/true")
    assert "no file" in build._kernel_fault(kernel)
    kernel.unlink()
    kernel.write_bytes(b"\x7fELF and then nothing")
    assert "no ELF file" in build._kernel_fault(kernel)
    os.truncate(kernel, build.KERNEL_BYTES + 1)
    assert "no file of at most 64 MiB" in build._kernel_fault(kernel)


def test_time_that_runs_out_is_nobodys_mark(built, monkeypatch, contained):
    monkeypatch.setattr(build, "WALL_SECONDS", 0)
    results, _ = built({"mm/one.c": ONE + "int more;\n"})
    assert results["riscv"].infrastructure and not results["riscv"].ok


def test_own_tree(tree):
    assert build.build_tree(tree, "riscv").ok
    time_stamp = time.time_ns() + 10**9
    (tree / "mm/one.c").write_text("int one(void) { return x; }\n")
    os.utime(tree / "mm/one.c", ns=(time_stamp, time_stamp))
    result = build.build_tree(tree, "riscv")
    assert not result.ok and "undeclared" in result.message
