"""Spreadsheet formats: the same table read from each, and each reader compared with independent libraries."""

import datetime as dt
import io
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest
import python_calamine
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from odf import dc, office, style, table, text
from odf.opendocument import OpenDocumentSpreadsheet
from openpyxl.comments import Comment

from parsers.formats import xlsb
from parsers.formats import xlsx as xlsx_reader
from parsers.formats.read_file import read_grids
from parsers.grid import Cell, Grid, Range
from parsers.reading import Unreadable
from support.files import MAIN, STRICT, fault, ods, ods_cell, ods_row, only, saved, xlsx, zipped

DAY = dt.datetime.fromisoformat("2021-09-03")
MOMENT = dt.datetime.fromisoformat("2021-09-03 09:30:00")
YEAR_MONTH_DAY = 'yyyy"年"m"月"d"日"'

Fact = tuple[object, str, str, object, str]
RICH: list[Fact] = [  # value to write, its format, and the kind, value and text to read
    (
        "网聚职工正能量　争做中国好网民",
        "General",
        "text",
        "网聚职工正能量　争做中国好网民",
        "网聚职工正能量　争做中国好网民",
    ),
    ("a\u00a0b", "General", "text", "a\u00a0b", "a\u00a0b"),
    ("一行\n二行", "General", "text", "一行\n二行", "一行\n二行"),
    ("0012", "@", "text", "0012", "0012"),
    ("440301199001011234", "@", "text", "440301199001011234", "440301199001011234"),
    ("120人", "General", "text", "120人", "120人"),
    (120, "General", "number", 120, "120"),
    (-3, "0", "number", -3, "-3"),
    (0, "0", "number", 0, "0"),
    (6.3, "0.00", "number", 6.3, "6.30"),
    (6.3, "General", "number", 6.3, "6.3"),
    (12345.5, "#,##0.00", "number", 12345.5, "12,345.50"),
    (0.92, "0.0%", "number", 0.92, "92.0%"),
    (92, "0", "number", 92, "92"),
    (13800000001, "General", "number", 13800000001, "13800000001"),
    (True, "General", "bool", True, "TRUE"),
    (DAY, "yyyy/m/d", "date", DAY, "2021/9/3"),
    (DAY, YEAR_MONTH_DAY, "date", DAY, "2021年9月3日"),
    (DAY, 'm"月"d"日"', "date", DAY, "9月3日"),
    (MOMENT, "yyyy-mm-dd h:mm", "date", MOMENT, "2021-09-03 9:30"),
    (dt.time(9, 30), "h:mm", "time", dt.time(9, 30), "9:30"),
    (dt.timedelta(hours=26, minutes=30), "[h]:mm", "time", dt.timedelta(hours=26, minutes=30), "26:30"),
]
FIRST_ROW = 3


