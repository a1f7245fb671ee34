"""Builds the zip packages of office programs, whatever stands in their parts."""

import io
import zipfile
from collections.abc import Iterable, Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

HEADER = ("序号", "活动名称", "活动时间", "活动地点", "活动形式", "接触职工人数", "覆盖职工网民数")


def zipped(parts: Iterable[tuple[str, str | bytes]], *, stored: bool = False) -> bytes:
    """`stored`: without compression, so that no ratio gives it away."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return buffer.getvalue()


def xlsx(
    sheets: Sequence[str | bytes],
    *,
    strings: str | None = None,
    styles: str | None = None,
    more: Iterable[tuple[str, str | bytes]] = (),
) -> bytes:
    """A workbook whose sheet parts are these texts."""
    targets = [(f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(len(sheets))]
    targets += [("s", "sharedStrings", "sharedStrings.xml"), ("t", "styles", "styles.xml")]
    names = "".join(f'<sheet name="S{n}" sheetId="{n + 1}" r:id="r{n}"/>' for n in range(len(sheets)))
    parts: list[tuple[str, str | bytes]] = [
        ("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
        ("_rels/.rels", relations([("r", "officeDocument", "xl/workbook.xml")])),
        ("xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{_TYPE}"><sheets>{names}</sheets></workbook>'),
        ("xl/_rels/workbook.xml.rels", relations(targets)),
    ]
    parts += [(f"xl/worksheets/sheet{n}.xml", sheet) for n, sheet in enumerate(sheets)]
    parts += [("xl/sharedStrings.xml", strings)] if strings is not None else []
    parts += [("xl/styles.xml", styles)] if styles is not None else []
    return zipped([*parts, *more])


def relations(targets: Iterable[tuple[str, str, str]]) -> str:
    inside = "".join(f'<Relationship Id="{i}" Type="{_TYPE}/{kind}" Target="{to}"/>' for i, kind, to in targets)
    return f'<Relationships xmlns="{_RELATIONS}">{inside}</Relationships>'


def sheet(rows: str, *, before: str = "", after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def text(said: object) -> str:
    return f'<c t="inlineStr"><is><t>{said}</t></is></c>'


def row(*cells: object) -> str:
    return f"<row>{''.join(text(cell) for cell in cells)}</row>"


def table(rows: int) -> str:
    """The rows of an ordinary table."""
    lines = (row(n, f"活动{n}", "2021年6月15日", "文化中心", "知识竞赛", n % 90, n % 400) for n in range(1, rows + 1))
    return row(*HEADER) + "".join(lines)


def docx(body: str, *, more: Iterable[tuple[str, str | bytes]] = ()) -> bytes:
    document = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    parts = [
        ("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
        ("_rels/.rels", relations([("r", "officeDocument", "word/document.xml")])),
        ("word/document.xml", document),
    ]
    return zipped([*parts, *more])


def paragraph(said: object) -> str:
    return f"<w:p><w:r><w:t>{said}</w:t></w:r></w:p>"


def ods(tables: str, *, styles: str = "") -> bytes:
    return zipped(
        [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", fods(tables, styles))]
    )


def fods(tables: str, styles: str = "", root: str = "document-content") -> str:
    """The content of an OpenDocument workbook; with `root` "document" the flat file."""
    names = {"office": "office", "table": "table", "text": "text", "style": "style"}
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{to}:1.0"' for name, to in names.items())
    kind = ' office:mimetype="application/vnd.oasis.opendocument.spreadsheet"' if root == "document" else ""
    return (
        f"<office:{root} {spaces}{kind}><office:automatic-styles>{styles}</office:automatic-styles><office:body>"
        f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:{root}>"
    )
