"""Reminding: the reminders that are due now, and those that missed their sending hours."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from mailbot.campaigns.calendar import stage_due
from mailbot.campaigns.roster import Roster
from mailbot.decide import delivery, sending_limits
from mailbot.decide.open_mail import messages_by_unit, tables_by_unit
from mailbot.decide.reminders import reminders
from mailbot.decide.repeated_reminders import AT_MOST, repeated
from mailbot.decide.standing import standings
from mailbot.domain.letter import Letter, LetterKind, LetterState, ReturnedLetter, StoredLetter
from mailbot.flows.enqueue import enqueue
from mailbot.flows.ports import App
from mailbot.flows.setbacks import by_itself
from mailbot.flows.unit_accounts import complete_until, dead_now, is_unjudged, roster_now
from mailbot.letters.delivery_alerts import missed_reminders
from storage.store import Transaction


def remind(app: App) -> None:
    """Queue the reminders that should have gone out by now and have not; give up those whose hours are over."""
    now = app.clock()
    with app.store.transaction() as tx:
        enqueue(app, tx, reminders_due(app, tx, now), now)
        enqueue(app, tx, _missed(app, tx, now), now)


def reminders_due(app: App, tx: Transaction, now: datetime, unit: str | None = None) -> list[Letter]:
    """The reminders that should be out by now, to all or to one unit, those included that are out.

    Those too that came back and go to the other contacts of their units.

    None while a mailbox has not been read to its end since the hour of the step or a mail is not judged yet: it may be
    the report.
    """
    campaign, rules = app.config.campaign, app.config.reminders
    deadlines = {campaign.deadline, *tx.extensions().values()}
    returned = [
        letter for letter in tx.returned_letters() if letter.kind is LetterKind.REMINDER and now - letter.at <= AT_MOST
    ]
    if not returned and not any(stage_due(campaign, rules, now, deadline) for deadline in deadlines):
        return []
    complete = None if is_unjudged(tx, now) else complete_until(app, tx)
    units, extensions, dead = roster_now(app, now, unit), tx.extensions(), dead_now(app.roster, tx)
    if not units.units:
        return []
    tables = tables_by_unit(tx.submissions(campaign.id, unit))
    mails = messages_by_unit(tx.messages(campaign.id, units.get(unit)))
    before = defaultdict[str | None, list[StoredLetter]](list)
    came_back = defaultdict[str | None, list[ReturnedLetter]](list)
    for letter in tx.letters(kind=LetterKind.REMINDER, unit=unit):
        before[letter.unit].append(letter)
    for reminder in returned:
        came_back[reminder.unit].append(reminder)
    due: list[Letter] = []
    for one in units.units:
        with by_itself(app, f"reminder to {one.code}", f"{one.name}的提醒"):
            accounts = standings(Roster((one,)), campaign, tables.of(one), mails.of(one), extensions)
            mine, again = before[one.code], came_back[one.code]
            due += reminders(accounts, campaign, rules, now, complete, dead, mine)
            due += repeated(accounts, campaign, rules, now, complete, dead, again, mine)
    return due


def _missed(app: App, tx: Transaction, now: datetime) -> Iterator[Letter]:
    """Give up the reminders that could not leave in their hours; what staff are told of the units that still owe."""
    rules, units = app.config.reminders, {unit.code: unit.name for unit in app.roster.units}
    queued = (x for x in tx.letters({LetterState.QUEUED}) if x.kind is LetterKind.REMINDER and not x.copies)
    over = [letter for letter in queued if delivery.last_moment(letter.queued_at, rules, now) <= now]
    if not over or is_unjudged(tx, now):
        return
    made = {letter.queued_at.astimezone(now.tzinfo) for letter in over}
    owed = {letter.key for moment in made for letter in reminders_due(app, tx, moment)}
    names = defaultdict[str, list[str]](list)
    for letter in over:
        why = _why_missed(app, tx, letter, now) if letter.key in owed else delivery.NO_LONGER_DUE
        tx.drop(letter.key, why)
        names[why].append(units.get(letter.unit or "", letter.to))
    for why in names.keys() - {delivery.NO_LONGER_DUE}:
        yield from missed_reminders(names[why], why, app.config.staff, now)


def _why_missed(app: App, tx: Transaction, letter: StoredLetter, now: datetime) -> str:
    """Whether it was for the limits of its mailbox that a reminder did not leave in its hours."""
    end = delivery.last_moment(letter.queued_at, app.config.reminders, now).astimezone(UTC)
    limits = sending_limits.limits(app.config.sending, app.mailbox(letter.mailbox))
    last_day = tx.sent_since(end - timedelta(days=1), end, letter.mailbox)
    rested = letter.mailbox in {rest.mailbox for rest in tx.resting(end)}
    full = LetterKind.REMINDER not in sending_limits.allowed(limits, 0, last_day)
    return delivery.LIMIT_USED_UP if full or rested else delivery.TOO_LATE
