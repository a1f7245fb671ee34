"""Answering: what goes out at once about a judged message."""

from collections.abc import Iterator

from mailbot.campaigns.roster import Roster
from mailbot.config import Campaign
from mailbot.decide.judgement import Judged
from mailbot.domain.letter import Letter
from mailbot.domain.submission import Verdict
from mailbot.flows.ports import App
from mailbot.letters.alerts import quarantine_alerts
from mailbot.letters.notices import notices
from mailbot.letters.receipts import receipt
from storage.store import Transaction


def letters_about(app: App, tx: Transaction, judged: Judged, roster: Roster) -> Iterator[Letter]:
    """What goes out at once about a judged message."""
    answer = receipt(judged, _campaign_of(app, tx, judged.verdict), roster, app.forms)
    if answer:
        yield answer
    yield from notices(judged, roster, app.forms)
    yield from quarantine_alerts(judged, app.config.staff)


def _campaign_of(app: App, tx: Transaction, verdict: Verdict) -> Campaign:
    """The campaign as its one unit has it: with the deadline that staff granted it, if they did."""
    campaign = app.config.campaign
    units = {verdict.unit, *(submission.unit for submission in verdict.submissions)} - {None}
    granted = tx.extensions().get(units.pop() or "") if len(units) == 1 else None
    return campaign.model_copy(update={"deadline": max(campaign.deadline, granted or campaign.deadline)})
