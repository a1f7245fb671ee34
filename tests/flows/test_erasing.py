"""Erasing: the raw mails and the names go, what counts stays, and a replay over what is left gives the same."""

import json
import shutil
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailbot.campaigns import roster_file
from mailbot.cli.commands.replay import canonical
from mailbot.decide.retention import limits_before
from mailbot.domain.erasing import person_called
from mailbot.domain.errors import ArchiveError
from mailbot.domain.letter import LetterState
from mailbot.flows.begin import begin
from mailbot.flows.erase import Order, erase, finish_erasing, mails
from mailbot.flows.find_person import find_person
from mailbot.flows.purge import due, purge
from support.mails import mail
from support.replay import again
from support.review import a_correction_by_a_stranger, a_table_of_nobody, answer, arrive, decide, table_of
from support.world import UNITS, World, activity

STRANGER = "someone@example.net"


def everything(world: World) -> bytes:
    """All bytes that the installation holds."""
    folder = world.config.archive.path.parent
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def figures(world: World) -> object:
    """What counts: each table with its standing and its figures, and the rows that count once."""
    kept = [
        (
            one["case"],
            one["unit"],
            one["status"],
            one["relation"],
            one["current"],
            one["version"],
            one["totals"],
            [{k: v for k, v in record["values"].items() if isinstance(v, int)} for record in one["records"]],
        )
        for one in world.export["submissions"]
    ]
    outcomes = [(one["sha256"], one["disposition"], one["case"]) for one in world.export["messages"]]
    return sorted(kept, key=str), sorted(outcomes)


def a_year(world: World) -> None:
    """Mail of several units with decisions, one of them taken back, all settled."""
    a_correction_by_a_stranger(world)
    answer(world, "1")
    a_table_of_nobody(world)
    case = world.export["submissions"][-1]["case"]
    decide(world, "assign", case, unit="XG")
    decide(world, "undo", case)
    decide(world, "reject", case, reason="请张三丰写明单位")
    arrive(world, sender="port@example.org", subject="补报", attachments=table_of("云海港集团工会", activity("乙")))
    arrive(world, sender="port@example.org", subject="信息", text="活动照片", attachments=[("a.jpg", b"\xff\xd8\xff")])
    arrive(world, subject="更正", attachments=table_of("新河街道总工会", activity("甲", people=140)))


def erase_person(world: World, who: str) -> None:
    found = find_person(world.app, person_called(who))
    own, naming = ([one.sha256 for one in some] for some in (found.own, found.naming))
    erase(world.app, Order(world.clock(), messages=mails(own, naming), person=found.person))


def test_a_sender_is_erased_and_what_counts_stays(url: str, tmp_path: Path) -> None:
    world = World(tmp_path, database={"url": url})
    a_year(world)
    before = figures(world)
    assert STRANGER.encode() in everything(world)
    erase_person(world, STRANGER)
    assert figures(world) == before
    assert STRANGER not in json.dumps(world.export, ensure_ascii=False)
    assert not find_person(world.app, person_called(STRANGER)).messages
    assert canonical(again(world, tmp_path)) == canonical(world.app)


@pytest.mark.parametrize("who", [STRANGER, "xinhe@example.org", "port@example.org", "李晓", "65300000"])
def test_nothing_that_is_kept_names_who_was_erased(world: World, tmp_path: Path, who: str) -> None:
    a_year(world)
    erase_person(world, who)
    held = everything(world)
    assert who.encode() not in held
    assert json.dumps(who).strip('"').encode() not in held
    assert find_person(world.app, person_called(who)).is_empty
    assert canonical(again(world, tmp_path)) == canonical(world.app)


def test_what_was_compared_with_an_erased_table_is_replayed_as_it_was(world: World, tmp_path: Path) -> None:
    """A stranger may correct what the stranger sent; nobody knows that any more after the erasure."""
    arrive(world, sender=STRANGER, attachments=table_of("新河街道总工会", activity("甲", people=120)))
    arrive(world, sender=STRANGER, subject="更正", attachments=table_of("新河街道总工会", activity("甲", people=130)))
    arrive(world, subject="更正", attachments=table_of("新河街道总工会", activity("甲", people=140)))
    before = figures(world)
    first = world.export["messages"][0]["sha256"]
    erase(world.app, Order(world.clock(), messages=mails([first])))
    assert figures(world) == before
    assert canonical(again(world, tmp_path)) == canonical(world.app)
    arrive(world, subject="更正", attachments=table_of("新河街道总工会", activity("甲", people=150)))
    (tmp_path / "again.db").unlink()
    assert canonical(again(world, tmp_path)) == canonical(world.app)


