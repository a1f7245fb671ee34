"""Reads mails in a limited child process, so that no mail can harm more than its own reading."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from mailbot import message
from mailbot.config import Campaign
from mailbot.domain import Head
from mailbot.errors import ReaderDied
from mailbot.opening import Opened, open_mail
from parsers.form import Form
from parsers.isolate import Died, Isolated
from parsers.reading import Period

R = TypeVar("R")

SECONDS = 20.0
"""Wall clock for one mail."""


class IsolatedReader:
    """Opens mails for one campaign; its child is started at the first call and again after each death."""

    def __init__(self, forms: Sequence[Form], campaign: Campaign, zone: ZoneInfo) -> None:
        self._forms, self._campaign, self._zone = tuple(forms), campaign, zone
        self._child = Isolated()

    def open(self, raw: bytes, arrived: datetime) -> Opened:
        """All of a mail. Raises ReaderDied where the child was killed."""
        period = Period(self._campaign.starts_on, self._campaign.deadline, arrived.astimezone(self._zone).date())
        return self._guarded(open_mail, raw, self._forms, period)

    def head(self, raw: bytes) -> Head:
        """Its head alone. Raises ReaderDied."""
        return self._guarded(_head, raw)

    def close(self) -> None:
        """End the child."""
        self._child.close()

    def _guarded(self, function: Callable[..., R], *args: object) -> R:
        try:
            return self._child.call(function, *args, timeout=SECONDS)
        except Died as death:
            raise ReaderDied(f"the child that read it was ended: {death}") from death


def _head(raw: bytes) -> Head:
    return message.read(raw).head
