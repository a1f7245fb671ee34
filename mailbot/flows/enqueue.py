"""Renders letters and queues them: to be sent, held or redirected, as configured."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from mailbot.domain.letter import Enclosure, Envelope, Letter, LetterKind
from mailbot.domain.letter_contents import Reminder
from mailbot.flows.ports import App
from mailbot.flows.setbacks import by_itself
from parsers.marks import quoted
from storage.store import Transaction

DECIDED_AGAIN = frozenset({LetterKind.REMINDER, LetterKind.DIGEST})
"""What is still due at the next tick where it could not be made; the others are made once."""
_KINDS = {
    LetterKind.RECEIPT: "回执",
    LetterKind.NOTICE: "告知",
    LetterKind.REMINDER: "提醒",
    LetterKind.DIGEST: "周报",
    LetterKind.ALERT: "告警",
    LetterKind.CASE: "待核定来信",
    LetterKind.TRANSCRIPT: "办理答复",
    LetterKind.ANSWER: "答复",
}
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
        if not tx.letter_exists(letter.key) and (envelope := written(app, letter, now, mailbox)):
            queue_envelope(app, tx, envelope, now)


def queue_envelope(app: App, tx: Transaction, envelope: Envelope, now: datetime) -> None:
    """Put a letter that is written into the outbox."""
    tx.enqueue(envelope, due=now, at=now, held=app.config.sending.mode == "hold")


def written(app: App, letter: Letter, now: datetime, mailbox: str = "") -> Envelope | None:
    """A letter in its shape, or in the best that can be had; None where there is none, which is noted.

    Where a template of the office's own fails, that of the program serves. A letter that is made once comes at the
    worst without one, as who wrote must hear of it; one that is decided again at the next tick waits for that.
    """
    key, about = f"letter {letter.key}", f"{_KINDS[letter.kind]}（{letter.to}）{quoted(letter.subject)}"
    with by_itself(app, key, about):
        return rendered(app, letter, now, mailbox)
    failed = app.setbacks[key]
    own = replace(app, letters=app.letters.by_own_templates())
    shapes = [lambda: rendered(own, letter, now, mailbox)]
    if letter.kind not in DECIDED_AGAIN:
        shapes.append(lambda: own.letters.by(app.mailbox(mailbox)).render_plainly(_addressed(app, letter), now))
    for shape in shapes:
        with by_itself(app, key, about):
            envelope = shape()
            app.setbacks[f"{key} in its shape"] = failed
            return envelope
    return None


def rendered(app: App, letter: Letter, now: datetime, mailbox: str = "") -> Envelope:
    """A letter in its shape; a reminder with its tables to fill in, in a rehearsal addressed to who rehearses."""
    with by_itself(app, f"blank tables of {letter.key}", f"{_KINDS[letter.kind]}所附空白表（{letter.to}）"):
        letter = with_blank_tables(app, letter)
    return app.letters.by(app.mailbox(mailbox)).knowing(app.is_known).render(_addressed(app, letter), now)


def _addressed(app: App, letter: Letter) -> Letter:
    sending = app.config.sending
    if sending.mode != "redirect":
        return letter
    return replace(letter, to=sending.redirect_to, subject=f"【演练，原收件人 {letter.to}】{letter.subject}")