def by_openpyxl(facts: list[Fact]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "统计表"
    sheet["A1"] = "标题"
    sheet.merge_cells("A1:C2")
    for row, (value, code, *_) in enumerate(facts, FIRST_ROW):
        sheet.cell(row, 1, value).number_format = code  # type: ignore[arg-type]
    sheet.row_dimensions[FIRST_ROW + 1].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet["B3"] = "藏"
    sheet["A3"].comment = Comment("请核对", "")
    book.create_sheet("隐藏").sheet_state = "hidden"
    return saved(book)


def by_xlsxwriter(facts: list[Fact]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("统计表")
    sheet.merge_range("A1:C2", "标题")
    for row, (value, code, *_) in enumerate(facts, FIRST_ROW - 1):
        sheet.write(row, 0, value, book.add_format({"num_format": code}))
    sheet.set_row(FIRST_ROW, None, None, {"hidden": True})
    sheet.set_column("B:B", None, None, {"hidden": True})
    sheet.write("B3", "藏")
    sheet.write_comment("A3", "请核对")
    book.add_worksheet("隐藏").hide()
    book.close()
    return file.getvalue()


def by_xlwt(facts: list[Fact]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("统计表")
    sheet.write_merge(0, 1, 0, 2, "标题")
    for row, (value, code, *_) in enumerate(facts, FIRST_ROW - 1):
        days = value.total_seconds() / 86400 if isinstance(value, dt.timedelta) else value
        sheet.write(row, 0, days, xlwt.easyxf(num_format_str=code))
    sheet.row(FIRST_ROW).hidden = True
    sheet.col(1).hidden = True
    sheet.write(2, 1, "藏")
    book.add_sheet("隐藏").visibility = 1
    return saved(book)


def by_odfpy(facts: list[Fact]) -> bytes:
    book = OpenDocumentSpreadsheet()
    shown = style.Style(name="shown", family="table")
    hidden = style.Style(name="hidden", family="table")
    hidden.addElement(style.TableProperties(display="false"))
    for each in (shown, hidden):
        book.automaticstyles.addElement(each)
    sheet = table.Table(name="统计表", stylename="shown")
    sheet.addElement(table.TableColumn())
    sheet.addElement(table.TableColumn(visibility="collapse"))
    sheet.addElement(table.TableColumn(numbercolumnsrepeated=1022))
    rows = [table.TableRow() for _ in range(len(facts) + 2)]
    title = odf_cell("标题", "标题")
    title.setAttribute("numbercolumnsspanned", 3)
    title.setAttribute("numberrowsspanned", 2)
    rows[0].addElement(title)
    for row in rows[:2]:
        row.addElement(table.CoveredTableCell(numbercolumnsrepeated=2 if row is rows[0] else 3))
    for row, (value, _, _, _, seen) in zip(rows[2:], facts, strict=True):
        row.addElement(odf_cell(value, seen))
    note = office.Annotation()
    note.addElement(dc.Date(text="2021-09-03T00:00:00"))
    note.addElement(text.P(text="请核对"))
    rows[2].firstChild.insertBefore(note, rows[2].firstChild.firstChild)
    rows[2].addElement(odf_cell("藏", "藏"))
    rows[3].setAttribute("visibility", "filter")
    for row in rows:
        sheet.addElement(row)
    sheet.addElement(table.TableRow(numberrowsrepeated=1_048_000))
    book.spreadsheet.addElement(sheet)
    book.spreadsheet.addElement(table.Table(name="隐藏", stylename="hidden"))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def odf_cell(value: object, seen: str) -> Any:
    match value:
        case bool():
            kind = {"valuetype": "boolean", "booleanvalue": str(value).lower()}
        case int() | float():
            kind = {"valuetype": "percentage" if "%" in seen else "float", "value": repr(value)}
        case dt.datetime():
            moment = value.isoformat() if value.time() != dt.time() else value.date().isoformat()
            kind = {"valuetype": "date", "datevalue": moment}
        case dt.time():
            kind = {"valuetype": "time", "timevalue": f"PT{value:%H}H{value:%M}M00S"}
        case dt.timedelta():
            kind = {"valuetype": "time", "timevalue": f"PT{value.total_seconds() // 60:.0f}M00S"}
        case _:
            kind = {"valuetype": "string"}
    cell = table.TableCell(**kind)
    for line in seen.split("\n"):
        cell.addElement(text.P(text=line))
    return cell


WRITERS: list[Callable[[list[Fact]], bytes]] = [by_openpyxl, by_xlsxwriter, by_xlwt, by_odfpy]
every_writer = pytest.mark.parametrize("write", WRITERS)


@every_writer
def test_the_rich_form_reads_the_same_whatever_program_wrote_it(write: Callable[[list[Fact]], bytes]) -> None:
    grid = read_grids(write(RICH))[0]
    for row, (_, code, kind, value, shown) in enumerate(RICH, FIRST_ROW):
        cell = grid.cells[row, 1]
        assert (cell.kind, cell.value, cell.shown) == (kind, value, shown)
        assert type(cell.value) is type(value)
        assert cell.format == code or write is by_odfpy


@every_writer
def test_what_stands_around_the_cells_is_read_from_every_program(write: Callable[[list[Fact]], bytes]) -> None:
    first, second = read_grids(write(RICH))
    assert (first.name, first.hidden, first.partial) == ("统计表", False, False)
    assert first.merges == (Range(1, 1, 2, 3),)
    assert first.shown(1, 1) == "标题"
    assert first.hidden_rows == {FIRST_ROW + 1}
    assert first.hidden_columns == {2}
    assert first.comments == ({} if write is by_xlwt else {(3, 1): "请核对"})
    assert (second.name, second.hidden, second.cells) == ("隐藏", True, {})


# ---------------------------------------------------------------- against other readers

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)
numbers = st.integers(-(10**14), 10**14) | st.floats(-1e14, 1e14, allow_subnormal=False)
moments = st.datetimes(dt.datetime.fromisoformat("1990-01-01"), dt.datetime.fromisoformat("2060-01-01")).map(
    lambda moment: moment.replace(microsecond=0)
)
sheets = st.dictionaries(
    st.tuples(st.integers(1, 40), st.integers(1, 30)), texts | numbers | moments | st.booleans(), max_size=12
)


def plain(grid: Grid) -> dict[tuple[int, int], object]:
    return {at: cell.value for at, cell in grid.cells.items()}


@settings(max_examples=40)
@given(sheets)
def test_a_workbook_reads_as_openpyxl_and_calamine_read_it(cells: dict[tuple[int, int], Any]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for at, value in cells.items():
        sheet.cell(*at).value = value
        if isinstance(value, str):
            sheet.cell(*at).data_type = "s"
    content = saved(book)
    grid = read_grids(content)[0]
    again = openpyxl.load_workbook(io.BytesIO(content)).active
    assert again is not None
    seen = {(c.row, c.column): c.value for row in again.iter_rows() for c in row if c.value is not None}
    assert same(plain(grid), seen)
    assert same(plain(grid), by_calamine(content))


@settings(max_examples=40)
@given(sheets)
def test_an_old_workbook_reads_as_calamine_reads_it(cells: dict[tuple[int, int], Any]) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for (row, column), value in cells.items():
        code = "yyyy-mm-dd hh:mm:ss" if isinstance(value, dt.datetime) else "General"
        sheet.write(row - 1, column - 1, value, xlwt.easyxf(num_format_str=code))
    content = saved(book)
    assert same(plain(read_grids(content)[0]), by_calamine(content))


def by_calamine(content: bytes) -> dict[tuple[int, int], object]:
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    rows = enumerate(sheet.to_python(skip_empty_area=False), 1)
    return {(r, c): value for r, row in rows for c, value in enumerate(row, 1) if value != ""}


def same(ours: dict[tuple[int, int], object], theirs: dict[tuple[int, int], object]) -> bool:
    """Equal cell by cell; a day that another reader gives without its midnight is the same day."""
    assert ours.keys() == theirs.keys()
    for at, value in ours.items():
        other = theirs[at]
        if isinstance(other, dt.date) and not isinstance(other, dt.datetime):
            other = dt.datetime.combine(other, dt.time())
        if isinstance(value, dt.datetime) and isinstance(other, dt.datetime):
            assert abs(value - other) < dt.timedelta(milliseconds=1)
        else:
            assert value == other
    return True


# ---------------------------------------------------------------- xlsx by hand


@pytest.mark.parametrize(("namespace", "folder"), [(STRICT, "xl"), (MAIN, "elsewhere/deep")])
def test_parts_are_found_by_their_relations_and_names_in_any_namespace(namespace: str, folder: str) -> None:
    grid = only(xlsx('<row r="2"><c r="C2"><v>7</v></c></row>', namespace=namespace, folder=folder))
    assert plain(grid) == {(2, 3): 7}


def test_rich_text_is_joined_and_readings_above_characters_are_left_out() -> None:
    item = "<si><r><t>好</t></r><r><t>网民</t></r><rPh sb='0' eb='1'><t>hao</t></rPh></si>"
    item += "<si><t>a_x000D_b_x005F_x0041_</t></si>"
    cells = '<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t> 内 </t></is></c>'
    assert plain(only(xlsx(f'<row r="1">{cells}</row>', strings=item))) == {
        (1, 1): "好网民",
        (1, 2): "a\rb_x0041_",
        (1, 3): " 内 ",
    }


def test_cells_without_a_reference_follow_one_another() -> None:
    assert plain(only(xlsx("<row><c><v>1</v></c><c/><c><v>2</v></c></row><row><c><v>3</v></c></row>"))) == {
        (1, 1): 1,
        (1, 3): 2,
        (2, 1): 3,
    }


def test_a_formula_comes_with_its_result_and_one_without_result_is_not_a_blank() -> None:
    grid = only(
        xlsx(
            '<row r="1"><c r="A1"><f>SUM(B1:B9)</f><v>12</v></c><c r="B1"><f>C1*2</f></c><c r="C1"><f>D1</f><v/></c>'
            '<c r="D1" t="str"><f>IF(A1=0,"","x")</f><v></v></c><c r="E1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        )
    )
    assert grid.cells[1, 1] == Cell(12, "number", "12", "General", "SUM(B1:B9)")
    assert grid.cells[1, 2] == Cell(None, "error", "=C1*2", "General", "C1*2")
    assert grid.cells[1, 3].value is None
    assert (1, 4) not in grid.cells
    assert grid.cells[1, 5] == Cell("#DIV/0!", "error", "#DIV/0!", "General", "1/0")


def test_a_shared_formula_is_written_out_in_every_cell() -> None:
    master = '<f t="shared" ref="A1:A3" si="0">SUM($B1:C1)+表!D$2&amp;"A1"</f>'
    rows = (
        f'<row r="1"><c r="A1">{master}<v>1</v></c></row><row r="3"><c r="A3"><f t="shared" si="0"/><v>2</v></c></row>'
    )
    assert only(xlsx(rows)).cells[3, 1].formula == 'SUM($B3:C3)+表!D$2&"A1"'


def test_a_zero_that_stands_in_for_a_result_not_calculated_is_not_believed() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    sheet.write_formula("A1", "=B1+C1")
    sheet.write_formula("A2", "=B2+C2", None, 5)
    sheet.write_number("A3", 0)
    book.close()
    grid = only(file.getvalue())
    assert [grid.cells[row, 1].value for row in (1, 2, 3)] == [None, 5, 0]


def test_dates_from_1904_and_builtin_chinese_formats() -> None:
    styles = '<xf numFmtId="14"/><xf numFmtId="31"/><xf numFmtId="58"/>'
    cells = '<c r="A1" s="1"><v>44442</v></c><c r="B1" s="2"><v>44442</v></c><c r="C1" s="3"><v>44442</v></c>'
    grid = only(xlsx(f'<row r="1">{cells}</row>', styles=styles))
    assert [grid.shown(1, column) for column in (1, 2, 3)] == ["2021/9/3", "2021年9月3日", "9月3日"]
    later = only(xlsx('<row><c s="1"><v>42980</v></c></row>', styles=styles, workbook='<workbookPr date1904="1"/>'))
    assert later.cells[1, 1].value == DAY


def test_an_iso_date_is_a_date() -> None:
    assert only(xlsx('<row><c t="d" s="1"><v>2021-09-03</v></c></row>', styles='<xf numFmtId="14"/>')).cells[
        1, 1
    ] == Cell(DAY, "date", "2021/9/3", "yyyy/m/d")


def test_a_row_or_column_of_no_size_is_hidden() -> None:
    grid = only(
        xlsx(
            '<row r="1" ht="0"><c><v>1</v></c></row><row r="2" ht="15"><c><v>1</v></c></row>',
            before='<cols><col min="1" max="16384" width="0"/></cols>',
        )
    )
    assert (grid.hidden_rows, grid.hidden_columns) == ({1}, {1})


def test_what_a_merged_range_covers_is_not_there() -> None:
    grid = only(
        xlsx(
            "<row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>",
            after='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>',
        )
    )
    assert plain(grid) == {(1, 1): 1, (1, 3): 3}


def test_the_declared_dimension_and_rows_of_drawings_mean_nothing() -> None:
    grid = only(
        xlsx(
            "<row><c><v>1</v></c></row>",
            before='<dimension ref="A1:XFD1048576"/>',
            after='<x:controls xmlns:x="urn:x"><x:row>5</x:row><x:col hidden="1">5</x:col></x:controls>',
        )
    )
    assert plain(grid) == {(1, 1): 1}


# ---------------------------------------------------------------- xls and ods by hand


def test_an_old_workbook_tells_errors_from_blanks() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    sheet.row(0).set_cell_error(0, "#REF!")
    sheet.write(0, 1, xlwt.Formula("1+1"))
    cells = only(saved(book)).cells
    assert cells[1, 1] == Cell("#REF!", "error", "#REF!", "General")


def test_an_old_workbook_tells_formulas_that_nobody_has_calculated_from_blanks() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for column, formula in enumerate(["A2+B2", "SUM(A2:B2)", 'IF(A2=0,"","x")', "SUM(A2,B2)"]):
        sheet.write(0, column, xlwt.Formula(formula))
    content = saved(book)
    cells = only(content).cells
    assert [(at, cell.kind, cell.value) for at, cell in sorted(cells.items())] == [
        ((1, column), "error", None) for column in (1, 2, 4)
    ]
    nothing, to_calculate = b"\x03\0\0\0\0\0\xff\xff\0\0", bytes(8) + b"\x02\0"
    assert len(only(content.replace(nothing, to_calculate)).cells) == 4
    assert plain(only(content.replace(nothing, bytes(10)))) == {(1, column): 0 for column in (1, 2, 3, 4)}


def test_a_workbook_older_than_containers_is_read_in_the_charset_of_offices() -> None:
    start = b"\x09\x00\x04\x00\x02\x00\x10\x00"
    number = b"\x03\x00\x0f\x00\x01\x00\x02\x00\0\0\0" + b"\0\0\0\0\0\0\x5e\x40"
    label = b"\x04\x00\x0c\x00\x00\x00\x00\x00\0\0\0\x04" + "街道".encode("gb18030")
    assert plain(only(start + label + number + b"\x0a\x00\x00\x00")) == {(1, 1): "街道", (2, 3): 120}


def test_an_old_workbook_with_dates_from_1904() -> None:
    book = xlwt.Workbook()
    book.dates_1904 = True
    book.add_sheet("表").write(0, 0, 42980, xlwt.easyxf(num_format_str="yyyy/m/d"))
    assert only(saved(book)).shown(1, 1) == "2021/9/3"


def test_repeated_cells_stand_in_every_place_and_empty_ones_cost_nothing() -> None:
    seven = ods_cell('office:value-type="float" office:value="7" table:number-columns-repeated="2"')
    gap = ods_cell('table:number-columns-repeated="16000"')
    grid = only(ods(ods_row(gap, repeated=1_000_000) + ods_row(ods_cell(), seven, gap, repeated=2)))
    assert plain(grid) == {(r, c): 7 for r in (1_000_001, 1_000_002) for c in (2, 3)}


def test_errors_and_formulas_without_result_of_opendocument_are_not_blank() -> None:
    error = ods_cell(
        'table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"',
        "<text:p>#DIV/0!</text:p>",
    )
    cells = only(ods(ods_row(error, ods_cell('table:formula="of:=SUM([.B1:.B2])"')))).cells
    assert (cells[1, 1].kind, cells[1, 1].value, cells[1, 1].formula) == ("error", "#DIV/0!", "1/0")
    assert (cells[1, 2].kind, cells[1, 2].value, cells[1, 2].shown) == ("error", None, "=SUM([.B1:.B2])")


def test_the_text_of_an_opendocument_cell_is_what_one_sees() -> None:
    inside = (
        "<office:annotation><text:p>注</text:p></office:annotation>"
        '<text:p>好<text:s text:c="2"/><text:span>网<text:line-break/>民</text:span>'
        "<text:ruby><text:ruby-base>字</text:ruby-base><text:ruby-text>zi</text:ruby-text></text:ruby></text:p>"
        "<text:p>二</text:p>"
    )
    grid = only(ods(ods_row(ods_cell('office:value-type="string"', inside))))
    assert plain(grid) == {(1, 1): "好  网\n民字\n二"}
    assert grid.comments == {(1, 1): "注"}


# ---------------------------------------------------------------- delimited text


@pytest.mark.parametrize(("written", "kind"), [("6.3", "number"), ("6.30", "text"), ("6.5", "text"), ("0.3", "text")])
def test_where_types_are_not_kept_a_day_that_may_have_lost_its_zero_is_a_number(written: str, kind: str) -> None:
    delimited = f"活动名称,活动时间\n竞赛,{written}\n".encode("gb18030")
    page = f"<table><tr><td>活动名称<td>活动时间<tr><td>竞赛<td>{written}</table>".encode()
    for (grid,) in map(read_grids, (delimited, page)):
        assert (grid.cells[2, 2].kind, grid.cells[2, 2].shown) == (kind, written)


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_delimited_table_is_text_cell_by_cell(charset: str) -> None:
    grid = only('标题\r\n序号,单位,人数\r\n1,"甲,乙",0120\r\n2,"一""二""\n三",\r\n'.encode(charset))
    assert grid.cells[3, 3] == Cell("0120", "text", "0120")
    assert plain(grid) == {
        (1, 1): "标题",
        (2, 1): "序号",
        (2, 2): "单位",
        (2, 3): "人数",
        (3, 1): "1",
        (3, 2): "甲,乙",
        (3, 3): "0120",
        (4, 1): "2",
        (4, 2): '一"二"\n三',
    }


LABELS = "活动名称,活动时间,地点,人数,网民数,备注"


def adrift(*rows: str) -> list[str]:
    """The cells of a delimited table that may stand in another column."""
    grid = only("\r\n".join((LABELS, *rows)).encode("gb18030"))
    return [cell.shown for _, cell in sorted(grid.cells.items()) if cell.adrift]


@pytest.mark.parametrize(
    ("row", "doubtful"),
    [
        ("读书会,6月3日,礼堂,2,400,9000,无", ["2", "400", "9000", "无"]),
        ("读书会,6月3日,礼堂,40,1,350,无", ["1", "350", "无"]),
        ("读书,写作会,6月3日,礼堂,40,90,无", ["读书", "写作会", "6月3日", "礼堂", "40", "90", "无"]),
        ("读书会,6月3日,礼堂,2,400,9000", ["2", "400", "9000"]),
        ('读书会,6月3日,礼堂,"2,400",9000,无', []),
        ("读书会,6月3日,礼堂,40,300,", []),
        ("读书会,6月3日,礼堂,40,300", []),
        ("读书会,6月3日,礼堂,40,300,补报", []),
        ("读书会,6月3日,礼堂,40,9000,,,", []),
    ],
)
def test_cells_that_a_comma_may_have_pushed_on_are_doubtful(row: str, doubtful: list[str]) -> None:
    assert adrift("演讲,6月1日,食堂,60,800,照片另附", row) == doubtful


def test_figures_side_by_side_are_no_parts_of_one() -> None:
    assert adrift("演讲,6月1日,食堂,60,800,12", "读书会,6月3日,礼堂,20,400,31") == []


def test_in_a_table_of_one_row_figures_side_by_side_are_what_they_are() -> None:
    grid = only("单位：甲\r\n活动,企业,职工,网民\r\n读书会,3,120,5000".encode())
    assert not any(cell.adrift for cell in grid.cells.values())


@pytest.mark.parametrize(
    "lines",
    [
        ("标题,,,,,", LABELS, "读书,6月1日,食堂,60,800,", "1,2,300,4,5,6", "单位,甲,填表人,乙,电话,1"),
        ("活动,企业,职工", "读书会,3,120", "填报单位：,甲,填表人：,乙"),
    ],
    ids=["all rows alike", "who reports"],
)
def test_rows_that_are_only_longer_or_of_figures_are_not_pushed_on(lines: tuple[str, ...]) -> None:
    assert not any(cell.adrift for cell in only("\r\n".join(lines).encode()).cells.values())


def test_a_tab_pushes_no_figure_on() -> None:
    rows = ("编号\t人数\t名称\t日期", "1\t338\t竞赛\t7月1日", "2\t312\t参观\t0713", "3\t1\t200")
    assert not any(cell.adrift for cell in only("\r\n".join(rows).encode()).cells.values())


def test_a_quote_that_never_ends_swallows_no_rows_and_is_told() -> None:
    (grid,) = read_grids('序号,名称,人数\n1,"甲,5\n2,乙,6\n3,丙,7\n'.encode())
    assert grid.partial
    assert [grid.shown(row, 3) for row in (2, 3, 4)] == ["5", "6", "7"]


def test_a_quote_in_the_wrong_place_is_told() -> None:
    (grid,) = read_grids('序号,名称\n1,"好网民"活动\n2,乙\n'.encode())
    assert grid.partial
    assert grid.shown(3, 2) == "乙"


def test_numbers_kept_as_text_by_a_formula_are_text() -> None:
    assert only(b'a,b\n="0012",2\n').shown(2, 1) == "0012"


# ---------------------------------------------------------------- xlsb


def test_a_binary_workbook_in_a_zip_is_read_in_part() -> None:
    (grid, hidden) = xlsb.read(by_openpyxl(RICH))  # its library takes both
    assert grid.partial
    assert hidden.hidden
    assert plain(grid)[FIRST_ROW, 1] == RICH[0][0]
    assert grid.merges == (Range(1, 1, 2, 3),)


def test_a_panic_of_the_library_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        pass

    def panic(_: object) -> None:
        raise Panic

    monkeypatch.setattr(python_calamine.CalamineWorkbook, "from_filelike", panic)
    with pytest.raises(Unreadable, match="broken"):
        xlsb.read(xlsx())


# ---------------------------------------------------------------- hostile files


def test_a_sparse_corner_costs_nothing() -> None:
    grid = only(xlsx('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'))
    assert plain(grid) == {(1, 1): 1, (1_048_576, 16_384): 2}
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    sheet.write(0, 0, 1)
    sheet.write(65535, 255, 2)
    assert plain(only(saved(book))) == {(1, 1): 1, (65_536, 256): 2}


def test_cells_with_a_style_alone_cost_nothing() -> None:
    rows = (
        f'<row r="{n}">' + "".join(f'<c r="{a}{n}" s="0"/>' for a in "ABCDEFGH") + "</row>" for n in range(2, 40_000)
    )
    assert only(xlsx("<row><c><v>1</v></c></row>" + "".join(rows))).cells.keys() == {(1, 1)}


def test_a_wide_merge_a_thousand_times_costs_nothing() -> None:
    merges = '<mergeCell ref="A1:XFD1048576"/>' * 1000
    grid = only(xlsx("<row><c><v>1</v></c></row>", after=f"<mergeCells>{merges}</mergeCells>"))
    assert plain(grid) == {(1, 1): 1}


def too_large_files() -> Iterator[Any]:
    row = "<row>" + "<c><v>1</v></c>" * 10_000 + "</row>"
    yield pytest.param(lambda: xlsx(row * 21), id="cells")
    merges = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 300_002))
    yield pytest.param(lambda: xlsx(after=f"<mergeCells>{merges}</mergeCells>"), id="merges")
    yield pytest.param(lambda: xlsx(" " * 40_000_000), id="ratio")
    yield pytest.param(lambda: bomb(250_000_000), id="size")
    yield pytest.param(
        lambda: ods(
            ods_row(
                ods_cell('office:value-type="float" office:value="7" table:number-columns-repeated="16384"'),
                repeated=1_048_576,
            )
        ),
        id="repeated",
    )
    yield pytest.param(
        lambda: ods(ods_row(ods_cell('office:value-type="string"', '<text:p><text:s text:c="2000000000"/></text:p>'))),
        id="blanks",
    )
    yield pytest.param(lambda: ("a,b\n" * 150_001).encode(), id="rows of text")


@pytest.mark.parametrize("make", list(too_large_files()))
def test_more_than_any_office_sends_is_refused(make: Callable[[], bytes]) -> None:
    assert fault(make()) == "too-large"


def bomb(size: int) -> bytes:
    """A workbook with a part that says that it is that large."""
    content = bytearray(xlsx())
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = size.to_bytes(4, "little")
    return bytes(content)


def test_a_part_that_is_larger_than_it_says_is_not_read_on() -> None:
    content = xlsx("<row><c><v>1</v></c></row>" * 1000)
    at = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    lying = content[: at + 24] + (100).to_bytes(4, "little") + content[at + 28 :]
    assert fault(lying) == "broken"


def test_parts_that_lie_over_one_another_are_refused() -> None:
    content = bytearray(xlsx())
    directory = [i for i in range(len(content)) if content[i : i + 4] == b"PK\x01\x02"]
    content[directory[1] + 42 : directory[1] + 46] = content[directory[0] + 42 : directory[0] + 46]
    assert fault(bytes(content)) == "unsafe"


def test_entities_are_refused() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    assert fault(xlsx('<row><c t="inlineStr"><is><t>&b;&c;</t></is></c></row>', doctype=laughs)) == "unsafe"
    far = f"<!--{' ' * 65_450}-->{laughs}"
    assert fault(xlsx("<row/>", doctype=far)) == "unsafe"


def test_a_file_cut_short_is_told_as_such() -> None:
    assert fault(by_openpyxl(RICH)[:-200]) == "truncated"
    assert fault(by_xlwt(RICH)[:3000]) == "truncated"


def test_an_encrypted_zip_asks_for_a_file_without_password() -> None:
    content = bytearray(xlsx())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    assert fault(bytes(content)) == "password"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n", "truncated"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"Rar!\x1a\x07\x00", "archive"),
        (bytes(range(256)), "unknown-type"),
        ("各位好，统计表见附件。".encode(), "unknown-type"),
        (zipped({"[Content_Types].xml": "", "xl/workbook.xml": "<workbook/>"}), "broken"),
    ],
)
def test_a_file_without_a_table_gets_the_step_that_helps(content: bytes, code: str) -> None:
    assert fault(content) == code


