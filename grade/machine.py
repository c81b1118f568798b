"""A guest under test: tools/guest.py's, with its memory mapped, its time counted, and a name for the way it hangs.

Machine     any guest: memory, kernel, stopped(), budgets, what hangs
ArenaGuest  stopped in kernel/arena.c: call() sends a line and returns the answer. It runs only while it is asked
            something.

Time. With one CPU a guest runs under -icount: QEMU counts its instructions, and the count (QMP query-replay, which tells
it without record or replay, too) is its clock: the same on every host. With more CPUs it is the CPU time of QEMU's
threads of the name "CPU n/TCG" (Linux: /proc/PID/task/TID/stat, fields 14 and 15, in ticks of sysconf(SC_CLK_TCK)),
together with the kernel's own account of the time that programs ran. No limit on wall time ever costs a mark:
Infrastructure says "grade again".

=> Died: the guest ended; Hung: its budget is spent, kind and where tell how; Infrastructure: our fault, not the guest's
"""

import contextlib
import os
import re
import secrets
import select
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from grade import ROOT
from grade.kernel import Kernel, Memory, MemoryFault

sys.path.insert(0, str(ROOT / "tools"))
import guest  # noqa: E402 (the path comes first)

parse_tap = guest.parse_tap

RAM_BASE = {"riscv": 0x80000000, "i386": 0}		# hw/riscv/virt.c's memory map; a PC's memory starts at 0
FIRMWARE = range(0x80000000, 0x80200000)		# OpenSBI, below our kernel; a PC's is gone when ours runs
CALL_BUDGET = 100_000_000	# instructions for one answer: a call of the reference takes less than a million
BOOT_BUDGET = 500_000_000	# instructions to the agent's first word, of which the reference needs 15 million
RUN_BUDGET = 2_000_000_000
SPIN_RATE = 20_000_000		# instructions of a budget for a CPU second, after which a lock's spinning is looked for
SLOWEST = 2_000_000		# so many a CPU second counts for at least, as `pause' leaves QEMU's fast loop; no host is so slow
CPU_BUDGET = 60			# seconds of QEMU's CPU time, for all CPUs of a guest together
IDLE_SECONDS = 30		# so long may all CPUs halt, without a task switch, while the host waits for an answer
IDLE_SHARE = 0.1		# of the looks may find a thread that runs: kernel threads and timers go on
LONGEST_LOOK = 0.5		# so much of the time between two looks counts: the host may have kept us from looking
WALL_LIMIT = 600		# seconds: the host's trouble, never a mark
POLL = 0.05			# seconds between two looks at the clock
CONSOLE_LIMIT = 1 << 20		# bytes of a guest's log that are kept
MAX_FRAMES = 8
PATIENCE = 50			# budgets, of which an arena may spend all but one while it waits for a line


class Died(Exception):
    """The guest ended. Its console is `console`; str() holds nothing that it printed but its panic's first line."""

    def __init__(self, text, console=""):
        super().__init__(text)
        self.console = console


@dataclass
class Hang:
    """kind: lost wake-up, deadlock, livelock; where: functions, innermost first; detail: a sentence."""
    kind: str
    where: list
    detail: str

    def __str__(self):
        more = len(self.where) > 1 or self.where and self.where[0] not in self.detail
        return f"{self.kind}: {self.detail}" + (f" ({' < '.join(self.where)})" if more else "")


class Hung(Died):
    """The budget is spent."""

    def __init__(self, hang, budget, console=""):
        super().__init__(f"no answer after {budget}: {hang}", console)
        self.hang = hang


class Infrastructure(Exception):
    """Something of the host's failed: grade again."""


def arch_of(build):
    """The machine of a build directory: its name's first word."""
    return Path(build).name.split("-")[0]


def megabytes(text):
    """Bytes of QEMU's -m: 64M, 1G, or a number of MiB."""
    found = re.fullmatch(r"(\d+)([MG]?)", str(text))
    if not found:
        raise ValueError(f"memory is a number with M or G behind it, not {text!r}")
    return int(found[1]) << (30 if found[2] == "G" else 20)


