"""Folding: of a source that writes very often staff get a few letters about single cases, then one about many."""

from datetime import datetime, timedelta

from mailbot.decide.cases import cases
from mailbot.decide.source import pool_of
from mailbot.domain.letter import LetterKind
from mailbot.domain.mail import StoredMessage
from mailbot.flows.enqueue import enqueue
from mailbot.flows.ports import App
from mailbot.letters.case_letters import case_list
from storage.store import Transaction

ASKED_ABOUT_STRANGERS, ASKED_ABOUT_ONE = 8, 5
"""Mails of one day that letters ask about singly: of all strangers together, since units write from private addresses
as well, and of any one of ours."""
GATHERED, AGAIN_AFTER = timedelta(minutes=30), timedelta(hours=12)
"""For so long cases are gathered before the letter about them, and so long after it no other one is made."""


def is_folded(app: App, tx: Transaction, message: StoredMessage, now: datetime) -> bool:
    """Whether the cases of a message wait for the letter about many; counts the message among those of its day."""
    pool = pool_of(tx.source_of(message.id))
    day = message.received_at.astimezone(app.config.organisation.zone).date()
    most = ASKED_ABOUT_STRANGERS if pool == "stranger" else ASKED_ABOUT_ONE
    if tx.count(day, f"asked {pool}") <= most:
        return False
    tx.fold(message.id, now)
    return True


def ask_about_folded(app: App) -> None:
    """Queue the letter to staff about all cases that were gathered, if it is time. Raises StoreError, ArchiveError."""
    now, campaign = app.clock(), app.config.campaign.id
    with app.store.transaction() as tx:
        folded = tx.folded()
        if not folded or now - min(folded.values()) < GATHERED or _was_asked(tx, now):
            return
        waiting = cases(tx.messages(campaign), tx.submissions(campaign))
        named = [case for case in waiting if case.message.id in folded]
        staff = sorted(app.config.staff.everyone) if named else ()
        enqueue(app, tx, [case_list(named, app.archive.secret(), to, now) for to in staff], now)
        tx.unfold()


def _was_asked(tx: Transaction, now: datetime) -> bool:
    lists = (x.queued_at for x in tx.letters(kind=LetterKind.CASE) if x.key.startswith("case:-:"))
    return any(timedelta() <= now - at < AGAIN_AFTER for at in lists)
