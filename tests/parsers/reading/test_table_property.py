"""Properties of reading: a table gives the same activities in every layout, and any sheet is read without an error."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest

from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.document import read_tables
from parsers.forms.form import Column
from parsers.grid import Grid, Range
from parsers.reading import Content, Severity
from support.tables import FORM, PERIOD, TITLE, Plain, cell, grid

UNIT, REPORTER, PHONE = "新河街道总工会", "林晓雨", "65300001"
TEXTS = {
    "title": ("网络安全知识竞赛", "好网民主题演讲", "文明上网进社区", "清朗网络讲座", "合计划健步走", "例行宣传活动"),
    "venue": ("职工之家", "滨海文化中心", "第三车间休息区", "公司一楼会议室"),
    "form_codes": ("知识竞赛", "主题演讲", "志愿服务"),
    "content": ("发放宣传折页，讲解典型案例", "围绕依法上网互动答疑"),
    "online_promo": ("公众号推送一篇", "微信群转发"),
    "remark": ("照片另附", "首次举办"),
}
CODES = {"知识竞赛": ("quiz",), "主题演讲": ("speech",), "志愿服务": ("volunteer",)}
NOISE: tuple[tuple[Plain, ...], ...] = (
    (),
    ("（一）线下活动",),
    ("二、第二季度",),
    ("注：人数指现场参加人数，不少于30人。",),
    ("（盖章）",),
    ("2021年9月20日",),
    ("※ 请核对后报送",),
    ("审核人：高远",),
)
"""Rows between activities that are none."""
COUNTS = ("grassroots_unions", "promoters", "enterprises")
COLUMNS = {column.field: column for column in FORM.column if column.layout == "any" and column.field != "date_end"}
ALWAYS = ("title", "date_start", "venue", "participants")


@dataclass(frozen=True)
class Layout:
    """One way to draw a table, and what must come back."""

    sheet: Grid
    wanted: list[dict[str, Content]]


@st.composite
def rows(draw: st.DrawFn, fields: Sequence[str]) -> list[dict[str, Plain]]:
    titles = draw(st.lists(st.sampled_from(TEXTS["title"]), min_size=1, max_size=5, unique=True))
    return [draw(row(title, fields, number)) for number, title in enumerate(titles, start=1)]


@st.composite
def row(draw: st.DrawFn, title: str, fields: Sequence[str], number: int) -> dict[str, Plain]:
    people = draw(st.integers(1, 5000))
    values: dict[str, Plain] = {field: draw(st.sampled_from(texts)) for field, texts in TEXTS.items()}
    values |= {field: draw(st.integers(1, 60)) for field in COUNTS}
    values |= {"seq": number, "title": title, "participants": people}
    values["netizens_reached"] = people + draw(st.integers(0, 90000))
    values["date_start"] = PERIOD.starts_on + timedelta(days=draw(st.integers(0, 140)))
    return {field: values[field] for field in fields}


@st.composite
def label(draw: st.DrawFn, column: Column) -> str:
    """A title of the column as people write it."""
    word = draw(st.sampled_from((column.title, column.title, *column.synonyms)))
    if column.need == "must" and draw(st.booleans()):
        word = f"*{word}"
    if column.unit and draw(st.booleans()):
        word = f"{word}（{column.unit}）"
    if len(word) > 4 and draw(st.booleans()):
        word = f"{word[:2]}\n{word[2:]}"
    return word


def written(value: Plain, style: str) -> Plain:
    """A day as a date cell or as a text."""
    if not isinstance(value, date) or style == "cell":
        return value
    return f"{value.year}年{value.month}月{value.day}日" if style == "text" else value.strftime("%Y.%m.%d")


def expected(values: dict[str, Plain]) -> dict[str, Content]:
    wanted: dict[str, Content] = {}
    for field, value in values.items():
        if field == "date_start" and isinstance(value, date):
            wanted["date_start"] = wanted["date_end"] = value.isoformat()
        elif field == "form_codes":
            wanted[field] = CODES[str(value)]
        elif field != "seq":
            wanted[field] = value  # type: ignore[assignment]
    return wanted


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    optional = [field for field in COLUMNS if field not in ALWAYS]
    fields = draw(st.permutations([*ALWAYS, *draw(st.lists(st.sampled_from(optional), unique=True))]))
    found = draw(rows(fields))
    labels = [draw(label(COLUMNS[field])) for field in fields]
    style = draw(st.sampled_from(("cell", "text", "dots")))
    body: list[list[Plain]] = [[written(values[field], style) for field in fields] for values in found]
    if draw(st.booleans()):
        body = [line for values in body for line in (values, [])]
    sums: list[Plain] = [sum(v[f] for v in found) if COLUMNS[f].kind == "count" else None for f in fields]  # type: ignore[misc]
    place = next((i for i, field in enumerate(fields) if field in ("seq", "title")), 0)
    sums[place] = draw(st.sampled_from(("合计", "总 计", "共计：")))
    for _ in range(draw(st.integers(0, 2))):
        body.insert(draw(st.integers(0, len(body))), list(draw(st.sampled_from(NOISE))))
    match draw(st.sampled_from(("none", "above", "below"))):
        case "above":
            body.insert(0, sums)
        case "below":
            body.append(sums)
    header, merges = draw(headers(labels))
    above, below = draw(blocks())
    notes = draw(
        st.sampled_from(
            ([], [[], ["填表说明：1.人数填阿拉伯数字，如300；2.日期如2021年6月1日。"]], [["注：现场不少于30人"]])
        )
    )
    start = draw(st.integers(1, 4))
    left = draw(st.integers(1, 4))
    top = start + len(above)
    ranges = [(top + a, left + b, top + c, left + d) for a, b, c, d in merges]
    sheet = grid(*above, *header, *body, *below, *notes, top=start, left=left, merges=ranges)
    return Layout(sheet, [expected(values) for values in found])


@st.composite
def headers(draw: st.DrawFn, labels: list[str]) -> tuple[list[list[Plain]], list[tuple[int, int, int, int]]]:
    """One row of labels, or two where some stand under a common one."""
    if len(labels) < 6 or draw(st.booleans()):
        return [list(labels)], []
    first = draw(st.integers(1, len(labels) - 2))
    last = draw(st.integers(first + 1, len(labels) - 1))
    upper: list[Plain] = [None if first <= i <= last else text for i, text in enumerate(labels)]
    upper[first] = "“12351+”任务完成情况"
    lower: list[Plain] = [text if first <= i <= last else None for i, text in enumerate(labels)]
    merges = [(0, i, 1, i) for i in range(len(labels)) if not first <= i <= last]
    return [upper, lower], [(0, first, 0, last), *merges]


@st.composite
def blocks(draw: st.DrawFn) -> tuple[list[list[Plain]], list[list[Plain]]]:
    """The rows above the header and those under the table."""
    entries = [
        [f"填报单位（盖章）：{UNIT}    填报人：{REPORTER}    联系电话：{PHONE}    2021年9月20日"],
        ["填报单位", UNIT, "填表人", REPORTER, "电话", PHONE],
        [f"填报单位：{UNIT}", None, f"填报人：{REPORTER}", None, f"联系电话：{PHONE}"],
    ]
    entry: list[Plain] = list(draw(st.sampled_from(entries)))
    above: list[list[Plain]] = [["附件1"], [TITLE]] if draw(st.booleans()) else [[TITLE]]
    return ([*above, entry], []) if draw(st.booleans()) else (above, [entry])


@st.composite
def turned_layouts(draw: st.DrawFn) -> Layout:
    """Labels down the side: one activity in each column, or for a single one two labels in a row."""
    optional = [field for field in COLUMNS if field not in (*ALWAYS, "seq")]
    fields = draw(st.permutations([*ALWAYS, *draw(st.lists(st.sampled_from(optional), unique=True))]))
    found = draw(rows(fields))
    style = draw(st.sampled_from(("cell", "text", "dots")))
    drawn = [[draw(label(COLUMNS[f])), *(written(values[f], style) for values in found)] for f in fields]
    if len(found) == 1 and draw(st.booleans()):
        drawn = [[*left, *right] for left, right in zip_longest(drawn[::2], drawn[1::2], fillvalue=[])]
    elif draw(st.booleans()):
        drawn.insert(0, ["序号", *range(1, len(found) + 1)])
    above, below = draw(blocks())
    width = draw(st.integers(1, 6))
    merges = [(1, 1, 1, width)] if width > 1 else []
    return Layout(grid(*above, *drawn, *below, merges=merges), [expected(values) for values in found])


@settings(max_examples=150, deadline=None)
@given(st.one_of(layouts(), turned_layouts()))
def test_a_clean_table_reads_back_as_the_same_activities(layout: Layout) -> None:
    (reading,) = read_tables([layout.sheet], [FORM], PERIOD)
    got = [{field: value.content for field, value in record.values.items()} for record in reading.records]
    assert got == layout.wanted
    assert [reading.header[field].content for field in ("unit_raw", "reporter", "phone")] == [UNIT, REPORTER, PHONE]
    assert [finding for finding in reading.findings if finding.severity is not Severity.NOTICE] == []


@settings(max_examples=100, deadline=None)
@given(st.one_of(layouts(), turned_layouts()))
def test_every_value_is_what_stands_in_its_cell(layout: Layout) -> None:
    (reading,) = read_tables([layout.sheet], [FORM], PERIOD)
    shown = {at(row, column): one.shown for (row, column), one in layout.sheet.cells.items()}
    for record in reading.records:
        assert all(value.raw == shown[value.cell or ""] for value in record.values.values())


def at(row: int, column: int) -> str:
    return f"{chr(ord('A') + column - 1)}{row}"


WORDS = ("合计", "例：", "无", "填报单位：", "2021年6月1日", "数百人", "注：", "（一）", "#REF!", "单位", TITLE)
ANY_TEXT = st.one_of(
    st.sampled_from([word for column in FORM.column for word in (column.title, *column.synonyms[:3])]),
    st.sampled_from(WORDS),
    st.text(max_size=12),
)
ANY_PLAIN = st.one_of(st.none(), ANY_TEXT, st.integers(-5, 10**6), st.floats(allow_nan=False), st.dates())


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(ANY_PLAIN, max_size=9), max_size=12),
    st.lists(st.tuples(*(st.integers(1, 9) for _ in range(4))), max_size=5),
)
def test_any_sheet_is_read_without_a_fault_of_the_program(
    sheet_rows: list[list[Plain]], corners: list[tuple[int, int, int, int]]
) -> None:
    merges = tuple(Range(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in corners)
    cells = {
        (row, column): one
        for row, values in enumerate(sheet_rows, start=1)
        for column, plain in enumerate(values, start=1)
        if (one := cell(plain))
    }
    for reading in read_tables([Grid("Sheet1", cells, merges)], [FORM], PERIOD):
        for finding in reading.findings:
            assert finding.text
            assert finding.record is None or finding.record < len(reading.records)
            assert finding.field is None or FORM.find(finding.field) or finding.field == "date_end"
