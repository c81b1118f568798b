"""Booting: to the prompt on every machine, at every size; and what each bad input at boot is answered with."""

import os
import re
import subprocess

import guest
import pexpect
import pytest
from conftest import ISAS, configuration

PROMPT = r"# $"


def test_prompt(console, config):
    """Firmware, kernel, init, shell: a person can type, and leave."""
    child = console(config.build, cpus=config.cpus)
    child.expect(PROMPT)
    child.sendline("echo $((6 * 7)) > /tmp/answer; cat /tmp/answer")
    child.expect(r"\n42\r")
    child.expect(PROMPT)
    child.sendline("poweroff")
    child.expect(pexpect.EOF)
    child.close()
    assert guest.exit_code(child.exitstatus) == 0
    assert guest.fsck(child.disk) == ""


@pytest.mark.parametrize("config", [configuration(b, c) for b, c in
                                    (("riscv", 1), ("i386", 1), ("i386-nopae", 1), ("riscv-debug", 4), ("i386-debug", 4))])
def test_sixteen_megabytes(boot, config):
    vm = boot(config.build, cpus=config.cpus, mem="16M")
    vm.wait_ready()
    assert vm.run("echo small | cat")[:2] == (0, b"small\n")
    assert vm.power_off() == 0


@pytest.mark.parametrize("build_name,mem", [("riscv", "8G"), ("i386", "8G"), ("i386-nopae", "3583M"), ("i386", "1G"),
                                            ("i386-nopae", "1G")])
def test_much_memory(boot, build_name, mem):
    """All memory is found and counted, above 4 GiB too."""
    vm = boot(build_name, cpus=2, mem=mem)
    vm.wait_ready()
    status, out, _ = vm.run("cat /proc/meminfo")
    assert status == 0
    total = int(re.search(rb"MemTotal: +(\d+) kB", out).group(1)) / 1024
    asked = int(mem[:-1]) * (1024 if mem.endswith("G") else 1)
    assert asked * 0.96 < total <= asked
    assert vm.power_off() == 0


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("cpus", [2, 3, 8])
def test_cpus(boot, isa, cpus):
    vm = boot(isa.build, cpus=cpus)
    vm.wait_ready()
    assert vm.run("grep -c ^processor /proc/cpuinfo")[1] == b"%d\n" % cpus
    assert vm.power_off() == 0


@pytest.mark.parametrize("opts", [
    pytest.param(["-cpu", "rv64,sstc=off"], id="timer-of-the-firmware"),
    pytest.param(["-cpu", "rv64,sstc=on"], id="timer-of-the-hart"),
    pytest.param(["-numa", "node,cpus=0-1,mem=64M", "-numa", "node,cpus=2-3,mem=192M"], id="two-controllers")])
def test_kinds_of_riscv_machines(boot, opts):
    """Timers by SBI or Sstc; one interrupt controller, or one a socket: time goes on, and disk, console and CPUs answer."""
    vm = boot("riscv", cpus=4, opts=opts)
    vm.wait_ready()
    has_sstc = vm.run("grep -c '^isa.*_sstc' /proc/cpuinfo")[1]
    assert has_sstc == (b"0\n" if "rv64,sstc=off" in opts else b"4\n")
    assert vm.run("sleep 1 & sleep 1 & wait; grep -c ^processor /proc/cpuinfo")[1] == b"4\n"
    assert vm.run("cat /bin/* /test/* > /tmp/all; sync; cat /bin/* /test/* | wc -c; wc -c < /tmp/all")[1].split()[0] != b"0"
    assert re.search(rb"^ +\d+: .*[1-9].* virtio$", vm.run("cat /proc/interrupts")[1], re.M)
    assert vm.power_off() == 0


