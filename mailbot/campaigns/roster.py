"""Which unit it is: exact names, names without their official trimmings, and names that stand in a text.

Never by similarity: the district's names differ by one character (domain.md section 0, point 6).
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby

from mailbot.domain.campaign import Unit
from mailbot.domain.errors import ConfigError
from parsers.formats.read_file import read_grids
from parsers.grid import Grid, address
from parsers.reading import Severity, Unreadable

CATEGORIES = ("开发区", "街镇", "系统", "直属", "驻区")
"""In the order of every list (contract, Config)."""

COLUMNS = ("code", "name", "short_name", "category", "aliases", "emails", "quota", "required", "sort_no")
MORE_COLUMNS = ("valid_from", "valid_to", "successor")

# domain.md 3.2: what stands before and behind the name proper; longest first, so that one pass takes the whole
PREFIXES = ("天津市滨海新区", "天津滨海新区", "中共天津市", "滨海新区", "天津市", "天津", "新区", "中共", "区")
SUFFIXES = (
    "工会工作委员会", "工会联合会", "工会委员会", "群团工作部", "管理委员会", "联合工会", "人民政府", "总工会",
    "办事处", "镇政府", "管委会", "党群办", "党建办", "工会",
)  # fmt: skip

SHORTEST_BARE = 4
"""Characters: the place is part of the name where less would be left of it (天津港 is not 港)."""

# what may touch a name in running text without making it another name
_BEFORE = re.compile(
    r"(?:[^\u4e00-\u9fff]|^|天津市?|滨海新区|新区|报送|上报|关于|来自|提交|补报|更正|的|及|和|与|由|[、，：])$"
)
_AFTER = re.compile(
    r"(?:[^\u4e00-\u9fff]|$|总?工会|工会|街|镇|街道|集团|公司|办事处|人民政府|管委会|群团|统计表|好网民|线下|活动|报送|上报|开展|"
    r"附件|信息|网聚|终版|更正|补报|的|及|和|与)"
)
# what makes a name in running text a place that was visited, or somebody else who took part, and not who writes
_VISITED = re.compile(
    r"(?:走[进入]|送\S{0,4}进|(?<![推促先引改增跟演前])进|赴|前往|深入|走访|慰问|参观|(?<!收)到|(?<!存)在|(?<![关由自])于|"
    r"联合|携手|会同|协同|帮扶|支援|援助|邀请|对接|抄送|抄报|请转|转交)$"
)
_HELD_THERE = re.compile(r"(?:总?工会)?(?:站(?!长)|专场|分会场|礼堂|会议室|体育馆|操场|食堂|门前|广场)")


@dataclass(frozen=True, slots=True)
class Match:
    """What a piece of text says about the unit: one unit, or several that it may mean, or none of the roster."""

    units: tuple[Unit, ...] = ()

    @property
    def unit(self) -> Unit | None:
        """The one unit, else None."""
        return self.units[0] if len(self.units) == 1 else None


@dataclass(frozen=True)
class Roster:
    """The units of a campaign, in the order in which every list names them."""

    units: tuple[Unit, ...]

    def on(self, day: date) -> "Roster":
        """Those that exist on that day; who took over from a unit that has ended bears its names too.

        A name that a living unit bears itself is left to that unit.
        """
        living = tuple(unit for unit in self.units if _exists(unit, day))
        borne = {squeeze(name) for unit in living for name in _names(unit)}
        inherited: dict[str, list[str]] = {}
        for unit in self.units:
            heir = self._heir(unit, day)
            if heir:
                inherited.setdefault(heir, []).extend(name for name in _names(unit) if squeeze(name) not in borne)
        return Roster(tuple(replace(u, aliases=(*u.aliases, *inherited.get(u.code, ()))) for u in living))

    def _heir(self, unit: Unit, day: date) -> str | None:
        """The code of who took over from a unit that has ended by that day, over as many steps as it took."""
        passed: set[str] = set()
        heir: Unit | None = unit
        while heir and heir.valid_to and heir.valid_to < day and heir.code not in passed:
            passed.add(heir.code)
            heir = self.get(heir.successor)
        return heir.code if heir and heir is not unit and _exists(heir, day) else None

    def __getitem__(self, code: str) -> Unit:
        return self._by_code[code]

    def get(self, code: str | None) -> Unit | None:
        """The unit of that code, or None."""
        return self._by_code.get(code) if code else None

    def named(self, text: str) -> Match:
        """The units whose name, alias or stripped name equals the text (as in a cell that holds a unit)."""
        squeezed = squeeze(text)
        exact = self._exact.get(squeezed, ())
        if exact:
            return Match(exact)
        stripped: dict[str, Unit] = {}
        for form in _forms(squeezed):
            stripped |= {unit.code: unit for unit in self._stripped.get(form, ())}
        return Match(tuple(stripped.values()))

    def mentioned(self, text: str) -> Match:
        """The units whose name stands in running text: the longest name at each place, never inside a longer one.

        天津港 in 天津港保税区 is no mention of 天津港; a short name that runs on into other words is none either, nor
        is a place that was visited: 走进第一中学, 第一中学专场.
        """
        squeezed = squeeze(text)
        spots = sorted(self._spots(squeezed), key=lambda spot: (spot[0] - spot[1], spot[0]))
        taken: list[tuple[int, int]] = []
        found: dict[str, Unit] = {}
        for start, end, units in spots:
            if any(s <= start and end <= e for s, e in taken):
                continue
            taken.append((start, end))
            if _stands_alone(squeezed, start, end) and not _is_place(squeezed, start, end):
                found |= {unit.code: unit for unit in units}
        return Match(tuple(found.values()))

    def alike(self, text: str) -> tuple[Unit, ...]:
        """Units whose names contain the text or lie in it: what a person may choose from, nothing more."""
        core = _without(squeeze(text), PREFIXES, SUFFIXES)
        if len(core) < 2:
            return ()
        return tuple(u for u in self.units if any(core in name or name in core for name in map(squeeze, _names(u))))

    def registered(self, sender: str) -> tuple[Unit, ...]:
        """The units that list this address."""
        return self._by_email.get(sender.lower(), ())

    def _spots(self, text: str) -> Iterator[tuple[int, int, tuple[Unit, ...]]]:
        for name, units in self._in_text.items():
            start = text.find(name)
            while start >= 0:
                yield start, start + len(name), units
                start = text.find(name, start + 1)

    @cached_property
    def _by_code(self) -> Mapping[str, Unit]:
        return {unit.code: unit for unit in self.units}

    @cached_property
    def _by_email(self) -> Mapping[str, tuple[Unit, ...]]:
        return _index(self.units, lambda unit: (email.lower() for email in unit.emails))

    @cached_property
    def _exact(self) -> Mapping[str, tuple[Unit, ...]]:
        return _index(self.units, lambda unit: map(squeeze, _names(unit)))

    @cached_property
    def _stripped(self) -> Mapping[str, tuple[Unit, ...]]:
        return _index(
            self.units, lambda unit: (form for name in _names(unit) for form in _forms(squeeze(name), SHORTEST_BARE))
        )

    @cached_property
    def _in_text(self) -> Mapping[str, tuple[Unit, ...]]:
        def names(unit: Unit) -> Iterator[str]:
            for name in map(squeeze, _names(unit)):
                yield name
                yield _without(name, (), SUFFIXES)

        return {name: units for name, units in _index(self.units, names).items() if len(name) >= 2}


def squeeze(text: str) -> str:
    """A name for comparison: full width folded, blanks, invisible marks and a trailing （盖章） dropped, 街道 as 街."""
    folded = unicodedata.normalize("NFKC", text)
    folded = re.sub(r"[\s\u200b-\u200f\u202a-\u202e\ufeff]+", "", folded)
    folded = re.sub(r"\((?:盖章|公章|章|签章)\)", "", folded)
    return folded.strip("_-:;,.。、").upper().replace("街道", "街")


def _exists(unit: Unit, day: date) -> bool:
    return (unit.valid_from is None or unit.valid_from <= day) and (unit.valid_to is None or day <= unit.valid_to)


def _names(unit: Unit) -> tuple[str, ...]:
    return tuple(filter(None, (unit.name, unit.short_name, *unit.aliases)))


def _forms(name: str, shortest_bare: int = 1) -> set[str]:
    """A squeezed name without its trimmings, with and without what stands before the name proper."""
    behind = _without(name, (), SUFFIXES)
    bare = _without(name, PREFIXES, SUFFIXES)
    return {behind, bare} if len(bare) >= shortest_bare else {behind}


def _without(name: str, prefixes: Iterable[str], suffixes: Iterable[str]) -> str:
    for prefix in prefixes:
        if name.startswith(prefix) and len(name) - len(prefix) >= 2:
            name = name.removeprefix(prefix)
            break
    changed = True
    while changed:
        changed = False
        for suffix in map(squeeze, suffixes):
            if name.endswith(suffix) and len(name) - len(suffix) >= 2:
                name, changed = name.removesuffix(suffix), True
                break
    # 街道办事处 squeezed and cut leaves 街; a name that was cut to 街办 is the same street
    return name.removesuffix("办") if name.endswith("街办") else name


def _stands_alone(text: str, start: int, end: int) -> bool:
    name = text[start:end]
    if len(name) >= 4 or name.endswith(("工会", "镇")):
        return True
    before_ok = _BEFORE.search(text[:start]) is not None
    return before_ok and (name.endswith("街") or _AFTER.match(text[end:]) is not None)


def _is_place(text: str, start: int, end: int) -> bool:
    return bool(_VISITED.search(text[max(0, start - 8) : start]) or _HELD_THERE.match(text[end:]))


def _index(units: Iterable[Unit], keys: Callable[[Unit], Iterable[str]]) -> dict[str, tuple[Unit, ...]]:
    index: dict[str, tuple[Unit, ...]] = {}
    for unit in units:
        for key in dict.fromkeys(keys(unit)):
            index[key] = (*index.get(key, ()), unit)
    return index


# ---------------------------------------------------------------- what a person should know of it


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about a unit that somebody should know. An ERROR has to be put right; the others may stay.

    `text` says what is, what follows from it, and what would be right.
    """

    severity: Severity
    unit: str
    """Its code; of several units the first one's."""
    text: str


