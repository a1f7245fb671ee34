"""Workbooks of zipped XML: .xlsx, .xlsm, .xltx and WPS's .et of that kind (ECMA-376 part 1, clause 18)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from lxml import etree

from parsers.formats.file_kind import FileKind
from parsers.formats.helpers import faults
from parsers.formats.helpers.sheet import (
    MAX_COLUMN,
    MAX_ROW,
    Budget,
    Sheet,
    bool_cell,
    checked,
    date_cell,
    error_cell,
    text_cell,
    unknown_result,
)
from parsers.formats.helpers.text_runs import PLAIN, Look, Run, Written, cell_of, struck_out, written
from parsers.formats.helpers.zipped_xml import Package, local
from parsers.grid import Cell, Grid, column_letters
from parsers.values.number_format import BUILTIN, GENERAL, number_cell

KINDS = frozenset({FileKind.XLSX})

MAX_STRINGS = 1_000_000

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_IN_FORMULA = re.compile(r"""("[^"]*"|'[^']*')|(?<![\w.$])(\$?)([A-Z]{1,3})(\$?)([0-9]{1,7})(?![\w.(!])""")


@faults.told_as_faults()
def read(content: bytes) -> tuple[Grid, ...]:
    """The sheets of a workbook, hidden ones included, in its order."""
    book = _open(Package(content))
    budget = Budget()
    return tuple(_read_sheet(book, element, budget) for element in book.sheets)


@dataclass(frozen=True, slots=True)
class _Book:
    """What the sheets of a workbook have in common."""

    package: Package
    parts: dict[str, tuple[str, str]]
    """Relation id → (type, part)."""
    sheets: list[etree._Element]
    strings: list[tuple[Run | str, ...]]
    """A text without a look of its own has that of its cell."""
    codes: list[str]
    """The number format codes by the number of the style."""
    looks: list[Look]
    """How a cell's font looks, by the number of the style."""
    from_1904: bool
    recalculated: bool
    """Programs calculate every formula when they open the file: a 0 in it is a mere placeholder."""


@dataclass(frozen=True, slots=True)
class _Master:
    """The formula that several cells share, and where it is written out."""

    text: str
    row: int
    column: int


def _open(package: Package) -> _Book:
    name = next((part for _, kind, part in package.related("") if kind.endswith("/officeDocument")), "xl/workbook.xml")
    root = package.root(name)
    parts = {key: (kind, part) for key, kind, part in package.related(name)}
    by_kind = {kind.rpartition("/")[2]: part for kind, part in parts.values()}
    properties, calculation = root.find("{*}workbookPr"), root.find("{*}calcPr")
    return _Book(
        package,
        parts,
        list(root.iterfind("{*}sheets/{*}sheet")),
        _strings(package, by_kind.get("sharedStrings", "xl/sharedStrings.xml")),
        *_styles(package, by_kind.get("styles", "xl/styles.xml")),
        from_1904=properties is not None and _is_set(properties, "date1904"),
        recalculated=calculation is not None and _is_set(calculation, "fullCalcOnLoad"),
    )


def _strings(package: Package, name: str) -> list[tuple[Run | str, ...]]:
    strings: list[tuple[Run | str, ...]] = []
    if name in package:
        for item in package.elements(name, "{*}si"):
            strings.append(tuple(_runs(item)))
            _forget(item)
            if len(strings) > MAX_STRINGS:
                raise faults.too_large(f"超过 {MAX_STRINGS} 个字符串")
    return strings


def _styles(package: Package, name: str) -> tuple[list[str], list[Look]]:
    """The number format codes and the looks of the fonts, by the number of the style."""
    if name not in package:
        return [], []
    root = package.root(name)
    own = {e.get("numFmtId", ""): e.get("formatCode", "") for e in root.iterfind("{*}numFmts/{*}numFmt")}
    builtin = {str(number): code for number, code in BUILTIN.items()}
    codes = {**builtin, **own}
    fonts = dict(enumerate(map(_look, root.iterfind("{*}fonts/{*}font"))))
    styles = list(root.iterfind("{*}cellXfs/{*}xf"))
    return (
        [codes.get(xf.get("numFmtId", "0"), GENERAL) for xf in styles],
        [fonts.get(int(xf.get("fontId", "0")), PLAIN) for xf in styles],
    )


