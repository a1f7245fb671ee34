"""An extension reaches the unit by letter, answers the mail that asked for it, and shows wherever the unit stands."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mailbot.decide.unit_state import state_in_words
from mailbot.domain.act import Act, ActKind, Actor, Target
from mailbot.domain.errors import ActRefused
from mailbot.domain.mail import Disposition
from mailbot.flows.open_cases import waiting_cases
from mailbot.flows.replay import replay
from mailbot.flows.settle import repeat
from mailbot.flows.unit_accounts import account_of
from storage.archive import Archive
from support.review import STAFF, answer, arrive, decide, table_of
from support.world import NOON, World, opened, words

REQUEST = "因人员调整，我单位申请延期至10月8日报送统计表，请批准。"
UNTIL, LATER = date(2021, 10, 8), date(2021, 10, 11)


def extend(world: World, until: date = UNTIL) -> str:
    return decide(world, "extend", unit="XHE", until=until)


def granted(world: World) -> list[date | None]:
    """The days of the extensions in force, in their order."""
    with world.app.store.transaction() as tx:
        return [one.act.until for one in tx.decisions() if one.act.kind is ActKind.EXTEND and not one.undone]


def waiting(world: World) -> list[str]:
    with world.app.store.transaction() as tx:
        return [case.name for case in waiting_cases(world.app, tx)]


def state(world: World) -> str:
    with world.app.store.transaction() as tx:
        return next(
            state_in_words(s) for s in account_of(world.app, tx, world.clock()).standings if s.unit.code == "XHE"
        )


def test_the_unit_is_told_until_when_it_may_report(world: World) -> None:
    said = extend(world)
    assert "已函告该单位" in said
    world.round()
    (letter,) = world.sent("notice")
    assert letter["To"] == "xinhe@example.org"
    assert letter["Subject"] == "【同意延期】新河街道总工会 统计表延期至10月8日"
    assert "请于2021年10月8日（星期五）前（含当日）发送至本邮箱。原截止日期为2021年9月30日。" in words(letter)


def test_a_mail_that_asks_for_it_is_answered_and_settled(world: World) -> None:
    arrive(world, text=REQUEST, subject="延期申请", sender="someone@example.net", attachments=())
    arrive(world, text=f"新河街道总工会：{REQUEST}", subject="新河街道总工会延期申请", attachments=())
    assert waiting(world) == ["HWM21-0001", "HWM21-0002"]
    assert "HWM21-0002 一并答复" in extend(world)
    world.round()
    assert waiting(world) == ["HWM21-0001"]
    (told,) = world.sent("answer")
    assert told["To"] == "xinhe@example.org"
    assert told["In-Reply-To"]
    assert "本邮件答复贵单位 2021年9月14日12:02 来件（受理号 HWM21-0002）。" in words(told)
    assert world.sent("notice") == []


def test_who_asked_from_another_address_and_the_unit_itself_are_both_told(world: World) -> None:
    asked = "新河街道总工会申请延期报送统计表。"
    arrive(world, sender="private@example.net", subject="新河街道总工会申请延期", text=asked, attachments=())
    extend(world)
    world.round()
    assert [letter["To"] for letter in world.sent("answer")] == ["private@example.net"]
    assert [letter["To"] for letter in world.sent("notice")] == ["xinhe@example.org"]


@pytest.mark.parametrize("line", ["延期 10月8日", "同意延期至10月8日", "延期 新河街道 10月8日"])
def test_staff_grant_it_by_answering_the_letter_about_it(world: World, line: str) -> None:
    arrive(world, text=REQUEST, subject="延期申请", attachments=())
    asked = world.sent("case")[-1]
    assert "申请延期报送" in words(asked)
    assert "因人员调整" in words(asked)
    assert "HWM21-0001 一并答复" in words(answer(world, line, asked))
    assert waiting(world) == []
    assert len(world.sent("answer")) == 1


def test_a_second_of_staff_hears_who_has_granted_it(world: World) -> None:
    arrive(world, text=REQUEST, subject="延期申请", attachments=())
    asked = world.sent("case")[-1]
    answer(world, "延期 10月8日", asked)
    second = world.sent("transcript")[-1]
    refusal = words(answer(world, "HWM21-0001 延期 10月11日", second))
    assert "已由 staff@example.org 于" in refusal
    assert "核定（延期 新河街道总工会 至10月8日）" in refusal


@pytest.mark.parametrize("day", ["10月8日", "10月6日"], ids=["the same day", "an earlier one"])
def test_who_names_the_unit_himself_hears_who_has_granted_as_much(world: World, day: str) -> None:
    arrive(world, text=REQUEST, subject="延期申请", attachments=())
    asked = world.sent("case")[-1]
    answer(world, "延期 10月8日", asked)
    told = len(world.sent("answer")), len(world.sent("notice"))
    refusal = words(answer(world, f"延期 新河街道 {day}", world.sent("transcript")[-1]))
    assert "已由 staff@example.org 于" in refusal
    assert "核定（延期 新河街道总工会 至10月8日）" in refusal
    assert (len(world.sent("answer")), len(world.sent("notice"))) == told
    assert granted(world) == [UNTIL]


def test_a_later_day_is_granted_all_the_same(world: World) -> None:
    extend(world)
    extend(world, LATER)
    assert granted(world) == [UNTIL, LATER]
    with pytest.raises(ActRefused, match=r"已由 lin 于 .*至10月11日"):
        extend(world)


def test_a_day_that_was_taken_back_may_be_granted_again(world: World) -> None:
    arrive(world, text=REQUEST, subject="延期申请", attachments=())
    extend(world)
    decide(world, "undo", "HWM21-0001")
    extend(world)
    assert granted(world) == [UNTIL]


def test_a_unit_that_asks_again_is_answered_with_the_day_that_it_has(world: World) -> None:
    extend(world)
    arrive(world, text=REQUEST, subject="延期申请", attachments=())
    with pytest.raises(ActRefused, match="只有更晚的日期才会更改"):
        extend(world, date(2021, 10, 6))
    assert "HWM21-0001 一并答复" in extend(world)
    assert waiting(world) == []
    with world.app.store.transaction() as tx:
        assert tx.extensions() == {"XHE": UNTIL}


def test_what_was_granted_twice_before_is_granted_twice_by_a_replay(world: World, tmp_path: Path) -> None:
    extend(world)
    act = Act(ActKind.EXTEND, Actor("lin"), Target(None, "XHE"), world.clock(), until=UNTIL)
    repeat(world.app, act)  # as older programs did
    store = opened(f"sqlite:///{tmp_path / 'again.db'}")
    again = replace(world.app, store=store, archive=Archive(world.config.archive.path, silent=True))
    for _ in replay(again):
        pass
    with store.transaction() as tx:
        assert len(tx.decisions()) == 2


def test_the_day_of_the_example_follows_the_deadline(world: World) -> None:
    arrive(world, text=REQUEST, subject="延期申请", attachments=())
    assert "延期 10月13日" in words(world.sent("case")[-1])
    assert "延期 新河街道 10月13日" in words(answer(world, "帮助", world.sent("case")[-1]))


def test_taking_it_back_makes_the_request_wait_again(world: World) -> None:
    arrive(world, text=REQUEST, subject="延期申请", attachments=())
    extend(world)
    decide(world, "undo", "HWM21-0001")
    assert waiting(world) == ["HWM21-0001"]
    with world.app.store.transaction() as tx:
        assert tx.extensions() == {}


def test_it_stands_in_the_state_of_the_unit_the_digest_and_the_answer_about_the_state(world: World) -> None:
    extend(world)
    assert state(world) == "未报（延期至10月8日）"
    world.clock.now = NOON.replace(day=27, hour=9)
    world.round()
    assert "新河街道总工会（延期至10月8日）" in words(world.sent("digest")[-1])
    arrive(world, sender=STAFF, subject="状态", text="", attachments=())
    assert "新河街道总工会（延期至10月8日）" in words(world.sent("transcript")[-1])
    arrive(world, attachments=table_of("新河街道总工会"))
    assert state(world) == "已收（齐全）"


@pytest.mark.parametrize(
    "text",
    [REQUEST, "能否晚两天报送？", "请允许我单位迟几天再交统计表。", "我街道希望统计表宽限到下周。"],
)
def test_a_mail_that_asks_for_more_time_is_known_as_such(world: World, text: str) -> None:
    arrive(world, text=text, subject="统计表", attachments=[("申请.png", b"\x89PNG\r\n\x1a\n" + bytes(60))])
    (message,) = world.messages
    assert (message.disposition, message.reason) == (Disposition.REVIEW, "申请延期报送，请工作人员答复")


@pytest.mark.parametrize("text", ["原定8月的活动因天气申请延期举办，已于9月开展。", "统计表已报，请查收。"])
def test_other_mail_asks_for_no_more_time(world: World, text: str) -> None:
    arrive(world, text=text, subject="统计表", attachments=())
    assert "申请延期报送" not in world.messages[0].reason
