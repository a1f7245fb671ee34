"""What is wrong or odd in a roster's file: each fault with its place, for the operator and for staff."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parsers.grid import column_letters
from parsers.reading import Severity


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in the file: the sheet, where it has a name, and what is known of row and column."""

    sheet: str = ""
    row: int | None = None
    column: int | None = None
    heading: str = ""

    def in_english(self, source: str) -> str:
        """(units.xlsx) sheet 名录 row 5 column F (emails)."""
        parts = [source] + [f"sheet {self.sheet}"] * bool(self.sheet) + [f"row {self.row}"] * bool(self.row)
        if self.column:
            parts.append(f"column {column_letters(self.column)}" + (f" ({self.heading})" if self.heading else ""))
        return " ".join(parts)

    def in_chinese(self) -> str:
        """工作表“名录”第5行F列（邮箱）."""
        text = f"工作表“{self.sheet}”" if self.sheet else ""
        text += f"第{self.row}行" if self.row else ""
        if self.column:
            text += f"{column_letters(self.column)}列" + (f"（{self.heading}）" if self.heading else "")
        return text


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. Where it `blocks`, the file is no roster until it is put right; else its row is used without it.

    `text` says in English what is wrong and what would be right; `told` says the same in Chinese.
    """

    spot: Spot
    text: str
    told: str
    severity: Severity = Severity.ERROR
    blocks: bool = True

    def sentence(self, source: str) -> str:
        """For the operator, with the name of the file."""
        return f"{self.spot.in_english(source)}: {self.text}"

    def line(self) -> str:
        """For staff, without the name of the file."""
        place = self.spot.in_chinese()
        return f"{place}：{self.told}" if place else self.told


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Each once, what blocks first, then by severity, and by place among its like."""
    order: Sequence[Severity] = list(Severity)
    return tuple(
        sorted(
            dict.fromkeys(faults),
            key=lambda f: (not f.blocks, order.index(f.severity), f.spot.row or 0, f.spot.column or 0),
        )
    )