class Machine:
    """A guest under test.

    build: the build directory; pristine: the kernel that layouts come from (None: the build's own); gdb: wait for GDB
    isolation: grade.isolation's, None for none
    """

    def __init__(self, build, *, pristine=None, cpus=1, mem="64M", append="", agent=True, disk=None, isolation=None,
                 gdb=False, uart=False, opts=()):
        self.build, self.cpus, self.gdb = str(build), cpus, gdb
        self.console = ""
        size = megabytes(mem)
        fd = os.memfd_create("guest")
        os.ftruncate(fd, size)
        self.memory = Memory(fd, size, RAM_BASE[arch_of(build)])
        self.kernel = Kernel(os.path.join(self.build, "pagoda"), pristine, self.memory)
        self.guest = None
        options = ["-name", "guest,debug-threads=on", *opts, *self._clock(), *self._gdb_options()]
        try:
            self.guest = WatchedGuest(
                self.build, disk=disk or (None if agent else "none"), cpus=cpus, mem=f"{size >> 20}M", append=append,
                opts=options + list(isolation.qemu_options if isolation else ()), agent=agent, uart_socket=uart,
                memory=fd, wrap=_wrapper(isolation))
        except guest.GuestError as e:
            raise Infrastructure(str(e)) from None
        finally:
            os.close(fd)

    def _clock(self):
        # sleep=off: while it halts, its clock jumps to the next timer instead of waiting as long
        return ["-icount", "shift=0,sleep=off"] if self.cpus == 1 else []

    def _gdb_options(self):
        if not self.gdb:
            return []
        print(f"waiting for GDB on port {guest.gdb_port()}: run `make gdb ARCH={arch_of(self.build)}` in another "
              "terminal", flush=True)
        return ["-S", "-gdb", f"tcp:127.0.0.1:{guest.gdb_port()}"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.guest:
            self.guest.close()
        self.memory.close()

    # ---- QEMU's monitor

    def qmp(self, command, **arguments):
        """=> Died when QEMU is gone"""
        try:
            return self.guest.qmp(command, **arguments)
        except guest.GuestHang as e:
            raise Infrastructure(str(e)) from None
        except guest.GuestError:
            raise self.death() from None

    def go(self):
        """All CPUs run. Under GDB it is GDB who lets them, and stops them."""
        if not self.gdb:
            self.qmp("cont")

    def rest(self):
        """All CPUs stand still; one that is gone does so, too."""
        if not self.gdb:
            with contextlib.suppress(Died, Infrastructure):
                self.qmp("stop")

    @contextlib.contextmanager
    def stopped(self):
        """All CPUs stand still inside."""
        if not self.gdb:
            self.qmp("stop")
        try:
            yield self
        finally:
            self.go()

    # ---- time

    def instructions(self):
        """Executed so far. => one CPU"""
        return self.qmp("query-replay")["icount"]

    def cpu_seconds(self):
        """CPU time of the threads that run the guest's CPUs, in seconds."""
        ticks = 0
        for stat in _threads(self.guest.process.pid, "CPU "):
            ticks += sum(int(n) for n in stat.rsplit(")", 1)[1].split()[11:13])
        return ticks / os.sysconf("SC_CLK_TCK")

    def clock(self):
        """What a budget is spent of: (instructions, seconds of CPU time); with more than one CPU the first is 0."""
        return self.instructions() if self.cpus == 1 else 0, self.cpu_seconds()

    def user_time(self):
        """Time that programs ran on all CPUs, ns, by the kernel's own account: its heartbeat. 0 before any ran."""
        return self._of_all_queues(lambda queue: queue.usage.user)

    def runnable(self):
        """How many threads run or want to."""
        return self._of_all_queues(lambda queue: queue.nr_running)

    def _of_all_queues(self, number):
        """A number's sum over the CPUs' run queues; one that cannot be read (yet) counts nothing."""
        total = 0
        for cpu in range(self.cpus):
            with contextlib.suppress(MemoryFault):
                offset = self.kernel.at("unsigned long", self.kernel["__per_cpu_offset"] + cpu * self.kernel.word)
                queue = self.kernel["per_cpu__runqueues"] + offset & (1 << 8 * self.kernel.word) - 1
                total += number(self.kernel.at("struct rq", queue))
        return total

    def wait(self, sock, done, budget=None):
        """Let the guest run until done() says true; it is asked when `sock` can be read, and from time to time.

        => as Budget.check()
        """
        watch = budget if isinstance(budget, Budget) else Budget(self, budget)
        while not done():
            select.select([sock], [], [], POLL)
            watch.check()

    def run_to_end(self, budget=None):
        """Let the guest run until it switches itself off. => as Budget.check(); Died when it panics"""
        watch = Budget(self, budget)
        while self.guest.process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.guest.process.wait(POLL)
                break
            try:
                watch.check()
            except Hung:
                raise
            except Died:
                continue		# it ended while we looked
        if guest.exit_code(self.guest.process.wait()) not in (0, guest.KTEST_FAILED):
            raise self.death()

    def heard(self):
        """What it heard last of what it must be told before it can work; None while it waits for that."""
        return 0

    # ---- the end

    def death(self):
        """The exception that tells how it ended."""
        try:
            status = guest.exit_code(self.guest.process.wait(10))
        except subprocess.TimeoutExpired:
            status = None
        panic = re.search(r"Kernel panic: .*", self.log())
        if status and status not in (guest.PANIC, guest.KTEST_FAILED) and not panic:
            raise Infrastructure(f"QEMU ended with status {status}: {self.guest.qemu_errors()[-500:]}")
        return Died(f"the kernel died: {panic[0]}" if panic else "the machine switched itself off", self.log())

    def log(self):
        """What the kernel printed so far."""
        return self.console or self.guest.log()

    def hang(self, budget, only=None):
        """Find out what it does, end it, and raise Hung; if it is not of the kind `only`, it goes on instead."""
        what = classify(self)
        if only and what.kind != only:
            self.qmp("cont")
            return
        self.guest.kill()
        raise Hung(what, budget, self.log())


def _wrapper(isolation):
    if isolation is None:
        return None
    from grade.isolation import Limits		# noqa: PLC0415 (a student's own run needs none of it)
    limits = Limits(cpu_seconds=WALL_LIMIT, memory_bytes=8 << 30)
    return lambda argv, **folders: isolation.wrap(argv, limits=limits, **folders)


def _state(stat):
    """R, S, D, … of a thread's stat line."""
    return stat.rsplit(")", 1)[1].split()[0]


def _threads(pid, name=""):
    """The stat lines of the threads of a process and its children whose names begin so; a guest's CPU's with "CPU "."""
    for task in Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(OSError):
            stat = (task / "stat").read_text(encoding="utf-8", errors="replace")
            if stat.partition("(")[2].startswith(name):
                yield stat
            for child in (task / "children").read_text(encoding="utf-8").split():
                yield from _threads(int(child), name)


class Budget:
    """What a guest may spend until it answers: instructions with one CPU, else seconds of CPU time. None: the usual."""

    def __init__(self, machine, budget=None):
        self.machine = machine
        self.budget = budget or (RUN_BUDGET if machine.cpus == 1 else CPU_BUDGET)
        self.first = self.start = machine.clock()
        self.begin = self.looked = time.monotonic()
        self.beat, self.quiet = None, 0
        self.last, self.next_lock_look = machine.heard(), self.budget

    def check(self):
        """Call it often. => Hung: it is spent, or nothing moves; Died; Infrastructure: the host's time is spent first"""
        now = time.monotonic()
        if self.machine.gdb or now - self.looked < POLL:
            return
        past, self.looked = now - self.looked, now
        unit = "instructions" if self.machine.cpus == 1 else "seconds of CPU time"
        if self._was_our_fault():
            self.start = self.machine.clock()
        elif self._spent(SLOWEST) > self.budget:
            self.machine.hang(f"{self.budget:,} {unit}")
        elif self._spent(SPIN_RATE) > self.next_lock_look:
            self.next_lock_look *= 2
            self.machine.hang(f"{self.budget:,} {unit}", only="deadlock")
        if self._nothing_moves(past):
            self.machine.hang("a long time in which no CPU had anything to do", only="lost wake-up")
            self.quiet = 0
        if now - self.begin > WALL_LIMIT:
            raise Infrastructure(f"a guest did not spend its budget in {WALL_LIMIT} s: the host is too busy")

    def _was_our_fault(self):
        """Did it wait for what a busy host had to say, since the last look or until it heard that? Such time is not its
        own, up to a limit: a guest may lie."""
        before, self.last = self.last, self.machine.heard()
        return (self.last is None or self.last != before) and self._spent(SLOWEST, self.first) < PATIENCE * self.budget

    def _spent(self, rate, since=None):
        """Instructions, a second of CPU time being `rate` of them at least; with more CPUs seconds."""
        instructions, seconds = (now - then for now, then in zip(self.machine.clock(), since or self.start))
        return max(instructions, int(seconds * rate)) if self.machine.cpus == 1 else seconds

    def _nothing_moves(self, past):
        """Did no program run for IDLE_SECONDS, hardly ever a thread, and did QEMU sleep: is it not the host's fault?

        past: seconds since the last look. Those in which QEMU wants a CPU or a disk of a busy host do not count.
        """
        beat, past = self.machine.user_time(), min(past, LONGEST_LOOK)
        if beat != self.beat:
            self.beat, self.quiet = beat, 0
        elif self.machine.runnable():
            self.quiet = max(0, self.quiet - past / IDLE_SHARE)
        elif self._sleeps():
            self.quiet += past
        return self.quiet >= IDLE_SECONDS

    def _sleeps(self):
        """Do all CPUs' threads sleep, and does no thread of QEMU wait for a disk?"""
        pid = self.machine.guest.process.pid
        return all(_state(s) == "S" for s in _threads(pid, "CPU ")) and all(_state(s) != "D" for s in _threads(pid))


class WatchedGuest(guest.Guest):
    """tools/guest.py's, which calls watch() while it waits for its agent."""
    watch = staticmethod(lambda: None)

    def receive(self, deadline, also=None):
        while True:
            try:
                return super().receive(time.monotonic() + POLL, also)
            except guest.GuestHang:
                self.watch()


# ---- what hangs ------------------------------------------------------------------------------------------------------

IDLE_FUNCTIONS = {"cpu_do_idle"}		# where a CPU waits for an interrupt (kernel/arch.h)
SPINNING = {"__spin_acquire", "__spin_try"}	# a spinlock's own loop (kernel/spinlock.h)
PAUSES = ("cpu_relax",)		# what a loop waits by: not what loops
SAMPLES = 12


@dataclass
class Cpu:
    """One CPU's registers, by QEMU's names, and where it is in the kernel."""
    registers: dict
    pc: int
    frame: int
    halted: bool


def cpus_of(machine):
    """The CPUs of a stopped machine, by QEMU's "info registers -a"."""
    text = machine.qmp("human-monitor-command", command_line="info registers -a")
    for part in re.split(r"^\s*CPU#\d+\s*$", text, flags=re.M)[1:]:
        regs = {n.lower(): int(v, 16) for n, v in re.findall(r"([A-Za-z][\w/]*) *[= ] *([0-9a-f]{8,16})\b", part)}
        yield _cpu(machine.kernel, regs, "HLT=1" in part)


def _cpu(kernel, regs, halted):
    pc = regs.get("pc", regs.get("eip", 0))
    if pc in FIRMWARE and kernel.function_at(regs.get("mepc", 0)):
        pc = regs["mepc"]		# called by us; a user's pc says nothing of mepc
    frame = regs.get("x8/s0", regs.get("ebp", 0))
    return Cpu(regs, pc, frame, halted or kernel.function_at(pc) in IDLE_FUNCTIONS)


def backtrace(kernel, cpu):
    """The functions on a CPU's stack, innermost first, by frame pointers (RISC-V: at fp-16 and fp-8; i386: at ebp)."""
    names, frame, word = [kernel.function_at(cpu.pc)], cpu.frame, kernel.word
    for _ in range(MAX_FRAMES):
        try:
            link = frame - 2 * word if word == 8 else frame
            frame, ret = kernel.number(link, word), kernel.number(link + word, word)
        except MemoryFault:
            break
        if not kernel.function_at(ret):
            break
        names.append(kernel.function_at(ret))
    return [n for n in names if n]


def classify(machine):
    """What a machine does that has spent its budget: a Hang. It is stopped afterwards."""
    samples = list(_samples(machine))
    busy = [c for cpus in samples for c in cpus if not c.halted]
    if len([1 for cpus in samples if all(c.halted for c in cpus)]) > SAMPLES // 2:
        return Hang("lost wake-up", [], "every CPU waits for an interrupt, and nobody is left to wake who sleeps")
    spinning = [c for c in busy if SPINNING & set(machine.kernel.inlined_at(c.pc))]
    if len(spinning) > SAMPLES // 2:
        return Hang("deadlock", backtrace(machine.kernel, spinning[-1]), _told_lock(machine, spinning[-1]))
    return _livelock(machine.kernel, busy)


def _livelock(kernel, busy):
    """Where the loop is: the innermost function, inlined or not, in which a CPU is whenever it is looked at."""
    chains = [_chain(kernel, c.pc) for c in busy]
    common = os.path.commonprefix([chain[::-1] for chain in chains])[::-1]
    names = common[:1] or [n for n, _ in Counter(c[0] for c in chains if c).most_common(4)] or ["code without a name"]
    lines = Counter(line for line in (kernel.line_at(c.pc) for c in busy) if ".c:" in line).most_common(1)
    near = f", near {lines[0][0]}" if lines else ""
    frames = (common or chains[-1]) + backtrace(kernel, busy[-1])[1:]
    return Hang("livelock", frames, f"it runs for ever in {' and '.join(names)}{near}")


def _chain(kernel, pc):
    """The functions whose code is at an address: those inlined there, innermost first, and the one that holds them."""
    names = [n for n in (*kernel.inlined_at(pc), kernel.function_at(pc)) if n not in ("", *PAUSES)]
    return [n for i, n in enumerate(names) if n not in names[:i]]


def _samples(machine):
    """Its CPUs at some moments, a few milliseconds apart; it is stopped at each, and after the last."""
    machine.qmp("stop")
    for i in range(SAMPLES):
        if i:
            machine.qmp("cont")
            time.sleep(0.005)		# any moment will do
            machine.qmp("stop")
        yield list(cpus_of(machine))


def _told_lock(machine, cpu):
    """Who spins for what; the lock's name and its holder where registers and the lock tell."""
    kernel = machine.kernel
    text = f"{kernel.function_at(cpu.pc)} spins for a lock that nobody gives back"
    names = {address: name for name, address in kernel.symbols.items()}
    for value in cpu.registers.values():
        with contextlib.suppress(MemoryFault):
            if value in names and not kernel.function_at(value) and kernel.number(value, 1) == 1:
                owner = kernel.at("struct spinlock", value).owner
                return text + f": {names[value]}" + (f", held by CPU {owner - 1}" if owner else "")
    return text


# ---- the arena -------------------------------------------------------------------------------------------------------

class ArenaGuest(Machine):
    """A guest in kernel/arena.c's loop. Between calls it is stopped, so that its memory can be read at any time."""

    def __init__(self, build, name, append="", **settings):
        super().__init__(build, append=f"arena={name} {append}".strip(), agent=False, uart=True, **settings)
        self.buffer, self.sent = b"", 0
        try:
            watch = Budget(self, BOOT_BUDGET if self.cpus == 1 else CPU_BUDGET)
            self._receive(re.compile(rb"\] arena " + name.encode() + rb": ready\r?\n"), watch)
            self._settle(watch)
            if not self.gdb:
                self.qmp("stop")
        except BaseException:
            self.close()
            raise

    def call(self, verb, *numbers, budget=None):
        """Have the verb done and return its answer's words.

        => ArenaRefused: the kernel does not know the verb, or wants other numbers: the test's fault
        => Died, Hung, Infrastructure
        """
        return self.calls([(verb, *numbers)], budget)[0]

    def calls(self, lines, budget=None):
        """Several calls in one go: the answers' words, one list for each. The budget is for all of them."""
        budget = budget or (CALL_BUDGET if self.cpus == 1 else CPU_BUDGET)
        nonces = [secrets.token_hex(8) for _ in lines]
        text = "".join(" ".join([nonce, verb, *map(self._number, numbers)]) + "\n"
                       for nonce, (verb, *numbers) in zip(nonces, lines))
        if not self.gdb:
            self.qmp("cont")
        answers, watch = [], Budget(self, budget)
        for chunk in _chunks(text.encode(), nonces):
            self._send(chunk[0])
            answers += [self._answer(n, watch) for n in chunk[1]]
        self.sent += len(lines)
        self._settle(watch)
        if not self.gdb:
            self.qmp("stop")
        for (verb, *_), words in zip(lines, answers):
            if words[:1] == ["?"]:
                raise ArenaRefused(f"the kernel does not know the verb {verb!r}" if len(words) == 1 else
                                   f"the kernel takes other numbers for {verb!r}")
        return answers

    def heard(self):
        """None while it waits for a line, else which one it is that it deals with."""
        word = self.kernel.word
        waits = self.kernel.number(self.kernel["arena_waits"], 1)
        return None if waits else self.kernel.number(self.kernel["arena_served"], word)

    def _number(self, n):
        """As the kernel reads it: a word, negative ones as C would."""
        return hex(n & (1 << 8 * self.kernel.word) - 1 if n < 0 else n)

    def _send(self, data):
        try:
            self.guest.uart.sendall(data)
        except OSError:
            raise self.death() from None

    def _answer(self, nonce, budget):
        found = self._receive(re.compile(rb"^@" + nonce.encode() + rb"(?: ([^\r\n]*))?\r?\n", re.M), budget)
        return (found[1] or b"").decode(errors="replace").split()

    def _receive(self, pattern, budget):
        """Wait for what matches on the UART; what came up to its end goes to the log."""
        found = pattern.search(self.buffer)

        def complete():
            nonlocal found
            if not found and select.select([self.guest.uart], [], [], 0)[0]:
                self._read()
                found = pattern.search(self.buffer)
            return found
        self.wait(self.guest.uart, complete, budget)
        self._log(self.buffer[:found.end()])
        self.buffer = self.buffer[found.end():]
        return found

    def death(self):
        """With what it said last, which may still be on its way."""
        with contextlib.suppress(OSError):
            self.guest.uart.settimeout(10)
            while data := self.guest.uart.recv(1 << 16):
                self.buffer = (self.buffer + data)[-CONSOLE_LIMIT:]
        self._log(self.buffer)
        self.buffer = b""
        return super().death()

    def _read(self):
        try:
            data = self.guest.uart.recv(1 << 16)
        except OSError:
            data = b""
        if not data:
            raise self.death()
        self.buffer += data
        if len(self.buffer) > CONSOLE_LIMIT:
            raise Died(f"the kernel printed more than {CONSOLE_LIMIT >> 20} MiB instead of an answer", self.console)

    def _log(self, data):
        text = re.sub(r"\n*@[0-9a-f]{16}( .*)?\n", "", data.decode(errors="replace").replace("\r", ""))
        self.console = (self.console + text)[-CONSOLE_LIMIT:]

    def _settle(self, watch):
        """Soon after its answer the kernel is back in arena_wait(): what we sent is counted, and it says that it waits.

        A guest stopped before it says so would be charged for the time until it hears the next line.
        """
        while (self.kernel.number(self.kernel["arena_served"], self.kernel.word) != self.sent
               or self.heard() is not None):
            watch.check()
            time.sleep(0)


class ArenaRefused(Exception):
    """A test and the arena's verbs do not fit together."""


def _chunks(text, nonces, limit=4096):
    """Lines as (bytes, their nonces) of at most `limit` bytes, as a socket may not take more before it is read."""
    data, names = b"", []
    for line, nonce in zip(text.splitlines(keepends=True), nonces):
        if data and len(data) + len(line) > limit:
            yield data, names
            data, names = b"", []
        data, names = data + line, names + [nonce]
    if data:
        yield data, names


# ---- a booted guest --------------------------------------------------------------------------------------------------

class BootedGuest(Machine):
    """A guest that booted to its agent."""

    def __init__(self, build, *, budget=None, **settings):
        super().__init__(build, **settings)
        try:
            self._under(budget or (BOOT_BUDGET if self.cpus == 1 else None), self.guest.wait_ready)
        except BaseException:
            self.close()
            raise

    def run(self, command, stdin=b"", budget=None):
        """Run a command under /bin/sh -c: (status, output, errors) as int and bytes.

        budget: instructions with one CPU, else seconds of CPU time. => Hung, Died, Infrastructure
        """
        return self._under(budget, self.guest.run, command, stdin)

    def _under(self, budget, talk, *args):
        """Talk with the agent under a budget."""
        self.guest.watch = Budget(self, budget).check
        try:
            return talk(*args)
        except (guest.GuestError, ConnectionError):		# its end of the socket may go while we read or write
            raise self.death() from None
