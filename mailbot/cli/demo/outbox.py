"""Collects the mails that the units of the demo send, with days counted back from the day of the demo."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from mailbot.cli.demo.mailers import Writing, webmail


@dataclass(frozen=True, slots=True)
class Sample:
    """A mail, the time it arrived, and in a Chinese sentence what it is there to show."""

    raw: bytes
    received_at: datetime
    about: str


class Outbox:
    """What the units have sent so far; days are told as numbers of days before the day of the demo."""

    def __init__(self, today: date, to: str, zone: tzinfo) -> None:
        self._today, self._to, self._zone = today, to, zone
        self.samples: list[Sample] = []

    def day(self, ago: int) -> date:
        """That many days before the day of the demo."""
        return self._today - timedelta(days=ago)

    def at(self, ago: int, clock: str) -> datetime:
        """A time such as "09:41" on that day."""
        return datetime.combine(self.day(ago), time.fromisoformat(clock), self._zone)

    def send(
        self,
        about: str,
        when: datetime,
        sender: tuple[str, str],
        subject: str,
        text: str,
        *attached: tuple[str, bytes],
        program: Callable[[Writing], bytes] = webmail,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Have a mail written by a mail program, and keep it as a sample of what `about` says."""
        message_id = f"<{when:%Y%m%d%H%M}.{sender[1]}>"
        writing = Writing(*sender, self._to, when, message_id, subject, text, attached, headers)
        self.samples.append(Sample(program(writing), when, about))
