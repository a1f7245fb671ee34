"""Mail whose files take long to read is judged in a queue of its own, and delays no other mail."""

import os
import shutil
from pathlib import Path

import pytest

from mailbot.domain.mail import Disposition
from mailbot.flows.judge import judge_next
from support.libreoffice import docx, install
from support.mails import mail
from support.paths import GOLDEN_FILES
from support.world import World, table

WORD, SOLID = (GOLDEN_FILES / "word.doc").read_bytes(), (GOLDEN_FILES / "solid.rar").read_bytes()
TABLE = docx(
    ("活动名称", "活动时间", "活动地点", "活动形式", "接触职工人数", "覆盖职工网民数"),
    ("网络安全知识竞赛", "2021年6月15日", "职工之家", "知识竞赛", "300", "5000"),
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "world")


@pytest.fixture
def libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    install(tmp_path / "bin", monkeypatch, result=TABLE)


def old_document(**changes: object) -> bytes:
    fields: dict[str, object] = {"sender": "李晓 <xinhe@example.org>", "attachments": [("统计表.doc", WORD)]}
    return mail(**{**fields, **changes})  # type: ignore[arg-type]  # a builder: the fields are mail's own


@pytest.mark.usefixtures("libreoffice")
def test_a_quick_mail_is_judged_while_a_slow_one_waits(world: World) -> None:
    world.deliver(old_document())
    world.deliver(mail(sender="a@example.org", attachments=[("附件1.xlsx", table())]))
    world.collect()
    while judge_next(world.app):
        pass
    assert sorted(one.disposition or "" for one in world.messages) == ["", Disposition.SUBMISSION]
    assert judge_next(world.app, slowly=True)
    assert not judge_next(world.app, slowly=True)
    assert {one.disposition for one in world.messages} == {Disposition.SUBMISSION}


@pytest.mark.usefixtures("libreoffice")
def test_the_figures_of_an_old_document_are_stored_and_answered(world: World) -> None:
    world.deliver(old_document())
    world.round()
    (submission,) = world.export["submissions"]
    assert submission["records"][0]["values"]["participants"] == 300
    assert len(world.sent()) == 1


@pytest.mark.usefixtures("libreoffice")
def test_a_slow_mail_that_kills_its_reader_is_set_aside_after_the_third_time(world: World) -> None:
    raw = old_document()
    world.deliver(raw)
    world.collect()
    assert judge_next(world.app)
    world.reader.deadly.append(raw)
    for _ in range(3):
        assert judge_next(world.app, slowly=True)
        assert [one.disposition for one in world.messages] == [None]
    assert judge_next(world.app, slowly=True)
    assert [one.code for one in world.messages] == ["quarantined"]


def test_without_libreoffice_nothing_goes_to_the_slow_lane(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    world.deliver(old_document(subject="报送统计表"))
    world.collect()
    assert judge_next(world.app)
    assert not judge_next(world.app, slowly=True)
    assert [(one.disposition, one.code) for one in world.messages] == [(Disposition.UNREADABLE, "word")]


def test_the_figures_in_a_solid_rar_are_stored_and_answered(world: World) -> None:
    if shutil.which("unar") is None and os.environ.get("MAILBOT_REQUIRE_SERVERS") != "1":
        pytest.skip("unar is not installed: apt-get install unar")
    world.deliver(mail(sender="李晓 <xinhe@example.org>", attachments=[("统计表.rar", SOLID)]))
    world.collect()
    assert judge_next(world.app)
    assert [one.disposition for one in world.messages] == [None]
    world.round()
    (submission,) = world.export["submissions"]
    assert [record["values"]["participants"] for record in submission["records"]] == [300, 120]
    assert len(world.sent()) == 1


def test_without_unar_a_solid_rar_is_answered_at_once(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    world.deliver(mail(subject="报送统计表", sender="李晓 <xinhe@example.org>", attachments=[("统计表.rar", SOLID)]))
    world.collect()
    assert judge_next(world.app)
    assert not judge_next(world.app, slowly=True)
    assert [(one.disposition, one.code) for one in world.messages] == [(Disposition.UNREADABLE, "archive")]
