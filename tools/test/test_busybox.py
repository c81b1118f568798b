"""Debian's busybox, unmodified, as all of user space: scripts, its tools and their output, vi and top at the console."""

import hashlib
import os
import re
import subprocess
import tarfile

import guest
import pexpect
import pytest
from conftest import ROOT, Shared, make

PROMPT = r"# (\x1b\[6n)?$"	# it asks the terminal where the cursor is, and goes on without an answer
ARCHES = [pytest.param(a, marks=pytest.mark.xdist_group(f"busybox-{a}")) for a in ("riscv", "i386")]


def disk_of(arch, build):
    """An image with busybox's tree; skips where the package cannot be had."""
    build(arch)
    tree = subprocess.run([os.path.join(ROOT, "tools/busybox"), arch], capture_output=True, text=True)
    if tree.returncode == 77:
        pytest.skip(tree.stderr.strip())
    assert tree.returncode == 0, tree.stderr
    made = make(f"ARCH={arch}", f"EXTRA={tree.stdout.strip()}", "all", "print-disk", text=True)
    assert made.returncode == 0, made.stderr
    return made.stdout.splitlines()[-1]


@pytest.fixture(scope="module", params=ARCHES)
def sh(request, build):
    """sh(command): what busybox's shell, in a guest where the tests leave files in /root, writes; it must succeed."""
    shared = Shared(os.path.join(ROOT, "build", request.param), 4, disk=disk_of(request.param, build))

    def run(command, stdin=b"", status=0):
        got, out, err = shared.run(f"cd /root; {command}", stdin)
        assert got == status, f"status {got}\n{out}{err}"
        return out

    run("seq 1 500 | sed 's/^/line /' > lines; cp -r /etc tree; mkdir tree/empty; ln -s ../lines tree/link")
    yield run
    shared.end()


LINES = "".join(f"line {i}\n" for i in range(1, 501))


def test_it_is_busybox(sh):
    assert "busybox" in sh("readlink /proc/self/exe; readlink -f /bin/sh")
    assert sh("echo $0; busybox | head -n 1").startswith("sh\nBusyBox v1.")


def test_scripts(sh):
    """Functions, loops, arithmetic, here-documents, traps, pipelines, background jobs and their statuses."""
    script = r"""#!/bin/sh
fact() { [ $1 -le 1 ] && echo 1 || echo $(($1 * $(fact $(($1 - 1))))); }
fact 10
for f in a b c; do case $f in b) continue;; esac; printf '%s-' $f; done; echo
while read n word; do total=$((total + n)); last=$word; done <<X
1 one
2 two
X
echo $total $last
trap 'echo caught' USR1; kill -USR1 $$
(exit 5) & wait $!; echo $?
false | true; echo $? ${#last} ${last%o} ${none:-default}
set -- x y z; shift; echo $# "$@"
sleep 100 & kill $!; wait $! 2>/dev/null; echo $?
exec echo end
"""
    out = sh("cat > script; chmod +x script; ./script", script.encode())
    assert out.splitlines() == ["3628800", "a-c-", "3 two", "caught", "5", "0 3 tw default", "2 y z", "143", "end"]


def test_texts(sh):
    assert sh("cat lines") == LINES
    assert sh("sort -rn -k2 lines | head -n 3") == "line 500\nline 499\nline 498\n"
    assert sh("awk '{s += $2} END {print s, NR}' lines") == "125250 500\n"
    assert sh(r"sed -n 's/line \(..\)$/\1 enil/p' lines | tail -n 2") == "98 enil\n99 enil\n"
    assert sh("grep -c '9$' lines; grep -n '^line 77$' lines") == "50\n77:line 77\n"
    assert sh("wc lines").split() == ["500", "1000", str(len(LINES)), "lines"]
    assert sh("tr a-z A-Z < lines | uniq | cut -d' ' -f1 | sort | uniq -c").split() == ["500", "LINE"]
    assert sh("less lines | tail -n 1") == "line 500\n"
    assert sh("head -c 20 lines | hexdump -C").startswith(
        "00000000  6c 69 6e 65 20 31 0a 6c  69 6e 65 20 32 0a 6c 69  |line 1.")
    assert sh("echo 2^100 | bc") == f"{2 ** 100}\n"


