"""What a submission is to those before it: replaced and added to by rule, else a person decides."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.decide.earlier_reports import permitted, relate
from mailbot.decide.relation import Sent
from mailbot.decide.row_comparison import distinct_rows
from mailbot.domain.act import Actor, Via
from mailbot.domain.proof import Proof
from mailbot.domain.submission import Earlier, Relation, Status
from parsers.reading import Content, Reading, Record, Value

ARRIVED = datetime(2021, 9, 1, 2, 0, tzinfo=UTC)
Row = dict[str, Content]


def row(title: str | None, day: str | None = "2021-06-15", participants: int | None = 100) -> Row:
    return {"title": title, "date_start": day, "participants": participants}


A, B, C = row("知识竞赛"), row("主题演讲", "2021-07-01"), row("志愿服务", "2021-08-01", 30)


def reading(*rows: Row, layout: str = "rows") -> Reading:
    records = tuple(Record(n, {k: Value(v, str(v)) for k, v in r.items()}) for n, r in enumerate(rows))
    return Reading("activities", "Sheet1", "summary" if layout == "summary" else "rows", "", {}, records)


def relation_of(read: Reading, how: Sent, before: list[Earlier]) -> Relation:
    """What a report is once it is known whether its sender may do what it asks for."""
    return permitted(relate(read, how, before), how, before).relation


def earlier(*rows: Row, id: int = 1, sender: str = "unit@example.org", **changes: object) -> Earlier:
    fields: dict[str, object] = {
        "id": id,
        "unit": "XHE",
        "form": "activities",
        "layout": "rows",
        "status": Status.ACCEPTED,
        "relation": Relation.NEW,
        "current": True,
        "version": id,
        "sender": sender,
        "received_at": ARRIVED,
        "records": rows,
    }
    return Earlier(**{**fields, **changes})  # type: ignore[arg-type]  # a builder: the fields are those above


def sent(
    words: str = "统计表",
    sender: str = "unit@example.org",
    registered: bool = True,
    days: float = 1,
    proof: Proof = Proof.UNTOLD,
) -> Sent:
    return Sent(words, Actor(sender.lower(), Via.MAIL, proof), registered, ARRIVED + timedelta(days=days))


@pytest.mark.parametrize(
    "words",
    [
        "如有问题请与我联系，我们将及时修改。",
        "若有误，请致电65300001",
        "如需补充其他材料，请告知",
        "最终参与人数以现场为准",
        "补充说明：照片另寄",
    ],
)
def test_a_courtesy_neither_corrects_nor_adds(words: str) -> None:
    assert relate(reading(C), sent(words), [earlier(A, B)]).relation is Relation.UNCLEAR


@pytest.mark.parametrize(
    "words",
    [
        "统计表V2",
        "附件1（改）",
        "最新统计表",
        "上次填错了",
        "请以这份为准",
        "请忽略上一封邮件",
        "请替换原表",
        "重新提交",
    ],
)
def test_more_words_of_a_correction(words: str) -> None:
    changed = {**A, "participants": 120}
    assert relate(reading(changed, B), sent(words), [earlier(A, B)]).relation is Relation.REPLACES


@pytest.mark.parametrize("words", ["漏报一场，现补上", "增补活动", "追报", "再报1场", "新增一场活动"])
def test_more_words_of_an_addition(words: str) -> None:
    assert relate(reading(C), sent(words), [earlier(A, B)]).relation is Relation.SUPPLEMENTS


def test_a_corrected_title_is_still_a_correction() -> None:
    renamed = {**A, "title": "网络安全知识竞赛"}
    assert relate(reading(renamed), sent("更正"), [earlier(A)]).relation is Relation.REPLACES


def test_the_first_submission_is_new() -> None:
    related = relate(reading(A, B), sent(), [])
    assert (related.relation, related.counts) == (Relation.NEW, True)


def test_the_same_rows_again_are_a_duplicate_and_the_first_stays() -> None:
    related = relate(reading(A, B), sent("更正"), [earlier(A, B)])
    assert (related.relation, related.counts, related.replaces) == (Relation.DUPLICATE, False, ())


@pytest.mark.parametrize(
    "word", ["更正后的表", "修改后的统计表", "（终版）", "以此为准", "以本次为准", "作废前表", "重新报送"]
)
def test_a_word_said_of_the_whole_table_replaces_all_that_counted(word: str) -> None:
    related = relate(reading(C), sent(word), [earlier(A, id=1), earlier(B, id=2)])
    assert (related.relation, related.counts, related.replaces) == (Relation.REPLACES, True, (1, 2))
    assert related.gone == ("“知识竞赛”（2021年6月15日）", "“主题演讲”（2021年7月1日）")


@pytest.mark.parametrize(
    "words", ["更正", "第1项人数更正为130人，见附件，其余不变", "仅更正讲座人数，以此为准", "统计表（修改）"]
)
def test_a_correction_of_fewer_activities_waits_unless_it_speaks_of_the_whole_table(words: str) -> None:
    related = relate(reading({**A, "participants": 130}), sent(words), [earlier(A, B)])
    assert (related.relation, related.counts, related.replaces) == (Relation.UNCLEAR, False, ())
    assert "主题演讲" in related.why


def test_an_activity_that_the_sender_says_to_take_out_is_gone_without_a_question() -> None:
    related = relate(reading(A), sent("更正\n主题演讲未开展，请删除"), [earlier(A, B)])
    assert (related.relation, related.gone) == (Relation.REPLACES, ())


def test_a_correction_with_other_activities_instead_names_those_that_are_gone() -> None:
    related = relate(reading(A, C), sent("更正"), [earlier(A, B)])
    assert (related.relation, related.gone) == (Relation.REPLACES, ("“主题演讲”（2021年7月1日）",))


def test_a_correction_that_says_to_be_a_part_waits_though_it_is_as_long() -> None:
    assert relate(reading(A, C), sent("只更正第1项，其余不变"), [earlier(A, B)]).relation is Relation.UNCLEAR


def test_an_activity_that_stood_there_twice_and_now_once_is_not_gone() -> None:
    related = relate(reading(A, B), sent("更正"), [earlier(A, B, {**A, "participants": 99})])
    assert (related.relation, related.gone) == (Relation.REPLACES, ())


def test_a_renamed_or_moved_activity_is_not_gone() -> None:
    renamed, moved = {**A, "title": "网络知识竞赛"}, {**B, "date_start": "2021-07-02"}
    related = relate(reading(renamed, moved), sent("更正"), [earlier(A, B)])
    assert (related.relation, related.gone) == (Relation.REPLACES, ())


@pytest.mark.parametrize("words", ["更正版，以此为准", "更正", ""])
@pytest.mark.parametrize("rows", [(), ({"title": None, "date_start": None, "participants": 9},)])
def test_a_table_without_any_activity_replaces_nothing(words: str, rows: tuple[Row, ...]) -> None:
    assert relate(reading(*rows), sent(words), [earlier(A, B)]).relation is Relation.UNCLEAR


def test_a_correction_that_sums_up_what_was_listed_waits() -> None:
    figures = reading({"participants": 500}, layout="summary")
    assert relate(figures, sent("更正"), [earlier(A, B)]).relation is Relation.UNCLEAR
    assert relate(figures, sent("以此为准"), [earlier(A, B)]).relation is Relation.REPLACES


def test_figures_of_another_month_replace_nothing_without_a_word() -> None:
    before = earlier({"participants": 60, "promoters": 20}, layout="summary")
    figures = reading({"participants": 90, "promoters": 20}, layout="summary")
    assert relate(figures, sent("7月份统计表"), [before]).relation is Relation.UNCLEAR
    assert relate(figures, sent("更正"), [before]).relation is Relation.REPLACES
    assert relate(figures, sent("补报"), [before]).relation is Relation.SUPPLEMENTS


def test_the_sums_of_activities_that_count_already_are_not_added() -> None:
    related = relate(reading({"participants": 200}, layout="summary"), sent("补报"), [earlier(A, B)])
    assert (related.relation, related.counts) == (Relation.DUPLICATE, False)
    assert "不重复计入" in related.why


def test_the_list_behind_figures_that_count_already_waits() -> None:
    before = earlier({"participants": 200}, layout="summary")
    assert relate(reading(A, B), sent("补报"), [before]).relation is Relation.UNCLEAR


def test_words_for_both_wait_unless_every_activity_is_there_again() -> None:
    assert relate(reading(C), sent("更正，补报一场"), [earlier(A, B)]).relation is Relation.UNCLEAR
    assert relate(reading(A, B, C), sent("更正，补报一场"), [earlier(A, B)]).relation is Relation.REPLACES


def test_a_report_of_no_activity_is_more_than_a_form_left_blank() -> None:
    blank = earlier(status=Status.NEEDS_CORRECTION)
    assert relate(replace(reading(), zero_report=True), sent(), [blank]).relation is Relation.REPLACES
    assert relate(reading(), sent(), [blank]).relation is Relation.DUPLICATE


def test_all_activities_again_count_though_some_came_twice() -> None:
    before = [earlier(A, B), earlier(A, C, id=2, relation=Relation.SUPPLEMENTS)]
    assert relate(reading(A, B, {**C, "participants": 31}), sent(), before).replaces == (1, 2)


def test_without_a_word_all_earlier_activities_again_replace() -> None:
    related = relate(reading(row("知识竞赛", participants=130), B, C), sent(), [earlier(A, B)])
    assert (related.relation, related.replaces) == (Relation.REPLACES, (1,))


def test_a_corrected_date_that_was_missing_before_is_the_same_activity() -> None:
    before = earlier(row("知识竞赛", day=None), B, status=Status.NEEDS_CORRECTION)
    assert relate(reading(A, B), sent(), [before]).relation is Relation.REPLACES


@pytest.mark.parametrize("word", ["补报", "补充报送一场", "续报", "第二批"])
def test_an_adding_word_adds_activities_that_are_new(word: str) -> None:
    related = relate(reading(C), sent(word, registered=False, sender="new@example.com"), [earlier(A, B)])
    assert (related.relation, related.counts, related.replaces) == (Relation.SUPPLEMENTS, True, ())


def test_an_adding_word_may_repeat_activities_unchanged() -> None:
    assert relate(reading(A, C), sent("补报"), [earlier(A, B)]).relation is Relation.SUPPLEMENTS


def test_an_adding_word_with_a_changed_activity_is_unclear() -> None:
    related = relate(reading(row("知识竞赛", participants=130), C), sent("补报"), [earlier(A, B)])
    assert (related.relation, related.counts) == (Relation.UNCLEAR, False)


@pytest.mark.parametrize("rows", [(A,), (C,), (A, C), (row("知识竞赛", participants=130),)])
def test_without_a_word_anything_less_is_unclear(rows: tuple[Row, ...]) -> None:
    assert relate(reading(*rows), sent(), [earlier(A, B)]).relation is Relation.UNCLEAR


def test_who_is_neither_registered_nor_the_earlier_sender_replaces_nothing() -> None:
    stranger = sent("更正", sender="other@example.com", registered=False)
    assert relation_of(reading(C), stranger, [earlier(A)]) is Relation.UNCLEAR
    assert relation_of(reading(A, B, C), sent("", "other@example.com", False), [earlier(A)]) is Relation.UNCLEAR


def test_the_sender_of_the_version_in_question_may_replace_it() -> None:
    again = sent("更正", sender="Personal@example.com", registered=False)
    assert relation_of(reading(C), again, [earlier(A, sender="personal@example.com")]) is Relation.REPLACES


@pytest.mark.parametrize(
    ("proof", "relation"),
    [
        (Proof.AUTHENTICATED, Relation.REPLACES),
        (Proof.UNTOLD, Relation.REPLACES),
        (Proof.UNPROVED, Relation.UNCLEAR),
        (Proof.DISOWNED, Relation.UNCLEAR),
    ],
)
def test_where_the_provider_tells_of_senders_only_a_pass_replaces(proof: Proof, relation: Relation) -> None:
    assert relation_of(reading(C), sent("更正", proof=proof), [earlier(A)]) is relation


def test_whoever_sends_an_addition_it_is_one() -> None:
    stranger = sent("补报", sender="other@example.com", registered=False, proof=Proof.UNPROVED)
    assert relation_of(reading(C), stranger, [earlier(A)]) is Relation.SUPPLEMENTS


def test_a_replacement_that_left_before_the_current_version_came_is_unclear() -> None:
    assert relate(reading(C), sent("更正", days=-1), [earlier(A)]).relation is Relation.UNCLEAR


def test_what_waits_or_was_replaced_is_not_compared_with() -> None:
    before = [earlier(A, status=Status.REVIEW, current=False), earlier(B, id=2, current=False)]
    assert relate(reading(C), sent(), before).relation is Relation.NEW


def test_a_table_after_a_zero_report_replaces_it() -> None:
    assert relate(reading(A), sent(), [earlier()]).relation is Relation.REPLACES


def test_a_summary_beside_activities_is_added_only_with_a_word() -> None:
    figures = {"participants": 500, "promoters": 20}
    assert relate(reading(figures, layout="summary"), sent("补报"), [earlier(A)]).relation is Relation.SUPPLEMENTS
    assert relate(reading(figures, layout="summary"), sent(), [earlier(A)]).relation is Relation.UNCLEAR


def test_an_activity_that_a_later_submission_repeats_counts_once() -> None:
    assert list(distinct_rows([[A, B], [A, C]])) == [(0, 0), (0, 1), (1, 1)]


def test_equal_rows_of_one_submission_all_count() -> None:
    assert list(distinct_rows([[A, A]])) == [(0, 0), (0, 1)]
