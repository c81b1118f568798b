"""What a kernel's file says about its memory: symbols, layouts, and typed reads out of a stopped guest.

Layouts come from the debug information (DWARF) of kernel/test/layout.c in a *pristine* kernel, a file that is never
handed in; check_layouts() tells where a student's files see a structure in another way. Addresses are the kernel's
virtual ones; both machines map low memory at a constant distance, which is how the kernel's file is loaded:
p_vaddr - p_paddr.

    kernel = Kernel(elf, pristine_elf, memory)
    zone = kernel.at("struct zone", address)
    zone.free_area[3].nr_free                       an int; a pointer is an int, too: the address
    zone.follow("zone_pgdat").node_id               what a pointer points at; None for NULL
    zone.address_of("free_area")
    for page in kernel.list(zone.free_area[3].address_of("free_list"), "struct page", "lru"): …

=> MemoryFault: an address that is no RAM, a list that does not end; the text says what was being read.
"""

import bisect
import functools
import io
import mmap
from dataclasses import dataclass, field
from pathlib import Path

from elftools.common.exceptions import ELFError, ELFParseError
from elftools.common.utils import struct_parse
from elftools.dwarf import dwarfinfo
from elftools.dwarf.enums import ENUM_DW_AT, ENUM_DW_FORM
from elftools.elf.elffile import ELFFile

from grade import UserError

LAYOUT_UNIT = "kernel/test/layout.c"
_FORMS = {number: name for name, number in ENUM_DW_FORM.items() if isinstance(number, int)}
LIST_LIMIT = 1 << 16		# cells; more than a small guest has pages
# How gcc calls them in debug information.
GCC_NAMES = {"unsigned long": "long unsigned int", "long": "long int", "unsigned long long": "long long unsigned int"}


# elftools makes its parsers anew for each unit of a file, which are seconds for a kernel; from its version 0.30 on it keeps
# them, as this does for older ones.
dwarfinfo.DWARFStructs = functools.lru_cache(dwarfinfo.DWARFStructs)


class MemoryFault(AssertionError):
    """The kernel's data cannot be what it should be: a bad pointer, a list that never ends."""


# ---- physical memory -------------------------------------------------------------------------------------------------

class Memory:
    """A guest's RAM, mapped from the file that backs it: bytes by physical address; base is where RAM starts."""

    def __init__(self, fd, size, base):
        self.base, self.size = base, size
        self.map = mmap.mmap(fd, size, access=mmap.ACCESS_READ)

    def read(self, address, count):
        """`count` bytes at the physical address. => MemoryFault outside RAM"""
        start = address - self.base
        if start < 0 or start + count > self.size:
            raise MemoryFault(f"physical address {address:#x} is not in RAM")
        return self.map[start:start + count]

    def close(self):
        self.map.close()


# ---- types -----------------------------------------------------------------------------------------------------------

@dataclass
class Type:
    """A C type. kind: int, pointer, struct (unions, too), array, other (void, functions)."""
    kind: str
    size: int = 0				# bytes
    name: str = ""
    signed: bool = False
    count: int = 0				# of an array's elements
    target: "Type" = None			# of a pointer or an array
    members: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Member:
    """Where a member of a structure lies: bytes from its start; for a bit field bits from there, and how many."""
    offset: int
    type: Type = field(compare=False)
    bit: int = -1
    bits: int = 0

    def layout(self):
        """What must be the same for all who look at it."""
        return self.offset, self.type.size, self.bit, self.bits


