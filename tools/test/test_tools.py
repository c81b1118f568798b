"""The house itself: lint, set-up, help, the tools' own logic, what make puts on the disk."""

import json
import os
import re
import subprocess

import guest
import pytest
from conftest import ROOT, make

LOCAL = pytest.mark.xdist_group("tools")
pytestmark = LOCAL


@pytest.mark.parametrize("arch", ["riscv", "i386"])
def test_lint(arch):
    result = make("lint", f"ARCH={arch}", text=True)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.quick
def test_shell_scripts_parse():
    for name in ("setup.sh", "toolprefix.sh", "debian", "mkimage", "link-kernel", "kallsyms", "gdb/attach"):
        subprocess.run(["sh", "-n", os.path.join(ROOT, "tools", name)], check=True)


@pytest.mark.quick
def test_help_lists_every_verb():
    verbs = "all qemu run qemu-gdb gdb ktest test-quick test soak bench busybox lint doctor clean".split()
    listed = re.findall(r"^([a-z-]+) ", make("help", text=True).stdout, re.M)
    assert not set(verbs) - set(listed)


@pytest.mark.quick
def test_doctor_is_content():
    result = make("doctor", text=True)
    assert result.returncode == 0, result.stdout


@pytest.mark.quick
def test_unknown_arch_is_named():
    result = make("ARCH=vax", text=True)
    assert result.returncode == 2 and "ARCH=vax is no machine of Pagoda" in result.stderr


@pytest.mark.quick
def test_missing_compiler_is_named(tmp_path):
    for tool in ("sh", "mktemp", "rm"):
        os.symlink(f"/usr/bin/{tool}", tmp_path / tool)
    for arch, package in (("riscv", "gcc-riscv64-unknown-elf"), ("i386", "gcc-i686-linux-gnu")):
        result = subprocess.run(["/bin/sh", os.path.join(ROOT, "tools/toolprefix.sh"), arch], capture_output=True,
                                text=True, env={"PATH": str(tmp_path)})
        assert result.stdout == "none\n"
        assert result.stderr.count("\n") == 1 and package in result.stderr


@pytest.mark.quick
@pytest.mark.parametrize("arch,prefixes", [("riscv", ["riscv64-unknown-elf-", "riscv64-elf-", "riscv64-linux-gnu-"]),
                                           ("i386", ["i686-linux-gnu-", "i686-elf-", "i386-elf-", ""])])
def test_compiler_is_the_first_that_works(arch, prefixes, tmp_path):
    """Of those that are there; the last of the PC's is the host's own, with -m32."""
    for tool in ("sh", "mktemp", "rm", "touch"):
        os.symlink(f"/usr/bin/{tool}", tmp_path / tool)
    broken = tmp_path / f"{prefixes[0]}gcc"
    for prefix in reversed(prefixes):
        for tool in ("gcc", "nm"):
            path = tmp_path / (prefix + tool)
            path.write_text("#!/bin/sh\nfor out; do :; done; touch $out\n")
            path.chmod(0o755)
        result = subprocess.run(["/bin/sh", os.path.join(ROOT, "tools/toolprefix.sh"), arch], capture_output=True, text=True,
                                env={"PATH": str(tmp_path)})
        assert (result.stdout, result.stderr) == (prefix + "\n", "")
    broken.write_text("#!/bin/sh\nexit 1\n")
    result = subprocess.run(["/bin/sh", os.path.join(ROOT, "tools/toolprefix.sh"), arch], capture_output=True, text=True,
                            env={"PATH": str(tmp_path)})
    assert result.stdout == prefixes[1] + "\n"


@pytest.mark.quick
@pytest.mark.parametrize("words,env", [([], {"TOOLPREFIX": "/opt/mine-"}), (["TOOLPREFIX=/opt/mine-"], {})])
def test_compiler_that_one_asks_for(words, env):
    """TOOLPREFIX, from the environment or as a word of make's."""
    plan = subprocess.run(["make", "-n", "V=1", "ARCH=riscv", *words, "B=build/none", "build/none/mm/util.o"], cwd=ROOT,
                          capture_output=True, text=True, env={**os.environ, **env, "MAKEFLAGS": ""})
    assert re.search(r"; /opt/mine-gcc .* -c mm/util.c", plan.stdout), plan.stdout + plan.stderr


