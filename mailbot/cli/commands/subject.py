"""`mailbot subject`: what is kept of one person, to be handed over or erased."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from mailbot.cli.alone import app_alone, kept_elsewhere
from mailbot.cli.beside import build_beside
from mailbot.cli.options import log_to_stderr, progress, with_config_here_or_above, write_file
from mailbot.config import Config
from mailbot.documents.person_export import document
from mailbot.domain.erasing import Person, person_called
from mailbot.domain.mail import StoredMessage
from mailbot.flows.erase import Order, erase, finish_erasing, mails
from mailbot.flows.find_person import Found, find_person, open_cases_of
from mailbot.flows.ports import App
from mailbot.letters.rendering.mime import one_line
from storage.disk import make_folder


class Who(click.ParamType[Person]):
    """A mail address, a phone number, or a name."""

    name = "who"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Person:
        """Fails with a sentence that says what is understood."""
        if isinstance(value, Person):
            return value
        try:
            return person_called(str(value))
        except ValueError as error:
            raise click.BadParameter(str(error), ctx=ctx, param=param) from None


WHO = click.argument("who", type=Who(), metavar="WHO")


@click.group()
@with_config_here_or_above
def command(config: Config | None) -> None:
    """Hand over or erase what is kept of one person: WHO is a mail address, a phone number or a name.

    `--config` may stand before or behind a subcommand.
    """


@command.command()
@WHO
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path), help="A new folder; default: person-data.")
@click.option("--json", "as_json", is_flag=True, help="Write the document alone, to standard output.")
@with_config_here_or_above
def export(config: Config, who: Person, folder: Path | None, as_json: bool) -> None:
    """Write everything that is kept of WHO into a folder for this user alone.

    person.json says what was read from whose mails, mails/ holds these as they came, letters/ what we wrote. Both hold
    data of others, too: look through them before you hand them over.
    """
    log_to_stderr(config.log.level or "warning")
    target = folder or Path("person-data")
    if not as_json and target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise click.UsageError(f"{target} is there already; name another folder with -o")
    app = build_beside(config)
    try:
        found = _looked_for(app, who)
        written = _document(app, found)
        if as_json:
            click.echo(json.dumps(written, ensure_ascii=False, indent=1))
        elif found.is_empty:
            click.echo(NOTHING)
        else:
            _write(app, found, written, target)
    finally:
        app.close()
    _tell_unread(found)


@command.command("erase")
@WHO
@click.option("--dry-run", is_flag=True, help="Say what would be erased; erase nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="For other programs; needs --yes or --dry-run.")
@with_config_here_or_above
def erase_(config: Config, who: Person, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Erase what is kept of WHO: the raw mails that name the person, letters, and the name wherever it stands.

    What counts stays. Refused while a mail of the person waits to be judged or for a decision (exit 1), and while a
    daemon runs (exit 75).
    """
    if as_json and not (yes or dry_run):
        raise click.UsageError("--json asks nothing; say --yes, or --dry-run")
    if any(map(who.finds, (mailbox.address for mailbox in config.mailbox))):
        raise click.UsageError("that is the address of the mailbox itself; name a person")
    with app_alone(config) as app:
        if not dry_run:
            finish_erasing(app)
        found = _looked_for(app, who)
        open_now = _open(app, found)
        if not as_json:
            _show(found, config)
        is_refused = bool(open_now) and not dry_run
        if not dry_run and not open_now and not found.is_empty:
            if not yes:
                _ask()
            own, naming = ([one.sha256 for one in some] for some in (found.own, found.naming))
            erase(app, Order(app.clock(), messages=mails(own, naming), person=who))
    kept = [
        *kept_elsewhere(config, who),
        *(f"{name} in the archive, a workbook, names the person" for name in _books(found)),
    ]
    if as_json:
        click.echo(json.dumps(_said(found, open_now, kept, dry_run), ensure_ascii=False, indent=1))
    _tell_unread(found)
    for case in open_now:
        click.echo(
            f"mailbot: {case} is not settled yet; settle it with `mailbot review` or run `mailbot once` first", err=True
        )
    if is_refused:
        sys.exit(1)
    if not as_json and not found.is_empty:
        click.echo("nothing was erased" if dry_run else "erased; what counts was left as it is")
        for sentence in kept:
            click.echo(sentence)


