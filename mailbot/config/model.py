"""The configuration: one TOML file, checked as a whole, every fault a sentence that names file and key."""

import difflib
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from mailbot.config import providers
from mailbot.domain.campaign import Milestone, Subproject
from mailbot.domain.errors import ConfigError
from mailbot.domain.identifiers import is_address
from mailbot.domain.workdays import Workdays

TOKEN_SECONDS = 60
"""How long `token_command` may take."""
LATE_DAYS = 31
"""How many days after the deadline a campaign goes on where `ends_on` is not written (contract, Config)."""

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def _time_of_day(value: object) -> object:
    return time.fromisoformat(value) if isinstance(value, str) else value


def _address(value: str) -> str:
    if not is_address(value):
        raise ValueError("write a bare mail address such as office@example.org")
    return value


def _folder(info: ValidationInfo) -> Path:
    return Path((info.context or {}).get("folder", ""))


def _in_folder(value: Path, info: ValidationInfo) -> Path:
    return _folder(info) / value


def _toml(name: str, info: ValidationInfo) -> dict[str, Any]:
    """A file that comes with the program under that name (`hwm-2021`), else one in the config's folder."""
    bundled = files("mailbot.campaigns") / f"{name}.toml"
    try:
        source = bundled if re.fullmatch(r"[\w-]+", name) and bundled.is_file() else _folder(info) / name
        return tomllib.loads(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{name} comes not with mailbot, and no such file can be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{name} is not TOML in UTF-8: {error}") from error


def _in_file(name: str, kind: Any, found: object, remedy: str) -> Any:
    """What a file holds, checked. Raises ValueError with its first fault."""
    try:
        return TypeAdapter(kind).validate_python(found)
    except ValidationError as error:
        fault = error.errors()[0]
        where = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in fault["loc"])
        raise ValueError(f"{name}: {where.lstrip('.')}: {fault['msg']}; {remedy}") from error


def _listed(value: object, info: ValidationInfo, key: str, kind: Any, keys: str) -> object:
    """The tables `[[key]]` of a file; what is a list already stays as it is."""
    if not isinstance(value, str):
        return value
    tables = dict[str, Annotated[tuple[kind, ...], Field(min_length=1)]]
    return _in_file(value, tables, {key: _toml(value, info).get(key)}, f"write [[{key}]] with {keys} for each")[key]


def _subprojects(value: object, info: ValidationInfo) -> object:
    return _listed(value, info, "subproject", Subproject, "name, host and words")


def _milestones(value: object, info: ValidationInfo) -> object:
    return _listed(value, info, "milestone", Milestone, "name, first and last (days such as 2021-09-30)")


def _in_sequence(value: tuple[Milestone, ...]) -> tuple[Milestone, ...]:
    for milestone in value:
        if milestone.last < milestone.first:
            raise ValueError(f"{milestone.name} ends before it begins; write first and last in order")
    return value


def _workdays(value: object, info: ValidationInfo) -> object:
    """The office's own list of days: `holidays` and `workdays`, both lists of days."""
    if not isinstance(value, str):
        return value
    found, remedy = _toml(value, info), "write holidays = [2027-01-01, …] and workdays = [2027-01-03, …]"
    if unknown := sorted(found.keys() - {"holidays", "workdays"}):
        raise ValueError(f"{value}: {unknown[0]} is not a known key; {remedy}")
    days: Workdays = _in_file(value, Workdays, found, remedy)
    if both := sorted(days.holidays & days.workdays):
        raise ValueError(f"{value}: {both[0]} stands among holidays and among workdays; take it out of one")
    return days


def _pairs(value: object) -> object:
    """A table of the file as pairs, in its order."""
    return tuple(value.items()) if isinstance(value, dict) else value


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
MailAddress = Annotated[str, AfterValidator(_address)]
LocalPath = Annotated[Path, AfterValidator(_in_folder)]