class Types:
    """The types of one compilation unit, by their C names: "struct page", "union x", "pg_data_t"; its enumerators."""

    def __init__(self, unit):
        self.unit = unit
        self.named, self.constants, self.made = {}, {}, {}
        for die in unit.get_top_DIE().iter_children():
            self._note(die)

    def _note(self, die):
        name = _name(die)
        if die.tag == "DW_TAG_enumeration_type":
            for child in die.iter_children():
                self.constants[_name(child)] = child.attributes["DW_AT_const_value"].value
        if not name or "DW_AT_declaration" in die.attributes:
            return
        prefix = {"DW_TAG_structure_type": "struct ", "DW_TAG_union_type": "union ", "DW_TAG_typedef": "",
                  "DW_TAG_base_type": "", "DW_TAG_enumeration_type": "enum "}.get(die.tag)
        if prefix is not None:
            self.named.setdefault(prefix + name, die)

    def get(self, name):
        """The Type of this name; KeyError if the unit does not know it."""
        return self._of(self.named[GCC_NAMES.get(name, name)])

    def aggregates(self):
        """The names of its structures and unions."""
        return [n for n in self.named if n.startswith(("struct ", "union "))]

    def _of(self, die):
        if die.offset not in self.made:
            self.made[die.offset] = made = Type("other", name=_name(die))
            _MAKERS.get(die.tag, lambda *_: None)(self, die, made)
        return self.made[die.offset]

    def _target(self, die):
        return self._of(die.get_DIE_from_attribute("DW_AT_type")) if "DW_AT_type" in die.attributes else Type("other")

    def _base(self, die, made):
        # DW_ATE_signed, DW_ATE_signed_char (DWARF 5, section 5.1)
        made.kind, made.size, made.signed = "int", _number(die, "DW_AT_byte_size"), \
            _number(die, "DW_AT_encoding") in (0x05, 0x06)

    def _pointer(self, die, made):
        # Not resolved before it is followed: types refer to each other in circles.
        made.kind, made.size, made.target = "pointer", _number(die, "DW_AT_byte_size"), die

    def _alias(self, die, made):
        target = self._target(die)
        made.__dict__.update({**target.__dict__, "name": target.name or made.name})

    def _array(self, die, made):
        element = self._target(die)
        counts = [_number(c, "DW_AT_count", _number(c, "DW_AT_upper_bound", -1) + 1) for c in die.iter_children()]
        for count in reversed(counts[1:]):
            element = Type("array", element.size * count, count=count, target=element)
        made.kind, made.count, made.target = "array", counts[0], element
        made.size = element.size * counts[0]

    def _struct(self, die, made):
        made.kind, made.size = "struct", _number(die, "DW_AT_byte_size")
        for child in die.iter_children():
            if child.tag == "DW_TAG_member":
                self._member(child, made)

    def _member(self, die, made):
        kind, offset = self._target(die), _number(die, "DW_AT_data_member_location")
        if not _name(die):				# what an anonymous one holds counts as ours
            for name, m in kind.members.items():
                made.members[name] = Member(offset + m.offset, m.type, m.bit, m.bits)
        elif "DW_AT_bit_size" in die.attributes:
            bit = _number(die, "DW_AT_data_bit_offset")
            start = bit // 8 // kind.size * kind.size
            made.members[_name(die)] = Member(start, kind, bit - start * 8, _number(die, "DW_AT_bit_size"))
        else:
            made.members[_name(die)] = Member(offset, kind)


_MAKERS = {"DW_TAG_base_type": Types._base, "DW_TAG_enumeration_type": Types._base,
           "DW_TAG_pointer_type": Types._pointer, "DW_TAG_array_type": Types._array,
           "DW_TAG_structure_type": Types._struct, "DW_TAG_union_type": Types._struct,
           **{tag: Types._alias for tag in ("DW_TAG_typedef", "DW_TAG_const_type", "DW_TAG_volatile_type")}}


def _name(die):
    return die.attributes["DW_AT_name"].value.decode() if "DW_AT_name" in die.attributes else ""


def _number(die, attribute, otherwise=0):
    return die.attributes[attribute].value if attribute in die.attributes else otherwise


# ---- views of objects ------------------------------------------------------------------------------------------------

class View:
    """A structure in the guest's memory. Its members are attributes; nothing is read before it is asked for."""

    def __init__(self, kernel, kind, address):
        self.kernel, self.type, self.address = kernel, kind, address

    def _find(self, name):
        try:
            return self.type.members[name]
        except KeyError:
            raise AttributeError(f"{self.type.name} has no member {name}") from None

    def __getattr__(self, name):
        member = self._find(name)
        if member.bits:
            word = self.kernel.number(self.address + member.offset, member.type.size)
            return word >> member.bit & (1 << member.bits) - 1
        return self.kernel.value(member.type, self.address + member.offset)

    def address_of(self, name):
        """The address of a member."""
        return self.address + self._find(name).offset

    def follow(self, name):
        """What the pointer `name` points at, None for NULL."""
        address = getattr(self, name)
        target = self.kernel.types._target(self._find(name).type.target)
        return self.kernel.value(target, address) if address else None

    def __eq__(self, other):
        return isinstance(other, View) and (self.address, self.type.name) == (other.address, other.type.name)

    def __hash__(self):
        return hash(self.address)

    def __repr__(self):
        return f"{self.type.name} at {self.address:#x}"


