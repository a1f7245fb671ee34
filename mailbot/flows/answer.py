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
from mailbot.flows.unit_accounts import NOT_ANSWERED
from mailbot.letters.alerts import quarantine_alerts
from mailbot.letters.notices import notices
from mailbot.letters.receipts import receipt, short_receipts
from storage.store import Transaction

SHORT_A_DAY = 8
"""Short receipts for the mail of one day; strangers beyond are not answered, and staff read how many."""
UNVOUCHED_A_DAY = 8
"""The same to one address of ours, for mail without a table: whoever forges it must not fill its owner's mailbox."""


def letters_about(app: App, tx: Transaction, judged: Judged, roster: Roster) -> list[Letter]:
    """What goes out at once about a judged message."""
    found, campaign, answer = list[Letter](), _campaign_of(app, tx, judged.verdict), None
    with by_itself(app, f"receipt of {judged.case}", f"受理号 {judged.case} 的回执"):
        accounts = accounts_of(app, tx, judged.verdict, roster)
        answer = receipt(judged, campaign, roster, app.forms, accounts, app.config.staff.everyone)
    with by_itself(app, f"notices of {judged.case}", f"受理号 {judged.case} 的告知信"):
        found += notices(judged, roster, app.forms)
    found += quarantine_alerts(judged, app.config.staff)
    return ([answer] if answer and _may_leave(tx, answer, judged) else []) + found


def accounts_of(app: App, tx: Transaction, verdict: Verdict, roster: Roster) -> tuple[Standing, ...]:
    """Where the units stand for which tables of a stored message count, those included that owe no report."""
    counted = dict.fromkeys(s.unit for s in verdict.submissions if s.current and s.unit)
    units = Roster(tuple(replace(unit, required=True) for unit in map(roster.get, counted) if unit))
    campaign = app.config.campaign
    stored = {s.id: s for unit in units.units for s in tx.submissions(campaign.id, unit.code)}
    return standings(units, campaign, tuple(stored.values()), (), tx.extensions())


def _may_leave(tx: Transaction, answer: Letter, judged: Judged) -> bool:
    """Whether a receipt is made: of the short ones one for an address and a day, and a few in all; of those to one of
    ours for mails without a table that nobody vouches for, some a day."""
    day = judged.received_at.date()
    if answer.yields and not judged.verdict.submissions and not answer.key.startswith(short_receipts(day)):
        is_over = tx.count(day, f"answered {answer.to.lower()}") > UNVOUCHED_A_DAY
        return not (is_over and tx.count(day, NOT_ANSWERED))
    if not answer.key.startswith(short_receipts(day)) or tx.letter_exists(answer.key):
        return True  # the outbox takes each key once
    if tx.letters_called(short_receipts(day)) < SHORT_A_DAY:
        return True
    tx.count(day, NOT_ANSWERED)
    return False


def _campaign_of(app: App, tx: Transaction, verdict: Verdict) -> Campaign:
    """The campaign as its one unit has it: with the deadline that staff granted it, if they did."""
    campaign = app.config.campaign
    units = {verdict.unit, *(submission.unit for submission in verdict.submissions)} - {None}
    granted = tx.extensions().get(units.pop() or "") if len(units) == 1 else None
    return campaign.model_copy(update={"deadline": max(campaign.deadline, granted or campaign.deadline)})