def test_archives(sh):
    """What it packs the host unpacks, and the other way round; sums agree."""
    packed = sh("tar czf t.tgz tree lines && tar tzf t.tgz | sort").split()
    assert packed == sorted(["lines", "tree/", "tree/empty/", "tree/group", "tree/link", "tree/nsswitch.conf",
                             "tree/passwd", "tree/profile"])
    sh("mkdir out && tar xzf t.tgz -C out && diff -r tree out/tree && cmp lines out/lines")
    assert sh("gzip -k lines; gunzip -c lines.gz | md5sum").split()[0] == hashlib.md5(LINES.encode()).hexdigest()
    assert sh("md5sum lines; sha256sum lines").split()[::2] == [hashlib.md5(LINES.encode()).hexdigest(),
                                                               hashlib.sha256(LINES.encode()).hexdigest()]
    sh("bzip2 -c lines | bunzip2 | cmp - lines")


def test_archive_for_the_host(sh, tmp_path):
    encoded = sh("tar czf - lines tree | base64")
    subprocess.run(["base64", "-d"], input=encoded.encode(), stdout=open(tmp_path / "t.tgz", "wb"), check=True)
    with tarfile.open(tmp_path / "t.tgz") as tar:
        assert tar.extractfile("lines").read().decode() == LINES
        assert tar.getmember("tree/link").linkname == "../lines"


def test_files(sh):
    out = sh("ls -lR tree")
    assert re.search(r"^-rw-r--r--\s+1 root\s+root\s+\d+ .* passwd$", out, re.M)
    assert re.search(r"^lrwxrwxrwx\s+1 root\s+root\s+8 .* link -> \.\./lines$", out, re.M) and "tree/empty:" in out
    assert sh("find tree -type f | sort | head -n 2; find tree -name link -exec readlink {} ';'") == \
        "tree/group\ntree/nsswitch.conf\n../lines\n"
    sh("dd if=lines of=part bs=100 skip=1 count=2 2>/dev/null; cmp part - && rm part", LINES[100:300].encode())
    assert sh("dd if=/dev/zero of=big bs=1M count=8 2>&1 | head -n 1; md5sum < big; rm big").split()[:4] == \
        ["8+0", "records", "in", hashlib.md5(bytes(8 << 20)).hexdigest()]
    assert sh("ln lines hard; ls -i lines hard | awk '{print $1}' | uniq | wc -l; stat -c '%h %s' hard; rm hard") == \
        f"1\n2 {len(LINES)}\n"
    assert sh("touch -d '2001-02-03 04:05:06' old; chown 1:2 old; chmod 640 old; stat -c '%Y %u %g %a' old") == \
        "981173106 1 2 640\n"
    assert sh("stat -c '%t:%T %F' /dev/null; mknod n c 1 5; stat -c '%t:%T' n") == "1:3 character special file\n1:5\n"
    assert sh("head -c 3 n | hexdump -ve '1/1 \"%d\"'; rm n") == "000"
    assert sh("mkfifo p; (echo through > p &); cat p; rm p; test -e p", status=1) == "through\n"


def test_system(sh):
    """What it reads from /proc and asks of the kernel is plausible and agrees with itself."""
    assert sh("id; id -u nobody") == "uid=0(root) gid=0(root)\n65534\n"
    total, used, free = map(int, re.search(r"Mem: +(\d+) +(\d+) +(\d+)", sh("free")).groups())
    assert 200_000 < total < 262_144 and used + free <= total and free > total // 2
    ps = sh("ps")
    assert re.search(r"^ +1 root +\S*init", ps, re.M) and re.search(r"root +\[\w+/?\d*\]$", ps, re.M) and " ps" in ps
    assert re.search(r"^1 0 S.* init$", re.sub(" +", " ", sh("ps -o pid,ppid,stat,comm")).replace("\n ", "\n"), re.M)
    top = sh("top -b -n 1")
    assert re.search(r"^Mem: \d+K used, \d+K free", top, re.M) and re.search(r"^CPU: +\d+% usr.*\d+% idle", top, re.M)
    assert re.search(r"^ +1 +0 root +S +\d+", top, re.M) and "Load average:" in top
    assert re.search(r"^\S+ on / type ext2 \(rw", sh("mount"), re.M) and " on /proc type proc" in sh("mount")
    blocks, used, free = map(int, re.search(r"(\d+) +(\d+) +(\d+) +\d+% /$", sh("df"), re.M).groups())
    assert used + free <= blocks and 50_000 < blocks <= 65_536
    assert "root is /dev/vda" in sh("dmesg") and re.search(r"up \d+ min.*load average", sh("uptime"))
    assert sh("nproc") == "4\n" and sh("uname -s") == "Linux\n"
    assert sh("du -s tree").split()[1] == "tree" and sh("pidof init") == "1\n"


