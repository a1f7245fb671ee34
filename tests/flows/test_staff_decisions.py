"""Staff decide upon what they see: what the letters about cases hold, several lines in one answer, and decisions that
something has overtaken."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mailbot.domain.errors import ActRefused, Overtaken
from mailbot.flows.open_cases import waiting_cases
from support.review import STAFF, a_correction_by_a_stranger, a_table_of_nobody, answer, arrive, decide, table_of
from support.world import World, activity, table, words

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(60)


def waiting(world: World) -> list[str]:
    with world.app.store.transaction() as tx:
        return [case.name for case in waiting_cases(world.app, tx)]


def states(world: World) -> list[tuple[str | None, str, str, bool]]:
    return [(s["unit"], s["status"], s["relation"], s["current"]) for s in world.export["submissions"]]


def lines(letter: EmailMessage) -> str:
    return words(letter).replace("\r\n", "\n")


def attached(letter: EmailMessage) -> Iterator[tuple[str, bytes]]:
    for part in letter.iter_attachments():
        yield part.get_filename(), part.get_content()


# ---------------------------------------------------------------- what is decided upon


def test_the_letter_holds_the_rows_as_read_and_the_file_as_it_came(world: World) -> None:
    content = table("新河街道总工会", activity(people=120), activity("主题演讲", people="80余"))
    arrive(world, attachments=table_of("新河街道总工会", activity("旧活动")))
    text = "您好，附件是我单位的表。\n联系人 陈晓 13800001234"
    arrive(world, text=text, attachments=[("附件1.xlsx", content), ("照片.png", PICTURE)])
    letter = world.sent("case")[-1]
    told = lines(letter)
    assert "第5行　活动名称：网络安全知识竞赛" in told
    assert "接触职工人数：80（原填：80余）" in told
    assert "活动形式：知识竞赛；" in told
    assert "来件正文（发件人原文）\n　　> 您好，附件是我单位的表。\n　　> 联系人 陈晓 13800001234" in told
    assert list(attached(letter)) == [("附件1.xlsx", content)]


def test_a_file_beyond_the_limit_is_named_instead(tmp_path: Path) -> None:
    world = World(tmp_path, staff={"attach_mib": 0})
    a_table_of_nobody(world)
    letter = world.sent("case")[-1]
    assert list(attached(letter)) == []
    assert "以下原附件未随本邮件发送，请到邮箱中查看：附件1.xlsx（" in words(letter)


def test_the_words_of_a_long_mail_are_cut_and_say_so(world: World) -> None:
    arrive(world, subject="统计表怎么填", text="请问统计表怎么填？\n" + "长" * 900, attachments=())
    told = words(world.sent("case")[-1])
    assert "来件正文（发件人原文，以下有删节）" in told
    assert "> 请问统计表怎么填？" in told
    assert "长" * 480 in told
    assert "长" * 500 not in told


# ---------------------------------------------------------------- several lines


def two_cases(world: World) -> None:
    a_correction_by_a_stranger(world)
    a_table_of_nobody(world)
    assert waiting(world) == ["HWM21-0002", "HWM21-0003"]


def test_several_lines_settle_several_cases(world: World) -> None:
    two_cases(world)
    done = answer(world, "归属 新港街道总工会\nHWM21-0002 替换\n\n宣传部 林\n13800001234")
    assert "【已办理】" in done["Subject"]
    assert waiting(world) == []
    assert states(world)[1:] == [("XHE", "accepted", "replaces", True), ("XG", "accepted", "new", True)]
    assert "来信“归属 新港街道总工会”：办理结果" in words(done)
    assert "来信“HWM21-0002 替换”：办理结果" in words(done)
    assert "林" not in words(done).partition("如需继续")[0]


def test_what_cannot_be_done_is_said_for_each_line(world: World) -> None:
    two_cases(world)
    letter = world.sent("case")[-1]
    done = answer(world, "HWM21-0099 1\nHWM21-0002 替换\nHWM21-0003 归属 某某镇", letter)
    assert "【部分办理】" in done["Subject"]
    told = lines(done)
    assert "来信“HWM21-0099 1”：未办理，原因如下\n　　1. 没有待核对的受理号 HWM21-0099" in told
    assert "来信“HWM21-0003 归属 某某镇”：未办理，原因如下\n　　1. 名录中没有唯一的单位叫“某某镇”" in told
    assert waiting(world) == ["HWM21-0003"]
    assert "口令已使用过" in words(answer(world, "归属 新港街道总工会", letter))
    assert "已办理" in answer(world, "HWM21-0003 归属 新港街道总工会", done)["Subject"]


def test_a_line_below_the_first_that_names_no_case_is_asked_for_it(world: World) -> None:
    two_cases(world)
    done = answer(world, "归属 新港街道总工会\n忽略")
    assert "请在前面写明受理号" in words(done)
    assert waiting(world) == ["HWM21-0002"]


# ---------------------------------------------------------------- what has come since


def test_an_answer_that_a_newer_table_has_overtaken_is_not_carried_out_and_asked_again(world: World) -> None:
    a_correction_by_a_stranger(world)
    stale = world.sent("case")[-1]
    arrive(world, subject="更正", attachments=table_of("新河街道总工会", activity(people=140)))
    refusal = answer(world, "1", stale)
    assert "【未办理】" in refusal["Subject"]
    assert "受理号 HWM21-0003（2021年9月14日收到，更正，1 场，已登记）。原决定未执行，已重新发出核定邮件" in words(
        refusal
    )
    assert waiting(world) == ["HWM21-0002"]
    assert states(world)[2] == ("XHE", "accepted", "replaces", True)
    fresh = world.sent("case")[-1]
    assert fresh["Message-ID"] != stale["Message-ID"]
    assert "第3版" in words(fresh)
    assert "【已办理】" in answer(world, "1", fresh)["Subject"]
    assert states(world)[1] == ("XHE", "accepted", "replaces", True)


def test_a_command_is_held_to_the_same(world: World) -> None:
    a_correction_by_a_stranger(world)
    arrive(world, subject="更正", attachments=table_of("新河街道总工会", activity(people=140)))
    before = world.export
    with pytest.raises(Overtaken, match="HWM21-0003"):
        decide(world, "replace", "HWM21-0002")
    assert world.export == before


@pytest.mark.parametrize(("action", "more"), [("ignore", {}), ("reject", {"reason": "已另报"})])
def test_what_takes_nothing_from_a_newer_table_is_carried_out(world: World, action: str, more: dict[str, Any]) -> None:
    a_correction_by_a_stranger(world)
    arrive(world, subject="更正", attachments=table_of("新河街道总工会", activity(people=140)))
    decide(world, action, "HWM21-0002", **more)
    assert waiting(world) == []
    assert states(world)[2] == ("XHE", "accepted", "replaces", True)


def test_a_table_may_be_given_to_a_unit_that_has_reported_since_and_waits_for_what_it_is_to_that(world: World) -> None:
    a_table_of_nobody(world)
    arrive(world, sender="xingang@example.org", attachments=table_of("新港街道总工会", activity("乙")))
    decide(world, "assign", "HWM21-0001", unit="XG")
    assert states(world) == [("XG", "review", "unclear", False), ("XG", "accepted", "new", True)]


def test_a_table_that_is_given_to_a_unit_takes_the_place_of_nothing_newer(world: World) -> None:
    dateless = {"sender": "someone@example.net", "subject": "更正", "date": ""}
    arrive(world, **dateless, attachments=table_of("", activity(people=90)))
    arrive(world, **dateless, attachments=table_of("新港街道总工会", activity(people=95)))
    before = world.export
    with pytest.raises(Overtaken, match="HWM21-0002"):
        decide(world, "assign", "HWM21-0001", unit="XG")
    assert world.export == before


def test_a_decision_about_another_case_of_the_unit_counts_as_well(world: World) -> None:
    a_correction_by_a_stranger(world)
    arrive(
        world,
        sender="someone@example.net",
        subject="更正",
        attachments=table_of("新河街道总工会", activity(people=150)),
    )
    first, second = (letter for letter in world.sent("case")[-2:])
    assert "未办理" in answer(world, "1", first)["Subject"]
    assert "已办理" in answer(world, "1", world.sent("case")[-1])["Subject"]
    assert "HWM21-0002" in words(answer(world, "1", second))
    assert waiting(world) == ["HWM21-0003"]


def test_what_is_settled_already_says_by_whom_and_how(world: World) -> None:
    a_correction_by_a_stranger(world)
    letter = world.sent("case")[-1]
    decide(world, "ignore", "HWM21-0002")
    assert "已由 lin 于 2021-09-14 12:02 核定（忽略）" in words(answer(world, "1", letter))
    with pytest.raises(ActRefused, match="忽略"):
        decide(world, "replace", "HWM21-0002")


def test_each_of_staff_is_asked_again(tmp_path: Path) -> None:
    world = World(tmp_path, staff={"addresses": [STAFF, "second@example.org"]})
    a_correction_by_a_stranger(world)
    asked = len(world.sent("case"))
    stale = next(letter for letter in world.sent("case") if letter["To"] == STAFF)
    arrive(world, subject="更正", attachments=table_of("新河街道总工会", activity(people=140)))
    answer(world, "1", stale)
    assert len(world.sent("case")) == 2 * asked