class Section(BaseModel):
    """A part of the file; keys that it does not know are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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
        return f"sqlite:///{(info.context or {}).get('folder', Path()) / path}"

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


class Server(Section):
    """An IMAP or SMTP server and how to log in. Neither password nor token is ever written in the file."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)]
    security: Literal["tls", "starttls", "none"] = "tls"
    ca_file: str | LocalPath = ""
    username: str
    auth: Literal["password", "xoauth2"] = "password"
    password_env: str | None = None
    password_file: LocalPath | None = None
    token_command: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """A program with its arguments that prints an access token; asked anew for every connection."""

    @field_validator("token_command")
    @classmethod
    def _program(cls, value: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
        if value is None or "/" not in value[0]:
            return value
        return (str(_folder(info) / value[0]), *value[1:])

    @field_validator("ca_file", mode="before")
    @classmethod
    def _none_or_path(cls, value: object, info: ValidationInfo) -> object:
        return _folder(info) / value if isinstance(value, str) and value else ""

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if self.token_command is not None and self.auth == "password":
            raise ValueError('token_command goes with auth = "xoauth2"; write that too')
        if [self.password_env, self.password_file, self.token_command].count(None) != 2:
            raise ValueError(
                "write either password_env (the name of an environment variable) or password_file"
                + (" or token_command" if self.auth == "xoauth2" else "")
            )
        return self

    def password(self, environ: Mapping[str, str] = os.environ) -> str:
        """The secret, read anew each time: the password or, with `auth = "xoauth2"`, an access token.

        Raises ConfigError where it is not there.
        """
        if self.token_command is not None:
            where = f"what {self.token_command[0]} (token_command of {self.host}) prints"
            secret = _printed(self.token_command, self.host)
        elif self.password_env is not None:
            secret = environ.get(self.password_env, "")
            where = f"the environment variable {self.password_env} (password_env of {self.host})"
        else:
            assert self.password_file is not None
            where = f"the file {self.password_file} (password_file of {self.host})"
            try:
                secret = self.password_file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError([f"{where} cannot be read: {error}; put the password there"]) from error
        if not secret:
            what = "an access token" if self.auth == "xoauth2" else "the password (mostly: the authorization code)"
            raise ConfigError([f"{where} is empty; put {what} there"])
        return secret


def _printed(command: tuple[str, ...], host: str) -> str:
    where = f"{command[0]} (token_command of {host})"
    try:
        ended = subprocess.run(  # noqa: S603 - the operator's own program
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=TOKEN_SECONDS, check=False
        )
    except (OSError, ValueError) as error:
        raise ConfigError([f"{where} cannot be run: {error}; write the path of a program"]) from error
    except subprocess.TimeoutExpired:
        raise ConfigError([f"{where} has not ended within {TOKEN_SECONDS} seconds; run it by hand"]) from None
    if ended.returncode:
        said = (ended.stderr.decode("utf-8", "replace").strip().splitlines() or ["nothing"])[-1][:200]
        raise ConfigError([f"{where} failed with status {ended.returncode} and said: {said}; run it by hand"])
    return ended.stdout.decode("utf-8", "replace").strip()


class MailboxConfig(Section):
    """One mailbox that is read and written from."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")]
    address: MailAddress
    folder: str = "INBOX"
    poll_seconds: Annotated[int, Field(ge=10, le=3600)] = 60
    idle: bool = True
    since: date | None = None
    provider: str = "auto"
    """A name of `mailbot.config.providers`; `auto` goes by the host."""
    file_to: str = ""
    """The folder that mail is moved to once it is dealt with; none: the mailbox is only read."""
    authserv: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")], ...] = ()
    """The names under which the provider writes Authentication-Results (RFC 8601 section 2.2); none: not looked at."""
    imap: Server
    smtp: Server

    @field_validator("provider")
    @classmethod
    def _known_provider(cls, value: str) -> str:
        if fault := providers.fault(value):
            raise ValueError(f"there is no provider {value}; {fault}")
        return value

    @model_validator(mode="after")
    def _within_what_the_provider_can_do(self) -> Self:
        provider = providers.of(self)
        if self.imap.auth == "password" and not provider.takes_passwords:
            raise ValueError(
                f'{provider.title} takes no passwords; write auth = "xoauth2" and token_command in [mailbox.imap]'
            )
        if self.file_to and not provider.files:
            raise ValueError(f"{provider.title} cannot move mail safely (neither MOVE nor UIDPLUS); take file_to out")
        if self.file_to and self.file_to == self.folder:
            raise ValueError("file_to is the folder that is read; write another, such as 已处理")
        return self


class Intake(Section):
    """How many messages of one sender are read; the others wait. 0: no limit. Staff are not counted."""

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

    @property
    def everyone(self) -> frozenset[str]:
        """Who may settle cases by mail, in lower case."""
        return frozenset(a.lower() for a in self.addresses or (*self.digest_to, *self.alerts_to))


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
    quota: Annotated[int, Field(ge=0)] = 1
    forms: tuple[str, ...] = ("activities",)
    subprojects: Annotated[tuple[Subproject, ...], BeforeValidator(_subprojects)] = ()
    """In the file: the name of a list that comes with the program, or the path of one."""
    milestones: Annotated[tuple[Milestone, ...], BeforeValidator(_milestones), AfterValidator(_in_sequence)] = ()
    """In the file: as sub-projects, or as [[campaign.milestones]]."""
    rollover: Literal["none", "next_working_day"] = "none"
    calendar: Annotated[Workdays, BeforeValidator(_workdays)] = Workdays()
    """In the file: the path of a list of days that wins over the holidays that the program knows."""
    targets: Annotated[tuple[tuple[str, Annotated[int, Field(gt=0)]], ...], BeforeValidator(_pairs)] = ()
    """In the file: a table of numbers, field of a form = what all units together should reach."""

    @model_validator(mode="before")
    @classmethod
    def _default_end(cls, data: Any) -> Any:
        if isinstance(data, dict) and "ends_on" not in data and isinstance(data.get("deadline"), date):
            return {**data, "ends_on": data["deadline"] + timedelta(days=LATE_DAYS)}
        return data

    @model_validator(mode="after")
    def _rolled_over(self) -> Self:
        if self.rollover == "none" or self.calendar.is_working_day(self.deadline):
            return self
        return self.model_copy(update={"deadline": self.calendar.working_day(self.deadline, 1)})

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.starts_on <= self.deadline <= self.ends_on:
            raise ValueError("the days must follow each other: starts_on, deadline, ends_on")
        return self


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


class Config(Section):
    """The whole file."""

    organisation: Organisation
    database: Database = Field(default_factory=dict, validate_default=True)
    archive: Archive = Field(default_factory=dict, validate_default=True)
    disk: Disk = Disk()
    mailbox: tuple[MailboxConfig, ...]
    intake: Intake = Intake()
    sending: Sending = Sending()
    staff: Staff = Staff()
    campaign: Campaign
    reminders: Reminders = Reminders()
    digest: DigestConfig = DigestConfig()
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


def check_secrets(config: Config) -> None:
    """Raises ConfigError with one sentence for each password that is not where the configuration says."""
    faults: list[str] = []
    for mailbox in config.mailbox:
        for server in (mailbox.imap, mailbox.smtp):
            try:
                server.password()
            except ConfigError as error:
                faults += error.faults
    if faults:
        raise ConfigError(dict.fromkeys(faults))


def load(path: Path) -> Config:
    """Read and check a configuration.

    Raises ConfigError with one sentence for each thing that is wrong, each naming the file and the key.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError([f"{path}: there is no such file; `mailbot init` writes one to start from"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path}: is not UTF-8 text (byte {error.start}); save it as UTF-8"]) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: is not valid TOML: {error}"]) from error
    try:
        return Config.model_validate(data, context={"folder": path.resolve().parent})
    except ValidationError as error:
        raise ConfigError(f"{path}: {sentence}" for sentence in _sentences(error)) from error


