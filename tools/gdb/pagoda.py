"""GDB commands for Pagoda, loaded by `make gdb`. `help user-defined` lists them, `help pg-page` tells about one.

  add-user PROGRAM      the symbols of a user program too: add-user ls, add-user test/fork
  enter-kernel          from user mode, step to the next system call and into it

  pg-zones              zones: pages, watermarks, free blocks of each order
  pg-free [ZONE]        the blocks on the free lists, and the pages on the CPUs' lists
  pg-page PFN|ADDRESS   a struct page in words
  pg-slab [CACHE]       slab caches
  pg-ps                 tasks
  pg-vma [PID]          the areas of an address space
  pg-pte ADDRESS [PID]  the walk through the page tables
  $current(), $task(PID)  a task, for expressions: print $current()->mm->total_vm

The pg- commands only read, and the guest may stand anywhere: in the middle of a change, too. So each list is followed
to a limit, and what does not fit is told, not believed. Names of fields and flags come from the kernel's debugging
information and from mm/mm.h; what is known here of a machine is in MACHINES.
"""

import collections
import os
import re

import gdb

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE_SHIFT = 12			# both machines (asm/page.h)
PAGE_SIZE = 1 << PAGE_SHIFT
SECTION_PAGES = 1 << (26 - PAGE_SHIFT)	# asm/sparsemem.h
ZONES_SHIFT = 2			# mm/page_flags.h
MAX_NODES_WALKED = 1 << 20	# of a list: more is a broken one

# What the page tables of a machine look like. levels: (name, lowest bit of the index, its bits), the root first;
# bits: names of an entry's flags by bit number; leaf: bits one of which makes an entry above the last level a page.
Machine = collections.namedtuple("Machine", "page_offset levels entry_bytes bits leaf protnone frame")
SV39_BITS = {0: "valid", 1: "read", 2: "write", 3: "exec", 4: "user", 5: "global", 6: "accessed", 7: "dirty"}
I386_BITS = {0: "present", 1: "write", 2: "user", 3: "write-through", 4: "no-cache", 5: "accessed", 6: "dirty",
             8: "global", 63: "no-exec"}
MACHINES = {
    "riscv": Machine(0xffffffc000000000, [("pgd", 30, 9), ("pmd", 21, 9), ("pte", 12, 9)], 8, SV39_BITS, 0xe, 1 << 8,
                     lambda e: (e >> 10 & (1 << 44) - 1) << PAGE_SHIFT),
    "pae": Machine(0xc0000000, [("pgd", 30, 2), ("pmd", 21, 9), ("pte", 12, 9)], 8, I386_BITS, 1 << 7, 1 << 7,
                   lambda e: e & 0x000ffffffffff000),
    "classic": Machine(0xc0000000, [("pgd", 22, 10), ("pte", 12, 10)], 4, I386_BITS, 1 << 7, 1 << 7,
                       lambda e: e & 0xfffff000),
}


# ---- user programs --------------------------------------------------------------------------------------------------

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


# ---- reading the kernel ---------------------------------------------------------------------------------------------

def kernel(name):
    """A global variable of the kernel, whatever the frame's own variables are called. GdbError: there is none."""
    symbol = gdb.lookup_global_symbol(name)
    if symbol is None:
        raise gdb.GdbError(f"this kernel has no {name}: is build/…/pagoda the program that GDB was given?")
    return symbol.value()


def machine():
    """What the program that GDB was given is for."""
    if gdb.lookup_type("long").sizeof == 8:
        return MACHINES["riscv"]
    return MACHINES["pae" if gdb.lookup_type("pte_t").sizeof == 8 else "classic"]


def address_of(value):
    """The address in a pointer, or of an object, as a number without a sign."""
    if value.type.strip_typedefs().code != gdb.TYPE_CODE_PTR:
        value = value.address
    return int(value) & (1 << 8 * value.type.sizeof) - 1


