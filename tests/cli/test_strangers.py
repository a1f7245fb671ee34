"""What people type who have only the README: every answer is a sentence with its exit status, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailbot.cli.commands.init import command as init
from mailbot.cli.main import main

PROGRAM = (sys.executable, "-c", "from mailbot.cli.main import main; main()")
CONFIG = ("--config", "config.toml")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, as `mailbot init` leaves it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAILBOT_PASSWORD", "x")
    assert CliRunner().invoke(init, []).exit_code == 0
    return tmp_path


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        (("status",), 2, "--config FILE is missing: the configuration, such as config.toml"),
        (("review",), 2, "--config FILE is missing"),
        (("status", "--config", "nope.toml"), 2, "nope.toml: there is no such file; `mailbot init` writes one"),
        (("status", "--config", "."), 2, ".: cannot be read: Is a directory"),
        (("status", "--config", "units.csv"), 2, "units.csv, line 1, column 1: "),
        (("status", "--config", "统计表.xlsx"), 2, "统计表.xlsx, line 1, column "),
        (("export", *CONFIG), 2, "--format"),
        (("export", *CONFIG, "--format", "csv", "-o", "no/x.csv"), 1, "no/x.csv: cannot be written: No such file"),
        (("export", *CONFIG, "--format", "csv", "-o", "."), 2, "is a directory"),
        (("preview", "digest", *CONFIG, "-o", "no/x.html"), 1, "no/x.html: cannot be written"),
        (("preview", "digest", *CONFIG, "--at", "30.9.2021"), 2, "is no day of the calendar; write it as 2021-09-27"),
        (("preview", "reminder", *CONFIG, "--unit", "XX"), 1, "名录中没有唯一的单位叫“XX”"),
        (("preview", "letter", *CONFIG), 2, "'letter' is not one of 'receipt', 'reminder', 'digest'"),
        (("parse", "nope.xlsx"), 2, "nope.xlsx: cannot be read"),
        (("parse", "."), 2, "is a directory"),
        (("parse", "units.csv", "--form", "nope"), 2, "form nope: no form of that name"),
        (("parse", "units.csv", "--year", "99999"), 2, "99999 is not in the range"),
        (("parse", "统计表.xlsx", "--layout", "--html", "no/x.html"), 1, "no/x.html: cannot be written"),
        (("review", *CONFIG, "accept", "HWM21-9999"), 1, "没有待核对的受理号 HWM21-9999"),
        (("review", *CONFIG, "akcept", "HWM21-0001"), 2, "Did you mean 'accept'?"),
        (("review", *CONFIG, "reject", "HWM21-0001"), 2, "--reason TEXT is missing: what the sender is told"),
        (("review", *CONFIG, "extend", "JZ-TG", "2021-02-30"), 2, "2021-02-30 is no day of the calendar"),
        (("review", *CONFIG, "extend", "JZ-TG", "2021-09-30"), 2, "gives no more time: the deadline is 2021-09-30"),
        (("review", *CONFIG, "extend", "JZ-TG", "2月30日"), 2, "2月30日 is no day of the calendar"),
        (("review", *CONFIG, "extend", "JZ-TG", "2021年9月30日"), 2, "gives no more time: the deadline is 2021-09-30"),
        (("review", *CONFIG, "extend", "XX", "10月8日"), 1, "名录中没有唯一的单位叫“XX”"),
        (("review", *CONFIG, "extend", "XX", "2021-10-08"), 1, "名录中没有唯一的单位叫“XX”"),
        (("backup", *CONFIG, "no/x.db"), 1, "no/x.db cannot be written"),
        (("backup", *CONFIG, "units.csv"), 1, "units.csv is there already"),
        (("roster", "chek", *CONFIG), 2, "Did you mean 'check'?"),
        (("init",), 2, "is there already and is not overwritten"),
        (("init", "units.csv"), 2, "is a file"),
        (("demo", "--folder", "."), 2, "is not empty"),
        (("demo", "--folder", "/proc/x"), 1, "/proc/x: cannot be used"),
        (("run", *CONFIG, "--allow-root", "--log-level", "loud"), 2, "'loud' is not one of 'debug', 'info'"),
    ],
)
def test_a_mistake_is_one_line_with_its_status(
    typed: tuple[str, ...],
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    if typed[0] == "backup":
        assert run("export", *CONFIG, "--format", "json").returncode == 0
    monkeypatch.setattr(sys, "argv", ["mailbot", *typed])
    with pytest.raises(SystemExit) as end:
        main()
    out, err = capfd.readouterr()
    assert end.value.code == status
    assert out == ""
    (complaint,) = [line for line in err.splitlines() if line.startswith("mailbot: ")]
    assert complaint == err.splitlines()[-1]
    assert said in complaint


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.usefixtures("office")
def test_a_terminal_without_chinese_is_no_reason_to_fail() -> None:
    done = run("status", *CONFIG, PYTHONIOENCODING="latin-1", LC_ALL="C", COLUMNS="40")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u5e94\\u62a5" in done.stdout


@pytest.mark.usefixtures("office")
def test_a_reader_that_goes_away_is_no_failure_to_speak_of() -> None:
    process = subprocess.Popen([*PROGRAM, "status", *CONFIG], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) in (0, 1)
    process.stderr.close()