def _look(font: etree._Element) -> Look:
    """How a font looks (18.4.10 strike, 18.4.14 vertAlign)."""
    strike, align = font.find("{*}strike"), font.find("{*}vertAlign")
    shift = align.get("val") if align is not None else None
    return Look(
        strike is not None and strike.get("val", "1") in ("1", "true", "on"),
        {"superscript": 1, "subscript": -1}.get(shift or "", 0),
    )


# ---------------------------------------------------------------- sheets


def _read_sheet(book: _Book, element: etree._Element, budget: Budget) -> Grid:
    hidden = element.get("state", "visible") != "visible"
    sheet = Sheet(checked(element.get("name", "")), budget, hidden=hidden)
    key = next((text for name, text in element.items() if str(name).startswith("{") and str(name).endswith("}id")), "")
    kind, name = book.parts[str(key)]
    if kind.endswith("/worksheet"):  # charts and macro sheets have no table
        _fill(book, name, sheet)
        for _, kind, part in book.package.related(name):
            if kind.endswith("/comments") and part in book.package:
                _read_comments(book.package, part, sheet)
    return sheet.grid()


def _fill(book: _Book, name: str, sheet: Sheet) -> None:
    masters: dict[str, _Master] = {}
    last = 0
    for element in book.package.elements(name, "{*}row", "{*}mergeCell", "{*}col"):
        parent = element.getparent()
        match local(element), local(parent) if parent is not None else "":
            case "row", "sheetData":
                last = _read_row(book, element, last + 1, sheet, masters)
                _forget(element)
            case "mergeCell", "mergeCells":
                sheet.merge(*_corners(element.get("ref", "")))
                _forget(element)
            case "col", "cols" if _is_set(element, "hidden") or _is_nothing(element.get("width")):
                sheet.hide_columns(int(element.get("min", "")), min(int(element.get("max", "")), MAX_COLUMN))


def _read_row(book: _Book, row: etree._Element, expected: int, sheet: Sheet, masters: dict[str, _Master]) -> int:
    number = int(row.get("r", expected))
    if _is_set(row, "hidden") or _is_nothing(row.get("ht")):
        sheet.hide_rows(number, number)
    column = 0
    for element in row:
        reference = element.get("r")
        position = _position(reference) if reference else (number, column + 1)
        column = position[1]
        if len(element) and (cell := _cell(book, element, *position, masters)) is not None:
            sheet.put(*position, cell)
    return number


def _cell(book: _Book, element: etree._Element, row: int, column: int, masters: dict[str, _Master]) -> Cell | None:
    value, formula, inline = None, None, tuple[Run | str, ...]()
    for child in element:
        match local(child):
            case "v":
                value = child.text or ""
            case "f":
                formula = _formula(child, row, column, masters)
            case "is":
                inline = tuple(_runs(child))
    style = int(element.get("s", "0"))
    code = book.codes[style] if style < len(book.codes) else GENERAL
    look = book.looks[style] if style < len(book.looks) else PLAIN
    if element.get("t") == "s" and value:
        if (index := int(value)) < 0:
            raise faults.broken()
        return _text(book.strings[index], look, code, formula)
    if element.get("t") == "inlineStr":
        return _text(inline or ((value,) if value else ()), look, code, formula)
    cell = _typed(book, element, value, code, formula)
    return struck_out(cell) if cell is not None and look.gone else cell


def _text(runs: tuple[Run | str, ...], look: Look, code: str, formula: str | None) -> Cell | None:
    said = _joined(runs, look)
    return cell_of(said, text_cell(said.text, code, formula)) if said.text or said.struck else None


