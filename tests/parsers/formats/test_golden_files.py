"""The same form written by many programs: each is read as agreed, cell by cell, and as other readers read it.

make_forms.py beside the files made them and says what was put in. MAILBOT_WRITE_GOLDEN=1 writes the agreed grids anew.
"""

import datetime as dt
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine

from parsers.formats.file_kind import FileKind, kind_of
from parsers.formats.read_file import read_grids
from parsers.grid import Cell, Grid, Position, Range, address
from parsers.reading import Unreadable
from support.paths import GOLDEN_FILES

FORMS = [*sorted(path.name for path in GOLDEN_FILES.glob("*-*.*") if path.suffix not in (".py", ".json")), "table.pdf"]
WORKBOOKS = [name for name in FORMS if Path(name).suffix in (".xlsx", ".xls", ".ods")]
OPENED = {name: read_grids((GOLDEN_FILES / name).read_bytes()) for name in FORMS}


# ---------------------------------------------------------------- as agreed


def told(grids: tuple[Grid, ...]) -> str:
    """Grids as JSON with a line for each cell."""
    return "[" + ",\n".join("{\n" + ",\n".join(_lines(grid)) + "\n}" for grid in grids) + "]\n"


def _lines(grid: Grid) -> Iterator[str]:
    facts = {
        "name": grid.name,
        "hidden": grid.hidden,
        "partial": grid.partial,
        "merges": [area(m) for m in sorted(grid.merges, key=lambda m: (m.top, m.left))],
        "hidden rows": sorted(grid.hidden_rows),
        "hidden columns": sorted(grid.hidden_columns),
        "comments": {address(*at): said for at, said in sorted(grid.comments.items())},
    }
    yield from (f" {in_json(name)}: {in_json(fact)}" for name, fact in facts.items())
    cells = ",\n".join(f"  {in_json(address(*at))}: {in_json(of(cell))}" for at, cell in sorted(grid.cells.items()))
    yield f' "cells": {{\n{cells}\n }}'


def in_json(fact: object) -> str:
    return json.dumps(fact, ensure_ascii=False)


def of(cell: Cell) -> dict[str, object]:
    """A cell without what it has not."""
    value = cell.value.isoformat() if isinstance(cell.value, dt.date | dt.time) else cell.value
    optional = {"format": cell.format, "formula": cell.formula}
    return {"kind": cell.kind, "value": value, "shown": cell.shown} | {k: v for k, v in optional.items() if v}


def area(merge: Range) -> str:
    return f"{address(merge.top, merge.left)}:{address(merge.bottom, merge.right)}"


@pytest.mark.parametrize("name", FORMS)
def test_a_file_reads_as_agreed(name: str) -> None:
    path = GOLDEN_FILES / f"{name}.json"
    if os.environ.get("MAILBOT_WRITE_GOLDEN"):
        path.write_text(told(OPENED[name]), encoding="utf-8", newline="\n")
    assert told(OPENED[name]) == path.read_text(encoding="utf-8")


# ---------------------------------------------------------------- as others read it


def by_openpyxl(name: str, *, results: bool) -> Any:
    return openpyxl.load_workbook(GOLDEN_FILES / name, data_only=results)


@pytest.mark.parametrize("name", [name for name in WORKBOOKS if name.endswith(".xlsx")])
def test_every_cell_is_what_openpyxl_reads(name: str) -> None:
    results, formulas = by_openpyxl(name, results=True), by_openpyxl(name, results=False)
    assert [grid.name for grid in OPENED[name]] == results.sheetnames
    for grid in OPENED[name]:
        theirs = {(c.row, c.column): c for row in formulas[grid.name].iter_rows() for c in row if c.value is not None}
        assert theirs.keys() == grid.cells.keys()
        for at, cell in grid.cells.items():
            result = results[grid.name].cell(*at)
            if cell.kind == "error" and cell.value is None:  # a 0 is what some write for a result that they do not know
                assert result.value in (None, 0)
            else:
                assert (cell.value, cell.kind == "error") == (result.value, result.data_type == "e")
            assert cell.format == result.number_format
            assert (f"={cell.formula}" if cell.formula else None) == (
                theirs[at].value if theirs[at].data_type == "f" else None
            )


