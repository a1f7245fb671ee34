"""A simulated year of sixty units, with mail at any hour and days of downtime: every letter is sent on time.

Who should get what is worked out here from the days that stand below, never by asking the program.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from mailbot.campaigns import roster_file
from mailbot.decide.apply import Effect
from mailbot.documents import workbook
from mailbot.domain.act import Act, ActKind, Actor, Target
from mailbot.domain.errors import SendError
from mailbot.domain.letter import LetterKind, StoredLetter
from mailbot.domain.workdays import Workdays
from mailbot.flows.ports import App
from support.mails import mail
from support.world import SHANGHAI, World, activity, table

UNITS = [f"U{number:02}" for number in range(60)]
EXTENDED, BUSY = UNITS[7], UNITS[11]
"""A unit that staff grant a later deadline, and one whose server takes no mail on a day of reminding."""

NEAR = 1000 if os.environ.get("MAILBOT_FAULTS") == "full" else 45
"""Days around the deadline of which each has its night."""


NEWS = "近日，我单位开展网络安全知识竞赛，职工踊跃参加，现场气氛热烈。" * 4
"""Long enough to be news: a mail that only mentions the campaign waits for a person, and then nobody is reminded."""


@dataclass(frozen=True)
class Year:
    """One campaign and what is known of it beforehand: its days of reminding, and what goes wrong when."""

    starts_on: date
    deadline: date
    ends_on: date
    reminding: tuple[date, ...]
    asleep: tuple[date, ...]
    """Days on which nothing runs."""
    busy_day: date
    granted_on: date
    granted_until: date
    reminding_extended: tuple[date, ...]
    rests: tuple[date, ...] = ()
    """Days that the office itself takes off."""

    @property
    def days(self) -> Iterator[date]:
        """All days of the campaign and two weeks on either side."""
        start, length = self.starts_on - timedelta(days=14), (self.ends_on - self.starts_on).days + 28
        return (start + timedelta(days=n) for n in range(length))


BEFORE_A_HOLIDAY = Year(
    starts_on=date(2021, 1, 4),
    ends_on=date(2021, 12, 31),
    deadline=date(2021, 9, 30),
    reminding=tuple(date(2021, month, day) for month, day in [(9, 16), (9, 24), (9, 28), (9, 30), (10, 8), (10, 13)]),
    asleep=tuple(date(2021, month, day) for month, day in [(6, 7), (6, 8), (9, 15), (9, 16), (9, 27), (9, 28)]),
    busy_day=date(2021, 9, 24),
    granted_on=date(2021, 9, 29),
    granted_until=date(2021, 10, 15),
    reminding_extended=tuple(date(2021, 10, day) for day in (9, 13, 15, 18, 22)),
)
ON_A_SATURDAY = Year(
    starts_on=date(2023, 5, 4),
    ends_on=date(2023, 10, 18),
    deadline=date(2023, 8, 5),
    reminding=tuple(date(2023, month, day) for month, day in [(7, 24), (7, 31), (8, 3), (8, 4), (8, 7), (8, 11)]),
    asleep=tuple(date(2023, month, day) for month, day in [(7, 30), (7, 31), (8, 1), (10, 16), (10, 17)]),
    busy_day=date(2023, 8, 4),
    granted_on=date(2023, 8, 4),
    granted_until=date(2023, 8, 27),
    reminding_extended=tuple(
        date(2023, month, day) for month, day in [(8, 14), (8, 21), (8, 24), (8, 25), (8, 28), (9, 1)]
    ),
    rests=tuple(date(2023, 10, day) for day in range(2, 9)),
)


@dataclass
class Simulated:
    """The world of one year, and what its people have done in it."""

    year: Year
    world: World
    chance: random.Random
    done_at: dict[str, datetime] = field(default_factory=dict)
    """Unit → when it had sent all that it owes."""
    reminded_at: list[tuple[str, date]] = field(default_factory=list)
    """Who should have been reminded on which day."""

    def live(self) -> None:
        """Go through all days."""
        mails = self._mails()
        for day in self.year.days:
            for raw, arrived in mails.get(day, ()):
                self.world.deliver(raw, arrived)
            if day in self.year.asleep:
                continue
            if day - timedelta(days=1) in self.year.asleep:
                self.world.restart()
            self._decide(day)
            for moment in self._ticks(day):
                self._expect(moment)
                self.world.clock.now = moment
                self.world.round()

    def _mails(self) -> Mapping[date, list[tuple[bytes, datetime]]]:
        """Every unit's mail by the day on which it comes; one in six sends nothing ever."""
        arriving: dict[date, list[tuple[bytes, datetime]]] = {}

        def sends(unit: str, day: date, **fields: Any) -> datetime:
            # before the first tick of the day
            arrived = datetime.combine(day, time(0, self.chance.randrange(60)), SHANGHAI)
            raw = mail(sender=f"{unit.lower()}@example.org", message_id=f"<{unit}-{day}@example.org>", **fields)
            arriving.setdefault(day, []).append((raw, arrived))
            return arrived

        for number, unit in enumerate(UNITS):
            day = self.year.deadline + timedelta(days=self.chance.randrange(-90, 20))
            later = day + timedelta(days=self.chance.randrange(3, 30))
            sheet = [("附件1.xlsx", report(unit, self.year.starts_on.year))]
            match number % 6:
                case 0:
                    continue
                case 1:
                    sends(unit, day, subject="活动信息", text=NEWS)
                    self.done_at[unit] = sends(unit, later, subject="统计表", attachments=sheet)
                case 2:
                    sends(
                        unit,
                        day,
                        subject="统计表",
                        attachments=[("附件1.xlsx", report(unit, self.year.starts_on.year, people="若干"))],
                    )
                    self.done_at[unit] = sends(unit, later, subject="统计表（更正）", attachments=sheet)
                case _:
                    self.done_at[unit] = sends(unit, day, subject="统计表", attachments=sheet)
        return arriving

    def _ticks(self, day: date) -> list[datetime]:
        """In the working hours, and before or after them; on two of three days far from the deadline, in them alone."""
        night = self.chance.choice([(1.0, 8.5), (18.0, 23.9)])
        hours = sorted([self.chance.uniform(9.0, 18.0), self.chance.uniform(*night)])
        if abs((day - self.year.deadline).days) > NEAR and day.toordinal() % 3:
            hours = [hour for hour in hours if 9 <= hour < 18]
        return [datetime.combine(day, time(), SHANGHAI) + timedelta(hours=hour) for hour in hours]

    def _decide(self, day: date) -> None:
        busy = f"{BUSY.lower()}@example.org"
        if day == self.year.busy_day:
            self.world.post.refusals[busy] = SendError("451 try later")
        else:
            self.world.post.refusals.clear()
        if day == self.year.granted_on:
            at = datetime.combine(day, time(0, 30), SHANGHAI)
            granted = Act(ActKind.EXTEND, Actor("staff"), Target(unit=EXTENDED), at, until=self.year.granted_until)
            with self.world.app.store.transaction() as tx:
                tx.apply(granted, Effect(), None)

    def _expect(self, moment: datetime) -> None:
        """Note who must be reminded at this tick."""
        if not time(9) <= moment.time() < time(18):
            return
        for unit in UNITS:
            extended = unit == EXTENDED and moment.date() >= self.year.granted_on
            is_due = moment.date() in (self.year.reminding_extended if extended else self.year.reminding)
            owes = unit not in self.done_at or self.done_at[unit] > moment
            if is_due and owes and (unit, moment.date()) != (BUSY, self.year.busy_day):
                self.reminded_at.append((unit, moment.date()))

    def sent(self, kind: LetterKind) -> list[tuple[StoredLetter, datetime]]:
        """The letters of a kind that left, with the time in the campaign's zone."""
        letters = [letter for letter in self.world.letters if letter.kind is kind]
        return [(letter, letter.sent_at.astimezone(SHANGHAI)) for letter in letters if letter.sent_at]