def remarks(roster: Roster) -> tuple[Remark, ...]:
    """Everything that a person should know of a roster before mail is judged by it, what is wrong first.

    Units that never exist at the same time do not stand in each other's way.
    """
    ends = {unit.valid_to + timedelta(days=1) for unit in roster.units if unit.valid_to and unit.valid_to < date.max}
    starts = {unit.valid_from for unit in roster.units if unit.valid_from}
    states = [roster.on(day) for day in sorted({date.min} | starts | ends)]
    found = [
        *_impossible(roster),
        *(remark for state in states for remark in _ambiguous(state)),
        *_unreachable(roster),
        *(remark for state in states for remark in _shared_addresses(state)),
        *(remark for state in states for remark in _contained(state)),
    ]
    order = list(Severity)
    return tuple(sorted(dict.fromkeys(found), key=lambda remark: order.index(remark.severity)))


def _impossible(roster: Roster) -> Iterator[Remark]:
    for unit in roster.units:
        if unit.valid_from and unit.valid_to and unit.valid_from > unit.valid_to:
            yield Remark(
                Severity.ERROR,
                unit.code,
                f"valid_from {unit.valid_from} is after valid_to {unit.valid_to}, so {unit.name} never exists; "
                "put the earlier day into valid_from",
            )
        if not unit.successor:
            continue
        if roster.get(unit.successor) is None:
            yield Remark(
                Severity.ERROR,
                unit.code,
                f"the successor {unit.successor} is no code of this roster; write the code of the unit that took over, "
                "or nothing",
            )
        elif unit.code in _line(roster, unit):
            yield Remark(
                Severity.ERROR,
                unit.code,
                f"the successor {unit.successor} leads back to {unit.code}; write the code of the unit that exists now",
            )
        elif unit.valid_to is None:
            yield Remark(
                Severity.WARNING,
                unit.code,
                f"has the successor {unit.successor} and no end, so both owe a report; write valid_to",
            )


