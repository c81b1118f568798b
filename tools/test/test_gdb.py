"""make qemu-gdb and make gdb: breakpoints, backtraces with names, from a user program into the kernel and back."""

import os
import re
import socket
import subprocess

import guest
import pytest
from conftest import ISAS, ROOT

STEPS = """
import gdb
back = gdb.newest_frame().older().pc()
gdb.execute("enter-kernel")
gdb.execute(f"tbreak *{back}")
gdb.execute("continue")
print("back in", gdb.newest_frame().name())
"""

# On RISC-V any hart may boot and become CPU 0: as if this CPU had been another processor of the machine.
OTHER_PROCESSOR = """
import gdb
table = "cpu_hartid" if gdb.lookup_type("long").sizeof == 8 else "cpu_apicid"
here = gdb.selected_thread().num - 1
ids = [int(gdb.parse_and_eval(f"{table}[{cpu}]")) for cpu in range(4)]
cpu, there = ids.index(here), next(i for i in ids if i != here)
gdb.execute(f"set var {table}[{ids.index(there)}] = {here}")
gdb.execute(f"set var {table}[{cpu}] = {there}")
gdb.execute(f"thread {there + 1}")
print("there runs", gdb.parse_and_eval("$current()->comm"))
"""


@pytest.fixture(params=ISAS)
def gdb(request, build, tmp_path):
    """gdb(append, …commands…): what GDB says, attached to a guest that waits for it."""
    path = build(request.param.build)

    def session(append, *commands):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        disk = str(tmp_path / "disk.img")
        guest.copy_disk(os.path.join(path, "disk.img"), disk)
        env = {**os.environ, "GDBPORT": str(port), "CPUS": str(request.param.cpus), "APPEND": append, "DISK": disk}
        vm = subprocess.Popen([os.path.join(ROOT, "tools/qemu"), "--gdb", path], env=env, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
        try:
            vm.stdout.readline()
            words = [w for c in commands for w in ("-ex", c)]
            return subprocess.run([os.path.join(ROOT, "tools/gdb/attach"), path, "-batch", *words], env=env, text=True,
                                  capture_output=True, timeout=240).stdout
        finally:
            vm.kill()
            vm.wait()

    return session


def test_break_in_do_exit(gdb):
    said = gdb("init=/bin/true", "break do_exit", "continue", "backtrace")
    assert "Breakpoint 1, do_exit (" in said, said
    assert "sys_exit" in said.split("#1")[1], said


def after(said, marker):
    """What was said between one `echo` and the next."""
    return said.split(f"<{marker}>")[1].split("<")[0]


def test_pg_commands_show_the_memory_manager(gdb):
    marks = ("zones", "free", "page", "stack", "ps", "vma", "pte", "slab")
    commands = ("pg-zones", "pg-free", "pg-page &mem_section", "pg-page $current()->stack", "pg-ps", "pg-vma 1",
                "pg-pte &mem_section", "pg-slab")
    steps = [step for mark, command in zip(marks, commands) for step in (f"echo <{mark}>\\n", command)]
    said = gdb("init=/bin/true", "echo <early>\\n", "pg-zones", "tbreak do_exit", "continue", *steps, "echo <end>\\n",
               "pg-page nonsense", "pg-vma 4711")
    zone = re.search(r"free (\d+)  lists (\d+)  pcp", after(said, "zones"))
    assert zone and zone.group(1) == zone.group(2), said
    assert "order 10: 0x" in after(said, "free") and "…" not in after(said, "free"), said
    assert re.search(r"flags .*reserved\n +count +1\n", after(said, "page")), said
    assert re.search(r"pfn 0x[0-9a-f]+, physical .*\n +flags .*none\n", after(said, "stack")), said
    assert re.search(r"^ +1 +0 +R .* true$", after(said, "ps"), re.M) and "[kswapd0]" in after(said, "ps"), said
    assert re.search(r"rw-p 0x[0-9a-f]+ +\[growsdown account\]", after(said, "vma")), said
    physical = re.search(r"page: physical (0x[0-9a-f]+)", after(said, "pte"))
    assert physical and f"physical {int(physical.group(1), 16) & ~0xfff:#x}" in after(said, "page"), said
    assert re.search(r"^vm_area_struct +\d+ +\d+ +[1-9]", after(said, "slab"), re.M), said
    assert "Traceback" not in said, said


def test_current_asks_the_kernel_which_cpu_a_thread_is(gdb, tmp_path):
    script = tmp_path / "other_processor.py"
    script.write_text(OTHER_PROCESSOR)
    said = gdb("init=/bin/true", "tbreak do_exit", "continue", f"source {script}")
    assert 'there runs "true' in said, said


def test_user_program_into_the_kernel_and_back(gdb, tmp_path):
    script = tmp_path / "steps.py"
    script.write_text(STEPS)
    said = gdb("init=/bin/echo", "add-user echo", "break main", "continue", "backtrace", "tbreak write", "continue",
               f"source {script}")
    assert "main (" in said and "user/bin/echo.c" in said, said
    assert "entered the kernel in" in said and "back in" in said, said
