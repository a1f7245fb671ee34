"""OpenDocument workbooks whose few bytes stand for many cells."""

import random

from hostile_cases import hostile
from hostile_packages import fods, ods

CELL = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
_MANY = "1000000000"


def cell(said: str = "x", attributes: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {attributes}><text:p>{said}</text:p></table:table-cell>'


def row(cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{cells}</table:table-row>"


def one(inside: str) -> str:
    return f'<table:table table:name="a">{inside}</table:table>'


def repeated(what: str, number: object) -> str:
    return f'table:number-{what}-repeated="{number}"'


@hostile(".ods", "too-large", rows=("1", _MANY[:7]), columns=("16384", "30"), both=(_MANY[:9], _MANY[:9]))
def ods_repeated(numbers: tuple[str, str]) -> bytes:
    columns, rows = numbers
    return ods(one(row(cell(attributes=repeated("columns", columns)), repeated("rows", rows))))


@hostile(".ods", "too-large")
def ods_repeated_row_after_row() -> bytes:
    return ods(one("".join(row(cell(str(n), repeated("columns", 40)), repeated("rows", 20)) for n in range(1_000))))


@hostile(".ods", "too-large")
def ods_repeated_long_text() -> bytes:
    said = random.Random(1).randbytes(15_000).hex()
    return ods(one(row(cell(said, repeated("columns", 1_000)), repeated("rows", 200))))


@hostile(".ods", "too-large")
def ods_repeated_spans() -> bytes:
    spans = 'table:number-columns-spanned="2" table:number-rows-spanned="2"'
    return ods(one(row(cell(attributes=f"{spans} {repeated('columns', 1_000)}"), repeated("rows", 1_000))))


@hostile(".ods", "too-large")
def ods_repeated_notes() -> bytes:
    note = "<office:annotation><text:p>x</text:p></office:annotation>"
    noted = f"<table:table-cell {repeated('columns', 9_000)}>{note}</table:table-cell>"
    return ods(one(row(noted, repeated("rows", 100))))


@hostile(".ods", "read")
def ods_hidden_runs() -> bytes:
    columns = f'<table:table-column table:visibility="collapse" {repeated("columns", _MANY[:9])}/>' * 3_000
    rows = row("<table:table-cell/>", f'table:visibility="collapse" {repeated("rows", 1_048_000)}')
    far = f"<table:table-cell {repeated('columns', 16_383)}/>" + CELL
    return ods(one(columns + rows + row(far)))


@hostile(".ods", "read|too-large", sheets=30)
def ods_hidden_rows_of_sheets(number: int) -> bytes:
    rows = row("<table:table-cell/>", f'table:visibility="collapse" {repeated("rows", 1_048_000)}') + row(CELL)
    return ods("".join(f'<table:table table:name="{n}">{rows}</table:table>' for n in range(number)))


@hostile(".ods", "read", huge="9" * 9, minus="-5", word="many", long="9" * 3_000)
def ods_repeated_blank(number: str) -> bytes:
    return ods(one(row(f"<table:table-cell {repeated('columns', number)}/>" + CELL, repeated("rows", 1)) + row(CELL)))


@hostile(".ods", "read", little=100)
def ods_spans_nested(depth: int) -> bytes:
    return ods(one(row(cell("<text:span>" * depth + "x" + "</text:span>" * depth))))


@hostile(".ods", "too-large")
def ods_deep() -> bytes:
    return ods(one(row(cell("<text:span>" * 100_000 + "x" + "</text:span>" * 100_000))))


@hostile(".ods", "read|too-large")
def ods_groups_around_rows() -> bytes:
    groups = 240
    rows = "".join(row(cell(random.Random(n).randbytes(6).hex())) for n in range(12_000))
    return ods(one("<table:table-row-group>" * groups + rows + "</table:table-row-group>" * groups))


@hostile(".ods", "read")
def ods_styles_in_a_circle() -> bytes:
    styles = "".join(
        f'<style:style style:name="s{n}" style:family="table-cell" style:parent-style-name="s{(n + 1) % 3_000}"/>'
        for n in range(3_000)
    )
    return ods(one("".join(row(cell(str(n), f'table:style-name="s{n}"')) for n in range(3_000))), styles=styles)


@hostile(".ods", "read|broken|too-large")
def ods_styles() -> bytes:
    styles = "".join(f'<style:style style:name="s{n}" style:family="table-cell"/>' for n in range(700_000))
    return ods(one(row(CELL)), styles=styles)


@hostile(".ods", "too-large")
def ods_columns_of_many_styles() -> bytes:
    columns = "".join(f'<table:table-column table:default-cell-style-name="s{n}"/>' for n in range(16_000))
    rows = row("".join(cell(str(n % 10)) for n in range(8_000))) * 40
    return ods(one(columns + rows))


@hostile(".ods", "too-large", sheets=400)
def ods_sheets(number: int) -> bytes:
    return ods("".join(f'<table:table table:name="{n}">{row(CELL)}</table:table>' for n in range(number)))


@hostile(".ods", "too-large")
def ods_blanks() -> bytes:
    return ods(one(row(cell('x<text:s text:c="1000000000"/>x'))))


@hostile(".ods", "read")
def ods_blanks_of_cells() -> bytes:
    return ods(one("".join(row(cell('<text:s text:c="1000"/>' * 40 + str(n))) for n in range(500))))


@hostile(".ods", "read")
def ods_paragraphs() -> bytes:
    inside = "<text:p>1</text:p>" * 16_000
    return ods(one(row(f'<table:table-cell office:value-type="string">{inside}</table:table-cell>')))


@hostile(".ods", "unsafe")
def ods_entities() -> bytes:
    return ods('<!DOCTYPE x [<!ENTITY e "1">]>')


@hostile(".fods", "too-large")
def fods_repeated() -> bytes:
    inside = one(row(cell(attributes=repeated("columns", 16_000)), repeated("rows", 100_000)))
    return f'<?xml version="1.0"?>{fods(inside, root="document")}'.encode()


@hostile(".ods", "read|too-large")
def ods_texts_of_many_looks() -> bytes:
    """Spans in spans, each with a style that follows twenty others."""
    from hostile_packages import ods as package

    chain = "".join(
        f'<style:style style:name="s{n}" style:family="text" style:parent-style-name="s{n + 1}"/>' for n in range(60)
    )
    spans = '<text:span text:style-name="s0">1</text:span>' * 1_500
    return package(one("".join(row(cell(f"{spans}{n}")) for n in range(6))), styles=chain)


@hostile(".ods", "read|too-large|broken")
def ods_tables_in_cells() -> bytes:
    inner = one(row(cell()) * 3)
    return ods(one("".join(row(f"<table:table-cell>{inner}</table:table-cell>") for _ in range(2_000))))


@hostile(".ods", "read|too-large")
def ods_formulas_of_many_words() -> bytes:
    formula = "of:=SUM([.A1:.XFD1048576])+" * 900
    cells = f'<table:table-cell table:formula="{formula}1" office:value-type="float" office:value="1"/>'
    return ods(one("".join(row(cells * 3) for _ in range(900))))
