"""Struck-out and hidden text is no part of a cell's value, nor a superscript digit of a number, in any format."""

import io
import re
import time
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from parsers.formats.read_file import read_grids
from parsers.grid import Cell
from parsers.reading import Severity
from support.files import docx, ods, ods_cell, ods_row, only, page, saved, spreadsheetml, zipped
from support.tables import FIRST, codes, contents, read, whole

Pieces = tuple[tuple[str, str], ...]
"""The texts of a cell, each with what is special to it: struck, raised, bold or nothing."""


def by_excel(pieces: Pieces) -> bytes:
    fonts = {
        "struck": InlineFont(strike=True),
        "raised": InlineFont(vertAlign="superscript"),
        "bold": InlineFont(b=True, color="FF0000", strike=False),
    }
    book = openpyxl.Workbook()
    book.active["A1"] = CellRichText([TextBlock(fonts[how], text) if how else text for text, how in pieces])  # type: ignore[index]
    return saved(book)


def by_old_excel(pieces: Pieces) -> bytes:
    fonts = {"struck": "struck_out true", "raised": "escapement superscript", "bold": "bold true", "": ""}
    book = xlwt.Workbook()
    book.add_sheet("表").write_rich_text(0, 0, [(text, xlwt.easyfont(fonts[how])) for text, how in pieces])
    return saved(book)


def by_opendocument(pieces: Pieces) -> bytes:
    properties = {
        "struck": 'style:text-line-through-style="solid"',
        "raised": 'style:text-position="super 58%"',
        "bold": 'style:text-underline-style="solid" style:text-line-through-style="none"',
    }
    styles = "".join(
        f'<style:style style:name="{how}" style:family="text"><style:text-properties {look}/></style:style>'
        for how, look in properties.items()
    )
    spans = "".join(f'<text:span text:style-name="{how}">{text}</text:span>' if how else text for text, how in pieces)
    cell = ods_cell('office:value-type="string"', f"<text:p>{spans}</text:p>")
    return ods(ods_row(cell), columns=styles)


def by_word(pieces: Pieces) -> bytes:
    marks = {
        "struck": "<w:strike/>",
        "raised": '<w:vertAlign w:val="superscript"/>',
        "bold": '<w:b/><w:strike w:val="0"/>',
    }
    runs = (f"<w:r><w:rPr>{marks.get(how, '')}</w:rPr><w:t>{text}</w:t></w:r>" for text, how in pieces)
    return docx(f"<w:tbl><w:tr><w:tc><w:p>{''.join(runs)}</w:p></w:tc></w:tr></w:tbl>")


def by_page(pieces: Pieces) -> bytes:
    tags = {"struck": "s", "raised": "sup", "bold": "b", "": "span"}
    return page(f"<table><tr><td>{''.join(f'<{tags[how]}>{text}</{tags[how]}>' for text, how in pieces)}</table>")


def by_xml_text(pieces: Pieces) -> bytes:
    tags = {"struck": "S", "raised": "Sup", "bold": "B", "": "Font"}
    html = "".join(f"<{tags[how]}>{text}</{tags[how]}>" for text, how in pieces)
    return spreadsheetml(
        f'<Row><Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40">{html}</ss:Data></Cell></Row>'
    )


def first(content: bytes) -> Cell:
    return read_grids(content)[0].cells[1, 1]


writers = pytest.mark.parametrize("write", [by_excel, by_old_excel, by_opendocument, by_word, by_page, by_xml_text])


@writers
@pytest.mark.parametrize("pieces", [(("40", "struck"), ("65", "")), (("6", ""), ("40", "struck"), ("5", "bold"))])
def test_what_is_struck_out_is_kept_beside_the_value(write: Callable[[Pieces], bytes], pieces: Pieces) -> None:
    cell = first(write(pieces))
    assert (cell.value, cell.shown, cell.struck) == ("65", "65", "40")


@writers
def test_a_raised_digit_is_no_digit_of_the_number_before_it(write: Callable[[Pieces], bytes]) -> None:
    cell = first(write((("65", ""), ("4", "raised"))))
    assert (cell.value, cell.struck) == ("65⁴", "")


@writers
def test_bold_and_coloured_pieces_are_joined(write: Callable[[Pieces], bytes]) -> None:
    cell = first(write((("6", "bold"), ("5", ""), ("人", "bold"))))
    assert (cell.value, cell.struck) == ("65人", "")


@writers
def test_a_cell_with_nothing_but_struck_text_shows_it_and_says_nothing(write: Callable[[Pieces], bytes]) -> None:
    cell = first(write((("65", "struck"), ("人", "struck"))))
    assert (cell.value, cell.kind, cell.shown, cell.struck) == (None, "text", "65人", "65人")


