"""Web pages and XML that call themselves workbooks."""

from hostile_cases import hostile
from hostile_packages import HEADER


def page(body: str) -> bytes:
    return f"<html><meta charset=utf-8><body>{body}</body></html>".encode()


HEAD = "<tr>" + "".join(f"<td>{name}</td>" for name in HEADER) + "</tr>"


@hostile(".xls", "read|too-large", huge="1000000000", wide="1000", minus="-1", word="many")
def page_cells_across(number: str) -> bytes:
    line = "<tr>" + "".join(f"<td colspan={number} rowspan={number}>{name}</td>" for name in HEADER) + "</tr>"
    return page(f"<table>{line * 100}</table>")


@hostile(".xls", "read")
def page_cells_down_and_across() -> bytes:
    """What the widest sheet has room for is read in part, the cells behind its last column are not."""
    return page("<table>" + ("<tr>" + "<td rowspan=60000 colspan=900>a</td>" * 17 + "</tr>") * 2_000 + "</table>")


@hostile(".xls", "broken|read", tables="<table><tr><td>", lists="<ul><li>", divisions="<div>", fonts="<font>")
def page_nested(piece: str) -> bytes:
    return page(piece * (150_000 // len(piece)))


@hostile(".xls", "no-table", divisions="<div>", fonts="<b>")
def page_nested_a_little(piece: str) -> bytes:
    return page(piece * 200 + "x")


@hostile(".xls", "read")
def page_tables_in_tables() -> bytes:
    return page("<table><tr><td>" * 60 + "x" + "</table>" * 60)


@hostile(".xls", "too-large")
def page_rows_never_closed() -> bytes:
    return page("<table>" + "<tr><td rowspan=65534 colspan=1000>x" * 5_000)


@hostile(".xls", "too-large")
def page_tables() -> bytes:
    return page(f"<table>{HEAD}<tr>{'<td>1</td>' * 7}</tr></table>" * 1_000)


@hostile(".xls", "read")
def page_entities() -> bytes:
    return page(f"<table>{HEAD}<tr><td>{'&amp;' * 25_000}</td></tr></table>")


@hostile(".xls", "unsafe")
def page_own_entities() -> bytes:
    """No program declares entities in a page."""
    return (
        b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "'
        + b"x" * 9_000
        + b'">]><html><table><tr><td>'
        + b"&a;" * 9_000
        + b"</td></tr></table></html>"
    )


@hostile(".xls", "read")
def page_attributes() -> bytes:
    many = " ".join(f'a{n}="{n}"' for n in range(8_000))
    return page(f"<table>{HEAD}<tr {many}><td>1</td></tr></table>")


@hostile(".xls", "read")
def page_classes() -> bytes:
    names = ",".join(f".c{n}" for n in range(10_000))
    cells = "".join(f"<td class='{' '.join(f'c{k}' for k in range(400))}'>{n}</td>" for n in range(60))
    return page(f"<style>{names} {{display:none}}</style><table>{HEAD}<tr>{cells}</tr></table>")


@hostile(".xls", "read")
def page_style_that_tries_a_pattern() -> bytes:
    cells = "".join(f"<td style='vertical-align{' ' * 3_000}{n}'>{n}</td>" for n in range(40))
    return page(f"<table>{HEAD}<tr>{cells}</tr></table>")


@hostile(".xls", "no-table")
def page_of_comments() -> bytes:
    return page("<!--" * 40_000)


def workbook(inside: str, before: str = "") -> bytes:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return f'<?xml version="1.0"?>{before}<Workbook xmlns="{space}" xmlns:ss="{space}">{inside}</Workbook>'.encode()


def one(rows: str) -> str:
    return f'<Worksheet ss:Name="a"><Table>{rows}</Table></Worksheet>'


CELL = '<Cell><Data ss:Type="String">x</Data></Cell>'


@hostile(".xml", "read", huge="1000000000", long="9" * 4_000, minus="-3")
def sml_numbers(number: str) -> bytes:
    about = f'ss:Index="{number}" ss:Span="{number}" ss:Hidden="1"'
    far = f'<Cell ss:Index="{number}" ss:MergeAcross="{number}" ss:MergeDown="{number}"/>'
    return workbook(one(f"<Column {about}/><Row {about}>{CELL}{far}</Row><Row>{CELL}</Row>"))


@hostile(".xml", "read")
def sml_hidden_runs() -> bytes:
    return workbook(
        one(
            '<Column ss:Index="1" ss:Span="16000" ss:Hidden="1"/>' * 1_500
            + '<Row><Cell ss:Index="16000"><Data ss:Type="String">x</Data></Cell></Row>'
        )
    )


@hostile(".xml", "read|too-large")
def sml_hidden_rows() -> bytes:
    return workbook(
        one('<Row ss:Index="1" ss:Span="1000000" ss:Hidden="1"/>' * 60 + f'<Row ss:Index="1040000">{CELL}</Row>')
    )


@hostile(".xml", "unknown-type")
def sml_entities() -> bytes:
    names = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "' + "&a;" * 900 + '"><!ENTITY c "' + "&b;" * 900 + '">]>'
    return workbook(one('<Row><Cell><Data ss:Type="String">&c;</Data></Cell></Row>'), before=names)


@hostile(".xml", "too-large")
def sml_sheets() -> bytes:
    return workbook(one(f"<Row>{CELL}</Row>") * 300)


@hostile(".xml", "too-large")
def sml_merges() -> bytes:
    return workbook(one(("<Row>" + '<Cell ss:MergeAcross="1"/>' * 100 + "</Row>") * 4_000))


@hostile(".xml", "read")
def sml_nested_marks() -> bytes:
    return workbook(
        one('<Row><Cell><Data ss:Type="String">' + "<B>" * 200 + "x" + "</B>" * 200 + "</Data></Cell></Row>")
    )


@hostile(".xls", "too-large")
def page_rows_that_step_over_columns() -> bytes:
    """The first row reaches down and across; each of the others steps over all of it."""
    first = "<tr>" + "<td rowspan=60000 colspan=1000>x" * 16
    return page("<table>" + first + "<tr><td>y" * 19_000)


@hostile(".xls", "read|no-table", names=".{}x", blanks=".a{}!", commas=".a,{}")
def page_style_names(shape: str) -> bytes:
    said = shape.format("a" * 90_000 if "x" in shape else " " * 90_000 if "!" in shape else ".a," * 30_000)
    return page(f"<style>{said} {{display:none}}</style><table>{HEAD}<tr>{'<td>1</td>' * 7}</tr></table>")


@hostile(".xls", "read|too-large")
def page_figures_of_commas() -> bytes:
    cells = "".join(f"<td>1{',' * 12_000}{n}:</td>" for n in range(12))
    return page(f"<table>{HEAD}<tr>{cells}</tr></table>")


@hostile(".xls", "read|broken|too-large")
def page_rows_in_cells() -> bytes:
    return page(f"<table>{HEAD}" + "<tr><td><table><tr><td>1</td></tr></table></td></tr>" * 3_000 + "</table>")


@hostile(".xls", "read|too-large")
def page_text_between_tables() -> bytes:
    return page("".join(f"<p>{n}</p>" * 1 for n in range(12_000)) + f"<table>{HEAD}</table>")
