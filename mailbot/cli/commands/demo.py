"""`mailbot demo`: runs the whole system on this machine, with mail servers and mail of its own."""

import json
import tempfile
from datetime import date, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Literal

import click
from rich.cells import chop_cells
from rich.console import Console
from rich.panel import Panel
from rich.table import Column, Table

from mailbot.app import build
from mailbot.campaigns import calendar
from mailbot.cli.commands.once import one_pass
from mailbot.cli.commands.status import show
from mailbot.cli.demo import samples
from mailbot.cli.demo.outbox import Sample
from mailbot.cli.demo.servers import EmbeddedImap, EmbeddedSmtp
from mailbot.cli.options import progress
from mailbot.config import Config, load
from mailbot.decide.ledger import OUTCOMES
from mailbot.decide.reminders import reminders
from mailbot.decide.standing import counted_records
from mailbot.documents.workbook import consolidated
from mailbot.domain.letter import Letter, LetterKind, StoredLetter
from mailbot.flows.enqueue import with_blank_tables
from mailbot.flows.ports import App
from mailbot.flows.report import weekly
from mailbot.flows.unit_accounts import account_of
from mailbot.letters.digest_account import Account

PASSWORD = "demo"  # noqa: S105 - of a server that lives as long as the demo, on loopback
RELATIONS = {
    "new": "首次报送",
    "replaces": "更正",
    "supplements": "补报",
    "duplicate": "重复",
    "unclear": "待定",
}
STATUSES = {"accepted": "已登记", "needs_correction": "待补正", "review": "待人工核对"}


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the demo's files go; it must be new or empty. Default: a new temporary folder.",
)
def command(folder: Path | None) -> None:
    """Run the whole system on this machine with an embedded mailbox and sample mail; no config, no network."""
    folder = folder or Path(tempfile.mkdtemp(prefix="mailbot-demo-"))
    if folder.exists() and any(folder.iterdir()):
        raise click.UsageError(f"{folder} is not empty; choose a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    console = Console()
    with EmbeddedImap(samples.ADDRESS, PASSWORD) as imap, EmbeddedSmtp() as smtp, progress() as bar:
        today = datetime.now(samples.CHINA).date()
        mails = samples.samples(today)
        posting = bar.add_task("units send their mail", total=len(mails))
        for mail in mails:
            imap.deliver(mail.raw, mail.received_at)
            bar.advance(posting)
        app = build(load(_write_config(folder, today, imap.port, smtp.port)))
        try:
            again = one_pass(app, bar)
            bar.stop()
            _tell(app, console, folder, mails)
        finally:
            app.close()
    for sentence in again:
        click.echo(f"to be tried again: {sentence}", err=True)


def _write_config(folder: Path, today: date, imap_port: int, smtp_port: int) -> Path:
    """A configuration like one of a real account, for the demo's own servers."""
    span = samples.campaign(today)
    (folder / "units.csv").write_bytes(samples.roster())
    secret = folder / "password.txt"
    secret.touch(0o600)
    secret.write_text(PASSWORD, encoding="utf-8")
    account = f'security = "none"\nusername = "{samples.ADDRESS}"\npassword_file = "password.txt"'
    path = folder / "config.toml"
    path.write_text(
        f"""[organisation]
name = "云海新区总工会"
department = "宣传网络部"
phones = ["00000000"]

[[mailbox]]
name = "demo"
address = "{samples.ADDRESS}"
[mailbox.imap]
host = "127.0.0.1"
port = {imap_port}
{account}
[mailbox.smtp]
host = "127.0.0.1"
port = {smtp_port}
{account}

[sending]
mode = "live"
per_minute = 0

[staff]
digest_to = ["staff@example.org"]
alerts_to = ["staff@example.org"]

[campaign]
id = "demo-{span.deadline.year}"
title = {json.dumps(f"{span.deadline.year}年“网聚职工正能量 争做中国好网民”主题活动", ensure_ascii=False)}
starts_on = {span.starts_on}
deadline = {span.deadline}
case_prefix = "DEMO"
""",
        encoding="utf-8",
    )
    return path


def _tell(app: App, console: Console, folder: Path, mails: tuple[Sample, ...]) -> None:
    now = app.clock()
    with app.store.transaction() as tx:
        account = account_of(app, tx, now)
    reminder, report = _next_reminder(app, account, now), weekly(app, account, now, "staff@example.org")
    console.rule("来件")
    _tell_messages(app, account, console, mails)
    console.rule("入库的统计表")
    _tell_submissions(app, account, console)
    console.rule("发出的回执")
    _tell_receipts(app, account, console)
    console.rule("报送情况")
    show(account, app.config, console, now)
    if reminder:
        console.rule("下一次报送提醒")
        _show(console, app.letters.pages(reminder, now)[1], reminder.subject, reminder.to)
    console.rule("周报")
    _show(console, app.letters.pages(report, now)[1], report.subject, report.to)
    console.rule("文件")
    for path in _write_files(app, account, folder, [letter for letter in (reminder, report) if letter], now):
        console.print(str(path), soft_wrap=True)


def _tell_messages(app: App, account: Account, console: Console, mails: tuple[Sample, ...]) -> None:
    about = {mail.received_at: mail.about for mail in mails}
    table = Table("收到时间", Column("样例", overflow="fold"), "结果", Column("受理号", no_wrap=True))
    for message in sorted(account.messages, key=lambda m: m.received_at):
        local = message.received_at.astimezone(app.config.organisation.zone)
        table.add_row(
            f"{local.month}月{local.day}日 {local:%H:%M}",
            about.get(local, message.subject),
            OUTCOMES[message.disposition],
            message.case or "",
        )
    console.print(table)


def _tell_submissions(app: App, account: Account, console: Console) -> None:
    table = Table(
        Column("受理号", no_wrap=True),
        Column("单位", overflow="fold"),
        "关系",
        "状态",
        "计入",
        "场次",
        Column("问题", overflow="fold"),
    )
    for stored in account.submissions:
        submission = stored.submission
        table.add_row(
            stored.case,
            submission.unit_name or "待定",
            RELATIONS[submission.relation],
            STATUSES[submission.status],
            "是" if submission.current else "否",
            str(len(submission.reading.records)),
            "\n".join(finding.text for finding in submission.findings if finding.severity != "notice"),
        )
    console.print(table)
    standing = next((s for s in account.standings if s.reported), None)
    if standing:
        stored, record = next(counted_records(standing.counting))
        values = ", ".join(f"{name}={value.content!r} ({value.cell})" for name, value in record.values.items())
        console.print(f"一条记录及其出处：{stored.submission.attachment} 第{record.row}行：{values}")


def _tell_receipts(app: App, account: Account, console: Console) -> None:
    receipts = [letter for letter in account.letters if letter.kind is LetterKind.RECEIPT]
    for letter in receipts:
        console.print(f"{letter.to:24} {letter.subject}", soft_wrap=True)
    opened = next((letter for letter in receipts if "请补正" in letter.subject), None)
    if opened:
        _show(console, _body(_content(app, opened), "plain"), opened.subject, opened.to)


def _show(console: Console, text: str, subject: str, to: str) -> None:
    """A letter in a frame, its lines folded at the frame alone: Chinese has no blanks to break at."""
    width = console.width - 4
    lines = [part for line in text.strip().splitlines() for part in chop_cells(line, width) or [""]]
    console.print(Panel("\n".join(lines), title=subject, subtitle=f"发往 {to}"))


def _content(app: App, letter: StoredLetter) -> bytes:
    with app.store.transaction() as tx:
        return tx.content(letter.id)


def _body(content: bytes, kind: Literal["plain", "html"]) -> str:
    part = message_from_bytes(content, policy=policy.default).get_body((kind,))
    return str(part.get_content()) if part else ""


def _next_reminder(app: App, account: Account, now: datetime) -> Letter | None:
    """The first reminder of the next step, as things stand."""
    campaign, rules = app.config.campaign, app.config.reminders
    coming = [stage for stage in calendar.stages(campaign, rules, now) if stage.due >= now]
    if not coming:
        return None
    due = coming[0].due
    letter = next(iter(reminders(account.standings, campaign, rules, due, complete_until=due)), None)
    return letter and with_blank_tables(app, letter)


def _write_files(app: App, account: Account, folder: Path, letters: list[Letter], now: datetime) -> list[Path]:
    """The workbook, every letter as .eml, and pages to open in a browser."""
    outbox = folder / "letters"
    outbox.mkdir()
    paths = [app.config.database.path or folder, app.config.archive.path, outbox]
    for stored in account.letters:
        content = _content(app, stored)
        (outbox / f"{stored.id:02d}-{stored.kind}.eml").write_bytes(content)
        (outbox / f"{stored.id:02d}-{stored.kind}.html").write_text(_body(content, "html"), encoding="utf-8")
    for letter in letters:
        page = outbox / f"{letter.kind}.html"
        page.write_text(app.letters.pages(letter, now)[0], encoding="utf-8")
        paths.append(page)
    workbook = folder / "汇总表.xlsx"
    workbook.write_bytes(_workbook(app.config, app, account, now))
    return [*paths, workbook]


def _workbook(config: Config, app: App, account: Account, now: datetime) -> bytes:
    return consolidated(
        app.roster,
        config.campaign,
        account.submissions,
        account.messages,
        next(iter(app.forms.values())),
        organisation_name=config.organisation.name,
        as_of=now,
        dead=account.dead,
    )
