"""Reporting: the weekly digest to staff, with the consolidated workbook and, after the deadline, a draft circular."""

import logging
from dataclasses import replace
from datetime import datetime

from mailbot.domain.letter import Enclosure, Envelope, Letter
from mailbot.flows.enqueue import XLSX, enqueue, queue_envelope, written
from mailbot.flows.folding import ask_about_folded
from mailbot.flows.ports import App
from mailbot.flows.setbacks import by_itself
from mailbot.flows.unit_accounts import account_of, ledger_fault
from mailbot.letters.alerts import ledger_alerts
from mailbot.letters.digest_account import Account
from mailbot.letters.digests import digest, digests_due, is_first_after_deadline

log = logging.getLogger(__name__)

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def report(app: App) -> None:
    """Queue the weekly digest that should have gone out by now and has not; an alert where its ledger is wrong.

    Before that, the letter about cases that were gathered.
    """
    ask_about_folded(app)
    now = app.clock()
    due = digests_due(app.config, now)
    with app.store.transaction() as tx:
        missing = [address for key, address in due.items() if not tx.letter_exists(key)]
        if not missing:
            return
        account = account_of(app, tx, now)
        if sentence := ledger_fault(app, tx, account):
            log.error("%s", sentence)
            enqueue(app, tx, ledger_alerts(sentence, app.config.campaign, app.config.staff), now)
            return
    # pictures and workbook take seconds: nobody else waits for the database meanwhile
    digests = [_written(app, account, now, address) for address in missing]
    with app.store.transaction() as tx:
        for envelope in digests:
            if envelope and not tx.letter_exists(envelope.key):
                queue_envelope(app, tx, envelope, now)


def _written(app: App, account: Account, now: datetime, to: str) -> Envelope | None:
    """The digest for one address; None where it cannot be made now, which is noted."""
    with by_itself(app, f"digest to {to}", f"周报（{to}）"):
        return written(app, weekly(app, account, now, to), now)
    return None


def weekly(app: App, account: Account, now: datetime, to: str) -> Letter:
    """The digest as it stands now, for one address of staff."""
    letter = digest(account, app.config, app.forms, now, to)
    return replace(letter, enclosures=_enclosures(app, account, now))


def _enclosures(app: App, account: Account, now: datetime) -> tuple[Enclosure, ...]:
    """A consolidated workbook for each form; once, after the deadline, the draft of the circular.

    One that cannot be made is left out and noted: the letter goes without it.
    """
    from mailbot.documents import circular, workbook

    campaign, organisation, found = app.config.campaign, app.config.organisation, list[Enclosure]()
    for form in app.forms.values():
        with by_itself(app, f"workbook of {form.id}", f"周报所附汇总表（{form.title}）"):
            content = workbook.consolidated(
                app.roster.on(min(now.date(), campaign.ends_on)),
                campaign,
                account.submissions,
                account.messages,
                form,
                organisation_name=organisation.name,
                as_of=now,
                extensions={s.unit.code: s.deadline for s in account.standings if s.deadline != campaign.deadline},
                dead=account.dead,
            )
            name = workbook.consolidated_name(campaign, now)
            found.append(Enclosure(name if len(app.forms) == 1 else f"{form.id}-{name}", XLSX, content))
    if is_first_after_deadline(app.config, now):
        with by_itself(app, "draft circular", "周报所附通报稿"):
            unread = sum(message.disposition is None for message in account.messages)
            draft = circular.circular(account.standings, campaign, organisation, now, unread)
            found.append(Enclosure(circular.name(campaign), DOCX, draft))
    return tuple(found)
