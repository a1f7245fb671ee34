"""`mailbot subject` and `mailbot purge`: what they write, ask, refuse and say."""

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from mailbot.daemon.daemon import Daemon
from storage.daemon_lock import lock
from support.command_line import Office
from support.review import a_correction_by_a_stranger, answer, arrive, table_of
from support.world import World, activity

STRANGER = "someone@example.net"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office whose mail is judged and settled."""
    folder = tmp_path_factory.mktemp("filled")
    world = World(folder)
    a_correction_by_a_stranger(world)
    answer(world, "1")
    arrive(world, sender="port@example.org", attachments=table_of("云海港集团工会", activity("乙")))
    world.app.store.close()
    return folder


@pytest.fixture
def desk(tmp_path: Path, filled: Path) -> Office:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    mailbox = World(tmp_path).config.mailbox[0]
    return Office(tmp_path, mailbox, mailbox)


def test_what_is_kept_is_written_for_its_user_alone(desk: Office) -> None:
    done = desk.run("subject", "export", STRANGER, "-o", "handed")
    assert done.returncode == 0, done.stderr
    folder = desk.folder / "handed"
    document = json.loads((folder / "person.json").read_text(encoding="utf-8"))
    assert [one["case"] for one in document["messages"] if one["is_own"]] == ["HWM21-0002"]
    assert document["submissions"][0]["header"]["reporter"] == "李晓"
    mails = {path.stem for path in (folder / "mails").iterdir()}
    assert mails == {one["sha256"] for one in document["messages"]}
    assert (
        b"someone@example.net"
        in next((folder / "mails").glob(f"{document['submissions'][0]['sha256']}.eml")).read_bytes()
    )
    letters = {str(one["id"]) for one in document["letters"]}
    assert letters == {path.stem for path in (folder / "letters").iterdir()}
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_dir()} == {0o700}
    again = desk.ask("subject", "export", STRANGER, "-o", "handed")
    assert (again.returncode, again.stderr) == (2, "mailbot: handed is there already; name another folder with -o\n")


def test_what_is_kept_is_told_to_other_programs(desk: Office) -> None:
    done = desk.ask("subject", "export", "李晓", "--json")
    assert done.returncode == 0
    assert [one["case"] for one in json.loads(done.stdout)["messages"] if one["is_own"]] == [
        "HWM21-0001",
        "HWM21-0002",
        "HWM21-0003",
    ]


@pytest.mark.parametrize("action", [["export"], ["erase", "--yes"]])
def test_nothing_kept_is_no_failure(desk: Office, action: list[str]) -> None:
    done = desk.ask("subject", action[0], "nobody@example.org", *action[1:])
    assert (done.returncode, done.stdout) == (0, "nothing is kept of that person\n")
    assert not (desk.folder / "person-data").exists()


@pytest.mark.parametrize("who", ["", "x", "12"])
def test_who_is_nobody_at_all_is_told(desk: Office, who: str) -> None:
    done = desk.ask("subject", "erase", who, "--yes")
    assert done.returncode == 2
    assert "is no mail address, phone number or name" in done.stderr


def test_an_erasure_asks_first_and_a_trial_erases_nothing(desk: Office) -> None:
    before = desk.ask("export", "--format", "json").stdout
    trial = desk.ask("subject", "erase", STRANGER, "--dry-run")
    assert trial.returncode == 0
    assert "own    2021-09-14  HWM21-0002" in trial.stdout
    assert "nothing was erased" in trial.stdout
    unasked = desk.ask("subject", "erase", STRANGER)
    assert unasked.returncode == 1
    assert unasked.stderr.endswith("mailbot: nothing was erased; to erase, answer y or say --yes\n")
    assert desk.ask("export", "--format", "json").stdout == before


def test_an_erasure_says_what_it_did_and_what_is_kept_elsewhere(desk: Office) -> None:
    status = desk.ask("status", "--json")
    done = desk.run("subject", "erase", STRANGER, "--yes")
    assert done.returncode == 0, done.stderr
    after = desk.ask("status", "--json")
    assert (after.returncode, json.loads(after.stdout)["units"]) == (
        status.returncode,
        json.loads(status.stdout)["units"],
    )
    assert "erased; what counts was left as it is" in done.stdout
    assert "backups that were made before still hold it" in done.stdout
    exported = json.loads(desk.ask("export", "--format", "json").stdout)
    assert STRANGER not in json.dumps(exported)
    assert [one["current"] for one in exported["submissions"]] == [False, True, True]
    assert exported["submissions"][1]["records"][0]["values"]["participants"] == 130
    replayed = desk.ask("replay")
    assert (replayed.returncode, replayed.stdout[:34]) == (0, "the records are what the archive s"), replayed.stdout
    again = desk.ask("subject", "erase", STRANGER, "--yes", "--json")
    assert (again.returncode, json.loads(again.stdout)["erased"]) == (0, False)


def test_a_contact_of_the_roster_is_named_as_kept_there(desk: Office) -> None:
    done = desk.ask("subject", "erase", "port@example.org", "--yes", "--json")
    kept = json.loads(done.stdout)["kept_elsewhere"]
    assert any("units.csv names the person" in sentence for sentence in kept)


def test_an_erasure_waits_for_what_is_not_settled(desk: Office, tmp_path: Path) -> None:
    world = World(tmp_path)
    world.inbox.renumber()  # what lies in it now is not what lay there before
    world.clock.forward(days=1)
    other, rows = "other@example.net", [activity("甲", people=1)]
    arrive(world, sender=other, subject="更正", attachments=table_of("新河街道总工会", *rows))
    world.app.store.close()
    done = desk.ask("subject", "erase", other, "--yes")
    assert done.returncode == 1
    assert "is not settled yet; settle it with `mailbot review`" in done.stderr
    assert other in desk.ask("export", "--format", "json").stdout


def test_the_address_of_the_mailbox_is_nobodys(desk: Office) -> None:
    done = desk.ask("subject", "erase", "office@example.com", "--yes")
    assert (done.returncode, done.stderr) == (
        2,
        "mailbot: that is the address of the mailbox itself; name a person\n",
    )


@pytest.mark.parametrize("command", [["subject", "erase", STRANGER, "--yes"], ["purge", "--older-than", "0"]])
def test_a_daemon_is_not_erased_from_under(desk: Office, command: list[str]) -> None:
    with lock(f"sqlite:///{desk.folder / 'data/mailbot.db'}"):
        done = desk.ask(*command)
    assert done.returncode == 75
    assert STRANGER in desk.ask("export", "--format", "json").stdout


# ---------------------------------------------------------------- purge


def test_a_purge_says_what_goes_and_then_does_it(desk: Office) -> None:
    trial = json.loads(desk.ask("purge", "--older-than", "90", "--dry-run", "--json").stdout)
    assert len(list(desk.folder.glob("data/archive/??/*.eml"))) == 4
    done = desk.run("purge", "--older-than", "90d", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert {**document, "dry_run": True} == trial
    assert len(document["mails"]) == 4
    assert not list(desk.folder.glob("data/archive/??/*.eml"))
    exported = json.loads(desk.ask("export", "--format", "json").stdout)
    assert {one["from"] for one in exported["messages"]} == {"（已删除）"}
    assert desk.ask("replay").returncode == 0
    assert "erased: 0 mails, the words of 0 letters" in desk.ask("purge", "--older-than", "2022-01-01").stdout


def test_a_purge_without_an_age_goes_by_the_configuration(desk: Office) -> None:
    bare = desk.ask("purge")
    assert (bare.returncode, bare.stderr) == (
        2,
        "mailbot: nothing says what is to go: write [retention] mails_days, or --older-than 90\n",
    )
    desk.change("[campaign]", "[retention]\nmails_days = 36500\nletters_days = 0\n[campaign]")
    done = json.loads(desk.ask("purge", "--json").stdout)
    assert (done["mails"], done["letters"] > 0) == ([], True)


@pytest.mark.parametrize(
    ("age", "mails"), [("52w", 4), ("12m", 4), ("3y", 4), ("9999y", 0), ("2021-09-14", 0), ("2021-09-15", 4)]
)
def test_ages_are_written_in_days_weeks_months_or_years(desk: Office, age: str, mails: int) -> None:
    done = desk.ask("purge", "--older-than", age, "--dry-run", "--json")
    assert len(json.loads(done.stdout)["mails"]) == mails


@pytest.mark.parametrize("age", ["soon", "-3", "3x", "2999-01-01"])
def test_an_age_that_is_none_is_told(desk: Office, age: str) -> None:
    done = desk.ask("purge", "--older-than", age)
    assert done.returncode == 2
    assert done.stderr.startswith("mailbot: Invalid value for --older-than")


def test_the_daemon_lets_go_what_the_configuration_keeps_no_longer(tmp_path: Path, filled: Path) -> None:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    world = World(tmp_path, retention={"mails_days": 30})
    archive = world.config.archive.path
    world.clock.now = datetime(2021, 11, 30, 23, 59, tzinfo=world.clock.now.tzinfo)
    daemon = Daemon(world.app)
    daemon.retain()
    assert len(list(archive.glob("??/*.eml"))) == 4
    world.clock.forward(minutes=2)
    daemon.clock_was_set(400.0)
    daemon.retain()
    assert len(list(archive.glob("??/*.eml"))) == 4, "a clock that was set ahead erases nothing"
    daemon.trusted_from = 0.0
    daemon.retain()
    assert not list(archive.glob("??/*.eml"))
