"""Opens a mail: reads all that is needed to judge it. Runs in the limited child process."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.domain.mail import Head
from mailbot.mail import documents, message, mime
from mailbot.mail.attached_files import File, walk
from mailbot.mail.body_tables import TableReader
from mailbot.mail.bounces import Bounce, bounces
from mailbot.mail.cloud_links import cloud_links
from mailbot.mail.documents import Document
from mailbot.mail.message import Mail
from mailbot.mail.quoting import own_words
from parsers.child import sandbox, work
from parsers.document import read_tables
from parsers.formats.helpers import faults
from parsers.forms.form import Form
from parsers.grid import Grid
from parsers.reading import Period, Reading, Unreadable
from parsers.values.identity_numbers import masked

MOST_TEXT = 20_000
"""Characters of a mail's own words that are looked at; more is a pasted document."""


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
    bounces: tuple[Bounce, ...] = ()
    identity_numbers: bool = False
    """Its words or its files hold identity numbers; they stand nowhere in these values, but masked."""

    @property
    def is_slow(self) -> bool:
        """Whether a file in it waits for the slow lane; the mail is then to be opened again, slowly."""
        return any(document.fault and document.fault.code == sandbox.LATER for document in self.documents)

    @property
    def readings(self) -> tuple[tuple[Document, Reading], ...]:
        """Every table of a known form, with the file it stands in."""
        return tuple((document, reading) for document in self.documents for reading in document.readings)


def open_mail(raw: bytes, forms: Sequence[Form], period: Period, slowly: bool = False) -> Opened:
    """Read a mail, all that is attached to it or to mails inside it, what archives hold, and tables in its words.

    `slowly`: LibreOffice and unar may be started.

    Total: any bytes give a value. (What exhausts time or memory is ended from outside, see `parsers.child.isolate`.)
    """

    def tables(grids: Sequence[Grid]) -> tuple[Reading, ...]:
        return read_tables(grids, forms, period)

    with work.shared(len(raw)):
        return _opened(raw, tables, slowly)


def _opened(raw: bytes, tables: TableReader, slowly: bool) -> Opened:
    mail = mime.read(raw)
    mails: list[Mail] = []
    attached: list[Document] = []
    for item in walk(mail, slowly=slowly):
        if isinstance(item, File):
            attached.append(documents.of_file(item, tables, slowly=slowly))
        else:
            mails.append(item)
    words, links, returned = "", tuple[str, ...](), tuple[Bounce, ...]()
    holds = any(document.identity_numbers for document in attached)
    try:
        with work.limited(len(raw), faults.too_large):
            own = "\n".join(own_words(message.plain(part)) for part in mails)
            words = masked(own)
            holds |= words != own
            links = tuple(dict.fromkeys(masked(link) for part in mails for link in cloud_links(part)))
            returned = bounces(mail, raw)
            written = list(documents.of_words(mails, tables, attached))
    except Unreadable as error:
        written = [documents.of_fault(error.fault(), len(raw))]
    read = (*attached, *written)
    cut = {part.place + path for part in mails for path in part.cut}
    unread = (documents.of_fault(part.fault, len(raw)) for part in mails if part.fault)
    return Opened(
        head=mail.head,
        words=words[:MOST_TEXT],
        documents=(*(documents.cut_off(each) if each.path in cut else each for each in read), *unread),
        content_digest=mail.content_digest,
        part_types=tuple(attachment.type for attachment in mail.attachments if not attachment.inline),
        cloud_links=links,
        bounces=returned,
        identity_numbers=holds,
    )
