"""What a cell holds where its display says something else or less: 12.6 that is shown as 13, a day shown as 6月."""

import re
from collections import Counter
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from parsers.grid import Cell
from parsers.values import folded, written

_FIGURE = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+")
_SCALES = {"%": -2, "‰": -3, "十": 1, "百": 2, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8}
_SCALE = re.compile(r" ?(百万|千万|[%‰十百千万亿])")
_DASHES = frozenset("-—–―")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def stored(cell: Cell) -> str:
    """The number in all its digits, the day, or the text; "" where the display tells it already. Total."""
    if cell.kind == "number" and isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        return "" if _tells_number(folded(cell.shown), written(cell.value)) else digits(cell.value)
    if cell.kind == "date" and isinstance(cell.value, date):
        return "" if _tells_day(folded(cell.shown), cell.value) else _in_words(cell.value)
    if cell.kind == "text" and isinstance(cell.value, str):
        return "" if folded(cell.value) == folded(cell.shown) else folded(cell.value)
    return ""


def digits(number: float) -> str:
    """All digits of a number as a spreadsheet keeps it, without an exponent: 110101199001011000, 0.00000015."""
    text = format(written(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _tells_number(shown: str, number: Decimal) -> bool:
    """Whether the one figure of a display is the number; a dash stands for 0."""
    if not number and shown and set(shown.replace(" ", "")) <= _DASHES:
        return True
    try:
        figures = list(_FIGURE.finditer(shown))
        if len(figures) != 1:
            return False
        scale = _SCALE.match(shown, figures[0].end())
        figure = Decimal(figures[0][0].replace(",", "")).scaleb(_SCALES[scale[1]] if scale else 0)
    except InvalidOperation:
        return False
    return figure == abs(number)


def _tells_day(shown: str, day: date) -> bool:
    """Whether year, month and day can be read off a display, in whatever order."""
    if re.sub(r"\D", "", shown).startswith(f"{day:%Y%m%d}"):
        return True
    numbers = Counter(int(figure) for figure in re.findall(r"[0-9]{1,4}", shown))
    numbers.update(n for n, name in enumerate(_MONTHS, start=1) if name in shown.lower())
    needed = Counter((day.month, day.day))
    return any(needed + Counter((year,)) <= numbers for year in (day.year, day.year % 100))


def _in_words(value: date) -> str:
    day = f"{value.year}年{value.month}月{value.day}日"
    return f"{day}{value:%H:%M}" if isinstance(value, datetime) and (value.hour or value.minute) else day