def _sentences(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        yield f"{_key(fault)}: {_remedy(fault)}"


def _key(fault: ErrorDetails) -> str:
    """("mailbox", 0, "imap", "port") → "mailbox[1].imap.port"."""
    text = ""
    for step in fault["loc"]:
        if isinstance(step, int):
            text += f"[{step + 1}]"
        elif step not in ("constrained-str", "literal['']"):
            text += f".{step}" if text else step
    return text or "the file"


def _remedy(fault: ErrorDetails) -> str:
    match fault["type"]:
        case "missing":
            return "is missing; write it"
        case "extra_forbidden":
            near = difflib.get_close_matches(str(fault["loc"][-1]), _known_keys(fault["loc"][:-1]), n=1, cutoff=0.5)
            return "is not a known key" + (f"; did you mean {near[0]}?" if near else "; remove it")
        case "value_error":
            return str(fault["ctx"]["error"])
        case _:
            message, found = fault["msg"], fault["input"]
            shown = f"; found {found!r}" if isinstance(found, str | int | float) else ""
            return f"{message[0].lower()}{message[1:]}{shown}"


def _known_keys(path: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = Config
    for step in path:
        if isinstance(step, str) and step in model.model_fields:
            model = next((t for t in _types(model.model_fields[step].annotation) if issubclass(t, BaseModel)), model)
    return list(model.model_fields)


def _types(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type) and not getattr(annotation, "__args__", None):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _types(inner)
