"""The shell and the tools against the host's own: the same script prints the same, and ends with the same status.

The host's sh, coreutils and grep are the oracle, as its Linux is for the user tests. What a tool tells of its machine (ps, df, free,
dmesg) has none there: it is held against /proc.
"""

import re
import subprocess

import pytest
from conftest import ISAS

pytestmark = pytest.mark.parametrize("config", ISAS, indirect=True)

SHELL = {
    "quotes": """x='a  b'; echo $x "$x" '$x' \\$x "\\$x" "a'b" 'a"b'; echo "" '' "x"y'z'""",
    "variables": """x=1; y=${z:-dflt}; echo $x$y ${x}2 ${#y} ${y%l*} ${y#d} ${q:=new} $q ${x:+set}; unset x; echo "[$x]"
                    export E=5; sh -c 'echo $E'""",
    "words": """IFS=:; x=a:b::c; for w in $x; do echo "<$w>"; done; set -- $x; echo $#; IFS=' '; echo "$*" "$@" """,
    "arithmetic": """echo $((1+2*3)) $((7/2)) $((-7%3)) $((1<<4|3)) $((3>2&&2>3)) $((~5)) $(( (2+3)*4 ))
                     i=5; i=$((i+1)); echo $i $((i==6)) $((0x1f)) $((010))""",
    "and_or": """true && echo a || echo b; false && echo c || echo d; ! true; echo $?; ! false; echo $?
                 false || false; echo $?""",
    "lists": "echo a; echo b & wait; { echo c; echo d; } | cat; (x=5; echo $x); echo [$x]",
    "status": """sh -c 'exit 3'; echo $?; nosuchcommand 2>/dev/null; echo $?; sh -c 'kill -TERM $$'; echo $?
                 /etc 2>/dev/null; echo $?; exit 9""",
    "if": """for i in 1 2 3; do
                if test $i = 1; then echo one; elif [ $i -eq 2 ]; then echo two; else echo more; fi
             done""",
    "loops": """i=0; while true; do i=$((i+1)); [ $i = 2 ] && continue; [ $i -gt 4 ] && break; echo $i; done
                until [ $i = 0 ]; do i=$((i-1)); done; echo $i""",
    "nested": "for a in 1 2 3; do for b in x y z; do [ $b = y ] && continue 2; [ $a = 3 ] && break 2; echo $a$b; done; done",
    "case": """for w in apple banana '*' ''; do
                 case $w in a*) echo A;; b?nana|c) echo B;; '*') echo star;; *) echo none;; esac
               done""",
    "functions": "f() { echo $1 $#; return 4; }; f x y; echo $?; g() { local v=2; v=3; }; v=1; g; echo $v",
    "substitution": """echo $(echo a; echo b) "$(echo a; echo b)" `echo back` $(echo $(echo deep)); x=$(false); echo $?
                       echo "$(echo x; echo; echo)y" """,
    "redirections": """echo a > f; echo b >> f; cat < f; echo err >&2 2>g; cat f g 2>&1 | wc -l; cat nofile 2>/dev/null; echo $?
                       exec 3>h; echo three >&3; exec 3>&-; cat h; : > f; wc -c < f; (echo o; echo e >&2) > both 2>&1; cat both""",
    "here": "x=5; cat <<E\na $((1+1)) $x\nE\ncat <<'E'\n$x\nE\ncat <<-E\n\ttab\n\tE\n",
    "pipes": """echo abc | cat | cat | wc -c; false | true; echo $?; true | false; echo $?
                i=0; echo x | while read l; do i=1; done; echo $i""",
    "globs": """touch b1 a1 a2 .h 'sp ace'; echo * a? [ab]1 [!a]* z* .h* "*"; mkdir d; touch d/x d/y; echo d/* */x; echo sp*""",
    "read": """{ echo 1 2 3; echo four; } | { read a b; read c; echo "$a|$b|$c"; read d; echo $?; }""",
    "positions": """set -- a 'b c' d; echo $# $1 "$2"; shift; echo $# $1
                    for x; do echo "<$x>"; done; for x in "$@"; do echo "{$x}"; done""",
    "scripts": """cat > s <<'E'\n#!/bin/sh\necho $0 $1 $#\nexit 5\nE
                  ./s 2>/dev/null; echo $?; chmod +x s; ./s one two; echo $?; sh s x; echo $?; echo v=7 > t; . ./t; echo $v""",
    "traps": """trap 'echo bye' EXIT; sh -c 'trap "echo caught" TERM; kill -TERM $$; echo after'
                trap '' INT; kill -INT $$; echo alive""",
    "background": "sleep 0 & p=$!; wait $p; echo $?; sh -c 'exit 6' & wait $!; echo $?; (exit 2) & wait; echo $?",
    "syntax": "for c in 'if' 'echo \"' 'for' 'echo )' 'case x in'; do sh -c \"$c\" 2>/dev/null; echo $?; done",
    "cd": "mkdir -p a/b; cd a/b; ls ../../a; cd ..; ls; cd - >/dev/null; ls ..; cd /nosuch 2>/dev/null; [ $? != 0 ]; echo $?",
    "options": """sh -c 'set -e; true; false; echo no'; echo $?; sh -c 'set -u; echo $nosuch' 2>/dev/null; echo $?
                  sh -c 'set -x; echo x' 2>&1""",
}

