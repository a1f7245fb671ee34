"""The command line on real servers, in a process of its own: output, files and exit status."""

import json
import os
import re
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator

import pytest

from support.command_line import ARRIVED, Office
from support.dovecot import Account, Dovecot
from support.loopback import PASSWORD, PASSWORD_ENV, free_port
from support.mails import mail
from support.smtp_sink import SmtpSink
from support.waiting import wait_for
from support.world import activity, table


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory, dovecot_server: Dovecot) -> Iterator[tuple[Office, SmtpSink]]:
    """An office that has answered a report, and where its letters go; for tests that change neither."""
    account, sink = dovecot_server.account(), SmtpSink().start()
    ready = Office(tmp_path_factory.mktemp("answered"), account.config(), sink.config())
    account.deliver(report(), ARRIVED)
    assert ready.run("once").returncode == 0
    yield ready, sink
    sink.stop()


def report() -> bytes:
    return mail(sender="李晓 <xinhe@example.org>", attachments=[("附件1.xlsx", table())])


def test_one_pass_takes_mail_in_stores_it_and_answers(office: Office, dovecot: Account, smtp_server: SmtpSink) -> None:
    dovecot.deliver(report(), ARRIVED)
    done = office.run("once")
    assert (done.returncode, done.stdout) == (0, "")
    assert [m.recipients for m in smtp_server.mails] == [("xinhe@example.org",)]
    export = json.loads(office.run("export", "--format", "json").stdout)
    assert export["messages"][0]["received_at"] == "2021-09-14T15:02:11+08:00"
    assert export["submissions"][0]["records"][0]["values"]["participants"] == 120
    assert not any(dovecot.flags().values())


def test_a_second_pass_changes_nothing(office: Office, dovecot: Account, smtp_server: SmtpSink) -> None:
    dovecot.deliver(report(), ARRIVED)
    office.run("once")
    before = office.ask("export", "--format", "json").stdout
    assert json.loads(before)["submissions"]
    assert office.run("once").returncode == 0
    assert office.ask("export", "--format", "json").stdout == before
    assert len(smtp_server.mails) == 1


def test_an_empty_mailbox_is_a_good_pass(office: Office) -> None:
    assert office.run("once").returncode == 0
    assert json.loads(office.ask("export", "--format", "json").stdout)["messages"] == []


@pytest.mark.parametrize(("kind", "start"), [("xlsx", b"PK"), ("csv", "\ufeff受理号".encode())])
def test_exports_are_written_to_a_file(answered: tuple[Office, SmtpSink], kind: str, start: bytes) -> None:
    office, _ = answered
    assert office.ask("export", "--format", kind, "-o", f"out.{kind}").returncode == 0
    assert (office.folder / f"out.{kind}").read_bytes().startswith(start)


def test_status_tells_who_reported_for_people_and_for_programs(answered: tuple[Office, SmtpSink]) -> None:
    office, _ = answered
    assert "新河街道总工会" in office.run("status").stdout
    units = {unit["unit"]: unit for unit in json.loads(office.ask("status", "--json").stdout)["units"]}
    assert units["XHE"]["reported"]
    assert units["XG"]["owes"] == "nothing"


@pytest.mark.parametrize("kind", ["receipt", "reminder", "digest"])
def test_previews_show_a_letter_and_send_and_store_nothing(answered: tuple[Office, SmtpSink], kind: str) -> None:
    office, sink = answered
    before = office.ask("status", "--json").stdout
    assert json.loads(before)["units"]
    run = office.run if kind == "receipt" else office.ask
    done = run("preview", kind, "--at", "2021-09-24T09:30", "-o", f"{kind}.html")
    assert done.returncode == 0, done.stderr
    assert "工会" in (office.folder / f"{kind}.html").read_text(encoding="utf-8")
    assert office.ask("status", "--json").stdout == before
    assert len(sink.mails) == 1


def test_a_preview_without_a_due_reminder_says_when_one_is(office: Office) -> None:
    done = office.ask("preview", "reminder", "--at", "2021-06-01T09:30")
    assert done.returncode == 0
    assert "2021-09-16 09:00" in done.stderr


def test_held_letters_leave_by_release(office: Office, dovecot: Account, smtp_server: SmtpSink) -> None:
    office.change('mode = "live"', 'mode = "hold"')
    dovecot.deliver(report(), ARRIVED)
    assert "1 held" in office.run("once").stderr
    assert smtp_server.mails == []
    assert "待放行" in office.ask("status").stdout
    shown = office.ask("release", "--dry-run")
    assert "xinhe@example.org" in shown.stdout
    assert smtp_server.mails == []
    assert office.run("release", "--yes").returncode == 0
    assert len(smtp_server.mails) == 1
    assert "no letter is held back" in office.ask("release", "--yes").stdout


