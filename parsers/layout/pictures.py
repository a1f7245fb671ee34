"""Small sheets drawn in text, as the examples of rules have them.

A line is a row, `|` parts its cells. `<` goes on with the cell to the left, `^` with the cell above: both are merged.
What is plainly a number is one, and what begins with = is a formula without a result.
"""

import re

from parsers.grid import Cell, Grid, Position, Range

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def drawn(picture: str, name: str = "表") -> Grid:
    """The sheet that a picture shows."""
    rows = [[text.strip() for text in line.split("|")] for line in picture.strip("\n").splitlines()]
    owners: dict[Position, Position] = {}
    cells: dict[Position, Cell] = {}
    for row, texts in enumerate(rows, 1):
        for column, text in enumerate(texts, 1):
            if text == "<":
                owners[row, column] = owners.get((row, column - 1), (row, column - 1))
            elif text == "^":
                owners[row, column] = owners.get((row - 1, column), (row - 1, column))
            elif text:
                cells[row, column] = _cell(text)
    corners: dict[Position, Position] = {}
    for place, owner in owners.items():
        corners[owner] = max(corners.get(owner, owner), place)
    merges = tuple(Range(top, left, *corner) for (top, left), corner in corners.items())
    return Grid(name, cells, merges)


def _cell(text: str) -> Cell:
    if text.startswith("="):
        return Cell(None, "error", text, formula=text)
    if _NUMBER.fullmatch(text):
        return Cell(float(text) if "." in text else int(text), "number", text)
    return Cell(text, "text", text)