@cache
def report(unit: str, year: int, people: int | str = 120) -> bytes:
    return table(f"云海第{UNITS.index(unit)}街道总工会", activity(day=f"{year}-06-15", people=people))


class Office(World):
    """Sixty units."""

    def _assembled(self) -> App:
        lines = [
            f"{unit},云海第{number}街道总工会,,街镇,,{unit.lower()}@example.org,,1,{number}"
            for number, unit in enumerate(UNITS)
        ]
        head = "code,name,short_name,category,aliases,emails,quota,required,sort_no"
        return replace(super()._assembled(), roster=roster_file.read("\n".join([head, *lines]).encode(), "units.csv"))


@pytest.fixture(scope="module", params=[BEFORE_A_HOLIDAY, ON_A_SATURDAY], ids=lambda year: str(year.deadline))
def simulated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    year: Year = request.param
    campaign = {
        "starts_on": year.starts_on,
        "deadline": year.deadline,
        "ends_on": year.ends_on,
        "calendar": Workdays(holidays=frozenset(year.rests)),
    }
    # what the disk keeps is held elsewhere; flushing it some thousand times would be most of the time
    memory = Path("/dev/shm")
    with (
        TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        for made in ("blank_form", "consolidated"):  # which other tests open, and which take most of a round
            patch.setattr(workbook, made, lambda *known, **named: b"")
        lived = Simulated(year, Office(Path(folder), campaign=campaign), random.Random(year.deadline.year))
        lived.live()
        yield lived
        lived.world.app.close()


def test_who_owes_is_reminded_on_each_day_of_reminding_and_nobody_else_ever(simulated: Simulated) -> None:
    reminded = [(letter.unit, at.date()) for letter, at in simulated.sent(LetterKind.REMINDER)]
    assert len(reminded) > 50
    assert sorted(reminded) == sorted(simulated.reminded_at)


def test_no_unit_that_had_reported_is_reminded(simulated: Simulated) -> None:
    for letter, at in simulated.sent(LetterKind.REMINDER):
        done_at = simulated.done_at.get(letter.unit or "")
        assert done_at is None or at < done_at, letter.key


def test_no_reminder_leaves_on_a_day_of_rest_or_in_the_quiet_hours(simulated: Simulated) -> None:
    calendar = simulated.world.config.campaign.calendar
    for letter, at in simulated.sent(LetterKind.REMINDER):
        assert calendar.is_working_day(at.date()), letter.key
        assert time(9) <= at.time() < time(18), letter.key


def test_no_reminder_leaves_twice_and_none_beside_another_of_the_day(simulated: Simulated) -> None:
    envelopes = [envelope for envelope in simulated.world.post.sent if envelope.kind is LetterKind.REMINDER]
    assert max(Counter(envelope.key for envelope in envelopes).values()) == 1
    assert max(Counter((letter.unit, at.date()) for letter, at in simulated.sent(LetterKind.REMINDER)).values()) == 1


def test_a_reminder_that_could_not_leave_on_its_day_is_not_made_up(simulated: Simulated) -> None:
    to_busy = [at.date() for letter, at in simulated.sent(LetterKind.REMINDER) if letter.unit == BUSY]
    assert simulated.year.busy_day not in to_busy
    assert not {at.date() for _, at in simulated.sent(LetterKind.REMINDER)} & set(simulated.year.asleep)


def test_each_week_with_a_working_day_of_the_campaign_has_one_digest_and_no_other_week_has_any(
    simulated: Simulated,
) -> None:
    campaign = simulated.world.config.campaign
    weeks = {
        day.isocalendar()[:2]
        for day in simulated.year.days
        if campaign.starts_on <= day <= campaign.ends_on and campaign.calendar.is_working_day(day)
    }
    digests = Counter(at.isocalendar()[:2] for _, at in simulated.sent(LetterKind.DIGEST))
    assert digests == Counter(weeks)
    assert len(weeks) == {2021: 52, 2023: 24}[campaign.deadline.year]


def test_every_mail_has_its_receipt_at_any_hour(simulated: Simulated) -> None:
    receipts = simulated.sent(LetterKind.RECEIPT)
    assert len(receipts) == len(simulated.world.messages) > 60
    assert any(not time(8, 30) <= at.time() < time(18) for _, at in receipts)
