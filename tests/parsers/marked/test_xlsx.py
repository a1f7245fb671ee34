"""A sender's workbook comes back with cells marked, and everything else as it was."""

import io
import zipfile
from collections.abc import Mapping

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from parsers.formats import xlsx
from parsers.formats.helpers.zipped_xml import Package
from parsers.marked.marks import Mark, NotMarkable
from parsers.marked.properties import property_of
from parsers.marked.styles import COLOUR
from parsers.marked.xlsx import mark
from support.world import activity, table

SAYS = "接触职工人数“约三百”不是整数，请核对"


def test_marked_cells_have_a_fill_and_a_comment_beside_what_they_had() -> None:
    before = table("新河街道总工会", activity())
    sheet = book(marked(before, "D5", "H5")).active
    untouched = book(before).active
    for cell in ("D5", "H5"):
        assert sheet[cell].fill.fgColor.rgb == COLOUR
        assert sheet[cell].comment.text == SAYS
        assert sheet[cell].value == untouched[cell].value
        assert repr(sheet[cell].border) == repr(untouched[cell].border)
        assert sheet[cell].number_format == untouched[cell].number_format
    assert repr(sheet["C5"].fill) == repr(untouched["C5"].fill)
    assert sheet["C5"].comment is None


def test_no_other_part_changes() -> None:
    before = table("新河街道总工会", activity())
    old, new = parts(before), parts(marked(before, "D5"))
    changed = {name for name in old if new[name] != old[name]}
    assert changed <= {"xl/worksheets/sheet1.xml", "xl/styles.xml", "[Content_Types].xml", "_rels/.rels"} | {
        "docProps/custom.xml"
    }
    assert set(old) < set(new)
    assert read(marked(before, "D5")) == read(before)


def test_results_of_formulas_are_kept() -> None:
    rows = b'<row r="90"><c r="B90"><f>SUM(J5:J9)</f><v>189</v></c></row></sheetData>'
    before = with_part(table(), "xl/worksheets/sheet1.xml", b"</sheetData>", rows)
    after = openpyxl.load_workbook(io.BytesIO(marked(before, "B90", "A90")), data_only=True).active
    assert after["B90"].value == 189
    assert after["A90"].comment.text == SAYS


def test_a_cell_that_is_merged_into_another_is_marked_there() -> None:
    made = openpyxl.Workbook()
    made.active.merge_cells("B2:D4")
    made.active["B2"] = "合并"
    after = book(marked(saved(made), "C3")).active
    assert after["B2"].comment.text == SAYS
    assert after["B2"].fill.fgColor.rgb == COLOUR


def test_a_comment_that_is_there_is_carried_on_and_others_stay() -> None:
    made = openpyxl.Workbook()
    made.active["A1"], made.active["A2"] = 1, 2
    made.active["A1"].comment = Comment("原批注", "李晓")
    made.active["B9"].comment = Comment("另一条", "李晓")
    after = book(marked(saved(made), "A1", "A2")).active
    assert after["A1"].comment.text == f"原批注\n{SAYS}"
    assert after["A2"].comment.text == SAYS
    assert after["B9"].comment.text == "另一条"


def test_a_picture_in_the_header_is_not_taken_for_the_shapes_of_comments() -> None:
    name, sheet = "xl/drawings/vmlDrawing1.vml", "xl/worksheets/sheet1.xml"
    header = b'<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape id="LH"><br></v:shape></xml>'
    relations = (
        b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId9" Target="../drawings/vmlDrawing1.vml" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/vmlDrawing"/></Relationships>'
    )
    before = with_part(
        table(),
        sheet,
        b"</worksheet>",
        b'<legacyDrawingHF xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        b'r:id="rId9"/></worksheet>',
    )
    before = with_new(before, {name: header, "xl/worksheets/_rels/sheet1.xml.rels": relations})
    after = parts(marked(before, "D5"))
    assert after[name] == header
    assert after[sheet].index(b"<legacyDrawing ") < after[sheet].index(b"<legacyDrawingHF ")


def test_a_drawing_that_is_no_xml_is_added_to_as_it_is() -> None:
    made = openpyxl.Workbook()
    made.active["B9"].comment = Comment("另一条", "李晓")
    before = saved(made)
    name = next(name for name in parts(before) if name.endswith(".vml"))
    before = with_part(before, name, b"</xml>", b"<br></xml>")
    after = parts(marked(before, "A1"))[name]
    assert after.startswith(parts(before)[name].removesuffix(b"</xml>"))
    assert book(marked(before, "A1")).active["A1"].comment.text == SAYS


def test_a_signed_workbook_is_not_touched() -> None:
    relation = (
        b'<Relationship Id="rIdS" Target="_xmlsignatures/origin.sigs" '
        b'Type="http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"/>'
    )
    before = with_part(table(), "_rels/.rels", b"</Relationships>", relation + b"</Relationships>")
    with pytest.raises(NotMarkable, match="数字签名"):
        mark(before, [Mark("Sheet1", "A1", SAYS)], {})


def test_a_mark_on_a_sheet_that_is_not_there_is_left_out_and_told() -> None:
    before = table()
    there, lost = Mark(sheet_of(before), "A1", SAYS), Mark("没有的表", "A1", SAYS)
    assert mark(before, [there, lost], {}).left_out == (lost,)
    with pytest.raises(NotMarkable, match="没有可以标注的单元格"):
        mark(before, [lost], {})


def test_the_property_is_read_back_and_set_again() -> None:
    first = mark(table(), [Mark(sheet_of(table()), "A1", SAYS)], {"mailbot": "HWM21-0007:1:D5"}).content
    assert property_of(Package(first), "mailbot") == "HWM21-0007:1:D5"
    second = mark(first, [Mark(sheet_of(first), "A1", SAYS)], {"mailbot": "HWM21-0009:2:A1"}).content
    assert property_of(Package(second), "mailbot") == "HWM21-0009:2:A1"
    assert property_of(Package(table()), "mailbot") is None


def test_styles_without_fills_get_the_two_that_the_standard_reserves() -> None:
    made = openpyxl.Workbook()
    made.active["A1"].fill = PatternFill("solid", "FF00FF00")
    before = saved(made)
    styles = parts(before)["xl/styles.xml"]
    start, end = styles.index(b"<fills"), styles.index(b"</fills>") + len(b"</fills>")
    bare = with_part(before, "xl/styles.xml", styles[start:end], b"")
    bare = with_part(bare, "xl/styles.xml", b'fillId="2"', b'fillId="0"')
    made_new = parts(mark(bare, [Mark("Sheet", "A1", SAYS)], {}).content)["xl/styles.xml"]
    assert b'<fills count="3">' in made_new
    assert b'patternType="gray125"' in made_new
    assert b'fillId="2" ' in made_new


def marked(content: bytes, *cells: str) -> bytes:
    sheet = sheet_of(content)
    return mark(content, [Mark(sheet, cell, SAYS) for cell in cells], {"mailbot": "x"}).content


def sheet_of(content: bytes) -> str:
    return book(content).sheetnames[0]


def book(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def saved(made: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def read(content: bytes) -> object:
    """What our own reader finds, without the comments that were added."""
    return [(grid.name, {place: cell.value for place, cell in grid.cells.items()}) for grid in xlsx.read(content)]


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def with_new(content: bytes, new: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in {**parts(content), **new}.items():
            package.writestr(name, part)
    return target.getvalue()


def with_part(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The workbook with other bytes in one part."""
    part = parts(content)[name]
    assert old in part
    return with_new(content, {name: part.replace(old, new, 1)})
