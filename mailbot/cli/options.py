"""What several commands share: options, logging, progress bars."""

import logging
import os
import stat
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, time
from pathlib import Path
from time import gmtime
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from mailbot.config import Config, load
from storage.versions import last_calendar

Command = Callable[..., Any]
LEVELS = ("debug", "info", "warning", "error")


def with_config(function: Command) -> Command:
    """Gives the command `config`, loaded from `--config FILE`."""

    def loaded(context: click.Context, parameter: click.Parameter, value: Path) -> Config:
        return load(value, spare=last_calendar)

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
            context.obj = load(value, spare=last_calendar)
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


class Moment(click.ParamType[datetime]):
    """A day such as 2021-09-27, or with `has_time` also a time of it; gives a naive datetime."""

    name = "day"

    def __init__(self, *, has_time: bool = False) -> None:
        self._has_time = has_time

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Fails with a sentence that says how a day is written."""
        with suppress(ValueError):
            found = datetime.fromisoformat(str(value))
            if found.tzinfo is None and (self._has_time or found.time() == time()):
                return found
        times = ", or with its time 2021-09-27T09:00" if self._has_time else ""
        said = f"{value} is no day of the calendar; write it as 2021-09-27{times}"
        raise click.BadParameter(said, ctx=ctx, param=param)


def write_file(path: Path, content: bytes, *, replaces: bool = True) -> None:
    """Write what a command gives, for its user alone, and say so.

    Raises ClickException with a sentence where it cannot be written.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | (os.O_TRUNC if replaces else os.O_EXCL)
    try:
        with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
            if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                os.fchmod(file.fileno(), 0o600)
            file.write(content)
    except FileExistsError:
        raise click.UsageError(f"{path} is there already; say -o {path} to replace it, or another name") from None
    except OSError as error:
        raise click.ClickException(f"{path}: cannot be written: {error.strerror}; choose another place") from error
    click.echo(f"wrote {path}", err=True)


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
    formatter.converter = gmtime
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
