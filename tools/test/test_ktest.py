"""The kernel's self-tests (mm/test/), in every configuration, as `make ktest` runs them."""

import guest
import pytest
from conftest import ISAS, make, make_args


def test_ktest(config, boot):
    vm = boot(config.build, cpus=config.cpus, append="ktest=*", agent=False)
    code = vm.wait(540)
    results, fault = guest.parse_tap(vm.log())
    assert results and not fault and code == 0, f"exit code {code}: {fault}\n{vm.log()[-12000:]}"


@pytest.mark.parametrize("isa", ISAS)
def test_ktest_by_glob(isa, build):
    """A glob selects; one that selects nothing is an error, told by the status."""
    build(isa.build)
    some = make(*make_args(isa.build), "ktest", "T=page_alloc.*", text=True)
    assert some.returncode == 0, some.stdout + some.stderr
    results, fault = guest.parse_tap(some.stdout)
    assert results and not fault and all("page_alloc" in name for _, name, _ in results)
    assert make(*make_args(isa.build), "ktest", "T=no_such_test", text=True).returncode != 0
