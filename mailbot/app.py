"""Assembles the program from a configuration; only here are real servers, database and archive chosen."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from mailbot.campaigns.roster import Roster
from mailbot.config import Campaign, Config
from mailbot.domain.errors import ConfigError
from mailbot.flows import calendar_in_force
from mailbot.flows.ports import App
from mailbot.flows.roster_in_force import in_force, sentences, with_roster
from mailbot.letters.rendering.renderer import Renderer
from mailbot.mail.reader import IsolatedReader
from mailbot.servers.imap import Mailbox
from mailbot.servers.sent_folder import SentFolder
from mailbot.servers.smtp import Post
from parsers.forms.form import Form, FormError
from parsers.forms.form import load as load_form
from storage.archive import Archive
from storage.store import Store

log = logging.getLogger(__name__)


def build(config: Config, *, alone: bool = False, adopt: bool = False, follow: bool = False) -> App:
    """Assemble the program. Nothing is connected yet; the database is opened and, by who has its lock, up to date.

    `adopt` and `follow`: which roster is in force, see `roster_in_force.in_force`. Raises ConfigError, StoreError,
    ArchiveError.
    """
    forms, zone = forms_of(config.campaign), config.organisation.zone
    archive = Archive(config.archive.path)
    found = in_force(config, archive, adopt=adopt, follow=follow)
    if adopt:
        calendar_in_force.keep(config.campaign, archive)
        if fault := config.campaign.calendar.fault:
            log.warning("%s; the calendar of before stays in force", fault)
        for sentence in sentences(config.campaign, found):
            log.warning("%s", sentence)
    app = App(
        config=config,
        forms=forms,
        roster=found.roster,
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
    return with_roster(app, found)


def local_clock(config: Config) -> Callable[[], datetime]:
    """The time, aware, in the campaign's zone."""
    return partial(datetime.now, config.organisation.zone)


def roster_of(config: Config, *, follow: bool = False) -> Roster:
    """The units of the campaign that are in force. Raises ConfigError, ArchiveError."""
    return in_force(config, Archive(config.archive.path), follow=follow).roster


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
