"""The list of commands: at once, in whatever installation, and with a word for who mistypes one."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from mailbot.cli import commands
from mailbot.cli.main import cli, main
from support.paths import PROJECT

# a program whose only library is click: every other import of one fails
ALONE = """
import importlib.metadata, sys
for names in [importlib.metadata.packages_distributions()]:
    for name in names:
        if name not in ("click", "mailbot", "parsers", "storage", "templates", "sitecustomize"):
            sys.modules.setdefault(name, None)
from mailbot.cli.main import main
main()
"""


def alone(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ALONE, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_list_holds_every_command_once_in_lines_that_fit_a_terminal() -> None:
    files = {file.stem for file in (PROJECT / "mailbot/cli/commands").glob("*.py")} - {"__init__"}
    assert set(commands.SUMMARIES) == files
    lines = CliRunner().invoke(cli, ["--help"], terminal_width=80).output.splitlines()
    listed = lines[lines.index("Commands:") + 1 :]
    assert [line.split()[0] for line in listed] == list(commands.SUMMARIES)
    assert max(map(len, listed)) < 80


@pytest.mark.parametrize(
    ("arguments", "status"), [((), 2), (("--help",), 0), (("-h",), 0), (("help",), 0), (("--version",), 0)]
)
def test_help_needs_no_library_that_a_command_needs(arguments: tuple[str, ...], status: int) -> None:
    done = alone(*arguments)
    assert (done.returncode, done.stderr) == (status, "")
    assert "mailbot" in done.stdout


@pytest.mark.parametrize(
    ("mistyped", "nearest"), [("statsu", "status"), ("docter", "doctor"), ("realease", "release"), ("reveiw", "review")]
)
def test_a_mistyped_command_is_one_line_with_the_nearest(mistyped: str, nearest: str) -> None:
    done = alone(mistyped, "--config", "config.toml")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert mistyped in line
    assert f"Did you mean '{nearest}'?" in line


@pytest.mark.parametrize("command", commands.SUMMARIES)
def test_every_command_has_a_help_of_its_own(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["mailbot", "help", command])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    assert f"mailbot {command}" in capsys.readouterr().out


def test_the_demo_says_what_it_needs() -> None:
    without = ALONE.replace("not in (", "in ('aiosmtpd', 'pymap') and name not in (")
    done = subprocess.run(
        [sys.executable, "-c", without, "demo"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "pip install 'mailbot[demo]'" in line


def test_an_installation_without_its_libraries_is_told_in_a_line() -> None:
    done = alone("status", "--config", "config.toml")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "is missing; install what mailbot needs: pip install -r requirements.txt" in line
