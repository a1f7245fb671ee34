"""Tables about something else beside the form, and tables that only share words with it."""

import pytest

from parsers.document import read_tables
from parsers.forms import page
from parsers.forms.form import Form
from parsers.grid import Grid
from parsers.layout import Layout
from support.tables import BLOCK, FIRST, FORM, LABELS, PERIOD, SECOND, TITLE, Plain, grid, only, read, titles, whole

PLAN = (
    ["下季度活动计划"],
    ("序号", "活动名称", "活动时间", "活动地点", "预计人数", "负责人"),
    (1, "冬季宣讲", "2021年12月1日", "礼堂", 500, "某某"),
    (2, "冬季义诊", "2021年12月9日", "社区", 600, "某某"),
)
PHOTOS = (
    ["照片清单"],
    ("序号", "活动名称", "活动时间", "活动地点", "照片"),
    (*FIRST[:4], "1.jpg"),
    (*SECOND[:4], "2.jpg"),
)
SIGNED = (["签到表"], ("序号", "姓名", "单位", "签名"), (1, "甲某", "一车间", "甲某"), (2, "乙某", "二车间", "乙某"))


@pytest.mark.parametrize(("other", "called"), [(PLAN, "下季度活动计划"), (PHOTOS, "照片清单"), (SIGNED, "签到表")])
def test_a_sheet_about_something_else_counts_nothing_and_is_named_once(
    other: tuple[tuple[Plain, ...], ...], called: str
) -> None:
    reading = read(whole(FIRST, SECOND, name="统计表"), grid(*other, name="另表"))
    assert titles(reading) == ["网络安全知识竞赛", "好网民主题演讲"]
    found = only(reading, "other-sheets")
    assert found.severity == "notice"
    assert f"“另表”（{called}）" in found.text
    assert len(reading.findings) == 1


def test_several_such_sheets_are_named_in_one_sentence() -> None:
    reading = read(whole(FIRST, SECOND), grid(*PLAN, name="计划"), grid(*SIGNED, name="签到"))
    assert "“计划”（下季度活动计划）、“签到”（签到表）" in only(reading, "other-sheets").text


def test_a_second_sheet_with_more_activities_counts_whatever_its_title() -> None:
    more = ([f"{'附页'}"], LABELS, (3, "网络文明义诊", "2021年8月1日", "广场", "公益", 90, 900, None))
    reading = read(whole(FIRST, SECOND, name="一"), grid(*more, name="二"))
    assert titles(reading) == ["网络安全知识竞赛", "好网民主题演讲", "网络文明义诊"]


def test_a_plan_alone_in_its_file_is_read_and_left_to_the_judgement() -> None:
    assert titles(read(grid(*PLAN))) == ["冬季宣讲", "冬季义诊"]


@pytest.mark.parametrize(
    "labels",
    [
        ("序号", "名称", "时间", "地点", "类型", "备注"),
        ("编号", "项目名称", "开始日期", "结束日期", "内容", "数量"),
        ("序号", "贷款方式", "规模", "起始日期", "终止日期"),
    ],
)
def test_a_list_that_only_shares_words_of_any_table_is_no_table_of_the_form(labels: tuple[str, ...]) -> None:
    rows = [(n, "甲", "2021年6月1日", "2021年6月2日", "一类", 5)[: len(labels)] for n in range(1, 6)]
    assert read_tables([grid(["某某台账"], labels, *rows)], [FORM], PERIOD) == ()


def test_under_the_title_of_the_form_such_labels_are_the_forms() -> None:
    labels = ("序号", "名称", "时间", "地点", "类型", "人数")
    rows = [(n, f"读书会{n}", f"2021年6月{n}日", "礼堂", "其他", 5) for n in range(1, 4)]
    assert len(read(grid([TITLE], [BLOCK], labels, *rows)).records) == 3


@pytest.mark.parametrize("forms", [1, 5, 20])
def test_each_sheet_is_analysed_once_whatever_the_number_of_forms(monkeypatch: pytest.MonkeyPatch, forms: int) -> None:
    analysed: list[str] = []
    real = page.analyse

    def counted(sheet: Grid) -> Layout:
        analysed.append(sheet.name)
        return real(sheet)

    monkeypatch.setattr(page, "analyse", counted)
    several: list[Form] = [FORM] * forms
    read_tables([whole(FIRST, name="一"), whole(SECOND, name="二")], several, PERIOD)
    assert analysed == ["一", "二"]


def test_the_form_is_found_among_fifty_sheets() -> None:
    others = [
        grid(("编号", "物品", "存放处"), *((n, f"物品{n}", "库房") for n in range(1, 9)), name=f"库存{k}")
        for k in range(49)
    ]
    reading = read(*others[:25], whole(FIRST, SECOND, name="统计表"), *others[25:])
    assert titles(reading) == ["网络安全知识竞赛", "好网民主题演讲"]
    assert "“库存0”" in only(reading, "other-sheets").text
