"""Symbols, layouts and typed reads: of a small program that the host's compiler makes, with memory made up here."""

import os
import subprocess

import pytest

from grade import UserError
from grade.kernel import LAYOUT_UNIT, Kernel, Memory, MemoryFault, check_layouts

BASE = 0x100000
LAYOUT = """
typedef unsigned long ulong_t;
struct list_head { struct list_head *next, *prev; };
enum colour { RED = 3, GREEN };
struct node {
	int number;
	unsigned char odd : 1, low : 4;
	union { ulong_t word; unsigned char bytes[8]; };
	struct list_head list;
	enum colour colour;
	signed char table[2][3];
	struct node *parent;
	const char *name;
};
typedef struct node node_t;
node_t *const layout_node __attribute__((used)) = 0;
enum layout_constant { L_SIZE = 42 };
enum layout_constant *const layout_constant __attribute__((used)) = 0;
int first(void) { return 1; }
int second(void) { return 2; }
"""
OTHER = LAYOUT.replace("first", "other_first").replace("second", "other_second").replace("layout_node", "other_node") \
    .replace("*const layout_constant", "*const other_constant")


def compile_kernel(folder, **sources):
    """An ELF file of kernel/test/layout.c and more files, linked where Memory's base is."""
    names = {LAYOUT_UNIT: sources.pop("layout", LAYOUT), **{f"mm/{n}.c": text for n, text in sources.items()}}
    for name, text in names.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    subprocess.run(["gcc", "-g", "-O1", "-nostdlib", "-static", "-ffreestanding", "-fno-pie", "-no-pie", "-Wl,-e,0",
                    f"-Wl,-Ttext={BASE:#x}", "-o", "pagoda", *names], cwd=folder, check=True, capture_output=True)
    return folder / "pagoda"


@pytest.fixture(scope="module")
def elf(tmp_path_factory):
    return compile_kernel(tmp_path_factory.mktemp("kernel"))


@pytest.fixture
def ram():
    """A page of memory as a file: os.pwrite() changes what Kernel reads."""
    fd = os.memfd_create("ram")
    os.ftruncate(fd, 4096)
    yield fd
    os.close(fd)


@pytest.fixture
def kernel(elf, ram):
    return Kernel(elf, memory=Memory(ram, 4096, BASE))


def put(fd, address, *words):
    """Words of 8 bytes at an address of Memory."""
    os.pwrite(fd, b"".join((w & (1 << 64) - 1).to_bytes(8, "little") for w in words), address - BASE)


def member(kernel, name):
    return kernel.types.get("struct node").members[name].offset


def test_symbols_and_functions(kernel):
    assert kernel.function_at(kernel["second"] + 1) == "second"
    assert kernel.function_at(BASE - 1) == ""
    assert kernel.word == 8
    with pytest.raises(MemoryFault, match="no symbol third"):
        kernel["third"]  # pylint: disable=pointless-statement


def test_constants_of_enumerations_and_macros(kernel):
    assert (kernel.constant("GREEN"), kernel.constant("SIZE")) == (4, 42)


def test_members_are_read_where_they_lie(kernel, ram):
    os.pwrite(ram, (-7 & 0xffffffff).to_bytes(4, "little") + bytes([0b10111]), 0)
    put(ram, BASE + member(kernel, "word"), 0x0102030405060708)
    os.pwrite(ram, bytes([1, 2, 3, 4, 5, 0xff]), member(kernel, "table"))
    node = kernel.at("struct node", BASE)
    assert (node.number, node.odd, node.low) == (-7, 1, 0b1011)
    assert node.word == 0x0102030405060708
    assert list(node.bytes) == [8, 7, 6, 5, 4, 3, 2, 1]
    assert [list(row) for row in node.table] == [[1, 2, 3], [4, 5, -1]]
    assert kernel.at("node_t", BASE).number == -7
    with pytest.raises(AttributeError):
        node.nonsense  # pylint: disable=pointless-statement
    with pytest.raises(IndexError):
        node.table[2]  # pylint: disable=pointless-statement


def test_pointers_are_followed(kernel, ram):
    put(ram, BASE + member(kernel, "parent"), BASE + 512, BASE + 1024)
    os.pwrite(ram, b"\x05\0\0\0", 512)
    os.pwrite(ram, b"a name\0rest", 1024)
    node = kernel.at("struct node", BASE)
    assert node.follow("parent").number == 5
    assert node.follow("parent").follow("parent") is None
    assert kernel.string(node.name) == "a name"


def ring(kernel, fd, nodes, head=BASE + 2048):
    """A list of nodes at these offsets, with its head."""
    cells = [head] + [BASE + n + member(kernel, "list") for n in nodes]
    for i, cell in enumerate(cells):
        put(fd, cell, cells[(i + 1) % len(cells)], cells[i - 1])
    return head