def test_processes(sh):
    assert sh("timeout 1 sleep 1000; echo $?") == "143\n"
    assert sh("sleep 1000 & until grep -q sleep /proc/$!/comm; do :; done; renice -n 7 -p $! >/dev/null; "
              "cut -d' ' -f2,19 /proc/$!/stat; kill $!") == "(sleep) 7\n"
    assert sh("su nobody -s /bin/sh -c 'id -u; cat /proc/1/environ'", status=1) == "65534\n"
    pid, session = sh("setsid sh -c 'cut -d\" \" -f1,6 /proc/$$/stat; exit 0' | cat").split()
    assert pid == session
    assert sh("xargs -n 2 echo < lines | head -n 1; chroot / /bin/echo rooted") == "line 1\nrooted\n"
    sh("killall nosuch", status=1)


def test_mounting(sh):
    sh("mkdir -p m && mount -t tmpfs none m")
    assert re.search(r"none on /root/m type tmpfs", sh("mount"))
    sh("dd if=/dev/urandom of=m/r bs=64k count=16 2>/dev/null; cp m/r m/s; cmp m/r m/s")
    assert sh("stat -c %s m/s") == "1048576\n"
    sh("cd m; umount /root/m", status=1)
    sh("umount m; test -e m/r", status=1)


# ---- at the console ----

@pytest.fixture(params=ARCHES)
def screen(request, build, console, tmp_path):
    """A console at busybox's first prompt; at the end the guest powers off by busybox's own poweroff."""
    image = str(tmp_path / "disk.img")
    guest.copy_disk(disk_of(request.param, build), image)
    child = console(request.param, disk=image, cpus=4)
    child.setwinsize(24, 80)
    child.expect(PROMPT)
    yield child
    child.sendline("poweroff")
    child.expect(pexpect.EOF)
    child.close()
    assert guest.exit_code(child.exitstatus) == 0 and guest.fsck(child.disk) == ""


def says(child, line, *expected):
    child.sendline(line)
    for text in expected:
        child.expect(text)
    child.expect(PROMPT)


def test_console(screen):
    """vi edits a file, top shows processes until q, less pages, job control stops and goes on, ^C ends."""
    says(screen, "stty rows 24 columns 80; stty size", r"\n24 80\r")
    screen.sendline("vi /tmp/text")
    screen.expect("- /tmp/text 1/1 100%")
    screen.send("ifirst line\rsecond line")
    screen.expect(r"I /tmp/text \[Modified\] 2/2")
    screen.send("\x1b")
    screen.expect(r"- /tmp/text \[Modified\] 2/2")	# what follows an escape at once would be a key of its own
    screen.send("1Gdwx:wq\r")
    screen.expect(PROMPT)
    says(screen, "cat /tmp/text; wc -l < /tmp/text", r"\nine\r+\nsecond line\r+\n2\r")
    screen.sendline("top -d 1")
    screen.expect("Load average")
    screen.expect("PID")
    screen.expect("Load average")	# again, a second later
    screen.send("q")
    screen.expect(PROMPT)
    screen.sendline("seq 100 | less")
    screen.expect(r"K23\r+\n")
    screen.send(" ")
    screen.expect(r"K46\r+\n")
    screen.send("q")
    screen.expect(PROMPT)
    screen.sendline("sh -c 'echo in front | sed s/in/now:/; exec sleep 1000'")
    screen.expect(r"\nnow: front\r")	# only now is it the job that ^Z is for
    screen.send("\x1a")
    screen.expect("Stopped")
    says(screen, "jobs", "Stopped.*sleep 1000")
    screen.sendline("fg")
    screen.expect("sleep 1000")
    screen.send("\x03")
    screen.expect(PROMPT)
    says(screen, "echo alive; tty; ps -o tty,comm", r"\nalive\r", "/dev/(console|ttyS0)\r", r"\d+,\d+ +sh\r")
