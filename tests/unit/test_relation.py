"""What a submission is to those before it: replaced and added to by rule, else a person decides."""

from datetime import UTC, datetime, timedelta

import pytest

from mailbot.decide.relation import Sent, distinct_rows, relate
from mailbot.domain import Earlier, Relation, Status
from parsers.reading import Content, Reading, Record, Value

ARRIVED = datetime(2021, 9, 1, 2, 0, tzinfo=UTC)
Row = dict[str, Content]


def row(title: str | None, day: str | None = "2021-06-15", participants: int | None = 100) -> Row:
    return {"title": title, "date_start": day, "participants": participants}


A, B, C = row("知识竞赛"), row("主题演讲", "2021-07-01"), row("志愿服务", "2021-08-01", 30)


def reading(*rows: Row, layout: str = "rows") -> Reading:
    records = tuple(Record(n, {k: Value(v, str(v)) for k, v in r.items()}) for n, r in enumerate(rows))
    return Reading("activities", "Sheet1", "summary" if layout == "summary" else "rows", "", {}, records)


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


def sent(words: str = "统计表", sender: str = "unit@example.org", registered: bool = True, days: float = 1) -> Sent:
    return Sent(words, sender, registered, ARRIVED + timedelta(days=days))


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
    "word", ["更正", "修改后的统计表", "（终版）", "以此为准", "以本次为准", "作废前表", "重新报送"]
)
def test_a_replacing_word_replaces_all_that_counted(word: str) -> None:
    related = relate(reading(C), sent(word), [earlier(A, id=1), earlier(B, id=2)])
    assert (related.relation, related.counts, related.replaces) == (Relation.REPLACES, True, (1, 2))


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
    assert relate(reading(C), stranger, [earlier(A)]).relation is Relation.UNCLEAR
    assert relate(reading(A, B, C), sent("", "other@example.com", False), [earlier(A)]).relation is Relation.UNCLEAR


def test_the_sender_of_the_version_in_question_may_replace_it() -> None:
    again = sent("更正", sender="Personal@example.com", registered=False)
    assert relate(reading(C), again, [earlier(A, sender="personal@example.com")]).relation is Relation.REPLACES


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
