"""What every test stands on: the configurations, their builds, and guests.

A Config is a build and a number of CPUs. Tests take `config` (each configuration in turn), `vm` (a running guest of it,
shared by the tests of one worker), `build` (a build directory by name) or `boot` (guests of their own). Work is handed to
xdist's workers by configuration (--dist loadgroup), so that a worker boots each guest once.
"""

import collections
import contextlib
import fcntl
import os
import subprocess
import sys

import pexpect
import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import guest  # noqa: E402
from guest import make_args  # noqa: E402

ROOT = guest.ROOT
BOOT_TIMEOUT = 120		# a machine under load is slow; a hang is endless

Config = collections.namedtuple("Config", "build cpus")


def configuration(build, cpus):
    """A Config as a parameter: its name, its worker's group, its tier."""
    quick = cpus == 4 and build in ("riscv", "i386")
    return pytest.param(Config(build, cpus), id=f"{build}-{cpus}cpu",
                        marks=[pytest.mark.xdist_group(f"{build}-{cpus}")] + ([pytest.mark.quick] if quick else []))


BUILDS = ["riscv", "i386", "i386-nopae", "riscv-debug", "i386-debug", "i386-nopae-debug"]
CONFIGS = [configuration(b, c) for b in BUILDS for c in (4, 1)]
# One configuration for each ISA, where the others would tell nothing new.
ISAS = [configuration("riscv", 4), configuration("i386", 4)]


def make(*words, **kwargs):
    """Run make in the tree, silently; the finished process."""
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "CMD")}
    return subprocess.run(["make", "-s", *words], cwd=ROOT, env=env, capture_output=True, **kwargs)


@contextlib.contextmanager
def locked(name):
    """One process at a time, among all workers."""
    os.makedirs(os.path.join(ROOT, "build"), exist_ok=True)
    with open(os.path.join(ROOT, "build", f".{name}.lock"), "w", encoding="utf-8") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def build():
    """build(name, *make words): that build directory, up to date; made once by each worker, under a lock."""
    made = {}

    def get(name, *words):
        if (name, *words) not in made:
            with locked("make"):
                result = make(f"-j{os.cpu_count()}", *make_args(name), *words, "all", text=True)
            assert result.returncode == 0, result.stdout + result.stderr
            made[(name, *words)] = os.path.join(ROOT, "build", name)
        return made[(name, *words)]

    return get


@pytest.fixture(scope="session", params=CONFIGS)
def config(request):
    """Every configuration."""
    return request.param


class Shared:
    """A guest that the tests of a configuration share. One that died or hung is replaced, and its test fails."""

    def __init__(self, path, cpus, disk=None):
        self.path, self.cpus, self.disk, self.vm = path, cpus, disk, None

    def run(self, command, stdin=b"", timeout=120):
        """Run a command in the guest: (status, output, errors), as text."""
        if self.vm is None:
            self.vm = guest.Guest(self.path, cpus=self.cpus, disk=self.disk)
            self.guarded(self.vm.wait_ready, BOOT_TIMEOUT)
        status, out, err = self.guarded(self.vm.run, command, stdin, timeout)
        return status, out.decode(errors="replace"), err.decode(errors="replace")

    def guarded(self, call, *args):
        """Call; a guest that fails is thrown away, and the failure tells its log."""
        try:
            return call(*args)
        except (guest.GuestError, OSError) as e:
            vm, self.vm = self.vm, None
            log = vm.log()
            vm.close()
            pytest.fail(f"{e}\n{log[-8000:]}", pytrace=False)

    def end(self):
        """Power off: in order, and with a clean file system."""
        if self.vm is None:
            return
        code = self.guarded(self.vm.power_off, BOOT_TIMEOUT)
        dirt, log = guest.fsck(self.vm.disk), self.vm.log()
        self.vm.close()
        assert code == 0, f"exit code {code} at power-off\n{log[-8000:]}"
        assert not dirt, dirt


@pytest.fixture(scope="session")
def vm(config, build):
    """A running guest of the configuration; e2fsck finds its disk clean at the end."""
    shared = Shared(build(config.build), config.cpus)
    yield shared
    shared.end()


@pytest.fixture
def boot(build):
    """boot(build name, …Guest's arguments…): a guest of the test's own, gone after it. One that powered off leaves a clean disk, if
    it had one of the build's."""
    with contextlib.ExitStack() as stack:
        sound = []			# guests that began with a sound disk

        def start(name, **kwargs):
            vm = stack.enter_context(guest.Guest(build(name), **kwargs))
            if kwargs.get("disk") is None:
                sound.append(vm)
            return vm

        yield start
        for vm in sound:
            if vm.process.poll() == 0:
                assert guest.fsck(vm.disk) == "", vm.log()[-4000:]


@pytest.fixture
def console(build, tmp_path):
    """console(build name, …qemu_command's arguments…): a guest's UART as pexpect's spawn, as a person sees it."""
    spawned = []

    def start(name, disk=None, **kwargs):
        path = build(name)
        image = disk or str(tmp_path / "disk.img")
        if disk is None:
            guest.copy_disk(os.path.join(path, "disk.img"), image)
        kwargs["opts"] = ["-chardev", "stdio,id=con,signal=off", *kwargs.get("opts", [])]
        command = guest.qemu_command(path, disk=None if image == "none" else image, serial="chardev:con",
                                     cache="unsafe", **kwargs)
        child = pexpect.spawn(command[0], command[1:], timeout=BOOT_TIMEOUT, encoding="utf-8", codec_errors="replace",
                              echo=False)
        child.disk = image
        child.str_last_chars = 8000	# of what it said, when a test fails
        spawned.append(child)
        return child

    yield start
    for child in spawned:
        child.close(force=True)
