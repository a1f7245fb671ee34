"""Which roster is in force: the file as it lies there, or, where that cannot be used, the last one that could.

Every version that was in force is kept in the archive (`storage.versions`). A command that looks on while a daemon
runs takes what the daemon has taken, so that both speak of the same units.
"""

import logging
from dataclasses import dataclass, replace

from mailbot.campaigns import roster_file
from mailbot.campaigns.roster import Roster
from mailbot.campaigns.roster_faults import Fault, Spot
from mailbot.campaigns.roster_file import RosterFile
from mailbot.config import Campaign, Config
from mailbot.domain.errors import ConfigError
from mailbot.flows.ports import App
from parsers.reading import Severity
from storage.archive import Archive

log = logging.getLogger(__name__)

KIND = "roster"
"""What its versions are called in the archive."""


@dataclass(frozen=True, slots=True)
class InForce:
    """The roster, the name of its version in the archive ("" where it is not kept), and what is wrong with its file.

    `faults`: of the file that it was read from. `refused`: of the file that lies there now, where that is not the one.
    """

    roster: Roster
    version: str = ""
    faults: tuple[Fault, ...] = ()
    refused: tuple[Fault, ...] = ()


def read_content(campaign: Campaign) -> tuple[bytes, RosterFile]:
    """The bytes of a campaign's roster, and what they give; a file that cannot be read is a fault of its own."""
    try:
        content = campaign.units.read_bytes()
    except OSError as error:
        text, told = f"cannot be read: {error.strerror}", f"无法读取：{error.strerror}"
        return b"", RosterFile(None, (Fault(Spot(), text, told),))
    return content, roster_file.parse(content, campaign.categories)


def in_force(config: Config, archive: Archive, *, adopt: bool = False, follow: bool = False) -> InForce:
    """The roster to go by. `adopt`: keep it as the version in force; `follow`: what the running daemon has taken.

    Raises ConfigError with every fault of the file where no version has been in force yet.
    """
    campaign, path = config.campaign, config.campaign.units
    content, found = read_content(campaign)
    last = archive.versions.last(campaign.id, KIND)
    kept = archive.versions.read(last) if last else None
    before = roster_file.parse(kept, campaign.categories) if kept is not None and kept != content else None
    if found.roster and not (follow and before and before.roster):
        version = last if last and kept == content else ""
        if adopt:
            version = archive.versions.add(campaign.id, KIND, content, path.suffix)
        return InForce(found.roster, version or "", found.faults)
    if last and before and before.roster:
        return InForce(before.roster, last, before.faults, () if found.roster else found.faults)
    raise ConfigError(fault.sentence(f"{path} (campaign.units)") for fault in errors(found.faults))


def errors(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Those that somebody must put right."""
    return tuple(fault for fault in faults if fault.severity is Severity.ERROR)


def with_roster(app: App, found: InForce) -> App:
    """The program going by that roster."""
    return replace(
        app,
        roster=found.roster,
        roster_version=found.version,
        roster_faults=errors(found.faults),
        roster_refused=errors(found.refused),
    )


def sentences(campaign: Campaign, found: InForce) -> list[str]:
    """What is wrong with the roster, in the operator's words."""
    source = str(campaign.units)
    refused = [fault.sentence(source) for fault in errors(found.refused)]
    kept = [f"{source}: is not used until this is put right; the roster of before stays in force"] if refused else []
    return [*refused, *kept, *(fault.sentence(source) for fault in errors(found.faults))]


def refusals(app: App) -> list[str]:
    """Why the roster's file is not in force as it is now, in the operator's words."""
    return sentences(app.config.campaign, InForce(app.roster, refused=app.roster_refused))


def version_of(app: App, version: str) -> App:
    """The program as it went by a version; by the earliest where none is named.

    One that is missing, or can no longer be read, gives way to the present roster.
    """
    name = version or app.archive.versions.first(app.config.campaign.id, KIND)
    content = app.archive.versions.read(name) if name else None
    found = roster_file.parse(content, app.config.campaign.categories).roster if content is not None else None
    return replace(app, roster=found, roster_version=name or "") if found else app
