"""Workbooks of zipped XML that try to hurt a reader."""

import random

from hostile_cases import hostile
from hostile_packages import MAIN, relations, row, sheet, table, xlsx, zipped

CELL = '<row r="1"><c r="A1"><v>1</v></c></row>'


def _noise(seed: int, length: int) -> str:
    """Letters that hardly compress, so that no ratio gives a part away."""
    return random.Random(seed).randbytes(length // 2).hex()


@hostile(".xlsx", "unsafe")
def xlsx_entities() -> bytes:
    names = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(9))
    return xlsx([f"<!DOCTYPE x [{names}]>" + sheet(row("&e8;"))])


@hostile(".xlsx", "unsafe", file="file:///etc/hostname", net="http://127.0.0.1:9/e", relative="../../config.toml")
def xlsx_external_entity(system: str) -> bytes:
    return xlsx([f'<!DOCTYPE x [<!ENTITY e SYSTEM "{system}">]>' + sheet(row("&e;"))])


@hostile(".xlsx", "unsafe", utf16="utf-16", utf16be="utf-16-be")
def xlsx_doctype_in(charset: str) -> bytes:
    said = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY e "1">]>{sheet(row("&e;"))}'
    mark = b"\xfe\xff" if charset.endswith("be") else b""
    return xlsx([mark + said.encode(charset)])


@hostile(".xlsx", "unsafe")
def xlsx_entities_in_strings() -> bytes:
    inside = '<!DOCTYPE x [<!ENTITY a "' + "x" * 50_000 + '">]>'
    strings = f'{inside}<sst xmlns="{MAIN}"><si><t>{"&a;" * 20_000}</t></si></sst>'
    return xlsx([sheet('<row><c t="s"><v>0</v></c></row>')], strings=strings)


@hostile(".xlsx", "read")
def xlsx_last_cell() -> bytes:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return xlsx([sheet(CELL + far, before='<dimension ref="A1:XFD1048576"/>')])


@hostile(".xlsx", "read|too-large", flat=1, far=1_000_000)
def xlsx_merges(start: int) -> bytes:
    merges = "".join(f'<mergeCell ref="A{n}:C{n + n % 7}"/>' for n in range(start, start + 400_000))
    return xlsx([sheet(table(3), after=f"<mergeCells>{merges}</mergeCells>")])


@hostile(".xlsx", "read")
def xlsx_merges_over_cells() -> bytes:
    """Ranges over the whole sheet times cells."""
    merges = "".join(f'<mergeCell ref="A{n}:XFD{1_048_576 - n}"/>' for n in range(100, 3_000))
    return xlsx([sheet(table(700), after=f"<mergeCells>{merges}</mergeCells>")])


@hostile(".xlsx", "read")
def xlsx_merges_side_by_side() -> bytes:
    merges = "".join(f'<mergeCell ref="{c}{n}:{c}{n + 1}"/>' for n in range(2, 1_400, 2) for c in "ABCDEFG")
    return xlsx([sheet(table(700), after=f"<mergeCells>{merges}</mergeCells>")])


@hostile(".xlsx", "read")
def xlsx_merged_header_wide() -> bytes:
    merges = "".join(f'<mergeCell ref="A{n}:XFD{n}"/>' for n in range(1, 60))
    return xlsx(
        [
            sheet(
                "".join(row(f"统计表{n}") for n in range(1, 60)) + table(20), after=f"<mergeCells>{merges}</mergeCells>"
            )
        ]
    )


@hostile(".xlsx", "read", many=3_000, wide=16_384)
def xlsx_hidden_columns(number: int) -> bytes:
    runs = f'<col min="1" max="{number}" hidden="1"/>' * 300
    return xlsx([sheet('<row r="1"><c r="XFD1"><v>1</v></c></row>', before=f"<cols>{runs}</cols>")])


