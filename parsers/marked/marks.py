"""What is marked in a workbook, and why one cannot be."""

from dataclasses import dataclass

from parsers.reading import Unreadable


@dataclass(frozen=True, slots=True)
class Mark:
    """One cell to mark: its sheet's name, its place such as D5, and what its comment says."""

    sheet: str
    cell: str
    text: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A marked workbook. `left_out`: marks that found no place (a sheet of charts, no such sheet), in their order."""

    content: bytes
    left_out: tuple[Mark, ...] = ()


class NotMarkable(Unreadable):
    """A workbook stays as it is; its text is the reason, one Chinese phrase."""

    def __init__(self, why: str) -> None:
        super().__init__("not-markable", why)
