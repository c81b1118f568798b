"""File systems that lie: the kernel refuses them, or goes on with errors and a log that names the place. It never dies or hangs of them."""

import os
import random
import re
import subprocess

import guest
import pytest
from conftest import ISAS

BLOCK, INODE = 4096, 128
# Where an image of ours has what: descriptors of groups, bitmaps, inodes, then directories, programs and their indirect blocks.
PLACES = [(BLOCK, 64), (2 * BLOCK, 2 * BLOCK), (4 * BLOCK, 120 * INODE), (4 * BLOCK, 120 * INODE), (4 * BLOCK, 3 << 20)]
# Whatever is still a file is read and copied (a FIFO would be waited for); then names are made, moved and removed.
WORK = """ls -lR / > /dev/null 2>&1
for f in /bin/* /test/*; do test -f $f && head -c 100000 $f; done > /root/all 2>/dev/null
cp -r /etc /tmp/etc; mkdir -p /root/a/b; mv /test /root/t; ln /bin/ls /root/l; echo x > /root/a/x; sync
rm -rf /tmp/etc /root/t /root/a; df / > /dev/null; df -i / > /dev/null; sync; echo done"""


def image_of(build, tmp_path):
    image = str(tmp_path / "damaged.img")
    guest.copy_disk(os.path.join(build, "disk.img"), image)
    return image


def debugfs(image, *commands):
    subprocess.run(["debugfs", "-w", "-f", "-", image], input="\n".join(commands) + "\n", text=True, check=True, capture_output=True,
                   env={**os.environ, "PATH": os.environ["PATH"] + ":/sbin:/usr/sbin"})


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("seed", range(8))
def test_metadata_of_noise(boot, build, isa, seed, tmp_path):
    """Some bytes of metadata are others."""
    image, rng = image_of(build(isa.build), tmp_path), random.Random(seed)
    with open(image, "r+b") as f:
        for _ in range(rng.choice((1, 4, 16, 64))):
            start, size = rng.choice(PLACES)
            f.seek(start + rng.randrange(size))
            f.write(bytes(rng.choice((0, 1, 0x80, 0xff, rng.randrange(256))) for _ in range(rng.choice((1, 2, 4)))))
    vm = boot(isa.build, cpus=isa.cpus, mem="64M", disk=image)
    try:
        vm.wait_ready()
        assert vm.run(WORK, timeout=300)[1].endswith(b"done\n"), vm.log()[-4000:]
        assert vm.power_off(120) == 0, vm.log()[-4000:]
    except guest.GuestHang:
        pytest.fail(vm.log()[-4000:])
    except guest.GuestError:		# no root, or a program of the boot is the file that was hit
        assert vm.wait(120) == guest.PANIC, vm.log()[-4000:]
        assert re.search(r"No root filesystem: cannot mount|No program to start|Kernel panic: init is gone", vm.log()), vm.log()[-4000:]


@pytest.mark.parametrize("isa", ISAS)
def test_directories_in_a_circle(boot, build, isa, tmp_path):
    """A directory with a second name, inside itself: that name is an error, told with both numbers, and all else goes on."""
    image = image_of(build(isa.build), tmp_path)
    debugfs(image, "mkdir /d", "mkdir /d/e", "cd /d/e", "ln /d loop", "ln / up", "mkdir /d/plain")
    vm = boot(isa.build, cpus=isa.cpus, disk=image)
    vm.wait_ready()
    for command in ("ls /d/e/loop", "ls /d/e/up/bin", "ls -R /d", "mv /d /d/e/loop/z", "mv /d/e/loop /x", "rm -r /d"):
        status, _, err = vm.run(command)
        assert status and b"Input/output error" in err, command
    assert re.search(r"EXT2-fs error .*: directory \d+ has a second name, in directory \d+", vm.log()), vm.log()[-4000:]
    assert vm.run("ls /bin | grep -c '^sh$'; ls -d /d/e")[1] == b"1\n/d/e\n"
    assert vm.power_off(120) == 0, vm.log()[-4000:]
