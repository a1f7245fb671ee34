"""A registered table is taken out of what counts, its sender is told, and it can come back."""

from pathlib import Path

import pytest

from mailbot.cli.commands.replay import canonical
from mailbot.domain.errors import ActRefused
from support.replay import again
from support.review import answer, arrive, decide, table_of
from support.world import World, activity, words

CASE = "HWM21-0001"


def test_a_withdrawn_table_counts_no_more_and_its_sender_is_told(world: World) -> None:
    arrive(world, attachments=table_of("新河街道总工会", activity(people=120)))
    said = decide(world, "withdraw", CASE, reason="与上年度重复")
    world.round()
    assert said == f"受理号 {CASE} 的统计表已撤回登记，不再计入"
    assert states(world) == [(CASE, "withdrawn", False)]
    letter = world.sent("receipt")[-1]
    assert letter["Subject"] == f"【已撤回登记】新河街道总工会 统计表（受理号 {CASE}）"
    assert letter["To"] == "xinhe@example.org"
    assert "由工作人员撤回登记，不再计入：与上年度重复" in words(letter)
    arrive(world, attachments=table_of("新河街道总工会", activity(people=120)))
    assert states(world)[-1] == ("HWM21-0002", "accepted", True)


def test_what_it_had_replaced_counts_again_and_the_answer_says_so(world: World) -> None:
    arrive(world, attachments=table_of("新河街道总工会", activity(people=120)))
    arrive(world, subject="更正", attachments=table_of("新河街道总工会", activity(people=130)))
    assert decide(world, "withdraw", "HWM21-0002").endswith(f"；此前的登记（受理号 {CASE}）恢复计入")
    assert states(world) == [(CASE, "accepted", True), ("HWM21-0002", "withdrawn", False)]


def test_taking_the_withdrawal_back_lets_it_count_again(world: World) -> None:
    arrive(world, attachments=table_of("新河街道总工会", activity(people=120)))
    decide(world, "withdraw", CASE)
    decide(world, "undo", CASE)
    assert states(world) == [(CASE, "accepted", True)]


def test_it_does_not_come_back_beside_what_was_reported_since(world: World) -> None:
    arrive(world, attachments=table_of("新河街道总工会", activity(people=120)))
    decide(world, "withdraw", CASE)
    arrive(world, attachments=table_of("新河街道总工会", activity(people=130)))
    with pytest.raises(ActRefused, match="此后该单位已另行报送（受理号 HWM21-0002）"):
        decide(world, "undo", CASE)


@pytest.mark.parametrize("case", [CASE, "HWM21-0099"])
def test_what_does_not_count_cannot_be_withdrawn(world: World, case: str) -> None:
    arrive(world, attachments=table_of("新河街道总工会", activity()))
    decide(world, "withdraw", CASE)
    with pytest.raises(ActRefused, match="没有正在计入的统计表"):
        decide(world, "withdraw", case)


def test_by_mail_it_takes_a_fresh_word_for_that_case(world: World) -> None:
    arrive(world, attachments=table_of("新河街道总工会", activity()))
    arrive(world, sender="someone@example.net", attachments=table_of(""))
    refused = answer(world, f"{CASE} 撤回登记")
    assert "口令不适用于受理号" in words(refused)
    assert states(world)[0] == (CASE, "accepted", True)
    done = answer(world, f"{CASE} 撤回登记", refused)
    assert "已撤回登记" in words(done)
    assert states(world)[0] == (CASE, "withdrawn", False)


def test_a_replay_withdraws_it_again(world: World, tmp_path: Path) -> None:
    arrive(world, attachments=table_of("新河街道总工会", activity()))
    decide(world, "withdraw", CASE)
    assert canonical(again(world, tmp_path)) == canonical(world.app)


def states(world: World) -> list[tuple[str, str, bool]]:
    return [(one["case"], one["status"], one["current"]) for one in world.export["submissions"]]
