"""The sweep of fault injection: each place that allocates fails once, and nothing panics, hangs or leaks.

The kernel keeps a table of places (mm/fault_inject.c: a place is the call chain that led to the allocation). A command
runs again and again, marked by /proc/PID/make-it-fail: each run meets places that have not failed yet, each of them
fails once, and when a run meets none the command is through. Then the books of memory (/proc/mm_account) are compared
with those before: a cache with more objects, or more pages that nobody owns, is a leak.
"""

import os
import re
import time

import guest

KNOBS = "/proc/sys/debug/fail_sites/"
DEPTH = 8
MAX_RUNS = 400			# a command that meets new places for ever is one that forgets them
SETTLE = 6			# so often a command runs unmarked: what was only late is gone then, a leak stays
ALARMS = re.compile(r"^.*(?:WARNING at|Bad page|check: |BUG|slab error|lock order|sleeping function|UBSAN).*$", re.M)

# What a marked shell runs. The user tests may fail: the kernel may not.
SHELL = ["ls -lR /bin /test /proc/self/ /tmp", "cat /proc/meminfo /proc/slabinfo /proc/vmstat /proc/zoneinfo /proc/self/maps",
         "ps; free -h; vmstat; df; uname -a; mount", "cat /bin/sh | wc -c; grep -c x /bin/ls < /bin/ls | head -1",
         "mkdir -p /tmp/s/t; cp /bin/ls /tmp/s/t; ln -s t /tmp/s/u; ln /tmp/s/t/ls /tmp/s/v; mv /tmp/s/v /tmp/s/w; rm -r /tmp/s",
         "mkdir -p /tmp/m; mount -t tmpfs none /tmp/m; cp /bin/ls /tmp/m; umount /tmp/m; rmdir /tmp/m",
         "memhog 4m; memhog -l 1m; memhog -f /tmp/hog 1m; rm -f /tmp/hog", "sync; date; dmesg | tail -1; sleep 0; kill -0 1",
         "sh -c 'for i in 1 2 3; do echo $i; done | cat | (read a; echo $a)' & wait"]
STORM = "/stress/storm -t 3 -s 1 -j 4"


# What a command that failed half way left: mounts, which may lie in another, so more than once; files; segments.
CLEAN = ("for i in 1 2 3; do cat /proc/mounts | while read dev dir rest; do case $dir in /tmp/*) umount $dir 2> /dev/null;;"
         " esac; done; done; rm -rf /tmp/* /dev/shm/*;"
         " cat /proc/sysvipc/shm | while read key id rest; do case $id in [0-9]*) ipcrm -m $id;; esac; done")


class Fault(Exception):
    """What the sweep found, in a sentence; the command that showed it."""


def tests(build):
    """The user tests, by path in the guest."""
    folder = os.path.join(build, "user", "test")
    return sorted("/test/" + name for name in os.listdir(folder) if "." not in name)


