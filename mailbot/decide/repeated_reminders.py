"""Reminders that came back go once to the other contacts of the unit."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from mailbot.campaigns.calendar import Stage, stages
from mailbot.config import Campaign, Reminders
from mailbot.decide.dead_contacts import living_addresses
from mailbot.decide.reminders import key_of, reminder
from mailbot.decide.standing import Standing
from mailbot.domain.letter import Letter, LetterKind, LetterState, ReturnedLetter, StoredLetter
from mailbot.mail.bounce_reasons import TEMPORARY

AT_MOST = timedelta(days=7)
"""After so long a reminder that came back is not made up any more."""


def repeated(
    standings: Sequence[Standing],
    campaign: Campaign,
    rules: Reminders,
    now: datetime,
    complete_until: datetime | None,
    dead: Collection[str],
    returned: Sequence[ReturnedLetter],
    letters: Sequence[StoredLetter],
) -> Iterator[Letter]:
    """The reminders that came back, to each other address of the unit that letters arrive at.

    On a working day and outside of the quiet hours, once the mailbox was read after the report; not where the unit owes
    nothing any more, a later reminder has gone out, or the deadline has come between.
    """
    if rules.is_quiet(now.time()) or not campaign.calendar.is_working_day(now.date()):
        return
    by_unit = {standing.unit.code: standing for standing in standings}
    for came_back in returned:
        standing = by_unit.get(came_back.unit or "")
        known = complete_until is not None and complete_until >= came_back.at
        if standing and known and _is_open(came_back, letters, now):
            stage = _stage(came_back, standing, campaign, rules, now)
            if stage and (stage.days < 0 or now.date() <= standing.deadline):
                yield from _to_others(came_back, standing, stage, campaign, now, dead)


def _is_open(came_back: ReturnedLetter, letters: Sequence[StoredLetter], now: datetime) -> bool:
    later = (
        letter
        for letter in letters
        if (letter.kind, letter.unit) == (LetterKind.REMINDER, came_back.unit) and letter.queued_at > came_back.at
    )
    is_late = now - came_back.at > AT_MOST or any(
        letter.state is not LetterState.DROPPED and not letter.key.startswith(f"{came_back.key}:") for letter in later
    )
    return came_back.kind is LetterKind.REMINDER and came_back.why != TEMPORARY and not is_late


def _stage(
    came_back: ReturnedLetter, standing: Standing, campaign: Campaign, rules: Reminders, now: datetime
) -> Stage | None:
    found = stages(campaign, rules, now, standing.deadline)
    return next((stage for stage in found if came_back.key == key_of(standing, stage, campaign)), None)


def _to_others(
    came_back: ReturnedLetter,
    standing: Standing,
    stage: Stage,
    campaign: Campaign,
    now: datetime,
    dead: Collection[str],
) -> Iterator[Letter]:
    for address in living_addresses(standing.unit, dead):
        if address.lower() != came_back.to:
            key = f"{came_back.key}:{address.lower()}"
            letter = reminder(standing, stage, address, campaign, now, key)
            if letter:
                yield letter
