"""pytest's part: the fixtures and marks of a lab's tests (docs/grading.md, section 3); a report for grade/runner.py.

    cd TREE && /usr/bin/python3 -m pytest -p grade.plugin --lab 02-buddy --builddir build/riscv labs/02-buddy

A test module may say ARENA = "name" where the arena is not called as the lab is behind its number, and ARENA_CPUS = 2.
"""

import contextlib
import hashlib
import hmac
import json
import os
import random
import sys
from pathlib import Path

import pytest

from grade import UserError, lab as labs
from grade.kernel import MemoryFault, check_layouts
from grade.machine import ArenaGuest, BootedGuest, Died, Hung, Infrastructure, Machine, arch_of, parse_tap
from grade.result import told_console

PUBLIC_SEED = 1
TEXT_LIMIT = 2000		# characters of an expected or a got value that are told
USER_TEST_BUDGET = 6_000_000_000
VM_DEATHS = 3			# so many booted guests may hang or die; then the tests that want one fail at once


# ---- what tests import -----------------------------------------------------------------------------------------------

def points(number, needs=(), cause=""):
    """Mark a test: its points of 100, the pieces without which it cannot pass, the likely cause when it fails."""
    return pytest.mark.points(number, needs=tuple(needs), cause=cause)


def deterministic(test):
    """Mark a test: one CPU, counted instructions. It is how tests are that say nothing."""
    return pytest.mark.deterministic(test)


def sampled(number):
    """Mark a test: it runs with `number` seeds, and must pass with each."""
    return pytest.mark.sampled(number)


class Mismatch(AssertionError):
    """Something is not as it must be: what, got, wanted, cause."""

    def __init__(self, what, got, wanted, cause):
        likely = f" (likely: {cause})" if cause else ""
        super().__init__(f"{what}: expected {_text(wanted)}, got {_text(got)}{likely}")
        self.what, self.got, self.wanted, self.cause = what, _text(got), _text(wanted), cause or ""


def expect(what, got, wanted, cause=None):
    """Go on if got == wanted; else the test fails and tells what was expected, what came, and the likely cause.

    what: a few words about what is compared; cause: None for the one in points()
    """
    if got != wanted:
        raise Mismatch(what, got, wanted, cause)


def _text(value):
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= TEXT_LIMIT else text[:TEXT_LIMIT] + " …"


# ---- options ---------------------------------------------------------------------------------------------------------

def pytest_addoption(parser):
    group = parser.getgroup("pagoda")
    group.addoption("--lab", help="the lab's name, or its folder")
    group.addoption("--builddir", help="the build to test: build/riscv, …")
    group.addoption("--pristine", help="the kernel that layouts are taken from (the build's own)")
    group.addoption("--seed", type=int, help="the seed of the tests' random values")
    group.addoption("--hidden", action="append", default=[], help="a folder whose tests are hidden ones")
    group.addoption("--secret", help="a file with the course's secret: hidden tests draw their seeds from it")
    group.addoption("--isolation", default="none", help="how guests are contained")
    group.addoption("--only", action="append", default=[], help="run only this test, or those whose name has it")
    group.addoption("--gdb", action="store_true", help="guests wait for GDB")
    group.addoption("--report", help="write what the tests earned to this file, as JSON")


def pytest_configure(config):
    for line in ("points(n, needs, cause): a test's part of the marks", "deterministic: one CPU, counted instructions",
                 "sampled(n): runs with n seeds"):
        config.addinivalue_line("markers", line)
    if config.option.builddir:
        config.option.importmode = "importlib"		# public and hidden tests may have files of the same name
        try:
            config.stash[GRADER] = Grader(config)
        except UserError as e:
            raise pytest.UsageError(str(e)) from None
        sys.path.insert(0, str(config.stash[GRADER].lab.dir))


GRADER = pytest.StashKey()