def test_init_writes_a_configuration_that_is_sound_and_overwrites_nothing(office: Office) -> None:
    process = office.start("init", "fresh")
    assert process.wait(30) == 0
    fresh = office.folder / "fresh"
    assert {path.name for path in fresh.iterdir()} == {"config.toml", "units.csv", "统计表.xlsx"}
    assert office.ask_plainly("status", "--config", str(fresh / "config.toml")).returncode == 0
    again = office.ask_plainly("init", "fresh")
    assert again.returncode == 2
    assert "is not overwritten" in again.stderr


def test_doctor_finds_everything_well(office: Office) -> None:
    done = office.run("doctor")
    assert done.returncode == 0, done.stdout
    assert "WRONG" not in done.stdout


def test_doctor_takes_a_missing_optional_program_for_no_fault(office: Office) -> None:
    done = office.run("doctor", PATH="", LIBARCHIVE="missing.so")
    assert done.returncode == 0, done.stdout
    missing = {
        "libarchive": "the table itself",
        "unar": "the table",
        "libreoffice": ".docx or .xlsx",
    }
    for name, meant in missing.items():
        (line,) = [line for line in done.stdout.splitlines() if line.startswith(f"note   {name}: not installed")]
        assert meant in line


def test_doctor_says_what_is_wrong_first_and_when_the_campaign_is_over(office: Office) -> None:
    office.change('digest_to = ["staff@example.org"]', "")
    lines = office.ask("doctor").stdout.splitlines()
    marks = [line.split()[0] for line in lines]
    assert marks == sorted(marks, key=["WRONG", "note", "ok"].index)
    (over,) = [line for line in lines if line.startswith("note   campaign: ")]
    assert "c-2021 (2021-05-01 to 2021-09-30) is over: its last day was 2021-10-31" in over


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("port = {imap}\n", "port = {closed}\n", "imap office"),
        ("port = {smtp}\n", "port = {closed}\n", "smtp office"),
        ("deadline = 2021-09-30", "deadline = 2099-09-30", "calendar"),
        ('digest_to = ["staff@example.org"]', "", "digest_to"),
    ],
)
def test_doctor_names_what_is_wrong_and_what_to_do(
    office: Office, dovecot: Account, smtp_server: SmtpSink, old: str, new: str, said: str
) -> None:
    ports = {"imap": dovecot.config().imap.port, "smtp": smtp_server.config().smtp.port, "closed": free_port()}
    office.change(old.format(**ports), new.format(**ports))
    done = office.ask("doctor")
    assert done.returncode == 1
    assert any(line.startswith("WRONG") and said in line for line in done.stdout.splitlines())


def test_doctor_says_which_server_answers_where_the_ports_are_exchanged(
    office: Office, dovecot: Account, smtp_server: SmtpSink
) -> None:
    imap, smtp = dovecot.config().imap.port, smtp_server.config().smtp.port
    office.change(f"port = {imap}\n", "port = 0\n")
    office.change(f"port = {smtp}\n", f"port = {imap}\n")
    office.change("port = 0\n", f"port = {smtp}\n")
    wrong = [line for line in office.ask("doctor").stdout.splitlines() if line.startswith("WRONG")]
    assert any("a server of SMTP answers there; write host and port for IMAP, mostly 993" in line for line in wrong)
    assert any("a server of IMAP answers there; write host and port for SMTP, mostly 465" in line for line in wrong)


def test_a_replay_tells_words_from_what_counts(office: Office, dovecot: Account) -> None:
    dovecot.deliver(mail(sender="a@example.net", attachments=[("附件1.xlsx", table(""))]), ARRIVED)
    office.run("once")
    assert "the records are what the archive says" in office.ask("replay").stdout
    with sqlite3.connect(office.folder / "data/mailbot.db") as database:
        database.execute("UPDATE finding SET text = 'as an older program said it'")
        database.execute("UPDATE message SET reason = 'as an older program said it'")
    reworded = office.ask("replay")
    assert reworded.returncode == 0
    assert "as an older program said it" in reworded.stdout
    assert "only sentences about it are worded otherwise" in reworded.stdout
    with sqlite3.connect(office.folder / "data/mailbot.db") as database:
        database.execute("UPDATE finding SET code = 'another'")
    different = office.ask("replay")
    assert different.returncode == 1
    assert '"code": "another"' in different.stdout
    assert "as an older program said it" not in different.stdout