@pytest.mark.quick
def test_old_qemu_is_named(tmp_path):
    old = tmp_path / "qemu-system-riscv64"
    old.write_text("#!/bin/sh\necho QEMU emulator version 5.2.0\n")
    old.chmod(0o755)
    with pytest.raises(guest.GuestError, match="is version 5.2; Pagoda needs 7.2 or newer"):
        guest.check_qemu(str(old))
    with pytest.raises(guest.GuestError, match="install the package qemu-system-misc"):
        os.environ["PATH"], path = str(tmp_path / "nothing"), os.environ["PATH"]
        try:
            guest.check_qemu("qemu-system-riscv64")
        finally:
            os.environ["PATH"] = path


@pytest.mark.quick
def test_parse_tap():
    assert guest.parse_tap("1..2\nok 1 - a\n[  0.10] ok 2 - b # SKIP no\n") == ([(True, "a", ""), (True, "b", "SKIP no")], "")
    assert guest.parse_tap("1..2\nok 1 - a\nnot ok 2 - b\n")[1] == "failed: b"
    assert guest.parse_tap("1..3\nok 1 - a\n")[1] == "3 tests planned, 1 reported"
    assert guest.parse_tap("ok 1 - a\n")[1] == "no plan"
    assert guest.parse_tap("ok 1 - a\nBail out! the disk is gone\n")[1] == "Bail out! the disk is gone"


@pytest.mark.quick
def test_symbol_table_tool():
    symbols = "80000000 T first\n80000000 t $x\n80000010 t second\n80000020 D data\n80000030 T third\n"
    text = subprocess.run([os.path.join(ROOT, "tools/kallsyms")], input=symbols, capture_output=True, text=True,
                          check=True).stdout
    assert re.findall(r"\.long (\S+)", text) == ["0x80000000", "0x80000010", "0x80000030"]
    assert re.findall(r'\.asciz "(.*)"', text) == ["first", "second", "third"]
    assert ".quad 3" in text


@pytest.mark.parametrize("name", ["riscv", "i386"])
def test_kernel_knows_its_symbols(build, name):
    """The table in the kernel is that of the kernel: pass after pass, the link has settled."""
    path = build(name)
    with open(os.path.join(path, "pagoda.sym"), encoding="utf-8") as f:
        told = f.read()
    nm = "riscv64-unknown-elf-nm" if name == "riscv" else "i686-linux-gnu-nm"
    assert subprocess.run([nm, "-n", os.path.join(path, "pagoda")], capture_output=True, text=True).stdout == told


def test_compile_commands(build):
    build("riscv")
    assert make("compile_commands.json").returncode == 0
    with open(os.path.join(ROOT, "compile_commands.json"), encoding="utf-8") as f:
        files = {entry["file"] for entry in json.load(f)}
    assert "mm/page_alloc.c" in files and "user/bin/ls.c" in files


@pytest.mark.parametrize("block", [1024, 2048, 4096])
def test_extra_tree_on_the_image(boot, build, tmp_path, block):
    """EXTRA=dir stands on the disk, at every block size, and the guest reads it."""
    (tmp_path / "extra" / "data").mkdir(parents=True)
    (tmp_path / "extra" / "data" / "big file").write_bytes(bytes(range(256)) * 5000)
    words = (f"EXTRA={tmp_path}/extra", f"BLOCK={block}")
    build("riscv", *words)
    image = make(*words, "print-disk", text=True).stdout.strip()
    vm = boot("riscv", disk=os.path.join(ROOT, image))
    vm.wait_ready()
    assert vm.run("cat '/data/big file'")[1] == bytes(range(256)) * 5000
    assert vm.run("cp '/data/big file' /data/copy && rm '/data/big file'")[0] == 0
    assert vm.power_off() == 0
    assert guest.fsck(vm.disk) == ""
    os.remove(os.path.join(ROOT, image))


def test_extra_must_be_a_directory():
    result = make("EXTRA=/nonexistent/tree", text=True)
    assert result.returncode == 2 and "EXTRA=/nonexistent/tree is not a directory" in result.stderr