def struck_by_style() -> list[bytes]:
    new = openpyxl.Workbook()
    new.active.append([65])  # type: ignore[union-attr]
    new.active["A1"].font = Font(strike=True)  # type: ignore[index]
    old = xlwt.Workbook()
    old.add_sheet("表").write(0, 0, 65, xlwt.easyxf("font: struck_out true"))
    struck = '<style:text-properties style:text-line-through-type="single"/>'
    style = f'<style:style style:name="x" style:family="table-cell">{struck}</style:style>'
    cell = ods_cell('table:style-name="x" office:value-type="float" office:value="65"', "<text:p>65</text:p>")
    return [
        saved(new),
        saved(old),
        ods(ods_row(cell), columns=style),
        page('<table><tr style="text-decoration: line-through"><td>65</table>'),
        page("<style>.a, td.x7 {text-decoration:underline line-through;}</style><table><tr><td class=x7>65</table>"),
        page("<table><tr><td><del>65</del></table>"),
    ]


_STRUCK = '<style:text-properties style:text-line-through-style="solid"/>'
_CHILD = '<style:style style:name="y" style:family="table-cell" style:parent-style-name="x"/>'
_DEFAULT = 'table:default-cell-style-name="x"'
_VALUE = 'office:value-type="float" office:value="65"'


def struck_by_style_of(family: str, name: str = "x") -> str:
    return f'<style:style style:name="{name}" style:family="{family}">{_STRUCK}</style:style>'


def struck_from_afar() -> list[bytes]:
    """Struck out by a style that the cell itself does not name."""
    plain, cell = "<text:p>65</text:p>", struck_by_style_of("table-cell")
    column = '<table:table-column table:number-columns-repeated="3" table:default-cell-style-name="x"/>'
    row = ods_row(ods_cell(_VALUE, plain)).replace("<table:table-row", f"<table:table-row {_DEFAULT}")
    paragraph = ods_cell(_VALUE, '<text:p text:style-name="x">65</text:p>')
    span = ods_cell(_VALUE, '<text:p><text:span text:style-name="x">65</text:span></text:p>')
    default = f'<style:default-style style:family="table-cell">{_STRUCK}</style:default-style>'
    font = '<Style ss:ID="a"><Font ss:StrikeThrough="1"/></Style><Style ss:ID="b" ss:Parent="a"/>'
    by_parent = '<Row><Cell ss:StyleID="b"><Data ss:Type="Number">65</Data></Cell></Row>'
    word = '<w:p><w:pPr><w:pStyle w:val="b"/></w:pPr><w:r><w:t>65</w:t></w:r></w:p>'
    style = '<w:style w:styleId="a"><w:rPr><w:strike/></w:rPr></w:style>'
    based = '<w:style w:styleId="b"><w:basedOn w:val="a"/></w:style>'
    return [
        ods(ods_row(ods_cell(f'table:style-name="y" {_VALUE}', plain)), columns=cell + _CHILD),
        ods(ods_row(ods_cell(_VALUE, plain)), columns=cell + column),
        ods(ods_row(ods_cell(_VALUE)), columns=cell + column),
        ods(row, columns=cell),
        ods(ods_row(paragraph), columns=struck_by_style_of("paragraph")),
        ods(ods_row(span), columns=struck_by_style_of("text")),
        with_styles(ods(ods_row(ods_cell(f'table:style-name="x" {_VALUE}', plain))), cell),
        with_styles(ods(ods_row(ods_cell(_VALUE, plain))), default),
        spreadsheetml(by_parent).replace(b"</Styles>", f"{font}</Styles>".encode()),
        docx(f"<w:tbl><w:tr><w:tc>{word}</w:tc></w:tr></w:tbl>", styles=style + based),
    ]


