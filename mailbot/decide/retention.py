"""What is kept no longer: the mails and letters that are due to go, by the configuration or by a day that is named."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from mailbot.config import Campaign
from mailbot.config.model import Retention
from mailbot.domain.mail import StoredMessage


@dataclass(frozen=True, slots=True)
class Limits:
    """What came or was made before these moments goes; None: nothing does.

    `mails` is for the mails of the campaign, `other_mails` for those of others that lie in the same database.
    """

    mails: datetime | None = None
    other_mails: datetime | None = None
    letters: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing goes at all."""
        return self.mails is self.other_mails is self.letters is None


def limits_before(moment: datetime) -> Limits:
    """Everything from before a moment."""
    return Limits(moment, moment, moment)


def limits_by(retention: Retention, campaign: Campaign, now: datetime) -> Limits:
    """What the configuration lets go at a moment.

    Its days are counted from the end of the campaign, and everything of it goes at once, since a campaign's papers are
    filed away together; mails of other campaigns are counted from the day that they came.
    """
    over = datetime.combine(campaign.ends_on + timedelta(days=1), time(), now.tzinfo)
    mails, letters = retention.mails_days, retention.letters_days
    return Limits(
        mails=now if mails is not None and now >= over + timedelta(days=mails) else None,
        other_mails=now - timedelta(days=mails) if mails is not None else None,
        letters=now if letters is not None and now >= over + timedelta(days=letters) else None,
    )


def due_mails(
    messages: Iterable[tuple[str, StoredMessage]],
    campaign: str,
    limits: Limits,
    waiting: Collection[int],
    erased: Collection[str],
) -> tuple[list[StoredMessage], list[StoredMessage]]:
    """The mails that go, and those that would but wait: to be judged, or for a person.

    `messages`: each with its campaign; `waiting`: the numbers of those with an open case; `erased`: by sha256, those
    that are gone already.
    """
    gone, kept = list[StoredMessage](), list[StoredMessage]()
    for of, message in messages:
        limit = limits.mails if of == campaign else limits.other_mails
        if limit is None or message.received_at >= limit or message.sha256 in erased:
            continue
        is_open = message.disposition is None or message.id in waiting
        (kept if is_open else gone).append(message)
    return gone, kept
