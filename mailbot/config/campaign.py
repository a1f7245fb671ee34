"""The section `[campaign]`: its days, its forms and what it expects of the units."""

from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator

from mailbot.config.campaign_lists import milestones_of, subprojects_of, workdays_of
from mailbot.config.section import LocalPath, Section
from mailbot.domain.campaign import CATEGORIES, Milestone, Subproject
from mailbot.domain.workdays import Workdays

LATE_DAYS = 31
"""How many days after the deadline a campaign goes on where `ends_on` is not written (contract, Config)."""


def _in_sequence(value: tuple[Milestone, ...]) -> tuple[Milestone, ...]:
    for milestone in value:
        if milestone.last < milestone.first:
            raise ValueError(f"{milestone.name} ends before it begins; write first and last in order")
    return value


def _as_pairs(value: object) -> object:
    """A table of the file as pairs, in its order."""
    return tuple(value.items()) if isinstance(value, dict) else value


class Campaign(Section):
    """One collection with a deadline. `deadline` and `ends_on` are days that are included.

    With `rollover = "next_working_day"` a deadline on a day of rest has been moved to the working day after it.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: str
    starts_on: date
    deadline: date
    ends_on: date
    case_prefix: Annotated[str, Field(pattern=r"^[A-Z0-9]+$")]
    units: LocalPath = Field(default=Path("units.csv"), validate_default=True)
    categories: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)] = CATEGORIES
    """What kinds of units there are, in the order of every list."""
    quota: Annotated[int, Field(ge=0)] = 1
    forms: tuple[str, ...] = ("activities",)
    subprojects: Annotated[tuple[Subproject, ...], BeforeValidator(subprojects_of)] = ()
    """In the file: the name of a list that comes with the program, or the path of one."""
    milestones: Annotated[tuple[Milestone, ...], BeforeValidator(milestones_of), AfterValidator(_in_sequence)] = ()
    """In the file: as sub-projects, or as [[campaign.milestones]]."""
    rollover: Literal["none", "next_working_day"] = "none"
    calendar: Annotated[Workdays, BeforeValidator(workdays_of)] = Workdays()
    """In the file: the path of a list of days that wins over the holidays that the program knows."""
    targets: Annotated[tuple[tuple[str, Annotated[int, Field(gt=0)]], ...], BeforeValidator(_as_pairs)] = ()
    """In the file: a table of numbers, field of a form = what all units together should reach."""

    _written_deadline: date = PrivateAttr()
    """As it stands in the file, before it was moved."""

    @model_validator(mode="before")
    @classmethod
    def _default_end(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "ends_on" in data:
            return data
        # a deadline that is missing or wrong is a fault of its own, and the only one
        end = date.max
        with suppress(ValueError, OverflowError):
            end = date.fromisoformat(str(data.get("deadline"))) + timedelta(days=LATE_DAYS)
        return {**data, "ends_on": end}

    @model_validator(mode="after")
    def _rolled_over(self) -> Self:
        self._written_deadline = self.deadline
        return self._rolled()

    def _rolled(self) -> Self:
        if self.rollover == "none" or self.calendar.is_working_day(self.deadline):
            return self
        return self.model_copy(update={"deadline": self.calendar.working_day(self.deadline, 1)})

    def with_calendar(self, calendar: Workdays) -> Self:
        """The same campaign by another calendar, with the deadline that follows. Raises ValueError where none can."""
        changed = self.model_copy(update={"calendar": calendar, "deadline": self._written_deadline})._rolled()
        return changed._in_order()

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        return self._in_order()

    def _in_order(self) -> Self:
        if not self.starts_on <= self.deadline <= self.ends_on:
            raise ValueError("the days must follow each other: starts_on, deadline, ends_on")
        return self
