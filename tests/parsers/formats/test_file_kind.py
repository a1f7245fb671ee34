"""The format of a file, recognised by its bytes."""

import io
import zipfile

import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from parsers.formats.file_kind import FileKind, kind_of
from parsers.formats.helpers.plain_text import delimiter_of, text_of

TABLE = "序号,单位,人数\n1,某街道总工会,120\n2,某集团工会,80\n"


def zipped(*parts: tuple[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts:
            archive.writestr(name, text)
    return file.getvalue()


def content_types(main: str) -> tuple[str, str]:
    return "[Content_Types].xml", f'<Types><Override PartName="/a.xml" ContentType="application/vnd.{main}"/></Types>'


def xlsx() -> bytes:
    file = io.BytesIO()
    openpyxl.Workbook().save(file)
    return file.getvalue()


def xls() -> bytes:
    book = xlwt.Workbook()
    book.add_sheet("表").write(0, 0, 1)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "empty"),
        (b"\r\n \r\n", "empty"),
        (xlsx(), "xlsx"),
        (zipped(content_types("ms-excel.sheet.macroEnabled.main+xml")), "xlsx"),
        (zipped(content_types("openxmlformats-officedocument.spreadsheetml.template.main+xml")), "xlsx"),
        (zipped(content_types("ms-excel.sheet.binary.macroEnabled.main")), "xlsb"),
        (zipped(content_types("openxmlformats-officedocument.wordprocessingml.document.main+xml")), "docx"),
        (zipped(content_types("openxmlformats-officedocument.presentationml.presentation.main+xml")), "pptx"),
        (zipped(("mimetype", "application/vnd.oasis.opendocument.spreadsheet")), "ods"),
        (zipped(("mimetype", "application/vnd.oasis.opendocument.text")), "odt"),
        (zipped(("OFD.xml", "<OFD/>")), "ofd"),
        (zipped(("统计表.xlsx", "…")), "zip"),
        (xls(), "xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "ole"),
        (b"\x09\x00\x04\x00\x02\x00\x10\x00", "xls"),
        (b"%PDF-1.7\n", "pdf"),
        (b"Rar!\x1a\x07\x01\x00", "rar"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\x78\x9f\x3e\x22\x01", "tnef"),
        (b"{\\rtf1}", "rtf"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "picture"),
        (b"BM\x10\0\0\0\0\0\0\0", "picture"),
        (b"\xef\xbb\xbf<html><body><table>", "html"),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "html"),
        (b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "spreadsheetml"),
        (b'<?xml version="1.0"?><feed/>', "xml"),
        (TABLE.encode(), "csv"),
        (TABLE.encode("gb18030"), "csv"),
        (TABLE.encode("utf-16"), "csv"),
        (TABLE.encode("utf-16-le"), "csv"),
        ("各位领导：\n统计表见附件，请查收。".encode(), "text"),
        (b"<3 & more", "text"),
        (bytes(range(256)), "unknown"),
    ],
)
def test_a_file_is_known_by_its_bytes(content: bytes, expected: str) -> None:
    assert kind_of(content) == expected


def test_a_workbook_cut_short_is_still_known_as_one() -> None:
    assert kind_of(xlsx()[:3000]) is FileKind.XLSX
    assert kind_of(xls()[:-600]) is FileKind.XLS


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_text_is_decoded_in_the_charsets_of_offices(charset: str) -> None:
    assert text_of("网聚职工正能量，喆镕𠮷\n".encode(charset)) == "网聚职工正能量，喆镕𠮷\n"


def test_damaged_utf8_shows_the_damage_and_not_another_text() -> None:
    damaged = ("某街道总工会开展好网民活动" * 3).encode()[:-1]
    assert text_of(damaged) == "某街道总工会开展好网民活动" * 2 + "某街道总工会开展好网民活\ufffd"


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("strange", ["\ue863", "\x1a", "\x03"])
def test_one_strange_character_makes_a_text_no_other_file(strange: str, charset: str) -> None:
    table = "序号,活动名称,活动时间,参加人数\n" + "1,知识竞赛,2021年6月1日,30\n" * 4 + f"5,演讲{strange},,1\n"
    assert text_of(table.encode(charset)) == table
    assert kind_of(table.encode(charset)) == FileKind.CSV


def test_bytes_that_are_mostly_control_characters_are_no_text() -> None:
    assert text_of(bytes(range(1, 32)) * 4 + b"1,2,3") is None


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        (TABLE, ","),
        (TABLE.replace(",", "\t"), "\t"),
        (TABLE.replace(",", ";"), ";"),
        ("2021年统计表,第一季度\n甲\t乙,丙\n1\t2,3\n", "\t"),
        ("附注;一;二;三;四;五;六;七;八;九;十\n" + TABLE, ","),
        ('名称,内容\n"甲,乙","一;二"\n"丙,丁","三;四"\n', ","),
        ("sep=;\n甲;乙\n", ";"),
        ("只有一列\n第二行\n", None),
        ("各位好,附件请查收,谢谢\n", None),
    ],
)
def test_the_delimiter_is_the_one_that_makes_a_table(text: str, delimiter: str | None) -> None:
    assert delimiter_of(text) == delimiter


@given(st.binary(max_size=200), st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<", xls()]))
def test_any_bytes_are_some_kind_of_file(tail: bytes, start: bytes) -> None:
    assert isinstance(kind_of(start + tail), FileKind)


@given(st.binary(max_size=200), st.integers(0, 4000))
def test_a_damaged_workbook_is_some_kind_of_file(damage: bytes, at: int) -> None:
    content = xlsx()
    assert isinstance(kind_of(content[:at] + damage + content[at + len(damage) :]), FileKind)
