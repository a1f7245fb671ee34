"""The entry point of the command line: finds the commands, and reports a failure in one line.

Exit status: 0 done; 1 something has to be tried again or is wrong; 2 bad arguments or configuration; 75 another daemon
works on this database; 130 interrupted.
"""

import difflib
import importlib
import io
import os
import sys

import click

from mailbot import __version__
from mailbot.cli import commands
from mailbot.domain.errors import ConfigError, MailbotError, StoreBusy

BAD_USE, BUSY, INTERRUPTED = 2, 75, 130


class Commands(click.Group):
    """The commands of `mailbot.cli.commands`, one a module, which is imported when its command runs and not before.

    So neither the list of commands nor a mistyped one takes long, or needs what another command needs.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order in which an installation needs them."""
        return list(commands.SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in commands.SUMMARIES:
            return None
        try:
            command = importlib.import_module(f"{commands.__name__}.{cmd_name}").command
        except ModuleNotFoundError as error:
            raise MailbotError(
                f"the library {error.name} is missing; install what mailbot needs: pip install -r requirements.txt"
            ) from error
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command and what follows it; `help COMMAND` is its help. Raises NoSuchCommand with the nearest."""
        if args[0] == "help":
            if len(args) == 1:
                click.echo(ctx.get_help())
                ctx.exit()
            args = [args[1], "--help"]
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            nearest = difflib.get_close_matches(args[0].lower(), commands.SUMMARIES, n=1)
            raise click.exceptions.NoSuchCommand(args[0], possibilities=nearest, ctx=ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from their summaries."""
        with formatter.section("Commands"):
            formatter.write_dl(list(commands.SUMMARIES.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mailbot")
def cli() -> None:
    """Takes in what organisations send by e-mail: reads their tables, keeps the records, answers the senders."""


def main() -> None:
    """Run the command line and leave with its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that has no Chinese is no reason to fail
    sys.exit(_status())


def _status() -> int:
    try:
        return cli.main(prog_name="mailbot", standalone_mode=False) or 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return BAD_USE
    except click.UsageError as error:
        return _complain(_of_use(error), BAD_USE)
    except click.ClickException as error:
        return _complain(error.format_message(), error.exit_code)
    except click.Abort:
        return INTERRUPTED
    except ConfigError as error:
        return _complain("\n".join(error.faults), BAD_USE)
    except StoreBusy as error:
        return _complain(str(error), BUSY)
    except MailbotError as error:
        return _complain(str(error), 1)
    except BrokenPipeError:  # whoever reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if error.filename is None:
            raise
        return _complain(f"{error.filename}: cannot be used: {error.strerror}; check the path and its rights", 1)


def _of_use(error: click.UsageError) -> str:
    """One line; what is missing in the words of its help."""
    parameter = getattr(error, "param", None)
    if isinstance(error, click.MissingParameter) and isinstance(parameter, click.Option) and parameter.help:
        values = parameter.make_metavar(error.ctx or click.Context(cli))
        return f"{parameter.opts[-1]} {values} is missing: {parameter.help[0].lower()}{parameter.help[1:]}"
    return " ".join(error.format_message().split())


def _complain(text: str, status: int) -> int:
    click.echo(text if text.startswith("mailbot: ") else f"mailbot: {text}", err=True)
    return status
