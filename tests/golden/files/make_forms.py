"""Makes the forms in this folder, one form by several programs: python tests/golden/files/make_forms.py

It needs LibreOffice, and python-docx, which is for this script alone: pip install --target FOLDER python-docx, then set
PYTHONPATH=FOLDER. No program here writes .xlsb. The files are committed, so that tests need neither. What a reader
makes of a file stands beside it as NAME.json: MAILBOT_WRITE_GOLDEN=1 writes those, and FORM below says what must be in.
"""

import datetime as dt
import io
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
import xlwt
from lxml import etree
from odf import dc, number, office, style, table, text
from odf.opendocument import OpenDocumentSpreadsheet
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.utils import coordinate_to_tuple, range_boundaries

HERE = Path(__file__).parent
STYLESHEET = "/usr/lib/libreoffice/share/xslt/export/spreadsheetml/ooo2spreadsheetml.xsl"


@dataclass(frozen=True)
class Put:
    """What is put into a cell. `seen`: what programs show for it. `result`: a formula's, None if it is not written."""

    value: Any
    seen: str
    code: str = "General"
    result: Any = None


def words(said: str) -> Put:
    return Put(said, said)


MERGES = ("A1:I1", "B2:D2", "A3:A4", "B3:B4", "C3:D3", "E3:E4", "F3:G3", "H3:H4", "I3:I4", "A9:E9", "A10:I10")
HIDDEN_ROW = 7
COMMENT = ("F6", "含外来务工人员")
LABELS = {
    "A1": "2021年“网聚职工正能量　争做中国好网民”线下活动统计表",
    "A2": "填报单位",
    "B2": "新河街道总工会",
    "E2": "填报人",
    "F2": "林晓雨",
    "G2": "联系电话",
    "H2": "６５３０００１１",
    "A3": "序号",
    "B3": "活动名称",
    "C3": "活动时间",
    "C4": "开始",
    "D4": "结束",
    "E3": "活动地点",
    "F3": "参与情况",
    "F4": "接触职工人数",
    "G4": "覆盖职工网民数",
    "H3": "参与率",
    "I3": "备注",
    "A9": "合计",
    "A10": "注：接触职工人数指现场参加人数，一人参加多次按一次计。",
}
ROWS = {
    "A5": Put(1, "1"),
    "B5": words("网络安全知识竞赛"),
    "C5": Put(dt.datetime(2021, 6, 15), "2021/6/15", "yyyy/m/d"),  # noqa: DTZ001 a cell knows no zone
    "D5": Put(dt.datetime(2021, 6, 16), "2021年6月16日", 'yyyy"年"m"月"d"日"'),  # noqa: DTZ001
    "E5": words("职工之家"),
    "F5": Put(300, "300", "0"),
    "G5": Put(5000, "5,000", "#,##0"),
    "H5": Put("=F5/G5", "6.0%", "0.0%", 0.06),
    "A6": Put("2", "2", "@"),
    "B6": words("好网民主题演讲"),
    "C6": Put(dt.datetime(2021, 7, 2, 9, 30), "2021-07-02 9:30", "yyyy-mm-dd h:mm"),  # noqa: DTZ001
    "D6": words("2021.7.3"),
    "E6": words("区文化中心二楼 多功能厅"),
    "F6": words("１２０人"),
    "G6": Put("2000", "2000", "@"),
    "H6": Put(0.92, "92%", "0%"),
    "I6": words("照片另附\n共3张"),
    "A7": Put(3, "3"),
    "B7": words("职工书屋共读"),
    "C7": Put(dt.datetime(2021, 8, 5), "8月5日", 'm"月"d"日"'),  # noqa: DTZ001
    "D7": Put(dt.time(14, 30), "14:30", "h:mm"),
    "F7": Put(50, "50"),
    "G7": Put(800.5, "800.50", "0.00"),
    "H7": Put(0.0625, "6.25%", "0.00%"),
    "A8": Put("0004", "0004", "@"),
    "B8": words("“好网民”故事会"),
    "C8": Put(dt.datetime(2021, 9, 1), "2021年9月", 'yyyy"年"m"月"'),  # noqa: DTZ001
    "F8": Put(0, "0"),
    "G8": Put(-5, "-5"),
    "H8": Put("=F8/0", "#DIV/0!", "0.0%", "#DIV/0!"),
    "I8": Put(True, "TRUE"),
    "F9": Put("=SUM(F5:F8)", "350", "General", 350),
    "G9": Put("=SUM(G5:G8)", "5,796", "#,##0"),
    "H9": Put("#N/A", "#N/A"),
}
FORM = {**{at: words(said) for at, said in LABELS.items()}, **ROWS}
"""Address → what is put there. A formula without `result` has none in the file, wherever the program allows it."""
ERRORS = ("#N/A", "#DIV/0!")
CHART = (("单位", "人数"), ("新河街道总工会", 120), ("东山街道总工会", 80), ("南湖街道总工会", 60))


