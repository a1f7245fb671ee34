"""The work of reading is counted alike on every machine, inside a child and outside; what is over is refused."""

import contextlib

import pytest

from parsers.child import work
from parsers.child.work import SMALL, WORK, WORK_OF_LARGE
from parsers.formats.helpers import faults
from parsers.reading import Unreadable


def spend_in_steps(size: int, units: float) -> None:
    with work.limited(size, faults.too_large):
        for _ in range(100):
            work.spend(units / 100)


@pytest.mark.parametrize(("size", "most"), [(SMALL, WORK), (SMALL + 1, WORK_OF_LARGE)])
def test_a_file_may_take_so_much_work_and_no_more(size: int, most: int) -> None:
    spend_in_steps(size, most * 0.999)
    with pytest.raises(Unreadable, match=work.TOO_MUCH) as refused:
        spend_in_steps(size, most * 1.02)
    assert refused.value.code == "too-large"


def test_work_outside_of_any_file_is_nobody_s() -> None:
    work.spend(10 * WORK_OF_LARGE)
    spend_in_steps(SMALL, WORK / 2)


def test_the_files_of_a_mail_have_its_work_together() -> None:
    with work.shared(SMALL) as share:
        spend_in_steps(SMALL, WORK * 0.6)
        with pytest.raises(Unreadable):
            spend_in_steps(SMALL, WORK * 0.6)
        with pytest.raises(Unreadable):  # at once
            spend_in_steps(SMALL, 0)
        assert share.spent > 1


def spend_and_go_on() -> None:
    with work.limited(SMALL, faults.too_large), contextlib.suppress(Exception):
        work.spend(2 * WORK)


def test_libraries_that_catch_exceptions_do_not_catch_this_one() -> None:
    with pytest.raises(Unreadable):
        spend_and_go_on()