class Array:
    """An array in the guest's memory: len(), [index], iteration."""

    def __init__(self, kernel, kind, address):
        self.kernel, self.type, self.address = kernel, kind, address

    def __len__(self):
        return self.type.count

    def __getitem__(self, index):
        if not 0 <= index < self.type.count:
            raise IndexError(index)
        return self.kernel.value(self.type.target, self.address + index * self.type.target.size)


class Kernel:
    """A kernel's file, and, with `memory`, what it has in RAM. `pristine`: the file that layouts are taken from."""

    def __init__(self, path, pristine=None, memory=None):
        self.path, self.memory = str(path), memory
        facts = _facts(self.path)
        self.symbols, self.page_offset, self.word = facts.symbols, facts.page_offset, facts.word
        self.functions = facts.functions
        self.types = _layouts(str(pristine or path))

    # ---- names

    def __getitem__(self, symbol):
        """The address of a symbol. => MemoryFault if the kernel does not have it"""
        try:
            return self.symbols[symbol]
        except KeyError:
            raise MemoryFault(f"the kernel has no symbol {symbol}") from None

    def constant(self, name):
        """An enumerator, or one of layout.c's macros."""
        constants = self.types.constants
        return constants[name] if name in constants else constants["L_" + name]

    def function_at(self, address):
        """The name of the function that holds an address, "" if none does."""
        starts, found = self.functions
        i = bisect.bisect_right(starts, address) - 1
        return found[i][1] if i >= 0 and address < found[i][0] else ""

    def inlined_at(self, address):
        """The functions whose inlined code holds an address, innermost first; empty where nothing tells."""
        return _inlined(self.path, address)

    def line_at(self, address):
        """Where an address is in the source, as "page_alloc.c:120"; "" where nothing tells."""
        return _line(self.path, address)

    # ---- reading

    def read(self, address, count):
        """`count` bytes at a virtual address of the direct map."""
        if self.memory is None:
            raise MemoryFault("there is no guest to read from")
        try:
            return self.memory.read(address - self.page_offset, count)
        except MemoryFault:
            raise MemoryFault(f"the address {address:#x} is not in RAM") from None

    def number(self, address, size, signed=False):
        return int.from_bytes(self.read(address, size), "little", signed=signed)

    def string(self, address, limit=256):
        """The text at `address` up to its NUL, of at most `limit` bytes."""
        text = b""
        while len(text) < limit and not text.endswith(b"\0"):
            text += self.read(address + len(text), 1)
        return text.rstrip(b"\0").decode(errors="replace")

    def value(self, kind, address):
        """The object of a Type at an address: a View, an Array, or an int."""
        if kind.kind in ("struct", "array"):
            return (View if kind.kind == "struct" else Array)(self, kind, address)
        if not kind.size:
            raise MemoryFault(f"nothing can be read at {address:#x}: {kind.name or 'void'} has no size")
        return self.number(address, kind.size, kind.signed)

    def at(self, name, address):
        """The object of the type `name` ("struct page", "pg_data_t", "unsigned long") at an address."""
        return self.value(self.types.get(name), address)

    def array(self, name, address, count):
        """`count` objects in a row."""
        element = self.types.get(name)
        return Array(self, Type("array", element.size * count, count=count, target=element), address)

    def sizeof(self, name):
        return self.types.get(name).size

    def list(self, head, name, member, limit=LIST_LIMIT):
        """The objects of a list (struct list_head) whose head is at `head`, linked by `member`: Views, in order.

        => MemoryFault: a cell's prev is not the one before, a cell comes twice, a pointer leads out of RAM, more than
           `limit` cells
        """
        kind = self.types.get(name)
        offset = kind.members[member].offset
        found, seen, before = [], set(), head
        cell = self.number(head, self.word)
        while cell != head:
            if cell in seen or len(found) == limit:
                raise MemoryFault(f"the list at {head:#x} does not come back to its head: after {len(found)} entries "
                                  f"it is at {cell:#x}" + (" again" if cell in seen else ""))
            prev = self.number(cell + self.word, self.word)
            if prev != before:
                raise MemoryFault(f"the list at {head:#x} is torn: entry {len(found)} at {cell:#x} says that {prev:#x} "
                                  f"is before it, but {before:#x} is")
            seen.add(cell)
            found.append(View(self, kind, cell - offset))
            before, cell = cell, self.number(cell, self.word)
        if self.number(head + self.word, self.word) != before:
            raise MemoryFault(f"the list at {head:#x} is torn: its head does not know the last entry")
        return found


