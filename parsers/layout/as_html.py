"""A sheet as a page for staff: each cell in the colour of its role, the reason shown when one points at it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib import resources

from parsers.grid import Grid, Position, Range, address, column_letters
from parsers.layout.looks import seen
from parsers.layout.model import CellRole, Layout, Line, LineRole, Mark, Shape

_MOST_ROWS, _MOST_COLUMNS = 1000, 100
"""More of a sheet is not shown."""
CELLS: Mapping[CellRole, str] = {
    "title": "标题",
    "column-header": "列名",
    "row-header": "行名",
    "data": "内容",
    "total": "合计、小计",
    "section": "分节",
    "note": "说明",
    "block-label": "标签",
    "block-value": "标签的内容",
    "numbering": "栏次",
}
LINES: Mapping[LineRole, str] = {
    "title": "标题",
    "block": "填报信息",
    "header": "列名",
    "header again": "重复的列名",
    "numbering": "栏次",
    "measure": "计量单位",
    "data": "数据",
    "total": "合计",
    "subtotal": "小计",
    "part": "其中项",
    "section": "分节",
    "example": "示例",
    "note": "说明",
    "signature": "签名",
    "blank": "空行",
}
SHAPES: Mapping[Shape, str] = {
    "list": "清单（一行一条）",
    "matrix": "固定行列的报表",
    "pairs": "表单（标签和内容）",
    "transposed": "清单（一列一条）",
    "other": "其他",
}


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is shown of a sheet: its rows and columns that hold something, what each cell and line is, its merges."""

    grid: Grid
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    marks: Mapping[Position, Mark]
    lines: Mapping[int, tuple[Line, ...]]
    merges: Mapping[Position, Range]
    hidden: frozenset[Position]
    """Positions that a merged cell covers."""


def page(sheets: Sequence[tuple[Grid, Layout]], title: str = "表格") -> str:
    """The whole page of a file's sheets, without anything from elsewhere."""
    style = resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    shown = "".join(_sheet(grid, layout) for grid, layout in sheets)
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>\n{style}</style></head>\n<body><h1>{escape(title)}</h1>\n{_legend()}{shown}</body></html>\n"
    )


def _sheet(grid: Grid, layout: Layout) -> str:
    name = f"<h2>{escape(layout.sheet)}</h2>\n" if layout.sheet else ""
    return f"{name}{_told(layout)}{_table(_shown(grid, layout))}"


def _legend() -> str:
    spans = "".join(f'<span class="{role}">{text}</span>' for role, text in CELLS.items())
    return f'<p class="key">{spans}<span class="loose">不属于任何表格</span></p>\n'


def _told(layout: Layout) -> str:
    found = [
        f"<li>{_name(region.range)}：{SHAPES[region.shape]}，{escape(region.evidence.reason)}"
        + (f"；标题“{escape(region.title)}”" if region.title else "")
        + "</li>"
        for region in layout.regions
    ]
    return f"<ol>{''.join(found)}</ol>\n" if found else "<p>没有找到表格。</p>\n"


def _name(area: Range) -> str:
    return f"{address(area.top, area.left)}:{address(area.bottom, area.right)}"


def _shown(grid: Grid, layout: Layout) -> _Shown:
    places = [place for place, cell in grid.cells.items() if cell.shown or cell.formula]
    places += [(merge.top, merge.left) for merge in grid.merges]
    rows = tuple(sorted({row for row, _ in places})[:_MOST_ROWS])
    columns = tuple(sorted({column for _, column in places})[:_MOST_COLUMNS])
    lines: dict[int, tuple[Line, ...]] = {}
    for line in (line for region in layout.regions for line in region.rows):
        lines[line.number] = (*lines.get(line.number, ()), line)
    marks = {place: mark for region in layout.regions for place, mark in region.cells.items()}
    inside = [merge for merge in grid.merges if merge.top <= rows[-1] and merge.left <= columns[-1]] if places else []
    merges, hidden = _apart(inside, rows, columns)
    return _Shown(grid, rows, columns, marks, lines, merges, hidden)


def _apart(
    merges: Iterable[Range], rows: Sequence[int], columns: Sequence[int]
) -> tuple[Mapping[Position, Range], frozenset[Position]]:
    """The merges that touch no other, and the positions that they cover, of those that are shown."""
    kept: dict[Position, Range] = {}
    hidden: set[Position] = set()
    budget = _MOST_ROWS * _MOST_COLUMNS
    for merge in merges:
        down = [row for row in rows if merge.top <= row <= merge.bottom] if budget > 0 else []
        along = [column for column in columns if merge.left <= column <= merge.right] if budget > 0 else []
        budget -= len(rows) + len(columns)
        places = [(row, column) for row in down for column in along]
        if (
            places
            and places[0] == (merge.top, merge.left)
            and not hidden.intersection(places)
            and not kept.keys() & places
        ):
            kept[places[0]] = merge
            hidden.update(places[1:])
    return kept, frozenset(hidden)


def _table(shown: _Shown) -> str:
    head = "".join(f"<th>{column_letters(column)}</th>" for column in shown.columns)
    rows = "".join(_row(shown, row) for row in shown.rows)
    return f"<table><tr><th></th><th></th>{head}</tr>\n{rows}</table>\n"


def _row(shown: _Shown, row: int) -> str:
    cells = "".join(_cell(shown, row, column) for column in shown.columns if (row, column) not in shown.hidden)
    lines = shown.lines.get(row, ())
    roles = escape("、".join(dict.fromkeys(LINES[line.role] for line in lines)))
    reasons = escape("\n".join(map(_line_reason, lines)), quote=True)
    kinds = " ".join(dict.fromkeys(f"line-{line.role.replace(' ', '-')}" for line in lines))
    return f'<tr class="{kinds}"><th>{row}</th><th class="line" title="{reasons}">{roles}</th>{cells}</tr>\n'


def _line_reason(line: Line) -> str:
    before = f"归于：{' / '.join(line.heading.path)}" if line.heading.path else ""
    return "\n".join(filter(None, [f"{LINES[line.role]}：{line.evidence.reason}", before]))


def _cell(shown: _Shown, row: int, column: int) -> str:
    merge = shown.merges.get((row, column))
    span = ""
    if merge:
        down = sum(merge.top <= other <= merge.bottom for other in shown.rows)
        along = sum(merge.left <= other <= merge.right for other in shown.columns)
        span = f' rowspan="{down}" colspan="{along}"'
    text = shown.grid.shown(row, column)
    mark = shown.marks.get((row, column))
    if mark is None:
        loose = ' class="loose"' if text else ""
        return f"<td{span}{loose}>{escape(text)}</td>"
    reasons = escape("\n".join(_reasons(mark, text)), quote=True)
    return f'<td{span} class="{mark.role}" title="{reasons}">{escape(text)}</td>'


def _reasons(mark: Mark, text: str) -> Iterator[str]:
    yield f"{CELLS[mark.role]}：{mark.evidence.reason}"
    looks = "，".join(look.reason for look in seen(text)[:3])
    if looks:
        yield f"文字：{looks}"
