"""Reads the roster from `units.csv` or `units.xlsx`, and names every cell that is wrong."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from mailbot.campaigns.roster import CATEGORIES, Roster
from mailbot.domain.campaign import Unit
from mailbot.domain.errors import ConfigError
from parsers.formats.read_file import read_grids
from parsers.grid import Grid, address
from parsers.reading import Unreadable

COLUMNS = (
    *("code", "name", "short_name", "category", "aliases", "emails", "quota", "required", "sort_no"),
    *("valid_from", "valid_to", "successor"),
)


def read(content: bytes, source: str) -> Roster:
    """The roster from the bytes of `units.csv` or `units.xlsx` (contract, Config).

    Raises ConfigError with one sentence for each thing that is wrong, naming `source` and the cell.
    """
    try:
        grid = read_grids(content)[0]
    except (Unreadable, IndexError) as error:
        raise ConfigError([f"{source}: cannot be read as a table of units: {error}"]) from error
    columns = {grid.shown(1, column): column for row, column in grid.cells if row == 1}
    faults = [f"{source}: the column {name} is missing in row 1" for name in ("code", "name") if name not in columns]
    faults += [
        f"{source} {address(1, column)}: unknown column {name!r}; known are {', '.join(COLUMNS)}"
        for name, column in columns.items()
        if name and name not in COLUMNS
    ]
    if faults:
        raise ConfigError(faults)
    named = (columns["code"], columns["name"])
    rows = sorted({row for row, _ in grid.cells if row > 1 and any(grid.shown(row, column) for column in named)})
    units = [_unit(grid, row, columns, f"{source} row {row}", faults) for row in rows]
    faults += _clashes(units, source)
    if not units:
        faults.append(f"{source}: holds no unit; write one row for each, with code and name")
    if faults:
        raise ConfigError(faults)
    rank = {category: place for place, category in enumerate(CATEGORIES)}
    return Roster(tuple(sorted(units, key=lambda u: (rank.get(u.category, len(rank)), u.sort_no))))


def _unit(grid: Grid, row: int, columns: Mapping[str, int], where: str, faults: list[str]) -> Unit:
    def text(name: str) -> str:
        return grid.shown(row, columns[name]) if name in columns else ""

    def several(name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in re.split(r"[;；]", text(name)) if part.strip())

    def value(name: str) -> object:
        cell = grid.cells.get((row, columns[name])) if name in columns else None
        return cell.value if cell and cell.kind in ("number", "date") else text(name)

    def number(name: str) -> int | None:
        content = value(name)
        if content == "":
            return None
        if isinstance(content, str) and content.isdecimal():
            return int(content)
        if isinstance(content, int | float) and content >= 0 and float(content).is_integer():
            return int(content)
        faults.append(f"{where}: {name} is {text(name)!r}; write a whole number or nothing")
        return None

    def day(name: str) -> date | None:
        content = value(name)
        found = content.date() if isinstance(content, datetime) else _day(text(name))
        if content != "" and found is None:
            faults.append(f"{where}: {name} is {text(name)!r}; write a day as 2021-05-01 or nothing")
        return found

    if not text("code"):
        faults.append(f"{where}: the code of {text('name')} is missing; write one that no other unit has")
    if not text("name"):
        faults.append(f"{where}: the name of {text('code')} is missing")
    if text("category") and text("category") not in CATEGORIES:
        faults.append(f"{where}: the category is {text('category')!r}; write one of {' '.join(CATEGORIES)}")
    return Unit(
        code=text("code"),
        name=text("name"),
        short_name=text("short_name"),
        category=text("category"),
        aliases=several("aliases"),
        emails=several("emails"),
        quota=number("quota"),
        required=value("required") != 0 and text("required").lower() not in ("0", "否", "no", "false"),
        sort_no=number("sort_no") or row,
        valid_from=day("valid_from"),
        valid_to=day("valid_to"),
        successor=text("successor") or None,
    )


def _day(text: str) -> date | None:
    written = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)
    try:
        return date(*map(int, written.groups())) if written else None
    except ValueError:
        return None


def _clashes(units: Sequence[Unit], source: str) -> list[str]:
    times = Counter(unit.code for unit in units if unit.code)
    return [
        f"{source}: the code {code} stands there more than once; every unit needs one of its own"
        for code in sorted(times)
        if times[code] > 1
    ]
