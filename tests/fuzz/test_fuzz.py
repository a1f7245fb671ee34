"""Thousands of damaged mails and files: each ends in a value or a typed error, within the limits.

`make fuzz` runs fifty thousand mails and fifty thousand files; the short run of `make test` is the beginning of it.
"""

import os
from collections.abc import Iterator

import mutations
import pytest

from parsers.child.isolate import Died, Isolated

NUMBER = int(os.environ.get("MAILBOT_FUZZ", "3000"))
"""Of mails, and of workbooks of all kinds together."""
PDF_SHARE = 50
"""One PDF takes as long as fifty workbooks."""
WORKBOOKS = tuple(subject for subject in mutations.SEEDS if subject not in ("mail", "pdf"))
BATCH = 250


@pytest.fixture(scope="module")
def child() -> Iterator[Isolated]:
    with Isolated() as isolated:
        yield isolated


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("subject", mutations.SEEDS)
def test_damaged_input_ends_in_a_value_or_a_typed_fault(child: Isolated, subject: str) -> None:
    number = {"mail": NUMBER, "pdf": NUMBER // PDF_SHARE}.get(subject, NUMBER // len(WORKBOOKS))
    seeds = mutations.SEEDS[subject]()
    for first in range(0, number, BATCH):
        last = min(first + BATCH, number)
        try:
            child.call(mutations.run, subject, seeds, first, last, timeout=BATCH * mutations.SLOWEST)
        except Died as death:
            pytest.fail(f"{subject} {_culprit(child, subject, first, last)}: the child was ended: {death}")


def _culprit(child: Isolated, subject: str, first: int, last: int) -> int:
    """The input that ends the child."""
    for number in range(first, last):
        try:
            child.call(
                mutations.run, subject, mutations.SEEDS[subject](), number, number + 1, timeout=2 * mutations.SLOWEST
            )
        except Died:
            return number
    return first
