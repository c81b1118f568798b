"""Guests: QEMU's command line for both machines, and the agent that runs commands inside.

A build directory (build/riscv, …) holds `pagoda` (the kernel), `disk.img` and `machine` (QEMU's program and machine,
from arch.mk). Everything that starts QEMU goes through Guest: tools/qemu, run, ktest, bench, soak and the tests.

Guest and host speak over the virtio-console (/dev/hvc0), so that programs' output never mixes with the kernel's:
  host → guest   R <len>\\n<bytes>  run under /bin/sh -c      I <len>\\n<bytes>  its input; I 0 ends it
                 K <signo>\\n       signal it                  Q\\n               sync and power off
  guest → host   H\\n  ready        O|E <len>\\n<bytes>  output, errors        X <status>\\n  its end
"""

import json
import os
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time

PANIC, KTEST_FAILED = 101, 102		# what the guest says by its exit code
OLDEST_QEMU = (7, 2)
PACKAGES = {"qemu-system-riscv64": "qemu-system-misc", "qemu-system-i386": "qemu-system-x86"}
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class GuestError(Exception):
    """The guest cannot be started, or ended in a way nobody asked for."""


class GuestHang(GuestError):
    """The guest did not do in time what was asked."""


def gdb_port():
    """The port where GDB meets QEMU: one for each user, or GDBPORT."""
    return int(os.environ.get("GDBPORT") or 25000 + os.getuid() % 5000)


def check_qemu(program):
    """Refuse a missing or too old QEMU in one sentence, instead of meeting it as a hang."""
    try:
        text = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        raise GuestError(f"{program} does not run here: install the package {PACKAGES.get(program, 'qemu')}"
                         " (or run tools/setup.sh)") from None
    found = re.search(r"version (\d+)\.(\d+)", text)
    version = tuple(map(int, found.groups())) if found else (0, 0)
    if version < OLDEST_QEMU:
        raise GuestError(f"{program} is version {version[0]}.{version[1]}; Pagoda needs "
                         f"{OLDEST_QEMU[0]}.{OLDEST_QEMU[1]} or newer")


def make_args(build):
    """The make variables that ask for a build directory."""
    words = os.path.basename(build).split("-")
    options = {"nopae": "PAE=0", "highmem": "RVHIGHMEM=1", "slob": "SLOB=1", "debug": "DEBUG=1"}
    return [f"ARCH={words[0]}"] + [option for word, option in options.items() if word in words]


def read_machine(build):
    """build/<cfg>/machine as (QEMU's arguments, the ending of its virtio devices' names)."""
    try:
        with open(os.path.join(build, "machine"), encoding="utf-8") as f:
            words = f.read().split()
    except OSError:
        raise GuestError(f"there is no kernel in {build}: run make") from None
    virtio = [w for w in words if w.startswith("virtio=")]
    return [w for w in words if w not in virtio], virtio[0].removeprefix("virtio=")


def copy_disk(source, target):
    """A private copy of a disk image, sparse, and free of cost where the file system can share blocks."""
    try:
        subprocess.run(["cp", "--reflink=auto", "--sparse=always", source, target], check=True, capture_output=True)
    except subprocess.CalledProcessError as e:
        raise GuestError(f"cannot copy the disk: {e.stderr.decode().strip()}") from None


def qemu_command(build, *, disk=None, cpus=1, mem="256M", append="", serial="mon:stdio", console="null,id=hvc",
                 cache="writeback", opts=()):
    """QEMU's command line. disk=None boots without one; console is the chardev behind /dev/hvc0."""
    machine, virtio = read_machine(build)
    check_qemu(machine[0])
    command = machine + ["-kernel", os.path.join(build, "pagoda"), "-smp", str(cpus), "-m", str(mem),
                         "-nodefaults", "-display", "none", "-no-reboot", "-serial", serial]
    if append:
        command += ["-append", append]
    if disk:
        command += ["-drive", f"file={disk},if=none,format=raw,id=disk,cache={cache}",
                    "-device", f"virtio-blk-{virtio},drive=disk"]
    command += ["-chardev", console, "-device", f"virtio-serial-{virtio}", "-device", "virtserialport,chardev=hvc"]
    return command + list(opts)


