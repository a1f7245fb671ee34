"""A kill at the system calls of an erasure: once it is done again, nothing is left of the person, and all else is."""

import shutil
import sqlite3
from pathlib import Path

import life
import pytest
from life import WRITES, Nursery, configuration, traced

from support.dovecot import Account
from support.smtp_sink import SmtpSink

COUNTS = """SELECT submission.case_name, unit, status, relation, current, version, field, number FROM submission
    JOIN value ON value.submission = submission.id WHERE number IS NOT NULL ORDER BY 1, 7, 8"""
MASKED = """SELECT sender, subject, disposition, case_name, (SELECT group_concat(raw)
    FROM submission JOIN value ON value.submission = submission.id WHERE submission.message = message.id)
    FROM message ORDER BY sha256"""


def ask(data: Path, question: str) -> list[object]:
    connection = sqlite3.connect(data / "mailbot.db")
    rows = connection.execute(question).fetchall()
    connection.close()
    return rows


@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("strace")
def test_an_erasure_killed_at_any_system_call_is_finished_when_it_is_run_again(
    tmp_path: Path, nursery: Nursery, dovecot: Account, smtp_server: SmtpSink
) -> None:
    config = configuration(tmp_path, dovecot.config(), smtp_server.config())
    for number in range(3):
        dovecot.deliver(life.mail(number))
    assert nursery.live("once", config) == 0, (tmp_path / "log").read_text()[-3000:]
    data, before = tmp_path / "data", tmp_path / "before"
    shutil.copytree(data, before)
    counts = ask(data, COUNTS)
    calls = traced(nursery, config, f"trace={WRITES}", "erase").read_text().count("(")
    masked = ask(data, MASKED)
    points = range(1, calls + 1) if life.FULL else range(calls // 6, calls, calls // 6)
    for point in points:
        shutil.rmtree(data)
        shutil.copytree(before, data)
        traced(nursery, config, f"inject={WRITES}:signal=SIGKILL:when={point}", "erase")
        assert nursery.live("erase", config) == 0, (tmp_path / "log").read_text()[-3000:]
        where = f"call {point} of {calls}"
        assert (ask(data, COUNTS), ask(data, MASKED)) == (counts, masked), where
        left = [path for path in data.rglob("*") if path.is_file() and life.ERASED.encode() in path.read_bytes()]
        assert left == [], where
        if point % 40 == 1 or not life.FULL:
            assert nursery.live("replay", config) == 0, (tmp_path / "log").read_text()[-3000:]
    print(f"{len(points)} of {calls} system calls")
