"""Which calendar is in force: the office's own list as it lies there, or the last one that could be used."""

from dataclasses import replace

from mailbot.config import Campaign
from mailbot.config.campaign_lists import read_bytes, workdays_in
from mailbot.flows.ports import App
from storage.archive import Archive
from storage.versions import CALENDAR


def keep(campaign: Campaign, archive: Archive) -> None:
    """Keep the calendar that is in force as the one to go by while its file cannot be used. Raises ArchiveError."""
    days = campaign.calendar
    if days.source and not days.fault:
        try:
            content = read_bytes(days.source)
        except ValueError:  # it went away since it was read
            return
        archive.versions.add(campaign.id, CALENDAR, content, days.source.suffix)


def read_anew(campaign: Campaign) -> Campaign:
    """The campaign by its calendar's file as it is now. Raises ValueError with what is wrong in it."""
    source = campaign.calendar.source
    if source is None:
        return campaign
    return campaign.with_calendar(workdays_in(read_bytes(source), source))


def refused(campaign: Campaign, fault: str) -> Campaign:
    """The campaign by its calendar of before, with why the file is not in force."""
    return campaign.model_copy(update={"calendar": replace(campaign.calendar, fault=fault)})


def with_campaign(app: App, campaign: Campaign) -> App:
    """The program going by another state of its campaign."""
    if campaign.deadline != app.config.campaign.deadline:
        app.reader.go_by(campaign)
    config = app.config.model_copy(update={"campaign": campaign})
    return replace(app, config=config, letters=app.letters.about(campaign))
