"""Watches the database: whatever writes what counts must come from an act."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from storage.acts import Acts
from storage.kept_rows import KeptRows
from storage.migrations import steps
from storage.personal_rows import PersonalRows
from support.world import World

COUNTS = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) (?:submission|record|value|finding|replacement|act)\b")
REPEATED = re.compile(r"UPDATE record SET repeated=")
"""Follows from what counts: a row that an earlier table has as well."""
PERMITTED = frozenset(
    {
        Acts.save.__code__,
        Acts.apply.__code__,
        # which keep what counts: migrations, the masks of an erasure, and what is put back as it was kept
        steps.upgrade.__code__,
        PersonalRows.mask_message.__code__,
        PersonalRows.mask_acts.__code__,
        KeptRows.judge_as_kept.__code__,
        KeptRows.act_as_kept.__code__,
        KeptRows.end_as_kept.__code__,
        # the hand by which a test damages a database
        World.execute.__code__,
    }
)
"""Who may write."""


@contextmanager
def only_acts_write_what_counts() -> Iterator[None]:
    """Raise AssertionError wherever another than an act writes what counts, in any database of this process."""
    event.listen(Engine, "before_cursor_execute", _check)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", _check)


def _check(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
    if COUNTS.match(statement) and not REPEATED.match(statement) and not _is_by_an_act():
        raise AssertionError(f"this is written by no act: {statement[:200]}")


def _is_by_an_act() -> bool:
    frame = sys._getframe()  # a caller's frame is what is asked for
    while frame is not None:
        if frame.f_code in PERMITTED:
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False
