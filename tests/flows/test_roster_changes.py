"""The roster's file changes while the program runs: it is read again, or the one of before stays in force."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailbot.cli.commands import status
from mailbot.cli.commands.replay import canonical
from mailbot.config import Campaign
from mailbot.daemon import heartbeat
from mailbot.daemon.daemon import Daemon
from mailbot.domain.errors import ConfigError
from mailbot.flows import watch
from mailbot.flows.calendar_in_force import keep
from mailbot.flows.deliver import deliver_next
from mailbot.flows.refresh import PATIENCE, WHILE_OPEN, Edits, refresh_calendar, refresh_roster
from mailbot.flows.roster_in_force import in_force, with_roster
from support.command_line import Office
from support.replay import again
from support.review import a_table_of_nobody, arrive, decide, table_of
from support.world import UNITS, World, activity, words

BROKEN = UNITS.replace("XG,新港街道总工会", ",新港街道总工会")
LONGER = UNITS + "NEW,新村街道总工会,新村街,街镇,,new@example.org,,1,4\n"


class Kept:
    """A world whose roster lies in a file, and a daemon's looks at it, ten seconds apart."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        self.path = self.world.config.campaign.units
        self.write(UNITS)
        self.now, self.edits = 0.0, Edits()
        self.start()

    def start(self) -> None:
        world = self.world
        world.app = with_roster(world.app, in_force(world.config, world.app.archive, adopt=True))

    def write(self, text: str) -> None:
        before = self.path.stat().st_mtime_ns if self.path.exists() else 0
        self.path.write_text(text, encoding="utf-8")
        os.utime(self.path, ns=(before + 10**9, before + 10**9))

    def look(self, seconds: float = 20.0) -> None:
        for _ in range(int(seconds // 10)):
            self.now += 10
            self.world.app = refresh_roster(self.world.app, self.edits, self.now)

    @property
    def codes(self) -> list[str]:
        return [unit.code for unit in self.world.app.roster.units]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def alerts(world: World) -> list[str]:
    watch.watch(world.app, watch.Known())
    while deliver_next(world.app):
        pass
    return [f"{letter['Subject']}\n{words(letter)}" for letter in world.sent("alert")]


def test_a_changed_file_is_in_force_without_a_restart(kept: Kept) -> None:
    kept.look()
    kept.write(LONGER)
    kept.look(10)
    assert "NEW" not in kept.codes  # perhaps half of a file
    kept.look(10)
    assert "NEW" in kept.codes
    arrive(kept.world, sender="new@example.org", attachments=table_of("新村街道总工会"))
    assert kept.world.submissions[-1].submission.unit == "NEW"


def test_a_broken_edit_keeps_the_one_of_before_and_staff_are_told_the_line(kept: Kept) -> None:
    kept.look()
    kept.write(BROKEN)
    kept.look(PATIENCE)
    assert alerts(kept.world) == []
    kept.look(40)
    assert kept.codes == ["XHE", "XG", "PORT"]
    (alert,) = alerts(kept.world)
    assert alert.startswith("【系统告警】单位名录有误，暂用修改前的名录")
    assert "第3行A列（code）：新港街道总工会缺少编号" in alert
    kept.write(LONGER)
    kept.look()
    assert "NEW" in kept.codes
    assert alerts(kept.world)[1].startswith("【系统恢复】单位名录已重新读取")


def test_an_edit_that_is_taken_back_leaves_nothing_behind(kept: Kept) -> None:
    kept.look()
    kept.write(BROKEN)
    kept.look(PATIENCE + 60)
    assert kept.world.app.roster_refused
    kept.write(UNITS)
    kept.look()
    assert not kept.world.app.roster_refused
    assert kept.world.app.roster_version == "c-2021.roster.000001.csv"


@pytest.mark.parametrize("half", [UNITS[:60], "", None])
def test_a_file_that_is_being_written_alarms_nobody(kept: Kept, half: str | None) -> None:
    kept.look()
    if half is None:
        kept.path.unlink()
    else:
        kept.write(half)
    kept.look(PATIENCE / 2)
    kept.write(LONGER)
    kept.look()
    assert "NEW" in kept.codes
    assert alerts(kept.world) == []


@pytest.mark.parametrize("lock", ["~$units.csv", "~$its.csv", ".~lock.units.csv#", ".~units.csv"])
def test_while_a_program_has_the_file_open_more_patience_is_had(kept: Kept, lock: str) -> None:
    kept.look()
    (kept.path.parent / lock).write_text("", encoding="utf-8")
    kept.write(BROKEN)
    kept.look(PATIENCE + 60)
    assert not kept.world.app.roster_refused
    kept.look(WHILE_OPEN)
    assert kept.world.app.roster_refused


def test_a_faulty_address_is_told_and_costs_only_itself(kept: Kept) -> None:
    kept.look()
    kept.write(UNITS.replace("xingang@example.org", "13800138000"))
    kept.look()
    assert [unit.emails for unit in kept.world.app.roster.units][:2] == [("xinhe@example.org",), ()]
    (alert,) = alerts(kept.world)
    assert alert.startswith("【系统告警】单位名录中有 1 处填写有误")
    assert "第3行F列（emails）：“138****8000”是号码，不是邮箱地址" in alert  # figures are masked in letters
    kept.world.clock.forward(days=2)
    assert len([a for a in alerts(kept.world) if "填写有误" in a]) == 1


def test_a_restart_with_a_broken_file_goes_on_with_the_one_of_before_and_a_first_start_does_not(
    kept: Kept, tmp_path: Path
) -> None:
    kept.write(BROKEN)
    kept.start()
    assert kept.codes == ["XHE", "XG", "PORT"]
    assert kept.world.app.roster_refused
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    world = World(fresh)
    world.config.campaign.units.write_text(BROKEN, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"units.csv \(campaign.units\) row 3 column A \(code\): the code of"):
        in_force(world.config, world.app.archive, adopt=True)


@contextmanager
def beating(world: World) -> Iterator[None]:
    """A daemon lives with this archive."""
    Daemon(world.app).beat([])
    yield
    heartbeat.path(world.config.archive.path).unlink()


def test_who_looks_on_speaks_of_the_same_roster_as_the_daemon(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    config = kept.world.config
    monkeypatch.setattr("mailbot.cli.options.load", lambda path, **more: config)

    def shown() -> tuple[list[str], list[str]]:
        document = json.loads(CliRunner().invoke(status.command, ["--config", "x", "--json"]).output)
        return [unit["unit"] for unit in document["units"]], document["trouble"]

    kept.write(LONGER)
    with beating(kept.world):
        assert shown() == (["XHE", "XG", "PORT"], [])  # the daemon has not read it yet
    assert shown()[0] == ["XHE", "XG", "NEW", "PORT"]
    kept.look(30)
    kept.write(BROKEN)
    units, trouble = shown()
    assert units == ["XHE", "XG", "NEW", "PORT"]
    assert trouble == ["单位名录有误，暂用修改前的名录"]


def test_the_heartbeat_says_that_a_broken_file_is_not_in_force(kept: Kept) -> None:
    kept.write(BROKEN)
    kept.start()
    Daemon(kept.world.app).beat([])
    beat = heartbeat.read(kept.world.config.archive.path)
    assert beat is not None
    first, second = beat.faults()
    assert "row 3 column A (code): the code of 新港街道总工会 is missing" in first
    assert second.endswith("the roster of before stays in force")


def test_a_first_start_with_a_broken_roster_ends_with_2_and_a_later_one_does_not(office: Office) -> None:
    units = office.folder / "units.csv"
    units.write_text(BROKEN, encoding="utf-8")
    first = office.run("once")
    assert first.returncode == 2
    assert "row 3 column A (code): the code of 新港街道总工会 is missing" in first.stderr
    units.write_text(UNITS.replace("xingang@example.org", "无效"), encoding="utf-8")
    second = office.run("once")
    assert second.returncode == 0
    assert "row 3 column F (emails): '无效' holds no address" in second.stderr
    units.write_text(BROKEN, encoding="utf-8")
    third = office.run("once")
    assert third.returncode == 0
    assert "the roster of before stays in force" in third.stderr
    assert "单位名录有误，暂用修改前的名录" in office.ask("status").stdout


# ---------------------------------------------------------------- the calendar


MORE_REST = "holidays = [2021-09-28]\n"
TWICE = "holidays = [2021-09-28]\nworkdays = [\n  2021-09-28,\n]\n"


class Calendar:
    """A world whose calendar lies in a file, and a daemon's looks at it, ten seconds apart."""

    def __init__(self, folder: Path, **campaign: object) -> None:
        self.path = folder / "calendar.toml"
        self.path.write_text("holidays = []\n", encoding="utf-8")
        self.world = World(folder, campaign={"calendar": "calendar.toml", **campaign})
        keep(self.world.config.campaign, self.world.app.archive)
        self.now, self.edits = 0.0, Edits()

    def write(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")
        os.utime(self.path, (self.now + 1, self.now + 1))

    def look(self, seconds: float = 20.0) -> None:
        for _ in range(int(seconds // 10)):
            self.now += 10
            self.world.app = refresh_calendar(self.world.app, self.edits, self.now)

    @property
    def campaign(self) -> Campaign:
        return self.world.app.config.campaign


def test_a_changed_calendar_is_in_force_without_a_restart(tmp_path: Path) -> None:
    calendar = Calendar(tmp_path)
    calendar.look()
    assert calendar.campaign.calendar.is_working_day(date(2021, 9, 28))
    calendar.write(MORE_REST)
    calendar.look()
    assert not calendar.campaign.calendar.is_working_day(date(2021, 9, 28))
    calendar.write(TWICE)
    calendar.look(PATIENCE + 40)
    assert not calendar.campaign.calendar.is_working_day(date(2021, 9, 28))
    (alert,) = alerts(calendar.world)
    assert alert.startswith("【系统告警】工作日安排文件有误，暂用修改前的安排")
    assert "calendar.toml: 2021-09-28 stands among holidays and among workdays" in alert
    calendar.write("workdays = [2021-10-02]\n")
    calendar.look()
    assert calendar.campaign.calendar.is_working_day(date(2021, 10, 2))
    assert alerts(calendar.world)[1].startswith("【系统恢复】工作日安排已重新读取")


def test_a_deadline_that_follows_the_calendar_moves_with_it(tmp_path: Path) -> None:
    calendar = Calendar(tmp_path, deadline=date(2021, 9, 28), rollover="next_working_day")
    calendar.look()
    assert calendar.campaign.deadline == date(2021, 9, 28)
    calendar.write(MORE_REST)
    calendar.look()
    assert calendar.campaign.deadline == date(2021, 9, 29)
    assert calendar.world.reader.config.campaign.deadline == date(2021, 9, 29)
    calendar.write("holidays = []\n")
    calendar.look()
    assert calendar.campaign.deadline == date(2021, 9, 28)


def test_a_restart_with_a_broken_calendar_goes_on_with_the_one_of_before_and_a_first_start_does_not(
    office: Office,
) -> None:
    office.change('case_prefix = "HWM21"', 'case_prefix = "HWM21"\ncalendar = "calendar.toml"')
    calendar = office.folder / "calendar.toml"
    calendar.write_text("holidays = [2021-13-01]\n", encoding="utf-8")
    assert office.run("once").returncode == 2
    calendar.write_text(MORE_REST, encoding="utf-8")
    assert office.run("once").returncode == 0
    calendar.write_text(TWICE, encoding="utf-8")
    third = office.run("once")
    assert third.returncode == 0
    assert "calendar.toml: 2021-09-28 stands among holidays and among workdays" in third.stderr
    assert "the calendar of before stays in force" in third.stderr
    assert "工作日安排文件有误，暂用修改前的安排" in office.ask("status").stdout
    assert "WRONG  calendar: calendar.toml: 2021-09-28 stands among" in office.ask("doctor").stdout


# ---------------------------------------------------------------- replay


ENDS = UNITS.replace("\n", ",valid_from,valid_to,successor\n", 1).replace(",1,1\n", ",1,1,,2021-09-14,XG\n")


@pytest.mark.parametrize(
    "after",
    [
        UNITS.replace("新河街道总工会,新河街", "大新河街道总工会,大新河街"),
        ENDS,
        ENDS.replace("2021-09-14,XG", "2021-09-14,"),
        UNITS.replace("XHE,", "XHN,"),
        UNITS.replace(
            "XG,新港街道总工会,新港街,街镇,新港", "XG,新港街道总工会,新港街,街镇,新港;新河街道总工会;新河"
        ).replace("XHE,新河街道总工会,新河街,街镇,新河,xinhe@example.org,,1,1\n", ""),
        LONGER.replace("新河,xinhe", "新河;新河东,xinhe"),
    ],
    ids=["renamed", "merged", "ended", "renumbered", "merged by hand", "split"],
)
def test_a_replay_after_the_roster_changed_gives_the_same_records(kept: Kept, tmp_path: Path, after: str) -> None:
    world = kept.world
    kept.look()
    arrive(world, attachments=table_of("新河街道总工会", activity("甲")))
    arrive(world, attachments=table_of("新河街道总工会", activity("甲"), activity("乙")), subject="更正")
    a_table_of_nobody(world)
    decide(world, "assign", world.export["submissions"][-1]["case"], unit="XHE")
    kept.write(after)
    kept.look()
    assert world.app.roster_version == "c-2021.roster.000002.csv"
    arrive(world, sender="port@example.org", attachments=table_of("云海港集团工会"))
    app = again(world, tmp_path)
    assert canonical(app) == canonical(world.app)
    assert json.loads(canonical(app))["submissions"][0]["unit"] == "XHE"


def test_a_replay_without_a_kept_roster_goes_by_the_present_one(tmp_path: Path) -> None:
    world = World(tmp_path)
    arrive(world, attachments=table_of("新河街道总工会"))
    world.app = replace(world.app, roster_version="c-2021.roster.000009.csv")
    arrive(world, sender="port@example.org", attachments=table_of("云海港集团工会"))
    assert canonical(again(world, tmp_path)) == canonical(world.app)
