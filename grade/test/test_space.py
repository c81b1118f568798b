"""grade/space.py: what it says when an address space is not as it must be."""

import pytest

from grade.plugin import Mismatch
from grade.space import BASE, Entry, Space


def space_with(**what):
    """A Space without a guest, some of whose methods are these."""
    space = Space.__new__(Space)
    vars(space).update(what)
    return space


def test_an_entry_that_a_test_goes_on_with_is_there():
    entry = Entry(7, write=True, young=True, dirty=False)
    assert space_with(entry=lambda m, addr: entry).present(0, BASE) is entry


@pytest.mark.parametrize("use", ["present", "page_at", "expect_bytes"])
def test_an_entry_that_is_gone_is_a_mismatch_like_any_other(use):
    space = space_with(entry=lambda m, addr: None)
    with pytest.raises(Mismatch) as caught:
        getattr(space, use)(*((3, BASE, 0) if use == "expect_bytes" else (3, BASE)))
    assert "0x10000000 of space 3" in caught.value.what
    assert (caught.value.got, caught.value.wanted) == ("none", "there")
    assert "was it put back?" in caught.value.cause


def test_of_the_books_the_cause_is_not_the_tests():
    with pytest.raises(Mismatch) as caught:
        space_with(rss=lambda m: (4, 1)).expect_rss(0, 4, 0, " after it")
    assert caught.value.cause.startswith("the books: rss, mapcount, reference count")
