"""Builds sheets from rows of plain values, and reads them."""

from collections.abc import Sequence
from datetime import date, datetime

from parsers.document import read_tables
from parsers.forms.form import Form, load
from parsers.grid import Cell, Grid, Range
from parsers.reading import Content, Finding, Period, Reading

FORM = load("activities")
PERIOD = Period(date(2021, 5, 1), date(2021, 9, 30), date(2021, 9, 29))
TITLE = "2021年贯彻落实“12351+”计划目标任务开展线下活动统计表"
BLOCK = "填报单位（盖章）：新河街道总工会    填报人：林晓雨    联系电话：65300001    2021年9月20日"
LABELS = ("序号", "活动名称", "活动时间", "活动地点", "活动形式", "接触职工人数", "覆盖职工网民数", "备注")
FIRST = (1, "网络安全知识竞赛", "2021年6月15日", "职工之家", "知识竞赛", 300, 5000, None)
SECOND = (2, "好网民主题演讲", "2021年7月2日", "文化中心", "主题演讲", 120, 2000, "照片另附")

Plain = str | int | float | date | Cell | None


def cell(plain: Plain) -> Cell | None:
    """The cell that a program writes for a plain value; a text such as #REF! is an error."""
    match plain:
        case None | "":
            return None
        case Cell():
            return plain
        case str():
            return Cell(plain, "error" if plain.startswith("#") and plain.isupper() else "text", plain)
        case date():
            moment = datetime(plain.year, plain.month, plain.day)  # noqa: DTZ001 - spreadsheets know no time zones
            return Cell(moment, "date", plain.isoformat(), "yyyy-mm-dd")
        case _:
            return Cell(plain, "number", f"{plain:g}" if abs(plain) < 1000 else str(plain))


def grid(
    *rows: Sequence[Plain],
    name: str = "Sheet1",
    merges: Sequence[tuple[int, int, int, int]] = (),
    top: int = 1,
    left: int = 1,
    hidden: bool = False,
    hidden_rows: Sequence[int] = (),
) -> Grid:
    """A sheet whose first row is row `top` and whose first column is column `left`."""
    cells = {
        (row, column): one
        for row, values in enumerate(rows, start=top)
        for column, plain in enumerate(values, start=left)
        if (one := cell(plain))
    }
    ranges = tuple(Range(*merge) for merge in merges)
    return Grid(name, cells, ranges, hidden, frozenset(hidden_rows))


def whole(*rows: Sequence[Plain], labels: Sequence[Plain] = LABELS, block: str = BLOCK, **more: object) -> Grid:
    """A sheet with title, block, labels in row 3 and these rows from row 4 on."""
    return grid([TITLE], [block], labels, *rows, **more)  # type: ignore[arg-type] # passed through as they are


def read(*grids: Grid, form: Form = FORM, period: Period = PERIOD) -> Reading:
    """The only reading of these sheets."""
    (reading,) = read_tables(grids, [form], period)
    return reading


def contents(reading: Reading, field: str) -> list[Content]:
    """A field of every record."""
    return [record.values[field].content for record in reading.records]


def titles(reading: Reading) -> list[Content]:
    """What the activities are called."""
    return contents(reading, "title")


def codes(reading: Reading) -> list[str]:
    """The codes of all findings."""
    return [finding.code for finding in reading.findings]


def only(reading: Reading, code: str) -> Finding:
    """The one finding with that code."""
    (finding,) = [finding for finding in reading.findings if finding.code == code]
    return finding
