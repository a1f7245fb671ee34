"""Which mail of a unit is still open: it may bring what the unit seems to owe, so nobody asks for that meanwhile."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from mailbot.decide.screening import QUARANTINED
from mailbot.domain.campaign import Unit
from mailbot.domain.mail import Disposition, StoredMessage
from mailbot.domain.submission import Status, StoredSubmission

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ByUnit(Generic[T]):
    """Mail as the units that it may be of find it: by their codes, and by their addresses in lower case."""

    all: Sequence[T]
    codes: Mapping[str, Sequence[int]]
    senders: Mapping[str, Sequence[int]]

    def of(self, unit: Unit) -> list[T]:
        """What may be of a unit, in its order."""
        places = {*self.codes.get(unit.code, ())}
        for address in unit.emails:
            places.update(self.senders.get(address.lower(), ()))
        return [self.all[place] for place in sorted(places)]


def tables_by_unit(submissions: Sequence[StoredSubmission]) -> ByUnit[StoredSubmission]:
    """Tables that are a unit's, or wait for a person who may find that they are: by its name or by their sender."""

    def named(stored: StoredSubmission) -> tuple[Iterable[str | None], str]:
        submission = stored.submission
        if submission.unit is not None or submission.status is not Status.REVIEW:
            return (submission.unit,), ""
        return submission.candidates, stored.sender

    return _by_unit(submissions, named)


def messages_by_unit(messages: Sequence[StoredMessage]) -> ByUnit[StoredMessage]:
    """Messages of a unit; one of an unknown unit is taken for that of its sender."""
    return _by_unit(messages, lambda m: ((m.unit,), "") if m.unit else ((), m.sender))


def _by_unit(all: Sequence[T], named: Callable[[T], tuple[Iterable[str | None], str]]) -> ByUnit[T]:
    codes, senders = defaultdict[str, list[int]](list), defaultdict[str, list[int]](list)
    for place, one in enumerate(all):
        units, sender = named(one)
        for code in filter(None, units):
            codes[code].append(place)
        if sender:
            senders[sender.lower()].append(place)
    return ByUnit(all, codes, senders)


def unsettled(messages: Sequence[StoredMessage], submissions: Sequence[StoredSubmission]) -> tuple[StoredMessage, ...]:
    """The messages of a unit that are not read yet, wait for a person, or killed their reader and were not sent again.

    Both are the unit's alone.
    """
    return tuple(message for message in messages if _is_open(message, submissions))


def _is_open(message: StoredMessage, submissions: Sequence[StoredSubmission]) -> bool:
    if message.settled:
        return False
    if message.code == QUARANTINED:
        return not any(stored.received_at > message.received_at for stored in submissions)
    return message.disposition is None or message.disposition is Disposition.REVIEW