def container(pointer, struct, member):
    """The struct whose `member` is at `pointer`."""
    struct = gdb.lookup_type("struct " + struct)
    offset = next(f.bitpos // 8 for f in struct.fields() if f.name == member)
    return gdb.Value(address_of(pointer) - offset).cast(struct.pointer()).dereference()


def walk(head, struct, member):
    """The structs on a list_head's list, in order. A list that has no end, or leads out of memory, is told and left."""
    end, at, seen = address_of(head), head["next"], set()
    while address_of(at) != end:
        if address_of(at) in seen or len(seen) == MAX_NODES_WALKED:
            print(f"  … the list goes round in a circle after {len(seen)} entries")
            return
        seen.add(address_of(at))
        try:
            following = at.dereference()["next"]
            following.fetch_lazy()
        except gdb.MemoryError:
            print(f"  … the list leads out of memory, to {address_of(at):#x}, after {len(seen) - 1} entries")
            return
        yield container(at, struct, member)
        at = following


def read_physical(address, size):
    """A little-endian number of `size` bytes at a physical address, by QEMU's monitor (high memory has no other)."""
    said = gdb.execute(f"monitor xp /1x{'g' if size == 8 else 'w'} {address:#x}", to_string=True)
    match = re.search(r":\s*(0x[0-9a-f]+)", said)
    if not match:
        raise gdb.GdbError(f"QEMU cannot read physical {address:#x}: {said.strip()}")
    return int(match.group(1), 16)


def text(value, limit=64):
    """A C string; '?' where it cannot be read."""
    try:
        return value.string(errors="replace", length=-1)[:limit] if address_of(value) else "?"
    except gdb.error:
        return "?"


def argument_value(word):
    """What the user wrote, as GDB reads it."""
    try:
        return gdb.parse_and_eval(word)
    except gdb.error as e:
        raise gdb.GdbError(f"{word!r} is no expression: {e}") from None


def unsigned(value):
    return int(value) & (1 << 8 * value.type.sizeof) - 1


def elements(array):
    """The values of an array."""
    return [array[i] for i in range(array.type.range()[1] + 1)]


def counter(atomic):
    return int(atomic["counter"])


class Command(gdb.Command):
    """A pg- command: `run(words)` prints; what cannot be read becomes a sentence."""
    words = (0, 0)		# how many arguments it takes

    def __init__(self, name):
        super().__init__(name, gdb.COMMAND_USER)
        self.name = name

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        self.dont_repeat()
        if not self.words[0] <= len(words) <= self.words[1]:
            raise gdb.GdbError(f"usage: {self.__doc__.splitlines()[0].partition(':')[0]}")
        if not gdb.selected_inferior().pid:
            raise gdb.GdbError("there is no guest: start one with `make qemu-gdb`, then `make gdb`")
        try:
            self.run(words)
        except gdb.MemoryError as e:
            raise gdb.GdbError(f"{self.name}: {e}. Before the kernel has set up paging, and inside the firmware, its "
                               "memory cannot be read: go on to start_kernel (tbreak start_kernel, continue)") from None
        except gdb.error as e:
            raise gdb.GdbError(f"{self.name}: {e}") from None

    def run(self, words):
        raise NotImplementedError


# ---- page tables ----------------------------------------------------------------------------------------------------

def walk_tables(root, address):
    """(level's name, physical address of the entry, the entry, physical address of the page or None), from the root on.

    The last one has a page, or an entry that is not valid. The entries are read as physical memory."""
    m = machine()
    table = address_of(root) - m.page_offset
    for name, shift, bits in m.levels:
        at, inside = table + (address >> shift & (1 << bits) - 1) * m.entry_bytes, (1 << shift) - 1
        entry = read_physical(at, m.entry_bytes)
        ends = shift == PAGE_SHIFT or bool(entry & m.leaf)
        page = m.frame(entry) & ~inside | address & inside if entry & 1 and ends else None
        yield name, at, entry, page
        if page is not None or not entry & 1:
            return
        table = m.frame(entry)


# ---- pages ----------------------------------------------------------------------------------------------------------

def flag_names(flags):
    """The PG_ names of a page's flags."""
    names = {int(f.enumval): f.name[3:] for f in gdb.lookup_type("enum pageflags").fields() if f.name.startswith("PG_")}
    return [name for bit, name in sorted(names.items()) if flags >> bit & 1]


def nr_pageflags():
    return next(int(f.enumval) for f in gdb.lookup_type("enum pageflags").fields() if f.name == "NR_PAGEFLAGS")


def section_map(nr):
    """A section's memmap: (address of its first struct page as a number, section); GdbError: no memory there."""
    sections = kernel("mem_section")
    if nr > sections.type.range()[1] or not address_of(sections[nr]["map"]):
        raise gdb.GdbError(f"no struct page: there is no memory from pfn {nr * SECTION_PAGES:#x} on, or no memmap yet")
    first = address_of(sections[nr]["map"]) + nr * SECTION_PAGES * gdb.lookup_type("struct page").sizeof
    return first & (1 << 8 * gdb.lookup_type("long").sizeof) - 1, sections[nr]


def page_of(pfn):
    """The struct page of a page-frame number."""
    page = gdb.lookup_type("struct page")
    first, _ = section_map(pfn // SECTION_PAGES)
    return gdb.Value(first + pfn % SECTION_PAGES * page.sizeof).cast(page.pointer()).dereference()


def pfn_of(page):
    """The page-frame number of a struct page, by the section in its flags."""
    nr = unsigned(page["flags"]) >> nr_pageflags() + ZONES_SHIFT
    nr &= kernel("mem_section").type.range()[1]
    first, _ = section_map(nr)
    return nr * SECTION_PAGES + (address_of(page) - first) // page.type.sizeof


def zone_of(page):
    """A page's zone; None when its node is not there yet."""
    sections = kernel("mem_section")
    nr = unsigned(page["flags"]) >> nr_pageflags() + ZONES_SHIFT & sections.type.range()[1]
    node = kernel("node_data")[int(sections[nr]["nid"])]
    if not address_of(node):
        return None
    return node["node_zones"][unsigned(page["flags"]) >> nr_pageflags() & (1 << ZONES_SHIFT) - 1]


def memmap_page(address):
    """The struct page that lies at a kernel address, if it is one of the memmap; else None."""
    sections, page = kernel("mem_section"), gdb.lookup_type("struct page")
    for nr in range(sections.type.range()[1] + 1):
        if not address_of(sections[nr]["map"]):
            continue
        first, _ = section_map(nr)
        if first <= address < first + SECTION_PAGES * page.sizeof:
            return page_of(nr * SECTION_PAGES + (address - first) // page.sizeof)
    return None


def find_page(word):
    """The struct page that an argument means: a page-frame number, a struct page's address, or a kernel address."""
    value = unsigned(argument_value(word))
    if value < machine().page_offset:
        return page_of(value)
    page = memmap_page(value)
    if page is None:
        *_, (_, _, _, physical) = walk_tables(kernel("swapper_pg_dir"), value)
        if physical is None:
            raise gdb.GdbError(f"the kernel has no page at {value:#x} (pg-pte {value:#x} tells why)")
        page = page_of(physical >> PAGE_SHIFT)
    return page


class PgPage(Command):
    """pg-page PFN|ADDRESS: a struct page in words.

The argument is an expression: a page-frame number (pg-page 0x80400), the address of a struct page (pg-page page), or an
address of the kernel's, whose page it then is (pg-page $current()->stack)."""
    words = (1, 1)

    def run(self, words):
        page = find_page(words[0])
        pfn, flags = pfn_of(page), unsigned(page["flags"])
        zone = zone_of(page)
        where = f"node {int(zone['node'])}, zone {text(zone['name'])}" if zone is not None else "no zone yet"
        print(f"page {address_of(page):#x}: pfn {pfn:#x}, physical {pfn << PAGE_SHIFT:#x}, {where}")
        print(f"  flags     {flags:#x}: {' '.join(flag_names(flags)) or 'none'}")
        print(f"  count     {counter(page['_count'])}")
        print(f"  mapcount  {counter(page['_mapcount']) + 1}")
        for line in self.rest(page, set(flag_names(flags))):
            print("  " + line)

    def rest(self, page, flags):
        """What the fields mean that several owners share."""
        private, mapping = unsigned(page["private"]), address_of(page["mapping"])
        if "buddy" in flags:
            yield f"free      a block of order {private}"
        elif "slab" in flags:
            cache = page["lru"]["next"].cast(gdb.lookup_type("struct kmem_cache").pointer())
            yield f"slab      of cache {text(cache['name'])}"
        elif "compound" in flags:
            yield f"compound  head {private:#x}"
        elif private:
            yield f"private   {private:#x}"
        if mapping & 1:
            yield f"mapping   anon_vma {mapping - 1:#x}, index {unsigned(page['index']):#x}"
        elif mapping:
            host = page["mapping"]["host"]
            inode = f" of inode {int(host['i_ino'])}" if address_of(host) else ""
            yield f"mapping   {mapping:#x}{inode}, index {unsigned(page['index']):#x}"


# ---- zones and free lists -------------------------------------------------------------------------------------------

def zones():
    """All zones that have pages. GdbError: there are none yet."""
    online, found = unsigned(kernel("node_online_map")), []
    for nid, node in enumerate(elements(kernel("node_data"))):
        if online >> nid & 1 and address_of(node):
            found += [z for z in elements(node["node_zones"]) if int(z["present_pages"])]
    if not found:
        raise gdb.GdbError("there are no zones yet: they come with free_area_init_nodes(), in setup_arch()")
    return found


def pagesets(zone):
    """(cpu, pageset) of the possible CPUs."""
    possible = unsigned(kernel("cpu_possible_map"))
    return [(cpu, pset) for cpu, pset in enumerate(elements(zone["pageset"]))
            if possible >> cpu & 1 and address_of(pset)]


class PgZones(Command):
    """pg-zones: the zones of all nodes: their pages, watermarks, reserves and free blocks of each order.

`free` is zone->free_pages; `lists` is what the blocks of free_area come to. If the two differ, somebody is between the
two changes now, or there is a bug. `pcp` is what the CPUs' own lists hold."""

    def run(self, words):
        for zone in zones():
            start, blocks = int(zone["zone_start_pfn"]), [int(area["nr_free"]) for area in elements(zone["free_area"])]
            listed = sum(n << order for order, n in enumerate(blocks))
            own = sum(int(pset["pcp"][i]["count"]) for _, pset in pagesets(zone) for i in (0, 1))
            reserve = " ".join(str(int(pages)) for pages in elements(zone["lowmem_reserve"]))
            print(f"node {int(zone['node'])} zone {text(zone['name'])}: "
                  f"pfn {start:#x} to {start + int(zone['spanned_pages']):#x}")
            print(f"  present {int(zone['present_pages'])}  free {int(zone['free_pages'])}  lists {listed}  pcp {own}  "
                  f"active {int(zone['nr_active'])}  inactive {int(zone['nr_inactive'])}")
            print(f"  min {int(zone['pages_min'])}  low {int(zone['pages_low'])}  high {int(zone['pages_high'])}  "
                  f"reserve {reserve}")
            print("  order  " + "".join(f"{order:>6}" for order in range(len(blocks))))
            print("  blocks " + "".join(f"{n:>6}" for n in blocks))


class PgFree(Command):
    """pg-free [ZONE]: the blocks on the buddy lists, each as the pfn range it covers, and the pages on the CPUs' lists.

ZONE is a zone's name (pg-free Normal); without it, all zones. A block that is not as a free block should be (without
PG_buddy, or with another order in private) is told."""
    words = (0, 1)

    def run(self, words):
        chosen = [z for z in zones() if not words or text(z["name"]).lower() == words[0].lower()]
        if not chosen:
            raise gdb.GdbError(f"no zone {words[0]}; there are {', '.join(sorted({text(z['name']) for z in zones()}))}")
        for zone in chosen:
            print(f"node {int(zone['node'])} zone {text(zone['name'])}: {int(zone['free_pages'])} pages free")
            for order, area in enumerate(elements(zone["free_area"])):
                self.order(area, order)
            for cpu, pset in pagesets(zone):
                self.own(cpu, pset)

    def order(self, area, order):
        pfns, faults = [], []
        for page in walk(area["free_list"], "page", "lru"):
            flags, private = unsigned(page["flags"]), unsigned(page["private"])
            pfns.append(pfn_of(page))
            if "buddy" not in flag_names(flags) or private != order:
                faults.append(f"  … pfn {pfns[-1]:#x} is no free block of order {order}: "
                              f"flags {flags:#x}, private {private}")
        if pfns:
            print(f"  order {order:>2}: " + " ".join(f"{p:#x}-{p + (1 << order) - 1:#x}" for p in pfns))
        if len(pfns) != int(area["nr_free"]):
            faults.append(f"  … order {order}: {len(pfns)} blocks on the list, and nr_free is {int(area['nr_free'])}")
        for fault in faults:
            print(fault)

    def own(self, cpu, pset):
        for i, name in enumerate(("hot", "cold")):
            pfns = [pfn_of(page) for page in walk(pset["pcp"][i]["list"], "page", "lru")]
            if pfns:
                print(f"  cpu {cpu} {name}: " + " ".join(f"{p:#x}" for p in pfns))


# ---- tasks and address spaces ---------------------------------------------------------------------------------------

STATES = {0: "R", 1: "S", 2: "D", 4: "T", 64: "X"}	# kernel/sched.h, TASK_*


def threads():
    """Every task: processes by start, each with its threads. GdbError: there are none yet."""
    found = []
    for leader in walk(kernel("task_list"), "task_struct", "tasks"):
        found += list(walk(leader["signal"]["threads"], "task_struct", "thread_group")) or [leader]
    if not found:
        raise gdb.GdbError("there are no tasks yet: the first comes with start_kernel()'s last act")
    return found


def task_by_pid(word):
    pid = unsigned(argument_value(word))
    for task in threads():
        if int(task["pid"]) == pid:
            return task
    raise gdb.GdbError(f"there is no task {pid}: pg-ps lists them")


def selected_cpu():
    """The kernel's number of the CPU that GDB looks at. QEMU's threads go by the machine's own numbers, and on RISC-V
    the hart that boots, whichever it is, becomes CPU 0."""
    machine_ids = kernel("cpu_hartid" if gdb.lookup_type("long").sizeof == 8 else "cpu_apicid")
    possible, wanted = unsigned(kernel("cpu_possible_map")), gdb.selected_thread().num - 1
    for cpu, machine_id in enumerate(elements(machine_ids)):
        if possible >> cpu & 1 and unsigned(machine_id) == wanted:
            return cpu
    raise gdb.GdbError(f"the kernel does not know processor {wanted}: it is off, or the kernel has not found it yet")


def current_task():
    """The task of the CPU that GDB looks at, which QEMU shows as a thread; GdbError: it is idle."""
    cpu = selected_cpu()
    for task in threads():
        if bool(task["on_cpu"]) and int(task["cpu"]) == cpu:
            return task
    raise gdb.GdbError(f"CPU {cpu} is idle: say whose, by pid (pg-ps lists them)")


def name_of(task):
    return f"task {int(task['pid'])} ({text(task['comm'])})"


def mm_of(task):
    """A task's address space; GdbError: a kernel thread has none."""
    if not address_of(task["mm"]):
        raise gdb.GdbError(f"{name_of(task)} has no address space: it is a kernel thread, or has given it back")
    return task["mm"].dereference()


class Current(gdb.Function):
    """$current(): the task of the CPU that GDB looks at (`info threads`), as a pointer: print $current()->comm"""

    def __init__(self):
        super().__init__("current")

    def invoke(self):
        return current_task().address


class Task(gdb.Function):
    """$task(PID): the task of this number, as a pointer: print $task(1)->mm->total_vm"""

    def __init__(self):
        super().__init__("task")

    def invoke(self, pid):
        return task_by_pid(str(int(pid))).address


def state_of(task):
    if int(task["exit_state"]):
        return "Z"
    return STATES.get(int(task["state"]), "?")


class PgPs(Command):
    """pg-ps: the tasks: pid, parent, state (R S D T Z), CPU (* it runs there now), resident pages, kernel stack, name.

Kernel threads stand in [brackets]; a thread that is no leader is told with its process."""

    def run(self, words):
        tasks = threads()
        print("   PID  PPID  ST CPU     RSS  stack               name")
        for task in tasks:
            mm, parent = task["mm"], task["parent"]
            rss = counter(mm["_file_rss"]) + counter(mm["_anon_rss"]) if address_of(mm) else 0
            name = text(task["comm"]) if address_of(mm) else f"[{text(task['comm'])}]"
            if int(task["pid"]) != int(task["tgid"]):
                name += f" (of {int(task['tgid'])})"
            print(f"{int(task['pid']):>6}{int(parent['tgid']) if address_of(parent) else 0:>6}   {state_of(task)}"
                  f"{int(task['cpu']):>4}{'*' if bool(task['on_cpu']) else ' '}{rss:>7}  "
                  f"{address_of(task['stack']):#018x}  {name}")


def vm_flag_names():
    """{bit: name} of VM_, from mm/mm.h, as the debugging information has no macros. Empty if the file is not there."""
    try:
        with open(os.path.join(ROOT, "mm/mm.h"), encoding="utf-8") as f:
            found = re.findall(r"#define VM_([A-Z]+)\s+(0x[0-9a-f]+)UL", f.read())
    except OSError:
        return {}
    return {int(value, 16): name.lower() for name, value in found}


def path_of(file):
    """The last part of a struct file's name."""
    if not address_of(file):
        return ""
    return text(file["f_dentry"]["d_name"]["name"])


def areas(mm):
    """The vm_area_structs of an address space, lowest first."""
    vma, seen = mm["mmap"], set()
    while address_of(vma):
        if address_of(vma) in seen or len(seen) == MAX_NODES_WALKED:
            print(f"  … the list goes round in a circle after {len(seen)} areas")
            return
        seen.add(address_of(vma))
        yield vma.dereference()
        vma = vma["vm_next"]


class PgVma(Command):
    """pg-vma [PID]: the areas of an address space: range, pages, rights, file and offset, all VM_ flags.

Without PID that of the task that runs on the CPU GDB looks at (`info threads`)."""
    words = (0, 1)

    def run(self, words):
        task = task_by_pid(words[0]) if words else current_task()
        mm, names = mm_of(task), vm_flag_names()
        print(f"{name_of(task)}: {int(mm['map_count'])} areas, total {int(mm['total_vm'])} pages, "
              f"locked {int(mm['locked_vm'])}, stack {int(mm['stack_vm'])}, "
              f"brk {int(mm['start_brk']):#x}-{int(mm['brk']):#x}")
        for vma in areas(mm):
            start, end, flags = unsigned(vma["vm_start"]), unsigned(vma["vm_end"]), unsigned(vma["vm_flags"])
            rights = "".join(c if flags & bit else "-" for c, bit in (("r", 1), ("w", 2), ("x", 4)))
            rights += "s" if flags & 8 else "p"
            more = [n for bit, n in sorted(names.items()) if flags & bit and bit > 8 and not n.startswith("may")]
            print(f"  {start:#x}-{end:#x} {(end - start) >> PAGE_SHIFT:>6} {rights} {unsigned(vma['vm_pgoff']):#x} "
                  f"{path_of(vma['vm_file'])} [{' '.join(more)}]")


class PgPte(Command):
    """pg-pte ADDRESS [PID]: the walk through the page tables, one line for each level, down to the page or the end.

A user address is looked up in the address space of PID, or of the task that runs on this CPU; a kernel address in the
kernel's own tables. The entries are read as physical memory, by QEMU's monitor."""
    words = (1, 2)

    def run(self, words):
        m, address = machine(), unsigned(argument_value(words[0]))
        if address >= m.page_offset:
            root, whose = kernel("swapper_pg_dir"), "the kernel's tables"
        else:
            task = task_by_pid(words[1]) if len(words) > 1 else current_task()
            root, whose = mm_of(task)["pgd"], name_of(task)
        print(f"{address:#x} in {whose}")
        for name, at, entry, page in walk_tables(root, address):
            print(f"  {name} at {at:#x}: {entry:#x} {self.words_of(m, entry, name == 'pte')}")
            if page is not None:
                large = "" if name == "pte" else ", inside a large one"
                print(f"  page: physical {page:#x}, pfn {page >> PAGE_SHIFT:#x}{large}")

    @staticmethod
    def words_of(m, entry, last):
        """An entry's flags in words, or what an entry without a page means."""
        if entry & 1:
            return " ".join(name for bit, name in m.bits.items() if entry >> bit & 1)
        if not entry:
            return "(none)"
        if last and entry & m.protnone:
            return "(there is a page, and nobody may touch it)"
        return "(not present: swapped out)"


# ---- slab -----------------------------------------------------------------------------------------------------------

def slab_lists(cache):
    """The kmem_list3 of the nodes that have one."""
    return [l3 for l3 in elements(cache["nodelists"]) if address_of(l3)]


def slab_objects(cache):
    """(slabs, objects that left their slab) of a cache, summed over nodes."""
    slabs = used = 0
    for l3 in slab_lists(cache):
        for name in ("slabs_full", "slabs_partial", "slabs_free"):
            for slab in walk(l3[name], "slab", "list"):
                slabs += 1
                used += int(slab["inuse"])
    return slabs, used


def cached_objects(cache):
    """Objects that wait in the CPUs' arrays and in the nodes' shared ones: free, but out of their slab."""
    arrays = elements(cache["array"]) + [l3["shared"] for l3 in slab_lists(cache)]
    return sum(int(a["avail"]) for a in arrays if address_of(a))


class PgSlab(Command):
    """pg-slab [CACHE]: the slab caches: object size, objects a slab, slabs, objects in use and in the CPUs' arrays.

With CACHE (a name as in /proc/slabinfo) the slabs of that cache, each with its address, first object and use."""
    words = (0, 1)

    def run(self, words):
        caches = list(walk(kernel("cache_chain"), "kmem_cache", "next"))
        if not caches:
            raise gdb.GdbError("there are no slab caches yet: they come with kmem_cache_init()")
        if words:
            self.one([c for c in caches if text(c["name"]) == words[0]], words[0])
            return
        print("name                     size  per slab   slabs  in use  cached")
        for cache in caches:
            slabs, used = slab_objects(cache)
            cached = cached_objects(cache)
            print(f"{text(cache['name']):<24}{int(cache['buffer_size']):>5}{int(cache['num']):>10}{slabs:>8}"
                  f"{used - cached:>8}{cached:>8}")

    @staticmethod
    def one(found, name):
        if not found:
            raise gdb.GdbError(f"there is no cache {name}: pg-slab lists them")
        cache = found[0]
        print(f"{name}: objects of {int(cache['buffer_size'])} bytes, {int(cache['num'])} in a slab "
              f"of {1 << int(cache['gfporder'])} pages")
        for l3 in slab_lists(cache):
            for kind in ("full", "partial", "free"):
                for slab in walk(l3["slabs_" + kind], "slab", "list"):
                    print(f"  {kind:<8} slab {address_of(slab):#x}, objects from {address_of(slab['s_mem']):#x}, "
                          f"in use {int(slab['inuse'])}")


for command in (AddUser, EnterKernel, Current, Task):
    command()
for command in (PgZones, PgFree, PgPage, PgSlab, PgPs, PgVma, PgPte):
    command(command.__doc__.split(":")[0].split()[0])
for setting in ("confirm off", "pagination off", "print pretty on", "disassemble-next-line auto"):
    gdb.execute(f"set {setting}")
