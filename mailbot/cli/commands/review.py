"""`mailbot review`: lists what waits for a person, and settles it."""

import getpass
import json
from contextlib import suppress
from datetime import date
from typing import Any

import click

from mailbot.campaigns.roster import Roster
from mailbot.cli.beside import build_beside
from mailbot.cli.options import with_config_here_or_above
from mailbot.config import Config
from mailbot.decide.cases import choices
from mailbot.decide.staff_orders import Day, day_called, day_in, example_day, unit_called
from mailbot.documents.exports import decision
from mailbot.domain.act import Act, ActKind, Actor, Target
from mailbot.domain.case import Case, Choice
from mailbot.domain.errors import ActRefused, Overtaken
from mailbot.flows.open_cases import waiting_cases
from mailbot.flows.ports import App
from mailbot.flows.settle import settle
from mailbot.letters.rendering.mime import one_line

BY = click.option("--by", default=getpass.getuser, help="Who decides; default: the user of this machine.")
ANYWAY = click.option("--anyway", is_flag=True, help="Whatever the unit has sent since staff were asked.")
LEAP_YEAR = 2024
REASON = click.option("--reason", default="", help="Why; kept with the decision.")


class _Day(click.ParamType[Day]):
    """A day as people write it, with its year or without."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Day:
        """Fails with a sentence that says how a day is written."""
        found = day_in(str(value))
        with suppress(ValueError):
            if found and date(found[0] or LEAP_YEAR, found[1], found[2]):
                return found
        said = f"{value} is no day of the calendar; write it as 2021-10-08, 2021年10月8日 or 10月8日"
        raise click.BadParameter(said, ctx=ctx, param=param)


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="For other programs.")
@click.pass_context
@with_config_here_or_above
def command(context: click.Context, config: Config | None, as_json: bool) -> None:
    """List what waits for a person; the subcommands settle it.

    A CASE is the number that the list shows, such as HWM21-0037. `--config` may stand before or behind a subcommand.
    """
    if context.invoked_subcommand is not None:
        return
    if config is None:
        raise click.MissingParameter(ctx=context, param=next(p for p in context.command.params if p.name == "config"))
    _list(config, as_json)


def _list(config: Config, as_json: bool) -> None:
    app = build_beside(config)
    try:
        with app.store.transaction() as tx:
            waiting = waiting_cases(app, tx)
    finally:
        app.close()
    if as_json:
        click.echo(json.dumps([_document(case, app.roster) for case in waiting], ensure_ascii=False, indent=1))
    else:
        _show(waiting, app)


def _show(waiting: tuple[Case, ...], app: App) -> None:
    """Each case as a few lines, the ways to settle it as the words that follow `mailbot review --config FILE`."""
    if not waiting:
        click.echo("没有待核对的来件。")
        return
    zone = app.config.organisation.zone
    for case in waiting:
        at = case.message.received_at.astimezone(zone)
        names = "、".join(stored.submission.attachment or "邮件正文" for stored in case.tables)
        # what a sender wrote must not steer a terminal
        sender, subject, names = map(one_line, (case.message.sender, case.message.subject, names))
        click.echo(f"{case.name}　{at:%Y-%m-%d %H:%M}　{sender}")
        click.echo(f"  主题：{subject or '（无）'}" + (f"　附件：{names}" if names else ""))
        click.echo(f"  原因：{case.why}")
        for choice in choices(case, app.roster):
            click.echo(f"    {_way(case, choice):32}{choice.text}")
        if case.kind != "sender":
            click.echo(f"    {f'assign {case.name} UNIT':32}归属其他单位（代码或名称）")
            if case.kind == "letter" and case.message.unit:
                way = f"extend {case.message.unit} DAY"
                click.echo(f"    {way:32}延长该单位的截止日并答复（日期如 {example_day(app.config.campaign)}）")
            click.echo(f"    {f'reject {case.name} --reason …':32}退回，并把原因告知来件人")
        click.echo()
    click.echo(
        f"共 {len(waiting)} 项。办理：mailbot review --config FILE 后接上列文字；撤销：undo 受理号；已作的决定：log"
    )


def _way(case: Case, choice: Choice) -> str:
    return f"{choice.kind} {case.name}" + (f" {choice.unit}" if choice.unit else "")


def _document(case: Case, roster: Roster) -> dict[str, Any]:
    return {
        "case": case.name,
        "kind": case.kind,
        "why": case.why,
        "from": case.message.sender,
        "subject": case.message.subject,
        "received_at": case.message.received_at.isoformat(),
        "attachments": [stored.submission.attachment for stored in case.tables],
        "unit": next((stored.submission.unit for stored in case.tables), case.message.unit),
        "candidates": [code for stored in case.tables for code in stored.submission.candidates],
        "choices": [
            {"action": choice.kind, "unit": choice.unit, "text": choice.text} for choice in choices(case, roster)
        ],
    }


# ---------------------------------------------------------------- settling


@command.command()
@click.argument("case")
@REASON
@BY
@ANYWAY
@with_config_here_or_above
def accept(config: Config, case: str, reason: str, by: str, anyway: bool) -> None:
    """Count it as what it says: believe its sender, or take a mail as news."""
    _settle(config, ActKind.ACCEPT, case, by, reason, anyway=anyway)


@command.command()
@click.argument("case")
@click.argument("unit")
@REASON
@BY
@ANYWAY
@with_config_here_or_above
def assign(config: Config, case: str, unit: str, reason: str, by: str, anyway: bool) -> None:
    """Say whose it is: the UNIT's code or name."""
    _settle(config, ActKind.ASSIGN, case, by, reason, unit, anyway=anyway)