def _line(roster: Roster, unit: Unit) -> tuple[str, ...]:
    """The codes of those who took over from a unit, one after the other, until one comes again."""
    line: list[str] = []
    while unit.successor and unit.successor not in line and (heir := roster.get(unit.successor)):
        line.append(heir.code)
        unit = heir
    return tuple(line)


def _ambiguous(roster: Roster) -> Iterator[Remark]:
    for name in dict.fromkeys(written for unit in roster.units for written in _names(unit)):
        units = roster.named(name).units
        if len(units) > 1:
            yield Remark(
                Severity.WARNING,
                units[0].code,
                f"the name {name} may be any of {_listed(units)}: a table with this name alone waits for a person; "
                "leave it with one of them",
            )
        elif len(units := roster.mentioned(name).units) > 1:
            yield Remark(
                Severity.WARNING,
                units[0].code,
                f"the name {name} in a subject or a file's name may be any of {_listed(units)}: where nothing else "
                "tells the unit the mail waits for a person; leave it with one of them",
            )


def _unreachable(roster: Roster) -> Iterator[Remark]:
    for unit in roster.units:
        if unit.required and not unit.emails:
            yield Remark(
                Severity.NOTICE,
                unit.code,
                f"{unit.name} has no address, so it cannot be reminded; write one into emails",
            )


def _shared_addresses(roster: Roster) -> Iterator[Remark]:
    for email in dict.fromkeys(email.lower() for unit in roster.units for email in unit.emails):
        units = roster.registered(email)
        if len(units) > 1:
            yield Remark(
                Severity.NOTICE,
                units[0].code,
                f"{email} is the address of {_listed(units)}: it cannot tell which of them a table is from, "
                "so that has to stand in the table",
            )


def _contained(roster: Roster) -> Iterator[Remark]:
    bearers = {squeeze(name): (name, unit) for unit in roster.units for name in _names(unit)}
    pairs = (
        (short, longer)
        for short in sorted(bearers)
        for longer in sorted(bearers)
        if short in longer and bearers[short][1].code != bearers[longer][1].code
    )
    for short, found in groupby(pairs, key=lambda pair: pair[0]):
        name, unit = bearers[short]
        others = "、".join(f"{bearers[longer][0]} ({bearers[longer][1].code})" for _, longer in found)
        yield Remark(
            Severity.NOTICE, unit.code, f"the name {name} is part of {others}; where the longer one stands, it counts"
        )


def _listed(units: Iterable[Unit]) -> str:
    return "、".join(f"{unit.name} ({unit.code})" for unit in units)


# ---------------------------------------------------------------- reading the file


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
        f"{source} {address(1, column)}: unknown column {name!r}; known are {', '.join(COLUMNS + MORE_COLUMNS)}"
        for name, column in columns.items()
        if name and name not in COLUMNS + MORE_COLUMNS
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
    codes: Collection[str] = [unit.code for unit in units if unit.code]
    doubled = sorted({code for code in codes if list(codes).count(code) > 1})
    return [
        f"{source}: the code {code} stands there more than once; every unit needs one of its own" for code in doubled
    ]
