"""Purging: what is kept no longer is erased, a hundred mails at a time, so that nobody waits long for the database."""

from dataclasses import dataclass

from mailbot.decide.retention import Limits, due_mails
from mailbot.domain.erasing import ERASED
from mailbot.domain.mail import StoredMessage
from mailbot.flows.erase import Order, erase, mails
from mailbot.flows.find_person import open_cases_of
from mailbot.flows.ports import App
from mailbot.flows.roster_in_force import KIND
from storage.journal import Judgement, Performed

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
        staff, before, full = app.config.staff.everyone, limits.letters, tx.letters_with_words()
        letters = sum(
            before is not None
            and letter.queued_at < before
            and (letter.id in full or (letter.to != ERASED and letter.to.lower() not in staff))
            for letter in tx.letters()
        )
    return Due(tuple(gone), letters, tuple(kept))


def purge(app: App, limits: Limits) -> Due:
    """Erase what is kept no longer; what that was. May be repeated. Raises StoreError, ArchiveError."""
    found, now = due(app, limits), app.clock()
    names = [message.sha256 for message in found.mails]
    orders = [Order(now, messages=mails(names[start : start + AT_ONCE])) for start in range(0, len(names), AT_ONCE)]
    orders += [Order(now, letters_before=limits.letters)] if found.letters else []
    for place, order in enumerate(orders, 1):
        erase(app, order, is_last=place == len(orders))
        app.progressed()
    if names:
        _forget_rosters(app)
    return found


def _forget_rosters(app: App) -> None:
    """Delete the versions of rosters by which nothing is judged again in a replay: what became of it is kept."""
    outcomes = app.archive.outcomes
    kept = {sha256: outcomes.read(sha256) or {} for sha256 in outcomes.messages()}
    acts = {one["number"] for outcome in kept.values() for one in outcome["acts"]}
    with app.store.transaction():  # so that nothing is judged meanwhile
        entries = [
            entry
            for entry in app.archive.journal.entries()
            if (isinstance(entry, Judgement) and entry.sha256 not in kept)
            or (isinstance(entry, Performed) and entry.number not in acts)
        ]
        firsts = {app.archive.versions.first(entry.campaign, KIND) for entry in entries if not entry.roster}
        app.archive.versions.forget(KIND, {entry.roster for entry in entries} | {name for name in firsts if name})
