"""A layout as JSON tells it: each table with its range, its shape and the roles of its cells."""

from typing import TypedDict

from parsers.grid import Range, address
from parsers.layout.model import CellRole, Layout, Region, Shape


class TableJson(TypedDict):
    """One table."""

    range: str
    shape: Shape
    cells: dict[str, CellRole]


class SheetJson(TypedDict):
    """One sheet."""

    name: str
    tables: list[TableJson]


def as_json(layout: Layout) -> SheetJson:
    """The sheet under its name, its tables in their order."""
    return {"name": layout.sheet, "tables": [_table(region) for region in layout.regions]}


def _table(region: Region) -> TableJson:
    cells = {address(*position): mark.role for position, mark in region.cells.items()}
    return {"range": _name(region.range), "shape": region.shape, "cells": cells}


def _name(area: Range) -> str:
    return f"{address(area.top, area.left)}:{address(area.bottom, area.right)}"
