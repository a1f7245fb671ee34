"""Reads the cells of one row of a roster by their kinds, and notes what is wrong with each."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime

from mailbot.campaigns.roster_addresses import addresses_in
from mailbot.campaigns.roster_columns import Columns
from mailbot.campaigns.roster_faults import Fault, Spot
from parsers.grid import Cell
from parsers.reading import Severity

YES = frozenset({"是", "yes", "y", "true", "1", "√", "✓", "必报", "应报"})
NO = frozenset({"否", "no", "n", "false", "0", "×", "✗", "不", "非必报", "不必报", "免报"})
_EXPONENT = re.compile(r"[+-]?\d+(?:\.\d+)?E[+-]\d+", re.IGNORECASE)
_WRITTEN_DAY = re.compile(
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}(?: \d{1,2}:\d{2}(?::\d{2})?)?|(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日)?|"
    r"(?:\d{1,2}-)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:-\d{1,4})?",
    re.IGNORECASE,
)
_BREAKS = re.compile(r"\s*[\r\n]+\s*")
_LONGEST_NUMBER = 11
"""Digits that a spreadsheet shows of a number in a cell without a format; a longer one turns into an exponent."""
_AS_TEXT = "format the column as text and write it again"
_AS_TEXT_TOLD = "请将该列设为文本格式后重新填写"


@dataclass
class RowCells:
    """The cells of one row, by the names of the columns. What is wrong is added to `faults`."""

    columns: Columns
    row: int
    faults: list[Fault]
    _struck: set[int] = field(default_factory=set)

    def text(self, name: str) -> str:
        """What stands there, without blanks around it and line breaks in it; "" where nothing does."""
        column = self._column(name)
        return self._text(column) if column else ""

    def code(self) -> str:
        """The code as it was written. One that a spreadsheet has turned into something else is a fault."""
        cell, column, text = self._cell("code"), self._column("code"), self.text("code")
        if cell is None or column is None or not text:
            return ""
        match cell.kind:
            case "date" | "time":
                text, meant = text.removesuffix(" 0:00:00").removesuffix(" 00:00:00"), _as_written(cell)
                self._fault(
                    "code",
                    f"the code is the {'day' if cell.kind == 'date' else 'time'} {text}: a spreadsheet has most likely "
                    f"made it from a code such as {meant}; {_AS_TEXT}",
                    f"编号变成了日期或时间“{text}”，原来可能是“{meant.replace(' or ', '”或“')}”之类；{_AS_TEXT_TOLD}",
                )
            case "number":
                return self._number_as_code(cell, text)
            case "text" if _EXPONENT.fullmatch(text):
                self._exponent(text, _expanded(text))
            case "text" if self._is_of_plain_text and _WRITTEN_DAY.fullmatch(text):
                self._fault(
                    "code",
                    f"the code is the day {text}: a spreadsheet has most likely made it from another code; write the "
                    "code again in a column of text, or with a letter before it",
                    f"编号“{text}”是日期，可能是表格软件自动转换所致；{_AS_TEXT_TOLD}",
                )
        return " ".join(unicodedata.normalize("NFKC", text).split())

    def addresses(self) -> tuple[str, ...]:
        """The mail addresses, also one that stands with the telephone number where no other does."""
        found: dict[str, str] = {}
        for column in self.columns.fields.get("emails", ()):
            here = addresses_in(self._text(column, keeps_lines=True))
            found |= {address.lower(): address for address in here.addresses if address.lower() not in found}
            for piece, text, told in here.bad:
                shown = piece if len(piece) <= 60 else f"{piece[:60]}…"
                self.faults.append(
                    Fault(
                        self._spot(column),
                        f"{shown!r} {text}; write one address such as office@example.org, several separated by ;",
                        f"“{shown}”{told}；请填写完整的邮箱地址，多个地址用分号分隔",
                        blocks=False,
                    )
                )
        if not found:
            for column in self.columns.fields.get("contact", ()):
                here = addresses_in(self._text(column, keeps_lines=True))
                found |= {address.lower(): address for address in here.addresses}
        return tuple(found.values())

    def names(self, name: str) -> tuple[str, ...]:
        """Several names in one cell, or in several columns."""
        cells = (self._text(column, keeps_lines=True) for column in self.columns.fields.get(name, ()))
        parts = (part.strip() for text in cells for part in re.split(r"[;；、，,|\n]", text))
        return tuple(dict.fromkeys(part for part in parts if part))

    def number(self, name: str) -> int | None:
        """A whole number that is not negative; None for an empty cell, and for a faulty one."""
        text, cell = unicodedata.normalize("NFKC", self.text(name)), self._cell(name)
        if not text:
            return None
        value = cell.value if cell and cell.kind == "number" else None
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 and float(value).is_integer():
            return int(value)
        if value is None and re.fullmatch(r"[0-9]{1,9}", digits := re.sub(r"(?<=\d)[场个次项]$", "", text)):
            return int(digits)
        self._fault(
            name,
            f"{self.text(name)!r} is no whole number; write one such as 2, or nothing",
            f"“{self.text(name)}”不是整数；请填写数字，或留空",
        )
        return None

    def yes(self, name: str) -> bool:
        """Whether a cell says yes; an empty one does."""
        text, cell = unicodedata.normalize("NFKC", self.text(name)).lower(), self._cell(name)
        if cell and text and cell.kind == "number" and cell.value in (0, 1):
            return cell.value == 1
        if text and text not in YES | NO:
            self._fault(
                name,
                f"{self.text(name)!r} is neither yes nor no; write one of 是, 否, yes, no, true, false, 1, 0, or "
                "nothing for 是",
                f"“{self.text(name)}”无法识别；请填写“是”或“否”，留空表示“是”",
            )
        return text not in NO

    def day(self, name: str) -> date | None:
        """A day; None for an empty cell, and for a faulty one."""
        text, cell = self.text(name), self._cell(name)
        if cell and isinstance(cell.value, datetime):
            return cell.value.date()
        found = _day(unicodedata.normalize("NFKC", text))
        if text and found is None:
            self._fault(
                name,
                f"{text!r} is no day; write one as 2021-05-01, or nothing",
                f"“{text}”不是日期；请按“2021-05-01”的样式填写，或留空",
            )
        return found

    def fault(self, name: str, text: str, told: str, severity: Severity = Severity.ERROR, *, blocks: bool) -> None:
        """Note what is wrong in one of the columns."""
        column = self._column(name)
        self.faults.append(Fault(self._spot(column), text, told, severity, blocks))

    def _fault(self, name: str, text: str, told: str) -> None:
        self.fault(name, text, told, blocks=True)

    def _spot(self, column: int | None) -> Spot:
        return Spot(self.columns.grid.name, self.row, column, self.columns.titles.get(column or 0, ""))

    def _column(self, name: str) -> int | None:
        return next(iter(self.columns.fields.get(name, ())), None)

    def _cell(self, name: str) -> Cell | None:
        column = self._column(name)
        return cell_at(self.columns, self.row, column) if column else None

    def _text(self, column: int, *, keeps_lines: bool = False) -> str:
        cell = cell_at(self.columns, self.row, column)
        if cell is None:
            return ""
        if cell.struck and column not in self._struck:
            self._struck.add(column)
            self.faults.append(
                Fault(
                    self._spot(column),
                    f"{cell.struck!r} is struck out or hidden, so it is not read; delete it, or lift the strike",
                    f"“{cell.struck}”带有删除线或被隐藏，未予读取；请删除或取消删除线",
                    Severity.WARNING,
                    blocks=False,
                )
            )
        if cell.value is None and cell.struck:
            return ""
        if cell.kind == "error":
            self.faults.append(
                Fault(
                    self._spot(column),
                    f"the cell holds {cell.shown or 'a formula without a result'}; write the value itself",
                    f"单元格为“{cell.shown or '没有结果的公式'}”；请直接填写内容",
                )
            )
            return ""
        text = cell.shown.strip()
        return text if keeps_lines or ("\n" not in text and "\r" not in text) else _BREAKS.sub("", text)

    @property
    def _is_of_plain_text(self) -> bool:
        """Whether a cell cannot say of what kind it is, as in a CSV file."""
        return not self.columns.grid.name

    def _number_as_code(self, cell: Cell, text: str) -> str:
        value = cell.value
        if not isinstance(value, int | float) or not float(value).is_integer():
            self._fault(
                "code",
                f"the code is the number {text}, of which a spreadsheet may have dropped zeros; {_AS_TEXT}",
                f"编号是小数“{text}”，末尾的 0 可能已丢失；{_AS_TEXT_TOLD}",
            )
            return text
        whole = str(int(value))
        if len(whole) > _LONGEST_NUMBER or _EXPONENT.fullmatch(text):
            self._exponent(f"{value:.{max(len(whole.rstrip('0')) - 1, 0)}E}", whole)
        return text if text.isdecimal() else whole

    def _exponent(self, text: str, whole: str) -> None:
        zeros = len(whole) - len(whole.rstrip("0"))
        short = f"{whole[: len(whole) - zeros]}E{zeros}" if 0 < zeros < len(whole) else ""
        meant = f"{short} or {whole}" if short else whole
        self._fault(
            "code",
            f"the code is the number {text}: a spreadsheet has most likely made it from {meant}; {_AS_TEXT}",
            f"编号变成了数值“{text}”，原来可能是“{meant.replace(' or ', '”或“')}”；{_AS_TEXT_TOLD}",
        )


def cell_at(columns: Columns, row: int, column: int) -> Cell | None:
    """The cell of that place; within one that is merged downwards, that one."""
    if cell := columns.grid.cells.get((row, column)):
        return cell
    merge = columns.merged_over(row, column)
    return columns.grid.cells.get((merge.top, merge.left)) if merge else None


def _day(text: str) -> date | None:
    written = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", text)
    try:
        return date(*map(int, written.groups())) if written else None
    except ValueError:
        return None


def _expanded(text: str) -> str:
    """1.2E+11 → 120000000000; "" where it would be no whole number, or a very long one."""
    mantissa, _, power = text.upper().partition("E")
    digits, places = mantissa.replace(".", "").lstrip("+"), len(mantissa.partition(".")[2])
    zeros = int(power[:6]) - places
    return digits + "0" * zeros if digits.isdecimal() and 0 <= zeros <= 30 else text


def _as_written(cell: Cell) -> str:
    """What a person may have typed that became this day or time."""
    value = cell.value
    if not isinstance(value, datetime):
        return "1:30"
    if value.day == 1:
        return f"{value.year}-{value.month} or {value:%b}{value.year % 100:02d}"
    return f"{value.month}-{value.day} or {value:%b}{value.day}"