def test_one_file_is_shown_as_it_is_read_for_people_and_for_programs(office: Office) -> None:
    (office.folder / "附件1.xlsx").write_bytes(
        table("新河街道总工会", activity(people="约300人"), activity("演讲", "待定"))
    )
    shown = office.start("parse", "附件1.xlsx", "--year", "2021").communicate(timeout=60)[0]
    assert "约300人" in shown
    assert "第6行“演讲”的“活动时间”为“待定”" in shown
    assert "约数" in shown
    for code in ("approximate", "exact", "quiz", "form_codes", "participants", "not-a-date"):
        assert code not in shown
    done = office.ask("parse", "附件1.xlsx", "--json")
    (file,) = json.loads(done.stdout)["files"]
    (read,) = file["tables"]
    assert read["records"][0]["cells"]["participants"] == {
        "sheet": "Sheet1",
        "cell": "J5",
        "raw": "约300人",
        "precision": "approximate",
    }
    assert ("date_start", 1, "C6") in {(f["field"], f["record"], f["cell"]) for f in read["findings"]}
    assert done.returncode == 0


def test_a_file_without_a_table_is_said_to_be_one(office: Office) -> None:
    (office.folder / "a.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    done = office.ask_plainly("parse", "a.xlsx")
    assert done.returncode == 1
    assert "请" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("command", "arguments", "status", "said"),
    [
        ("once", ("--nonsense",), 2, "--nonsense"),
        ("nonsense", (), 2, "nonsense"),
        ("export", (), 2, "--format"),
        ("export", ("--format", "pdf"), 2, "pdf"),
        ("review", ("accept",), 2, "CASE"),
    ],
)
def test_bad_use_is_one_line_with_status_2(
    office: Office, command: str, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = office.ask(command, *arguments)
    assert done.returncode == status
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr


def test_a_wrong_key_is_one_line_that_names_file_key_and_the_nearest(office: Office) -> None:
    office.change("deadline =", "dedline =")
    done = office.run("once")
    assert done.returncode == 2
    assert f"{office.config}, line 28: campaign.dedline: is not a known key; did you mean deadline?" in done.stderr


def test_a_missing_configuration_is_one_line(office: Office) -> None:
    office.config.unlink()
    done = office.ask("once")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_a_wrong_password_is_one_line_and_nothing_is_lost(office: Office, dovecot: Account) -> None:
    dovecot.deliver(report(), ARRIVED)
    done = office.run("once", **{PASSWORD_ENV: "wrong"})
    assert done.returncode == 1
    assert len([line for line in done.stderr.splitlines() if line.startswith("to be tried again")]) == 1
    assert "authorization code" in done.stderr
    assert "wrong" not in done.stderr
    assert office.run("once").returncode == 0
    assert len(json.loads(office.ask("export", "--format", "json").stdout)["messages"]) == 1


def test_a_missing_password_is_one_line_that_names_the_variable(office: Office) -> None:
    done = office.run("once", **{PASSWORD_ENV: ""})
    assert done.returncode == 2
    assert PASSWORD_ENV in done.stderr


def test_an_unreachable_host_is_one_line_with_status_1(office: Office, dovecot: Account) -> None:
    office.change(f"port = {dovecot.config().imap.port}", f"port = {free_port()}")
    done = office.run("once")
    assert done.returncode == 1
    assert "127.0.0.1" in done.stderr


def test_letters_that_cannot_leave_stay_queued_and_say_so(
    office: Office, dovecot: Account, smtp_server: SmtpSink
) -> None:
    port = f"port = {smtp_server.config().smtp.port}"
    office.change(port, f"port = {(closed := free_port())}")
    dovecot.deliver(report(), ARRIVED)
    done = office.run("once")
    assert done.returncode == 1
    assert "receipt:" in done.stderr
    office.change(f"port = {closed}", port)
    with sqlite3.connect(office.folder / "data/mailbot.db") as database:
        database.execute("UPDATE letter SET due_at = queued_at")
    assert office.run("once").returncode == 0
    assert len(smtp_server.mails) == 1


def test_a_file_that_is_no_database_is_one_line(office: Office) -> None:
    (office.folder / "data").mkdir()
    (office.folder / "data/mailbot.db").write_bytes(b"this is not a database" * 200)
    done = office.run("once")
    assert done.returncode == 1
    assert "mailbot.db" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be refused as root")
@pytest.mark.parametrize("command", ["run", "once"])
def test_root_is_refused_unless_allowed(office: Office, command: str) -> None:
    done = office.run(command, MAILBOT_ALLOW_ROOT="")
    assert done.returncode == 2
    assert "--allow-root" in done.stderr
    if command == "once":
        assert office.run("once", "--allow-root", MAILBOT_ALLOW_ROOT="").returncode == 0


def test_the_daemon_answers_mail_as_it_comes_and_stops_cleanly(
    office: Office, dovecot: Account, smtp_server: SmtpSink
) -> None:
    daemon = office.start("run", "--config", str(office.config))
    try:
        wait_for(lambda: (office.folder / "data/mailbot.db").exists())
        time.sleep(1)
        dovecot.deliver(report(), ARRIVED)
        wait_for(lambda: smtp_server.mails)
        second = office.run("run")
        assert second.returncode == 75
        assert re.search(r"another|already", second.stderr)
        asked = time.monotonic()
        daemon.send_signal(signal.SIGTERM)
        _, errors = daemon.communicate(timeout=20)
        assert time.monotonic() - asked < 10
        assert daemon.returncode == 0, errors
        assert "has started: campaign c-2021 until 2021-10-31, mailbox office" in errors.splitlines()[0]
        assert {line.split()[2].partition(".")[0] for line in errors.splitlines()} == {"mailbot"}
        assert PASSWORD not in errors
    finally:
        daemon.kill()


def test_a_running_daemon_is_healthy_and_can_be_backed_up(office: Office, dovecot: Account) -> None:
    assert office.ask("health").returncode == 2
    daemon = office.start("run", "--config", str(office.config))
    try:
        wait_for((office.folder / "data/archive/heartbeat.json").exists)
        wait_for(lambda: office.ask("health").returncode == 0)
        healthy = json.loads(office.run("health", "--json").stdout)
        assert (healthy["state"], healthy["faults"]) == ("healthy", [])
        done = office.run("backup", "copy.db")
        assert done.returncode == 0
        assert str(office.folder / "data/archive") in done.stdout
        with sqlite3.connect(office.folder / "copy.db") as copy:
            assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert "is not overwritten" in office.ask("backup", "copy.db").stderr
        assert office.ask("backup", ".").returncode == 0
        assert len(list(office.folder.glob("mailbot-*.db"))) == 1
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(20) == 0
        stopped = office.ask("health")
        assert stopped.returncode == 2
        assert "was stopped" in stopped.stdout
    finally:
        daemon.kill()
        daemon.communicate()


def test_passes_of_a_scheduler_are_a_sign_of_life(office: Office) -> None:
    office.run("once")
    assert office.ask("health").returncode == 0
    assert "长时间未能完整收取" not in office.run("status").stdout


def test_a_backup_of_postgresql_is_its_own_affair_and_said_to_be(office: Office) -> None:
    office.change("[staff]", '[database]\nurl = "postgresql+psycopg://mailbot@127.0.0.1:1/mailbot"\n[staff]')
    done = office.ask("backup", "copy.db")
    assert done.returncode == 1
    assert "pg_dump" in done.stderr
    assert str(office.folder / "data/archive") in done.stderr


def test_a_disk_without_its_reserve_is_told_by_health_status_and_doctor(office: Office, dovecot: Account) -> None:
    office.change("[staff]", "[disk]\nreserve_mib = 1000000000\n[staff]")
    dovecot.deliver(report(), ARRIVED)
    done = office.run("once")
    assert done.returncode == 1
    assert "the mail waits on its server" in done.stderr
    assert "已暂停收件" in office.ask("status").stdout
    assert "已暂停收件" in office.ask("health").stdout
    assert "WRONG  disk" in office.ask("doctor").stdout
    office.change("reserve_mib = 1000000000", "reserve_mib = 1")
    assert office.run("once").returncode == 0
    assert "已暂停收件" not in office.ask("status").stdout


def test_the_daemon_lives_through_a_server_that_is_away(office: Office, dovecot: Account) -> None:
    office.change(f"port = {dovecot.config().imap.port}", f"port = {free_port()}")
    daemon = office.start("run", "--config", str(office.config))
    too_long = threading.Timer(60, daemon.kill)
    too_long.start()
    try:
        assert daemon.stderr is not None
        said = next(line for line in daemon.stderr if "127.0.0.1" in line)
        time.sleep(1)
        assert daemon.poll() is None
        daemon.send_signal(signal.SIGTERM)
        _, errors = daemon.communicate(timeout=20)
        assert daemon.returncode == 0
        assert "Traceback" not in said + errors
    finally:
        too_long.cancel()
        daemon.kill()


def test_what_waits_is_listed_with_the_words_that_settle_it(office: Office, dovecot: Account) -> None:
    assert office.ask("review").stdout == "没有待核对的来件。\n"
    hostile = mail(sender="a@example.net", subject="统计表\x1b[2J", attachments=[("附件1.xlsx", table(""))])
    dovecot.deliver(hostile, ARRIVED)
    office.run("once")
    listed = office.run("review").stdout
    assert "assign HWM21-0001 UNIT" in listed
    assert "extend" not in listed
    assert "\x1b" not in listed
    (case,) = json.loads(office.ask("review", "--json").stdout)
    assert (case["case"], case["kind"], case["choices"][0]["action"]) == ("HWM21-0001", "unit", "ignore")
    refused = office.ask("review", "accept", "HWM21-0001")
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
    assert office.ask("review", "assign", "HWM21-0001", "XG").returncode == 0