class Guest:
    """A running guest with a private copy of the disk, its UART in a log, an agent and a QMP monitor.

    Use it as a context manager: on leaving, QEMU is gone, and so are the files.

    uart_socket=True: the UART is self.uart, a socket, instead of the log. memory=FD: a file of the guest's size that
    becomes its RAM. wrap: turns QEMU's command into one that runs contained, wrap(argv, writable=[folders], readable=[files]).
    """

    def __init__(self, build, *, disk=None, private=True, cpus=1, mem="256M", append="", opts=(), agent=True,
                 uart_socket=False, memory=None, wrap=None):
        self.build = build
        self.dir = tempfile.mkdtemp(prefix="pagoda-")
        self.log_path = os.path.join(self.dir, "uart.log")
        self.process = None
        self.buffer = self.queue = self.qmp_buffer = b""
        self.qmp_ready = False
        self.uart_wanted, self.memory_fd, self.wrap = uart_socket, memory, wrap
        try:
            self._start(disk or os.path.join(build, "disk.img"), private, cpus, mem, append, opts, agent)
        except BaseException:
            self.close()
            raise

    def _start(self, disk, private, cpus, mem, append, opts, agent):
        self.disk = disk
        if private and disk != "none":
            self.disk = os.path.join(self.dir, "disk.img")
            copy_disk(disk, self.disk)
        ends = {}
        for name in ["sock", "qmp_sock"] + (["uart"] if self.uart_wanted else []):
            ours, ends[name] = socket.socketpair()
            setattr(self, name, ours)
        opts = ["-chardev", f"socket,id=qmp,fd={ends['qmp_sock'].fileno()}", "-mon", "chardev=qmp,mode=control", *opts]
        serial = f"file:{self.log_path}"
        if self.uart_wanted:
            opts += ["-chardev", f"socket,id=uart,fd={ends['uart'].fileno()}"]
            serial = "chardev:uart"
        if self.memory_fd is not None:
            path = f"/proc/self/fd/{self.memory_fd}"
            opts += ["-object", f"memory-backend-file,id=ram,size={mem},mem-path={path},share=on",
                     "-machine", "memory-backend=ram"]
        command = qemu_command(
            self.build, disk=None if disk == "none" else self.disk, cpus=cpus, mem=mem,
            append=" ".join(w for w in ("agent" if agent else "", append) if w), cache="unsafe",
            serial=serial, console=f"socket,id=hvc,fd={ends['sock'].fileno()}", opts=opts)
        self._popen(command, ends)

    def _popen(self, command, ends):
        """Start QEMU with its ends of the sockets, which are closed here. It dies with the thread that starts it."""
        command = ["setpriv", "--pdeathsig", "KILL", *command]
        if self.wrap:
            command = self.wrap(command, writable=[self.dir], readable=[os.path.abspath(self.build)])
        fds = [end.fileno() for end in ends.values()] + ([] if self.memory_fd is None else [self.memory_fd])
        try:
            with open(os.path.join(self.dir, "qemu.err"), "wb") as err:
                self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=err, stderr=err, pass_fds=fds)
        finally:
            for end in ends.values():
                end.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """End QEMU if it still runs, and remove the guest's files."""
        self.kill()
        for s in ("sock", "qmp_sock", "uart"):
            if hasattr(self, s):
                getattr(self, s).close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    # ---- what it said and how it ended --------------------------------------------------------------------------

    def log(self):
        """What the guest wrote on its UART so far."""
        try:
            with open(self.log_path, "rb") as f:
                return f.read().decode(errors="replace").replace("\r", "")
        except OSError:
            return ""

    def qemu_errors(self):
        with open(os.path.join(self.dir, "qemu.err"), "rb") as f:
            return f.read().decode(errors="replace").strip()

    def wait(self, timeout=60):
        """Wait for the guest's end; its exit code, 0 for a power-off."""
        try:
            return exit_code(self.process.wait(timeout))
        except subprocess.TimeoutExpired:
            raise GuestHang(f"the guest still ran after {timeout} s") from None

    def wait_log(self, pattern, timeout=60):
        """Wait until the UART's log matches; the match."""
        end = time.monotonic() + timeout
        while True:
            dead = self.process.poll() is not None
            found = re.search(pattern, self.log(), re.M)
            if found:
                return found
            if dead:
                raise GuestError(f"the guest ended without saying {pattern!r}")
            if time.monotonic() > end:
                raise GuestHang(f"the guest did not say {pattern!r} in {timeout} s")
            time.sleep(0.02)

    # ---- QEMU's monitor -----------------------------------------------------------------------------------------

    def qmp(self, command, timeout=60, **arguments):
        """One command of QEMU's machine protocol (docs/interop/qmp-spec in QEMU): what it returns.

        => GuestError: QEMU ended, or refused; GuestHang: no answer in `timeout` seconds
        """
        if not self.qmp_ready:
            self.qmp_ready = True
            self._qmp_send("qmp_capabilities", {}, timeout)
        return self._qmp_send(command, arguments, timeout)

    def _qmp_send(self, command, arguments, timeout):
        request = {"execute": command, "arguments": {k.replace("_", "-"): v for k, v in arguments.items()}}
        deadline = time.monotonic() + timeout
        try:
            self.qmp_sock.sendall(json.dumps(request).encode() + b"\n")
        except OSError:
            raise GuestError("the guest ended") from None
        while True:
            answer = self._qmp_line(deadline)
            if "error" in answer:
                raise GuestError(f"QEMU refused {command}: {answer['error']['desc']}")
            if "return" in answer:			# else the greeting, or an event
                return answer["return"]

    def _qmp_line(self, deadline):
        while b"\n" not in self.qmp_buffer:
            if not select.select([self.qmp_sock], [], [], max(0, deadline - time.monotonic()))[0]:
                raise GuestHang("QEMU's monitor does not answer")
            try:
                data = self.qmp_sock.recv(1 << 16)
            except ConnectionResetError:
                data = b""
            if not data:
                raise GuestError("the guest ended")
            self.qmp_buffer += data
        line, _, rest = self.qmp_buffer.partition(b"\n")
        self.qmp_buffer = rest
        return json.loads(line)

    # ---- the agent ----------------------------------------------------------------------------------------------

    def send(self, letter, data=None):
        """Queue one message to the agent; what the guest does not take at once goes out in receive()."""
        self.queue += f"{letter}\n".encode() if data is None else f"{letter} {len(data)}\n".encode() + data
        self._flush()

    def _flush(self):
        try:
            while self.queue:
                self.queue = self.queue[self.sock.send(self.queue, socket.MSG_DONTWAIT):]
        except BlockingIOError:
            pass

    def receive(self, deadline, also=None):
        """The agent's next message as (letter, number or bytes); None when `also` (a file) can be read first.

        `also` waits while what we have for the guest is still in the queue."""
        while True:
            message = self._parse()
            if message:
                return message
            files = [self.sock] + ([also] if also is not None and not self.queue else [])
            ready, writable, _ = select.select(files, [self.sock] if self.queue else [], [],
                                               max(0, deadline - time.monotonic()))
            if writable:
                self._flush()
            if self.sock in ready:
                data = self.sock.recv(1 << 16)
                if not data:
                    raise GuestError("the guest ended")
                self.buffer += data
            elif ready:
                return None
            elif not writable:
                raise GuestHang("the guest does not answer")

    def _parse(self):
        line, newline, rest = self.buffer.partition(b"\n")
        if not newline:
            return None
        words = line.split()
        letter = words[0].decode() if words else "?"
        if letter in ("O", "E"):
            size = int(words[1])
            if len(rest) < size:
                return None
            self.buffer = rest[size:]
            return letter, rest[:size]
        self.buffer = rest
        if letter not in ("H", "X"):
            raise GuestError(f"the agent said {line!r}")
        return letter, int(words[1]) if letter == "X" else None

    def wait_ready(self, timeout=60):
        """Wait until the agent can take a command."""
        deadline = time.monotonic() + timeout
        while self.receive(deadline)[0] != "H":
            pass

    def run(self, command, stdin=b"", timeout=60):
        """Run a command of a ready agent: (status, its output, its errors). Ready again afterwards."""
        deadline = time.monotonic() + timeout
        self.send("R", command.encode())
        for i in range(0, len(stdin), 1024):
            self.send("I", stdin[i:i + 1024])
        self.send("I", b"")
        said = {"O": b"", "E": b""}
        while True:
            letter, value = self.receive(deadline)
            if letter in said:
                said[letter] += value
            elif letter == "X":
                self.wait_ready(max(1, deadline - time.monotonic()))
                return value, said["O"], said["E"]

    def power_off(self, timeout=60):
        """Sync, unmount and power off by the agent; the exit code."""
        self.send("Q")
        return self.wait(timeout)


