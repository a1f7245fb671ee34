"""Documents of Word, and what calls itself so."""

import struct

from hostile_cases import hostile
from hostile_packages import HEADER, WORD, docx, paragraph, relations, zipped


def cell(inside: str, about: str = "") -> str:
    return f"<w:tc>{f'<w:tcPr>{about}</w:tcPr>' if about else ''}{inside}</w:tc>"


def row(*cells: str, about: str = "") -> str:
    return f"<w:tr>{f'<w:trPr>{about}</w:trPr>' if about else ''}{''.join(cells)}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


HEAD = row(*(cell(paragraph(name)) for name in HEADER))


@hostile(".docx", "read", some=20, more=70)
def docx_tables_in_tables(depth: int) -> bytes:
    return docx("<w:tbl><w:tr><w:tc>" * depth + paragraph("x") + "</w:tc></w:tr></w:tbl>" * depth)


@hostile(".docx", "too-large")
def docx_tables_in_tables_deep() -> bytes:
    return docx("<w:tbl><w:tr><w:tc>" * 30_000 + paragraph("x") + "</w:tc></w:tr></w:tbl>" * 30_000)


@hostile(".docx", "read", huge="999999999", wide="16000", minus="-7", word="many")
def docx_spans(number: str) -> bytes:
    span = f'<w:gridSpan w:val="{number}"/>'
    return docx(table(HEAD, *(row(*(cell(paragraph(n), span) for n in range(30))) for _ in range(60))))


@hostile(".docx", "broken")
def docx_grid_before() -> bytes:
    return docx(table(row(cell(paragraph("x")), about='<w:gridBefore w:val="999999999"/>')))


@hostile(".docx", "read|too-large", few=3_000, more=12_000)
def docx_tables(number: int) -> bytes:
    return docx("".join(table(HEAD, row(*(cell(paragraph(n)) for _ in HEADER))) + "<w:p/>" for n in range(number)))


@hostile(".docx", "too-large")
def docx_cells_merged_down() -> bytes:
    start, rest = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = (row(*(cell(paragraph("x"), start if n == 0 else rest) for _ in range(20))) for n in range(1_500))
    return docx(table(*rows))


@hostile(".docx", "too-large")
def docx_cells() -> bytes:
    line = row(*(cell(paragraph(n)) for n in range(50)))
    return docx(table(*(line for _ in range(7_000))))


@hostile(".docx", "too-large")
def docx_runs() -> bytes:
    runs = "".join(f"<w:r><w:rPr><w:strike/></w:rPr><w:t>{n % 10}</w:t></w:r>" for n in range(150_000))
    return docx(table(row(cell(f"<w:p>{runs}</w:p>"))))


@hostile(".docx", "read")
def docx_styles_in_a_circle() -> bytes:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="s{n}"><w:basedOn w:val="s{(n + 1) % 2000}"/></w:style>'
        for n in range(2_000)
    )
    more = [
        ("word/styles.xml", f'<w:styles xmlns:w="{WORD}">{styles}</w:styles>'),
        ("word/_rels/document.xml.rels", relations([("s", "styles", "styles.xml")])),
    ]
    return docx(table(HEAD), more=more)


@hostile(".docx", "unsafe", file="file:///etc/hostname", net="http://127.0.0.1:9/e")
def docx_external_entity(system: str) -> bytes:
    document = (
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "{system}">]><w:document xmlns:w="{WORD}"><w:body>&e;</w:body></w:document>'
    )
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    links = relations([("r", "officeDocument", "word/document.xml")])
    return zipped([("[Content_Types].xml", types), ("_rels/.rels", links), ("word/document.xml", document)])


@hostile(
    ".rtf", "needs-program", data="\\bin1000000000 ", nested="{" * 50_000, long="a" * 150_000, words="\\b" * 80_000
)
def rtf_of(inside: str) -> bytes:
    return ("{\\rtf1 " + inside + "}").encode()


@hostile(".rtf", "needs-program")
def rtf_of_many_bins() -> bytes:
    return b"{\\rtf1 " + b"\\bin3 abc" * 20_000 + b"}"


@hostile(".doc", "unknown-type", chain=0, far=0xFFFFFFF0, itself=1)
def ole_directory_at(sector: int) -> bytes:
    """A container whose sectors lead nowhere, or in a circle."""
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, sector, 0, 4096, 0, 0, sector, 2**31)
    return head + struct.pack("<I", 0) + b"\xff" * (512 - len(head) - 4) + struct.pack("<I", 0) * 20_000


@hostile(".docx", "read|too-large")
def docx_rows_merged_by_turns() -> bytes:
    """Each row begins a merge that each of the others may go on."""
    start, more = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = [row(*(cell(paragraph(n), more if n % 3 else start) for _ in range(12))) for n in range(1_500)]
    return docx(table(HEAD, *rows))


@hostile(".docx", "read|too-large|no-table")
def docx_styles_of_styles() -> bytes:
    space = f'xmlns:w="{WORD}"'
    styles = "".join(
        f'<w:style w:styleId="s{n}"><w:basedOn w:val="s{n + 1}"/><w:rPr><w:strike/></w:rPr></w:style>'
        for n in range(20_000)
    )
    links = relations([("s", "styles", "styles.xml")])
    said = '<w:p><w:pPr><w:pStyle w:val="s0"/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>'
    return docx(
        table(HEAD, row(*(cell(said) for _ in range(7)))),
        more=[("word/_rels/document.xml.rels", links), ("word/styles.xml", f"<w:styles {space}>{styles}</w:styles>")],
    )


@hostile(
    ".docx", "read|too-large", tabs="<w:tab/>", breaks="<w:br/>", signs='<w:sym w:font="Wingdings" w:char="F0FE"/>'
)
def docx_cell_of(piece: str) -> bytes:
    return docx(table(HEAD, row(*(cell(f"<w:p><w:r>{piece * 20_000}</w:r></w:p>") for _ in range(7)))))
