"""Answering: what goes out at once about a judged message."""

from dataclasses import replace

from mailbot.campaigns.roster import Roster
from mailbot.config import Campaign
from mailbot.decide.judgement import Judged
from mailbot.decide.standing import Standing, standings
from mailbot.domain.letter import Letter
from mailbot.domain.submission import Verdict
from mailbot.flows.ports import App
from mailbot.flows.setbacks import by_itself
from mailbot.letters.alerts import quarantine_alerts
from mailbot.letters.notices import notices
from mailbot.letters.receipts import receipt
from storage.store import Transaction


def letters_about(app: App, tx: Transaction, judged: Judged, roster: Roster) -> list[Letter]:
    """What goes out at once about a judged message."""
    found, campaign = list[Letter](), _campaign_of(app, tx, judged.verdict)
    with by_itself(app, f"receipt of {judged.case}", f"受理号 {judged.case} 的回执"):
        answer = receipt(judged, campaign, roster, app.forms, accounts_of(app, tx, judged.verdict, roster))
        found += [answer] if answer else []
    with by_itself(app, f"notices of {judged.case}", f"受理号 {judged.case} 的告知信"):
        found += notices(judged, roster, app.forms)
    found += quarantine_alerts(judged, app.config.staff)
    return found


def accounts_of(app: App, tx: Transaction, verdict: Verdict, roster: Roster) -> tuple[Standing, ...]:
    """Where the units stand for which tables of a stored message count, those included that owe no report."""
    counted = dict.fromkeys(s.unit for s in verdict.submissions if s.current and s.unit)
    units = Roster(tuple(replace(unit, required=True) for unit in map(roster.get, counted) if unit))
    campaign = app.config.campaign
    stored = {s.id: s for unit in units.units for s in tx.submissions(campaign.id, unit.code)}
    return standings(units, campaign, tuple(stored.values()), (), tx.extensions())


def _campaign_of(app: App, tx: Transaction, verdict: Verdict) -> Campaign:
    """The campaign as its one unit has it: with the deadline that staff granted it, if they did."""
    campaign = app.config.campaign
    units = {verdict.unit, *(submission.unit for submission in verdict.submissions)} - {None}
    granted = tx.extensions().get(units.pop() or "") if len(units) == 1 else None
    return campaign.model_copy(update={"deadline": max(campaign.deadline, granted or campaign.deadline)})
