"""Whatever a sheet holds, it has a layout, in time that grows with its cells and merges alone."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.grid import Cell, Grid, Range, address
from parsers.layout import analyse, as_json, page
from parsers.layout.words import words
from support.steps import steps

if TYPE_CHECKING:
    pass

_rows = st.one_of(st.integers(1, 9), st.integers(1, 1_048_576))
_columns = st.one_of(st.integers(1, 7), st.integers(1, 16_384))
_told = st.sampled_from(
    [
        "序号",
        "活动名称",
        "合计",
        "小计",
        "其中：女",
        "例",
        "注：无",
        "填报单位：甲",
        "填表人：",
        "1",
        "2020",
        "甲",
        "人",
        "—",
        "2021-06-01",
        "是",
    ]
)
_texts = st.one_of(_told, st.text(max_size=30))
_cells = st.one_of(
    st.builds(lambda text: Cell(text, "text", text), _texts),
    st.builds(lambda number: Cell(number, "number", str(number)), st.integers(-9, 3000)),
    st.builds(lambda text: Cell(None, "error", text, formula="=A1"), _texts),
    st.builds(lambda text: Cell(None, "text", text, struck=text), _texts),
    st.builds(lambda text: Cell(True, "bool", text), _texts),
)
_merges = st.builds(
    lambda top, left, down, along: Range(top, left, top + down, left + along),
    _rows, _columns, st.integers(0, 4), st.integers(0, 4),
)  # fmt: skip
_grids = st.builds(
    lambda cells, merges: Grid("表", cells, tuple(merges)),
    st.dictionaries(st.tuples(_rows, _columns), _cells, max_size=40),
    st.lists(_merges, max_size=8),
)


@given(_grids)
def test_every_sheet_has_a_layout_a_json_and_a_page(grid: Grid) -> None:
    layout = analyse(grid)
    assert json.loads(json.dumps(as_json(layout)))
    assert page([(grid, layout)])


@given(_grids)
def test_every_cell_that_holds_something_is_told_once(grid: Grid) -> None:
    layout = analyse(grid)
    told = [place for region in layout.regions for place in region.cells] + [text.position for text in layout.texts]
    shown = {
        place
        for place, cell in grid.cells.items()
        if (cell.shown.strip() or (cell.formula or "").strip()) and not (cell.struck and cell.value is None)
    }
    assert sorted(told) == sorted(shown)


@given(_grids)
def test_the_same_sheet_has_the_same_layout(grid: Grid) -> None:
    assert analyse(grid) == analyse(grid)


def _text(told: str) -> Cell:
    return Cell(told, "text", told)


def _list(size: int) -> Grid:
    head = {(1, column): _text(f"第{column}项名称") for column in range(1, 7)}
    rows = {(row, column): _text(f"内容{row * column % 50}") for row in range(2, size) for column in range(1, 7)}
    return Grid("表", head | rows)


def _diagonal(size: int) -> Grid:
    return Grid("表", {(100 * place, place): _text("名称") for place in range(1, size)})


def _labels(size: int) -> Grid:
    return Grid("表", {(row, column): _text("部门名称") for row in range(1, size) for column in range(1, 4)})


def _corner(size: int) -> Grid:
    across = {(1, column): _text(f"名称{column}") for column in range(1, size)}
    return Grid("表", across | {(row, 1): _text("项目") for row in range(2, size)})


def _merged(kind: Callable[[int], Range]) -> Callable[[int], Grid]:
    def grid(size: int) -> Grid:
        corners = {(1, 1): _text("名称"), (1_048_576, 16_384): _text("内容")}
        return Grid("表", corners, tuple(kind(place) for place in range(size)))

    return grid


def _tall_pairs(size: int) -> Grid:
    cells = {(row, column): _text("名称" if column % 2 else "3") for row in range(1, size) for column in range(1, 5)}
    return Grid("表", cells, tuple(Range(row, 1, size, 1) for row in range(1, size, 2)))


def _by_day(size: int) -> Grid:
    head = {(1, 1): _text("日期"), (1, 2): _text("参加人数")}
    days = {(row, 1): _text(f"2021-06-{row % 28 + 1:02}") for row in range(2, size)}
    return Grid("表", head | days | {(row, 2): Cell(row, "number", str(row)) for row in range(2, size)})


def _records(size: int) -> Grid:
    cells = {(1, 1): _text("设备名称"), (1, 2): _text("主要参数")}
    for row in range(2, size, 2):
        cells |= {(row, 1): _text(f"{row}号机"), (row, 2): _text("型号"), (row, 3): _text(f"CW{row}")}
        cells |= {(row + 1, 2): _text("额定电压"), (row + 1, 3): _text("234kV")}
    tall = tuple(Range(row, 1, row + 1, 1) for row in range(2, size, 2))
    return Grid("表", cells, (Range(1, 2, 1, 3), *tall))


def _sections(size: int) -> Grid:
    return Grid("表", {(row, 1): _text("（一）街道") for row in range(1, size)} | {(size, 1): _text("甲")}, ())


def _far_columns(size: int) -> Grid:
    places = [(row, 4 * place + row % 2) for place in range(1, size) for row in (1, 2)]
    return Grid("表", {place: _text("名称") for place in places})


SHEETS: dict[str, Callable[[int], Grid]] = {
    "a list": _list,
    "cells on a diagonal": _diagonal,
    "lines named by days": _by_day,
    "records with pairs inside": _records,
    "lines of one text": _sections,
    "columns far from each other": _far_columns,
    "rows of labels alone": _labels,
    "one long row and one long column": _corner,
    "merges over whole rows": _merged(lambda place: Range(2 * place + 1, 1, 2 * place + 1, 16_384)),
    "merges over whole columns": _merged(lambda place: Range(1, place + 1, 1_048_576, place + 1)),
    "merges inside each other": _merged(lambda place: Range(place + 1, place + 1, 1_048_576, 16_384)),
    "tall labels over each other": _tall_pairs,
}


def _steps(grid: Grid) -> int:
    return steps(lambda: analyse(grid), "parsers/layout")


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS.keys())
def test_twice_the_sheet_takes_twice_the_steps(sheet: Callable[[int], Grid]) -> None:
    words()
    assert _steps(sheet(400)) < 2.3 * _steps(sheet(200))


def test_a_cell_at_the_far_corner_costs_no_more_than_one_nearby() -> None:
    near = Grid("表", {(1, 1): _text("名称"), (2, 2): _text("内容")})
    far = Grid("表", {(1, 1): _text("名称"), (1_048_576, 16_384): _text("内容")})
    assert _steps(far) < 2 * _steps(near)
    assert address(1_048_576, 16_384) == "XFD1048576"
