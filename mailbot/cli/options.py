"""What several commands share: options, logging, progress bars."""

import logging
import os
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from mailbot.config import Config, load

Command = Callable[..., Any]
LEVELS = ("debug", "info", "warning", "error")


def with_config(function: Command) -> Command:
    """Gives the command `config`, loaded from `--config FILE`."""

    def loaded(context: click.Context, parameter: click.Parameter, value: Path) -> Config:
        return load(value)

    return click.option(
        "--config",
        "config",
        required=True,
        type=click.Path(path_type=Path),
        callback=loaded,
        metavar="FILE",
        help="The configuration, such as config.toml.",
    )(function)


def with_config_here_or_above(function: Command) -> Command:
    """Like `with_config`, for a group and its subcommands: the option may stand at either.

    A group is given None where it does not stand there.
    """

    def loaded(context: click.Context, parameter: click.Parameter, value: Path | None) -> Config | None:
        if value is not None:
            context.obj = load(value)
        elif context.obj is None and not isinstance(context.command, click.Group):
            raise click.MissingParameter(ctx=context, param=parameter)
        found: Config | None = context.obj
        return found

    return click.option(
        "--config",
        "config",
        type=click.Path(path_type=Path),
        callback=loaded,
        metavar="FILE",
        help="The configuration, such as config.toml.",
    )(function)


def not_as_root(function: Command) -> Command:
    """Refuses to run as root, which needs no right that only root has; `--allow-root` overrides."""

    def refuse(context: click.Context, parameter: click.Parameter, allowed: bool) -> None:
        if os.geteuid() == 0 and not allowed and os.environ.get("MAILBOT_ALLOW_ROOT") != "1":
            raise click.UsageError(
                "refuses to run as root: start it as an ordinary user, "
                "or say --allow-root (or MAILBOT_ALLOW_ROOT=1) where there is none"
            )

    return click.option(
        "--allow-root", is_flag=True, callback=refuse, expose_value=False, help="Run although you are root."
    )(function)


def with_log_level(function: Command) -> Command:
    """Gives the command `log_level`, from `--log-level` or $MAILBOT_LOG_LEVEL; None where neither says one."""
    return click.option(
        "--log-level",
        type=click.Choice(LEVELS, case_sensitive=False),
        envvar="MAILBOT_LOG_LEVEL",
        help="How much is told on standard error; wins over [log] level.",
    )(function)


def log_to_stderr(level: str) -> None:
    """One line for each event, in UTC, on standard error: our own from this level on, of libraries what went wrong.

    At "debug" a failure that was expected comes with its traceback, and libraries tell more.
    """
    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    is_debug = level == "debug"
    logging.basicConfig(level=logging.INFO if is_debug else logging.ERROR, handlers=[handler], force=True)
    for package in ("mailbot", "parsers", "storage"):
        logging.getLogger(package).setLevel(level.upper())
    logging.getLogger("apscheduler").setLevel(
        logging.ERROR
    )  # it tells of every tick; what ticks do they tell themselves
    if not is_debug:
        warnings.simplefilter("ignore")


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress bar on standard error; nothing where that is no terminal."""
    console = Console(stderr=True)
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        yield bar
