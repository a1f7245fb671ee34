"""What is told on standard error: our own lines from the level that is asked for, of libraries what went wrong."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from mailbot.cli.options import with_log_level
from mailbot.config import load
from mailbot.domain.errors import ConfigError
from support.paths import PROJECT

TOLD = """
import logging, sys, warnings
from mailbot.cli.options import log_to_stderr
log_to_stderr(sys.argv[1])
for name in ("mailbot.flows.judge", "storage.engine", "apscheduler.scheduler", "alembic.runtime", "matplotlib"):
    for level in ("debug", "info", "warning", "error"):
        getattr(logging.getLogger(name), level)("%s %s", level, name)
warnings.warn("odd workbook")
"""
OURS = ("mailbot.flows.judge", "storage.engine")


def told(level: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", TOLD, level], capture_output=True, text=True, timeout=60, check=True, cwd=PROJECT
    )
    return [line.partition(": ")[2] or line for line in done.stderr.splitlines()]


@pytest.mark.parametrize(
    ("level", "ours"),
    [("info", ("info", "warning", "error")), ("warning", ("warning", "error")), ("error", ("error",))],
)
def test_our_lines_from_the_level_on_and_of_libraries_their_errors(level: str, ours: tuple[str, ...]) -> None:
    lines = [f"{each} {name}" for name in OURS for each in ours]
    assert told(level) == [
        *lines,
        "error apscheduler.scheduler",
        "error alembic.runtime",
        "error matplotlib",
    ]


def test_debug_tells_more_of_libraries() -> None:
    lines = told("debug")
    assert "debug mailbot.flows.judge" in lines
    assert "info alembic.runtime" in lines
    assert any("odd workbook" in line for line in lines)


@pytest.mark.parametrize(
    ("arguments", "environment", "level"),
    [([], {}, "None"), ([], {"MAILBOT_LOG_LEVEL": "debug"}, "debug"), (["--log-level", "Error"], {}, "error")],
)
def test_the_level_comes_from_the_option_or_the_environment(
    arguments: list[str], environment: dict[str, str], level: str
) -> None:
    @click.command()
    @with_log_level
    def shown(log_level: str | None) -> None:
        click.echo(str(log_level))

    assert CliRunner().invoke(shown, arguments, env=environment).output == f"{level}\n"


def test_the_configuration_may_say_a_level(tmp_path: Path) -> None:
    text = (PROJECT / "config.example.toml").read_text(encoding="utf-8")
    path = tmp_path / "config.toml"
    path.write_text(text.replace("# [log]", "[log]").replace("# level =", "level ="), encoding="utf-8")
    assert load(path).log.level == "info"
    path.write_text(text.replace("# [log]", '[log]\nlevel = "loud"'), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"log\.level: write 'debug', 'info', 'warning' or 'error'; found 'loud'"):
        load(path)