# ---- the file --------------------------------------------------------------------------------------------------------

@dataclass
class Facts:
    symbols: dict
    functions: tuple		# ([start, …] in rising order, [(end, name), …])
    page_offset: int
    word: int			# bytes of a pointer


def _open(path):
    try:
        return ELFFile(io.BytesIO(Path(path).read_bytes()))
    except OSError as e:
        raise UserError(f"there is no kernel to read at {path}: {e.strerror}") from None
    except ELFError as e:
        raise UserError(f"{path} is no kernel: {e}") from None


@functools.lru_cache(maxsize=8)
def _facts(path):
    elf = _open(path)
    table = elf.get_section_by_name(".symtab")
    load = next((s for s in elf.iter_segments() if s["p_type"] == "PT_LOAD"), None)
    if not table or not load:
        raise UserError(f"{path} is no kernel: it has no symbols or nothing to load")
    symbols, functions = {}, []
    for s in table.iter_symbols():
        # The linker allows one global of a name: a submission's static cannot stand in for a root that we read.
        if s.name and s["st_shndx"] != "SHN_UNDEF" and (s["st_info"]["bind"] == "STB_GLOBAL" or s.name not in symbols):
            symbols[s.name] = s["st_value"]
        if s["st_info"]["type"] == "STT_FUNC":
            functions.append((s["st_value"], s["st_value"] + s["st_size"], s.name))
    functions.sort()
    return Facts(symbols, ([f[0] for f in functions], [f[1:] for f in functions]), load["p_vaddr"] - load["p_paddr"],
                 elf.elfclass // 8)


def _units(path):
    """(name, unit) of each compilation unit with debug information."""
    elf = _open(path)
    dwarf = elf.get_dwarf_info()
    if not dwarf.debug_info_sec or not dwarf.debug_abbrev_sec:
        raise UserError(f"{path} has no debug information: build it with -g")
    abbreviations = dwarf.debug_abbrev_sec.stream.getvalue()
    for unit in dwarf.iter_CUs():
        yield _unit_name(dwarf, unit, abbreviations), unit


def _unit_name(dwarf, unit, abbreviations):
    """What a unit calls itself. elftools would parse all its abbreviations first: seconds, for a kernel's units."""
    stream = dwarf.debug_info_sec.stream
    stream.seek(unit.cu_die_offset)
    code = struct_parse(unit.structs.Dwarf_uleb128(""), stream)
    for name, form in _attributes(abbreviations, unit["debug_abbrev_offset"], code):
        form = _FORMS.get(form)
        if form not in unit.structs.Dwarf_dw_form:      # an indirect or a later one: not gcc's
            return _name(unit.get_top_DIE())
        value = struct_parse(unit.structs.Dwarf_dw_form[form], stream)
        if name == ENUM_DW_AT["DW_AT_name"]:
            found = {"DW_FORM_string": bytes, "DW_FORM_strp": dwarf.get_string_from_table,
                     "DW_FORM_line_strp": dwarf.get_string_from_linetable}.get(form)
            return found(value).decode() if found else _name(unit.get_top_DIE())
    return ""


def _attributes(abbreviations, at, code):
    """What abbreviation `code` of the table at `at` lists: (attribute, form) as numbers (DWARF 5, section 7.5.3)."""
    number = -1
    while number != code:
        number, at = _uleb128(abbreviations, at)
        if not number:
            raise ELFParseError("a unit's first entry has no abbreviation")
        at = _uleb128(abbreviations, at)[1] + 1         # its tag, and whether it has children
        found = []
        while True:
            name, at = _uleb128(abbreviations, at)
            form, at = _uleb128(abbreviations, at)
            if _FORMS.get(form) == "DW_FORM_implicit_const":
                at = _uleb128(abbreviations, at)[1]
            if not name and not form:
                break
            found.append((name, form))
    return found


def _uleb128(data, at):
    """(the number at an offset, the offset behind it)."""
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at


@functools.lru_cache(maxsize=8)
def _layouts(path):
    found = [unit for name, unit in _units(path) if name == LAYOUT_UNIT]
    if len(found) > 1:
        raise UserError(f"{path} has {len(found)} files that call themselves {LAYOUT_UNIT}")
    if found:
        return Types(found[0])
    raise UserError(f"{path} has no {LAYOUT_UNIT}: the layouts of its structures are not known")


def check_layouts(path, pristine=None, files=None):
    """Where compilation units of the kernel at `path` see a structure in another way than the pristine one: sentences.

    files: the sources to look at (of a submission only those can differ that were handed in); None: all.
    """
    wanted = _layouts(str(pristine or path))
    told, seen = [], set()
    for name, unit in _units(str(path)):
        if files is not None and name not in files:
            continue
        seen.add(name)
        told += [f"{name}: {text}" for text in _differences(Types(unit), wanted)]
    told += [f"{name}: no debug information for it in {path}" for name in sorted(set(files or ()) - seen)]
    return told


def _differences(types, wanted):
    for name in sorted(set(types.aggregates()) & set(wanted.aggregates())):
        got, right = types.get(name), wanted.get(name)
        if got.size != right.size:
            yield f"{name} has {got.size} bytes instead of {right.size}"
            continue
        for member in sorted(set(got.members) | set(right.members)):
            here, there = got.members.get(member), right.members.get(member)
            if not here or not there or here.layout() != there.layout():
                yield f"{name}.{member} is not where the kernel's headers put it"


# ---- inlined functions -----------------------------------------------------------------------------------------------

def _inlined(path, address):
    dwarf, unit = _unit_at(path, address)
    if unit is None:
        return []
    top = unit.get_top_DIE()
    found, todo = [], list(top.iter_children())
    while todo:
        die = todo.pop()
        if die.tag in ("DW_TAG_subprogram", "DW_TAG_inlined_subroutine", "DW_TAG_lexical_block"):
            if not _holds(dwarf, die, top, address):
                continue
            todo += die.iter_children()
            if die.tag == "DW_TAG_inlined_subroutine":
                found.insert(0, _name(die.get_DIE_from_attribute("DW_AT_abstract_origin")))
    return found


def _unit_at(path, address):
    """(the debug information, the unit of it that holds an address, or None)."""
    dwarf = _open(path).get_dwarf_info()
    aranges = dwarf.get_aranges()
    offset = aranges.cu_offset_at_addr(address) if aranges else None
    return dwarf, None if offset is None else dwarf.get_CU_at(offset)


def _line(path, address):
    dwarf, unit = _unit_at(path, address)
    program = dwarf.line_program_for_CU(unit) if unit is not None else None
    before = None
    for state in (e.state for e in program.get_entries() if e.state is not None) if program else ():
        if before and not before.end_sequence and before.address <= address < state.address:
            # DWARF 5 counts files from 0, its forerunners from 1 (DWARF 5, section 6.2.4)
            entry = program["file_entry"][before.file - (0 if program["version"] >= 5 else 1)]
            return f"{entry.name.decode(errors='replace').rpartition('/')[2]}:{before.line}"
        before = state
    return ""


def _holds(dwarf, die, top, address):
    """Is an address in a DIE's code? Both forms of DWARF 5, section 2.17: one piece, or a list of ranges."""
    if "DW_AT_low_pc" in die.attributes and "DW_AT_high_pc" in die.attributes:
        low = _number(die, "DW_AT_low_pc")
        return low <= address < low + _number(die, "DW_AT_high_pc")
    if "DW_AT_ranges" not in die.attributes:
        return False
    base = _number(top, "DW_AT_low_pc")
    for entry in dwarf.range_lists().get_range_list_at_offset(_number(die, "DW_AT_ranges"), die.cu):
        if hasattr(entry, "base_address"):
            base = entry.base_address
            continue
        shift = 0 if getattr(entry, "is_absolute", False) else base
        if entry.begin_offset + shift <= address < entry.end_offset + shift:
            return True
    return False