def corners(area: str) -> tuple[int, int, int, int]:
    """(first row, first column, last row, last column), counted from 0."""
    left, top, right, bottom = range_boundaries(area)
    return top - 1, left - 1, bottom - 1, right - 1


def place(at: str) -> tuple[int, int]:
    """(row, column), counted from 0."""
    row, column = coordinate_to_tuple(at)
    return row - 1, column - 1


def saved(book: Any) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# ---------------------------------------------------------------- spreadsheets


def by_openpyxl() -> bytes:
    """Formulas without results: the library calculates nothing and writes none."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "统计表"
    for at, put in FORM.items():
        sheet[at].value, sheet[at].number_format = put.value, put.code
    for area in MERGES:
        sheet.merge_cells(area)
    sheet.row_dimensions[HIDDEN_ROW].hidden = True
    sheet[COMMENT[0]].comment = Comment(COMMENT[1], "")
    book.create_sheet("填表说明")["A1"] = "每项活动填一行。"
    book.worksheets[1].sheet_state = "hidden"
    return saved(book)


def by_xlsxwriter() -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("统计表")
    for area in MERGES:
        sheet.merge_range(area, "")
    for at, put in FORM.items():
        form = book.add_format({"num_format": put.code})
        if isinstance(put.value, str) and put.value.startswith("="):
            sheet.write_formula(at, put.value, form, 0 if put.result is None else put.result)
        elif put.value in ERRORS:
            sheet.write_formula(at, "=NA()", form, put.value)
        elif isinstance(put.value, str):
            sheet.write_string(at, put.value, form)
        else:
            sheet.write(at, put.value, form)
    sheet.set_row(HIDDEN_ROW - 1, None, None, {"hidden": True})
    sheet.write_comment(*COMMENT)
    notes = book.add_worksheet("填表说明")
    notes.write("A1", "每项活动填一行。")
    notes.hide()
    book.close()
    return file.getvalue()


def by_xlwt() -> bytes:
    """Formulas without results, and no comments: the library writes neither."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("统计表")
    styles = {code: xlwt.easyxf(num_format_str=code) for code in {put.code for put in FORM.values()}}
    for area in MERGES:
        top, left, bottom, right = corners(area)
        sheet.merge(top, bottom, left, right)
    for at, put in FORM.items():
        row, column = place(at)
        if put.value in ERRORS:
            sheet.row(row).set_cell_error(column, 0x2A, styles[put.code])  # its name for #N/A is not the programs'
        elif isinstance(put.value, str) and put.value.startswith("="):
            sheet.write(row, column, xlwt.Formula(put.value[1:]), styles[put.code])
        else:
            sheet.write(row, column, put.value, styles[put.code])
    sheet.row(HIDDEN_ROW - 1).hidden = True
    notes = book.add_sheet("填表说明")
    notes.write(0, 0, "每项活动填一行。")
    notes.visibility = 1
    return saved(book)