def test_a_name_in_the_words_of_a_row_goes_from_every_table(world: World, tmp_path: Path) -> None:
    arrive(world, attachments=table_of("新河街道总工会", activity("欧阳明珠讲座", people=120), activity("乙")))
    arrive(world, sender="port@example.org", attachments=table_of("云海港集团工会", activity("欧阳明珠讲座")))
    before = figures(world)
    erase_person(world, "欧阳明珠")
    assert figures(world) == before
    titles = [r["values"]["title"] for s in world.export["submissions"] for r in s["records"]]
    assert sorted(titles) == ["***讲座", "***讲座", "乙"]
    reporters = {s["header"]["reporter"] for s in world.export["submissions"]}
    assert reporters == {"李晓"}, "who only names somebody keeps its own sender"
    assert canonical(again(world, tmp_path)) == canonical(world.app)


def test_a_name_that_another_name_begins_with_is_another_name(world: World) -> None:
    arrive(world, attachments=table_of("新河街道总工会"))
    found = find_person(world.app, person_called("李晓明"))
    assert found.is_empty
    assert [m.case for m in find_person(world.app, person_called("李 晓")).own] == ["HWM21-0001"]


def test_a_mail_that_is_fetched_again_is_not_kept_again(world: World) -> None:
    raw = mail(sender=STRANGER, message_id="<a@example.net>", attachments=table_of("新河街道总工会"))
    world.deliver(raw)
    world.round()
    erase_person(world, STRANGER)
    world.inbox.renumber()
    world.round()
    assert len(world.export["messages"]) == 1
    assert not list(world.config.archive.path.glob("??/*.eml"))


def test_letters_to_who_was_erased_are_empty_and_never_sent(tmp_path: Path) -> None:
    world = World(tmp_path, sending={"mode": "hold"})
    arrive(world, sender=STRANGER, attachments=table_of("新河街道总工会"))
    erase_person(world, STRANGER)
    letters = [one for one in world.letters if one.key.startswith("receipt:")]
    assert [(one.to, one.state) for one in letters] == [("（已删除）", LetterState.DROPPED)]
    with world.app.store.transaction() as tx:
        assert tx.content(letters[0].id) == b""


def test_what_is_decided_after_an_erasure_is_replayed_too(world: World, tmp_path: Path) -> None:
    a_correction_by_a_stranger(world)
    answer(world, "1")
    erase_person(world, STRANGER)
    decide(world, "undo", "HWM21-0002")
    assert [s["current"] for s in world.export["submissions"]] == [True, False]
    decide(world, "replace", "HWM21-0002")
    assert [s["current"] for s in world.export["submissions"]] == [False, True]
    assert canonical(again(world, tmp_path)) == canonical(world.app)


def test_two_erasures_follow_each_other(world: World, tmp_path: Path) -> None:
    a_year(world)
    before = figures(world)
    erase_person(world, STRANGER)
    arrive(world, sender="port@example.org", subject="补报", attachments=table_of("云海港集团工会", activity("丁")))
    erase_person(world, "李晓")
    assert canonical(again(world, tmp_path)) == canonical(world.app)
    assert len(before[0]) + 1 == len(world.export["submissions"])  # type: ignore[index]


# ---------------------------------------------------------------- purging


def test_old_mails_go_and_young_ones_and_open_cases_stay(world: World, tmp_path: Path) -> None:
    a_year(world)
    a_correction_by_a_stranger(world)
    boundary = world.clock() + timedelta(minutes=1)
    world.clock.forward(hours=1)
    arrive(world, sender="port@example.org", subject="补报", attachments=table_of("云海港集团工会", activity("丁")))
    before = figures(world)
    found = due(world.app, limits_before(boundary))
    assert purge(world.app, limits_before(boundary)) == found
    assert figures(world) == before
    open_cases = [s["case"] for s in world.export["submissions"] if s["status"] == "review"]
    assert open_cases
    assert [message.case for message in found.waiting] == open_cases
    assert len(list(world.config.archive.path.glob("??/*.eml"))) == len(open_cases) + 1
    assert due(world.app, limits_before(boundary)).mails == ()
    headers = [s["header"] for s in world.export["submissions"] if s["case"] == "HWM21-0001"]
    assert [(one["reporter"], one["phone"]) for one in headers] == [("***", "***")]
    assert canonical(again(world, tmp_path)) == canonical(world.app)


