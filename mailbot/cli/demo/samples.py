"""The mails of the demo: what an invented district's units send in the last two weeks before a deadline.

Everything follows from the day the demo is run on; units, people, addresses and activities are invented.
"""

from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from importlib.resources import files
from zoneinfo import ZoneInfo

from mailbot.cli.demo.mails_with_tables import corrected, mistaken, well_filled
from mailbot.cli.demo.mails_without_tables import automatic, for_a_person, without_a_table
from mailbot.cli.demo.outbox import Outbox, Sample

ADDRESS = "demo@example.com"
"""The mailbox that everybody in the demo writes to."""
CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Span:
    """The demo's campaign; both days are included."""

    starts_on: date
    deadline: date


def campaign(today: date) -> Span:
    """A campaign that began four months ago and ends in four days."""
    return Span(today - timedelta(days=120), today + timedelta(days=4))


def roster() -> bytes:
    """The demo's twenty units as a roster file (UTF-8)."""
    return files("mailbot.cli.demo").joinpath("roster.csv").read_bytes()


def samples(today: date, *, to: str = ADDRESS, zone: tzinfo = CHINA) -> tuple[Sample, ...]:
    """The mails to `to`, in the order of their arrival in the fourteen days before `today`."""
    outbox = Outbox(today, to, zone)
    for write in (well_filled, mistaken, corrected, without_a_table, for_a_person, automatic):
        write(outbox)
    return tuple(sorted(outbox.samples, key=lambda sample: sample.received_at))
