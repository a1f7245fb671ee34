"""The configuration as a whole, and its sections except for mailboxes and the campaign."""

from datetime import time
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationInfo, field_validator, model_validator

from mailbot.config.campaign import Campaign
from mailbot.config.mail_servers import MailboxConfig
from mailbot.config.section import LocalPath, MailAddress, Section, TimeOfDay, folder_of

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Organisation(Section):
    """Who asks: stands under every letter."""

    name: str
    department: str
    phones: tuple[str, ...] = ()
    address_as: Literal["贵单位", "你单位"] = "贵单位"
    """What letters call the unit that they go to."""
    timezone: str = "Asia/Shanghai"

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("no such time zone; write one such as Asia/Shanghai") from error
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The campaign's own time."""
        return ZoneInfo(self.timezone)

    @property
    def signature(self) -> str:
        """How the organisation signs."""
        return self.name + self.department


class Database(Section):
    """Where records are kept. A relative SQLite path starts at the folder of the configuration."""

    url: str = Field(default="sqlite:///data/mailbot.db", validate_default=True)

    @field_validator("url")
    @classmethod
    def _supported(cls, value: str, info: ValidationInfo) -> str:
        if value.startswith("postgresql+psycopg://"):
            return value
        path = value.removeprefix("sqlite:///")
        if path == value or not path:
            raise ValueError("write sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME")
        return f"sqlite:///{folder_of(info) / path}"

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database, else None."""
        return Path(self.url.removeprefix("sqlite:///")) if self.url.startswith("sqlite:///") else None


class Archive(Section):
    """Where every raw message is kept, by its sha256."""

    path: LocalPath = Field(default=Path("data/archive"), validate_default=True)


class Disk(Section):
    """How much room stays free: below it no mail is taken in, and what is known can still be written and sent."""

    reserve_mib: Annotated[int, Field(ge=0)] = 512

    @property
    def reserve(self) -> int:
        """In bytes."""
        return self.reserve_mib * 2**20


class Intake(Section):
    """How many messages of one sender are read; the others wait. 0: no limit.

    Answers to our letters, mails with files and others are counted apart, and what is proved apart from what is not.
    """

    per_sender_per_hour: Annotated[int, Field(ge=0)] = 200
    per_sender_per_day: Annotated[int, Field(ge=0)] = 1_000


class Sending(Section):
    """How letters leave: at once, kept until released, or all to one address for a rehearsal."""

    mode: Literal["live", "hold", "redirect"] = "hold"
    redirect_to: MailAddress | Literal[""] = ""
    per_minute: Annotated[int, Field(ge=0)] | None = None
    per_day: Annotated[int, Field(ge=0)] | None = None
    per_address_per_hour: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.mode == "redirect" and not self.redirect_to:
            raise ValueError('mode = "redirect" needs redirect_to, the address that gets every letter')
        return self


class Staff(Section):
    """The people behind the mailbox."""

    digest_to: tuple[MailAddress, ...] = ()
    alerts_to: tuple[MailAddress, ...] = ()
    addresses: tuple[MailAddress, ...] = ()
    attach_mib: Annotated[int, Field(ge=0, le=50)] = 10
    """The original files of a case go with the letter that asks about it, as long as they are not larger together."""

    @property
    def attachment_limit(self) -> int:
        """The same in bytes."""
        return self.attach_mib * 2**20

    @property
    def everyone(self) -> frozenset[str]:
        """Who may settle cases by mail, in lower case."""
        return frozenset(a.lower() for a in self.addresses or (*self.digest_to, *self.alerts_to))


class Reminders(Section):
    """When units that owe something are reminded, in working days from the deadline."""

    working_days_before: tuple[Annotated[int, Field(ge=0)], ...] = (10, 5, 2, 0)
    working_days_after: tuple[Annotated[int, Field(ge=1)], ...] = (1, 5)
    send_at: TimeOfDay = time(9, 0)
    quiet_from: TimeOfDay = time(18, 0)
    quiet_until: TimeOfDay = time(8, 30)
    """No reminder leaves from the one until the other on the next morning; receipts do (domain.md 5.4)."""

    @model_validator(mode="after")
    def _awake(self) -> Self:
        if not self.quiet_until <= self.send_at < self.quiet_from:
            raise ValueError("the times must follow each other: quiet_until, send_at, quiet_from")
        return self

    def is_quiet(self, at: time) -> bool:
        """Whether no reminder leaves at that time of day."""
        return not self.quiet_until <= at < self.quiet_from


class DigestConfig(Section):
    """When staff get their weekly letter."""

    weekday: Weekday = "monday"
    send_at: TimeOfDay = time(8, 30)


class Retention(Section):
    """How many days after the end of the campaign what is kept of persons goes; None: until somebody deletes it."""

    mails_days: Annotated[int, Field(ge=0)] | None = None
    """The raw mails, with the addresses, names and numbers of those who sent them and filled in their tables."""
    letters_days: Annotated[int, Field(ge=0)] | None = None
    """The words and recipients of our letters."""


class Log(Section):
    """How much the program tells on standard error; None: run from "info", the other commands from "warning" on."""

    level: Literal["debug", "info", "warning", "error"] | None = None


class Config(Section):
    """The whole file."""

    organisation: Organisation
    database: Database = Field(default_factory=dict, validate_default=True)
    archive: Archive = Field(default_factory=dict, validate_default=True)
    disk: Disk = Disk()
    mailbox: tuple[MailboxConfig, ...]
    intake: Intake = Intake()
    sending: Sending = Sending()
    log: Log = Log()
    staff: Staff = Staff()
    campaign: Campaign
    reminders: Reminders = Reminders()
    digest: DigestConfig = DigestConfig()
    retention: Retention = Retention()
    templates: LocalPath | None = None
    """A folder of letters of the user's own that win over those of the program."""

    @property
    def places(self) -> tuple[Path, ...]:
        """Where the program writes on this machine."""
        return tuple(filter(None, (self.archive.path, self.database.path)))

    @field_validator("mailbox")
    @classmethod
    def _distinct(cls, value: tuple[MailboxConfig, ...]) -> tuple[MailboxConfig, ...]:
        if not value:
            raise ValueError("write at least one [[mailbox]]")
        if len({m.name for m in value}) < len(value):
            raise ValueError("every mailbox needs a name of its own")
        read = {(m.imap.host, m.imap.username, m.folder): m.name for m in value}
        for mailbox in value:
            if reader := read.get((mailbox.imap.host, mailbox.imap.username, mailbox.file_to)):
                raise ValueError(f"file_to of {mailbox.name} is the folder that {reader} reads; write another")
        return value
