"""The weekly letter with what goes with it: the workbook that staff would otherwise build, and the draft circular."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from mailbot.domain.letter import Enclosure, Letter
from mailbot.flows.answer import XLSX
from mailbot.flows.ports import App
from mailbot.letters.digests import Account, digest, is_first_after_deadline

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def weekly(app: App, account: Account, now: datetime, to: str) -> Letter:
    """The digest as it stands now, for one address of staff."""
    letter = digest(account, app.config, app.forms, now, to)
    return replace(letter, enclosures=tuple(_enclosures(app, account, now)))


def _enclosures(app: App, account: Account, now: datetime) -> Iterator[Enclosure]:
    """A consolidated workbook for each form; once, after the deadline, the draft of the circular."""
    from mailbot.documents import (  # a quarter of the start of every command, and only a digest needs them
        circular,
        workbook,
    )

    campaign, organisation = app.config.campaign, app.config.organisation
    for form in app.forms.values():
        content = workbook.consolidated(
            app.roster.on(min(now.date(), campaign.ends_on)),
            campaign,
            account.submissions,
            account.messages,
            form,
            organisation_name=organisation.name,
            as_of=now,
            extensions={s.unit.code: s.deadline for s in account.standings if s.deadline != campaign.deadline},
        )
        name = workbook.consolidated_name(campaign, now)
        yield Enclosure(name if len(app.forms) == 1 else f"{form.id}-{name}", XLSX, content)
    if is_first_after_deadline(app.config, now):
        draft = circular.circular(account.standings, campaign, organisation, now)
        yield Enclosure(circular.name(campaign), DOCX, draft)
