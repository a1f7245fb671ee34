"""A small world around the flows: units, a clock that tests set, and an app on in-memory servers and an SQLite file."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Executable, create_engine

from mailbot.campaigns import roster_file
from mailbot.cli.demo.tables import Activity, Filled, workbook
from mailbot.config import Campaign, Config, MailboxConfig, Organisation
from mailbot.documents import exports
from mailbot.domain.errors import ReaderDied
from mailbot.domain.letter import Envelope, StoredLetter
from mailbot.domain.mail import Head, StoredMessage
from mailbot.domain.submission import StoredSubmission
from mailbot.flows.collect import collect
from mailbot.flows.deliver import deliver_next
from mailbot.flows.judge import judge_next
from mailbot.flows.ports import App
from mailbot.flows.remind import remind
from mailbot.flows.report import report
from mailbot.letters.rendering.renderer import Renderer
from mailbot.mail.mime import read
from mailbot.mail.opening import Opened, open_mail
from mailbot.mail.original_files import OriginalFile, original_files
from mailbot.mail.reader import period_of
from parsers.forms.form import load as load_form
from storage.archive import Archive
from storage.store import Store
from support.doubles import MemoryMailbox, MemoryPost, MemorySent

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2021, 9, 14, 12, 0, tzinfo=SHANGHAI)
MAILBOX = "office@example.com"
FORM = load_form("activities")

UNITS = """code,name,short_name,category,aliases,emails,quota,required,sort_no
XHE,新河街道总工会,新河街,街镇,新河,xinhe@example.org,,1,1
XG,新港街道总工会,新港街,街镇,新港,xingang@example.org,,1,2
PORT,云海港集团工会,云海港,驻区,,port@example.org,2,1,3
"""


def activity(title: str = "网络安全知识竞赛", day: str | date = "2021-06-15", people: int | str = 120) -> Activity:
    """One row of a table, filled in well."""
    return Activity(title, day, "文化中心", "知识竞赛", "宣传网络安全知识", (2, 10, 3, people, 5000))


def table(unit: str = "新河街道总工会", *rows: Activity, words: str = "") -> bytes:
    """A workbook as a unit sends it."""
    return workbook(
        Filled(unit, "李晓", "65300000", date(2021, 9, 1), rows or (activity(),) * (not words), words=words)
    )


@cache
def letters(organisation: Organisation, mailbox: MailboxConfig, campaign: Campaign) -> Renderer:
    """Letters of an office; compiling their templates takes longer than most tests."""
    return Renderer(organisation, mailbox, campaign, draw=lambda digest: ())  # drawing takes longer than a whole round


@cache
def empty() -> bytes:
    """A database with every table and no row; to make one takes longer than to copy it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        Store.open(f"sqlite:///{path}").close()
        return path.read_bytes()


def opened(url: str) -> Store:
    """The store; an SQLite file that is missing is made as a copy of the empty one."""
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(empty())
    return Store.open(url)


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


@dataclass
class DirectReader:
    """Reads mails in this process. `deadly`: bytes whose reading kills the child; `slow`: those that take too long."""

    config: Config
    deadly: list[bytes] = field(default_factory=list)
    opened: list[bytes] = field(default_factory=list)
    slow: list[bytes] = field(default_factory=list)

    def open(self, raw: bytes, arrived: datetime, *, slowly: bool = False) -> Opened:
        """All of a mail."""
        self.opened.append(raw)
        if raw in self.deadly:
            raise ReaderDied("the child that read it was ended: crash")
        if raw in self.slow:
            raise ReaderDied("the child that read it was ended: time", was_too_long=True)
        period = period_of(self.config.campaign, [FORM], arrived.astimezone(SHANGHAI).date())
        return open_mail(raw, [FORM], period, slowly)

    def head(self, raw: bytes) -> Head:
        """Its head alone."""
        return read(raw).head

    def go_by(self, campaign: Campaign) -> None:
        """Read by another state of the campaign."""
        self.config = self.config.model_copy(update={"campaign": campaign})

    def files(self, raw: bytes, most: int) -> tuple[OriginalFile, ...]:
        """What is attached to it."""
        return original_files(raw, most)

    def close(self) -> None:
        """Nothing to close."""


def config(folder: Path, **sections: Any) -> Config:
    """A configuration for tests; `sections` replace keys of theirs: `sending={"mode": "hold"}`."""
    server = {"host": "127.0.0.1", "port": 1, "security": "none", "username": "u", "password_env": "MAILBOT_TEST"}
    data: dict[str, Any] = {
        "organisation": {"name": "云海新区总工会", "department": "宣传网络部", "phones": ["00000000"]},
        "mailbox": [{"name": "office", "address": MAILBOX, "imap": server, "smtp": server}],
        "sending": {"mode": "live", "per_minute": 0, "per_day": 0, "per_address_per_hour": 0},
        "staff": {"digest_to": ["staff@example.org"], "alerts_to": ["staff@example.org"]},
        "campaign": {
            "id": "c-2021",
            "title": "2021年“网聚职工正能量 争做中国好网民”主题活动",
            "starts_on": date(2021, 5, 1),
            "deadline": date(2021, 9, 30),
            "case_prefix": "HWM21",
        },
    }
    for name, keys in sections.items():
        data[name] = {**data.get(name, {}), **keys}
    return Config.model_validate(data, context={"folder": folder})


