"""Sorting: the head of each accepted message tells whose share of the reading it takes, before any is read."""

from collections import Counter

from mailbot.decide.source import UNREADABLE, Source, source_of, turn_of
from mailbot.domain.errors import MessageLost, ReaderDied
from mailbot.domain.mail import Head, Unsorted
from mailbot.domain.proof import Proof
from mailbot.flows.archived_mail import head_of_archived
from mailbot.flows.ports import App
from mailbot.mail.authentication import proof_of_sender
from storage.store import Transaction

AT_ONCE = 100
"""Messages that are sorted in one transaction."""
NOBODY = Source(UNREADABLE, UNREADABLE, is_stranger=True)


def sort_waiting(app: App) -> None:
    """Sort all that has come. Raises StoreError, ArchiveError."""
    while _sort_some(app):
        app.progressed()


def proof_of(app: App, tx: Transaction, mailbox: str, head: Head) -> Proof:
    """What the provider of a mailbox found out about the sender of a message."""
    forced = next((box.authserv for box, _ in app.mailboxes if box.name == mailbox), ())
    return proof_of_sender(head, forced, tx.issuers(mailbox))


def _sort_some(app: App) -> bool:
    with app.store.transaction() as tx:
        unsorted = tx.unsorted(AT_ONCE)
    if not unsorted:
        return False
    heads = [(one, _head(app, one)) for one in unsorted]
    with app.store.transaction() as tx:
        waiting, groups = Counter[str](), Counter[str]()
        for one, head in heads:
            source = _source(app, tx, one, head) if head else NOBODY
            if source.name not in waiting:
                waiting[source.name] = tx.waiting_of(source.name, exactly=True)
            if source.group not in groups:
                groups[source.group] = tx.waiting_of(source.group, exactly=False)
            turn = turn_of(source, waiting[source.name], groups[source.group])
            sender = head.sender.address if head and head.sender else ""
            tx.sort(one.id, source.name, sender, turn, stranger=source.is_stranger)
            waiting[source.name] += 1
            groups[source.group] += 1
    return True


def _head(app: App, message: Unsorted) -> Head | None:
    try:
        return head_of_archived(app, message.sha256)
    except (ReaderDied, MessageLost):  # judging tells of it
        return None


def _source(app: App, tx: Transaction, message: Unsorted, head: Head) -> Source:
    address = head.sender.address.lower() if head.sender and not head.is_sender_ambiguous else ""
    is_ours = address in app.config.staff.everyone or bool(address and app.roster.registered(address))
    answers_us = tx.letter_called((*head.in_reply_to, *head.references)) is not None
    return source_of(head, proof_of(app, tx, message.mailbox, head), is_ours=is_ours, answers_us=answers_us)
