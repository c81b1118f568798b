"""make run: the command's bytes, its status, and what the host hears when the guest fails."""

import os
import select
import shutil
import subprocess
import sys

import pytest
from conftest import ISAS, ROOT, make, make_args

BYTES = bytes(range(256)) * 800


@pytest.fixture(params=ISAS)
def run(request, build):
    """run(command, …make words…): the finished `make run`."""
    build(request.param.build)

    def start(command, *words, **kwargs):
        return make(*make_args(request.param.build), "run", f"CMD={command}", *words, timeout=300, **kwargs)

    return start


def test_output_byte_for_byte(run):
    """What goes in comes out, with every value of a byte, and nothing else is on stdout."""
    result = run("cat", input=BYTES)
    assert (result.returncode, result.stdout == BYTES) == (0, True), result.stderr.decode()
    assert run("echo out; echo err >&2").stdout == b"out\n"


def test_errors_apart(run):
    result = run("echo out; echo err >&2")
    assert result.stdout == b"out\n" and b"err\n" in result.stderr


@pytest.mark.parametrize("command,status", [("exit 7", 7), ("true", 0), ("nosuchcommand", 127), ("kill -SEGV $$", 139),
                                            ("echo '$x' \"a  b\" | grep -q '^$x a  b$'", 0)])
def test_status(run, command, status):
    assert run(command).returncode == status


def test_empty_input(run):
    result = run("cat; echo done", stdin=subprocess.DEVNULL)
    assert result.stdout == b"done\n"


def test_a_command_that_powers_off(run):
    assert run("poweroff").returncode == 0


def test_hang_is_124(run):
    assert run("sleep 1000", "TIMEOUT=20").returncode == 124


@pytest.mark.parametrize("isa", ISAS)
def test_guest_dies_with_its_host(isa, build):
    """Whoever started it is killed and can end nothing: no QEMU is left behind that burns a CPU."""
    holder = ("import guest, sys; vm = guest.Guest(sys.argv[1]); vm.wait_ready(300);"
              "print(vm.dir, vm.process.pid, flush=True); sys.stdin.read()")
    with subprocess.Popen([sys.executable, "-c", holder, build(isa.build)], cwd=os.path.join(ROOT, "tools"),
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        folder, pid = process.stdout.readline().decode().split()
        qemu = os.pidfd_open(int(pid))
        process.kill()
    try:
        assert select.select([qemu], [], [], 60)[0], "QEMU runs on"
    finally:
        os.close(qemu)
        shutil.rmtree(folder)


def test_panic_is_125(run):
    result = run("true", "APPEND=init=/bin/false")
    assert result.returncode == 125 and b"panic" in result.stderr.lower() and result.stdout == b""


def test_bad_command_line(run):
    """A QEMU that does not start is told, and is no status of the command's."""
    result = run("true", "QEMUOPTS=-nonsense")
    assert result.returncode == 126 and b"nonsense" in result.stderr


def test_size_of_the_machine(run):
    assert run("grep -c ^processor /proc/cpuinfo", "CPUS=3", "MEM=64M").stdout == b"3\n"


@pytest.mark.xdist_group("tools")
def test_side_by_side(build):
    """Four guests from one build: none disturbs another's disk."""
    build("riscv")
    env = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    command = "CMD=echo {0} > /root/n; sync; echo written; read go; cat /root/n"
    guests = [subprocess.Popen(["make", "-s", "run", command.format(i), "CPUS=1"], cwd=ROOT, env=env,
                               stdout=subprocess.PIPE, stdin=subprocess.PIPE) for i in range(4)]
    # Nobody reads before all have written.
    assert [g.stdout.readline() for g in guests] == [b"written\n"] * 4
    assert [g.communicate(b"go\n", timeout=300)[0] for g in guests] == [b"%d\n" % i for i in range(4)]
