"""Measures time and memory of each reader against the plain library, as ratios within one run.

For each format a form of 30 rows and a sheet of 50,000 rows. Every measurement is a process of its own; rounds are
interleaved, so that what else the machine does falls on both alike. Figures are medians; ratios are the medians of the
rounds' own ratios. Absolute times are this machine's, the ratios are what to compare.
"""

import argparse
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

HEAD = ("序号", "活动名称", "活动时间", "接触职工人数")
FORM, SHEET = 30, 50_000
SMALL_REPEATS = 20
"""How often a process reads the small form, after once to warm up."""


def rows(number: int) -> list[tuple[object, ...]]:
    """A table of that many rows, four cells each but for the large one, which stays within the readers' limit."""
    if number == SHEET:
        return [HEAD[:3], *((n, f"活动{n}", n % 500) for n in range(1, number + 1))]
    return [HEAD, *((n, f"网络安全知识竞赛{n}", "2021-06-15", n % 500) for n in range(1, number + 1))]


# ---------------------------------------------------------------- files


def make_xlsx(table: list[tuple[object, ...]]) -> bytes:
    import openpyxl

    book, content = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("Sheet1")
    for row in table:
        sheet.append(row)
    book.save(content)
    return content.getvalue()


def make_xls(table: list[tuple[object, ...]]) -> bytes:
    import xlwt

    book, content = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("Sheet1")
    for number, row in enumerate(table):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    book.save(content)
    return content.getvalue()


def make_ods(table: list[tuple[object, ...]]) -> bytes:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table as Sheet
    from odf.table import TableCell, TableRow
    from odf.text import P

    document, content, sheet = OpenDocumentSpreadsheet(), io.BytesIO(), Sheet(name="Sheet1")
    for row in table:
        line = TableRow()
        for value in row:
            number = isinstance(value, int)
            cell = TableCell(valuetype="float", value=value) if number else TableCell(valuetype="string")
            cell.addElement(P(text=str(value)))
            line.addElement(cell)
        sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    document.save(content)
    return content.getvalue()


def make_csv(table: list[tuple[object, ...]]) -> bytes:
    return "".join(",".join(map(str, row)) + "\r\n" for row in table).encode("gb18030")


def make_html(table: list[tuple[object, ...]]) -> bytes:
    lines = "".join("<tr>" + "".join(f"<td>{value}</td>" for value in row) + "</tr>" for row in table)
    return f'<html><head><meta charset="utf-8"></head><body><table>{lines}</table></body></html>'.encode()


# ---------------------------------------------------------------- the plain libraries


def plain_xlsx(content: bytes) -> int:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    return sum(
        cell is not None for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row
    )


def plain_xls(content: bytes) -> int:
    import xlrd

    book = xlrd.open_workbook(file_contents=content, formatting_info=True)
    return sum(cell.ctype != 0 for sheet in book.sheets() for row in range(sheet.nrows) for cell in sheet.row(row))


def plain_ods(content: bytes) -> int:
    from odf.opendocument import load
    from odf.table import TableCell
    from odf.teletype import extractText

    cells = load(io.BytesIO(content)).spreadsheet.getElementsByType(TableCell)
    return sum(extractText(cell) != "" for cell in cells)


def plain_csv(content: bytes) -> int:
    import csv

    return sum(cell != "" for row in csv.reader(io.StringIO(content.decode("gb18030"))) for cell in row)


def plain_html(content: bytes) -> int:
    from lxml import html

    return sum(cell.text_content() != "" for cell in html.fromstring(content).iter("td"))


def ours(content: bytes) -> int:
    from parsers.formats.read_file import read_grids

    return sum(len(grid.cells) for grid in read_grids(content))


FORMATS: dict[str, tuple[str, Callable[[list[tuple[object, ...]]], bytes], Callable[[bytes], int]]] = {
    "xlsx": ("openpyxl", make_xlsx, plain_xlsx),
    "xls": ("xlrd", make_xls, plain_xls),
    "ods": ("odfpy", make_ods, plain_ods),
    "csv": ("csv", make_csv, plain_csv),
    "html": ("lxml.html", make_html, plain_html),
}


# ---------------------------------------------------------------- measuring


def measure(kind: str, reader: str, path: Path) -> dict[str, float]:
    """In this process: milliseconds for one reading, and the memory that reading took at its peak, in MiB."""
    content = path.read_bytes()
    read = ours if reader == "ours" else FORMATS[kind][2]
    small = len(content) < 200_000
    if small:
        read(content)
    before = peak_kib()
    repeats = SMALL_REPEATS if small else 1
    begun = time.process_time()
    for _ in range(repeats):
        cells = read(content)
    spent = (time.process_time() - begun) / repeats
    return {"ms": 1000 * spent, "mib": (peak_kib() - before) / 1024, "cells": cells}


def peak_kib() -> int:
    """The most memory this process has had. (ru_maxrss would begin with that of the process which started it.)"""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def in_a_process(kind: str, reader: str, path: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, "--measure", kind, reader, str(path)], capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def compare(kind: str, path: Path, rounds: int) -> tuple[dict[str, float], dict[str, float], float]:
    """Medians of ours and of the plain library, and the median of the rounds' ratios of time."""
    pairs = []
    for number in range(rounds):
        order = ("ours", "plain") if number % 2 else ("plain", "ours")
        measured = {reader: in_a_process(kind, reader, path) for reader in order}
        assert measured["ours"]["cells"] == measured["plain"]["cells"], f"{kind}: the readers see different cells"
        pairs.append((measured["ours"], measured["plain"]))
    middle = [{key: statistics.median(p[side][key] for p in pairs) for key in ("ms", "mib")} for side in (0, 1)]
    return middle[0], middle[1], statistics.median(p[0]["ms"] / p[1]["ms"] for p in pairs)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--measure", nargs=3, metavar=("KIND", "READER", "PATH"), help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.measure:
        kind, reader, path = asked.measure
        print(json.dumps(measure(kind, reader, Path(path))))
        return
    found = []
    with tempfile.TemporaryDirectory() as folder:
        cases = [(kind, number) for kind in FORMATS for number in (FORM, SHEET)]
        for kind, number in track(cases, "measuring", console=Console(stderr=True), transient=True):
            path = Path(folder) / f"{number}.{kind}"
            path.write_bytes(FORMATS[kind][1](rows(number)))
            ours_, plain, ratio = compare(kind, path, asked.rounds)
            found.append({"format": kind, "rows": number, "ours": ours_, "plain": plain, "ratio": ratio})
    print(json.dumps(found)) if asked.json else show(found)


def show(found: list[dict[str, object]]) -> None:
    table = Table("format", "rows", "ours ms", "MiB", "library", "ms", "MiB", "time ratio")
    for line in found:
        ours_, plain = line["ours"], line["plain"]
        assert isinstance(ours_, dict)
        assert isinstance(plain, dict)
        table.add_row(
            str(line["format"]),
            f"{line['rows']:,}",
            f"{ours_['ms']:.1f}",
            f"{ours_['mib']:.0f}",
            FORMATS[str(line["format"])][0],
            f"{plain['ms']:.1f}",
            f"{plain['mib']:.0f}",
            f"{line['ratio']:.2f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
