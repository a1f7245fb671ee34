"""Tables in PDF files: the text of each cell, and what is too uncertain to be read."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.document import read_tables
from parsers.formats.read_file import read_grids
from parsers.grid import Grid
from parsers.reading import Reading, Severity, Unreadable
from support.paths import GOLDEN_FILES
from support.tables import FORM, PERIOD

# ---------------------------------------------------------------- builders


def golden(name: str) -> bytes:
    return (GOLDEN_FILES / name).read_bytes()


def at(x: float, y: float, text: str, mode: int = 0, matrix: str = "1 0 0 1") -> str:
    """Drawing of a text at a place, y upwards from the foot of the page."""
    return f"BT /F 10 Tf {mode} Tr {matrix} {x} {y} Tm ({text}) Tj ET\n"


def ruled(columns: Sequence[float], rows: Sequence[float]) -> str:
    """Drawing of a full grid of lines."""
    upright = "".join(f"{x} {rows[0]} m {x} {rows[-1]} l S\n" for x in columns)
    return upright + "".join(f"{columns[0]} {y} m {columns[-1]} {y} l S\n" for y in rows)


def cells(*rows: Sequence[str], columns: Sequence[float] = (50, 150, 250, 350), top: float = 700) -> str:
    """Drawing of a ruled table with a line of text in each cell; rows are 20 high."""
    lines = [top - 20 * n for n in range(len(rows) + 1)]
    texts = (at(columns[c] + 5, lines[r + 1] + 6, text) for r, row in enumerate(rows) for c, text in enumerate(row))
    return ruled(columns, lines) + "".join(texts)


TABLE = cells(("No", "Name", "Count"), ("1", "Quiz", "300"))
PICTURE = (
    "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\n"
    "stream\nx\nendstream"
)


def pdf(*pages: str, page: str = "", resources: str = "", more: Sequence[str] = ()) -> bytes:
    """A PDF with these drawings. `page` and `resources` add to those of each page; `more` are objects from 4 on."""
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    first = 4 + len(more)
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", font, *more]
    for number, drawing in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {first + 2 * number + 1} 0 R {page} "
            f"/Resources << /Font << /F 3 0 R >> {resources} >> >>"
        )
        objects.append(f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream")
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    objects[1] = f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>"
    content, places = "%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return (content + end + f"startxref\n{len(content)}\n%%EOF\n").encode("latin-1")


def only(content: bytes) -> Grid:
    (grid,) = read_grids(content)
    return grid


def rows(grid: Grid) -> list[list[str]]:
    last = max(row for row, _ in grid.cells), max(column for _, column in grid.cells)
    return [[grid.shown(row, column) for column in range(1, last[1] + 1)] for row in range(1, last[0] + 1)]


def fault(content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read_grids(content)
    return refused.value.code


def readings(content: bytes) -> tuple[Reading, ...]:
    return read_tables(read_grids(content), [FORM], PERIOD)


# ---------------------------------------------------------------- what is read


def test_a_printed_form_is_read_cell_by_cell_with_the_lines_around_it() -> None:
    grid = only(golden("table.pdf"))
    assert rows(grid)[0][0] == "2021年贯彻落实“12351+”计划目标任务开展线下活动统计表"
    assert rows(grid)[2:6] == [
        ["序号", "活动名称", "活动时间", "活动地点", "活动形式", "接触职工人数", "覆盖职工网民数", "备注"],
        ["1", "“网聚职工正能量”网络安全知识竞赛", "2021年6月15日", "职工之家", "知识竞赛", "300", "5000", ""],
        ["2", "好网民主题演讲", "2021年7月2日", "区文化中心二楼多功能厅", "主题演讲", "120人", "2000", "照片另附"],
        ["合计", "", "", "", "", "300", "", ""],
    ]
    assert grid.shown(7, 1) == "注：接触职工人数指现场参加人数。"
    assert {cell.kind for cell in grid.cells.values()} == {"text"}


def test_a_printed_form_becomes_records_with_the_cells_they_stand_in() -> None:
    (reading,) = readings(golden("table.pdf"))
    assert [record.values["participants"].content for record in reading.records] == [300, 120]
    assert reading.records[1].values["participants"].cell == "F5"
    assert reading.header["unit_raw"].content == "新河街道总工会"


def test_a_table_over_several_pages_is_one() -> None:
    (reading,) = readings(golden("pages.pdf"))
    assert [record.values["participants"].content for record in reading.records] == list(range(101, 146))
    assert reading.totals["participants"].content == 5535
    assert not [f for f in reading.findings if f.severity is Severity.ERROR]


def test_a_header_that_each_page_repeats_stands_in_the_sheet_once() -> None:
    header = ("No", "Name", "Count")
    grid = only(pdf(cells(header, ("1", "Quiz", "300")), cells(header, ("2", "Talk", "120"))))
    assert rows(grid) == [list(header), ["1", "Quiz", "300"], ["2", "Talk", "120"]]


def test_a_gap_between_two_rows_ends_no_table() -> None:
    lower = cells(("2", "Talk", "120"), ("3", "Walk", "30"), top=650)
    assert rows(only(pdf(TABLE + lower)))[1:] == [["1", "Quiz", "300"], ["2", "Talk", "120"], ["3", "Walk", "30"]]


def test_a_row_that_is_written_twice_is_read_twice() -> None:
    assert rows(only(pdf(TABLE, TABLE)))[1:] == [["1", "Quiz", "300"]] * 2


def test_merged_cells_are_told_by_their_missing_lines() -> None:
    lines = ruled((50, 150, 250, 350), (660, 680)) + ruled((50, 350), (680, 700))
    grid = only(pdf(lines + at(55, 686, "Title") + at(55, 666, "a") + at(255, 666, "c")))
    assert rows(grid) == [["Title", "", ""], ["a", "", "c"]]
    assert [(m.top, m.left, m.bottom, m.right) for m in grid.merges] == [(1, 1, 1, 3)]


def test_a_full_line_goes_on_in_the_next_and_any_other_break_is_its_writers() -> None:
    columns, lines = (50, 100, 200), (600, 640, 660)
    wrapped = at(53, 625, "abcdefghi;") + at(53, 613, "jklm")
    broken = at(105, 625, "ab") + at(105, 613, "cd")
    grid = only(pdf(ruled(columns, lines) + at(53, 646, "x") + wrapped + broken))
    assert rows(grid)[1] == ["abcdefghi;jklm", "ab\ncd"]


def test_two_figures_in_a_narrow_cell_are_never_joined() -> None:
    grid = only(pdf(ruled((50, 75, 150), (600, 640, 660)) + at(53, 646, "n") + at(53, 625, "123") + at(53, 613, "45")))
    assert grid.shown(2, 1) == "123\n45"


def test_radicals_that_look_like_characters_are_read_as_these() -> None:
    to_unicode = "/CIDInit /ProcSet findresource begin 1 beginbfchar <51> <2F2F> endbfchar end"
    more = [
        f"<< /Length {len(to_unicode)} >>\nstream\n{to_unicode}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 4 0 R >>",
    ]
    drawing = cells(("No", "Name", "Count"), ("1", "x", "300")) + at(170, 666, "Q").replace("/F ", "/G ")
    assert "工" in only(pdf(drawing, resources="", more=more).replace(b"/F 3 0 R", b"/F 3 0 R /G 5 0 R")).shown(2, 2)


def test_the_numbers_of_pages_and_titles_that_every_page_repeats_do_not_part_a_table() -> None:
    first = at(60, 750, "Report of the union") + TABLE + at(290, 30, "- 1 -")
    second = at(60, 750, "Report of the union") + cells(("2", "Talk", "120"), top=720) + at(290, 30, "- 2 -")
    assert rows(only(pdf(first, second))) == [
        ["Report of the union", "", ""],
        ["No", "Name", "Count"],
        ["1", "Quiz", "300"],
        ["2", "Talk", "120"],
    ]


def test_a_foot_line_stands_below_the_table_that_it_parts() -> None:
    second = cells(("2", "Talk", "120"), top=720)
    assert rows(only(pdf(TABLE + at(60, 30, "by the office"), second)))[-2:] == [
        ["2", "Talk", "120"],
        ["by the office", "", ""],
    ]


def test_a_second_table_with_title_and_header_of_its_own_stays_one() -> None:
    second = at(60, 750, "Second") + cells(("No", "Name", "Count"), ("1", "Talk", "120"))
    assert [rows(grid)[-1] for grid in read_grids(pdf(TABLE, second))] == [["1", "Quiz", "300"], ["1", "Talk", "120"]]


# ---------------------------------------------------------------- what is not certain enough


@pytest.mark.parametrize(
    "drawing",
    [
        TABLE.replace("Quiz", "A name that is far too long"),
        TABLE + at(172, 666, "Talk"),
        TABLE + at(155, 677, "high up"),
        TABLE + at(370, 666, "x").replace("1 0 0 1", "0 1 -1 0"),
        cells(("No", "Name", "Count"), ("1", "i" * 43, "300")).replace("255 666", "250.3 666"),
        "".join(at(50, 700 - 20 * n, f"{n} Quiz 300") for n in range(5)),
        TABLE + ruled((160, 200, 240), (664, 676)),
        TABLE + "0 0 m 1 1 l S\n" * 20_001,
    ],
    ids=[
        "text that runs over a line",
        "text on text",
        "text over the upper line",
        "turned text",
        "text that goes on behind a line",
        "no lines",
        "a table in a table",
        "a drawing",
    ],
)
def test_what_cannot_be_told_for_certain_asks_for_a_workbook(drawing: str) -> None:
    assert fault(pdf(drawing)) == "pdf"


@pytest.mark.parametrize("name", ["torn.pdf", "unruled.pdf"])
def test_a_torn_row_and_a_table_without_lines_ask_for_a_workbook(name: str) -> None:
    assert fault(golden(name)) == "pdf"


def test_a_table_that_goes_on_in_other_columns_asks_for_a_workbook() -> None:
    assert fault(pdf(TABLE, cells(("a", "b"), columns=(50, 200, 350)))) == "pdf"


def test_a_row_that_a_page_tore_asks_for_a_workbook_and_a_row_of_sums_does_not() -> None:
    torn, whole = cells(("", "rest of it", "")), cells(("2", "Talk", "120"))
    above = cells(("No", "Name", "Count"), ("1", "Quiz", "300"), ("2", "Walk", "30"))
    assert fault(pdf(above, torn)) == "pdf"
    assert len(rows(only(pdf(above, whole)))) == 4


@pytest.mark.parametrize(
    ("subtype", "code"),
    [("/FreeText /Contents (200)", "pdf"), ("/StrikeOut", "pdf"), ("/Widget /FT /Tx /V (200)", "pdf")],
)
def test_what_was_put_on_top_of_a_page_asks_for_a_workbook(subtype: str, code: str) -> None:
    note = f"<< /Type /Annot /Subtype {subtype} /Rect [260 660 300 680] >>"
    assert fault(pdf(TABLE, page="/Annots [4 0 R]", more=[note])) == code


@pytest.mark.parametrize("subtype", ["/Link", "/Stamp", "/Widget /FT /Sig"])
def test_a_seal_and_a_signature_change_nothing(subtype: str) -> None:
    note = f"<< /Type /Annot /Subtype {subtype} /Rect [260 660 300 680] >>"
    assert rows(only(pdf(TABLE, page="/Annots [4 0 R]", more=[note])))[1] == ["1", "Quiz", "300"]


# ---------------------------------------------------------------- scans and bad files


@pytest.mark.parametrize(
    "drawing",
    ["600 0 0 800 0 0 cm /P Do", TABLE + "q 600 0 0 800 0 0 cm /P Do Q", TABLE.replace("0 Tr", "3 Tr")],
    ids=["a picture", "a picture of the page with text", "a guess under a picture"],
)
def test_a_scan_is_told_as_one(drawing: str) -> None:
    assert fault(pdf(drawing, resources="/XObject << /P 4 0 R >>", more=[PICTURE])) == "scan"


def test_letters_that_are_drawn_as_lines_are_a_picture() -> None:
    assert fault(pdf("0 0 m 90 90 l S")) == "scan"


def test_a_blank_page_has_no_table() -> None:
    assert fault(pdf("")) == "no-table"


def test_text_of_which_no_letter_can_be_told_is_not_called_a_scan() -> None:
    assert fault(pdf("BT /F 10 Tf 9 9 Td (---) Tj ET")) == "pdf"


def test_a_seal_as_a_small_picture_is_no_scan() -> None:
    drawing = TABLE + "q 90 0 0 90 250 640 cm /P Do Q"
    content = pdf(drawing, resources="/XObject << /P 4 0 R >>", more=[PICTURE])
    assert rows(only(content))[1] == ["1", "Quiz", "300"]


def test_a_page_that_is_a_picture_among_others_is_not_passed_over() -> None:
    content = pdf(TABLE, "600 0 0 800 0 0 cm /P Do", resources="/XObject << /P 4 0 R >>", more=[PICTURE])
    assert fault(content) == "scan"


def test_a_password_is_told_as_one() -> None:
    assert fault(golden("locked.pdf")) == "password"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
def test_a_file_without_its_end_is_told_so(share: float) -> None:
    content = golden("pages.pdf")
    assert fault(content[: int(share * len(content))]) == "truncated"


def test_thirty_pages_are_read_and_more_are_too_many() -> None:
    assert len(rows(only(pdf(*[TABLE] * 30)))) == 31
    assert fault(pdf(*[TABLE] * 31)) == "too-large"


def hostile() -> Iterator[tuple[str, bytes]]:
    """Files that break the rules of the format, or keep them to do harm."""
    yield "only its first and last line", b"%PDF-1.7\n%%EOF\n"
    yield "a tree of pages that is its own leaf", pdf(TABLE).replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]")
    yield (
        "a drawing that draws itself",
        pdf("/X Do", resources="/XObject << /X 4 0 R >>", more=[_itself("/X Do", "/XObject << /X 4 0 R >>")]),
    )
    yield "arrays in arrays", pdf(TABLE + "[" * 200_000)
    yield "dictionaries in dictionaries", pdf(TABLE, page="/A " + "<</A " * 5_000 + ">>" * 5_000)
    yield "a page of endless size", pdf(TABLE).replace(b"[0 0 600 800]", b"[0 0 1e38 1e38]")
    yield "a page without size", pdf(TABLE).replace(b"[0 0 600 800]", b"[0 0 0 0]")
    yield "numbers that are none", pdf(TABLE.replace("50 ", "-- "))
    yield "no font", pdf(TABLE).replace(b"/F 3 0 R", b"/F 9 0 R")


def _itself(drawing: str, resources: str) -> str:
    return (
        f"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << {resources} >> /Length {len(drawing)} >>\n"
        f"stream\n{drawing}\nendstream"
    )


@pytest.mark.parametrize("content", [pytest.param(content, id=name) for name, content in hostile()])
@pytest.mark.timeout(20)
def test_a_hostile_file_gives_grids_or_a_fault(content: bytes) -> None:
    _either(content)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=3)), min_size=1, max_size=6))
def test_a_damaged_file_gives_grids_or_a_fault(damages: list[tuple[float, bytes]]) -> None:
    content = bytearray(golden("torn.pdf"))
    for where, what in damages:
        start = int(where * len(content))
        content[start : start + len(what)] = what
    _either(bytes(content))


def _either(content: bytes) -> None:
    try:
        assert all(isinstance(grid, Grid) for grid in read_grids(content))
    except Unreadable as refused:
        assert refused.text.endswith("。")  # noqa: PT017 - either of two outcomes is right


@pytest.mark.parametrize(("printed", "kind"), [("6.3", "number"), ("6.30", "text"), ("6.15", "text")])
def test_a_printed_day_that_may_have_lost_its_zero_is_a_number(printed: str, kind: str) -> None:
    grid = only(pdf(cells(["a", "b", "c"], ["1", printed, "x"])))
    (cell,) = [cell for cell in grid.cells.values() if cell.shown == printed]
    assert cell.kind == kind
