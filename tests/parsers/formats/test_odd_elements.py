"""One odd attribute, element or part of an XML format or a page costs no more than what it holds."""

import io
import re
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.document import read_tables
from parsers.formats.file_kind import FileKind, kind_of
from parsers.formats.read_file import read_grids
from parsers.grid import Cell, Grid
from parsers.reading import Unreadable
from support.files import docx, fault, ods, ods_cell, ods_row, only, page, spreadsheetml, zipped
from support.paths import GOLDEN_FILES
from support.tables import FORM, PERIOD

ODD = (b"", b"x", b"-1", b"99999999999", b"1.5", "一".encode())
_ATTRIBUTE = re.compile(rb'(?<=[ \n])[\w.:-]+="([^"]*)"')


def parts_of(content: bytes) -> dict[str, str | bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name) for name in book.namelist()}


class Subject:
    """A file with the text of its main part, and how it reads whole."""

    def __init__(self, name: str, part: str = "") -> None:
        self.content = (GOLDEN_FILES / name).read_bytes()
        self.part, self.parts = part, parts_of(self.content) if part else {}
        self.text = bytes(self.parts[part]) if part else self.content  # type: ignore[arg-type]
        self.good = read_grids(self.content)
        self.body = max(self.text.find(tag) for tag in (b"<office:spreadsheet", b"<ss:Worksheet", b"<w:body"))
        self.places = [match.span(1) for match in _ATTRIBUTE.finditer(self.text) if match.start() > self.body]
        self.numbers = [place for place in self.places if self.text[slice(*place)].isdigit()]

    def read(self, text: bytes) -> tuple[Grid, ...]:
        return read_grids(zipped({**self.parts, self.part: text}) if self.part else text)


SUBJECTS = {
    "ods": Subject("form-libreoffice.ods", "content.xml"),
    "fods": Subject("form-libreoffice.fods"),
    "2003": Subject("form-libreoffice-2003.xml"),
    "docx": Subject("form-libreoffice.docx", "word/document.xml"),
}
subjects = pytest.mark.parametrize("name", SUBJECTS)


def is_same_or_told(grid: Grid, good: Grid) -> bool:
    """Whether each cell says what it said, unless it or its sheet says that it cannot be read."""
    return grid.partial or (
        grid.cells.keys() == good.cells.keys()
        and all(_is_same(cell, good.cells[at]) for at, cell in grid.cells.items())
    )


def _is_same(cell: Cell, good: Cell) -> bool:
    return (cell.value, cell.shown) == (good.value, good.shown) or (cell.kind == "error" and cell.value is None)


@subjects
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_number_that_is_none_is_told_and_costs_no_other_sheet(name: str, data: st.DataObject) -> None:
    subject = SUBJECTS[name]
    start, end = data.draw(st.sampled_from(subject.numbers))
    odd = data.draw(st.sampled_from([b"x", b"1x", "一".encode()]))
    grids = subject.read(subject.text[:start] + odd + subject.text[end:])
    assert [grid.name for grid in grids] == [grid.name for grid in subject.good]
    assert all(is_same_or_told(grid, good) for grid, good in zip(grids, subject.good, strict=True))
    assert sum(grid.partial for grid in grids) - sum(grid.partial for grid in subject.good) <= 1


@subjects
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_attribute_may_be_odd(name: str, data: st.DataObject) -> None:
    subject = SUBJECTS[name]
    start, end = data.draw(st.sampled_from(subject.places))
    grids = subject.read(subject.text[:start] + data.draw(st.sampled_from(ODD)) + subject.text[end:])
    assert sum(len(grid.cells) for grid in grids) >= 0.5 * sum(len(grid.cells) for grid in subject.good)


@subjects
@settings(max_examples=60, deadline=None)
@given(share=st.floats(0.4, 0.95))
def test_a_text_that_breaks_off_is_read_up_to_there(name: str, share: float) -> None:
    subject = SUBJECTS[name]
    at = subject.body + int(share * (len(subject.text) - subject.body))
    broken = subject.text[:at] + b"</x>" + subject.text[at:]
    grids = subject.read(broken)
    whole = [grid for grid in grids if not grid.partial]
    assert whole == list(subject.good[: len(whole)])
    assert len(whole) < len(subject.good)
    for grid, good in zip(grids[len(whole) :], subject.good[len(whole) :], strict=False):
        assert all(_is_same(cell, good.cells[at]) for at, cell in grid.cells.items() if at in good.cells)


@pytest.mark.parametrize("name", ["ods", "docx"])
def test_a_part_that_is_missing_or_broken_costs_no_more_than_what_it_holds(name: str) -> None:
    subject = SUBJECTS[name]
    for part in subject.parts.keys() - {subject.part, "mimetype"}:
        without = {one: content for one, content in subject.parts.items() if one != part}
        for parts in (without, {**subject.parts, part: b"<"}, {**subject.parts, part: b""}):
            grids = read_grids(zipped(parts))
            assert [grid.cells.keys() for grid in grids] == [grid.cells.keys() for grid in subject.good], part


