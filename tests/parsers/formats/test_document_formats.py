"""Tables in web pages, in SpreadsheetML 2003 and in Word documents."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.formats.read_file import read_grids
from parsers.grid import Cell, Grid, Range
from parsers.reading import Unreadable
from support.files import docx, fault, only, page, spreadsheetml


def shown(grid: Grid) -> dict[tuple[int, int], str]:
    return {at: cell.shown for at, cell in grid.cells.items()}


# ---------------------------------------------------------------- web pages


def test_a_web_page_is_read_cell_by_cell_with_spans_as_merges() -> None:
    grid = only(
        page(
            "<table><tr><td colspan=3>标题</td></tr><tr><th rowspan=2>序号</th><th colspan=2>人数</th></tr>"
            "<tr><th>报到</th><th>实到</th></tr><tr><td>1</td><td>0120</td><td>92%</td></tr></table>"
        )
    )
    assert shown(grid) == {
        (1, 1): "标题",
        (2, 1): "序号",
        (2, 2): "人数",
        (3, 2): "报到",
        (3, 3): "实到",
        (4, 1): "1",
        (4, 2): "0120",
        (4, 3): "92%",
    }
    assert grid.merges == (Range(1, 1, 1, 3), Range(2, 1, 3, 1), Range(2, 2, 2, 3))
    assert grid.cells[4, 2] == Cell("0120", "text", "0120")


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-16"])
def test_the_charset_of_a_page_is_told_by_its_bytes(charset: str) -> None:
    text = '<html><meta charset="gb2312"><table><tr><td>镕基街道</td></tr></table></html>'
    assert only(text.encode(charset)).shown(1, 1) == "镕基街道"


def test_the_text_around_a_table_stands_above_and_below_it() -> None:
    grid = only(
        page("<p>各位好：</p>填报单位：某街道<br>联系人：某人<table><tr><td>1</td></tr></table><div>注：无</div>")
    )
    assert shown(grid) == {
        (1, 1): "各位好：",
        (2, 1): "填报单位：某街道",
        (3, 1): "联系人：某人",
        (4, 1): "1",
        (5, 1): "注：无",
    }


def test_lines_in_a_cell_stay_lines_and_blanks_become_one() -> None:
    cell = "<td>一<br>二  \n 三&nbsp;<p>四</p><script>x()</script></td><td>&nbsp;</td>"
    assert shown(only(page(f"<table><tr>{cell}</tr></table>"))) == {(1, 1): "一\n二 三\n四"}


def test_a_table_within_a_table_is_a_sheet_of_its_own() -> None:
    layout = "<table><tr><td>来信<table><tr><td>序号</td><td>1</td></tr></table></td></tr></table>"
    outer, inner = read_grids(page(layout))
    assert shown(outer) == {(1, 1): "来信"}
    assert shown(inner) == {(1, 1): "序号", (1, 2): "1"}
    assert outer.name != inner.name


def test_a_hidden_row_of_a_page_is_hidden() -> None:
    grid = only(page('<table><tr style="DISPLAY: none"><td>1</td></tr><tr><td>2</td></tr></table>'))
    assert grid.hidden_rows == {1}


def test_a_number_too_wide_for_its_column_is_read_from_behind_the_hashes() -> None:
    grid = only(page('<table><tr><td x:num="1234567">####</td><td x:num="0.92">92%</td></tr></table>'))
    assert shown(grid) == {(1, 1): "1234567", (1, 2): "92%"}


def test_a_page_or_document_without_a_table_says_so() -> None:
    assert fault(page("<p>您好</p>")) == "no-table"
    assert fault(page("<table><tr><td>&nbsp;</td></tr></table>")) == "no-table"
    assert fault(docx(paragraph("信息稿件"))) == "no-table"


def test_spans_without_bounds_cost_nothing() -> None:
    cell = '<td rowspan="9999999" colspan="9999999">1</td>'
    assert shown(only(page(f"<table><tr>{cell * 10}</tr></table>")))[1, 1] == "1"


# ---------------------------------------------------------------- one XML text


def cell(kind: str, value: str, attributes: str = "") -> str:
    return f'<Cell {attributes}><Data ss:Type="{kind}">{value}</Data></Cell>'


def test_a_workbook_of_one_xml_text_is_read_with_its_types_and_formats() -> None:
    first, second = read_grids(
        spreadsheetml(
            "<Row>"
            + cell("String", "0012")
            + cell("Number", "120", 'ss:Formula="=SUM(A1)"')
            + cell("Number", "0.92", 'ss:StyleID="p"')
            + cell("DateTime", "2021-09-03T00:00:00.000", 'ss:StyleID="d"')
            + cell("DateTime", "1900-01-01T02:30:00.000", 'ss:StyleID="t"')
            + cell("Boolean", "1")
            + cell("Error", "#REF!")
            + '<Cell ss:Formula="=B1"/></Row>'
        )
    )
    assert [first.cells[1, column] for column in range(1, 9)] == [
        Cell("0012", "text", "0012", "General"),
        Cell(120, "number", "120", "General", "SUM(A1)"),
        Cell(0.92, "number", "92.00%", "0.00%"),
        Cell(dt.datetime.fromisoformat("2021-09-03"), "date", "2021年9月", 'yyyy"年"m"月"'),
        Cell(dt.timedelta(hours=26, minutes=30), "time", "26:30", "[h]:mm"),
        Cell(True, "bool", "TRUE", "General"),
        Cell("#REF!", "error", "#REF!", "General"),
        Cell(None, "error", "=B1", "General", "B1"),
    ]
    assert (first.name, second.name, second.cells) == ("表", "空", {})


def test_places_merges_and_hidden_parts_of_one_xml_text() -> None:
    grid = read_grids(
        spreadsheetml(
            f'<Row ss:Index="3" ss:Hidden="1">{cell("String", "甲", "ss:MergeAcross=" + chr(34) + "1" + chr(34))}'
            f"{cell('String', '乙')}{cell('String', '丙', 'ss:Index=' + chr(34) + '9' + chr(34))}</Row>"
            f"<Row>{cell('String', '<B xmlns=' + chr(34) + 'urn:x' + chr(34) + '>好</B>网民')}</Row>",
            before='<Column ss:Index="2" ss:Span="1" ss:Hidden="1"/>',
            options="<x:Visible>SheetHidden</x:Visible>",
        )
    )[0]
    assert shown(grid) == {(3, 1): "甲", (3, 3): "乙", (3, 9): "丙", (4, 1): "好网民"}
    assert grid.merges == (Range(3, 1, 3, 2),)
    assert (grid.hidden, grid.hidden_rows, grid.hidden_columns) == (True, {3}, {2, 3})


def test_entities_in_one_xml_text_are_refused() -> None:
    assert fault(spreadsheetml("<Row/>", doctype='<!DOCTYPE x [<!ENTITY a "ha">]>')) == "unsafe"


# ---------------------------------------------------------------- Word


def paragraph(text: str) -> str:
    return f"<w:p><w:pPr><w:t>x</w:t></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


RESTART, CONTINUE = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
TWO_WIDE = '<w:gridSpan w:val="2"/>'


def test_a_word_table_is_read_with_its_merges_below_the_text_above_it() -> None:
    table = "".join(
        [
            tr(tc("序号", RESTART), tc("人数", TWO_WIDE)),
            tr(tc("", CONTINUE), tc("报到"), tc("实到")),
            tr(tc("1"), tc("12"), tc("10")),
            tr(tc("注"), properties='<w:gridBefore w:val="1"/>'),
        ]
    )
    grid = only(docx(paragraph("统计表") + paragraph("") + f"<w:tbl>{table}</w:tbl>" + paragraph("填报单位：某集团")))
    assert shown(grid) == {
        (1, 1): "统计表",
        (2, 1): "序号",
        (2, 2): "人数",
        (3, 2): "报到",
        (3, 3): "实到",
        (4, 1): "1",
        (4, 2): "12",
        (4, 3): "10",
        (5, 2): "注",
        (6, 1): "填报单位：某集团",
    }
    lines = (Range(1, 1, 1, 3), Range(6, 1, 6, 3))
    assert set(grid.merges) == {Range(2, 1, 3, 1), Range(2, 2, 2, 3), *lines}


def test_what_was_struck_out_of_a_word_table_is_not_read() -> None:
    runs = (
        "<w:ins><w:r><w:t>12</w:t></w:r></w:ins><w:del><w:r><w:delText>99</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>88</w:t></w:r></w:moveFrom><w:r><w:br/><w:t>人</w:t></w:r>"
    )
    table = f"<w:tbl><w:tr><w:tc><w:p>{runs}</w:p></w:tc></w:tr></w:tbl>"
    assert shown(only(docx(table))) == {(1, 1): "12\n人"}


def test_rows_and_cells_in_content_controls_are_read() -> None:
    wrapped = f"<w:sdt><w:sdtPr/><w:sdtContent>{tr(tc('甲'), tc('乙'))}</w:sdtContent></w:sdt>"
    assert shown(only(docx(f"<w:tbl>{wrapped}</w:tbl>"))) == {(1, 1): "甲", (1, 2): "乙"}


def test_every_table_of_a_document_is_a_sheet_of_its_own() -> None:
    one = f"<w:tbl>{tr(tc('甲'))}</w:tbl>"
    first, second = read_grids(docx(one + paragraph("表二") + one))
    assert (shown(first), shown(second)) == ({(1, 1): "甲"}, {(1, 1): "表二", (2, 1): "甲"})
    assert (first.name, second.name) == ("表1", "表2")


# ---------------------------------------------------------------- anything

fragments = st.lists(
    st.sampled_from(
        [
            "<table>",
            "</table>",
            "<tr>",
            "</tr>",
            "<td rowspan=0 colspan=2>",
            "<td rowspan='x'>",
            "</td>",
            "字",
            "<br>",
            "<p>",
            "</html>",
            "&#0;",
            "<x:num>",
            "<td x:num='1e9999'>###",
            "<!--",
        ]
    ),
    max_size=25,
)


@settings(max_examples=200)
@given(fragments)
def test_any_page_gives_grids_or_a_fault(parts: list[str]) -> None:
    read_or_refuse(b"<html>" + "".join(parts).encode())


rows = st.lists(
    st.builds(
        '<Row ss:Index="{}"><Cell ss:MergeAcross="{}"><Data ss:Type="{}">{}</Data></Cell></Row>'.format,
        st.sampled_from(["1", "0", "-1", "99999999", "x"]),
        st.sampled_from(["0", "-1", "99999999", "1"]),
        st.sampled_from(["Number", "DateTime", "Boolean", "Error", "String", "?"]),
        st.sampled_from(["", "1", "nan", "1e999", "2021-99-99", "0001-01-01T00:00:00", "字"]),
    ),
    max_size=4,
)


@settings(max_examples=200)
@given(rows)
def test_any_xml_text_gives_grids_or_a_fault(parts: list[str]) -> None:
    read_or_refuse(spreadsheetml("".join(parts)))


word_parts = st.lists(
    st.sampled_from(
        ["<w:tbl>", "</w:tbl>", tr(tc("甲", CONTINUE)), tr(tc("乙", '<w:gridSpan w:val="99999"/>')), "<w:p/>"]
    ),
    max_size=6,
)


@settings(max_examples=100)
@given(word_parts)
def test_any_word_document_gives_grids_or_a_fault(parts: list[str]) -> None:
    read_or_refuse(docx("".join(parts)))


def read_or_refuse(content: bytes) -> None:
    try:
        grids = read_grids(content)
    except Unreadable:
        return
    assert grids
