"""Purging: what is kept no longer is erased, a hundred mails at a time, so that nobody waits long for the database."""

from dataclasses import dataclass

from mailbot.decide.retention import Limits, due_mails
from mailbot.domain.erasing import ERASED
from mailbot.domain.mail import StoredMessage
from mailbot.flows.erase import Order, erase, mails
from mailbot.flows.find_person import open_cases_of
from mailbot.flows.ports import App

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Due:
    """What goes: these mails, and so many letters besides. `waiting`: mails that would go, but wait to be judged or
    for a person."""

    mails: tuple[StoredMessage, ...]
    letters: int
    waiting: tuple[StoredMessage, ...]


def due(app: App, limits: Limits) -> Due:
    """What is kept no longer. Raises StoreError, ArchiveError."""
    with app.store.transaction() as tx:
        messages = tx.all_messages()
        waiting = open_cases_of(tx, tuple(message for _, message in messages))
        erased = app.archive.outcomes.erased()
        gone, kept = due_mails(messages, app.config.campaign.id, limits, waiting, erased)
        staff, before = app.config.staff.everyone, limits.letters
        letters = sum(
            before is not None
            and letter.queued_at < before
            and (bool(letter.content) or (letter.to != ERASED and letter.to.lower() not in staff))
            for letter in tx.letter_texts()
        )
    return Due(tuple(gone), letters, tuple(kept))


def purge(app: App, limits: Limits) -> Due:
    """Erase what is kept no longer; what that was. May be repeated. Raises StoreError, ArchiveError."""
    found, now = due(app, limits), app.clock()
    names = [message.sha256 for message in found.mails]
    for start in range(0, len(names), AT_ONCE):
        erase(app, Order(now, messages=mails(names[start : start + AT_ONCE])))
        app.progressed()
    if found.letters:
        erase(app, Order(now, letters_before=limits.letters))
    return found
