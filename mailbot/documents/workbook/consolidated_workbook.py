"""Builds the consolidated workbook for staff, in the shape in which it is handed on (domain.md 5.2)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType

from mailbot.campaigns.roster import Roster
from mailbot.config import Campaign
from mailbot.decide.dead_contacts import DeadContact
from mailbot.decide.standing import standings
from mailbot.documents.workbook import sheets
from mailbot.documents.workbook.collected import Collected
from mailbot.documents.workbook.details import details
from mailbot.documents.workbook.pending import pending
from mailbot.documents.workbook.sources import sources
from mailbot.documents.workbook.units import by_unit, reports
from mailbot.domain.campaign import Unit
from mailbot.domain.mail import StoredMessage
from mailbot.domain.submission import StoredSubmission
from parsers.forms.form import Form

SHEETS = (("明细", details), ("分单位", by_unit), ("报送情况", reports), ("待核事项", pending), ("数据来源", sources))


def consolidated(
    roster: Roster,
    campaign: Campaign,
    submissions: Sequence[StoredSubmission],
    messages: Sequence[StoredMessage],
    form: Form,
    *,
    organisation_name: str,
    as_of: datetime,
    extensions: Mapping[str, date] = MappingProxyType({}),
    dead: Mapping[str, DeadContact] = MappingProxyType({}),
) -> bytes:
    """An .xlsx of five sheets in roster order: 明细, 分单位, 报送情况, 待核事项, 数据来源.

    Only current submissions of this form that no person has to settle count. Every figure is a number and no cell
    a formula; a text that a unit wrote stays a text, with the middle of phone numbers hidden. `as_of` is aware and
    gives the zone of all times; `extensions` are the days that staff granted to units, `dead` the addresses (in lower
    case) that no letter reaches.
    """
    mine = [s for s in submissions if s.submission.reading.form == form.id]
    collected = Collected(
        standings=standings(Roster(tuple(_everybody(roster, mine))), campaign, mine, messages, extensions),
        owing=frozenset(unit.code for unit in roster.units if unit.required),
        submissions=tuple(mine),
        messages=tuple(messages),
        form=form,
        campaign=campaign,
        organisation=organisation_name,
        as_of=as_of,
        dead=dead,
    )
    book = sheets.new_book(campaign.title + form.title, organisation_name)
    for name, fill in SHEETS:
        fill(book.create_sheet(name), collected)
    return sheets.saved(book)


def consolidated_name(campaign: Campaign, as_of: datetime) -> str:
    """What the file is called: HWM21汇总表20210927.xlsx; short enough for every mail program."""
    return f"{campaign.case_prefix}汇总表{as_of:%Y%m%d}.xlsx"


def _everybody(roster: Roster, submissions: Sequence[StoredSubmission]) -> Iterator[Unit]:
    """The units that owe a report, and those that gave one all the same, be it that the roster no longer has them."""
    names = {s.submission.unit: s.submission.unit_name or s.submission.unit for s in submissions if s.submission.unit}
    for unit in roster.units:
        if unit.required:
            yield unit
        elif unit.code in names:
            yield replace(unit, required=True, quota=0)
    for code, name in names.items():
        if roster.get(code) is None:
            yield Unit(code, name, quota=0)
