"""The documents that are sent, opened in LibreOffice: no formulas, no errors, nothing lost, and printable."""

import io
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell

from mailbot.decide.standing import standings
from mailbot.documents.circular import circular
from mailbot.documents.workbook import blank_form, consolidated
from support.mails import mail
from support.world import NOON, World, activity, table

AFTER = NOON + timedelta(days=24)
HOSTILE = "=1+1"
UNREAD = "#REF!"


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the documents and what LibreOffice made of each: workbook.xlsx, out/workbook.xlsx, …"""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-writer libreoffice-calc")
    folder = tmp_path_factory.mktemp("office")
    for name, content in documents(tmp_path_factory.mktemp("world")):
        (folder / name).write_bytes(content)
    convert(folder, "xlsx", ["workbook.xlsx", "blank.xlsx"])
    convert(folder, "pdf", ["workbook.xlsx", "blank.xlsx", "circular.docx"])
    return folder


def documents(folder: Path) -> Iterator[tuple[str, bytes]]:
    world = World(folder)
    rows = (activity(HOSTILE, people="300余人"), activity("知识竞赛" * 30, people=UNREAD))
    world.deliver(mail(sender="xinhe@example.org", attachments=[("附件1.xlsx", table("新河街道总工会", *rows))]))
    world.round()
    campaign, form = world.config.campaign, world.app.forms["activities"]
    yield (
        "workbook.xlsx",
        consolidated(
            *(world.app.roster, campaign, world.submissions, world.messages, form),
            organisation_name="云海新区总工会",
            as_of=AFTER,
        ),
    )
    yield "blank.xlsx", blank_form(form, campaign.title, "新河街道总工会")
    account = standings(world.app.roster, campaign, world.submissions, world.messages)
    yield "circular.docx", circular(account, campaign, world.config.organisation, AFTER)


def convert(folder: Path, kind: str, names: list[str]) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    to = ["--headless", "--convert-to", kind, "--outdir", str(folder / "out")]
    subprocess.run(["soffice", profile, *to, *names], cwd=folder, check=True, capture_output=True, timeout=120)


def cells(path: Path) -> dict[str, Cell]:
    """Every cell that holds something, by sheet and place."""
    book = load_workbook(io.BytesIO(path.read_bytes()))
    return {
        f"{sheet.title}!{cell.coordinate}": cell
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell, Cell) and cell.value is not None
    }


def pages(path: Path) -> list[str]:
    """The text of each page of a PDF."""
    document = pypdfium2.PdfDocument(str(path))
    return [page.get_textpage().get_text_bounded() for page in document]


@pytest.mark.parametrize("name", ["workbook.xlsx", "blank.xlsx"])
def test_every_cell_comes_back_as_it_was_with_no_formula_and_no_error(converted: Path, name: str) -> None:
    ours, theirs = cells(converted / name), cells(converted / "out" / name)
    assert {place: cell.value for place, cell in theirs.items()} == {place: cell.value for place, cell in ours.items()}
    assert not {place for place, cell in theirs.items() if cell.data_type in ("f", "e") and cell.value != UNREAD}


def test_what_a_unit_wrote_is_in_it_as_text(converted: Path) -> None:
    written = [cell.value for cell in cells(converted / "workbook.xlsx").values()]
    assert HOSTILE in written
    assert UNREAD in written


def test_a_rough_figure_is_printed_as_rough(converted: Path) -> None:
    first = pages(converted / "out" / "workbook.pdf")[0]
    assert "300余" in first
    assert HOSTILE in first
    assert "###" not in first


def test_every_page_has_its_titles_and_its_number(converted: Path) -> None:
    printed = pages(converted / "out" / "workbook.pdf")
    assert len(printed) >= 5
    for number, page in enumerate(printed, start=1):
        assert f"第 {number} 页，共 {len(printed)} 页" in page
        assert "单位" in page


def test_the_blank_table_fits_on_one_page(converted: Path) -> None:
    assert len(pages(converted / "out" / "blank.pdf")) == 1


def test_the_circular_is_printed_with_its_signature_beside_text_and_its_table_on_a_page_of_its_own(
    converted: Path,
) -> None:
    *text, table = pages(converted / "out" / "circular.pdf")
    assert "特此通报" in text[-1]
    assert "云海新区总工会宣传网络部" in text[-1]
    assert "统计表报送情况表" in table
