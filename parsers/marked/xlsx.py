"""Marks cells of an .xlsx or .xlsm: fill, comment and a property; formulas, results and all other parts stay.

Only the XML of the marked sheets, the styles, the comments with their shapes, and what names new parts is changed
(ECMA-376 part 1, clauses 18.3 sheets, 18.7 comments, 18.8 styles, 22.3 custom properties).
"""

from collections.abc import Mapping, Sequence

from lxml import etree

from parsers.formats.helpers import faults
from parsers.marked.cells import cell_at, insert_before
from parsers.marked.comments import Comments
from parsers.marked.marks import Mark, Marked, NotMarkable
from parsers.marked.package import OFFICE, ChangedPackage
from parsers.marked.properties import set_property
from parsers.marked.styles import Fills

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_AFTER_SHAPES = (
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
)
"""What stands behind the element that names the shapes of comments (18.3.1.99)."""


@faults.told_as_faults()
def mark(content: bytes, marks: Sequence[Mark], properties: Mapping[str, str]) -> Marked:
    """A workbook with these cells marked, and custom document properties that a returned copy is known by.

    Raises NotMarkable for one that is signed, of another namespace (strict) or where no mark finds its place;
    Unreadable for one that no reader opens.
    """
    package = ChangedPackage(content)
    name = next((part for _, kind, part in package.read.related("") if kind.endswith("/officeDocument")), "")
    if not name or name not in package or package.read.root(name).tag != f"{{{MAIN}}}workbook":
        raise NotMarkable("文件格式特殊")
    sheets = _sheets(package, name)
    fills = Fills(package, name)
    left_out: list[Mark] = []
    for part, wanted in _by_part(sheets, marks, left_out).items():
        _mark_sheet(package, part, wanted, fills)
    if len(left_out) == len(marks):
        raise NotMarkable("文件中没有可以标注的单元格")
    for key, value in properties.items():
        set_property(package, key, value)
    return Marked(package.written(), tuple(left_out))


def _sheets(package: ChangedPackage, workbook: str) -> dict[str, str]:
    """The part of each worksheet by the name of the sheet; sheets of charts and macros are none."""
    parts = {
        key: part
        for key, kind, part in package.read.related(workbook)
        if kind.endswith("/worksheet") and part in package
    }
    found = {}
    for sheet in package.read.root(workbook).iterfind(f"{{{MAIN}}}sheets/{{{MAIN}}}sheet"):
        if (key := sheet.get(f"{{{OFFICE}}}id")) in parts:
            found[sheet.get("name", "")] = parts[key]
    return found


def _by_part(sheets: Mapping[str, str], marks: Sequence[Mark], left_out: list[Mark]) -> dict[str, list[Mark]]:
    found: dict[str, list[Mark]] = {}
    for one in marks:
        if one.sheet in sheets:
            found.setdefault(sheets[one.sheet], []).append(one)
        else:
            left_out.append(one)
    return found


def _mark_sheet(package: ChangedPackage, part: str, marks: Sequence[Mark], fills: Fills) -> None:
    root = package.root(part)
    named = root.find(f"{{{MAIN}}}legacyDrawing")
    comments = Comments(package, part, "" if named is None else named.get(f"{{{OFFICE}}}id", ""))
    for one in marks:
        cell, reference = cell_at(root, one.cell)
        cell.set("s", str(fills.filled(int(cell.get("s", "0")))))
        comments.add(reference, one.text)
    if shapes := comments.finish():
        element = etree.Element(f"{{{MAIN}}}legacyDrawing")
        element.set(f"{{{OFFICE}}}id", shapes)
        insert_before(root, element, _AFTER_SHAPES)
