"""Workbooks of zipped XML that hurt a reader by what stands around their cells: names, styles, links, long texts."""

from hostile_cases import hostile
from hostile_packages import HEADER, MAIN, relations, row, sheet, table, xlsx

_CELL = '<row r="1"><c r="A1"><v>1</v></c></row>'
_HEADER = row(*HEADER)


@hostile(".xlsx", "read|broken|too-large")
def xlsx_attributes_of_one_row() -> bytes:
    names = " ".join(f'a{n}="{n}"' for n in range(400_000))
    return xlsx([sheet(f"<row {names}><c><v>1</v></c></row>")])


@hostile(".xlsx", "read|broken|too-large", wide=(9_000, 1), deep=(60, 120))
def xlsx_namespaces(shape: tuple[int, int]) -> bytes:
    """Names of spaces, all of which a program may look through for each element."""
    number, depth = shape
    spaces = " ".join(f'xmlns:p{n}="urn:{n}"' for n in range(number))
    inside = "".join(f"<p{n % number}:x/>" for n in range(9_000))
    return xlsx([sheet(f"<row><c {spaces}>{f'<x {spaces}>' * depth}{inside}{'</x>' * depth}</c></row>")])


@hostile(".xlsx", "read|broken|too-large", cells="<c><v>1</v></c>", texts="<is><t>1</t></is>", columns="<col/>")
def xlsx_nothing_but(piece: str) -> bytes:
    """Elements that stand in no row."""
    return xlsx([sheet(piece * 500_000)])


@hostile(".xlsx", "read|broken|too-large")
def xlsx_rows_that_stand_elsewhere() -> bytes:
    rows = "".join(f'<row r="{n}"><c><v>{n}</v></c></row>' for n in range(150_000))
    return xlsx([f'<worksheet xmlns="{MAIN}"><sheetData/><extLst>{rows}</extLst></worksheet>'])


@hostile(".xlsx", "read")
def xlsx_rows_in_rows() -> bytes:
    return xlsx([sheet("<row><c><v>1</v></c>" * 200 + "</row>" * 200)])


@hostile(".xlsx", "read|too-large", few=300, many=9_000)
def xlsx_escapes(cells: int) -> bytes:
    """One text of nothing but _x0041_ in many cells."""
    strings = f'<sst xmlns="{MAIN}"><si><t>{"_x4E00_" * 4_600}</t></si></sst>'
    return xlsx([sheet(_HEADER + '<row><c t="s"><v>0</v></c></row>' * cells)], strings=strings)


@hostile(".xlsx", "read|too-large", few=40, many=4_000)
def xlsx_digits_apart(cells: int) -> bytes:
    """Digits that may each begin the number of an identity card."""
    return xlsx([sheet(_HEADER + "".join(row("身份证号", "1 2 3 4 " * 4_000 + str(n)) for n in range(cells)))])


@hostile(".xlsx", "read|too-large", fraction="# ?????????/?????????", places="0." + "0" * 30_000, texts=";;;@" * 8_000)
def xlsx_number_format(code: str) -> bytes:
    cells = "".join(f'<row r="{n}"><c r="A{n}" s="0"><v>0.{n}7</v></c></row>' for n in range(1, 3_000))
    formats = f'<numFmts><numFmt numFmtId="200" formatCode="{code}"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs>'
    return xlsx([sheet(cells)], styles=f'<styleSheet xmlns="{MAIN}">{formats}</styleSheet>')


@hostile(".xlsx", "too-large")
def xlsx_comments_of_all_sheets() -> bytes:
    """One part of comments that every sheet names."""
    notes = "".join(f'<comment ref="A{n}"><text><t>{n}</t></text></comment>' for n in range(1, 3_000))
    links = relations([("c", "comments", "../comments1.xml")])
    more = [(f"xl/worksheets/_rels/sheet{n}.xml.rels", links) for n in range(200)]
    return xlsx(
        [sheet(_CELL)] * 200,
        more=[*more, ("xl/comments1.xml", f'<comments xmlns="{MAIN}"><commentList>{notes}</commentList></comments>')],
    )


@hostile(".xlsx", "read|too-large", sums="SUM(A1:XFD1048576)+", names="'a'!A1+", quotes='"' * 3 + "A1", words="AAA1(")
def xlsx_formula_moved(piece: str) -> bytes:
    """A formula that a thousand cells share, each of which moves its references."""
    text = (piece * 3_000)[:20_000].replace('"', "&quot;")
    first = f'<row><c r="A1"><f t="shared" si="0">{text}</f><v>1</v></c></row>'
    return xlsx([sheet(first + "".join(f'<row><c><f t="shared" si="0"/><v>{n}</v></c></row>' for n in range(1_500)))])


@hostile(".xlsx", "read|too-large")
def xlsx_tables_apart() -> bytes:
    """Very many small tables, each with blank rows around it."""
    head = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADER[:4])
    return xlsx([sheet("".join(f'<row r="{n * 3}">{head}</row><row r="{n * 3 + 1}"/>' for n in range(1, 4_000)))])


@hostile(".xlsx", "read|too-large", titles="2021年普法宣传月活动统计表", units="填报单位：新河街道总工会", sums="合计")
def xlsx_rows_of(said: str) -> bytes:
    return xlsx([sheet(_HEADER + row(said) * 6_000 + table(3))])


@hostile(
    ".xlsx", "read|too-large", spans="2021年6月1日至2021年6月30日", lists="6月1、2、3、4日，", units="3场次共120余人、"
)
def xlsx_long_cells_of(said: str) -> bytes:
    lines = (row(n, f"活动{n}", said * 100, said * 100, "", said * 100, said * 100) for n in range(60))
    return xlsx([sheet(_HEADER + "".join(lines))])


@hostile(".xlsx", "read|too-large")
def xlsx_merges_over_one_another() -> bytes:
    merges = "".join(f'<mergeCell ref="A{n}:G{n + 900}"/>' for n in range(1, 9_000))
    return xlsx([sheet(table(2_000), after=f"<mergeCells>{merges}</mergeCells>")])


@hostile(".xlsx", "read|too-large")
def xlsx_names_of_sheets_without_end() -> bytes:
    book = xlsx([sheet(_CELL)] * 200)
    from hostile_xlsx import replaced

    return replaced(book, 'name="S', f'name="{"表" * 30_000}S')
