"""Opening a mail: from its bytes to everything that can be judged about it. Runs in the limited child."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from mailbot import message
from mailbot.domain import Head
from mailbot.message import Attachment
from parsers.document import read_tables
from parsers.files import read_grids
from parsers.form import Form
from parsers.reading import Fault, Period, Reading, Unreadable
from parsers.sniff import FileKind, kind

MOST_TEXT = 20_000
"""Characters of a mail's own words that are looked at; more is a pasted document."""


@dataclass(frozen=True, slots=True)
class Document:
    """One attachment: what it is, and the tables of known forms in it, or why there are none.

    `path` is its place in the mail's part tree. A file that was read and holds no known table has neither readings
    nor a fault.
    """

    path: str
    name: str
    kind: FileKind
    size: int
    sha256: str
    readings: tuple[Reading, ...] = ()
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A mail as far as its judgement needs it, without the bytes of its attachments.

    `words` are the sender's own (no quoted earlier mail); `content_digest` stays the same when another hop encodes
    the mail anew; `part_types` are those of the outer mail's own files.
    """

    head: Head
    words: str
    documents: tuple[Document, ...]
    content_digest: str
    part_types: tuple[str, ...] = ()
    cloud_links: tuple[str, ...] = ()

    @property
    def readings(self) -> tuple[tuple[Document, Reading], ...]:
        """Every table of a known form, with the file it stands in."""
        return tuple((document, reading) for document in self.documents for reading in document.readings)


def open_mail(raw: bytes, forms: Sequence[Form], period: Period) -> Opened:
    """Read a mail and all that is attached to it or to mails forwarded in it.

    Total: any bytes give a value. (What exhausts time or memory is ended from outside, see `parsers.isolate`.)
    """
    mail = message.read(raw)
    words = "\n".join(message.own_words(message.plain(part)) for part in mail.mails())
    attachments = [attachment for part in mail.mails() for attachment in part.attachments]
    return Opened(
        head=mail.head,
        words=words[:MOST_TEXT],
        documents=tuple(_document(attachment, forms, period) for attachment in attachments),
        content_digest=mail.content_digest,
        part_types=tuple(attachment.type for attachment in mail.attachments if not attachment.inline),
        cloud_links=tuple(dict.fromkeys(link for part in mail.mails() for link in message.cloud_links(part))),
    )


def _document(attachment: Attachment, forms: Sequence[Form], period: Period) -> Document:
    content = attachment.content
    readings: tuple[Reading, ...] = ()
    fault = None
    try:
        readings = read_tables(read_grids(content), forms, period)
    except Unreadable as error:
        fault = error.fault()
    return Document(
        path=attachment.path,
        name=attachment.name or "",
        kind=kind(content),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        readings=readings,
        fault=fault,
    )
