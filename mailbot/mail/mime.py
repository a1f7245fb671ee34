"""Parses the bytes of a message into a `Mail`: any bytes, within limits; what is malformed is noted in `doubts`.

The tree of parts is read here and not by the email package, which recurses once for each level, has no limits, and puts
a mail inside the mail together anew instead of leaving its bytes alone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from mailbot.mail import (
    attached_mail,
    boundaries,
    charsets,
    content_digest,
    filenames,
    header_parameters,
    headers,
    line_ends,
    message,
    message_start,
    not_enclosed,
    openpgp_armour,
    smime,
    transfer_encoding,
    undeclared_encoding,
    uuencoded,
)
from mailbot.mail.message import SEND_ALONE, Attachment, Mail
from parsers.child import work
from parsers.containers import Budget, cms
from parsers.containers.faults import broken_on_the_way, encrypted
from parsers.formats.helpers import faults
from parsers.reading import Fault, Unreadable

MOST_PARTS = 1_000
DEEPEST = 20
_TOO_MANY_PARTS = Fault(
    "too-large", f"邮件的组成部分过多（超过 {MOST_PARTS} 个），其余部分系统未予读取。{SEND_ALONE}。"
)
_TOO_DEEP = Fault("too-large", f"邮件层层转发过多（超过 {DEEPEST} 层），更深的部分系统未予打开。{SEND_ALONE}。")

_PART, _BYTE = 100.0, 0.03  # units of work of a part, and of a byte of what it holds
_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"GIF8")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,40})", re.IGNORECASE)
_PGP_MIME = "multipart/encrypted"

_Split = Callable[[bytes, int, int, charsets.Note], tuple[list[headers.Field], int]]


def read(raw: bytes) -> Mail:
    """The mail that these bytes are. Never raises for any bytes."""
    if len(raw) > message.LARGEST:
        return _head_alone(raw, message.too_large(len(raw)))
    try:
        with work.limited(len(raw), faults.too_large):
            return _reader(raw).read()
    except Unreadable as error:
        return _head_alone(raw, error.fault())


def _head_alone(raw: bytes, fault: Fault) -> Mail:
    head = _reader(raw[: headers.LARGEST_BLOCK]).read().head
    return Mail(head, fault=fault, content_digest=content_digest.digest([raw]))


@dataclass(slots=True)
class _Part:
    """Where a part lies in the bytes, and what its own fields say of it."""

    path: str
    depth: int
    start: int
    end: int
    fields: list[headers.Field]
    type: str
    content_type: str
    disposition: str
    encoding: str
    fault: Fault | None = None


@dataclass(slots=True)
class _Budget:
    """What may still be read, shared with the mails inside the mail."""

    parts: int = MOST_PARTS
    wrapped: Budget = field(default_factory=Budget)


@dataclass(slots=True)
class _Reader:
    """One mail while it is read.

    `lines`: the same bytes with a line feed at the end of every line, in which headers and boundaries are found.
    """

    buffer: bytes
    lines: bytes
    start: int
    end: int
    place: str = ""
    depth: int = 0
    budget: _Budget = field(default_factory=_Budget)
    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    forwarded: list[Mail] = field(default_factory=list)
    doubts: dict[str, None] = field(default_factory=dict)
    fault: Fault | None = None
    cut: set[str] = field(default_factory=set)

    def read(self) -> Mail:
        root = self._part("", self.depth, self.start, self.end, "text/plain", message_start.split)
        self._take(root)
        text, html = "\n".join(self.texts), "\n".join(self.htmls)
        return Mail(
            headers.head(root.fields, root.type, self._note),
            text,
            html,
            _marked_inline(self.attachments, html),
            tuple(self.forwarded),
            tuple(self.doubts),
            self.fault,
            frozenset(self.cut),
            content_digest.digest(
                [content_digest.words(text), content_digest.words(html)]
                + [attachment.content for attachment in self.attachments]
                + [mail.content_digest.encode() for mail in self.forwarded]
            ),
            self.place,
        )

    def _note(self, doubt: str) -> None:
        self.doubts[doubt] = None

    def _part(self, path: str, depth: int, start: int, end: int, default: str, split: _Split = headers.split) -> _Part:
        self.budget.parts -= 1
        work.spend(_PART + _BYTE * (end - start))
        fields, content = split(self.lines, start, end, self._note)
        content_type = headers.first(fields, "content-type", self._note)
        return _Part(
            path,
            depth,
            content,
            end,
            fields,
            header_parameters.media_type(content_type, default),
            content_type,
            headers.first(fields, "content-disposition", self._note),
            transfer_encoding.named(
                charsets.unlabelled(raw, self._note) for name, raw in fields if name == "content-transfer-encoding"
            ),
        )

    def _take(self, part: _Part) -> None:
        if not part.type.startswith("multipart/"):
            self._take_leaf(part)
        elif part.type == _PGP_MIME:
            self._attach(part, self.buffer[part.start : part.end], fault=encrypted("PGP").fault())
        elif part.depth >= DEEPEST:
            self.fault = _TOO_DEEP
            self._attach(part, self.buffer[part.start : part.end])
        elif delimiter := self._delimiter(part):
            self._take_children(part, delimiter)
        elif part.encoding != transfer_encoding.IDENTITY and (content := self._decoded(part).lstrip(b"\r\n")):
            self._take_within(part, b"\n" + content)
        else:
            self._note("邮件标注由多个部分组成，却找不到分界线")
            self._take_leaf(replace(part, type="text/plain"))

    def _take_children(self, part: _Part, delimiter: re.Pattern[bytes]) -> None:
        chunks = boundaries.chunks(self.lines, part.start, part.end, delimiter, self._note)
        default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        for number, (start, end, closed) in enumerate(chunks, 1):
            if self.budget.parts <= 0:
                self.fault = _TOO_MANY_PARTS
                return
            path = f"{part.path}.{number}" if part.path else str(number)
            self._take(child := self._part(path, part.depth + 1, start, end, default))
            if not closed and end == self.end:
                self._note_cut(child)

    def _delimiter(self, part: _Part) -> re.Pattern[bytes] | None:
        raw = next((value for name, value in part.fields if name == "content-type"), b"")
        declared = header_parameters.parameter(raw.decode("latin-1"), "boundary", self._note)
        return boundaries.delimiter(self.lines, part.start, part.end, declared, self._note)

    def _note_cut(self, part: _Part) -> None:
        name = filenames.filename_of(part.disposition, part.content_type, self._note)
        self.cut.add("TEXT" if _is_text(part, name) else part.path or "1")

    def _take_leaf(self, part: _Part) -> None:
        if part.type in attached_mail.TYPES and part.encoding == transfer_encoding.IDENTITY:
            if not self._take_mail(part, self.buffer, self.lines, part.start, part.end):
                self._attach(part, self.buffer[part.start : part.end], self._name(part))
            return
        content, name = self._decoded(part), self._name(part)
        if fault := not_enclosed.fault_of(part.type, part.content_type, self._note):
            self._attach(part, content, name, fault)
        elif smime.is_wrapper(part.type, content):
            self._take_wrapped(part, content, name)
        elif smime.is_called_wrapper(name) and smime.is_of_mail(part.type, content):
            self._take_entity(part, content)
        elif not (attached_mail.is_likely(part.type, name, content) and self._take_mail_file(part, content)):
            self._take_words_or_file(part, content, name)

    def _name(self, part: _Part) -> str | None:
        return filenames.filename_of(part.disposition, part.content_type, self._note)

    def _decoded(self, part: _Part) -> bytes:
        """The content of a part without its encoding, the declared one and others."""
        as_written = part.encoding == transfer_encoding.IDENTITY and not _is_text(part, None)
        raw = (self.buffer if as_written else self.lines)[part.start : part.end]
        notes: list[str] = []
        content = transfer_encoding.decode(raw, part.encoding, notes.append)
        content = undeclared_encoding.unwrapped(content, notes.append)
        self.doubts |= dict.fromkeys(notes)
        if not transfer_encoding.CUT.isdisjoint(notes):
            self._note_cut(part)
        if uuencoded.DAMAGED in notes:
            part.fault = broken_on_the_way().fault()
        return content

    def _take_words_or_file(self, part: _Part, content: bytes, name: str | None) -> None:
        if _is_text(part, name) and not content.startswith(_MAGIC):
            self._take_text(part, content)
        elif content or name:
            self._attach_all(part, content, name)

    def _attach_all(self, part: _Part, content: bytes, name: str | None) -> None:
        """A file, or those that are written in it."""
        words, files = self._written(part, content)
        if files and not words.strip():
            for written in files:
                self._attach_written(part, written)
        elif not smime.is_signature(part.type):
            self._attach(part, content, name)

    def _take_text(self, part: _Part, content: bytes) -> None:
        label = header_parameters.parameter(part.content_type, "charset", self._note)
        if part.type == "text/html":
            if not label and (meta := _META_CHARSET.search(content[:4096])):
                label = meta[1].decode("ascii")
            self.htmls.append(self._text(content, label))
            return
        content, files = self._written(part, content)
        words, secret = openpgp_armour.without_messages(self._text(content, label))
        self.texts.append(openpgp_armour.without_signature(words))
        for written in files:
            self._attach_written(part, written)
        if secret:
            self._attach(part, secret.encode(), fault=encrypted("PGP").fault())

    def _text(self, content: bytes, label: str | None) -> str:
        return charsets.decode(content, label, self._note).replace("\r\r\n", "\n").replace("\r\n", "\n")

    def _written(self, part: _Part, content: bytes) -> tuple[bytes, tuple[uuencoded.Written, ...]]:
        """The words of a text, and the files that are written in it."""
        notes: list[str] = []
        words, files = uuencoded.taken_out(content, notes.append)
        words, more = undeclared_encoding.taken_out(words, notes.append)
        self.doubts |= dict.fromkeys(notes)
        return words, (*files, *(uuencoded.Written(None, found) for found in more))

    def _take_mail_file(self, part: _Part, content: bytes) -> bool:
        content = message_start.as_bytes(content)
        return self._take_mail(part, content, line_ends.with_line_feeds(content), 0, len(content))

    def _take_mail(self, part: _Part, buffer: bytes, lines: bytes, start: int, end: int) -> bool:
        """Read a mail inside the mail; False where these bytes are none or it lies too deep."""
        if not attached_mail.begins(lines[start : min(end, start + 16_384)], part.type):
            return False
        if part.depth >= DEEPEST or self.budget.parts <= 0:
            self.fault = _TOO_DEEP if self.budget.parts > 0 else _TOO_MANY_PARTS
            return False
        place = f"{self.place}{part.path or '1'}/"
        self.forwarded.append(_Reader(buffer, lines, start, end, place, part.depth + 1, self.budget).read())
        return True

    def _take_wrapped(self, part: _Part, content: bytes, name: str | None) -> None:
        """What S/MIME wraps: a part of this mail, or a file."""
        try:
            inside = cms.opened(content, self.budget.wrapped)
        except Unreadable as error:
            if error.code == "encrypted" or not (part.path and smime.is_called_signature(part.type, name)):
                self._attach(part, content, None if part.type in smime.WRAPPERS else name, error.fault())
            return
        if inside is None:
            pass
        elif smime.is_of_mail(part.type, inside):
            self._take_entity(part, inside)
        elif part.depth < DEEPEST and smime.is_wrapper("", inside):
            self._take_wrapped(replace(part, depth=part.depth + 1), inside, smime.name_inside(name))
        else:
            self._attach(part, inside, smime.name_inside(name))

    def _take_entity(self, part: _Part, content: bytes) -> None:
        """A part of a mail with its own header, in place of the part that it was wrapped in."""
        if part.depth >= DEEPEST or self.budget.parts <= 0:
            self.fault = _TOO_DEEP if self.budget.parts > 0 else _TOO_MANY_PARTS
            self._attach(part, content)
            return
        inner = self._within(part, content)
        inner._take(inner._part("", part.depth + 1, 0, len(content), "text/plain"))
        self._return_from(inner, part)

    def _take_within(self, part: _Part, content: bytes) -> None:
        """The parts of a multipart that was encoded as a whole, against RFC 2045 section 6.4."""
        inner = self._within(part, content)
        inner._take(replace(part, path="", start=1, end=len(content), encoding=transfer_encoding.IDENTITY))
        self._return_from(inner, part)

    def _within(self, part: _Part, content: bytes) -> "_Reader":
        """A reader of other bytes that belong to this mail; what it finds is this mail's."""
        place = f"{self.place}{part.path or '1'}/"
        lines = line_ends.with_line_feeds(content)
        return replace(self, buffer=content, lines=lines, start=0, end=len(content), place=place, fault=None, cut=set())

    def _return_from(self, inner: "_Reader", part: _Part) -> None:
        self.fault = self.fault or inner.fault
        self.cut |= {path if path == "TEXT" else f"{part.path or '1'}/{path}" for path in inner.cut}

    def _attach_written(self, part: _Part, written: uuencoded.Written) -> None:
        fault = broken_on_the_way().fault() if written.damaged else None
        self._attach(replace(part, type="application/octet-stream"), written.content, written.name, fault)

    def _attach(self, part: _Part, content: bytes, name: str | None = None, fault: Fault | None = None) -> None:
        content_id = headers.first(part.fields, "content-id", self._note).strip("<> ") or None
        self.attachments.append(
            Attachment(
                f"{self.place}{part.path or '1'}", name, part.type, content, False, content_id, fault or part.fault
            )
        )


def _reader(raw: bytes) -> _Reader:
    buffer = message_start.as_bytes(raw)
    return _Reader(buffer, line_ends.with_line_feeds(buffer), 0, len(buffer))


def _is_text(part: _Part, name: str | None) -> bool:
    kept_apart = part.disposition.strip().lower().startswith("attachment")
    return part.type in ("text/plain", "text/html") and name is None and not kept_apart


def _marked_inline(attachments: list[Attachment], html: str) -> tuple[Attachment, ...]:
    shown = unquote(html) if "cid:" in html else ""
    return tuple(replace(a, inline=True) if a.content_id and f"cid:{a.content_id}" in shown else a for a in attachments)