class Grader:
    """One run of a lab's tests on one build: settings, and the guests that tests share."""

    def __init__(self, config):
        option = config.option
        if not option.lab:
            raise UserError("say which lab: --lab 02-buddy")
        self.build, self.pristine, self.gdb = os.path.abspath(option.builddir), option.pristine, option.gdb
        self.arch = arch_of(self.build)
        self.lab = labs.load(option.lab)
        self.hidden = [Path(h).resolve() for h in (*option.hidden, self.lab.dir / "hidden")]
        self.secret = Path(option.secret).read_bytes().strip() if option.secret else None
        self.seed = option.seed
        self.isolation = _isolation(option.isolation)
        self.arenas, self.vm_faults = {}, []
        self.layout_faults = [] if option.collectonly else self._check_layouts()
        self.tests = {}			# name → what the report says of it

    def _check_layouts(self):
        """What is wrong with how the files that are handed in see the kernel's structures."""
        try:
            return check_layouts(f"{self.build}/pagoda", self.pristine, self.lab.files)
        except UserError:
            raise
        except Exception as e:		# pylint: disable=broad-except (pyelftools, on a file that anybody made)
            return [f"the kernel's debug information cannot be read: {type(e).__name__}"]

    def settings(self):
        return {"pristine": self.pristine, "isolation": self.isolation, "gdb": self.gdb}

    def is_hidden(self, item):
        return any(h in item.path.resolve().parents for h in self.hidden)

    def name(self, item):
        """A test's name as lab.toml and results have it: hidden/test_x.py::test_y."""
        folder = "hidden/" if self.is_hidden(item) else ""
        return f"{folder}{item.path.name}::{item.originalname}" + _variant(item)

    def seed_of(self, item):
        """--seed, else for a hidden test one that only the course's secret tells, else the public one."""
        sample = item.callspec.params.get("sample", 0) if hasattr(item, "callspec") else 0
        if self.seed is not None:
            return self.seed
        if self.is_hidden(item) and self.secret:
            text = f"{self.name(item)} {sample}".encode()
            return int.from_bytes(hmac.new(self.secret, text, hashlib.sha256).digest()[:4], "big")
        return PUBLIC_SEED + sample

    def arena(self, name, cpus=1):
        """The guest in this arena, as new; a dead one is booted again."""
        if (name, cpus) not in self.arenas:
            self.arenas[name, cpus] = ArenaGuest(self.build, name, cpus=cpus, append=self.lab.append, **self.settings())
        self.arenas[name, cpus].console = ""
        self.arenas[name, cpus].call("reset")
        return self.arenas[name, cpus]

    def drop_arenas(self):
        """After a failure: nobody knows what is left of them."""
        for guest in self.arenas.values():
            guest.close()
        self.arenas.clear()

    def boot(self, **settings):
        """A booted guest."""
        with self._patience():
            return BootedGuest(self.build, **{**self.settings(), **settings, "append": self._append(settings)})

    def _append(self, settings):
        """What a guest's command line says: the lab's words and the test's."""
        return " ".join(filter(None, (self.lab.append, settings.get("append", ""))))

    def self_tests(self, glob, budget, settings):
        """What a guest's self-tests report: see Boot.tap."""
        with self._patience(), Machine(self.build, agent=False, append=f"ktest={glob} {self.lab.append}".strip(),
                                       **{**self.settings(), **settings}) as guest:
            guest.run_to_end(budget)
            results, fault = parse_tap(guest.log())
            if fault and not fault.startswith("failed:"):
                raise Died(f"the self-tests' report is not whole: {fault}", guest.log())
            return results

    def note_death(self, item, error):
        """A booted guest's end in a test counts as much as one that does not boot."""
        if {"vm", "boot"} & set(item.fixturenames) and error not in self.vm_faults:
            self.vm_faults.append(error)

    @contextlib.contextmanager
    def _patience(self):
        """What fails again and again is not tried for ever."""
        if len(self.vm_faults) >= VM_DEATHS:
            raise Died(f"not tried again, after {VM_DEATHS} guests that hung or died. The last: {self.vm_faults[-1]}")
        try:
            yield
        except Died as e:
            self.vm_faults.append(e)
            raise


