"""Reads the roster as office people keep it (.csv, .xlsx and other workbooks), and names every cell that is wrong."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mailbot.campaigns.roster import Roster
from mailbot.campaigns.roster_cells import RowCells, cell_at
from mailbot.campaigns.roster_columns import NEEDED, SEVERAL, TITLES, Columns, candidates, field_of, near
from mailbot.campaigns.roster_faults import Fault, Spot, in_order
from mailbot.domain.campaign import CATEGORIES, Unit
from mailbot.domain.errors import ConfigError
from parsers.formats.read_file import read_grids
from parsers.reading import Severity, Unreadable

_NOTE = re.compile(
    r"(?:注|备注|说明|填表|制表|审核|联系电话|合计|总计|小计|共计?)\s*(?:[:：\d（(]|[人说]|$)|[一二三四五六七八九十]{1,3}[、.．]"
)
_WHY_UNREADABLE = {
    "password": ("opens with a password only; save it without one", "设有打开密码，请取消密码后保存"),
    "empty": ("is empty", "是空文件"),
    "truncated": ("is not whole; save it again", "不完整，请重新保存"),
    "too-large": ("holds far more than a list of units does; keep only the list in it", "内容过多，请只保留名录"),
}  # fmt: skip
_OTHERWISE = (
    "cannot be read as a table; save it as .xlsx, or as .csv in UTF-8 or GBK with a row of column titles",
    "无法作为表格读取；请另存为 .xlsx，或带列标题的 .csv",
)


UNUSED = ("contact", "remark")
"""Columns that offices keep for themselves."""


@dataclass(frozen=True, slots=True)
class RosterFile:
    """What a file gives: the roster, None where a fault blocks it, and every fault and notice about it."""

    roster: Roster | None
    faults: tuple[Fault, ...] = ()


def read(content: bytes, source: str) -> Roster:
    """The roster in the bytes of a file. Raises ConfigError with every fault where one of them blocks it."""
    found = parse(content)
    if found.roster is None:
        raise ConfigError(fault.sentence(source) for fault in found.faults if fault.severity is Severity.ERROR)
    return found.roster


def parse(content: bytes, categories: Sequence[str] = CATEGORIES) -> RosterFile:
    """What a file gives; raises nothing. `categories`: those that the campaign knows, in the order of every list.

    A row whose code or name cannot be known, a code that stands there twice, and a quota, a day or a 是/否 that says
    nothing block it: nobody could tell who owes what. A faulty address does not: its row is used without it.
    """
    try:
        grids = read_grids(content)
    except Unreadable as error:
        text, told = _WHY_UNREADABLE.get(error.code, _OTHERWISE)
        return RosterFile(None, (Fault(Spot(), text, told),))
    sheets = candidates(grids)
    if not sheets or sheets[0].missing:
        return RosterFile(None, tuple(_without_header(sheets)))
    faults = [*_about_columns(sheets[0]), *_about_other_sheets(sheets[1:])]
    units = list(_units(sheets[0], faults, categories))
    if not units:
        text = "holds no unit; write one row for each below the titles, with code and name"
        faults.append(Fault(Spot(sheets[0].grid.name), text, "没有任何单位；请在列标题下方逐行填写编号和单位名称"))
    found = in_order(faults)
    if any(fault.blocks for fault in found):
        return RosterFile(None, found)
    rank = {category: place for place, category in enumerate(categories)}
    return RosterFile(Roster(tuple(sorted(units, key=lambda u: (rank.get(u.category, len(rank)), u.sort_no)))), found)


# ---------------------------------------------------------------- the header


def _without_header(sheets: Sequence[Columns]) -> Iterator[Fault]:
    if not sheets:
        text = (
            f"no row has the titles of a roster; write code and name (or {TITLES['code'][1]} and {TITLES['name'][2]})"
        )
        yield Fault(Spot(), f"{text} over the columns", "没有找到列标题；请在首行写明“编号”“单位名称”等列标题")
        return
    best = sheets[0]
    for field in best.missing:
        names = ", ".join(TITLES[field][:4])
        meant = next((f"; is it {best.titles[c]!r}?" for c in best.strange if _means(best.titles[c], field)), "")
        yield Fault(
            Spot(best.grid.name, best.top),
            f"the column {field} is missing in row {best.top}; write one of {names} over it{meant}",
            f"缺少“{'编号' if field == 'code' else '单位名称'}”列；请写明列标题",
        )


def _means(title: str, field: str) -> bool:
    meant = near(title)
    return meant is not None and field_of(meant) == field


def _about_columns(columns: Columns) -> Iterator[Fault]:
    for field, places in columns.fields.items():
        if len(places) > 1 and field not in SEVERAL:
            titles = [columns.titles[place] for place in places]
            yield Fault(
                Spot(columns.grid.name, columns.bottom, places[1], titles[1]),
                f"is the column {field}, and so is {titles[0]!r} before it; rename the one that is not",
                f"与“{titles[0]}”含义相同；请只保留一列，或改名",
            )
    for field in UNUSED:
        for place in columns.fields.get(field, ()):
            spot = Spot(columns.grid.name, columns.bottom, place, columns.titles.get(place, ""))
            text = "is for people and is not used; what the program must know belongs into a column of its own"
            yield Fault(spot, text, "仅供人员参考，系统不使用", Severity.NOTICE, blocks=False)
    for place in columns.strange:
        title = columns.titles[place]
        meant = near(title)
        yield Fault(
            Spot(columns.grid.name, columns.bottom, place, title),
            "is no column of a roster and is not read" + (f"; did you mean {meant}?" if meant else ""),
            "不是名录的列，未读取" + (f"；是否应为“{meant}”？" if meant else ""),
            Severity.WARNING if meant else Severity.NOTICE,
            blocks=False,
        )


def _about_other_sheets(sheets: Sequence[Columns]) -> Iterator[Fault]:
    for other in sheets:
        if not other.missing and not other.grid.hidden:
            text = "this sheet looks like a roster too and is not read; keep all units in one sheet"
            told = "该工作表也像名录，未读取；请将所有单位放在同一工作表中"
            yield Fault(Spot(other.grid.name), text, told, Severity.WARNING, blocks=False)


# ---------------------------------------------------------------- the rows


def _units(columns: Columns, faults: list[Fault], categories: Sequence[str]) -> Iterator[Unit]:
    grid, ours = columns.grid, {place for places in columns.fields.values() for place in places}
    last, rows = max(columns.titles), _rows(columns)
    if grid.partial:
        text = "could be read in part only (an odd quotation mark, or a value that no cell holds); save the file again"
        faults.append(Fault(Spot(grid.name), text, "只能部分读取（引号不成对或内容异常）；请打开检查后重新保存"))
    units = []
    for row, held in sorted(rows.items()):
        cells = RowCells(columns, row, faults)
        if not held or _is_header_again(columns, row):
            continue
        if not grid.name and any(column > last for column in held):
            text = "has more cells than there are titles; a comma inside a cell needs quotation marks around it"
            faults.append(Fault(Spot(grid.name, row), text, "单元格多于列标题，内容可能错位；含逗号的内容请加引号"))
        elif _is_note(columns, row, held):
            note = f"{next(iter(held.values()))[:20]!r} is taken for a note, not for a unit"
            told = f"“{next(iter(held.values()))[:20]}”视为说明，不作为单位"
            faults.append(Fault(Spot(grid.name, row), note, told, Severity.NOTICE, blocks=False))
        elif ours & held.keys():
            units.append((cells, _unit(cells, categories)))
    _check_codes(units)
    _check_names(units)
    _check_categories(columns, units)
    by_name = {unit.name: unit.code for _, unit in units}
    codes = {unit.code for _, unit in units}
    for _, unit in units:
        heir = unit.successor if unit.successor in codes else by_name.get(unit.successor or "", unit.successor)
        yield replace(unit, successor=heir)


def _rows(columns: Columns) -> dict[int, dict[int, str]]:
    """Of each row below the titles that has any cell: its columns that show something, and what they show."""
    rows = defaultdict[int, dict[int, str]](dict)
    for row, column in columns.grid.cells:
        if row > columns.bottom:
            held = rows[row]
            if text := columns.grid.shown(row, column):
                held[column] = text
    return rows


def _is_header_again(columns: Columns, row: int) -> bool:
    """Whether the titles stand there once more, as on every printed page."""
    grid = columns.grid
    return all(field_of(grid.shown(row, columns.fields[field][0])) == field for field in NEEDED)


def _is_note(columns: Columns, row: int, held: Mapping[int, str]) -> bool:
    """Whether a row is a note, a sum or the title of a section: one that says so in its first cell."""
    first = min(held)
    if len(held) == 1:
        merged = any(m.top <= row <= m.bottom and m.left == first and m.right > first for m in columns.grid.merges)
        return merged or bool(_NOTE.match(held[first]))
    return len(held) == 2 and bool(_NOTE.match(held[first]))


def _unit(cells: RowCells, categories: Sequence[str]) -> Unit:
    before = len(cells.faults)
    code, name, category = cells.code(), cells.text("name"), cells.text("category")
    if not code and not any(fault.blocks for fault in cells.faults[before:]):
        text = f"the code of {name or 'this row'} is missing; write one that no other unit has"
        cells.fault("code", text, f"{name or '本行'}缺少编号；请填写不与其他单位重复的编号", blocks=True)
    if not name:
        cells.fault(
            "name", f"the name of {code or 'this row'} is missing", f"{code or '本行'}缺少单位名称", blocks=True
        )
    if category and category not in categories:
        known = " ".join(categories)
        cells.fault(
            "category",
            f"the category {category!r} is not known; write one of {known}, or name others in [campaign] categories",
            f"类别“{category}”无法识别；请填写 {known} 之一",
            blocks=True,
        )
    return Unit(
        code=code,
        name=name,
        short_name=cells.text("short_name"),
        category=category,
        aliases=cells.names("aliases"),
        emails=cells.addresses(),
        quota=cells.number("quota"),
        required=cells.yes("required"),
        sort_no=cells.number("sort_no") or cells.row,
        valid_from=cells.day("valid_from"),
        valid_to=cells.day("valid_to"),
        successor=cells.text("successor") or None,
    )


def _check_codes(units: Sequence[tuple[RowCells, Unit]]) -> None:
    """That every code stands there once; that no number has lost the zeros that other codes begin with."""
    rows = defaultdict[str, list[RowCells]](list)
    for cells, unit in units:
        if unit.code:
            rows[unit.code].append(cells)
    for code, found in rows.items():
        for again in found[1:]:
            again.fault(
                "code",
                f"the code {code} stands there more than once, first in row {found[0].row}; every unit needs its own",
                f"编号 {code} 与第{found[0].row}行重复；每个单位须有自己的编号",
                blocks=True,
            )
    zeros = max((len(code) for code in rows if code.startswith("0") and code.isdecimal()), default=0)
    for code, found in rows.items():
        cell = cell_at(found[0].columns, found[0].row, found[0].columns.fields["code"][0])
        if cell and cell.kind == "number" and len(code) < zeros:
            meant = code.zfill(zeros)
            found[0].fault(
                "code",
                f"the code is the number {code}, while other codes begin with zeros; was it {meant}?",
                f"编号为数值 {code}，而其他编号以 0 开头；是否应为 {meant}？",
                Severity.WARNING,
                blocks=False,
            )


def _check_names(units: Sequence[tuple[RowCells, Unit]]) -> None:
    """That no two units have one name at the same time: nobody could tell whose a table with that name is."""
    rows = defaultdict[str, list[tuple[RowCells, Unit]]](list)
    for cells, unit in units:
        if unit.name:
            rows[unit.name].append((cells, unit))
    for name, found in rows.items():
        for place, (again, unit) in enumerate(found):
            first = next((one for one, other in found[:place] if _meet(unit, other) and unit.code != other.code), None)
            if first:
                again.fault(
                    "name",
                    f"the name {name} stands there more than once, first in row {first.row}: a table with this name "
                    "waits for a person; give each unit its own",
                    f"单位名称“{name}”与第{first.row}行重复，以该名称报送的表须人工核对；请区分名称",
                    Severity.WARNING,
                    blocks=False,
                )


def _meet(one: Unit, other: Unit) -> bool:
    """Whether two units exist on the same day."""
    return (one.valid_from or date.min) <= (other.valid_to or date.max) and (other.valid_from or date.min) <= (
        one.valid_to or date.max
    )


def _check_categories(columns: Columns, units: Sequence[tuple[RowCells, Unit]]) -> None:
    """That no category is missing under one that stands above: a merged cell saved as CSV leaves the others empty."""
    above = ""
    for cells, unit in units:
        if above and not unit.category:
            cells.fault(
                "category",
                f"the category is empty while {above} stands above; where that cell was merged, write it in every row",
                f"类别为空，而上方为“{above}”；如原为合并单元格，请逐行填写",
                Severity.WARNING,
                blocks=False,
            )
        above = unit.category or above