@command.command()
@click.argument("case")
@REASON
@BY
@ANYWAY
@with_config_here_or_above
def replace(config: Config, case: str, reason: str, by: str, anyway: bool) -> None:
    """Count it instead of what its unit sent before."""
    _settle(config, ActKind.REPLACE, case, by, reason, anyway=anyway)


@command.command()
@click.argument("case")
@REASON
@BY
@ANYWAY
@with_config_here_or_above
def append(config: Config, case: str, reason: str, by: str, anyway: bool) -> None:
    """Count it besides what its unit sent before."""
    _settle(config, ActKind.APPEND, case, by, reason, anyway=anyway)


@command.command()
@click.argument("case")
@click.option("--reason", required=True, help="What the sender is told, in Chinese.")
@BY
@with_config_here_or_above
def reject(config: Config, case: str, reason: str, by: str) -> None:
    """Do not count it, and tell the sender why."""
    _settle(config, ActKind.REJECT, case, by, reason)


@command.command()
@click.argument("case")
@REASON
@BY
@with_config_here_or_above
def ignore(config: Config, case: str, reason: str, by: str) -> None:
    """Do not count it, and answer nobody."""
    _settle(config, ActKind.IGNORE, case, by, reason)


@command.command()
@click.argument("case")
@REASON
@BY
@with_config_here_or_above
def withdraw(config: Config, case: str, reason: str, by: str) -> None:
    """Take a registered table out of what counts, and tell its sender; `undo` brings it back."""
    _settle(config, ActKind.WITHDRAW, case, by, reason)


@command.command()
@click.argument("case")
@REASON
@BY
@with_config_here_or_above
def undo(config: Config, case: str, reason: str, by: str) -> None:
    """Take back the last decision about a case; it waits again."""
    _settle(config, ActKind.UNDO, case, by, reason)


@command.command()
@click.argument("unit")
@click.argument("until", type=_Day(), metavar="DAY")
@REASON
@BY
@with_config_here_or_above
def extend(config: Config, unit: str, until: Day, reason: str, by: str) -> None:
    """Give a UNIT more time, until a DAY such as 2021-10-08, 2021年10月8日 or 10月8日."""
    year, month, number = until
    if year and date(year, month, number) <= config.campaign.deadline:
        raise click.UsageError(
            f"{date(year, month, number)} gives no more time: the deadline is {config.campaign.deadline}"
        )
    app = build_beside(config)
    try:
        code, campaign = unit_called(unit, app.roster), config.campaign
        day = day_called(until, campaign.deadline, campaign.ends_on)
        made = Act(ActKind.EXTEND, Actor(by), Target(unit=code), app.clock(), until=day, reason=reason)
        click.echo(settle(app, made))
    finally:
        app.close()


def _settle(
    config: Config, kind: ActKind, case: str, by: str, reason: str, unit: str | None = None, *, anyway: bool = False
) -> None:
    app = build_beside(config)
    try:
        code = unit_called(unit, app.roster) if unit else None
        made = Act(kind, Actor(by), Target(case.upper(), code), app.clock(), reason=reason)
        try:
            click.echo(settle(app, made, anyway=anyway))
        except Overtaken as overtaken:
            raise ActRefused(f"{overtaken}；确认仍要办理的，请加 --anyway") from None
    finally:
        app.close()


@command.command("log")
@click.option("--unit", help="All that changed what counts for this unit, its own reports included; code or name.")
@click.option("--json", "as_json", is_flag=True, help="For other programs.")
@with_config_here_or_above
def show_log(config: Config, unit: str | None, as_json: bool) -> None:
    """Show what was decided, by whom, when and why."""
    app = build_beside(config)
    try:
        with app.store.transaction() as tx:
            decided = tx.acts(unit=unit_called(unit, app.roster)) if unit else tx.decisions()
    finally:
        app.close()
    rows = [decision(one, config.organisation.zone) for one in decided]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        what = " ".join(str(row[name]) for name in ("action", "case", "unit", "until", "reason") if row[name])
        click.echo(
            f"{row['number'] or '-'}  {row['at']}  {row['by']}（{row['via']}）  {what}"
            + ("  已撤销" if row["undone"] else "")
        )
