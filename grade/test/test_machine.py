"""Guests under test, in the arena that kernel/test/self_arena.c makes for this: they answer, hang, die and lie."""

import pytest

from grade import machine
from grade.kernel import MemoryFault
from grade.machine import ArenaGuest, ArenaRefused, BootedGuest, Died, Hung, Infrastructure, Machine
from grade.test.kernels import MACHINES, built, needs_guests

pytestmark = needs_guests()
SMALL = 20_000_000		# instructions


@pytest.fixture(scope="module", params=MACHINES)
def build(request):
    return built(request.param)


@pytest.fixture(scope="module")
def shared(build):
    """An arena for tests that do it no harm."""
    with ArenaGuest(build, "self") as guest:
        yield guest


@pytest.fixture
def arena(shared):
    shared.call("reset")
    return shared


@pytest.fixture
def own(build):
    """An arena for a test that kills it."""
    with ArenaGuest(build, "self") as guest:
        yield guest


def test_answers_are_words(arena):
    assert arena.call("ping") == ["ok"]
    assert arena.call("echo", 1, 0x2a, 0) == ["1", "2a", "0"]
    assert arena.call("echo", -1) == ["f" * 2 * arena.kernel.word]
    assert arena.call("echo") == []


def test_many_calls_in_one_go_keep_their_order(arena):
    answers = arena.calls([("echo", i, i * i) for i in range(300)])
    assert answers == [[f"{i:x}", f"{i * i:x}"] for i in range(300)]


@pytest.mark.parametrize("call, told", [(("nonsense",), "does not know"), (("list",), "other numbers"),
                                        (("echo", *range(17)), "other numbers")])
def test_a_test_that_does_not_fit_the_arena_is_told(arena, call, told):
    with pytest.raises(ArenaRefused, match=told):
        arena.call(*call)


def test_between_calls_it_waits(own):
    """It is stopped where it has said so, or it would be charged for the next line's delay."""
    heard = [own.heard()]
    for _ in range(100):
        own.call("ping")
        heard.append(own.heard())
    assert heard == [None] * 101


def test_a_line_that_comes_late_costs_nothing(own):
    """A busy host may take longer to say a line than a budget lasts."""
    send = own._send

    def late(data):
        send(data[:-1])
        begin = own.instructions()
        own.wait(own.guest.uart, lambda: own.instructions() > begin + 5 * SMALL, SMALL)
        send(data[-1:])
    own._send = late
    assert own.call("ping", budget=SMALL) == ["ok"]


def test_memory_is_read_while_it_stands_still(arena):
    head = int(arena.call("list", 20)[0], 16)
    cells = [head]
    for _ in range(20):
        cells.append(arena.kernel.number(cells[-1], arena.kernel.word))
    assert len(set(cells)) == 21
    assert arena.kernel.number(cells[-1], arena.kernel.word) == head
    offset = 2 * arena.kernel.word		# the value behind the links
    assert [arena.kernel.number(c + offset, arena.kernel.word) for c in cells[1:]] == list(range(20))


def test_reset_takes_memory_back(arena):
    first = [arena.call("list", 100), arena.call("reset"), arena.call("list", 100)]
    assert first == [first[0], ["ok"], first[0]]


def test_a_list_with_a_knot_is_refused(arena):
    head = int(arena.call("knot", 5)[0], 16)
    with pytest.raises(MemoryFault, match="torn|again"):
        arena.kernel.list(head, "struct page", "lru")


def test_forged_answers_do_not_count(arena):
    assert arena.call("forge") == ["0"]
    assert "ok 1 - everything" in arena.console		# it stays the kernel's log
    assert arena.call("echo", 7) == ["7"]


def test_an_endless_loop_is_a_livelock(own):
    with pytest.raises(Hung) as caught:
        own.call("spin", budget=SMALL)
    assert caught.value.hang.kind == "livelock"
    assert "verb_spin" in caught.value.hang.where and "verb_spin" in str(caught.value)


def test_a_lock_taken_twice_is_a_deadlock(own):
    with pytest.raises(Hung) as caught:
        own.call("stuck", budget=SMALL)
    assert caught.value.hang.kind == "deadlock"
    assert caught.value.hang.where[0] == "verb_stuck"


@pytest.mark.parametrize("call, told", [(("panic",), "Kernel panic: as it was told"), (("fault", 4), "Kernel panic")])
def test_a_panic_is_told(own, call, told):
    with pytest.raises(Died, match=told) as caught:
        own.call(*call)
    assert not isinstance(caught.value, Hung)
    assert "start_kernel" in caught.value.console		# its backtrace


def test_an_arena_that_is_not_there_is_told(build):
    with pytest.raises(Died, match="switched itself off|died") as caught:
        ArenaGuest(build, "nonsense")
    assert "no arena of this name" in caught.value.console


def test_a_booted_guest_runs_commands(build):
    with BootedGuest(build) as guest:
        assert guest.run("echo one; echo two >&2; exit 3") == (3, b"one\n", b"two\n")
        assert guest.run("cat", stdin=b"x" * 5000)[1] == b"x" * 5000
        with guest.stopped():
            before = guest.user_time()
            assert before == guest.user_time() > 0
        guest.run("cat /bin/* > /dev/null")
        assert guest.user_time() > before


@pytest.mark.parametrize("cpus", [1, 4])
def test_a_sleep_without_an_end_is_a_lost_wakeup(build, monkeypatch, cpus):
    with BootedGuest(build, cpus=cpus) as guest, pytest.raises(Hung) as caught:
        monkeypatch.setattr(machine, "IDLE_SECONDS", 1)
        guest.run("cat /proc/kmsg > /dev/null")
    assert caught.value.hang.kind == "lost wake-up"


def test_cpu_time_is_the_budget_of_several_cpus(build):
    with BootedGuest(build, cpus=2, mem="128M") as guest, pytest.raises(Hung, match="CPU time") as caught:
        guest.run("while :; do :; done", budget=1)
    assert caught.value.hang.kind == "livelock"


def test_a_guest_that_dies_while_the_host_talks_has_died(build, monkeypatch):
    def reset(*_):
        guest.guest.kill()
        raise ConnectionResetError

    with BootedGuest(build) as guest:
        monkeypatch.setattr(guest.guest, "run", reset)
        with pytest.raises((Died, Infrastructure)):
            guest.run("true")


def test_memory_has_the_size_that_was_asked_for(build):
    with BootedGuest(build, mem="96M") as guest:
        assert guest.memory.size == 96 << 20
        with pytest.raises(MemoryFault):
            guest.memory.read(guest.memory.base + (96 << 20), 1)
    with pytest.raises(ValueError, match="lots"):
        Machine(build, mem="lots")


def test_a_build_that_cannot_start_is_the_hosts_fault(build, tmp_path):
    for name in ("pagoda", "disk.img"):
        (tmp_path / name).symlink_to(build / name)
    (tmp_path / "machine").write_text("qemu-system-none -machine none virtio=pci\n")
    with pytest.raises(Infrastructure, match="qemu-system-none"):
        Machine(tmp_path.rename(tmp_path.parent / build.name), agent=False)
