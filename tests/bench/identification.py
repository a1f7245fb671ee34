"""Telling whose a mail's tables are, with a roster of 20,000 units beside one of 60.

The mails name their units in the table, in the file's name, in the subject or in the signature, or a unit that nobody
lists. The roster is read and used once before; then each mail is judged by the units of its day.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from bench.harness import Cases, Figures, Group, Place, Row, ratio, shown
from bench.inputs import TODAY, form_mail, roster_csv, unit_name
from bench.worker import Worker

SMALL, LARGE, MAILS = 60, 20_000, 50


class Rosters:
    """A roster of so many units, and mails of some of them."""

    def __init__(self, units: int) -> None:
        from mailbot.campaigns import roster_file
        from mailbot.mail.opening import open_mail
        from mailbot.mail.reader import period_of
        from parsers.forms.form import load
        from support.world import config

        forms = [load("activities")]
        period = period_of(config(_nowhere()).campaign, forms, TODAY)
        step = max(1, units // MAILS)
        self._roster = roster_file.read(roster_csv(units), "units.csv")
        self._mails = [
            _telling(open_mail(form_mail(n * step % units), forms, period), n, n * step % units) for n in range(MAILS)
        ]
        self.identify(1)

    def identify(self, times: int) -> int:
        """Tell whose they are; of how many that is known."""
        from mailbot.decide.whose import identify_tables

        found = [
            one.unit
            for _ in range(times)
            for mail in self._mails
            for one in identify_tables(mail, self._roster.on(TODAY))
        ]
        return sum(unit is not None for unit in found)


def _nowhere() -> Any:
    from pathlib import Path

    return Path("/nonexistent")


def _telling(opened: Any, number: int, unit: int) -> Any:
    """The mail with the name in one place alone: table, file, subject, signature; or a name of nobody in the table."""
    where = number % 5
    if where == 0:
        return opened
    document = opened.documents[0]
    reading = document.readings[0]
    header = {name: value for name, value in reading.header.items() if name != "unit_raw"}
    if where == 4:
        header["unit_raw"] = replace(reading.header["unit_raw"], content=f"天涯{unit_name(unit)[1:4]}供销社工会")
    names = f"统计表（{unit_name(unit)}）.xlsx" if where == 1 else "统计表.xlsx"
    head = replace(opened.head, subject=f"{unit_name(unit)}报送统计表" if where == 2 else "报送统计表")
    document = replace(document, path=names, name=names, readings=(replace(reading, header=header, title=""),))
    words = f"您好：\n附件请查收。\n{unit_name(unit)}\n" if where == 3 else "您好：\n附件请查收。"
    return replace(opened, head=head, words=words, documents=(document,))


@contextlib.contextmanager
def cases(place: Place) -> Iterator[Cases]:
    """Both rosters."""
    with Worker("identification", "Rosters", SMALL) as small, Worker("identification", "Rosters", LARGE) as large:
        yield {str(SMALL): partial(_cost, small, 20), str(LARGE): partial(_cost, large, 1 if not place.full else 2)}


def _cost(worker: Worker, times: int) -> Figures:
    return {"cpu": worker.ask("identify", times)["cpu"] / times / MAILS}


GROUP = Group(
    "identification",
    cases,
    (
        Row(
            "identification a mail, 20,000 ÷ 60 units",
            ratio(str(LARGE), str(SMALL)),
            3,
            "×",
            of=shown(str(SMALL), str(LARGE)),
        ),
    ),
    rounds=(3, 5),
)
