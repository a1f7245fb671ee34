"""Maps letters to rows of the outbox and back."""

from mailbot.domain.letter import PRECEDENCE, Claimed, Envelope, LetterKind, LetterState, StoredLetter
from storage import tables
from storage.journal import Departure


def departed_letter_row(gone: Departure) -> tables.Letter:
    """The row of a letter that the journal says has left and whose bytes are not known."""
    return tables.Letter(
        key=gone.key,
        kind=gone.kind,
        recipient=gone.to,
        unit=gone.unit,
        subject=gone.subject,
        message_id=gone.message_id,
        content=b"",
        state=LetterState.SENT,
        queued_at=gone.at,
        due_at=gone.at,
        precedence=PRECEDENCE.index(LetterKind(gone.kind)),
    )


def claimed_letter(row: tables.Letter) -> Claimed:
    """A letter with its bytes, for the one who sends it."""
    assert row.id is not None
    envelope = Envelope(
        key=row.key,
        kind=LetterKind(row.kind),
        to=row.recipient,
        subject=row.subject,
        message_id=row.message_id,
        content=row.content,
        unit=row.unit,
        mailbox=row.mailbox,
    )
    return Claimed(row.id, row.attempts, envelope, row.queued_at, row.refusals, row.copies, row.handed_at)


def stored_letter(row: tables.Letter) -> StoredLetter:
    """A letter without its bytes."""
    assert row.id is not None
    return StoredLetter(
        id=row.id,
        key=row.key,
        kind=LetterKind(row.kind),
        to=row.recipient,
        subject=row.subject,
        unit=row.unit,
        state=LetterState(row.state),
        attempts=row.attempts,
        queued_at=row.queued_at,
        due_at=row.due_at,
        sent_at=row.sent_at,
        last_error=row.last_error,
        mailbox=row.mailbox,
        copies=row.copies,
        cases=tuple(row.cases.split()),
    )