def exit_code(status):
    """The guest's exit code from QEMU's: isa-debug-exit makes v into 2v+1, sifive_test leaves it as it is."""
    return status >> 1 if status in (PANIC * 2 + 1, KTEST_FAILED * 2 + 1) else status


def fsck(image):
    """What e2fsck -fn says against a file system: '' when it is clean."""
    path = os.environ["PATH"] + ":/sbin:/usr/sbin"
    result = subprocess.run(["e2fsck", "-fn", image], capture_output=True, text=True, env={**os.environ, "PATH": path})
    return "" if result.returncode == 0 else result.stdout + result.stderr


TAP_LINE = re.compile(r"^(?:\[ *[\d.]+\] )?(TAP version \d+|1\.\.\d+.*|(?:not )?ok\b.*|#.*|Bail out!.*)$")


def tap_lines(text):
    """The lines of a text that are TAP, without the kernel log's time stamps."""
    return [m.group(1) for m in map(TAP_LINE.match, text.splitlines()) if m]


def parse_tap(text):
    """TAP as (results, fault): a list of (ok, name, directive), and what is wrong with the report, '' if nothing."""
    results, plan = [], None
    for line in tap_lines(text):
        if line.startswith("Bail out!"):
            return results, line
        if line.startswith("1.."):
            plan = int(re.match(r"1\.\.(\d+)", line).group(1))
        m = re.match(r"(not )?ok\b *\d* *-? *([^#]*?) *(?:# *(.*))?$", line)
        if m:
            results.append((not m.group(1), m.group(2), m.group(3) or ""))
    if plan is None:
        return results, "no plan"
    if plan != len(results):
        return results, f"{plan} tests planned, {len(results)} reported"
    failed = [name for ok, name, how in results if not ok and not how.upper().startswith("TODO")]
    return results, "failed: " + ", ".join(failed) if failed else ""


def settings():
    """The guest that the make variables in the environment ask for, as arguments of Guest."""
    env = os.environ.get
    return {"cpus": env("CPUS") or "1", "mem": env("MEM") or "256M", "append": env("APPEND") or "",
            "opts": (env("QEMUOPTS") or "").split(), "disk": env("DISK") or None}


def fail(message):
    """One sentence, and the exit status of a tool that could not do its work."""
    print(f"{os.path.basename(sys.argv[0])}: {message}", file=sys.stderr)
    sys.exit(126)