class World:
    """An app, what arrives in its mailbox, and what it has sent."""

    def __init__(self, folder: Path, **sections: Any) -> None:
        self.config = config(folder, **sections)
        self.clock = Clock()
        self.inbox = MemoryMailbox()
        self.post = MemoryPost()
        self.sent_folder = MemorySent(self.post)
        self.reader = DirectReader(self.config)
        self.app = self._assembled()

    def _assembled(self) -> App:
        return App(
            config=self.config,
            forms={"activities": FORM},
            roster=roster_file.read(UNITS.encode(), "units.csv"),
            clock=self.clock,
            archive=Archive(self.config.archive.path),
            store=opened(self.config.database.url),
            mailboxes=((self.config.mailbox[0], self.inbox),),
            posts={"office": self.post},
            sent={"office": self.sent_folder},
            letters=letters(
                self.config.organisation,
                self.config.mailbox[0],
                self.config.campaign.model_copy(update={"units": Path("units.csv")}),
            ),
            reader=self.reader,
        )

    def restart(self) -> None:
        """As after a crash: everything but servers, disk and clock is made anew."""
        self.app.store.close()
        self.app = self._assembled()

    def execute(self, statement: Executable) -> None:
        """Change the database without the program's knowledge."""
        engine = create_engine(f"sqlite:///{self.config.database.path}")
        with engine.begin() as connection:
            connection.execute(statement)
        engine.dispose()

    def deliver(self, raw: bytes, when: datetime | None = None) -> None:
        """Put a mail into the mailbox."""
        self.inbox.deliver(raw, when or self.clock.now)

    def collect(self) -> None:
        """Bring in what waits in the mailbox."""
        for mailbox, inbox in self.app.mailboxes:
            for _ in collect(self.app, mailbox, inbox):
                pass

    def round(self) -> None:
        """One whole round of every flow."""
        self.collect()
        while judge_next(self.app, slowly=True) or judge_next(self.app):
            pass
        remind(self.app)
        report(self.app)
        while deliver_next(self.app):
            pass

    @property
    def messages(self) -> tuple[StoredMessage, ...]:
        with self.app.store.transaction() as tx:
            return tx.messages(self.config.campaign.id)

    @property
    def submissions(self) -> tuple[StoredSubmission, ...]:
        with self.app.store.transaction() as tx:
            return tx.submissions(self.config.campaign.id)

    @property
    def letters(self) -> tuple[StoredLetter, ...]:
        with self.app.store.transaction() as tx:
            return tx.letters()

    @property
    def export(self) -> dict[str, Any]:
        return exports.document(self.config.campaign.id, self.messages, self.submissions, SHANGHAI)

    def sent(self, kind: str = "receipt") -> list[EmailMessage]:
        """The letters of a kind that the server took, in order."""
        return [_parsed(envelope) for envelope in self.post.sent if envelope.kind == kind]


def _parsed(envelope: Envelope) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(envelope.content, policy=policy.default))


def words(letter: EmailMessage) -> str:
    """The plain text of a letter."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


class Crash(BaseException):
    """The process dies."""


@contextmanager
def crashing(world: World, at: int) -> Iterator[list[str]]:
    """Let the app die at its call number `at` to the outside, before it or after it was carried out.

    Odd numbers die before a call, even ones after; yields the names of the calls made.
    """
    calls: list[str] = []

    class Outside:
        def __init__(self, name: str, inner: Any, watched: Collection[str]) -> None:
            self.name, self.inner, self.watched = name, inner, watched

        def __getattr__(self, attribute: str) -> Any:
            method = getattr(self.inner, attribute)
            if attribute not in self.watched:
                return method

            def call(*arguments: Any, **named: Any) -> Any:
                calls.append(f"{self.name}.{attribute}")
                number = len(calls)  # what is called here may call others before it ends
                if at == 2 * number - 1:
                    raise Crash
                result = method(*arguments, **named)
                if at == 2 * number:
                    raise Crash
                return result

            return call

    class Transactions(Outside):
        @contextmanager
        def transaction(self) -> Iterator[Any]:
            calls.append("store.transaction")
            number = len(calls)
            with self.inner.transaction() as tx:
                yield tx
                if at == 2 * number - 1:
                    raise Crash  # before the commit: nothing of it may stay
            if at == 2 * number:
                raise Crash

    before = world.app
    mailbox, inbox = before.mailboxes[0]
    world.app = replace(
        before,
        archive=cast(Archive, Outside("archive", before.archive, {"keep", "open", "note_arrival"})),
        store=cast(Store, Transactions("store", before.store, ())),
        mailboxes=((mailbox, cast(MemoryMailbox, Outside("inbox", inbox, {"listing", "sightings", "fetch"}))),),
        posts={"office": cast(MemoryPost, Outside("post", before.posts["office"], {"send"}))},
        reader=cast(DirectReader, Outside("reader", before.reader, {"open"})),
    )
    try:
        yield calls
    finally:
        world.app = before