def outcome(read: Callable[[bytes], tuple[Grid, ...]], content: bytes) -> tuple[tuple[Grid, ...], str]:
    """The grids, or the words of the fault; anything else goes up."""
    try:
        return read(content), ""
    except Unreadable as refusal:
        return (), refusal.text


def read_or_refuse(content: bytes) -> None:
    grids, refusal = outcome(read_grids, content)
    assert grids or "请" in refusal


@given(st.binary(max_size=300))
def test_any_bytes_give_grids_or_a_fault(content: bytes) -> None:
    read_or_refuse(content)


SEEDS = [write(RICH) for write in WRITERS]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_a_damaged_workbook_gives_grids_or_a_fault(content: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(content) - 1))
    damage = data.draw(st.binary(min_size=1, max_size=8))
    read_or_refuse(content[:at] + damage + content[at + len(damage) :])


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.text(max_size=30))
def test_any_xml_in_a_sheet_gives_grids_or_a_fault(row: str, after: str) -> None:
    read_or_refuse(xlsx(row, after=after))


odd_cells = st.builds(
    '<c r="{}" t="{}" s="{}"><f t="{}">{}</f><v>{}</v></c>'.format,
    st.sampled_from(["A1", "XFD1048576", "ZZZ9", "A0", "", "1A"]),
    st.sampled_from(["s", "str", "n", "b", "e", "d", "inlineStr", "x"]),
    st.sampled_from(["0", "99", "-1", "x"]),
    st.sampled_from(["shared", "array", ""]),
    st.sampled_from(["A1", "SUM(A1:B2)", ""]),
    st.sampled_from(["0", "-1", "1e999", "nan", "１", "1_0", "", "2021-13-01", "#N/A", "x"]),
)


@settings(max_examples=200)
@given(st.lists(odd_cells, max_size=3))
def test_odd_cells_give_grids_or_a_fault(cells: list[str]) -> None:
    grids, refusal = outcome(xlsx_reader.read, xlsx(f"<row>{''.join(cells)}</row>"))
    assert grids or "请" in refusal
