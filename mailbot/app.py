"""Assembles the program from a configuration; only here are real servers, database and archive chosen."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from mailbot.campaigns import roster_file
from mailbot.campaigns.roster import Roster
from mailbot.campaigns.roster_file import RosterFile
from mailbot.config import Campaign, Config
from mailbot.domain.errors import ConfigError
from mailbot.flows.ports import App
from mailbot.letters.rendering.renderer import Renderer
from mailbot.mail.reader import IsolatedReader
from mailbot.servers.imap import Mailbox
from mailbot.servers.sent_folder import SentFolder
from mailbot.servers.smtp import Post
from parsers.forms.form import Form, FormError
from parsers.forms.form import load as load_form
from storage.archive import Archive
from storage.store import Store


def build(config: Config, *, alone: bool = False) -> App:
    """Assemble the program. Nothing is connected yet; the database is opened and, by who has its lock, up to date.

    Raises ConfigError, StoreError, ArchiveError.
    """
    forms, zone = forms_of(config.campaign), config.organisation.zone
    archive = Archive(config.archive.path)
    return App(
        config=config,
        forms=forms,
        roster=load_roster(config),
        clock=local_clock(config),
        archive=archive,
        store=Store.open(config.database.url, alone=alone),
        mailboxes=tuple((mailbox, Mailbox(mailbox)) for mailbox in config.mailbox),
        posts={mailbox.name: Post(mailbox) for mailbox in config.mailbox},
        sent={mailbox.name: SentFolder(mailbox) for mailbox in config.mailbox},
        letters=Renderer(
            config.organisation, config.mailbox[0], config.campaign, config.templates, secret=archive.secret()
        ),
        reader=IsolatedReader(tuple(forms.values()), config.campaign, zone),
    )


def local_clock(config: Config) -> Callable[[], datetime]:
    """The time, aware, in the campaign's zone."""
    return partial(datetime.now, config.organisation.zone)


def load_roster(config: Config) -> Roster:
    """The units of the campaign. Raises ConfigError with every fault of the file."""
    return roster_file.read(_roster_bytes(config), str(config.campaign.units))


def roster_file_of(config: Config) -> RosterFile:
    """What the file of the units gives, with everything that is odd in it. Raises ConfigError where it is missing."""
    return roster_file.parse(_roster_bytes(config))


def _roster_bytes(config: Config) -> bytes:
    path = config.campaign.units
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError([f"{path} (campaign.units): cannot be read: {error.strerror}"]) from error


def forms_of(campaign: Campaign) -> dict[str, Form]:
    """The campaign's forms by their id. Raises ConfigError with every fault of their files, and of targets for them."""
    try:
        forms = [load_form(name) for name in campaign.forms]
    except FormError as error:
        raise ConfigError(error.faults) from error
    counts = [column.field for form in forms for column in form.column if column.kind == "count"]
    unknown = [field for field, _ in campaign.targets if field not in counts]
    if unknown:
        raise ConfigError(f"campaign.targets.{f}: no form counts it; they count {', '.join(counts)}" for f in unknown)
    return {form.id: form for form in forms}
