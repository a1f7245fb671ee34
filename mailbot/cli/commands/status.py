"""`mailbot status`: shows staff how the collection stands."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from mailbot.cli.beside import build_beside
from mailbot.cli.options import with_config
from mailbot.config import Config
from mailbot.daemon import heartbeat
from mailbot.decide import ledger, uncertain_letters
from mailbot.decide.dead_contacts import living_addresses
from mailbot.decide.reminders import owes
from mailbot.decide.unit_state import state_in_words
from mailbot.domain.letter import LetterState
from mailbot.domain.mail import Disposition
from mailbot.flows.unit_accounts import account_of, ledger_fault
from mailbot.flows.watch import Known, vital_signs, with_roster_lines
from mailbot.letters.alert_causes import FOR_STAFF, Cause, causes
from mailbot.letters.digest_account import Account
from mailbot.letters.digest_contacts import dead_lines, units_of
from mailbot.letters.digests import waiting

FOR_STATUS = replace(FOR_STAFF, duty=timedelta())
TOLD_IN_FULL = ("duty-", "setbacks", "roster", "calendar")
OWES = {"nothing": "未报", "table": "已报信息，未报表", "quota": "场次不足", "correction": "待补正"}


@click.command()
@with_config
@click.option("--json", "as_json", is_flag=True, help="For other programs.")
def command(config: Config, as_json: bool) -> None:
    """Show who has reported, who has not, what waits for a person, what is queued."""
    app = build_beside(config)
    try:
        now = app.clock()
        with app.store.transaction() as tx:
            account = account_of(app, tx, now)
            fault = ledger_fault(app, tx, account)
            known, patience = with_roster_lines(app, _known(config)), FOR_STATUS.longer(_pause(config))
            wrong = [*causes(vital_signs(config, tx, known, now), now, patience)]
    finally:
        app.close()
    if as_json:
        trouble = {"trouble": [cause.title for cause in wrong], "trouble_details": [_detail(cause) for cause in wrong]}
        click.echo(json.dumps(_document(account) | trouble, ensure_ascii=False, indent=1))
    else:
        show(account, config, Console(), now)
        for cause in wrong:
            click.echo(f"系统需要处理：{cause.title}")
            for line in cause.lines if cause.code.startswith(TOLD_IN_FULL) else ():
                click.echo(f"　　{line}")
    if fault:
        click.echo(fault, err=True)
        sys.exit(1)


def _known(config: Config) -> Known:
    """What the running daemon says of itself in its heartbeat."""
    beat = heartbeat.read(config.archive.path)
    if beat is None or beat.death(datetime.now(UTC)):
        return Known()
    return Known(failing=heartbeat.failing(beat.duties), setbacks=heartbeat.setbacks(beat))


def _pause(config: Config) -> timedelta:
    """How long nothing may happen because nothing runs: between two passes of `mailbot once`."""
    beat = heartbeat.read(config.archive.path)
    return timedelta() if beat is None or beat.death(datetime.now(UTC)) else beat.pause


def _detail(cause: Cause) -> dict[str, Any]:
    return {"code": cause.code, "title": cause.title, "lines": list(cause.lines)}


def show(account: Account, config: Config, console: Console, now: datetime) -> None:
    """Print the state of the collection."""
    standings = account.standings
    reported = sum(s.reported for s in standings)
    title = f"{config.campaign.title}：应报 {len(standings)}，已报 {reported}，截止 {config.campaign.deadline}"
    table = Table(title=title, title_justify="left")
    for heading in ("单位", "类别", "状态", "场次", "收到时间"):
        table.add_column(heading, overflow="fold")
    zone = config.organisation.zone
    for standing in standings:
        at = standing.reported_at
        table.add_row(
            standing.unit.name,
            standing.unit.category,
            state_in_words(standing),
            f"{standing.activities}/{standing.quota}",
            at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else "",
        )
    console.print(table)
    for line in waiting(account):
        console.print(f"待人工核对：{line.unit_name}：{line.text}")
    outcomes = "，".join(f"{word} {number}" for word, number in ledger.outcomes(account.messages))
    console.print(f"来件 {len(account.messages)}" + (f" = {outcomes}" if outcomes else ""))
    if account.deferred:
        console.print(f"{account.deferred} 封来件因同一发件人来件过多暂缓读取")
    for line in dead_lines(account, now):
        console.print(f"联系邮箱失效：{line.unit_name}：{line.text}", markup=False)
    queued, held = _count(account, LetterState.QUEUED), _count(account, LetterState.HELD)
    console.print(f"信件：已发 {_count(account, LetterState.SENT)}，待发 {queued}")
    if held:
        console.print(f"{held} 封信件待放行：运行 mailbot release")
    if lost := uncertain_letters.of_unknown_outcome(account.letters):
        console.print(f"{len(lost)} 封信件发送结果不明（对方可能未收到）")
    for letter in lost:
        unit = account.roster.get(letter.unit)
        day = letter.queued_at.astimezone(zone).strftime("%Y-%m-%d")
        console.print(f"结果不明：{unit.name if unit else letter.to}，{letter.subject}（{day}）", markup=False)
    if extra := uncertain_letters.extra_copies(account.letters):
        console.print(f"可能重复寄出的副本：至多 {extra} 份")


def _count(account: Account, state: LetterState) -> int:
    return sum(letter.state is state for letter in account.letters)


def _dead_contacts(account: Account) -> Iterator[dict[str, Any]]:
    for contact in account.dead.values():
        for unit in units_of(contact.address, contact.unit, account.roster):
            yield {
                "unit": unit.code if unit else None,
                "name": unit.name if unit else None,
                "address": contact.address,
                "reason": contact.why,
                "since": contact.since.isoformat(),
                "letter": contact.subject,
                "others": list(living_addresses(unit, account.dead)) if unit else [],
            }


def _document(account: Account) -> dict[str, Any]:
    dispositions = Counter(message.disposition for message in account.messages)
    return {
        "units": [
            {
                "unit": s.unit.code,
                "name": s.unit.name,
                "category": s.unit.category,
                "reported": s.reported,
                "activities": s.activities,
                "quota": s.quota,
                "owes": owes(s),
                "state": state_in_words(s),
                "zero_report": s.is_zero_report,
                "zero_reason": s.zero_reason or None,
                "extended_until": s.granted.isoformat() if s.granted else None,
                "waiting": len(s.waiting),
                "unsettled": len(s.unsettled),
            }
            for s in account.standings
        ],
        "waiting": [f"{line.unit_name}：{line.text}" for line in waiting(account)],
        "messages": len(account.messages),
        "deferred": account.deferred,
        "dead_addresses": sorted(account.dead),
        "dead_contacts": list(_dead_contacts(account)),
        "ledger": {str(outcome): dispositions[outcome] for outcome in (*Disposition, None)},
        "letters": {str(state): _count(account, state) for state in LetterState},
        "unknown_letters": [
            {"unit": x.unit, "to": x.to, "subject": x.subject, "state": str(x.state), "copies": x.copies}
            for x in uncertain_letters.of_unknown_outcome(account.letters)
        ],
        "extra_copies": uncertain_letters.extra_copies(account.letters),
    }