TOOLS = {
    "cat": "{ echo a; echo b; } > f; cat f - f < f; cat -n f; cat nofile f 2>/dev/null; echo $?",
    "wc": """{ echo one two; echo three; } > f; words() { while read a; do echo $a; done; }; wc f | words; wc -l f | words; wc -w < f
             wc -c f f | words; wc -c nofile 2>/dev/null; echo $?""",
    "head_tail": """i=1; while [ $i -le 30 ]; do echo $i; i=$((i+1)); done > f; head f; head -n 3 f; head -c 5 f
                    tail f; tail -n 2 f; tail -n +29 f; head -n 0 f; tail -n 100 f | wc -l; tail nofile 2>/dev/null; echo $?""",
    "grep": """{ echo alpha; echo Beta; echo gamma 12; } > f; grep a f; grep -v a f; grep -i b f; grep -c a f; grep -n m f
               grep '^g.*[0-9]$' f; grep -q zz f; echo $?; grep x nofile 2>/dev/null; echo $?; grep -l a f f; grep -E 'al|mm' f
               grep -F . f; echo $?; grep -w gamma f
               mkdir -p d/e; cp f d/e; ln -s f d/l; grep -r gamma d; grep -rc nothing d/e; echo $?""",
    "echo": "echo; echo a  b; echo -n x; echo y; echo '-n'",
    "test": """touch f; ln -s f l; mkdir d
               for e in '-f f' '-d d' '-L l' '-e x' '-s f' '-r f' '-z a' '-n a' 'a = a' 'a != a' '1 -lt 2' '2 -ge 3' '! -e f' \\
                        '-f f -a -d d' '-d f -o -d d' 'a' ''; do test $e; echo $e $?; done""",
    "ls": """touch a1 b1 .hid; mkdir d; touch d/in; ln -s a1 l; ls; ls -a; ls -A; ls -d d; ls d; ls a1 d; ls -F; ls -1r
             ls nofile 2>/dev/null; [ $? != 0 ]; echo $?; ls -l a1 | head -c 10""",
    "chmod": """umask 22; touch f; mkdir d; touch d/g; mode() { ls -ld $1 | head -c 10; echo; }; mode f
                for m in 640 0 7777 0755 u+x a-x go+rw u=rwx,g=rx,o= +w =r u+s,g+s o+t a-st ug+X g=u o=g a+x-w; do chmod $m f; echo $m $?; mode f; done
                chmod -R go-rx,a+X d; mode d; mode d/g; chmod 644 nofile 2>/dev/null; echo $?; chmod u+q f 2>/dev/null; echo $?
                for m in 9 u u+x, 77777 +x7; do chmod $m f 2>/dev/null; echo $?; done; mode f; chmod 2>/dev/null; echo $?""",
    "cp": """echo x > a; cp a b; cat b; mkdir d; cp a b d; ls d; cp a d/c; cp -r d e; ls e; cp nofile x 2>/dev/null; echo $?
             cp d x 2>/dev/null; echo $?; cp a a 2>/dev/null; echo $?; chmod 640 a; cp a m; ls -l m | head -c 10""",
    "mv": """echo x > a; mv a b; cat b; ls; mkdir d; mv b d; ls d; mv d e; ls e; mv nofile x 2>/dev/null; echo $?
             echo y > c; mv c e/b; cat e/b; mkdir -p q/r; mv q q/r 2>/dev/null; echo $?""",
    "mv_elsewhere": """mkdir -p d/e; echo x > d/e/f; ln -s e/f d/l; chmod 640 d/e/f; mv d /dev/shm/d$$; echo $?; ls; cd /dev/shm/d$$; ls -R
                       cat l; ls -l e/f | head -c 10; cd /; rm -r /dev/shm/d$$; echo $?""",
    "rm": """touch a b; mkdir -p d/e; touch d/e/f; rm a; ls; rm d 2>/dev/null; echo $?; rm -r d; ls
             rm nofile 2>/dev/null; echo $?; rm -f nofile; echo $?; rmdir b 2>/dev/null; echo $?""",
    "mkdir": """mkdir a; mkdir a 2>/dev/null; echo $?; mkdir -p a x/y/z; ls x/y; mkdir n/m 2>/dev/null; echo $?; rmdir a
                rmdir x 2>/dev/null; echo $?; mkdir -m 700 p; ls -ld p | head -c 10; umask 77; mkdir -m u=rwx,go=rx q; ls -ld q | head -c 10
                mkdir -m 8 r 2>/dev/null; echo $?""",
    "ln": """echo x > a; ln a b; ln -s a c; cat c; ls -l b | { read mode links rest; echo $mode $links; }; ln a b 2>/dev/null; echo $?; ln -sf b c; cat c
             mkdir d; ln a d; cat d/a; ln nofile q 2>/dev/null; echo $?""",
    "touch": "touch a; wc -c < a; touch -c b; ls; touch /nosuch/x 2>/dev/null; echo $?",
    "kill": """sleep 1000 & kill $!; wait $! 2>/dev/null; echo $?; sleep 1000 & kill -KILL $!; wait $! 2>/dev/null; echo $?
               kill -0 $$; echo $?; kill 999999 2>/dev/null; echo $?""",
    "date": "date -u +%Y | wc -c; date -u +%H:%M | grep -c '^[0-2][0-9]:[0-5][0-9]$'; date '+%%'",
    "others": "true; echo $?; false; echo $?; sync; echo $?; sleep 0; echo $?; sleep x 2>/dev/null; [ $? != 0 ]; echo $?",
}


