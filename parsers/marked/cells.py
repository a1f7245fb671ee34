"""Finds a cell in the XML of a sheet, or makes it where it is not written (ECMA-376 part 1, 18.3.1.4 and 18.3.1.73)."""

from collections.abc import Sequence

from lxml import etree

from parsers.formats.helpers import faults
from parsers.formats.helpers.references import corners, position
from parsers.grid import Position, column_letters


def cell_at(root: etree._Element, reference: str) -> tuple[etree._Element, str]:
    """The element of a cell and its reference; of one that is merged into another, that other's.

    Raises Unreadable for what is no reference, or a sheet without rows.
    """
    space = f"{{{etree.QName(root).namespace}}}"
    number, column = _anchor(root, position(reference))
    row, name = _row(root, space, number), f"{column_letters(column)}{number}"
    at = 0
    for cell in row.iterfind(f"{space}c"):
        at = position(cell.get("r", ""))[1] if cell.get("r") else at + 1  # not all programs write it
        if at == column:
            return cell, name
        if at > column:
            new = etree.Element(f"{space}c", r=name)
            cell.addprevious(new)
            return new, name
    return etree.SubElement(row, f"{space}c", r=name), name


def _anchor(root: etree._Element, place: Position) -> Position:
    for merge in root.iterfind("{*}mergeCells/{*}mergeCell"):
        top, left, bottom, right = corners(merge.get("ref", ""))
        if top <= place[0] <= bottom and left <= place[1] <= right:
            return top, left
    return place


def _row(root: etree._Element, space: str, number: int) -> etree._Element:
    data = root.find(f"{space}sheetData")
    if data is None:
        raise faults.broken()
    at = 0
    for row in data.iterfind(f"{space}row"):
        at = int(row.get("r", at + 1))
        if at == number:
            return row
        if at > number:
            new = etree.Element(f"{space}row", r=str(number))
            row.addprevious(new)
            return new
    return etree.SubElement(data, f"{space}row", r=str(number))


def insert_before(root: etree._Element, element: etree._Element, later: Sequence[str]) -> None:
    """Insert an element before the first of those that stand behind it by the standard's order."""
    for child in root:
        if isinstance(child.tag, str) and etree.QName(child).localname in later:
            child.addprevious(element)
            return
    root.append(element)
