"""A person at the shell: line editing, job control, pipes and scripts, typed on the console."""

import guest
import pexpect
import pytest
from conftest import ISAS, configuration

PROMPT = r"# $"


@pytest.fixture(params=[*ISAS, configuration("riscv-debug", 4), configuration("i386-nopae-debug", 4)])
def shell(console, request):
    """A console at its first prompt; at the test's end the guest powers off in order."""
    child = console(request.param.build, cpus=request.param.cpus)
    child.expect(PROMPT)
    yield child
    child.sendline("poweroff")
    child.expect(pexpect.EOF)
    child.close()
    assert guest.exit_code(child.exitstatus) == 0
    assert guest.fsck(child.disk) == ""


def says(child, line, *expected):
    """Type a line; what must appear, in this order, before the next prompt."""
    child.sendline(line)
    for text in expected:
        child.expect(text)
    child.expect(PROMPT)


def test_session(shell):
    """What one does in the first minutes, in one sitting."""
    says(shell, "echo hello, world", r"\nhello, world\r")
    says(shell, "ls /", "bin", "proc")
    says(shell, "false; echo status=$?", r"\nstatus=1\r")
    says(shell, "true && echo yes || echo no", r"\nyes\r")
    says(shell, "echo one two three | wc -w", r"\n *3\r")
    says(shell, "x=pagoda; echo \"$x\" '$x' $(echo inner)", r"\npagoda \$x inner\r")
    says(shell, "for i in 1 2 3; do echo n$i; done", r"\nn1\r", r"\nn2\r", r"\nn3\r")
    says(shell, "if test -d /proc; then echo there; else echo gone; fi", r"\nthere\r")
    says(shell, "cd /tmp; mkdir d; echo text > d/f; cat d/f; ls d", r"\ntext\r", r"\nf\r")
    says(shell, "echo /b*", r"\n/bench /bin\r")
    says(shell, "mv d/f d/g; ln -s g d/l; cat d/l; rm d/g d/l; rmdir d; ls d; echo gone=$?", r"\ntext\r", r"\ngone=[1-9]")
    says(shell, "nosuchcommand; echo $?", r"\n127\r")
    says(shell, "(echo aside; nosuchcommand) 2> /dev/null; (echo $((6*7)) >&2) 2> /tmp/e & wait; cat /tmp/e; rm /tmp/e", r"\naside\r", r"\n42\r")
    says(shell, "cat /nosuchfile", r"No such file or directory")
    says(shell, "ps", r"\bsh\b")
    says(shell, "uname -a", "Pagoda|Linux")


def test_script(shell):
    says(shell, "cd /tmp")
    says(shell, "echo '#!/bin/sh' > s; echo 'i=0; while test $i != 3; do i=$((i+1)); echo $1-$i; done; exit 5' >> s")
    says(shell, "chmod +x s || true; sh s arg; echo $?", r"\narg-1\r", r"\narg-3\r", r"\n5\r")


def test_line_editing(shell):
    shell.send("echo wrongg\x7f\x7f\x7f\x7f\x7f\x7fright\n")
    shell.expect(r"\nright\r")
    shell.expect(PROMPT)
    shell.send("echo never typed\x15echo after kill\n")
    shell.expect(r"\nafter kill\r")
    shell.expect(PROMPT)


def test_interrupt(shell):
    """^C ends the command in the foreground, and only that."""
    shell.sendline("sleep 1000")
    shell.expect("sleep 1000")
    shell.sendline("\x03")
    shell.expect(PROMPT)
    says(shell, "echo alive", r"\nalive\r")
    shell.sendline("cat | cat")
    shell.sendline("through two pipes")
    shell.expect(r"\nthrough two pipes\r[^$]*through two pipes")
    shell.send("\x03")
    shell.expect(PROMPT)


def test_end_of_file(shell):
    shell.sendline("cat > /tmp/typed")
    shell.sendline("first line")
    shell.send("\x04")
    shell.expect(PROMPT)
    says(shell, "wc -l < /tmp/typed", r"\n *1\r")


def test_stop_and_continue(shell):
    """^Z stops; the shell lives; fg goes on."""
    shell.sendline("sleep 1000")
    shell.expect("sleep 1000")
    shell.send("\x1a")
    shell.expect(PROMPT)
    says(shell, "ps", r"\bT\b.*sleep|sleep.*\bT\b")
    shell.sendline("fg")
    shell.expect("sleep")
    shell.send("\x03")
    shell.expect(PROMPT)


def test_background(shell):
    says(shell, "sleep 1000 &")
    says(shell, "echo still here", r"\nstill here\r")
    says(shell, "kill $!; wait; echo waited", r"\nwaited\r")