@pytest.mark.parametrize("control", ["\x0b", "&#11;", "&#x0B;", "&#x1f;", "&#31;", "\x01", "&#0;"])
def test_control_characters_cost_no_more_than_themselves(control: str) -> None:
    padding = f'<Cell><Data ss:Type="String">{"x" * 65_000}</Data></Cell>'
    for before in ("", padding):
        row = f'<Row><Cell ss:Index="9"><Data ss:Type="String">甲{control}乙</Data></Cell></Row>'
        grid = only_first(spreadsheetml(f"<Row>{before}</Row>{row}"))
        assert grid.shown(2, 9) == "甲?乙"
    assert only_first(spreadsheetml("<Row><Cell><Data>甲&#10;&#9;乙</Data></Cell></Row>")).shown(1, 1) == "甲\n\t乙"


@pytest.mark.parametrize("into", range(8))
def test_a_control_character_on_the_border_of_two_pieces_of_a_text(into: int) -> None:
    rows = "<Row><Cell><Data>{}</Data></Cell><Cell><Data>7&#x0B;</Data></Cell></Row>"
    padding = "x" * (65_536 - into - spreadsheetml(rows).index(b"&#x0B;") + len("{}"))
    content = spreadsheetml(rows.format(padding))
    assert content.index(b"&#x0B;") + into == 65_536
    assert only_first(content).shown(1, 2) == "7?"


def test_styles_that_are_lost_are_told() -> None:
    for name, part in (("ods", "styles.xml"), ("docx", "word/styles.xml")):
        subject = SUBJECTS[name]
        assert all(grid.partial for grid in read_grids(zipped({**subject.parts, part: b"<x>"})))


def test_a_flat_text_without_its_end_is_told_as_such() -> None:
    for name in ("fods", "2003"):
        assert fault(SUBJECTS[name].content[:-60]) == "truncated"


@pytest.mark.parametrize(
    ("attributes", "value"),
    [
        ('office:value-type="float" office:value="nan"', None),
        ('office:value-type="float" office:value="1e999"', None),
        ('office:value-type="float"', None),
        ('office:value-type="boolean" office:boolean-value="maybe"', None),
        ('office:value-type="void" office:value="7"', None),
        ('office:value-type="date" office:date-value="gestern"', None),
    ],
)
def test_a_value_of_an_ods_that_is_none_is_an_error_in_its_cell(attributes: str, value: None) -> None:
    grid = only(ods(ods_row(ods_cell(attributes), ods_cell('office:value-type="float" office:value="7"'))))
    assert (grid.cells[1, 1].kind, grid.cells[1, 1].value) == ("error", value)
    assert grid.cells[1, 2].value == 7


@pytest.mark.parametrize(
    ("kind", "text"), [("Number", "x"), ("Number", "NaN"), ("DateTime", "x"), ("Boolean", "x"), ("Odd", "7")]
)
def test_a_value_of_a_2003_workbook_that_is_none_is_an_error_in_its_cell(kind: str, text: str) -> None:
    cells = (f'<Cell><Data ss:Type="{one}">{content}</Data></Cell>' for one, content in ((kind, text), ("Number", "7")))
    grid = only_first(spreadsheetml(f"<Row>{''.join(cells)}</Row>"))
    assert (grid.cells[1, 1].kind, grid.cells[1, 1].value, grid.shown(1, 1)) == ("error", None, text)
    assert grid.cells[1, 2].value == 7


def only_first(content: bytes) -> Grid:
    grid, *_ = read_grids(content)
    assert not grid.partial
    return grid


@pytest.mark.parametrize(
    ("written", "shown"),
    [("1900-01-01T02:00:00.000", "26:00"), ("1899-12-31T26:00:00", "26:00"), ("1899-12-31T02:30:00.000", "2:30")],
)
def test_more_than_24_hours_in_a_2003_workbook(written: str, shown: str) -> None:
    cell = f'<Row><Cell ss:StyleID="t"><Data ss:Type="DateTime">{written}</Data></Cell></Row>'
    assert only_first(spreadsheetml(cell)).shown(1, 1) == shown


def test_a_page_that_is_too_deep_says_that_it_was_read_in_part() -> None:
    deep = "<div>" * 300 + "<table><tr><td>7</table>" + "</div>" * 300
    (grid,) = read_grids(page(f"<table><tr><td>65</table>{deep}"))
    assert (grid.partial, grid.shown(1, 1)) == (True, "65")
    assert fault(page(deep)) == "broken"