@pytest.mark.parametrize("name", [name for name in WORKBOOKS if name.endswith(".xlsx")])
def test_what_stands_around_the_cells_is_what_openpyxl_reads(name: str) -> None:
    book = by_openpyxl(name, results=True)
    for grid in OPENED[name]:
        sheet = book[grid.name]
        assert {area(merge) for merge in grid.merges} == {str(merge) for merge in sheet.merged_cells.ranges}
        assert grid.hidden == (sheet.sheet_state != "visible")
        assert grid.hidden_rows == {row for row, layout in sheet.row_dimensions.items() if layout.hidden}
        comments = {(c.row, c.column): c.comment.text for row in sheet.iter_rows() for c in row if c.comment}
        assert grid.comments == comments


@pytest.mark.parametrize("name", WORKBOOKS)
def test_every_value_is_what_calamine_reads(name: str) -> None:
    book = python_calamine.CalamineWorkbook.from_path(GOLDEN_FILES / name)
    assert [grid.name for grid in OPENED[name]] == book.sheet_names
    for grid in OPENED[name]:
        sheet = book.get_sheet_by_name(grid.name)
        rows = enumerate(sheet.to_python(skip_empty_area=False), 1)
        theirs = {(r, c): value for r, row in rows for c, value in enumerate(row, 1) if value != ""}
        errors = {at for at, cell in grid.cells.items() if cell.kind == "error"}  # calamine tells none from a blank
        assert {at: midnight(value) for at, value in theirs.items() if at not in errors} == {
            at: cell.value for at, cell in grid.cells.items() if at not in errors
        }
        if sheet.merged_cell_ranges is not None:
            assert {corners(merge) for merge in grid.merges} == set(sheet.merged_cell_ranges)


def midnight(value: object) -> object:
    is_bare_day = isinstance(value, dt.date) and not isinstance(value, dt.datetime)
    return dt.datetime.combine(value, dt.time()) if is_bare_day else value


def corners(merge: Range) -> tuple[Position, Position]:
    return (merge.top - 1, merge.left - 1), (merge.bottom - 1, merge.right - 1)


@pytest.mark.parametrize("program", ["odfpy", "libreoffice"])
def test_flat_and_zipped_opendocument_of_a_program_are_the_same(program: str) -> None:
    assert OPENED[f"form-{program}.fods"] == OPENED[f"form-{program}.ods"]


def test_the_charset_of_a_text_changes_nothing() -> None:
    assert OPENED["form-utf8.csv"] == OPENED["form-gb18030.csv"] == OPENED["form-utf16.tsv"]


# ---------------------------------------------------------------- flat OpenDocument


def flat(cells: str = "", *, repeated: int = 1, before: str = "", mimetype: str = "spreadsheet") -> bytes:
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text")
    )
    row = f'<table:table-row table:number-rows-repeated="{repeated}">{cells}</table:table-row>'
    sheet = f'<table:table table:name="表">{row}</table:table>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document {names} '
        f'office:mimetype="application/vnd.oasis.opendocument.{mimetype}"><office:body><office:spreadsheet>{sheet}'
        "</office:spreadsheet></office:body></office:document>"
    ).encode()


def fault(content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read_grids(content)
    return refused.value.code


@pytest.mark.parametrize(
    ("mimetype", "is_workbook"), [("spreadsheet", True), ("spreadsheet-template", True), ("text", False)]
)
def test_a_flat_document_is_told_by_its_mimetype(mimetype: str, is_workbook: bool) -> None:
    assert (kind_of(flat(mimetype=mimetype)) is FileKind.ODS) == is_workbook


def test_a_flat_workbook_keeps_the_limits_of_the_others() -> None:
    sevens = '<table:table-cell office:value-type="float" office:value="7" table:number-columns-repeated="10"/>'
    assert [len(grid.cells) for grid in read_grids(flat(sevens, repeated=2))] == [20]
    assert fault(flat(sevens, repeated=30_001)) == "too-large"
    assert fault(flat(sevens, before='<!DOCTYPE a [<!ENTITY b "c">]>')) == "unsafe"
    assert fault(flat(sevens)[:-40]) == "truncated"


def test_the_numbers_of_a_chart_are_no_second_table() -> None:
    (grid,) = OPENED["chart-libreoffice.fods"]
    assert {at: cell.value for at, cell in grid.cells.items() if at[1] == 2} == {
        (1, 2): "人数",
        (2, 2): 120,
        (3, 2): 80,
        (4, 2): 60,
    }