def by_odfpy() -> OpenDocumentSpreadsheet:
    book = OpenDocumentSpreadsheet()
    for name, display in (("shown", "true"), ("hidden", "false")):
        look = style.Style(name=name, family="table")
        look.addElement(style.TableProperties(display=display))
        book.automaticstyles.addElement(look)
    percent = number.PercentageStyle(name="percent")
    percent.addElement(number.Number(decimalplaces=1, minintegerdigits=1))
    percent.addElement(number.Text(text="%"))
    book.automaticstyles.addElement(percent)
    sheet = table.Table(name="统计表", stylename="shown")
    sheet.addElement(table.TableColumn(numbercolumnsrepeated=9))
    starts = {corners(area)[:2]: corners(area) for area in MERGES}
    covered = {at for start, area in starts.items() for at in positions(area) if at != start}
    puts = {place(at): put for at, put in FORM.items()}
    for row in range(10):
        line = table.TableRow(**({"visibility": "collapse"} if row == HIDDEN_ROW - 1 else {}))
        for column in range(9):
            line.addElement(odf_cell((row, column), puts, starts, covered))
        sheet.addElement(line)
    notes = table.Table(name="填表说明", stylename="hidden")
    line = table.TableRow()
    line.addElement(filled(table.TableCell(valuetype="string"), "每项活动填一行。"))
    notes.addElement(table.TableColumn())
    notes.addElement(line)
    book.spreadsheet.addElement(sheet)
    book.spreadsheet.addElement(notes)
    return book


def positions(area: tuple[int, int, int, int]) -> Iterator[tuple[int, int]]:
    top, left, bottom, right = area
    return ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))


def odf_cell(at: tuple[int, int], puts: dict[Any, Put], starts: dict[Any, Any], covered: set[Any]) -> Any:
    if at in covered:
        return table.CoveredTableCell()
    cell = table.TableCell()
    if at in starts:
        top, left, bottom, right = starts[at]
        cell.setAttribute("numberrowsspanned", bottom - top + 1)
        cell.setAttribute("numbercolumnsspanned", right - left + 1)
    if at == place(COMMENT[0]):
        note = office.Annotation()
        note.addElement(dc.Date(text="2021-09-03T00:00:00"))
        cell.addElement(filled(note, COMMENT[1]))
    if at not in puts:
        return cell
    put = puts[at]
    value = put.value
    if isinstance(value, str) and value.startswith("="):
        cell.setAttribute("formula", f"of:{odf_formula(value)}")
        if put.result is None:
            return cell
        value = put.result
    elif value in ERRORS:
        cell.setAttribute("formula", "of:=NA()")
    for name, attribute in odf_value(value, put.seen).items():
        cell.setAttribute(name, attribute)
    if value in ERRORS:
        cell.setAttrNS("urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0", "value-type", "error")
    return filled(cell, put.seen)


def odf_formula(formula: str) -> str:
    return {"=F5/G5": "=[.F5]/[.G5]", "=F8/0": "=[.F8]/0"}.get(formula) or (f"=SUM([.{formula[5:7]}:.{formula[8:10]}])")


def odf_value(value: object, seen: str) -> dict[str, str]:
    match value:
        case bool():
            return {"valuetype": "boolean", "booleanvalue": str(value).lower()}
        case int() | float():
            return {"valuetype": "percentage" if "%" in seen else "float", "value": repr(value)}
        case dt.datetime():
            moment = value.isoformat() if value.time() != dt.time() else value.date().isoformat()
            return {"valuetype": "date", "datevalue": moment}
        case dt.time():
            return {"valuetype": "time", "timevalue": f"PT{value:%H}H{value:%M}M00S"}
        case _:
            return {"valuetype": "string"}


def filled(element: Any, said: str) -> Any:
    for line in said.split("\n"):
        element.addElement(text.P(text=line))
    return element


