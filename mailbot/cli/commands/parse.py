"""`mailbot parse`: shows what is read from one file, to answer a unit's question."""

import json
import sys
from datetime import date, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Column, Table

from mailbot.app import forms_of
from mailbot.cli.layouts import show_layouts
from mailbot.config import Campaign, load
from mailbot.decide.display import PRECISION, in_words, title_of
from mailbot.documents import exports
from mailbot.domain.errors import ReaderDied
from mailbot.mail.opening import Opened
from mailbot.mail.reader import IsolatedReader
from parsers.child.sandbox import LATER
from parsers.forms.form import Form
from parsers.reading import Reading, Record, Severity

SEVERITIES = {Severity.ERROR: "需补正", Severity.WARNING: "请核对", Severity.NOTICE: "说明"}
CHINA = ZoneInfo("Asia/Shanghai")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Take forms and days of this campaign.")
@click.option("--form", default="activities", help="Without --config: a form that comes with mailbot, or a path.")
@click.option(
    "--year",
    type=click.IntRange(1990, 2100),
    help="Without --config: the year that days without one belong to. Default: this one.",
)
@click.option("--json", "as_json", is_flag=True, help="For other programs.")
@click.option("--layout", is_flag=True, help="Show what the sheets of FILE are, before any form.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="With --layout: write it as a page.")
def command(
    file: Path, config: Path | None, form: str, year: int | None, as_json: bool, layout: bool, html: Path | None
) -> None:
    """Show what is read from FILE, a table as units send it or a whole mail (.eml). Stores and sends nothing."""
    if layout:
        show_layouts(file, _content(file), as_json=as_json, html=html)
        return
    if html:
        raise click.UsageError("--html goes with --layout")
    campaign = load(config).campaign if config else _whole_year(form, year or datetime.now(CHINA).year)
    forms = forms_of(campaign)
    opened = _opened(file, campaign, tuple(forms.values()))
    if as_json:
        # not indented as elsewhere: for a table of thousands of rows that takes longer than reading it from its file
        click.echo(json.dumps(_document(opened), ensure_ascii=False))
    else:
        _show(opened, forms, Console())
    if not opened.readings:
        sys.exit(1)


def _whole_year(form: str, year: int) -> Campaign:
    return Campaign(
        id="parse",
        title="",
        starts_on=date(year, 1, 1),
        deadline=date(year, 12, 31),
        ends_on=date(year, 12, 31),
        case_prefix="P",
        forms=(form,),
    )


def _opened(file: Path, campaign: Campaign, forms: tuple[Form, ...]) -> Opened:
    """The file, read as it would be if a mail brought it today."""
    content = _content(file)
    raw = content if file.suffix.lower() == ".eml" else _in_a_mail(file.name, content)
    reader = IsolatedReader(forms, campaign, CHINA)
    arrived = datetime.now(CHINA)
    try:
        opened = reader.open(raw, arrived)
        return reader.open(raw, arrived, slowly=True) if opened.is_slow else opened
    except ReaderDied as error:
        raise click.ClickException(f"{file}: {error}") from error
    finally:
        reader.close()


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise click.UsageError(f"{file}: cannot be read: {error.strerror}") from error


def _in_a_mail(name: str, content: bytes) -> bytes:
    mail = EmailMessage()
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


# ---------------------------------------------------------------- for programs


def _document(opened: Opened) -> dict[str, Any]:
    return {
        "files": [
            {
                "name": document.name,
                "path": document.path,
                "kind": document.kind,
                "fault": {"code": document.fault.code, "text": document.fault.text} if document.fault else None,
                "tables": [exports.reading(reading) for reading in document.readings],
            }
            for document in opened.documents
        ]
    }


# ---------------------------------------------------------------- for people


def _show(opened: Opened, forms: dict[str, Form], console: Console) -> None:
    if not opened.documents:
        console.print("邮件中没有附件，正文中也没有表格")
    for document in opened.documents:
        console.rule(f"{document.name or document.path}（{document.kind}）")
        if document.fault and document.fault.code != LATER:
            console.print(document.fault.text)
        elif not document.readings:
            console.print("没有找到已知的统计表")
        for reading in document.readings:
            _show_reading(reading, forms[reading.form], console)


def _show_reading(reading: Reading, form: Form, console: Console) -> None:
    console.print(f"工作表 {reading.sheet or '（无名）'}，表题：{reading.title or '（无）'}")
    for name, value in reading.header.items():
        console.print(
            f"  {title_of(name, form)}：{_plain(value.content)}  [{value.cell or '—'}] {value.raw}", markup=False
        )
    fields = list(dict.fromkeys(name for record in reading.records for name in record.values))
    for record in reading.records:
        _show_record(record, fields, form, console)
    if reading.totals:
        console.print(
            "合计：" + "，".join(f"{title_of(f, form)} {v.content} [{v.cell}]" for f, v in reading.totals.items()),
            markup=False,
        )
    if reading.zero_report:
        console.print("零报告")
    for finding in reading.findings:
        console.print(f"{SEVERITIES[finding.severity]}  {finding.cell or '':6} {finding.text}", markup=False)
    if not reading.findings:
        console.print("没有发现问题")


def _show_record(record: Record, fields: list[str], form: Form, console: Console) -> None:
    table = Table(
        "项目",
        Column("读到", overflow="fold"),
        "单元格",
        Column("原文", overflow="fold"),
        "精度",
        title=f"第{record.row}行",
    )
    for name in fields:
        value = record.values.get(name)
        if value is not None:
            said = _plain(in_words(value.content, name, form))
            precision = PRECISION[value.precision] if value.precision != "exact" else ""
            table.add_row(title_of(name, form), said, value.cell, value.raw, precision)
    console.print(table)


def _plain(content: object) -> str:
    return "" if content is None else str(content)