def _typed(book: _Book, element: etree._Element, value: str | None, code: str, formula: str | None) -> Cell | None:
    """A cell that says what type its value has."""
    match element.get("t", "n"):
        case "str":  # a formula that gives no text shows nothing
            return text_cell(_unescaped(value), code, formula) if value else None
        case _ if not value:
            return unknown_result(formula, code) if formula is not None else None
        case "b":
            return bool_cell(value.strip() in ("1", "true"), code, formula)
        case "e":
            return error_cell(value, code, formula)
        case "d":
            return date_cell(datetime.fromisoformat(value.removesuffix("Z")), code, formula)
        case "n":
            return _number(book, value.strip(), code, formula)
        case _:
            raise faults.broken()


def _number(book: _Book, text: str, code: str, formula: str | None) -> Cell:
    if not _NUMBER.fullmatch(text):
        raise faults.broken()
    number = float(text)
    if number == 0 and formula is not None and book.recalculated:
        return unknown_result(formula, code)
    return number_cell(number, code, from_1904=book.from_1904, formula=formula)


def _read_comments(package: Package, name: str, sheet: Sheet) -> None:
    for element in package.elements(name, "{*}comment"):
        text = element.find("{*}text")
        if text is not None:
            sheet.comment(*_position(element.get("ref", "")), _joined(tuple(_runs(text)), PLAIN).text)
        _forget(element)


# ---------------------------------------------------------------- formulas


def _formula(element: etree._Element, row: int, column: int, masters: dict[str, _Master]) -> str:
    """The formula without its =, also where only its first cell writes it out (18.3.1.40)."""
    text = checked(element.text or "")
    if element.get("t") != "shared":
        return text
    key = element.get("si", "")
    if text:
        masters[key] = _Master(text, row, column)
        return text
    master = masters.get(key)
    return _moved(master.text, row - master.row, column - master.column) if master else ""


def _moved(formula: str, down: int, right: int) -> str:
    """The formula as it reads that many cells further down and right."""

    def reference(match: re.Match[str]) -> str:
        quoted, fixed_column, letters, fixed_row, digits = match.groups()
        if quoted:
            return quoted
        column = _column(letters) + (0 if fixed_column else right)
        row = int(digits) + (0 if fixed_row else down)
        if not (1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN):
            return "#REF!"
        return f"{fixed_column}{column_letters(column)}{fixed_row}{row}"

    return _IN_FORMULA.sub(reference, formula)


# ---------------------------------------------------------------- small things


def _runs(element: etree._Element) -> Iterator[Run | str]:
    """The runs of a text, without the readings (rPh) that stand above characters."""
    for child in element:
        match local(child):
            case "t":
                yield child.text or ""
            case "r":
                text, font = "".join(part.text or "" for part in child.iterfind("{*}t")), child.find("{*}rPr")
                yield text if font is None else Run(text, _look(font))


def _joined(runs: tuple[Run | str, ...], look: Look) -> Written:
    """The text of a cell whose font looks like that; a raised font of the cell alone raises nothing."""
    own = look._replace(raised=0)
    said = written(run if isinstance(run, Run) else Run(run, own) for run in runs)
    return Written(_unescaped(said.text), _unescaped(said.struck))


def _unescaped(text: str) -> str:
    """_x000D_ and the like as the characters that they stand for (22.4.2.4)."""
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _position(reference: str) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise faults.broken()
    return int(match[2]), _column(match[1])


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _corners(reference: str) -> tuple[int, int, int, int]:
    first, _, last = reference.partition(":")
    return (*_position(first), *_position(last or first))


def _is_set(element: etree._Element, name: str) -> bool:
    return element.get(name) in ("1", "true", "on")


def _is_nothing(size: str | None) -> bool:
    """Whether a height or width is there and is 0, which hides as well."""
    return size is not None and bool(_NUMBER.fullmatch(size)) and float(size) == 0


def _forget(element: etree._Element) -> None:
    """Free an element and those before it, so that a large part does not stand in memory as a whole."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
