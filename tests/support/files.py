"""Spreadsheets, documents and web pages written by hand, part by part, and how they are read."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest

from parsers.formats.read_file import read_grids
from parsers.grid import Grid
from parsers.reading import Unreadable


def saved(book: Any) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def xlsx(
    rows: str = "",
    *,
    strings: str = "",
    after: str = "",
    before: str = "",
    workbook: str = "",
    styles: str = "",
    namespace: str = MAIN,
    folder: str = "xl",
    doctype: str = "",
) -> bytes:
    def relations(*targets: tuple[str, str]) -> str:
        items = "".join(
            f'<Relationship Id="r{i}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
            for i, (kind, target) in enumerate(targets)
        )
        return f"<Relationships>{items}</Relationships>"

    parts = {
        "[Content_Types].xml": '<Types><Override PartName="/xl/workbook.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": relations(("officeDocument", f"{folder}/book.xml")),
        f"{folder}/book.xml": f'<workbook xmlns="{namespace}" xmlns:r="{RELATIONS}">{workbook}'
        '<sheets><sheet name="表" sheetId="1" r:id="r0"/></sheets></workbook>',
        f"{folder}/_rels/book.xml.rels": relations(
            ("worksheet", f"/{folder}/sheet.xml"), ("sharedStrings", "strings.xml"), ("styles", "styles.xml")
        ),
        f"{folder}/sheet.xml": f'<?xml version="1.0"?>{doctype}<worksheet xmlns="{namespace}">{before}'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>",
        f"{folder}/strings.xml": f'<sst xmlns="{namespace}">{strings}</sst>',
        f"{folder}/styles.xml": f'<styleSheet xmlns="{namespace}"><cellXfs><xf numFmtId="0"/>{styles}</cellXfs>'
        "</styleSheet>",
    }
    return zipped(parts)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def only(content: bytes) -> Grid:
    (grid,) = read_grids(content)
    assert not grid.partial
    return grid


def fault(content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read_grids(content)
    assert "请" in refused.value.text
    return refused.value.code


def ods(rows: str, *, columns: str = "") -> bytes:
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
        for prefix in ("office", "table", "text", "style")
    )
    calc = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    sheet = f'<table:table table:name="表">{columns}{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet>"
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"<office:document-content {names} {calc}>{body}</office:body></office:document-content>",
        }
    )


def ods_row(*cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def ods_cell(attributes: str = "", inside: str = "") -> str:
    return f"<table:table-cell {attributes}>{inside}</table:table-cell>"


def page(body: str) -> bytes:
    return f"<html><head><title>页</title><style>td{{}}</style></head><body>{body}</body></html>".encode()


def spreadsheetml(rows: str, *, before: str = "", options: str = "", doctype: str = "") -> bytes:
    styles = (
        '<Style ss:ID="Default"/><Style ss:ID="d"><NumberFormat ss:Format="yyyy&quot;年&quot;m&quot;月&quot;"/></Style>'
        '<Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style>'
        '<Style ss:ID="t"><NumberFormat ss:Format="[h]:mm"/></Style>'
    )
    return (
        f'<?xml version="1.0"?>{doctype}<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel">'
        f'<Styles>{styles}</Styles><Worksheet ss:Name="表"><Table ss:ExpandedColumnCount="99">{before}{rows}</Table>'
        f'<x:WorksheetOptions>{options}</x:WorksheetOptions></Worksheet><Worksheet ss:Name="空"/></Workbook>'
    ).encode()


def docx(body: str, *, styles: str = "") -> bytes:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    types = (
        '<Types><Override PartName="/word/document.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    parts = {
        "[Content_Types].xml": types,
        "word/document.xml": f'<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>',
    }
    if styles:
        relation = f'<Relationship Id="r" Type="{RELATIONS}/styles" Target="styles.xml"/>'
        parts["word/_rels/document.xml.rels"] = f"<Relationships>{relation}</Relationships>"
        parts["word/styles.xml"] = f'<w:styles xmlns:w="{word}">{styles}</w:styles>'
    return zipped(parts)
