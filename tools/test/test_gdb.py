"""make qemu-gdb and make gdb: breakpoints, backtraces with names, from a user program into the kernel and back."""

import os
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


def test_user_program_into_the_kernel_and_back(gdb, tmp_path):
    script = tmp_path / "steps.py"
    script.write_text(STEPS)
    said = gdb("init=/bin/echo", "add-user echo", "break main", "continue", "backtrace", "tbreak write", "continue",
               f"source {script}")
    assert "main (" in said and "user/bin/echo.c" in said, said
    assert "entered the kernel in" in said and "back in" in said, said
