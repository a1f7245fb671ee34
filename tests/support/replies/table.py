"""The table that the replies of these tests are about, with the numbered findings of the letter they answer."""

from datetime import date

from parsers.forms import form as forms
from parsers.reading import Content, Period, Value
from parsers.replies import Row, Table
from parsers.replies.model import Numbered

FORM = forms.load("activities")
PERIOD = Period(date(2021, 5, 1), date(2021, 9, 30), date(2021, 9, 24))
TITLES = {
    "seq": "序号",
    "title": "活动名称",
    "date_start": "活动时间",
    "venue": "活动地点",
    "form_codes": "活动形式",
    "promoters": "宣传员人数",
    "enterprises": "走进企业数",
    "participants": "参加人数",
    "netizens_reached": "覆盖网民数",
    "remark": "备注",
}
LETTERS = dict(zip(TITLES, "ABCDEFGHIJ", strict=True))


def row(at: int, number: str, title: str, **contents: Content) -> Row:
    """A row of the table; a day stands for both ends."""
    if "date_start" in contents:
        contents["date_end"] = contents["date_start"]
    known: dict[str, Content] = {**dict.fromkeys((*TITLES, "date_end")), "seq": number, "title": title, **contents}
    values = {
        field: Value(content, "" if content is None else str(content), "Sheet1", f"{LETTERS[field]}{at}")
        if field in LETTERS
        else Value(content, "", None, None)
        for field, content in known.items()
    }
    return Row(at, values)


ROWS = (
    row(
        4, "1", "网络安全知识竞赛", date_start="2021-06-12", venue="文化中心一楼会议室", participants=120, promoters=10
    ),
    row(5, "2", "松照社区读书会", date_start="2021-06-20", venue="松照社区党群服务中心", participants=80),
    row(6, "3", "“争做好网民”主题演讲", date_start="2021-07-01", venue="二号会议室"),
    row(7, "4", "职工健步走", venue="滨河公园", participants=260),
    row(8, "5", "志愿服务进企业", date_start="2021-08-15", participants=45, enterprises=6),
    row(9, "6", "网络文明签名", date_start="2021-09-03", venue="体育馆广场", participants=500, netizens_reached=8000),
)
TABLE = Table(
    rows=ROWS,
    titles=TITLES,
    totals={"participants": Value(1005, "1005", "Sheet1", "H10")},
    header={
        "unit_raw": Value("海河街道总工会", "海河街道总工会", "Sheet1", "B2"),
        "phone": Value(None, "", "Sheet1", "H2"),
    },
    period=PERIOD,
    total_row=10,
)
FINDINGS = (
    Numbered(1, "participants", 6),
    Numbered(2, "date_start", 7),
    Numbered(3, "venue", 8),
    Numbered(4, "netizens_reached", 9, doubt=True),
    Numbered(5, "phone", None),
)
EMPTY = Table(period=PERIOD)
"""Nothing is registered."""