class Sweep:
    """A guest whose marked commands fail once at each place. => vm is ready, and quiet but for us"""

    def __init__(self, vm, depth=DEPTH, timeout=1200):
        self.vm, self.timeout, self.seen = vm, timeout, len(vm.log())
        if int(self.must(f"cat {KNOBS}depth")) != depth:	# a new depth forgets the places
            self.must(f"echo {depth} > {KNOBS}depth")

    def must(self, command):
        status, out, err = self.vm.run(command, timeout=self.timeout)
        if status:
            raise Fault(f"{command}: status {status}: {err.decode(errors='replace')}")
        return out.decode(errors="replace")

    def failed(self):
        """Places so far."""
        return int(self.must(f"cat {KNOBS}failed"))

    def books(self):
        """/proc/mm_account as a dict, all that can be had again dropped."""
        self.must(f"{CLEAN}; sync; echo 3 > /proc/sys/vm/drop_caches")
        return {name: int(n) for name, n in re.findall(r"^(\S+) (\d+)$", self.must("cat /proc/mm_account"), re.M)}

    def marked(self, command):
        """Run it marked, once; its status does not matter, the guest's life does."""
        self.vm.run("echo 1 > /proc/self/make-it-fail; " + command, timeout=self.timeout)

    def through(self, command):
        """Run until no new place fails; how many failed."""
        first = last = self.failed()
        for _ in range(MAX_RUNS):
            self.marked(command)
            now = self.failed()
            if now == last:
                return now - first
            last = now
        raise Fault(f"{command}: new places after {MAX_RUNS} runs")

    def alarms(self):
        """Lines of the log that are cause for alarm, since the last call."""
        log = self.vm.log()
        new, self.seen = log[self.seen:], len(log)
        return ALARMS.findall(new)

    def parts(self, command):
        """Run it unmarked, twice: what is kept for good after the first time is no leak. A user test's tests are taken
        one by one, as a failure ends only one of them."""
        for _ in range(2):
            out = self.vm.run(command, timeout=self.timeout)[1].decode(errors="replace")
        if not command.startswith("/test/"):
            return [command]
        return [f"{command} {name}" for ok, name, _ in guest.parse_tap(out)[0] if ok]

    def sweep(self, command):
        """All places of a command; how many. => Fault: a leak, an alarm, a hang, the kernel's end"""
        try:
            parts = self.parts(command)
            before = self.books()
            count = sum(self.through(part) for part in parts)
            leaks = self.leaks(before, self.books())
            for _ in range(SETTLE):			# a pipe that is still being closed, and the like
                if not leaks:
                    break
                self.vm.run(command, timeout=self.timeout)
                leaks = self.leaks(before, self.books())
        except guest.GuestError as e:
            raise Fault(f"{command}: {e}\n{self.vm.log()[-6000:]}") from None
        found = leaks + self.alarms()
        if found:
            raise Fault(f"{command}: " + "; ".join(found))
        return count

    @staticmethod
    def leaks(before, after):
        grown = [name for name in after if name not in ("free", "reserved", "slab", "file", "anon", "tables")
                 and after[name] > before.get(name, 0)]
        return [f"{name}: {before.get(name, 0)} before, {after[name]} after" for name in grown]


# ---- all of it, for `make soak` ----------------------------------------------------------------------------------

def boot_to_shell(build, depth=DEPTH, timeout=300):
    """Boot with init marked: each place on the way to a shell fails once, and a shell is there in the end. The log."""
    with guest.Guest(build, cpus=2, append=f"fail_sites={depth}", agent=False, uart_socket=True) as vm:
        said, asked, end = b"", 0, time.monotonic() + timeout
        vm.uart.settimeout(0.5)
        while not re.search(rb"^(# )*alive-42\r?$", said, re.M):
            if time.monotonic() > end:
                raise Fault("no shell:\n" + said.decode(errors="replace")[-6000:])
            if time.monotonic() - asked > 3:	# what was typed to a shell that died is lost
                vm.uart.sendall(b"\necho alive-$((6*7))\n")
                asked = time.monotonic()
            try:
                data = vm.uart.recv(1 << 16)
            except TimeoutError:
                continue
            if not data:
                raise Fault("the kernel's end:\n" + said.decode(errors="replace")[-6000:])
            said += data
    log = said.decode(errors="replace")
    if ALARMS.search(log):
        raise Fault("; ".join(ALARMS.findall(log)))
    return log


def one_command(vm, build, command):
    """Sweep it in the guest @vm, or in a new one: (guest or None if it is of no use any more, places, fault)."""
    try:
        if vm is None:
            vm = guest.Guest(build, cpus=2)
            vm.wait_ready(120)
        return vm, Sweep(vm).sweep(command), ""
    except (Fault, guest.GuestError, OSError) as e:
        if vm:
            vm.close()
        return None, 0, str(e)


def sweep_build(build):
    """The way to a shell, the shell's work and all user tests: the faults, told as they are found."""
    faults, vm = [], None
    try:
        boot_to_shell(build)
    except (Fault, guest.GuestError, OSError) as e:
        faults.append(f"boot: {e}")
    for command in SHELL + tests(build) + [STORM]:
        vm, places, fault = one_command(vm, build, command)
        print(f"{os.path.basename(build)}: {command[:60]}: {fault.splitlines()[0] if fault else f'{places} places'}", flush=True)
        faults += [fault] if fault else []
    if vm:
        code, dirt = vm.power_off(120), guest.fsck(vm.disk)
        vm.close()
        faults += [f"exit code {code}, {dirt}"] if code or dirt else []
    return faults
