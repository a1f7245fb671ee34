"""Staff settle open cases on the command line or by answering a letter."""

import re
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from mailbot.domain.errors import ActRefused
from mailbot.flows.open_cases import waiting_cases
from support.mails import mail
from support.review import STAFF, a_correction_by_a_stranger, a_table_of_nobody, answer, arrive, decide, table_of
from support.world import MAILBOX, NOON, World, activity, table, words


def waiting(world: World) -> list[tuple[str, str]]:
    with world.app.store.transaction() as tx:
        return [(case.name, case.kind) for case in waiting_cases(world.app, tx)]


def states(world: World) -> list[tuple[str | None, str, str, bool]]:
    return [(s["unit"], s["status"], s["relation"], s["current"]) for s in world.export["submissions"]]


# ---------------------------------------------------------------- decisions


def test_a_correction_by_a_stranger_waits_until_a_person_lets_it_replace(world: World) -> None:
    a_correction_by_a_stranger(world)
    assert waiting(world) == [("HWM21-0002", "relation")]
    said = decide(world, "replace", "HWM21-0002")
    assert "替换" in said
    assert states(world) == [("XHE", "accepted", "new", False), ("XHE", "accepted", "replaces", True)]
    assert waiting(world) == []
    world.round()
    receipt = world.sent("receipt")[-1]
    assert receipt["To"] == "someone@example.net"
    assert "接触职工人数：130（" in words(receipt)
    assert "120" not in words(receipt)
    assert "由工作人员核定" in words(receipt)


def test_the_same_table_may_count_besides(world: World) -> None:
    arrive(world, attachments=table_of("新河街道总工会", activity("甲")))
    arrive(world, attachments=table_of("新河街道总工会", activity("乙")))
    assert waiting(world) == [("HWM21-0002", "relation")]
    decide(world, "append", "HWM21-0002")
    assert states(world) == [("XHE", "accepted", "new", True), ("XHE", "accepted", "supplements", True)]


def test_rows_that_are_there_already_are_counted_once_after_a_decision_too(world: World) -> None:
    def counted() -> int:
        with closing(sqlite3.connect(str(world.config.database.path))) as database:
            return len(database.execute("SELECT title FROM activities").fetchall())

    world.app.store.publish(world.app.forms.values())
    arrive(world, attachments=table_of("新河街道总工会", activity("甲")))
    arrive(world, attachments=table_of("新河街道总工会", activity("甲"), activity("乙", people=7)), subject="统计表")
    arrive(world, attachments=table_of("新河街道总工会", activity("乙", people=7), activity("丙")))
    case = waiting(world)[0][0]
    decide(world, "append", case)
    assert counted() == 3
    decide(world, "undo", case)
    assert counted() == 2


def test_a_table_of_nobody_counts_for_the_unit_that_a_person_names(world: World) -> None:
    a_table_of_nobody(world)
    assert waiting(world) == [("HWM21-0001", "unit")]
    decide(world, "assign", "HWM21-0001", unit="XG")
    (submission,) = world.export["submissions"]
    assert (submission["unit"], submission["unit_name"], submission["evidence"]) == ("XG", "新港街道总工会", "decision")
    assert (submission["status"], submission["current"], submission["version"]) == ("accepted", True, 1)
    world.round()
    assert "新港街道总工会" in words(world.sent("receipt")[-1])
    assert world.sent("notice")[-1]["To"] == "xingang@example.org"


def test_an_assigned_table_may_go_on_waiting_for_what_it_is_to_earlier_ones(world: World) -> None:
    arrive(world, sender="xingang@example.org", attachments=table_of("新港街道总工会", activity("甲")))
    a_table_of_nobody(world)
    said = decide(world, "assign", "HWM21-0002", unit="XG")
    assert "仍待核对" in said
    assert waiting(world) == [("HWM21-0002", "relation")]
    world.round()
    assert len([r for r in world.sent("receipt") if r["To"] == "someone@example.net"]) == 1
    decide(world, "replace", "HWM21-0002")
    assert states(world)[1] == ("XG", "accepted", "replaces", True)


def test_what_is_rejected_does_not_count_and_its_sender_learns_why(world: World) -> None:
    a_table_of_nobody(world)
    decide(world, "reject", "HWM21-0001", reason="请由所属开发区总工会汇总报送")
    assert states(world) == [(None, "rejected", "new", False)]
    world.round()
    receipt = world.sent("receipt")[-1]
    assert "未予登记" in receipt["Subject"]
    assert "请由所属开发区总工会汇总报送" in words(receipt)


