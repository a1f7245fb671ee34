"""What is measured with: rosters of any size, forms of eight rows, mixed mail, a configuration."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import xlwt

from mailbot.cli.demo.tables import COLUMNS, TITLE, Activity, Filled, text_file, workbook
from support.mails import mail

TODAY = date.today()  # noqa: DTZ011 - the day of this machine, as the program measured takes it
STARTS, DEADLINE = TODAY - timedelta(days=150), TODAY + timedelta(days=60)
ADDRESS = "office@example.org"
FIRST, SECOND, THIRD = (
    "新望海云青星江河湖山石松柏竹兰菊荷",
    "港澜霞鹭桥亭塔台坊津渡口岸洲湾堤",
    "东西南北中前后左右上下大小长平安泰和",
)
KINDS = ("街道", "镇", "集团", "学校", "医院", "公司")


def unit_name(number: int) -> str:
    """A unit's name, unlike all others; about as long as real ones."""
    rest, first = divmod(number, len(FIRST))
    rest, second = divmod(rest, len(SECOND))
    rest, third = divmod(rest, len(THIRD))
    return f"{FIRST[first]}{SECOND[second]}{THIRD[third]}{KINDS[rest]}总工会"


def roster_rows(number: int) -> Iterator[list[object]]:
    """The titles, and a row for each unit."""
    yield ["code", "name", "short_name", "category", "aliases", "emails", "quota", "required", "sort_no"]
    for n in range(number):
        name = unit_name(n)
        category = ("街镇", "驻区", "直属", "系统")[n % 4]
        short = name.replace("总工会", "")
        yield [f"U{n:05}", name, short, category, f"{short}工会联合会", f"unit{n}@example.org", "", 1, n + 1]


@cache
def roster_csv(number: int) -> bytes:
    """A roster as a text file."""
    return "".join(",".join(map(str, row)) + "\n" for row in roster_rows(number)).encode()


@cache
def roster_xlsx(number: int) -> bytes:
    """The same as a workbook."""
    import openpyxl

    book, out = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("名录")
    for row in roster_rows(number):
        sheet.append(row)
    book.save(out)
    return out.getvalue()


def filled(number: int, rows: int = 8) -> Filled:
    """A form of a unit, filled in well."""
    activities = tuple(
        Activity(
            f"网络安全知识竞赛第{n + 1}场",
            (STARTS + timedelta(days=10 + n)).isoformat(),
            f"{unit_name(number)[:3]}文化中心",
            "知识竞赛",
            "宣传网络安全知识，引导职工文明上网",
            (2 + n, 10 + n, 3, 100 + number % 900, 5000 + n),
            "公众号推送",
        )
        for n in range(rows)
    )
    return Filled(unit_name(number), "李晓", "65300000", TODAY - timedelta(days=3), activities)


def xls(table: Filled) -> bytes:
    """The same form as a binary workbook."""
    book, out = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("Sheet1")
    sheet.write(0, 0, "附件1")
    sheet.write_merge(1, 1, 0, len(COLUMNS) - 1, TITLE)
    day = table.filled_on
    head = (
        "填报单位（盖章）：",
        table.unit,
        "",
        "填报人：",
        table.reporter,
        "",
        "联系电话：",
        table.phone,
        "",
        "填报日期：",
        f"{day.year}年{day.month}月{day.day}日",
    )
    for row, cells in enumerate((head, COLUMNS, *table.body()), start=2):
        for column, cell in enumerate(cells):
            if cell not in ("", None):
                sheet.write(row, column, cell)
    book.save(out)
    return out.getvalue()


def form_mail(number: int, kind: str = "xlsx", mark: object = "", rows: int = 8) -> bytes:
    """The report of a unit; `mark` tells it from another of the same unit."""
    table = filled(number, rows)
    content = workbook(table) if kind == "xlsx" else xls(table)
    return _mail(number, mark, attachments=[(f"附件1：统计表（{table.unit}）.{kind}", content)])


def mixed_mail(number: int, mark: object = "") -> bytes:
    """One of twenty: ten .xlsx, three .xls, two .csv, two archives, a picture beside the form, two without a table."""
    kind, table = number % 20, filled(number, 1 + number % 8)
    name = f"统计表（{table.unit}）"
    match kind:
        case 10 | 11 | 12:
            files = [(f"{name}.xls", xls(table))]
        case 13 | 14:
            files = [(f"{name}.csv", text_file(table, "gb18030"))]
        case 15 | 16:
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(f"{name}.xlsx", workbook(table))
            files = [(f"{name}.zip", out.getvalue())]
        case 17:
            files = [(f"{name}.xlsx", workbook(table)), ("现场照片.png", picture())]
        case 18 | 19:
            words = f"区总工会：\n我单位于上周开展了好网民主题宣讲活动，现将活动信息报上，请查阅。\n{table.unit}"
            return _mail(number, mark, text=words, subject=f"{table.unit}报送活动信息")
        case _:
            files = [(f"{name}.xlsx", workbook(table))]
    return _mail(number, mark, attachments=files)


@cache
def picture() -> bytes:
    """A photograph's worth of bytes."""
    import numpy
    from PIL import Image

    out = io.BytesIO()
    noise = numpy.random.default_rng(1).integers(0, 255, (120, 160, 3), dtype=numpy.uint8)
    Image.fromarray(noise).save(out, "PNG")
    return out.getvalue()


def _mail(number: int, mark: object, **more: Any) -> bytes:
    written = {
        "subject": f"{unit_name(number)}报送线下活动统计表",
        "text": "您好：\n附件为我单位报送的统计表，请查收。",
    } | more
    raw = mail(
        sender=f"{unit_name(number)} <unit{number}@example.org>",
        to=ADDRESS,
        message_id=f"<report-{number}-{mark}@example.org>",
        **written,
    )
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def configuration(folder: Path, imap: Any, smtp: Any, units: int, **more: str) -> Path:
    """A folder with all that the program needs; the path of its configuration. `more`: lines for a section."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "units.csv").write_bytes(roster_csv(units))
    server = '\n[mailbox.{0}]\nhost = "127.0.0.1"\nport = {1.port}\nsecurity = "none"\nusername = "{1.username}"\n'
    server += 'password_env = "MAILBOT_TEST_PASSWORD"\n'
    path = folder / "config.toml"
    path.write_text(
        f"""[organisation]
name = "云海新区总工会"
department = "宣传网络部"
[disk]
reserve_mib = 0
[[mailbox]]
name = "office"
address = "{ADDRESS}"
{server.format("imap", imap.imap)}{server.format("smtp", smtp.smtp)}
[sending]
mode = "live"
per_minute = 0
per_day = 0
{more.get("sections", "")}
[campaign]
id = "hwm-bench"
title = "“网聚职工正能量 争做中国好网民”主题活动"
starts_on = {STARTS}
deadline = {DEADLINE}
case_prefix = "HWM"
{more.get("campaign", "")}
""",
        encoding="utf-8",
    )
    return path