def with_styles(content: bytes, styles: str) -> bytes:
    """An .ods whose common styles are those."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    names = re.search(rb"<office:document-content([^>]*)>", parts["content.xml"])[1].decode()  # type: ignore[index]
    return zipped({**parts, "styles.xml": f"<office:document-styles{names}>{styles}</office:document-styles>"})


@pytest.mark.parametrize("content", struck_from_afar())
def test_a_cell_that_is_struck_out_by_a_style_from_afar_says_nothing(content: bytes) -> None:
    cell = first(content)
    assert (cell.value, cell.kind, cell.shown, cell.struck) == (None, "text", "65", "65")


def test_a_style_within_may_take_the_line_away() -> None:
    none = struck_by_style_of("text", "n").replace("solid", "none")
    cell = ods_cell(f'table:style-name="x" {_VALUE}', '<text:p><text:span text:style-name="n">65</text:span></text:p>')
    kept = first(ods(ods_row(cell), columns=struck_by_style_of("table-cell") + none))
    assert (kept.value, kept.struck) == (65, "")


@pytest.mark.parametrize("content", struck_by_style())
def test_a_cell_that_is_struck_out_by_its_style_says_nothing(content: bytes) -> None:
    cell = first(content)
    assert (cell.value, cell.kind, cell.shown, cell.struck) == (None, "text", "65", "65")


def test_a_cell_that_is_raised_as_a_whole_is_a_number_all_the_same() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "65"  # type: ignore[index]
    book.active["A1"].font = Font(vertAlign="superscript")  # type: ignore[index]
    assert first(saved(book)).value == "65"
    assert first(by_word((("65", "raised"),))).value == "65"


@pytest.mark.parametrize(
    "hidden",
    [
        '<span style="display:none">40</span>',
        '<span style="visibility: hidden">40</span>',
        "<span hidden>40</span>",
        '<span style="mso-hide:all">40</span>',
    ],
)
def test_hidden_text_of_a_page_is_kept_beside_the_value(hidden: str) -> None:
    cell = first(page(f"<table><tr><td>{hidden}65</table>"))
    assert (cell.value, cell.struck) == ("65", "40")


def test_hidden_text_of_a_word_table_is_kept_beside_the_value() -> None:
    runs = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>40</w:t></w:r><w:r><w:t>65</w:t></w:r>"
    cell = first(docx(f"<w:tbl><w:tr><w:tc><w:p>{runs}</w:p></w:tc></w:tr></w:tbl>"))
    assert (cell.value, cell.struck) == ("65", "40")


def test_readings_above_the_characters_are_no_part_of_a_text() -> None:
    base, above = "<w:r><w:t>工会</w:t></w:r>", "<w:r><w:t>gōng huì</w:t></w:r>"
    ruby = f"<w:r><w:ruby><w:rt>{above}</w:rt><w:rubyBase>{base}</w:rubyBase></w:ruby></w:r>"
    assert first(docx(f"<w:tbl><w:tr><w:tc><w:p>{ruby}</w:p></w:tc></w:tr></w:tbl>")).value == "工会"
    spoken = "<ruby>工会<rp>(</rp><rt>gōng huì</rt><rp>)</rp></ruby>"
    assert first(page(f"<table><tr><td>{spoken}</td></tr></table>")).value == "工会"


@pytest.mark.parametrize(
    ("font", "code", "text"),
    [
        ("Wingdings", "F0FE", "☑"),
        ("Wingdings 2", "F0A3", "□"),
        ("Symbol", "F030", "\uf030"),
        ("Symbol", "0000", "\ufffd"),
        ("Symbol", "D83D", "\ufffd"),
    ],
)
def test_a_character_of_a_font_of_pictures_is_not_lost(font: str, code: str, text: str) -> None:
    sign = f'<w:r><w:t>5</w:t></w:r><w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'
    assert first(docx(f"<w:tbl><w:tr><w:tc><w:p>{sign}</w:p></w:tc></w:tr></w:tbl>")).value == f"5{text}"


@pytest.mark.parametrize(
    "hostile",
    [
        f"<style>{'.a,' * 200_000}</style>",
        f"<style>.a{{text-decoration{' x' * 50_000}}}</style>{'<p class=a>x</p>' * 2_000}",
        f"<p style='{'text-decoration ' * 20_000}'>x</p>",
    ],
)
def test_styles_that_never_end_take_no_long_time(hostile: str) -> None:
    begun = time.process_time()
    assert first(page(f"<table><tr><td>65</table>{hostile}")).value == "65"
    assert time.process_time() - begun < 2


def test_text_around_a_table_is_read_without_what_is_struck_out_in_it() -> None:
    grid = only(page("<p>填报单位：<s>东风</s>南湖公司</p><table><tr><td>65</table>"))
    assert grid.shown(1, 1) == "填报单位：南湖公司"


def reading_of(**cells: Cell):
    """A table whose first row has these cells in the places of title, figure and remark."""
    row = list(FIRST)
    for place, field in ((1, "title"), (5, "participants"), (7, "remark")):
        row[place] = cells.get(field, row[place])
    return read(whole(row))


def test_a_figure_with_struck_digits_counts_without_them_and_with_a_warning() -> None:
    reading = reading_of(participants=Cell("65", "text", "65", struck="40"))
    assert (contents(reading, "participants"), codes(reading)) == ([65], ["struck-part"])
    assert "“65”" in reading.findings[0].text
    assert "“40”" in reading.findings[0].text


def test_a_figure_that_is_struck_out_does_not_count_and_is_asked_about() -> None:
    reading = reading_of(participants=Cell(None, "text", "65", struck="65"))
    assert (contents(reading, "participants"), codes(reading)) == ([None], ["struck-out"])
    assert reading.findings[0].severity is Severity.ERROR


def test_a_title_that_is_struck_out_still_tells_which_row_is_asked_about() -> None:
    reading = reading_of(title=Cell(None, "text", "主题宣讲", struck="主题宣讲"))
    assert (contents(reading, "title"), codes(reading)) == (["主题宣讲"], ["struck-out"])
    assert reading.findings[0].severity is Severity.ERROR


def test_a_raised_digit_in_a_figure_is_asked_about_and_in_words_means_nothing() -> None:
    reading = reading_of(participants=Cell("65⁴", "text", "65⁴"), remark=Cell("展板占地20m²", "text", "展板占地20m²"))
    assert (contents(reading, "participants"), codes(reading)) == ([None], ["not-understood"])
    assert contents(reading, "remark") == ["展板占地20m²"]


def test_a_cell_that_may_belong_to_another_column_is_asked_about() -> None:
    reading = reading_of(
        title=Cell("读书", "text", "读书", adrift=True), participants=Cell("2", "text", "2", adrift=True)
    )
    assert (contents(reading, "title"), contents(reading, "participants")) == (["读书"], [None])
    assert codes(reading) == ["adrift", "adrift"]