def with_chart() -> bytes:
    """A sheet with a chart, whose numbers are written again inside of a flat .fods."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "统计表"
    for row in CHART:
        sheet.append(row)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=4), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=4))
    sheet.add_chart(chart, "B2")
    return saved(book)


# ---------------------------------------------------------------- documents


def by_python_docx() -> bytes:
    import docx  # not a dependency of the project

    paper = docx.Document()
    paper.add_paragraph(FORM["A1"].seen)
    paper.add_paragraph("填报单位：新河街道总工会　填报人：林晓雨　联系电话：６５３０００１１")
    grid = paper.add_table(rows=7, cols=9)
    for area in MERGES:
        top, left, bottom, right = corners(area)
        if 2 <= top <= 8:
            grid.cell(top - 2, left).merge(grid.cell(bottom - 2, right))
    for at, put in FORM.items():
        row, column = place(at)
        if 2 <= row <= 8:
            grid.cell(row - 2, column).text = put.seen
    paper.add_paragraph(FORM["A10"].seen)
    return saved(paper)


# ---------------------------------------------------------------- LibreOffice


def converted(content: bytes, source: str, wanted: str, filters: str, *options: str) -> bytes:
    """The content, which is a file of that ending, as LibreOffice saves it under the wanted one."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"form.{source}").write_bytes(content)
        soffice = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", *options]
        convert = ["--convert-to", f"{wanted}:{filters}", "--outdir", f"{folder}/out", f"{folder}/form.{source}"]
        subprocess.run([*soffice, *convert], check=True, stdout=subprocess.DEVNULL)
        return (Path(folder) / "out" / f"form.{wanted}").read_bytes()


def as_xml_of_2003(flat: bytes) -> bytes:
    """A flat .fods as LibreOffice's own stylesheet for "MS Excel 2003 XML" writes it.

    LibreOffice fails over its own sheets here, because the stylesheet calls itself once for each of 16384 unused
    columns; so those are taken off first.
    """
    root = etree.fromstring(flat, etree.XMLParser(remove_blank_text=True))
    prefix = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}number-"
    for element in root.iter():
        for name in (f"{prefix}columns-repeated", f"{prefix}rows-repeated"):
            if int(element.get(name, "1")) > 1000:
                del element.attrib[name]
    return bytes(etree.XSLT(etree.parse(STYLESHEET))(root))


def for_writer(page: bytes) -> bytes:
    """The page without what Writer would take for a result (it makes 0.0% of #DIV/0!) or for a text (a comment)."""
    return re.sub(
        rb' sdval="[^"]*"|<a class="comment-indicator"></a>|<comment>.*?</comment>', b"", page, flags=re.DOTALL
    )


def main() -> None:
    form = by_openpyxl()
    page = converted(form, "xlsx", "html", "HTML (StarCalc)")
    flat_xml = "OpenDocument Spreadsheet Flat XML"
    flat = converted(form, "xlsx", "fods", flat_xml)
    as_text = "Text - txt - csv (StarCalc)"
    files = {
        "form-openpyxl.xlsx": form,
        "form-xlsxwriter.xlsx": by_xlsxwriter(),
        "form-xlwt.xls": by_xlwt(),
        "form-odfpy.ods": saved(by_odfpy()),
        "form-odfpy.fods": by_odfpy().xml(),
        "form-python-docx.docx": by_python_docx(),
        "form-libreoffice.xlsx": converted(form, "xlsx", "xlsx", "Calc MS Excel 2007 XML"),
        "form-libreoffice.xls": converted(form, "xlsx", "xls", "MS Excel 97"),
        "form-libreoffice.ods": converted(form, "xlsx", "ods", "calc8"),
        "form-libreoffice.fods": flat,
        "form-libreoffice-2003.xml": as_xml_of_2003(flat),
        "form-libreoffice.html": page,
        "form-libreoffice.docx": converted(
            for_writer(page), "html", "docx", "MS Word 2007 XML", "--infilter=HTML (StarWriter)"
        ),
        # separator, quote, charset (76: UTF-8, 85: GB 18030, 65535: UTF-16), first line
        "form-utf8.csv": converted(form, "xlsx", "csv", f"{as_text}:44,34,76,1"),
        "form-gb18030.csv": converted(form, "xlsx", "csv", f"{as_text}:44,34,85,1"),
        "form-utf16.tsv": converted(form, "xlsx", "tsv", f"{as_text}:9,34,65535,1"),
        "chart-libreoffice.fods": converted(with_chart(), "xlsx", "fods", flat_xml),
    }
    for name, content in files.items():
        (HERE / name).write_bytes(content)


if __name__ == "__main__":
    main()
