"""Finds the table of units in a workbook: the sheet and the row in which the titles of its columns stand.

It is found by titles that are documented, not by `parsers.layout`: that tells a table by its looks, and a list of three
units under English titles has none. A row that names code and name is the header, whatever stands above it.
"""

import difflib
import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from parsers.grid import Grid, Position, Range

TITLES: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "编号", "代码", "编码", "单位编号", "单位代码", "单位编码", "机构代码", "组织代码"),
    "name": (
        *("name", "单位", "单位名称", "名称", "全称", "单位全称"),
        *("工会", "工会名称", "报送单位", "填报单位", "基层工会"),
    ),
    "short_name": ("short_name", "简称", "单位简称"),
    "category": ("category", "类别", "类型", "分类", "单位类别", "单位类型", "单位分类", "所属类别"),
    "aliases": ("aliases", "alias", "别名", "简称别名", "其他名称", "曾用名", "又称", "别称"),
    "emails": (
        *("emails", "email", "mail", "邮箱", "电子邮箱", "联系邮箱", "邮箱地址", "电子邮箱地址", "工作邮箱"),
        *("报送邮箱", "邮件", "邮件地址", "电子邮件", "电子邮件地址", "信箱", "电子信箱", "备用邮箱", "备用电子邮箱"),
    ),
    "contact": (
        *("contact", "phone", "联系人", "联系人姓名", "负责人", "经办人", "联系方式", "联系电话", "电话", "手机"),
        *("手机号", "手机号码", "电话手机", "手机电话", "办公电话", "固定电话", "联系人电话", "联系人电话手机"),
    ),
    "quota": ("quota", "应报场次", "应报场数", "应报活动数", "任务数", "场次", "指标", "指标数"),
    "required": ("required", "必报", "是否必报", "应报", "是否应报", "是否需报", "是否报送", "是否需要报送"),
    "sort_no": ("sort_no", "序号", "排序", "排序号", "顺序", "顺序号"),
    "valid_from": ("valid_from", "启用日期", "生效日期", "成立日期", "起始日期", "开始日期"),
    "valid_to": ("valid_to", "停用日期", "失效日期", "撤销日期", "终止日期", "结束日期"),
    "remark": ("remark", "remarks", "备注", "说明", "地址", "邮编"),
    "successor": ("successor", "承接单位", "承接单位编号", "继任单位", "并入单位", "合并至", "并入"),
}  # fmt: skip
"""What each column may be called. Titles are compared without blanks, remarks in brackets, numbers behind them and
signs; those in English are the ones of the documentation."""
SEVERAL = frozenset({"emails", "aliases", "contact", "remark"})
"""Columns that may stand there more than once (邮箱1, 邮箱2)."""
NEEDED = ("code", "name")
_BY_TITLE = {title: field for field, titles in TITLES.items() for title in titles}
_ROWS_LOOKED_AT = 50
"""A header stands in one of the first rows that hold anything."""


@dataclass(frozen=True)
class Columns:
    """The columns of a roster in one sheet: `fields` by name, each from left to right; units begin below `bottom`.

    `titles`: what stands over every column that has a title, `strange` those of them that are none of a roster's.
    """

    grid: Grid
    top: int
    bottom: int
    fields: Mapping[str, tuple[int, ...]]
    titles: Mapping[int, str]
    strange: tuple[int, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The needed columns that are not there."""
        return tuple(field for field in NEEDED if field not in self.fields)

    def merged_over(self, row: int, column: int) -> Range | None:
        """The cell that is merged downwards over that place, in its first column; None where there is none."""
        merges = self._merged_down.get(column, [])
        place = bisect_right(merges, row, key=lambda merge: merge.top) - 1
        return merges[place] if place >= 0 and row <= merges[place].bottom else None

    @cached_property
    def _merged_down(self) -> Mapping[int, Sequence[Range]]:
        """Of each column the cells that are merged downwards, from top to bottom."""
        found = defaultdict[int, list[Range]](list)
        for merge in sorted(self.grid.merges, key=lambda merge: merge.top):
            if merge.bottom > merge.top:
                found[merge.left].append(merge)
        return found


def field_of(title: str) -> str | None:
    """The column that a title names; None for one that is no roster's."""
    return _BY_TITLE.get(_plain(title))


def near(title: str) -> str | None:
    """The title that a misspelt one was most likely meant to be."""
    found = difflib.get_close_matches(_plain(title), _BY_TITLE, n=1, cutoff=0.75)
    return found[0] if found else None


def candidates(grids: Sequence[Grid]) -> list[Columns]:
    """For each sheet that has a header, or the beginning of one, the best; best sheet first, hidden ones last."""
    found = [best for grid in grids if (best := max(_headers(grid), key=_worth, default=None))]
    return sorted(found, key=lambda one: (one.grid.hidden, *(-worth for worth in _worth(one))))


def _worth(columns: Columns) -> tuple[int, int]:
    return (-len(columns.missing), len(columns.fields))


def _headers(grid: Grid) -> Iterator[Columns]:
    """What each of the first rows gives as a header, where it holds a title of ours."""
    over, held = _merged_over(grid), defaultdict[int, list[int]](list)
    for row, column in grid.cells:
        held[row].append(column)
    for row in sorted(held)[:_ROWS_LOOKED_AT]:
        titles = _titles(grid, row, held[row], over)
        if any(field_of(title) for title in titles.values()):
            yield _columns(grid, row, titles, held.get(row + 1, ()))


def _columns(grid: Grid, row: int, titles: Mapping[int, str], held_below: Iterable[int]) -> Columns:
    """With the row below, where that goes on with the header: 联系方式 over 联系人 and 邮箱."""
    bottom, whole = row, dict(titles)
    needed = [column for column, title in titles.items() if field_of(title) in NEEDED]
    below = {column: grid.shown(row + 1, column) for column in held_below}
    goes_on = needed and not any(below.get(column) for column in needed)
    if goes_on and any(field_of(title) for title in below.values()):
        bottom, whole = row + 1, whole | {column: title for column, title in below.items() if title}
    fields: dict[str, tuple[int, ...]] = {}
    for column, title in sorted(whole.items()):
        if field := field_of(title):
            fields[field] = (*fields.get(field, ()), column)
    strange = tuple(column for column, title in sorted(whole.items()) if not field_of(title))
    return Columns(grid, row, bottom, fields, whole, strange)


def _titles(grid: Grid, row: int, held: Iterable[int], over: Mapping[Position, Position]) -> dict[int, str]:
    """Column → title of a row; of a cell that is merged over several rows also in the last of them."""
    columns = {*held, *(column for r, column in over if r == row)}
    shown = {column: grid.shown(*over.get((row, column), (row, column))) for column in columns}
    return {column: title for column, title in shown.items() if title}


def _merged_over(grid: Grid) -> dict[Position, Position]:
    """For the places below the first row of a merged cell, in its first column: where its value stands."""
    return {
        (row, merge.left): (merge.top, merge.left)
        for merge in grid.merges
        for row in range(merge.top + 1, min(merge.bottom, merge.top + _ROWS_LOOKED_AT) + 1)
    }


def _plain(title: str) -> str:
    if title.isascii() and title.isalnum():  # as most codes are, which every row is asked for
        return title.lower().rstrip("0123456789")
    folded = unicodedata.normalize("NFKC", title).lower()
    folded = re.sub(r"\(.*?\)|\[.*?\]|【.*?】", "", folded)
    return re.sub(r"[\s/、,;:*＊&和及与-]+|\d+$", "", folded)
