"""The kernel against its own mistakes: what it may not write, execute or overrun ends in a panic that names the mistake."""

import re

import guest
import pytest
from conftest import configuration

CONFIGS = [configuration(b, c) for b, c in (("riscv", 4), ("riscv-debug", 1), ("i386", 4), ("i386-nopae-debug", 1))]


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("test,says", [
    ("text_is_not_written", r"kernel write to [0-9a-f]+ at pc"),
    ("constants_are_not_written", r"kernel write to [0-9a-f]+ at pc"),
    ("data_is_not_executed", r"kernel (?:jump to [0-9a-f]+ at pc|executes data)"),
    ("page_zero_is_not_there", r"NULL pointer"),
    ("page_zero_is_not_there_for_who_holds_mmap_sem", r"NULL pointer"),
    ("user_memory_is_not_executed", r"the kernel executes user memory"),
    ("a_stack_that_overflows_is_named", r"Kernel panic: kernel stack overflow")])
def test_a_mistake_is_named(boot, config, test, says):
    """Registers and a backtrace that leads to the culprit come with it."""
    if test == "data_is_not_executed" and "nopae" in config.build:
        pytest.skip("two-level page tables know no data that is not executable")
    vm = boot(config.build, cpus=config.cpus, append=f"ktest=protect.{test}", agent=False)
    assert vm.wait(120) == guest.PANIC, vm.log()[-4000:]
    assert re.search(says, vm.log()), vm.log()[-4000:]
    assert re.search(r"^\[ *[\d.]+\] (?:epc [0-9a-f]{16}|eip [0-9a-f]{4}:[0-9a-f]{8}) ", vm.log(), re.M), vm.log()[-4000:]
    assert re.search(r"\b(?:ktest_protect_\w+|jump_to|recurse[\w.]*)\+0x[0-9a-f]+", vm.log()), vm.log()[-4000:]
