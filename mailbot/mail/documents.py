"""Reads the documents of a mail: each of its files, and the tables written in its text."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mailbot.mail import body_tables, message
from mailbot.mail.attached_files import File
from mailbot.mail.body_tables import TableReader
from mailbot.mail.message import Mail
from parsers.child import work
from parsers.formats.file_kind import WITHOUT_END, FileKind, kind_of
from parsers.formats.helpers import faults
from parsers.formats.read_file import read_grids
from parsers.identity_cells import any_in
from parsers.reading import Content, Fault, Finding, Reading, Severity, Unreadable

CUT_OFF = "来件末尾缺失，表格可能在传送中被截断，请核对登记内容是否完整；不完整的，请重新发送"
BODY = "邮件正文"
"""The name of a document that is no file but stands in the mail itself."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file: what it is, and the tables of known forms in it, or why there are none.

    `path` is its place in the mail (see `File`), for a table in the mail's own words "TEXT", in a mail inside it
    "2/TEXT" (RFC 3501 section 6.4.5). A file that was read and holds no known table has neither readings nor a fault.
    """

    path: str
    name: str
    kind: FileKind
    size: int
    sha256: str
    readings: tuple[Reading, ...] = ()
    fault: Fault | None = None
    container: str = ""
    """The name of the archive that it lies in."""
    identity_numbers: bool = False
    """Its sheets hold identity numbers, which are not in the readings."""

    @property
    def names(self) -> str:
        """What its sender called it: its own name, and that of its archive."""
        return f"{self.container} {self.name}".strip()


def of_file(file: File, tables: TableReader, *, slowly: bool = False) -> Document:
    """A file, read; `slowly`: with LibreOffice where it needs that. Total."""
    readings: tuple[Reading, ...] = ()
    fault, holds = file.fault, False
    if fault is None:
        try:
            with work.limited(len(file.content), faults.too_large):
                grids = read_grids(file.content, slowly=slowly)
                readings, holds = tables(grids), any_in(grids)
        except Unreadable as error:
            fault = error.fault()
    document = _document(file.path, file.name, kind_of(file.content), file.content, readings, fault)
    return replace(document, container=file.container, identity_numbers=holds)


def of_words(mails: Iterable[Mail], tables: TableReader, attached: Sequence[Document]) -> Iterator[Document]:
    """The words of each mail in which there is a table. One that is attached as well is left out."""
    known = [_said(reading) for document in attached for reading in document.readings]
    for mail in mails:
        kind, words, readings = FileKind.HTML, mail.html, body_tables.in_html(mail, tables)
        if not readings:
            kind, words, readings = FileKind.TEXT, mail.text, body_tables.in_text(mail, tables)
        if news := tuple(reading for reading in readings if _said(reading) not in known):
            yield _document(f"{mail.place}TEXT", BODY, kind, words.encode("utf-8", "replace"), news)


def cut_off(document: Document) -> Document:
    """The same, with a finding where its tables may have lost rows that no other sign would tell of.

    A workbook, a PDF or an archive that is cut is a fault of its own, or whole after all.
    """
    if document.kind not in WITHOUT_END:
        return document
    finding = Finding(Severity.WARNING, "cut-off", CUT_OFF)
    readings = (replace(each, findings=(*each.findings, finding)) for each in document.readings)
    return replace(document, readings=tuple(readings))


def of_fault(fault: Fault, size: int) -> Document:
    """What stands for all of a mail of so many bytes that was not read, or not to its end."""
    return Document("", "", FileKind.UNKNOWN, size, "", fault=fault)


def of_too_large(size: int) -> Document:
    """What stands for a mail that was left on its server."""
    return of_fault(message.too_large(size), size)


def _said(reading: Reading) -> tuple[str, list[dict[str, Content]], bool]:
    """What a table says, wherever it stands."""
    records = [{name: value.content for name, value in record.values.items()} for record in reading.records]
    return reading.form, records, reading.zero_report


def _document(
    path: str, name: str, kind: FileKind, content: bytes, readings: tuple[Reading, ...], fault: Fault | None = None
) -> Document:
    return Document(path, name, kind, len(content), hashlib.sha256(content).hexdigest(), readings, fault)
