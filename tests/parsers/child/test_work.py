"""One file may use so much of a child's time and memory; it is refused with a sentence, and the child lives on."""

import contextlib
import os
from collections.abc import Callable, Iterator

import pytest

from parsers.child import work
from parsers.child.isolate import Died, Isolated
from parsers.formats.helpers import faults
from parsers.reading import Unreadable

MIB = 1 << 20


def loop() -> None:
    while True:
        pass


def loop_that_catches_exceptions() -> None:
    while True:
        with contextlib.suppress(Exception):
            loop()


def fill() -> None:
    hoard = []
    while True:
        hoard.append(bytearray(MIB))


def fill_at_once() -> None:
    bytearray(8 << 30)


WASTES: dict[str, Callable[[], None]] = {
    "time": loop,
    "time, whatever it catches": loop_that_catches_exceptions,
    "memory": fill,
    "memory at once": fill_at_once,
}


def waste(of: str, size: int) -> int:
    """Waste something while a file of that size is read."""
    with work.limited(size, faults.too_large):
        WASTES[of]()
    return 0


def waste_in_two_files(size: int) -> list[str]:
    """The codes of two files of one mail, of which the first uses all that the mail has."""
    codes = []
    with work.shared(size):
        for wasteful in (loop, lambda: None):
            try:
                with work.limited(size, faults.too_large):
                    wasteful()
                codes.append("read")
            except Unreadable as fault:
                codes.append(fault.code)
    return codes


def number() -> int:
    return os.getpid()


@pytest.fixture(scope="module")
def isolated() -> Iterator[Isolated]:
    with Isolated() as child:
        yield child


@pytest.mark.parametrize("of", WASTES)
def test_a_file_that_costs_too_much_is_refused_with_a_sentence(isolated: Isolated, of: str) -> None:
    with pytest.raises(Unreadable, match=work.TOO_MUCH) as refused:
        isolated.call(waste, of, 1_000, timeout=10.0)
    assert refused.value.code == "too-large"
    assert isolated.call(number) > 0


def test_a_refusal_over_time_leaves_the_child_alive(isolated: Isolated) -> None:
    before = isolated.call(number)
    with pytest.raises(Unreadable):
        isolated.call(waste, "time", 1_000, timeout=10.0)
    assert isolated.call(number) == before


def test_a_child_whose_memory_ran_out_is_replaced_after_its_answer(isolated: Isolated) -> None:
    before = isolated.call(number)
    with pytest.raises(Unreadable):
        isolated.call(waste, "memory at once", 1_000, timeout=10.0)
    assert isolated.call(number) != before


def test_a_large_file_has_more_time(isolated: Isolated) -> None:
    with pytest.raises(Died, match="time"):
        isolated.call(waste, "time", 10 * work.SMALL, timeout=work.SECONDS + 1)


def test_what_one_file_of_a_mail_used_the_next_ones_lack(isolated: Isolated) -> None:
    assert isolated.call(waste_in_two_files, 1_000, timeout=10.0) == ["too-large", "too-large"]


def test_outside_of_a_child_nothing_is_counted() -> None:
    with work.shared(0), work.limited(0, faults.too_large):
        bytearray(10 * MIB)