def test_what_is_ignored_is_answered_to_nobody(world: World) -> None:
    a_table_of_nobody(world)
    before = len(world.sent("receipt"))
    decide(world, "ignore", "HWM21-0001")
    world.round()
    assert waiting(world) == []
    assert states(world) == [(None, "rejected", "new", False)]
    assert len(world.sent("receipt")) == before


def test_an_answer_without_a_table_may_be_taken_as_news_or_as_read(world: World) -> None:
    arrive(world, sender="xinhe@example.org", subject="统计表已报", text="我们上周已经报过了。", attachments=())
    arrive(world, sender="xingang@example.org", subject="统计表怎么填", text="请问统计表怎么填？", attachments=())
    assert [kind for _, kind in waiting(world)] == ["letter", "letter"]
    decide(world, "accept", "HWM21-0001")
    decide(world, "ignore", "HWM21-0002")
    assert waiting(world) == []
    assert [m["disposition"] for m in world.export["messages"]] == ["information", "review"]


def test_a_question_may_be_sent_back_with_a_reason(world: World) -> None:
    arrive(world, sender="xinhe@example.org", subject="统计表", text="统计表见上次邮件。", attachments=())
    decide(world, "reject", "HWM21-0001", reason="未收到上次邮件，请重新附表")
    world.round()
    receipt = world.sent("receipt")[-1]
    assert "未收到上次邮件，请重新附表" in words(receipt)


def test_two_tables_of_one_mail_are_settled_one_by_one_and_answered_once(world: World) -> None:
    files = [("甲.xlsx", table("", activity("甲"))), ("乙.xlsx", table("", activity("乙")))]
    arrive(world, sender="someone@example.net", attachments=files)
    assert waiting(world) == [("HWM21-0001", "unit"), ("HWM21-0001-2", "unit")]
    before = len(world.sent("receipt"))
    decide(world, "assign", "HWM21-0001", unit="XG")
    world.round()
    assert len(world.sent("receipt")) == before
    decide(world, "assign", "HWM21-0001-2", unit="XHE")
    world.round()
    assert len(world.sent("receipt")) == before + 1
    assert [s["unit"] for s in world.export["submissions"]] == ["XG", "XHE"]


def test_what_is_decided_about_one_table_leaves_the_other_waiting(world: World) -> None:
    files = [("甲.xlsx", table("", activity("甲"))), ("乙.xlsx", table("", activity("乙")))]
    arrive(world, sender="someone@example.net", attachments=files)
    decide(world, "ignore", "HWM21-0001")
    assert waiting(world) == [("HWM21-0001-2", "unit")]
    decide(world, "assign", "HWM21-0001-2", unit="XHE")
    world.round()
    receipt = words(world.sent("receipt")[-1])
    assert "统计表1" in receipt
    assert "统计表2" not in receipt


def test_the_unit_hears_of_the_table_that_counts_when_the_last_one_is_ignored(world: World) -> None:
    files = [("甲.xlsx", table("", activity("甲"))), ("乙.xlsx", table("", activity("乙")))]
    arrive(world, sender="someone@example.net", attachments=files)
    before = len(world.sent("receipt"))
    decide(world, "assign", "HWM21-0001", unit="XG")
    decide(world, "ignore", "HWM21-0001-2")
    world.round()
    assert len(world.sent("receipt")) == before + 1
    assert "统计表1" in words(world.sent("receipt")[-1])


def test_a_case_whose_mail_cannot_be_read_again_goes_on_waiting(world: World) -> None:
    a_correction_by_a_stranger(world)
    letter = world.sent("case")[-1]
    world.reader.deadly.extend(world.app.archive.open(sha256) for sha256 in world.app.archive.messages())
    with pytest.raises(ActRefused, match="现在无法再次读取"):
        decide(world, "replace", "HWM21-0002")
    assert "现在无法再次读取" in words(answer(world, "1", letter))
    world.reader.deadly.clear()
    assert "已办理" in answer(world, "1", letter)["Subject"]


# ---------------------------------------------------------------- what does not fit