def _isolation(name):
    if name == "none":
        return None
    from grade.isolation import choose		# noqa: PLC0415 (one's own tree needs none)
    return choose(name)


def _variant(item):
    """[…] of a parametrized test, without the sample's number."""
    if not hasattr(item, "callspec"):
        return ""
    parts = [i for name, i in zip(item.callspec.params, item.callspec.id.split("-")) if name != "sample"]
    return f"[{'-'.join(parts)}]" if parts else ""


def _grader(config):
    try:
        return config.stash[GRADER]
    except KeyError:
        raise pytest.UsageError("these tests want a build: --lab LAB --builddir build/riscv") from None


# ---- collecting ------------------------------------------------------------------------------------------------------

def pytest_generate_tests(metafunc):
    mark = metafunc.definition.get_closest_marker("sampled")
    if mark:
        metafunc.fixturenames.append("sample")
        metafunc.parametrize("sample", range(mark.args[0]))


def pytest_collection_modifyitems(config, items):
    if GRADER not in config.stash:
        return
    grader = config.stash[GRADER]
    wanted = config.option.only
    exact = {grader.name(i) for i in items} & set(wanted)	# a whole name means this test, not all that begin so
    dropped = [i for i in items if wanted and grader.name(i) not in exact
               and not any(w in grader.name(i) for w in wanted if w not in exact)]
    config.hook.pytest_deselected(items=dropped)
    items[:] = [i for i in items if i not in dropped]
    for item in items:
        mark = item.get_closest_marker("points")
        grader.tests.setdefault(grader.name(item), {
            "name": grader.name(item), "points": mark.args[0] if mark else 0, "outcome": "passed",
            "hidden": grader.is_hidden(item), "needs": list(mark.kwargs["needs"]) if mark else [], "message": "",
            "expected": "", "got": "", "cause": "", "seed": grader.seed_of(item), "seconds": 0.0, "console": "",
            "ran": False})


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    grader = item.config.stash.get(GRADER, None)
    if grader and grader.layout_faults:
        raise Mismatch("the layout of the kernel's structures in all files", "; ".join(grader.layout_faults),
                       "as the kernel's headers have it", "a handed-in file changes what a header says")


# ---- fixtures --------------------------------------------------------------------------------------------------------

@pytest.fixture
def seed(request):
    """The number that the test's random values come from."""
    return _grader(request.config).seed_of(request.node)


@pytest.fixture
def rng(seed):		# pylint: disable=redefined-outer-name
    """A random.Random of the test's seed."""
    return random.Random(seed)


@pytest.fixture
def arena(request):
    """The lab's arena, as new: arena.call(verb, number, …) -> words; arena.kernel reads its memory."""
    grader = _grader(request.config)
    name = getattr(request.module, "ARENA", grader.lab.name.partition("-")[2])
    return grader.arena(name, getattr(request.module, "ARENA_CPUS", 1))


@pytest.fixture(scope="module")
def module_vm(request):
    """The guest that a module's tests share; a function that gives it, booted if it is not (any more)."""
    grader, guests = _grader(request.config), []

    def get():
        if guests and guests[-1].guest.process.poll() is not None:
            guests.pop().close()
        if not guests:
            guests.append(grader.boot())
        return guests[-1]
    yield get
    for guest in guests:
        guest.close()


@pytest.fixture
def vm(module_vm):		# pylint: disable=redefined-outer-name
    """A guest that booted to its agent, shared by the tests of a module: vm.run("cat /proc/buddyinfo")."""
    guest = module_vm()
    guest.go()
    yield guest
    guest.rest()		# other tests' guests have the host's CPUs to themselves


