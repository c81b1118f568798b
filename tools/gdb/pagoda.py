"""GDB commands for Pagoda, loaded by `make gdb`.

  add-user PROGRAM    the symbols of a user program too: add-user ls, add-user test/fork
  enter-kernel        from user mode, step to the next system call and into it
"""

import os

import gdb


class AddUser(gdb.Command):
    """add-user PROGRAM: read a user program's symbols beside the kernel's.

PROGRAM is a name in /bin, or a path as in the guest (test/fork, /stress/storm). All programs are linked for the same
addresses, so a breakpoint in one program's function may stop another program there."""

    def __init__(self):
        super().__init__("add-user", gdb.COMMAND_FILES)

    def invoke(self, argument, from_tty):
        build = os.path.dirname(gdb.current_progspace().filename)
        name = argument.strip().lstrip("/")
        for path in (os.path.join(build, "user", name), os.path.join(build, "user", "bin", name)):
            if name and os.path.isfile(path):
                gdb.execute(f"add-symbol-file {path}")
                return
        raise gdb.GdbError(f"there is no program {name!r} in {build}/user")

    def complete(self, text, word):
        build = os.path.dirname(gdb.current_progspace().filename)
        return [n for n in os.listdir(os.path.join(build, "user", "bin")) if n.startswith(word)]


def program_counter():
    return int(gdb.parse_and_eval("(unsigned long)$pc"))


class EnterKernel(gdb.Command):
    """enter-kernel: from user mode, step to the next system call and on to the kernel's first instruction.

On the PC `stepi` does that by itself. On RISC-V GDB steps over `ecall`, so a breakpoint waits at the trap's entry."""

    def __init__(self):
        super().__init__("enter-kernel", gdb.COMMAND_RUNNING)

    def invoke(self, argument, from_tty):
        kernel = int(gdb.parse_and_eval("(unsigned long)&_text"))
        while program_counter() < kernel:
            pc = program_counter()
            instruction = gdb.selected_frame().architecture().disassemble(pc)[0]["asm"].split()[0]
            if instruction == "ecall":
                gdb.execute(f"tbreak *(unsigned long)&trap_entry if $sepc == {pc}", to_string=True)
                gdb.execute("continue", to_string=True)
            else:
                gdb.execute("stepi", to_string=True)
        print("entered the kernel in", gdb.newest_frame().name())


AddUser()
EnterKernel()
for setting in ("confirm off", "pagination off", "print pretty on", "disassemble-next-line auto"):
    gdb.execute(f"set {setting}")