NOTHING = "nothing is kept of that person"


def _ask() -> None:
    try:
        agreed = click.confirm("Erase this? It cannot be undone.")
    except click.Abort:
        agreed = False
    if not agreed:
        raise click.ClickException("nothing was erased; to erase, answer y or say --yes")


def _looked_for(app: App, who: Person) -> Found:
    with _steps() as step:
        return find_person(app, who, step)


@contextmanager
def _steps() -> Iterator[Any]:
    with progress() as bar:
        task = bar.add_task("looking through mails", total=None)
        yield lambda of: bar.update(task, total=of, advance=1)


def _open(app: App, found: Found) -> list[str]:
    """What waits of the mails: the cases, and for those that are not judged the beginning of their sha256."""
    with app.store.transaction() as tx:
        cases = open_cases_of(tx, found.messages)
    waiting = (message.sha256[:12] for message in found.messages if message.disposition is None)
    return [*cases.values(), *waiting]


def _books(found: Found) -> Iterator[str]:
    return (name for name in found.rosters if name.endswith((".xlsx", ".xlsm")))


# ---------------------------------------------------------------- what is said


def _show(found: Found, config: Config) -> None:
    if found.is_empty:
        click.echo(NOTHING)
        return
    zone = config.organisation.zone
    for message in found.messages:
        how = "own" if message in found.own else "names"
        at, subject = message.received_at.astimezone(zone), one_line(message.subject)
        click.echo(f"{how:5}  {at:%Y-%m-%d}  {message.case or message.sha256[:12]:12}  {subject}")
    click.echo(
        f"{len(found.own)} mails of the person, {len(found.naming)} naming the person, {len(found.letters)} letters, "
        f"{len(found.decisions)} decisions, {len(found.rosters)} versions of rosters"
    )


def _said(found: Found, open_now: list[str], kept: list[str], dry_run: bool) -> dict[str, Any]:
    return {
        "erased": not (dry_run or open_now or found.is_empty),
        "dry_run": dry_run,
        "mails": [_mail(message, is_own=message in found.own) for message in found.messages],
        "letters": len(found.letters),
        "decisions": [stored.number for stored in found.decisions],
        "rosters": list(found.rosters),
        "waiting": open_now,
        "unread": list(found.unread),
        "kept_elsewhere": kept,
    }


def _mail(message: StoredMessage, *, is_own: bool) -> dict[str, Any]:
    return {"sha256": message.sha256, "case": message.case, "is_own": is_own}


def _tell_unread(found: Found) -> None:
    for sha256 in found.unread:
        click.echo(f"mailbot: message {sha256} could not be looked through", err=True)


# ---------------------------------------------------------------- what is handed over


def _document(app: App, found: Found) -> dict[str, Any]:
    with app.store.transaction() as tx:
        submissions = [stored for message in found.messages for stored in tx.submissions_of(message.id)]
        letters = [letter for letter in tx.letters() if letter.id in found.letters]
    own = {message.id for message in found.own}
    who = next(iter((*found.person.addresses, *found.person.phones, *found.person.names)))
    zone = app.config.organisation.zone
    return document(who, found.messages, submissions, found.decisions, letters, found.rosters, own, zone)


def _write(app: App, found: Found, written: dict[str, Any], folder: Path) -> None:
    for place in (folder, folder / "mails", folder / "letters"):
        make_folder(place)
        place.chmod(0o700)
    write_file(folder / "person.json", json.dumps(written, ensure_ascii=False, indent=1).encode())
    for message in found.messages:
        if not app.archive.outcomes.erased_at(message.sha256):
            write_file(folder / "mails" / f"{message.sha256}.eml", app.archive.open(message.sha256))
    with app.store.transaction() as tx:
        letters = {id: tx.content(id) for id in found.letters}
    for id, content in letters.items():
        if content:
            write_file(folder / "letters" / f"{id}.eml", content)