class Boot:
    """Guests of a test's own."""

    def __init__(self, grader):
        self.grader, self.guests = grader, []

    def __call__(self, **settings):
        """boot(cpus=4, mem="64M", append="…") -> a guest that booted to its agent, for as long as the test runs."""
        self.guests.append(self.grader.boot(**settings))
        return self.guests[-1]

    def self_tests(self, glob, least, budget=None, **settings):
        """Boot, run the kernel's self-tests whose names match, power off: none may fail, and `least` must report.

        => Died: it did not come to the end of its report
        """
        results = self.grader.self_tests(glob, budget, settings)
        expect("self-tests that fail", [name for passed, name, directive in results if not passed and not directive], [])
        assert len(results) >= least, f"only {len(results)} self-tests reported"

    def programs(self, work, *tests):
        """Boot and run a line of the shell, then user tests ("/test/mm"): all must do well."""
        vm = self()
        status, _, errors = vm.run(work)
        expect("status and errors of some programs", (status, errors.decode()), (0, ""))
        for test in tests:
            status, output, _ = vm.run(test, budget=USER_TEST_BUDGET)
            bad = [line for line in output.decode().splitlines() if line.startswith("not ok")]
            expect(f"tests of {test} that fail", bad, [])
            expect(f"the status of {test}", status, 0)


@pytest.fixture
def boot(request):
    """boot(cpus=4, mem="64M", append="…") -> a guest of the test's own; boot.self_tests("page_alloc.*", 16);
    boot.programs("ps | cat", "/test/mm")."""
    own = Boot(_grader(request.config))
    yield own
    for guest in own.guests:
        guest.close()


# ---- reporting -------------------------------------------------------------------------------------------------------

@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if GRADER not in item.config.stash:
        return
    grader = item.config.stash[GRADER]
    test = grader.tests[grader.name(item)]
    test["seconds"] = round(test["seconds"] + call.duration, 3)
    test["ran"] = test["ran"] or call.when == "call"
    if call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception):
        _note_failure(grader, item, test, call.excinfo.value)
        if "arena" in item.fixturenames:
            grader.drop_arenas()
    if outcome.get_result().failed and item.config.option.report is None:
        outcome.get_result().longrepr = _short(item, test, call.excinfo)


def _short(item, test, excinfo):
    """What somebody who runs pytest by hand reads: the failure, not the grader's insides."""
    if not excinfo.errisinstance((Mismatch, Died, Infrastructure, MemoryFault)):
        return item.repr_failure(excinfo)
    died = isinstance(excinfo.value, Died)
    lines = [test["message"], f"seed {test['seed']}"] + ([f"{'about' if died else 'likely'}: {test['cause']}"] if test["cause"] else [])
    return "\n".join(lines + told_console(test["console"], died))


def _note_failure(grader, item, test, error):
    """The first failure of a test, told in its report."""
    if test["outcome"] != "passed":
        return
    mark = item.get_closest_marker("points")
    test["outcome"] = {Infrastructure: "infrastructure", Died: "error", Hung: "error"}.get(type(error), "failed")
    test["seed"] = grader.seed_of(item)
    test["cause"] = getattr(error, "cause", "") or (mark.kwargs["cause"] if mark else "")
    test["message"] = str(error).strip() or type(error).__name__
    if isinstance(error, Mismatch):
        test.update(message=error.what, expected=error.wanted, got=error.got)
    elif isinstance(error, Died):
        test["console"] = error.console
        grader.note_death(item, error)
    elif not isinstance(error, (AssertionError, Infrastructure)):
        test["message"] = f"the test itself failed: {type(error).__name__}: {error}"
    if not isinstance(error, Died) and "arena" in item.funcargs:
        test["console"] = item.funcargs["arena"].console		# since the test began: Grader.arena()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    if GRADER not in session.config.stash:
        return
    grader = session.config.stash[GRADER]
    grader.drop_arenas()
    for test in grader.tests.values():
        if not test["ran"] and test["outcome"] == "passed":
            test.update(outcome="infrastructure", message="it did not run")
    path = session.config.option.report
    if path:
        Path(path).write_text(json.dumps({"arch": grader.arch, "tests": list(grader.tests.values())}), encoding="utf-8")
