"""`mailbot export`: documents for people go to a file where somebody sits at a terminal."""

import os
import pty
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailbot.cli.main import cli

CONFIG = """
[organisation]
name = "云海新区总工会"
department = "宣传网络部"
[[mailbox]]
name = "office"
address = "office@example.com"
imap = {{ host = "127.0.0.1", port = 1, security = "none", username = "u", password_env = "MAILBOT_TEST" }}
smtp = {{ host = "127.0.0.1", port = 1, security = "none", username = "u", password_env = "MAILBOT_TEST" }}
[campaign]
id = "c-2021"
title = "2021年“争做中国好网民”主题活动"
starts_on = 2021-05-01
deadline = {deadline}
case_prefix = "HWM21"
"""
START = {"xlsx": b"PK", "circular": b"PK"}
NAMES = {"xlsx": "HWM21汇总表*.xlsx", "circular": "HWM21报送情况通报草稿.docx"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG.format(deadline="2021-09-30"), encoding="utf-8")
    (tmp_path / "units.csv").write_text(
        "code,name,short_name,category,aliases,emails,quota,required,sort_no\nXHE,新河街道总工会,,街镇,,,,1,1\n"
    )
    return tmp_path


ARGUMENTS = ("export", "--config", "config.toml")


def export(folder: Path, *arguments: str) -> Result:
    with chdir(folder):
        return CliRunner().invoke(cli, [*ARGUMENTS, *arguments])


def at_a_terminal(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """In a process of its own, whose output goes to a terminal."""
    command = (sys.executable, "-c", "from mailbot.cli.main import main; main()", *ARGUMENTS, *arguments)
    ours, theirs = pty.openpty()
    try:
        return subprocess.run(command, cwd=folder, stdout=theirs, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize("kind", NAMES)
def test_what_is_piped_gets_the_bytes(folder: Path, kind: str) -> None:
    assert export(folder, "--format", kind).stdout_bytes.startswith(START[kind])


@pytest.mark.parametrize("kind", NAMES)
def test_at_a_terminal_it_is_a_new_file_with_a_name_that_says_what_it_is(folder: Path, kind: str) -> None:
    done = at_a_terminal(folder, "--format", kind)
    (made,) = folder.glob(NAMES[kind])
    assert made.read_bytes().startswith(START[kind])
    assert done.stderr.decode() == f"wrote {made.name}\n"


def test_a_file_that_somebody_may_have_worked_in_stays_unless_it_is_named(folder: Path) -> None:
    at_a_terminal(folder, "--format", "circular")
    (made,) = folder.glob(NAMES["circular"])
    made.write_bytes(b"by hand")
    again = at_a_terminal(folder, "--format", "circular")
    assert again.returncode == 2
    assert "say -o" in again.stderr.decode()
    assert made.read_bytes() == b"by hand"
    assert export(folder, "--format", "circular", "-o", made.name).exit_code == 0
    assert made.read_bytes().startswith(b"PK")


def test_a_file_that_is_written_is_for_its_user_alone(folder: Path) -> None:
    (folder / "all.json").write_text("of before", encoding="utf-8")
    (folder / "all.json").chmod(0o644)
    for kind, name in (("json", "all.json"), ("csv", "all.csv"), ("xlsx", "all.xlsx")):
        assert export(folder, "--format", kind, "-o", name).exit_code == 0
        assert (folder / name).stat().st_mode & 0o777 == 0o600


def test_there_is_no_circular_before_the_deadline_is_over(folder: Path) -> None:
    (folder / "config.toml").write_text(CONFIG.format(deadline="2999-09-30"), encoding="utf-8")
    done = export(folder, "--format", "circular", "-o", "draft.docx")
    assert done.exit_code == 2
    assert "2999-09-30" in done.stderr
    assert not (folder / "draft.docx").exists()
