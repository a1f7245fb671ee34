"""Reads mails in a limited child process, so that a hostile mail can harm nothing but its own reading."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailbot.config import Campaign
from mailbot.domain.errors import ReaderDied
from mailbot.domain.mail import Head
from mailbot.mail import mime
from mailbot.mail.headers import LARGEST_BLOCK
from mailbot.mail.opening import Opened, open_mail
from mailbot.mail.original_files import OriginalFile, original_files
from parsers.child import sandbox
from parsers.child.isolate import Died, Isolated
from parsers.forms.form import Form
from parsers.reading import Period

SECONDS, SLOW_SECONDS = 30.0, 240.0
"""Of work on one mail, in the fast lane and in the slow one; a busy machine may take longer by the clock."""


class IsolatedReader:
    """Opens mails for one campaign, each lane in a child of its own.

    A child is started at its first call and again after each death.
    """

    def __init__(self, forms: Sequence[Form], campaign: Campaign, zone: ZoneInfo) -> None:
        self._forms, self._campaign, self._zone = tuple(forms), campaign, zone
        self._fast, self._slow = Isolated(), Isolated(memory=sandbox.MEMORY, programs=True)

    def open(self, raw: bytes, arrived: datetime, *, slowly: bool = False) -> Opened:
        """All of a mail; `slowly`: with LibreOffice or unar where a file needs one. Raises ReaderDied."""
        period = period_of(self._campaign, self._forms, arrived.astimezone(self._zone).date())
        with _told_as_ours():
            if slowly:
                return self._slow.call(open_mail, raw, self._forms, period, True, timeout=SLOW_SECONDS)
            return self._fast.call(open_mail, raw, self._forms, period, timeout=SECONDS)

    def head(self, raw: bytes) -> Head:
        """Its head alone. Raises ReaderDied."""
        with _told_as_ours():
            return self._fast.call(_head, raw[:LARGEST_BLOCK], timeout=SECONDS)

    def go_by(self, campaign: Campaign) -> None:
        """Read by another state of the campaign from now on."""
        self._campaign = campaign

    def files(self, raw: bytes, most: int) -> tuple[OriginalFile, ...]:
        """What is attached to it, as it came; not more than `most` bytes in all. Raises ReaderDied."""
        with _told_as_ours():
            return self._fast.call(original_files, raw, most, timeout=SECONDS)

    def close(self) -> None:
        """End the children."""
        self._fast.close()
        self._slow.close()


def period_of(campaign: Campaign, forms: Sequence[Form], arrived_on: date) -> Period:
    """What tables that arrive on a day are judged by; what its forms add up counts, and what it has targets for."""
    counted = {field for field, _ in campaign.targets} | {f for form in forms for f in form.summary.indicators}
    return Period(campaign.starts_on, campaign.deadline, arrived_on, frozenset(counted))


@contextmanager
def _told_as_ours() -> Iterator[None]:
    try:
        yield
    except Died as death:
        raise ReaderDied(f"the child that read it was ended: {death}", was_too_long=death.reason == "time") from death


def _head(raw: bytes) -> Head:
    return mime.read(raw).head
