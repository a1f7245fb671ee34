"""`mailbot parse FILE --layout`: what a sheet is, for programs, as a page, and where it cannot be told."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from mailbot.cli.main import cli
from support.tables import FIRST, LABELS, SECOND, TITLE


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = Workbook()
    for row in ([TITLE], LABELS, FIRST, SECOND, ("合计", None, None, None, None, 420, 7000)):
        book.active.append(list(row))
    book.active.merge_cells("A1:H1")
    book.create_sheet("空")
    book.save(tmp_path / "表.xlsx")
    return tmp_path / "表.xlsx"


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["parse", *map(str, arguments)])
    return result.exit_code, result.output


def test_programs_get_each_table_with_the_roles_of_its_cells(workbook: Path) -> None:
    status, said = run(workbook, "--layout", "--json")
    first, empty = json.loads(said)["sheets"]
    (table,) = first["tables"]
    assert status == 0
    assert (table["range"], table["shape"]) == ("A1:H5", "list")
    assert {cell: table["cells"][cell] for cell in ("A1", "B2", "F3", "A5")} == {
        "A1": "title",
        "B2": "column-header",
        "F3": "data",
        "A5": "total",
    }
    assert empty == {"name": "空", "tables": []}


def test_people_get_a_page_that_needs_nothing_else(workbook: Path, tmp_path: Path) -> None:
    page = tmp_path / "页.html"
    assert run(workbook, "--layout", "--html", page)[0] == 0
    text = page.read_text(encoding="utf-8")
    assert "线下活动统计表" in text
    assert "http" not in text
    assert "<script" not in text


def test_people_get_lines_at_the_terminal(workbook: Path) -> None:
    status, said = run(workbook, "--layout")
    assert status == 0
    assert "A1:H5  清单（一行一条）" in said
    assert "列名：A2 B2" in said


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04 nothing")
    status, said = run(broken, "--layout", "--json")
    assert status == 1
    assert said.count("\n") == 1


def test_a_page_goes_with_the_layout_alone(workbook: Path, tmp_path: Path) -> None:
    assert run(workbook, "--html", tmp_path / "页.html")[0] == 2
