"""Renders letters and queues them: to be sent, held or redirected, as configured."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from mailbot.domain.letter import Enclosure, Envelope, Letter
from mailbot.domain.letter_contents import Reminder
from mailbot.flows.ports import App
from storage.store import Transaction

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def with_blank_tables(app: App, letter: Letter) -> Letter:
    """A reminder with the tables to fill in, named and filled in for its unit; where a table of the unit's own is to be
    corrected, without them."""
    if not isinstance(letter.content, Reminder) or letter.content.owes == "correction":
        return letter
    from mailbot.documents import workbook  # a fifth of the start of every command, and only a reminder needs it

    name = letter.content.unit_name
    blanks = (
        Enclosure(f"{name}-{form.title}.xlsx", XLSX, workbook.blank_form(form, app.config.campaign.title, name))
        for form in app.forms.values()
    )
    return replace(letter, enclosures=tuple(blanks))


def enqueue(app: App, tx: Transaction, letters: Iterable[Letter], now: datetime, mailbox: str = "") -> None:
    """Put letters into the outbox, as the configuration says: to be sent, held, or all to one address.

    They leave from that mailbox, else from the first. One whose key is known was made before and is left out.
    """
    for letter in letters:
        if not tx.letter_exists(letter.key):
            queue_envelope(app, tx, rendered(app, letter, now, mailbox), now)


def queue_envelope(app: App, tx: Transaction, envelope: Envelope, now: datetime) -> None:
    """Put a letter that is written into the outbox."""
    tx.enqueue(envelope, due=now, at=now, held=app.config.sending.mode == "hold")


def rendered(app: App, letter: Letter, now: datetime, mailbox: str = "") -> Envelope:
    """A letter in its shape; a reminder with its tables to fill in, in a rehearsal addressed to who rehearses."""
    sending, letter = app.config.sending, with_blank_tables(app, letter)
    if sending.mode == "redirect":
        letter = replace(letter, to=sending.redirect_to, subject=f"【演练，原收件人 {letter.to}】{letter.subject}")
    return app.letters.by(app.mailbox(mailbox)).render(letter, now)
