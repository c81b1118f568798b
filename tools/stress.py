"""The stress programs (user/stress/) in a guest: run one, then look at what it left behind. For tools/soak and the tests."""

import re

import guest

# Those that storm memory; each takes -s seed -t seconds -m MiB -j workers.
PROGRAMS = ["mmapstress", "mlockstress", "madvisestress", "forkstress", "vmastress", "tlbstress"]
# Caches that may well be fuller afterwards: they remember files.
FOR_FILES = {"ext2_inode_cache", "inode_cache", "dentry_cache", "buffer_head", "radix_tree_node"}
SOME_OBJECTS = 1500		# lie in the CPUs' arrays, or belong to whoever happens to run


def objects(vm):
    """The slab objects in use, by cache."""
    text = vm.run("cat /proc/slabinfo")[1].decode()
    return {m[1]: int(m[2]) for m in re.finditer(r"^([\w()-]+) +(\d+) +\d+ +\d+", text, re.M)}


def leaked(before, after):
    """What grew out of all proportion; '' when nothing did."""
    grown = [f"{name}: {before.get(name, 0)} objects before, {n} after" for name, n in after.items()
             if name not in FOR_FILES and n > before.get(name, 0) + SOME_OBJECTS]
    return "leaked? " + "; ".join(grown) if grown else ""


def complaints(vm):
    """What the kernel's checkers find wrong; '' when all holds."""
    status, out, err = vm.run("cat /proc/mm_check", timeout=600)
    text = out.decode(errors="replace")
    wrong = [line for line in text.splitlines() if not re.fullmatch(r"\w+ 0", line)]
    return "" if status == 0 and text and not wrong else f"/proc/mm_check: status {status}: {wrong or text}{err.decode()}"


def run(vm, command, timeout):
    """Run a stress program in a ready guest: '' when its checks hold and nothing is left, else what is wrong."""
    before = objects(vm)
    status, out, err = vm.run(command, timeout=timeout)
    text = out.decode(errors="replace")
    results, fault = guest.parse_tap(text)
    if status or fault or not results:
        return f"{command}: status {status}, {fault}: {text[-3000:]}{err.decode(errors='replace')[-1000:]}"
    return complaints(vm) or leaked(before, objects(vm))