def test_rows_that_were_counted_once_are_counted_once_after_a_purge(world: World, tmp_path: Path) -> None:
    row = activity("联系13800138000报名的讲座", people=50)
    arrive(world, attachments=table_of("新河街道总工会", row, activity("乙")))
    boundary = world.clock() + timedelta(seconds=1)
    arrive(world, subject="补报", attachments=table_of("新河街道总工会", row, activity("丙")))
    sums = counted(world)
    purge(world.app, limits_before(boundary))
    with world.app.store.transaction() as tx:
        tx.mark_all_repeated(world.config.campaign.id)
    assert counted(world) == sums
    assert canonical(again(world, tmp_path)) == canonical(world.app)


def counted(world: World) -> int:
    """The participants that the form's view adds up."""
    world.app.store.publish(world.app.forms.values())
    with sqlite3.connect(str(world.config.database.path)) as connection:
        return int(connection.execute("SELECT sum(participants) FROM activities").fetchone()[0])


# ---------------------------------------------------------------- killed


class Killed(BaseException):
    """The process ends here."""


STEPS = (
    "app.archive.begin_erasing",
    "app.archive.outcomes.keep",
    "app.archive.journal.rewrite",
    "app.archive.versions.rewrite",
    "app.archive.erase",
    "app.archive.end_erasing",
    "app.store.sweep",
)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of an installation after its year, and its records after an erasure that nothing has cut off."""
    folder = tmp_path_factory.mktemp("year")
    a_year(world := World(folder / "before"))
    world.app.store.close()
    shutil.copytree(folder / "before", folder / "after")
    erase_person(after := World(folder / "after"), STRANGER)
    return folder / "before", canonical(after.app)


@pytest.mark.parametrize(
    ("step", "when", "by"),
    [
        *((step, "before", "start") for step in STEPS),
        *((step, "after", "order") for step in STEPS),
        ("app.archive.outcomes.keep", "second", "order"),
        ("app.archive.outcomes.keep", "second", "start"),
        ("app.archive.erase", "second", "order"),
    ],
)
def test_an_erasure_that_was_killed_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, year: tuple[Path, str], step: str, when: str, by: str
) -> None:
    shutil.copytree(year[0], tmp_path / "cut")
    cut, calls = World(tmp_path / "cut"), 0
    owner: object = cut
    *path, name = step.split(".")
    for part in path:
        owner = getattr(owner, part)
    real = getattr(owner, name)

    def killed(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        if when == "before" or (when == "second" and calls == 2):
            raise Killed
        real(*arguments)
        if when == "after":
            raise Killed
        return None

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, killed)
        with pytest.raises(Killed):
            erase_person(cut, STRANGER)
    if cut.app.archive.begun_erasing():
        with pytest.raises(ArchiveError, match="cut off"):
            again(cut, tmp_path)
        (tmp_path / "again.db").unlink()
    cut.restart()
    if by == "start":
        begin(cut.app)
    if find_person(cut.app, person_called(STRANGER)).messages or by == "order":
        erase_person(cut, STRANGER)
    assert not finish_erasing(cut.app)
    assert STRANGER.encode() not in everything(cut)
    assert canonical(cut.app) == year[1]
    assert canonical(again(cut, tmp_path)) == canonical(cut.app)


# ---------------------------------------------------------------- rosters


def test_old_rosters_go_with_the_last_mail_that_was_judged_by_them(world: World) -> None:
    versions = world.app.archive.versions
    kept = versions.add("c-2021", "roster", f"{UNITS}A,甲街道总工会,,街镇,,old@example.org,,1,4\n".encode(), ".csv")
    world.app = replace(world.app, roster_version=kept)
    arrive(world, attachments=table_of("新河街道总工会"))
    boundary = world.clock() + timedelta(seconds=1)
    arrive(world, sender="port@example.org", attachments=table_of("云海港集团工会"))
    latest = versions.add("c-2021", "roster", UNITS.encode(), ".csv")
    purge(world.app, limits_before(boundary))
    assert versions.names() == [kept, latest], "the later mail was judged by it too"
    purge(world.app, limits_before(boundary + timedelta(days=1)))
    assert versions.names() == [latest]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_contact_goes_from_the_rosters_that_were_in_force(world: World, encoding: str) -> None:
    versions = world.app.archive.versions
    name = versions.add("c-2021", "roster", UNITS.encode(encoding), ".csv")
    erase_person(world, "xinhe@example.org")
    content = versions.read(name)
    assert content is not None
    assert content.decode(encoding) == UNITS.replace("xinhe@example.org", "***")
    found = roster_file.parse(content).roster
    assert found is not None
    assert [unit.emails for unit in found.units] == [(), ("xingang@example.org",), ("port@example.org",)]