def test_a_word_table_wider_than_any_sheet_costs_what_is_too_far() -> None:
    cells = "<w:tc><w:p><w:r><w:t>7</w:t></w:r></w:p></w:tc>"
    wide = cells.replace("<w:tc>", '<w:tc><w:tcPr><w:gridSpan w:val="99999"/></w:tcPr>')
    first, second = read_grids(docx(f"<w:tbl><w:tr>{cells}{wide}</w:tr></w:tbl><w:tbl><w:tr>{cells}</w:tr></w:tbl>"))
    assert (first.partial, first.shown(1, 1)) == (True, "7")
    assert (second.partial, second.shown(1, 1)) == (False, "7")


def test_a_text_longer_than_a_cell_holds_costs_its_cell() -> None:
    for content in (
        f"a,b\nc,{'长' * 32_768}\n".encode(),
        page(f"<table><tr><td>a<td>b<tr><td>c<td>{'长' * 32_768}</table>"),
    ):
        grid = only(content)
        assert (grid.shown(2, 1), grid.cells[2, 2].kind, grid.cells[2, 2].value) == ("c", "error", None)
        assert len(grid.shown(2, 2)) < 300


def test_ten_thousand_merged_ranges_are_read() -> None:
    rows = "".join(
        f'<Row><Cell ss:MergeAcross="1"><Data ss:Type="Number">{n}</Data></Cell></Row>' for n in range(1, 12_001)
    )
    grid = only_first(spreadsheetml(rows))
    assert (len(grid.cells), len(grid.merges)) == (12_000, 12_000)


def test_a_sheet_that_cannot_be_read_is_told_beside_the_table_that_can() -> None:
    content = SUBJECTS["ods"].text
    at = content.rindex(b"<table:table-row")
    (first, *rest) = grids = SUBJECTS["ods"].read(content[:at] + b"</x>" + content[at:])
    assert (first.partial, rest[-1].partial) == (False, True)
    (reading,) = read_tables(grids, [FORM], PERIOD)
    assert [found.sheet for found in reading.findings if found.code == "sheet-unread"] == [rest[-1].name]


def test_blanks_before_a_flat_text_mean_nothing() -> None:
    for name in ("fods", "2003"):
        assert read_grids(b"\n\t " + SUBJECTS[name].content) == SUBJECTS[name].good


def test_an_ods_without_its_mimetype_is_known_by_its_manifest() -> None:
    parts = {name: content for name, content in SUBJECTS["ods"].parts.items() if name != "mimetype"}
    assert read_grids(zipped(parts)) == SUBJECTS["ods"].good


def test_an_odt_is_told_for_what_it_is() -> None:
    mimetype = "application/vnd.oasis.opendocument.text"
    content = zipped({"mimetype": mimetype, "content.xml": "<x/>"})
    assert kind_of(content) is FileKind.ODT
    with pytest.raises(Unreadable) as refused:
        read_grids(content)
    assert "OpenDocument 文字文档（.odt）" in refused.value.text
    assert kind_of(zipped({"mimetype": mimetype.replace("text", "presentation")})) is FileKind.ODP


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("姓名,人数,备注\n甲,2\n", ["甲", "2"]),
        ("a#b#c\n1#2#3\n", ["1", "2", "3"]),
    ],
)
def test_text_that_can_be_understood_as_a_table_is(text: str, row: list[str]) -> None:
    grid = only(
        text.encode("cp1252" if "ü" in text else "utf-8") if "姓" not in text or "ü" not in text else text.encode()
    )
    assert [grid.shown(2, n) for n in range(1, len(row) + 1)] == row


def test_latin_letters_and_damaged_characters_cost_no_more_than_themselves() -> None:
    assert only("Name;Number of people\nMüllér ñ;2\nb;3\n".encode("cp1252")).shown(2, 1) == "Müllér ñ"
    damaged = "姓名,人数\n某街道总工会,12\n".encode("gb18030").replace("街".encode("gb18030"), b"\xbd,"[:1] + b"!")
    (grid,) = read_grids(damaged)
    assert grid.partial
    assert (grid.shown(1, 1), grid.shown(2, 2)) == ("姓名", "12")


def test_a_text_of_one_column_is_answered_with_what_it_lacks() -> None:
    with pytest.raises(Unreadable) as refused:
        read_grids("姓名\n甲\n乙\n".encode())
    assert "纯文本" in refused.value.text


@pytest.mark.parametrize(
    "prose",
    [
        "各位领导，你们好\n附件如下，请查收，谢谢。\n",
        "Dear all, thanks\nsee below, read, and reply.\n",
        "# 标题\n## 二\n",
    ],
)
def test_prose_is_no_table(prose: str) -> None:
    assert kind_of(prose.encode()) is FileKind.TEXT
