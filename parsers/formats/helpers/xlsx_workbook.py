"""The parts of an .xlsx workbook that its sheets share: strings, styles, settings (ECMA-376 part 1, clause 18)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from parsers.formats.helpers import faults
from parsers.formats.helpers.sheet import MAX_TEXT, Stretch, read_in_part
from parsers.formats.helpers.text_runs import PLAIN, Look, Run, Written, written
from parsers.formats.helpers.zipped_xml import Package, local
from parsers.grid import Cell
from parsers.values.number_format import BUILTIN, GENERAL

MAX_STRINGS = 1_000_000
LONGEST_CODE = 1_000
"""Characters of a number format code; programs allow 255. A longer one is not followed in every cell."""

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Workbook:
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
    partial: bool
    """Some of the styles is lost, and with it what is a day and what is struck out."""
    known: dict[tuple[int, int], Cell | None] = field(default_factory=dict)
    """The cells of strings by the numbers of string and style: the same text often stands in many cells."""


def open_workbook(package: Package) -> Workbook:
    """Reads what the sheets share. Raises Unreadable for more than MAX_STRINGS strings."""
    name = next((part for _, kind, part in package.related("") if kind.endswith("/officeDocument")), "xl/workbook.xml")
    root, _ = package.root_so_far(name)
    parts = {key: (kind, part) for key, kind, part in package.related(name)}
    by_kind = {kind.rpartition("/")[2]: part for kind, part in parts.values()}
    codes, looks, has_all_styles = _styles(package, by_kind.get("styles", "xl/styles.xml"))
    properties, calculation = root.find("{*}workbookPr"), root.find("{*}calcPr")
    return Workbook(
        package,
        parts,
        list(root.iterfind("{*}sheets/{*}sheet")),
        _strings(package, by_kind.get("sharedStrings", "xl/sharedStrings.xml")),
        codes,
        looks,
        from_1904=properties is not None and is_set(properties, "date1904"),
        recalculated=calculation is not None and is_set(calculation, "fullCalcOnLoad"),
        partial=not has_all_styles,
    )


def _strings(package: Package, name: str) -> list[tuple[Run | str, ...]]:
    """Those before the place at which the part breaks the rules; a cell with a later one says that it is lost."""
    strings: list[tuple[Run | str, ...]] = []
    with read_in_part(Stretch()):
        for item in package.elements(name, "{*}si") if name in package else ():
            strings.append(_no_longer_than_a_cell(tuple(runs(item))))
            forget(item)
            if len(strings) > MAX_STRINGS:
                raise faults.too_large(f"超过 {MAX_STRINGS} 个字符串")
    return strings


def _no_longer_than_a_cell(text: tuple[Run | str, ...]) -> tuple[Run | str, ...]:
    """The text, or the start of one that no cell holds, which may stand in many of them."""
    if sum(len(run.text if isinstance(run, Run) else run) for run in text) <= MAX_TEXT:
        return text
    return ("".join(run.text if isinstance(run, Run) else run for run in text)[: MAX_TEXT + 1],)


def _styles(package: Package, name: str) -> tuple[list[str], list[Look], bool]:
    """The number format codes and the looks of the fonts, by the number of the style, and whether these are all."""
    if name not in package:
        return [], [], True
    stretch = Stretch()
    codes, looks = list[str](), list[Look]()
    with read_in_part(stretch):
        root, is_whole = package.root_so_far(name)
        stretch.partial = not is_whole
        own = {e.get("numFmtId", ""): e.get("formatCode", "") for e in root.iterfind("{*}numFmts/{*}numFmt")}
        builtin = {str(number): code for number, code in BUILTIN.items()}
        known = {**builtin, **own}
        fonts = {str(number): _look(font) for number, font in enumerate(root.iterfind("{*}fonts/{*}font"))}
        for style in root.iterfind("{*}cellXfs/{*}xf"):
            code = known.get(style.get("numFmtId", "0"), GENERAL)
            stretch.partial |= len(code) > LONGEST_CODE
            codes.append(code if len(code) <= LONGEST_CODE else GENERAL)
            looks.append(fonts.get(style.get("fontId", "0"), PLAIN))
    return codes, looks, not stretch.partial


def _look(font: etree._Element) -> Look:
    """How a font looks (18.4.10 strike, 18.4.14 vertAlign)."""
    strike, align = font.find("{*}strike"), font.find("{*}vertAlign")
    shift = align.get("val") if align is not None else None
    return Look(
        strike is not None and strike.get("val", "1") in ("1", "true", "on"),
        {"superscript": 1, "subscript": -1}.get(shift or "", 0),
    )


def runs(element: etree._Element) -> Iterator[Run | str]:
    """The runs of a text, without the readings (rPh) that stand above characters."""
    for child in element:
        match local(child):
            case "t":
                yield child.text or ""
            case "r":
                text, font = "".join(part.text or "" for part in child.iterfind("{*}t")), child.find("{*}rPr")
                yield text if font is None else Run(text, _look(font))


def joined(runs: tuple[Run | str, ...], look: Look) -> Written:
    """The text of a cell whose font looks like that; a raised font of the cell alone raises nothing."""
    own = look._replace(raised=0)
    if own == PLAIN and len(runs) == 1 and isinstance(runs[0], str):
        return Written(unescaped(runs[0]))
    said = written(run if isinstance(run, Run) else Run(run, own) for run in runs)
    return Written(unescaped(said.text), unescaped(said.struck))


def unescaped(text: str) -> str:
    """_x000D_ and the like as the characters that they stand for (22.4.2.4)."""
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def is_set(element: etree._Element, name: str) -> bool:
    """Whether an attribute of an element is true."""
    return element.get(name) in ("1", "true", "on")


def forget(element: etree._Element) -> None:
    """Free an element and those before it, so that a large part does not stand in memory as a whole."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
