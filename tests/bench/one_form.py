"""One form of eight rows, from the mailbox to the receipt: what it costs beside the floor and what one would write.

A pass over twenty mails less a pass over none, by twenty, after a first one to warm up.
"""

import contextlib
import itertools
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from bench.harness import Cases, Figures, Group, Place, Row, ratio, shown
from bench.inputs import form_mail
from bench.world import Side, servers, side

MAILS, WARM = 20, 5
UNITS = 400
SIDES, KINDS = ("ours", "peer", "floor"), ("xlsx", "xls")


@contextlib.contextmanager
def cases(place: Place) -> Iterator[Cases]:
    """Each side with each kind of file; ours once more, with its flushes and statements counted."""
    numbers = itertools.count()
    with servers() as there:
        sides = {(name, kind): side(name, there, place.folder / name / kind, UNITS) for name in SIDES for kind in KINDS}
        for (_, kind), one in sides.items():
            one.answered("take_all", one.deliver(_mail(next(numbers), kind) for _ in range(WARM)))
        found = {f"{name} {kind}": partial(_costs, one, kind, numbers) for (name, kind), one in sides.items()}
        counted = partial(_counts, sides["ours", "xlsx"], numbers)
        yield found | {"counted": counted}
        for one in sides.values():
            one.worker.close()


def _mail(number: int, kind: str) -> bytes:
    return form_mail(number % UNITS, kind, number)


def _costs(one: Side, kind: str, numbers: Iterator[int]) -> Figures:
    some = one.answered("take_all", one.deliver(_mail(next(numbers), kind) for _ in range(MAILS)))
    none = one.answered("take_all", 0)
    return {"cpu": (some["cpu"] - none["cpu"]) / MAILS, "seconds": (some["seconds"] - none["seconds"]) / MAILS}


def _counts(one: Side, numbers: Iterator[int]) -> Figures:
    number = one.deliver(_mail(next(numbers), "xlsx") for _ in range(MAILS))
    some: Mapping[str, Any] = one.answered("take_all_counted", number, is_traced=True)
    none: Mapping[str, Any] = one.answered("take_all_counted", 0, is_traced=True)
    return {
        "flushes": (some["flushes"] - none["flushes"]) / MAILS,
        **{what: (some["result"][what] - none["result"][what]) / MAILS for what in ("statements", "transactions")},
    }


def _row(kind: str, over: str, goal: float, reach: float) -> Row:
    told = shown(f"ours {kind}", f"{over} {kind}")
    name = f"one 8-row form (.{kind}), IMAP to receipt, CPU ÷ {over}"
    return Row(name, ratio(f"ours {kind}", f"{over} {kind}"), goal, "×", reach=reach, of=told)


GROUP = Group(
    "one form",
    cases,
    (
        _row("xlsx", "peer", 1.0, 0.6),
        _row("xls", "peer", 1.0, 0.6),
        _row("xlsx", "floor", 7, 4),
        _row("xls", "floor", 7, 4),
        Row("flushes a mail", lambda found: found["counted"]["flushes"], 4, reach=2),
        Row("SQL statements a mail", lambda found: found["counted"]["statements"], 40),
        Row("SQL transactions a mail", lambda found: found["counted"]["transactions"], 3),
    ),
    rounds=(3, 5),
)