@pytest.mark.parametrize("script", [pytest.param(s, id=n) for n, s in {**SHELL, **TOOLS}.items()])
def test_as_on_the_host(vm, script, tmp_path):
    host = subprocess.run(["/bin/sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, env={"PATH": "/bin:/usr/bin", "HOME": "/root"})
    status, out, err = vm.run(f"rm -rf /tmp/oracle; mkdir /tmp/oracle; cd /tmp/oracle\n{script}")
    assert (out, status) == (host.stdout, host.returncode), f"{err}\non the host: {host.stderr}"


def test_hexdump(vm):
    status, out, _ = vm.run("{ echo hello, world, and more; } > /tmp/x; hexdump /tmp/x; hexdump -s 7 -n 5 /tmp/x; rm /tmp/x")
    assert status == 0 and out.split("\n")[0].split()[1:17] == [f"{b:02x}" for b in b"hello, world, an"], out
    assert re.search(r"^0*7 +77 6f 72 6c 64 .*world", out, re.M), out


def test_what_is_told_of_the_machine(vm):
    """ps, df, free, mount, uname and dmesg say what /proc and the system calls say."""
    status, out, _ = vm.run("sh -c 'echo pid=$$; ps; df /; grep -E \"MemTotal\" /proc/meminfo; free; mount; uname -a; "
                            "cat /proc/version; dmesg | grep -c \"fs: root is\"'")
    assert status == 0
    pid = re.search(r"pid=(\d+)", out).group(1)
    assert re.search(rf"^ *{pid}\b.*\bsh\b", out, re.M) and re.search(r"^ *1\b.*\binit\b", out, re.M), out
    size, used, free = map(int, re.search(r"^/dev/\w+ +(\d+) +(\d+) +(\d+) .* /$", out, re.M).groups())
    assert used > 0 and free > 0 and used + free <= size, out
    total = re.search(r"MemTotal: +(\d+) kB", out).group(1)
    assert re.search(rf"^Mem: +{total}\b", out, re.M), out
    assert re.search(r"^/dev/\w+ on / type ext2", out, re.M), out
    assert len(set(re.findall(r"\d+\.\d+\.\d+-pagoda", out))) == 1 and out.endswith("\n1\n"), out


def test_mount_and_umount(vm):
    """Another file system comes and goes; one in use stays; errors are told."""
    script = """mkdir '/tmp/m n'; mount -t tmpfs a '/tmp/m n'; df /tmp /tmp/m* | { read h; read dev rest; echo $dev; read dev rest; echo $dev; }
                df | grep -c '/tmp/m n$'; umount '/tmp/m n'; rmdir '/tmp/m n'; df /nosuch >/dev/null 2>&1; echo $?
                mkdir /tmp/m; mount -t tmpfs none /tmp/m; echo $?; echo x > /tmp/m/f; cat /tmp/m/f; (cd /tmp/m; umount /tmp/m 2>/dev/null; echo $?)
                umount /tmp/m; echo $?; ls /tmp/m; umount /tmp/m 2>/dev/null; echo $?; mount -t nosuch none /tmp/m 2>/dev/null; echo $?
                mount /dev/nosuch /tmp/m 2>/dev/null; echo $?; rmdir /tmp/m"""
    assert vm.run(script)[:2] == (0, "/dev/vda\na\n1\n1\n0\nx\n1\n0\n1\n1\n1\n")
