"""What goes out about a judged message, and the way of every letter into the outbox."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from mailbot.decide.alerts import quarantine_alerts
from mailbot.decide.judgement import Judged
from mailbot.decide.notices import notices
from mailbot.decide.receipts import receipt
from mailbot.domain import Letter
from mailbot.ports import App
from mailbot.roster import Roster
from storage.store import Transaction


def letters(app: App, judged: Judged, roster: Roster) -> Iterator[Letter]:
    """What goes out at once about a judged message."""
    answer = receipt(judged, app.config.campaign, roster, app.forms)
    if answer:
        yield answer
    yield from notices(judged, roster, app.forms)
    yield from quarantine_alerts(judged, app.config.staff)


def enqueue(app: App, tx: Transaction, letters: Iterable[Letter], now: datetime) -> None:
    """Put letters into the outbox, as the configuration says: to be sent, held, or all to one address.

    One whose key is known was made before and is left out.
    """
    sending = app.config.sending
    for letter in letters:
        if tx.letter_exists(letter.key):
            continue
        if sending.mode == "redirect":
            letter = replace(letter, to=sending.redirect_to, subject=f"【演练，原收件人 {letter.to}】{letter.subject}")
        tx.enqueue(app.letters.render(letter, now), due=now, at=now, held=sending.mode == "hold")