@hostile(".xlsx", "read", minus="-999999999999", huge="9" * 18, long="9" * 3_000)
def xlsx_hidden_column_from(first: str) -> bytes:
    return xlsx([sheet(CELL, before=f'<cols><col min="{first}" max="16384" hidden="1"/></cols>')])


@hostile(".xlsx", "read", huge="9" * 18, long="9" * 5_000, minus="-5")
def xlsx_row_numbered(number: str) -> bytes:
    return xlsx([sheet(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>{row("活动名称")}')])


@hostile(".xlsx", "too-large")
def xlsx_hidden_rows_far_apart() -> bytes:
    rows = "".join(f'<row r="{n}" hidden="1"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 330_000))
    return xlsx([sheet(rows)])


@hostile(".xlsx", "too-large", blank="<si><t/></si>", rich="<si><r><t>1</t></r><r><t>2</t></r></si>")
def xlsx_strings(item: str) -> bytes:
    return xlsx([sheet(CELL)], strings=f'<sst xmlns="{MAIN}">{item * 1_000_001}</sst>')


@hostile(".xlsx", "broken|too-large")
def xlsx_string_of_many_runs_in_many_cells() -> bytes:
    runs = "".join(f"<r><rPr><b/></rPr><t>{n % 10}</t></r>" for n in range(15_000)) + _noise(1, 60_000)
    cells = "".join("<row>" + '<c t="s"><v>0</v></c>' * 40 + "</row>" for _ in range(500))
    return xlsx([sheet(cells)], strings=f'<sst xmlns="{MAIN}"><si>{runs}</si></sst>')


@hostile(".xlsx", "read|too-large")
def xlsx_long_string_in_many_cells() -> bytes:
    cells = "".join("<row>" + '<c t="s"><v>0</v></c>' * 13 + "</row>" for _ in range(1_000))
    return xlsx(
        [sheet(row("活动名称") + cells)], strings=f'<sst xmlns="{MAIN}"><si><t>{_noise(2, 32_000)}</t></si></sst>'
    )


@hostile(".xlsx", "too-large")
def xlsx_inline_runs() -> bytes:
    runs = "<r><rPr><strike/></rPr><t>1</t></r>" * 6_000
    cells = "".join(f'<row><c t="inlineStr"><is>{runs}{n}</is></c></row>' for n in range(60))
    return xlsx([sheet(cells + _noise(3, 30_000))])


@hostile(".xlsx", "too-large")
def xlsx_styles() -> bytes:
    styles = "".join(f'<xf numFmtId="{n % 50}" fontId="0"/>' for n in range(700_000))
    return xlsx([sheet(CELL)], styles=f'<styleSheet xmlns="{MAIN}"><cellXfs>{styles}</cellXfs></styleSheet>')


@hostile(".xlsx", "read|too-large")
def xlsx_number_format_long() -> bytes:
    code = "[h]:mm:ss.000;" * 2_000 + "0" * 20_000
    styles = f'<numFmts><numFmt numFmtId="200" formatCode="{code}"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs>'
    cells = "".join(f'<row r="{n}"><c r="A{n}" s="0"><v>{44_000 + n}.5</v></c></row>' for n in range(1, 12_000))
    return xlsx([sheet(cells)], styles=f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>')


@hostile(".xlsx", "read")
def xlsx_number_formats_of_their_own() -> bytes:
    codes = "".join(f'<numFmt numFmtId="{n}" formatCode="{"#,##0.00;" * 20}[{n}]0"/>' for n in range(200, 3_200))
    styles = "".join(f'<xf numFmtId="{n}"/>' for n in range(200, 3_200))
    cells = "".join(f'<row><c s="{n}"><v>{n}</v></c></row>' for n in range(3_000))
    sheet_styles = f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>'
    return xlsx([sheet(cells)], styles=sheet_styles)


@hostile(".xlsx", "broken|too-large", cell=100_000, deeper=250_000)
def xlsx_nested(depth: int) -> bytes:
    return xlsx([sheet(f'<row><c r="A1">{"<x>" * depth}{"</x>" * depth}</c></row>')])


@hostile(".xlsx", "broken")
def xlsx_nested_little() -> bytes:
    return xlsx([sheet(f'<row><c r="A1">{"<x>" * 3_000}{"</x>" * 3_000}</c></row>')])


@hostile(".xlsx", "too-large")
def xlsx_attribute_of_megabytes() -> bytes:
    return xlsx([sheet(f'<row r="1" x="{"a" * 9_000_000}"><c r="A1"><v>1</v></c></row>')])


@hostile(".xlsx", "read")
def xlsx_many_attributes() -> bytes:
    names = " ".join(f'a{n}="{n}"' for n in range(20_000))
    return xlsx([sheet(f"<row {names}><c><v>1</v></c></row>")])


@hostile(".xlsx", "read|too-large", long=8_000, longer=30_000)
def xlsx_shared_formula(terms: int) -> bytes:
    first = f'<row><c r="A1"><f t="shared" si="0">{"A1+" * (terms // 3)}A1</f><v>1</v></c></row>'
    rest = "".join(
        f'<row><c r="A{n}"><f t="shared" si="0"/><v>{n * 7919 % 1000}</v></c></row>' for n in range(2, 15_000)
    )
    return xlsx([sheet(first + rest)])


@hostile(".xlsx", "read")
def xlsx_formulas_without_results() -> bytes:
    cells = "".join(f'<row><c r="A{n}"><f>SUM(A1:XFD1048576)+{n}</f></c></row>' for n in range(1, 5_000))
    return xlsx([sheet(row("活动名称") + cells)])


@hostile(".xlsx", "too-large", small=300, many=2_000)
def xlsx_sheets(number: int) -> bytes:
    return xlsx([sheet(CELL)] * number)


@hostile(".xlsx", "read|too-large")
def xlsx_sheets_of_tables() -> bytes:
    """Each sheet is small; all of them together are not."""
    return xlsx([sheet(table(120))] * 200)


@hostile(".xlsx", "read|too-large")
def xlsx_one_part_for_all_sheets() -> bytes:
    targets = "".join(f'<sheet name="{n}" sheetId="{n + 1}" r:id="r0"/>' for n in range(200))
    book = xlsx([sheet(table(30))])
    return replaced(book, '<sheet name="S0" sheetId="1" r:id="r0"/>', targets)


@hostile(".xlsx", "too-large")
def xlsx_one_large_part_for_all_sheets() -> bytes:
    targets = "".join(f'<sheet name="{n}" sheetId="{n + 1}" r:id="r0"/>' for n in range(250))
    return replaced(xlsx([sheet(table(2_500))]), '<sheet name="S0" sheetId="1" r:id="r0"/>', targets)


@hostile(".xlsx", "too-large")
def xlsx_cells() -> bytes:
    cells = "".join(
        "<row>" + "".join(f"<c><v>{(n * k) % 97}</v></c>" for k in range(40)) + "</row>" for n in range(8_000)
    )
    return xlsx([sheet(cells)])


@hostile(".xlsx", "read|too-large")
def xlsx_cells_of_a_small_file() -> bytes:
    cells = "".join("<row>" + "<c><v>1</v></c>" * 40 + f"<c><v>{n}</v></c></row>" for n in range(4_000))
    return xlsx([sheet(cells)])


@hostile(".xlsx", "too-large", rows=6_000, more=14_000)
def xlsx_header_rows(rows: int) -> bytes:
    return xlsx([sheet(row("序号", "活动名称", "活动时间", "活动地点", "活动形式", "接触职工人数") * rows)])


@hostile(".xlsx", "read|too-large")
def xlsx_headers_side_by_side() -> bytes:
    names = [f"{name}" for _ in range(1_200) for name in ("序号", "活动名称", "活动时间", "接触职工人数")]
    return xlsx([sheet("".join(row(*names) for _ in range(6)) + _noise(4, 40_000))])


@hostile(".xlsx", "read")
def xlsx_blocks_on_a_diagonal() -> bytes:
    rows = "".join(
        f'<row r="{n * 3}">' + f'<c r="{_letters(n)}{n * 3}" t="inlineStr"><is><t>活动名称</t></is></c>' + "</row>"
        for n in range(1, 3_000)
    )
    return xlsx([sheet(rows)])


@hostile(".xlsx", "read")
def xlsx_chequered() -> bytes:
    rows = "".join(
        f'<row r="{n}">'
        + "".join(f'<c r="{_letters(c)}{n}"><v>{n * c % 10}</v></c>' for c in range(1 + n % 2, 60, 2))
        + "</row>"
        for n in range(1, 300)
    )
    return xlsx([sheet(rows)])


@hostile(".xlsx", "read|too-large")
def xlsx_cells_that_try_a_pattern() -> bytes:
    said = "1" * 900 + "，" + "2021年6月" * 150 + "约" * 200
    return xlsx(
        [sheet(row("活动名称", "活动时间", "接触职工人数") + "".join(row(said, said[::-1], said) for _ in range(50)))]
    )


@hostile(
    ".xlsx",
    "read|too-large",
    digits="9" * 4_000,
    chinese="一百二十" * 900,
    dates="2021.6.1、" * 500,
    blanks=" " * 30_000 + "1",
)
def xlsx_cell_of(said: str) -> bytes:
    rows = "".join(row(n, said, said, said, said, said, said) for n in range(12))
    return xlsx([sheet(table(1) + rows)])


@hostile(".xlsx", "read", infinite="1e308", nan="NaN", tiny="1e-320", digits="1" * 20_000, hexa="0x10")
def xlsx_number(said: str) -> bytes:
    return xlsx([sheet(table(1) + f"<row>{f'<c><v>{said}</v></c>' * 7}</row>")])


@hostile(".xlsx", "too-large")
def xlsx_comments() -> bytes:
    notes = "".join(f'<comment ref="A{n}"><text><t>{n}</t></text></comment>' for n in range(1, 320_000))
    links = relations([("c", "comments", "../comments1.xml")])
    more = [
        ("xl/worksheets/_rels/sheet0.xml.rels", links),
        ("xl/comments1.xml", f'<comments xmlns="{MAIN}"><commentList>{notes}</commentList></comments>'),
    ]
    return xlsx([sheet(CELL)], more=more)


@hostile(".xlsx", "too-large")
def xlsx_parts() -> bytes:
    return xlsx([sheet(CELL)], more=[(f"xl/media/{n}.png", b"") for n in range(5_000)])


@hostile(".xlsx", "unsafe")
def xlsx_part_twice() -> bytes:
    return xlsx([sheet(CELL)], more=[("XL/workbook.xml", "<workbook/>")])


@hostile(".xlsx", "read")
def xlsx_relations_in_a_circle() -> bytes:
    links = relations([("c", "comments", "../worksheets/sheet0.xml")])
    return xlsx([sheet(CELL)], more=[("xl/worksheets/_rels/sheet0.xml.rels", links)])


@hostile(".xlsx", "too-large")
def xlsx_relations() -> bytes:
    links = "".join(f'<Relationship Id="x{n}" Type="x/y" Target="{"../" * 50}a{n}"/>' for n in range(200_000))
    links = (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>'
    )
    return xlsx([sheet(CELL)], more=[("xl/worksheets/_rels/sheet0.xml.rels", links)])


@hostile(".xlsx", "broken", cut="<worksheet><sheetData><row>", nothing="", nul="\0" * 1_000, text="not XML")
def xlsx_sheet_that_is(part: str) -> bytes:
    return xlsx([part])


def replaced(book: bytes, old: str, new: str) -> bytes:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return zipped([(name, archive.read(name).decode().replace(old, new)) for name in archive.namelist()])


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