def test_a_list_is_walked_in_order(kernel, ram):
    head = ring(kernel, ram, [256, 0, 128])
    assert [n.address - BASE for n in kernel.list(head, "struct node", "list")] == [256, 0, 128]
    assert not kernel.list(ring(kernel, ram, []), "struct node", "list")


def test_a_list_that_never_ends_is_refused(kernel, ram):
    head = ring(kernel, ram, [0, 128])
    first, last = (BASE + n + member(kernel, "list") for n in (0, 128))
    put(ram, last, first)
    put(ram, first + 8, head)
    with pytest.raises(MemoryFault, match="again"):
        kernel.list(head, "struct node", "list")


@pytest.mark.parametrize("offset, value, message", [
    (0, 0xdead0000, "not in RAM"), (0, 0, "not in RAM"), (8, BASE, "torn")])
def test_a_torn_list_is_refused(kernel, ram, offset, value, message):
    head = ring(kernel, ram, [0, 128, 256])
    put(ram, BASE + 128 + member(kernel, "list") + offset, value)
    with pytest.raises(MemoryFault, match=message):
        kernel.list(head, "struct node", "list")


def test_a_list_has_a_limit(kernel, ram):
    head = ring(kernel, ram, [0, 128, 256])
    with pytest.raises(MemoryFault, match="after 2 entries"):
        kernel.list(head, "struct node", "list", limit=2)


@pytest.mark.parametrize("address", [0, BASE - 1, BASE + 4096 - 3, 1 << 63])
def test_what_is_not_ram_is_not_read(kernel, address):
    with pytest.raises(MemoryFault, match=f"{address:#x}"):
        kernel.at("struct node", address).number  # pylint: disable=expression-not-assigned


def test_files_that_see_the_same(tmp_path):
    path = compile_kernel(tmp_path, same=OTHER)
    assert check_layouts(path) == []
    assert check_layouts(path, files=["mm/same.c"]) == []


@pytest.mark.parametrize("old, new, told", [
    ("int number;", "int number, more;", "struct node has"),
    ("int number;\n\tunsigned char odd : 1, low : 4;", "unsigned char odd : 1, low : 4;\n\tint number;",
     "struct node.number"),
    ("odd : 1, low : 4", "low : 4, odd : 1", "struct node.low")])
def test_a_file_with_another_layout_is_told(tmp_path, old, new, told):
    assert old in OTHER
    path = compile_kernel(tmp_path, other=OTHER.replace(old, new), same=OTHER.replace("other_", "same_"))
    faults = check_layouts(path, files=["mm/other.c", "mm/same.c"])
    assert any(f.startswith(f"mm/other.c: {told}") for f in faults)
    assert not any("same" in f for f in faults)


def test_a_pristine_kernel_is_the_measure(tmp_path, elf):
    path = compile_kernel(tmp_path, layout=LAYOUT.replace("int number;", "long number;"), same="int unused;")
    assert check_layouts(path, files=[LAYOUT_UNIT]) == []
    assert check_layouts(path, pristine=elf, files=[LAYOUT_UNIT]) != []


def test_a_file_without_debug_information_is_told(elf):
    assert "mm/gone.c" in check_layouts(elf, files=["mm/gone.c"])[0]


def test_two_files_of_the_layouts_name_are_refused(tmp_path):
    (tmp_path / "again").mkdir()
    path = compile_kernel(tmp_path, forged=f'#line 1 "{LAYOUT_UNIT}"\n' + OTHER)
    assert Kernel(path).sizeof("struct node") > 0		# #line does not change a unit's name
    (tmp_path / "one.c").write_text("int unused;")
    subprocess.run(["gcc", "-g", "-c", "-o", "a.o", LAYOUT_UNIT], cwd=tmp_path, check=True)
    (tmp_path / LAYOUT_UNIT).write_text(OTHER)
    subprocess.run(["gcc", "-g", "-nostdlib", "-static", "-no-pie", "-Wl,-e,0", "-o", "twice", "a.o", LAYOUT_UNIT],
                   cwd=tmp_path, check=True)
    with pytest.raises(UserError, match="2 files"):
        Kernel(tmp_path / "twice")


@pytest.mark.parametrize("data, message", [(None, "no kernel to read"), (b"junk", "is no kernel"),
                                           (b"", "is no kernel")])
def test_what_is_no_kernel_is_told(tmp_path, data, message):
    path = tmp_path / "pagoda"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(UserError, match=message):
        Kernel(path)


def test_a_kernel_without_debug_information_is_told(tmp_path):
    (tmp_path / "x.c").write_text("int first(void) { return 1; }")
    subprocess.run(["gcc", "-nostdlib", "-static", "-Wl,-e,0", "-o", "x", "x.c"], cwd=tmp_path, check=True)
    with pytest.raises(UserError, match="-g|not known"):
        Kernel(tmp_path / "x")