@pytest.mark.parametrize(
    ("action", "more", "sentence"),
    [
        ("accept", {}, "填报单位尚未确定"),
        ("replace", {}, "填报单位尚未确定"),
        ("assign", {}, "请写明归属的单位"),
        ("reject", {}, "请写明退回的原因"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused_in_a_sentence(
    world: World, action: str, more: dict[str, object], sentence: str
) -> None:
    a_table_of_nobody(world)
    before = world.export
    with pytest.raises(ActRefused, match=sentence):
        decide(world, action, "HWM21-0001", **more)
    assert world.export == before
    with world.app.store.transaction() as tx:
        assert tx.decisions() == ()


def test_a_case_is_settled_once(world: World) -> None:
    a_table_of_nobody(world)
    decide(world, "assign", "HWM21-0001", unit="XG")
    with pytest.raises(ActRefused, match=r"已由 lin 于 2021-09-14 .* 核定"):
        decide(world, "assign", "HWM21-0001", unit="XHE")
    with pytest.raises(ActRefused, match="没有待核对的受理号 HWM21-0099"):
        decide(world, "accept", "HWM21-0099")


# ---------------------------------------------------------------- taking back


@pytest.mark.parametrize(
    ("prepare", "action", "more"),
    [
        (a_correction_by_a_stranger, "replace", {}),
        (a_correction_by_a_stranger, "append", {}),
        (a_correction_by_a_stranger, "ignore", {}),
        (a_table_of_nobody, "assign", {"unit": "XG"}),
        (a_table_of_nobody, "reject", {"reason": "不符"}),
    ],
)
def test_undo_brings_back_everything_as_it_was(
    url: str, tmp_path: Path, prepare: object, action: str, more: dict[str, object]
) -> None:
    world = World(tmp_path, database={"url": url})
    prepare(world)  # type: ignore[operator]
    before, asked = world.export, len(world.sent("case"))
    ((case, _),) = waiting(world)
    decide(world, action, case, **more)
    assert world.export != before
    decide(world, "undo", case)
    assert world.export == before
    assert [name for name, _ in waiting(world)] == [case]
    world.round()
    assert len(world.sent("case")) == asked + 1  # staff are asked again


def test_an_answer_that_has_not_left_is_dropped_with_its_decision(tmp_path: Path) -> None:
    world = World(tmp_path, sending={"mode": "hold"})
    a_table_of_nobody(world)
    decide(world, "assign", "HWM21-0001", unit="XG")
    decide(world, "undo", "HWM21-0001")
    assert [letter.state for letter in world.letters if letter.key.endswith(":1") and letter.kind == "receipt"] == [
        "dropped"
    ]


def test_what_a_later_table_has_replaced_is_not_taken_back(world: World) -> None:
    a_correction_by_a_stranger(world)
    decide(world, "replace", "HWM21-0002")
    arrive(world, subject="更正", attachments=table_of("新河街道总工会", activity(people=140)))
    with pytest.raises(ActRefused, match="已被受理号 HWM21-0003 替换"):
        decide(world, "undo", "HWM21-0002")


def test_decisions_about_one_mail_are_taken_back_last_first(world: World) -> None:
    files = [("甲.xlsx", table("", activity("甲"))), ("乙.xlsx", table("", activity("乙")))]
    arrive(world, sender="someone@example.net", attachments=files)
    decide(world, "assign", "HWM21-0001", unit="XG")
    decide(world, "assign", "HWM21-0001-2", unit="XHE")
    with pytest.raises(ActRefused, match="请先撤销"):
        decide(world, "undo", "HWM21-0001")
    decide(world, "undo", "HWM21-0001-2")
    decide(world, "undo", "HWM21-0001")
    assert len(waiting(world)) == 2


# ---------------------------------------------------------------- by mail


def test_a_waiting_case_is_mailed_to_staff_with_numbered_choices(world: World) -> None:
    a_correction_by_a_stranger(world)
    (letter,) = world.sent("case")
    assert letter["To"] == STAFF
    assert re.search(r"受理号 HWM21-0002，口令 [A-Z2-7]{8}", letter["Subject"])
    text = words(letter)
    assert "1. 替换此前报送的统计表" in text
    assert "120→130" in text
    assert "someone[@]example[.]net" in text


def test_a_number_settles_it(world: World) -> None:
    a_correction_by_a_stranger(world)
    transcript = answer(world, "1")
    assert "已办理" in transcript["Subject"]
    assert "替换此前报送的统计表" in words(transcript)
    assert states(world)[1] == ("XHE", "accepted", "replaces", True)
    (command,) = [m for m in world.export["messages"] if m["disposition"] == "command"]
    assert command["case"] is None
    assert world.sent("receipt")[-1]["To"] == "someone@example.net"
    assert [r for r in world.sent("receipt") if r["To"] == STAFF] == []


@pytest.mark.parametrize("line", ["归属 新港街道总工会", "归属：新港街", "归属 XG", "归属新港街道总工会。"])
def test_words_settle_it(world: World, line: str) -> None:
    a_table_of_nobody(world)
    answer(world, line)
    assert states(world) == [("XG", "accepted", "new", True)]


@pytest.mark.parametrize(
    ("line", "sentence"), [("9", "没有第 9 项"), ("归属 某某镇", "名录中没有"), ("好的", "未能理解")]
)
def test_what_cannot_be_done_is_said_and_may_be_tried_again(world: World, line: str, sentence: str) -> None:
    a_correction_by_a_stranger(world)
    letter = world.sent("case")[-1]
    refusal = answer(world, line, letter)
    assert "未办理" in refusal["Subject"]
    assert sentence in words(refusal)
    assert len(waiting(world)) == 1
    assert "已办理" in answer(world, "2", letter)["Subject"]
    assert waiting(world) == []


def test_a_word_of_a_letter_settles_one_thing(world: World) -> None:
    a_correction_by_a_stranger(world)
    letter = world.sent("case")[-1]
    answer(world, "1", letter)
    again = answer(world, "2", letter)
    assert "口令已使用过" in words(again)
    assert states(world)[1][2] == "replaces"


def test_the_transcript_carries_the_conversation_on(world: World) -> None:
    a_correction_by_a_stranger(world)
    done = answer(world, "1")
    undone = answer(world, "撤销", done)
    assert "已撤销" in words(undone)
    assert waiting(world) == [("HWM21-0002", "relation")]
    last = answer(world, "HWM21-0002 忽略", undone)
    assert "已忽略" in words(last)


@pytest.mark.parametrize("sender", ["someone@example.net", "xinhe@example.org"])
def test_nobody_else_settles_a_case(world: World, sender: str) -> None:
    a_correction_by_a_stranger(world)
    letter = world.sent("case")[-1]
    arrive(world, sender=sender, subject=f"Re: {letter['Subject']}", text="1", attachments=())
    assert waiting(world) == [("HWM21-0002", "relation")]
    assert "未登记为工作人员邮箱" in words(world.sent("transcript")[-1])
    with world.app.store.transaction() as tx:
        assert tx.decisions() == ()


def test_without_the_word_of_a_letter_nothing_is_settled(world: World) -> None:
    a_correction_by_a_stranger(world)
    arrive(world, sender=STAFF, subject="受理号 HWM21-0002", text="HWM21-0002 1", attachments=())
    arrive(world, sender=STAFF, subject="受理号 HWM21-0002，口令 AAAAAAAA", text="1", attachments=())
    assert ("HWM21-0002", "relation") in waiting(world)


def test_an_absence_note_of_staff_is_no_order(world: World) -> None:
    a_correction_by_a_stranger(world)
    letter = world.sent("case")[-1]
    arrive(
        world,
        sender=STAFF,
        subject=f"自动回复：{letter['Subject']}",
        text="1",
        attachments=(),
        headers={"Auto-Submitted": "auto-replied", "In-Reply-To": letter["Message-ID"]},
    )
    assert world.export["messages"][-1]["disposition"] == "automatic"
    assert len(waiting(world)) == 1


def test_a_unit_s_table_passed_on_by_staff_is_a_table(world: World) -> None:
    a_correction_by_a_stranger(world)
    letter = world.sent("case")[-1]
    arrive(
        world,
        sender=STAFF,
        subject=f"回复：{letter['Subject']}",
        text="1",
        attachments=table_of("云海港集团工会"),
        headers={"In-Reply-To": letter["Message-ID"]},
    )
    assert world.export["messages"][-1]["disposition"] == "submission"


def test_staff_ask_for_the_state_and_for_help(world: World) -> None:
    arrive(world, attachments=table_of("新河街道总工会"))
    arrive(world, sender=STAFF, subject="状态", text="", attachments=())
    assert "应报 3 家，已报 1 家" in words(world.sent("transcript")[-1])
    arrive(world, sender=STAFF, subject="问一下", text="帮助", attachments=())
    assert "延期" in words(world.sent("transcript")[-1])
    assert [m["disposition"] for m in world.export["messages"]][1:] == ["command", "command"]


def test_the_state_says_which_of_those_with_waiting_mail_have_reported(world: World) -> None:
    a_correction_by_a_stranger(world)
    arrive(world, sender=STAFF, subject="状态", text="", attachments=())
    told = words(world.sent("transcript")[-1])
    assert "应报 3 家，已报 1 家，未报 2 家，来件待核 1 家（其中已报 1 家）" in told


def test_who_answers_the_digest_is_told_which_letter_to_answer(world: World) -> None:
    a_correction_by_a_stranger(world)
    world.clock.now = NOON.replace(day=20, hour=9)
    world.round()
    refusal = answer(world, "HWM21-0002 1", world.sent("digest")[-1])
    assert "保留主题中的口令" in words(refusal)
    assert waiting(world) == [("HWM21-0002", "relation")]
    assert "已办理" in answer(world, "HWM21-0002 1", refusal)["Subject"]


def test_a_unit_is_given_more_time_by_mail(world: World) -> None:
    arrive(world, sender=STAFF, subject="状态", text="", attachments=())
    done = answer(world, "延期 新河街道 10月8日", world.sent("transcript")[-1])
    assert "新河街道总工会 的报送截止日已延至 2021年10月8日" in words(done)
    with world.app.store.transaction() as tx:
        assert tx.extensions() == {"XHE": date(2021, 10, 8)}
    world.clock.now = NOON.replace(month=10, day=8)
    arrive(world, attachments=table_of("新河街道总工会"))
    arrive(world, sender="xingang@example.org", attachments=table_of("新港街道总工会"))
    in_time, late = (words(receipt) for receipt in world.sent("receipt")[-2:])
    assert "逾期" not in in_time
    assert "逾期" in late


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("延期 新河街道 9月1日", "应在截止日"),
        ("延期 新河街道 13月40日", "没有 13月40日"),
        ("延期 天宫 10月8日", "名录中没有"),
    ],
)
def test_an_extension_that_makes_no_sense_is_refused(world: World, line: str, sentence: str) -> None:
    arrive(world, sender=STAFF, subject="状态", text="", attachments=())
    assert sentence in words(answer(world, line, world.sent("transcript")[-1]))


def test_staff_may_answer_from_the_mailbox_itself(tmp_path: Path) -> None:
    world = World(tmp_path, staff={"digest_to": [MAILBOX], "alerts_to": []})
    a_correction_by_a_stranger(world)
    answer(world, "1", sender=MAILBOX)
    assert states(world)[1][2] == "replaces"


def test_a_mail_of_staff_that_comes_twice_is_obeyed_once(world: World) -> None:
    a_correction_by_a_stranger(world)
    letter = world.sent("case")[-1]
    for hop in ("a", "b"):
        world.deliver(
            mail(
                sender=STAFF,
                subject=f"回复：{letter['Subject']}",
                text="1",
                attachments=(),
                message_id="<one@example.org>",
                headers={"Received": hop, "In-Reply-To": letter["Message-ID"]},
            )
        )
        world.round()
    assert [m["disposition"] for m in world.export["messages"]][-2:] == ["command", "duplicate"]
    assert len(world.sent("transcript")) == 1


def test_what_counts_twice_by_a_decision_is_told_before_and_after_it(world: World) -> None:
    a_correction_by_a_stranger(world)  # the same activity with 130 people instead of 120
    assert "将重复计入" in words(world.sent("case")[-1])
    decide(world, "append", "HWM21-0002")
    (finding,) = [f for f in world.export["submissions"][-1]["findings"] if f["code"] == "counted-twice"]
    assert finding["severity"] == "warning"
    assert "同名同日" in finding["text"]
    decide(world, "undo", "HWM21-0002")
    decide(world, "replace", "HWM21-0002")
    assert "counted-twice" not in [f["code"] for f in world.export["submissions"][-1]["findings"]]


def test_a_mail_that_killed_its_reader_is_closed_like_any_other_case(world: World) -> None:
    deadly = mail(attachments=table_of("新河街道总工会"))
    world.reader.deadly.append(deadly)
    world.deliver(deadly)
    world.round()
    (message,) = world.messages
    assert (message.code, message.settled) == ("quarantined", False)
    assert "已忽略" in decide(world, "ignore", "HWM21-0001")
    (message,) = world.messages
    assert (message.disposition, message.code, message.settled) == ("unreadable", "quarantined", True)
    with world.app.store.transaction() as tx:
        assert waiting_cases(world.app, tx) == ()
    decide(world, "undo", "HWM21-0001")
    with world.app.store.transaction() as tx:
        assert [case.name for case in waiting_cases(world.app, tx)] == ["HWM21-0001"]
    assert "已退回" in decide(world, "reject", "HWM21-0001", reason="请另存为 .xlsx")
