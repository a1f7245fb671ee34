"""Which row, column and value a sentence means in tables of other shapes, and what comes with a change."""

from dataclasses import replace

import pytest

from parsers import replies
from parsers.reading import Value
from parsers.replies import Ask, Change, Numbered, Refused, Resolved, Table
from support.replies.table import FINDINGS, FORM, PERIOD, ROWS, TABLE, TITLES, row
from support.replies.truth import effects, others


def outcome(words: str, table: Table = TABLE, findings: tuple[Numbered, ...] = FINDINGS) -> tuple[Resolved, ...]:
    return replies.resolve(replies.said(words), table, FORM, findings)


def changed(words: str, table: Table = TABLE, findings: tuple[Numbered, ...] = FINDINGS) -> set[str]:
    return effects(outcome(words, table, findings))


def test_a_change_holds_its_sentence_what_was_and_its_precision() -> None:
    (change,) = outcome("您好！第5行参加人数应为300余人。")
    assert isinstance(change, Change)
    assert (change.place, change.row, change.field) == ("row", 5, "participants")
    assert change.values["participants"] == Value(300, "第5行参加人数应为300余人", None, None, "at_least")
    assert change.old["participants"] == ROWS[1].values["participants"]


def test_every_thing_said_has_its_sentence_and_its_place_in_the_text() -> None:
    text = "您好！\n第５行人数改为１８０。第8行请删除"
    found = replies.said(text)
    assert [text[each.start : each.end] for each in found] == ["第５行人数改为１８０", "第8行请删除"]
    assert [each.sentence for each in found] == ["第５行人数改为１８０", "第8行请删除"]


def test_a_value_brings_the_doubts_of_the_rules_across_cells() -> None:
    (change,) = outcome("第4行活动时间应为2020年6月13日")
    assert isinstance(change, Change)
    assert [finding.code for finding in change.findings] == ["date-outside"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("第5行参加人数改为-5", "不应为负数"),
        ("第4行活动时间改为6月31日", "没有这一天"),
        ("第5行参加人数改为12.5", "不是整数"),
        ("第5行参加人数改为60%", "是百分数"),
    ],
)
def test_a_value_that_no_cell_may_hold_is_refused_with_the_reason(words: str, why: str) -> None:
    (refused,) = outcome(words)
    assert isinstance(refused, Refused)
    assert why in refused.why


@pytest.mark.parametrize(
    ("words", "choice"),
    [
        ("第4行人数改为180", "第4行“宣传员人数”"),
        ("第3行参加人数改为180", "第4行（网络安全知识竞赛）"),
        ("第10行参加人数改为180", "第5行（松照社区读书会）"),
        ("第8行和第9行重复，请删除一行", ""),
    ],
)
def test_what_may_be_meant_in_two_ways_is_asked_with_the_choices(words: str, choice: str) -> None:
    found = outcome(words)
    assert effects(found) == set()
    assert any(isinstance(each, Ask) and (not choice or choice in each.choices) for each in found)


def test_the_row_of_sums_is_called_so() -> None:
    (asked,) = outcome("第10行参加人数改为180")
    assert isinstance(asked, Ask)
    assert "合计行" in asked.why


def test_two_statements_that_contradict_each_other_are_told_once_and_change_nothing() -> None:
    (asked,) = outcome("第5行参加人数改为181。第5行参加人数改为182。")
    assert isinstance(asked, Ask)
    assert asked.choices == ("第5行参加人数改为181", "第5行参加人数改为182")


def test_of_several_changes_the_clear_ones_are_made() -> None:
    found = outcome("第5行参加人数改为180。第4行人数改为130。")
    assert effects(found) == {"5.participants=180"}
    assert others(found) == {"ask"}


def test_a_change_is_no_confirmation_of_what_it_changes() -> None:
    found = outcome("第9行覆盖网民数改为9000，其余核对无误")
    assert [each.numbers for each in found if isinstance(each, replies.Confirm)] == [()]


def test_without_numbers_of_their_own_activities_count_in_their_order() -> None:
    rows = tuple(replace(each, values={k: v for k, v in each.values.items() if k != "seq"}) for each in ROWS)
    assert changed("第2场参加人数改为180", replace(TABLE, rows=rows)) == {"5.participants=180"}


def test_an_activitys_own_number_wins_over_its_order() -> None:
    table = Table(PERIOD, (row(4, "2", "甲展览", participants=10), row(5, "1", "乙展览", participants=20)), TITLES)
    assert changed("第1场参加人数改为30", table) == {"5.participants=30"}
    assert changed("序号3参加人数改为30", table) == set()


def test_names_that_numerals_tell_apart_are_never_a_slip_of_each_other() -> None:
    names = ("第一季度读书会", "第二季度读书会", "职工运动会")
    table = Table(PERIOD, tuple(row(4 + n, str(n + 1), name, participants=10) for n, name in enumerate(names)), TITLES)
    assert changed("二季度读书会参加人数改为30", table) == {"5.participants=30"}
    assert changed("第三季度读书会参加人数改为30", table) == set()
    assert changed("读书会参加人数改为30", table) == set()
    assert changed("请删除读书会", table) == set()


def test_the_only_row_needs_no_name() -> None:
    table = Table(PERIOD, (row(4, "1", "读书会", participants=10),), TITLES)
    assert changed("人数改为30", table) == {"4.participants=30"}


def test_a_plain_figure_under_a_title_in_tens_of_thousands_is_asked_about() -> None:
    table = replace(TABLE, titles={**TITLES, "netizens_reached": "覆盖网民（万人）"})
    assert changed("第9行覆盖网民改为9000", table) == set()
    assert changed("第9行覆盖网民改为0.9万人", table) == {"9.netizens_reached=9000"}


def test_a_day_that_two_columns_would_take_is_asked_about() -> None:
    table = replace(TABLE, titles={**TITLES, "date_start": "开始时间", "date_end": "结束时间"})
    assert changed("第5行时间改为6月21日", table) == set()


def test_a_number_without_a_finding_changes_nothing() -> None:
    assert changed("1. 120", findings=()) == set()
    assert changed("9. 120") == set()


def test_a_tables_own_figures_change_nothing_where_nothing_is_registered() -> None:
    table = Table(PERIOD)
    for words in ("第5行人数改为180", "请删除第5行", "请撤回刚才那份表", "合计应为520", "1. 120"):
        assert changed(words, table) == set()


def test_nothing_to_report_is_a_question_where_a_table_is_registered() -> None:
    (asked,) = outcome("我单位本期未开展活动，因场地维修")
    assert isinstance(asked, Ask)
    (zero,) = outcome("我单位本期未开展活动，因场地维修", Table(PERIOD))
    assert isinstance(zero, replies.Zero)
    assert zero.reason == "场地维修"