@pytest.mark.parametrize("isa", ISAS)
class TestBadInput:
    """Each ends at once: in a sentence that names the fault, never in a hang."""

    def refused(self, boot, isa, says, **kwargs):
        """The boot ends with a sentence that says so, and the exit code of a panic."""
        vm = boot(isa.build, cpus=isa.cpus, **kwargs)
        code = vm.wait(120)
        assert code == guest.PANIC, vm.log()
        assert re.search(says, vm.log()), vm.log()

    def test_no_disk(self, boot, isa):
        self.refused(boot, isa, r"No root filesystem: cannot mount", disk="none")

    def test_disk_of_noise(self, boot, isa, tmp_path):
        noise = tmp_path / "noise.img"
        noise.write_bytes(os.urandom(8 << 20))
        self.refused(boot, isa, r"No root filesystem: cannot mount", disk=str(noise))

    def test_empty_disk(self, boot, isa, tmp_path):
        (tmp_path / "empty.img").write_bytes(b"")
        self.refused(boot, isa, r"No root filesystem: cannot mount", disk=str(tmp_path / "empty.img"))

    def test_truncated_disk(self, boot, isa, build, tmp_path):
        """The file system says that it is bigger than its disk."""
        image = tmp_path / "short.img"
        guest.copy_disk(os.path.join(build(isa.build), "disk.img"), image)
        os.truncate(image, 1 << 20)
        self.refused(boot, isa, r"No root filesystem: cannot mount", disk=str(image))

    @pytest.mark.parametrize("offset,value", [(24, b"\xff\xff\xff\xff"), (32, bytes(4)), (40, bytes(4)), (88, b"\xff\xff"),
                                              (96, b"\xff\xff\xff\xff"), (4, b"\xff\xff\xff\xff"), (20, b"\xff\xff\xff\x7f")])
    def test_bad_superblock(self, boot, isa, build, tmp_path, offset, value):
        """Block size, blocks and inodes of a group, inode size, features, size, first data block."""
        image = tmp_path / "bad.img"
        guest.copy_disk(os.path.join(build(isa.build), "disk.img"), image)
        with open(image, "r+b") as f:
            f.seek(1024 + offset)
            f.write(value)
        self.refused(boot, isa, r"No root filesystem: cannot mount", disk=str(image))

    def test_wrong_root(self, boot, isa):
        self.refused(boot, isa, r"No root filesystem: cannot mount root=/dev/vdz", append="root=/dev/vdz")

    def test_no_init(self, boot, isa, build, tmp_path):
        image = str(tmp_path / "headless.img")
        guest.copy_disk(os.path.join(build(isa.build), "disk.img"), image)
        subprocess.run(["debugfs", "-w", "-f", "-", image], input="rm /bin/init\nrm /bin/sh\n", text=True, check=True,
                       capture_output=True, env={**os.environ, "PATH": os.environ["PATH"] + ":/sbin:/usr/sbin"})
        self.refused(boot, isa, r"No program to start", disk=image)

    def test_init_that_is_no_program(self, boot, isa, build, tmp_path):
        image = str(tmp_path / "broken.img")
        guest.copy_disk(os.path.join(build(isa.build), "disk.img"), image)
        (tmp_path / "init").write_bytes(b"\x7fELF" + os.urandom(5000))
        subprocess.run(["debugfs", "-w", "-f", "-", image], text=True, check=True, capture_output=True,
                       input=f"rm /bin/init\nrm /bin/sh\nwrite {tmp_path}/init bin/init\nsif /bin/init mode 0100755\n",
                       env={**os.environ, "PATH": os.environ["PATH"] + ":/sbin:/usr/sbin"})
        self.refused(boot, isa, r"No program to start", disk=image)

    def test_unknown_parameters(self, boot, isa):
        """They go to init, and the machine comes up."""
        vm = boot(isa.build, cpus=isa.cpus, append="frobnicate knob=11 mem= maxcpus=x quiet=,,,= " + "long" * 40)
        vm.wait_ready()
        assert b"frobnicate knob=11" in vm.run("cat /proc/cmdline")[1]
        assert vm.power_off() == 0


@pytest.mark.parametrize("config", [configuration(b, 4) for b in ("riscv", "i386", "i386-nopae", "i386-debug")])
def test_panic_report(boot, config):
    """The end of init is the end: registers, a backtrace of every CPU with names, the memory, an exit code of its own."""
    vm = boot(config.build, cpus=config.cpus, append="init=/bin/false", agent=False)
    assert vm.wait(120) == guest.PANIC, vm.log()
    assert re.search(r"Kernel panic: init is gone", vm.log()), vm.log()
    assert re.search(r"\bdo_exit\+0x[0-9a-f]+", vm.log()), vm.log()
    assert re.search(r"Registers of false as it entered the kernel:\n.*(?:epc [0-9a-f]{16}|CPU\d)", vm.log()), vm.log()
    others = re.findall(r"CPU (\d): pid \d+ \(.*\)\n.*\[<[0-9a-f]+>\] \w+\+0x", vm.log())
    assert len(set(others)) == config.cpus - 1, vm.log()
    assert re.search(r"Mem-info:\n(?:.* per-cpu:\n(?:CPU .*\n)+)+.* free:\d", re.sub(r"(?m)^\[ *[\d.]+\] ", "", vm.log())), vm.log()
