"""What one would write for the same job: imap-tools, openpyxl and xlrd, SQLModel, jinja2 and smtplib.

Each mail is read, its tables are looked for by their titles, their rows are stored with the cell they came from, and
its sender gets a receipt in HTML and text; a mail is known again by its Message-ID. Nothing is promised beyond that:
no archive, no limits, no second try.
"""

import csv
import io
import smtplib
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import make_msgid

import jinja2
import openpyxl
import xlrd
from imap_tools import AND, MailBoxUnencrypted
from sqlmodel import Field, Session, SQLModel, create_engine, select

from mailbot.cli.demo.tables import COLUMNS
from support.loopback import PASSWORD

FIELDS = (
    "number",
    "title",
    "held_on",
    "venue",
    "form",
    "content",
    "unions",
    "promoters",
    "companies",
    "workers",
    "readers",
    "online",
    "remark",
)
RECEIPT = jinja2.Environment(autoescape=True).from_string(
    """<html><body style="font-family: sans-serif"><p>{{ sender }}：</p>
{% if tables %}<p>您单位报送的统计表已收到，登记如下，请核对。</p>
{% for table in tables %}<h3>{{ table.name }}（{{ table.unit }}）</h3>
<table border="1" style="border-collapse: collapse"><tr>{% for title in titles %}<th>{{ title }}</th>{% endfor %}</tr>
{% for row in table.rows %}<tr>{% for cell in row %}<td>{{ cell if cell is not none else "" }}</td>{% endfor %}</tr>
{% endfor %}</table><p>合计 {{ table.rows | length }} 场，接触职工 {{ table.workers }} 人。</p>{% endfor %}
{% else %}<p>来信已收到。</p>{% endif %}<p>受理号 {{ case }}</p></body></html>"""
)
WORDS = jinja2.Environment().from_string(
    """{{ sender }}：
{% for table in tables %}统计表 {{ table.name }}（{{ table.unit }}）已收到，
{{ table.rows | length }} 场，接触职工 {{ table.workers }} 人。
{% else %}来信已收到。
{% endfor %}受理号 {{ case }}
"""
)


class PeerMail(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    message_id: str = Field(unique=True)
    sender: str
    subject: str
    received_at: datetime
    answered_at: datetime | None = None


class PeerActivity(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    mail: int = Field(foreign_key="peermail.id", index=True)
    unit: str
    file: str
    sheet: str
    row: int
    number: str | None = None
    title: str | None = None
    held_on: str | None = None
    venue: str | None = None
    form: str | None = None
    content: str | None = None
    unions: int | None = None
    promoters: int | None = None
    companies: int | None = None
    workers: int | None = None
    readers: int | None = None
    online: str | None = None
    remark: str | None = None


class Table:
    """The rows below the titles, and the unit above them."""

    def __init__(self, name: str, sheet: str, unit: str, top: int, rows: list[Sequence[object]]) -> None:
        self.name, self.sheet, self.unit, self.top, self.rows = name, sheet, unit, top, rows

    @property
    def workers(self) -> int:
        return sum(int(row[9]) for row in self.rows if row[9] not in (None, ""))


class Peer:
    """A mailbox, a way out and a database."""

    def __init__(self, imap_port: int, user: str, smtp_port: int, database: str) -> None:
        self._imap_port, self._user, self._smtp_port = imap_port, user, smtp_port
        self._engine = create_engine(f"sqlite:///{database}")
        SQLModel.metadata.create_all(self._engine, tables=[PeerMail.__table__, PeerActivity.__table__])  # type: ignore[attr-defined]

    def take_all(self) -> int:
        """Read and answer all unread mail; how many."""
        answered = 0
        with (
            MailBoxUnencrypted("127.0.0.1", self._imap_port).login(self._user, PASSWORD) as box,
            smtplib.SMTP("127.0.0.1", self._smtp_port) as smtp,
        ):
            smtp.login(self._user, PASSWORD)
            for message in box.fetch(AND(seen=False), mark_seen=True):
                answered += self._take(message, smtp)
        return answered

    def _take(self, message: object, smtp: smtplib.SMTP) -> bool:
        word = message.headers["message-id"][0]  # type: ignore[attr-defined]
        with Session(self._engine) as session:
            if session.exec(select(PeerMail).where(PeerMail.message_id == word)).first():
                return False
            mail = PeerMail(message_id=word, sender=message.from_, subject=message.subject, received_at=message.date)  # type: ignore[attr-defined]
            session.add(mail)
            session.flush()
            tables = [t for part in message.attachments for t in _tables(part.filename, part.payload)]  # type: ignore[attr-defined]
            for table in tables:
                for place, row in enumerate(table.rows):
                    where = {
                        "mail": mail.id,
                        "unit": table.unit,
                        "file": table.name,
                        "sheet": table.sheet,
                        "row": table.top + place,
                    }
                    session.add(PeerActivity.model_validate({**where, **_cells(row)}))
            session.commit()
            smtp.send_message(_receipt(mail, tables))
            mail.answered_at = datetime.now(UTC)
            session.add(mail)
            session.commit()
        return True


def _cells(row: Sequence[object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, cell in zip(FIELDS, row, strict=False):
        if cell in (None, ""):
            continue
        is_number = name in ("unions", "promoters", "companies", "workers", "readers")
        found[name] = int(float(str(cell))) if is_number else str(cell)
    return found


def _receipt(mail: PeerMail, tables: list[Table]) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "office@example.org", mail.sender, f"【回执】{mail.subject}"
    letter["Message-ID"], letter["In-Reply-To"] = make_msgid(domain="example.org"), mail.message_id
    told = {"sender": mail.sender, "tables": tables, "titles": COLUMNS, "case": f"HWM-{mail.id:04}"}
    letter.set_content(WORDS.render(told))
    letter.add_alternative(RECEIPT.render(told), subtype="html")
    return letter


def _tables(name: str, content: bytes) -> Iterator[Table]:
    """The tables of a file."""
    suffix = name.rpartition(".")[2].lower()
    if suffix == "zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.namelist():
                yield from _tables(entry, archive.read(entry))
    elif suffix in ("xlsx", "xls", "csv"):
        for sheet, rows in {"xlsx": _xlsx, "xls": _xls, "csv": _csv}[suffix](content):
            if found := _table(name, sheet, rows):
                yield found


def _xlsx(content: bytes) -> Iterator[tuple[str, list[Sequence[object]]]]:
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    for sheet in book.worksheets:
        yield sheet.title, list(sheet.iter_rows(values_only=True))


def _xls(content: bytes) -> Iterator[tuple[str, list[Sequence[object]]]]:
    book = xlrd.open_workbook(file_contents=content)
    for sheet in book.sheets():
        yield sheet.name, [sheet.row_values(row) for row in range(sheet.nrows)]


def _csv(content: bytes) -> Iterator[tuple[str, list[Sequence[object]]]]:
    yield "", list(csv.reader(io.StringIO(content.decode("gb18030"))))


def _table(name: str, sheet: str, rows: list[Sequence[object]]) -> Table | None:
    unit = ""
    for place, row in enumerate(rows):
        words = ["" if cell is None else str(cell) for cell in row]
        if not unit and words and words[0].startswith("填报单位"):
            unit = next(filter(None, words[1:]), "")
        if "活动名称" in words and "活动时间" in words:
            below = [row for row in rows[place + 1 :] if len(row) > 9 and any(c not in (None, "") for c in row[1:])]
            return Table(name, sheet, unit, place + 2, below)
    return None
