"""Where all units stand at a given time, and whether all earlier mail has been judged."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from mailbot.campaigns.roster import Roster
from mailbot.decide import ledger
from mailbot.decide.dead_contacts import DeadContact, dead_contacts
from mailbot.decide.standing import standings
from mailbot.domain.letter import LetterKind
from mailbot.domain.mail import Head
from mailbot.flows.ports import App
from mailbot.letters.digest_account import Account
from storage.store import Transaction

TO_UNITS = frozenset({LetterKind.RECEIPT, LetterKind.NOTICE, LetterKind.REMINDER, LetterKind.ANSWER})
"""The letters whose answers come from the unit that they are about."""
NOT_ANSWERED = "not answered"
"""What is counted: mail of strangers beyond the share of a day."""


def roster_now(app: App, now: datetime, unit: str | None = None) -> Roster:
    """The units of that day, after the campaign of its last one; all, or that one."""
    units = app.roster.on(min(now.date(), app.config.campaign.ends_on))
    return units if unit is None else Roster(tuple(filter(None, (units.get(unit),))))


def is_unjudged(tx: Transaction, now: datetime) -> bool:
    """Whether a mail of somebody we know has come that is not judged yet: it may be a report.

    What strangers send holds nothing up, or anybody could keep every reminder from leaving.
    """
    return tx.waits_of_ours(now)


def unit_answered(tx: Transaction, head: Head) -> str | None:
    """The unit that the letter of ours is about which a mail answers; some programs write References alone."""
    letter = tx.letter_called((*head.in_reply_to, *head.references))
    return letter.unit if letter and letter.kind in TO_UNITS else None


def complete_until(app: App, tx: Transaction) -> datetime | None:
    """Until when every mailbox is known to its end: of each, the folder that is read now."""
    polls = [tx.last_complete_poll(mailbox.name, mailbox.folder) for mailbox, _ in app.mailboxes]
    return min((poll for poll in polls if poll), default=None) if all(polls) else None


def ledger_fault(app: App, tx: Transaction, account: Account) -> str | None:
    """A sentence where not every message that was received stands in the ledger."""
    campaign = app.config.campaign.id
    return ledger.fault(tx.received(campaign), account.messages, tx.unfounded(campaign))


def dead_now(roster: Roster, tx: Transaction) -> Mapping[str, DeadContact]:
    """The addresses at which no letter arrives any more, in lower case."""
    returned = tx.returned_letters()
    return dead_contacts(returned, tx.heard_from({letter.to for letter in returned}), roster)


def account_of(app: App, tx: Transaction, now: datetime) -> Account:
    """All that reminders, digests and the status are made from."""
    campaign = app.config.campaign
    messages, submissions = tx.messages(campaign.id), tx.submissions(campaign.id)
    roster = roster_now(app, now)
    return Account(
        roster=roster,
        standings=standings(roster, campaign, submissions, messages, tx.extensions()),
        messages=messages,
        submissions=submissions,
        letters=tx.letters(),
        dead=dead_now(app.roster, tx),
        returned=tx.returned_letters(),
        deferred=len(tx.deferred(now)),
        not_answered=tx.counted(NOT_ANSWERED, now.date() - timedelta(days=7), now.date()),
    )
