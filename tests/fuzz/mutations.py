"""Makes damaged mails and files: valid ones with a few of their bytes changed."""

import io
import random
import time
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache

import openpyxl
import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from mailbot.cli.demo import samples
from mailbot.mail import cloud_links, message, mime, quoting
from parsers.containers import KINDS, Budget, unpack
from parsers.formats.file_kind import kind_of
from parsers.formats.read_file import read_grids
from parsers.reading import Unreadable
from support import wrappings
from support.paths import GOLDEN_FILES

SLOWEST = 10.0
"""Seconds that reading one input may take here; the child that reads real mail is given twenty."""


ROWS = (
    ("填报单位：", "新河街道总工会", "填报人：", "李晓"),
    ("序号", "活动名称", "活动时间", "接触职工人数"),
    (1, "网络安全知识竞赛", "2021-06-15", 120),
    (2, "好网民主题演讲", "6月20日", "300余人"),
    ("合计", "", "", 420),
)


def read_mail(content: bytes) -> None:
    """All that `mime.read` promises for any bytes."""
    mail = mime.read(content)
    for part in mail.mails():
        quoting.own_words(message.plain(part))
        cloud_links.cloud_links(part)


def read_file(content: bytes) -> None:
    """All that `read_grids` and `unpack` promise for any bytes."""
    try:
        if kind_of(content) in KINDS:
            unpack(content, Budget())
        else:
            assert read_grids(content)
    except Unreadable as error:
        fault = error.fault()
    else:
        return
    assert fault.code
    assert fault.text


def mutated(seeds: tuple[bytes, ...], number: int) -> bytes:
    """Input `number`, always the same: one of the seeds with bytes changed, cut out, doubled or taken from another."""
    chance = random.Random(number)
    content = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        start = chance.randrange(len(content) + 1)
        length = chance.choice((1, 1, 2, 8, 64, 512))
        match chance.randrange(6):
            case 0:
                content[start : start + length] = chance.randbytes(length)
            case 1:
                del content[start : start + length]
            case 2:
                content[start:start] = content[start : start + length] * chance.choice((1, 3, 40))
            case 3:
                content[start : start + 1] = chance.choice(
                    (b"\x00", b"\xff", b"<", b"&", b"=?", b"\r\n", b'"', b"\x80")
                )
            case 4:
                other = chance.choice(seeds)
                place = chance.randrange(len(other))
                content[start : start + length] = other[place : place + length]
            case 5:
                del content[max(1, len(content) - length) :]
    return bytes(content)


def repacked(content: bytes, number: int) -> bytes:
    """A zip whose parts are damaged inside, so that the damage reaches what reads them."""
    chance = random.Random(number)
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, mutated((part,), chance.randrange(2**32)) if part and chance.random() < 0.4 else part)
    return packed.getvalue()


def run(subject: str, seeds: tuple[bytes, ...], first: int, last: int) -> float:
    """Read the inputs of a subject from `first` up to `last`; the seconds of the slowest.

    The seeds are handed in: the limited child that runs this may write no file, as office libraries do.

    Raises AssertionError with the number of an input that breaks the promise.
    """
    read, slowest = read_mail if subject == "mail" else read_file, 0.0
    for number in range(first, last):
        content = mutated(seeds, number)
        if number % 2 and seeds[0][:2] == b"PK":
            content = repacked(seeds[number // 2 % len(seeds)], number)
        begun = time.perf_counter()
        try:
            read(content)
        except Exception as error:
            raise AssertionError(f"{subject} {number}: {type(error).__name__}: {error}") from error
        slowest = max(slowest, time.perf_counter() - begun)
        assert slowest < SLOWEST, f"{subject} {number}: took {slowest:.1f} s"
    return slowest


# ---------------------------------------------------------------- what is damaged


@cache
def _mails() -> tuple[bytes, ...]:
    good = wrappings.mixed(wrappings.FILES["base64"](_xlsx()[0]))
    signed = (wrappings.message(wrap(good)) for wrap in wrappings.ENTITIES.values())
    changed = (wrap(wrappings.message(good)) for wrap in wrappings.MESSAGES.values())
    files = (wrappings.message(wrappings.mixed(wrap(_xlsx()[0]))) for wrap in wrappings.FILES.values())
    return (*(sample.raw for sample in samples.samples(date(2021, 9, 26))), *signed, *changed, *files)


@cache
def _xlsx() -> tuple[bytes, ...]:
    first, second = io.BytesIO(), io.BytesIO()
    book = openpyxl.Workbook()
    for row in ROWS:
        book.worksheets[0].append(row)
    book.worksheets[0].merge_cells("A1:B1")
    book.save(first)
    other = xlsxwriter.Workbook(second)
    sheet = other.add_worksheet()
    for number, row in enumerate(ROWS):
        sheet.write_row(number, 0, row)
    sheet.write_formula("D6", "=SUM(D3:D4)", None, 420)
    other.close()
    return first.getvalue(), second.getvalue()


@cache
def _xls() -> tuple[bytes, ...]:
    book, content = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("Sheet1")
    for number, row in enumerate(ROWS):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    sheet.write(6, 3, xlwt.Formula("SUM(D3:D4)"))
    book.save(content)
    return (content.getvalue(),)


@cache
def _ods() -> tuple[bytes, ...]:
    document, content, table = OpenDocumentSpreadsheet(), io.BytesIO(), Table(name="Sheet1")
    for row in ROWS:
        line = TableRow()
        for value in row:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=str(value)))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(content)
    return (content.getvalue(),)


@cache
def _texts() -> tuple[bytes, ...]:
    lines = "\r\n".join(",".join(map(str, row)) for row in ROWS)
    cells = "".join("<tr>" + "".join(f"<td colspan=1>{value}</td>" for value in row) + "</tr>" for row in ROWS)
    page = f'<html><head><meta charset="utf-8"></head><body><table>{cells}</table></body></html>'
    rows = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{value}</Data></Cell>' for value in row) + "</Row>"
        for row in ROWS
    )
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    xml = (
        f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="{space}" xmlns:ss="{space}">'
        f'<Worksheet ss:Name="Sheet1"><Table>{rows}</Table></Worksheet></Workbook>'
    )
    return lines.encode("gb18030"), lines.encode("utf-16"), page.encode(), xml.encode()


@cache
def _docx() -> tuple[bytes, ...]:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    rows = "".join(
        "<w:tr>" + "".join(f"<w:tc><w:p><w:r><w:t>{value}</w:t></w:r></w:p></w:tc>" for value in row) + "</w:tr>"
        for row in ROWS
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{space}"><w:body><w:tbl>{rows}</w:tbl></w:body></w:document>'
        )
    return (packed.getvalue(),)


@cache
def _pdf() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(GOLDEN_FILES.glob("*.pdf")))


@cache
def _archives() -> tuple[bytes, ...]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("附件1.xlsx", _xlsx()[0])
        archive.writestr("说明.txt", "见附件")
    return (packed.getvalue(),)


SEEDS: Mapping[str, Callable[[], tuple[bytes, ...]]] = {
    "mail": _mails,
    "xlsx": _xlsx,
    "xls": _xls,
    "ods": _ods,
    "text": _texts,
    "docx": _docx,
    "pdf": _pdf,
    "archive": _archives,
}
