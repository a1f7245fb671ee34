"""Parses the bytes of a message into a `Mail`: any bytes, within limits; what is malformed is noted in `doubts`.

The tree of parts is read here and not by the email package, which recurses once for each level, has no limits, and puts
a mail inside the mail together anew instead of leaving its bytes alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from urllib.parse import unquote

from mailbot.mail import charsets, filenames, header_parameters, headers, message, transfer_encoding
from mailbot.mail.message import SEND_ALONE, Attachment, Mail
from parsers.reading import Fault

MOST_PARTS = 1_000
DEEPEST = 20
_TOO_MANY_PARTS = Fault(
    "too-large", f"邮件的组成部分过多（超过 {MOST_PARTS} 个），其余部分系统未予读取。{SEND_ALONE}。"
)
_TOO_DEEP = Fault("too-large", f"邮件层层转发过多（超过 {DEEPEST} 层），更深的部分系统未予打开。{SEND_ALONE}。")

_MAIL_TYPES = ("message/rfc822", "message/global", "message/news")
_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"GIF8")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,40})", re.IGNORECASE)
_LOST_BOUNDARY = re.compile(rb"\n--(\S[^\r\n]{0,200})\r?\n(?:content-[a-z-]+:|\r?\n)", re.IGNORECASE)


def read(raw: bytes) -> Mail:
    """The mail that these bytes are. Never raises for any bytes."""
    if len(raw) <= message.LARGEST:
        return _Reader(raw, 0, len(raw)).read()
    head = _Reader(raw[: headers.LARGEST_BLOCK], 0, headers.LARGEST_BLOCK).read().head
    return Mail(head, fault=message.too_large(len(raw)), content_digest=_digest([raw]))


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


@dataclass(slots=True)
class _Budget:
    """The parts that may still be read, shared with the mails inside the mail."""

    parts: int = MOST_PARTS


@dataclass(slots=True)
class _Reader:
    """One mail while it is read."""

    buffer: bytes
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
        root = self._part("", self.depth, self.start, self.end, "text/plain")
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
            _digest(
                [_words(text), _words(html)]
                + [attachment.content for attachment in self.attachments]
                + [mail.content_digest.encode() for mail in self.forwarded]
            ),
            self.place,
        )

    def _note(self, doubt: str) -> None:
        self.doubts[doubt] = None

    def _part(self, path: str, depth: int, start: int, end: int, default: str) -> _Part:
        self.budget.parts -= 1
        fields, content = headers.split(self.buffer, start, end, self._note)
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
            headers.first(fields, "content-transfer-encoding", self._note).partition(";")[0].strip().lower(),
        )

    def _take(self, part: _Part) -> None:
        if not part.type.startswith("multipart/"):
            self._take_leaf(part)
        elif part.depth >= DEEPEST:
            self.fault = _TOO_DEEP
            self._attach(part, self.buffer[part.start : part.end])
        elif delimiter := self._delimiter(part):
            self._take_children(part, delimiter)
        else:
            self._note("邮件标注由多个部分组成，却找不到分界线")
            self._take_leaf(replace(part, type="text/plain"))

    def _take_children(self, part: _Part, delimiter: re.Pattern[bytes]) -> None:
        default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        for number, (start, end, closed) in enumerate(self._chunks(part, delimiter), 1):
            if self.budget.parts <= 0:
                self.fault = _TOO_MANY_PARTS
                return
            path = f"{part.path}.{number}" if part.path else str(number)
            self._take(child := self._part(path, part.depth + 1, start, end, default))
            if not closed and end == self.end:
                self._note_cut(child)

    def _delimiter(self, part: _Part) -> re.Pattern[bytes] | None:
        """The pattern of the lines between the parts, RFC 2046 section 5.1.1; None where there is none."""
        raw = next((value for name, value in part.fields if name == "content-type"), b"")
        named = header_parameters.parameter(raw.decode("latin-1"), "boundary", self._note)
        if named and (pattern := _delimiter(named.encode("latin-1", "replace"))).search(
            self.buffer, max(part.start - 1, 0), part.end
        ):
            return pattern
        lost = _LOST_BOUNDARY.search(self.buffer, max(part.start - 1, 0), part.end)
        if lost:
            self._note("邮件各部分的分界线与标注不符，已按实际的分界线读取")
        return _delimiter(lost[1].rstrip()) if lost else None

    def _chunks(self, part: _Part, delimiter: re.Pattern[bytes]) -> Iterator[tuple[int, int, bool]]:
        """Start and end of each part, and whether a line says that it ends there.

        What stands before the first and behind a closing delimiter is none.
        """
        start, closed = None, False
        for match in delimiter.finditer(self.buffer, max(part.start - 1, 0), part.end):
            if start is not None:
                yield start, max(start, match.start()), True
            closed = match[1] is not None
            start = None if closed else min(match.end() + 1, part.end)
        if start is not None:
            self._note("邮件缺少结束的分界线，可能在传送中被截断")
            yield start, part.end, False

    def _note_cut(self, part: _Part) -> None:
        name = filenames.filename_of(part.disposition, part.content_type, self._note)
        self.cut.add("TEXT" if _is_text(part, name) else part.path or "1")

    def _take_leaf(self, part: _Part) -> None:
        name = filenames.filename_of(part.disposition, part.content_type, self._note)
        if part.type in _MAIL_TYPES and part.encoding in transfer_encoding.IDENTITY:
            if not self._take_mail(part, self.buffer, part.start, part.end):
                self._attach(part, self.buffer[part.start : part.end], name)
            return
        notes: list[str] = []
        content = transfer_encoding.decode(self.buffer[part.start : part.end], part.encoding, notes.append)
        self.doubts |= dict.fromkeys(notes)
        if not transfer_encoding.CUT.isdisjoint(notes):
            self._note_cut(part)
        if _may_be_mail(part.type, name, content) and self._take_mail(part, content, 0, len(content)):
            return
        if _is_text(part, name) and not content.startswith(_MAGIC):
            self._take_text(part, content)
        elif content or name:
            self._attach(part, content, name)

    def _take_text(self, part: _Part, content: bytes) -> None:
        label = header_parameters.parameter(part.content_type, "charset", self._note)
        if part.type == "text/html" and not label and (meta := _META_CHARSET.search(content[:4096])):
            label = meta[1].decode("ascii")
        text = charsets.decode(content, label, self._note).replace("\r\n", "\n")
        (self.htmls if part.type == "text/html" else self.texts).append(text)

    def _take_mail(self, part: _Part, buffer: bytes, start: int, end: int) -> bool:
        """Read a mail inside the mail; False where these bytes are none or it lies too deep."""
        if not _begins_like_mail(buffer[start : min(end, start + 16_384)], part.type):
            return False
        if part.depth >= DEEPEST or self.budget.parts <= 0:
            self.fault = _TOO_DEEP if self.budget.parts > 0 else _TOO_MANY_PARTS
            return False
        place = f"{self.place}{part.path or '1'}/"
        self.forwarded.append(_Reader(buffer, start, end, place, part.depth + 1, self.budget).read())
        return True

    def _attach(self, part: _Part, content: bytes, name: str | None = None) -> None:
        content_id = headers.first(part.fields, "content-id", self._note).strip("<> ") or None
        self.attachments.append(
            Attachment(f"{self.place}{part.path or '1'}", name, part.type, content, False, content_id)
        )


def _delimiter(boundary: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\r?\n--" + re.escape(boundary) + rb"(--)?[ \t]*\r?(?=\n|\Z)")


def _is_text(part: _Part, name: str | None) -> bool:
    kept_apart = part.disposition.strip().lower().startswith("attachment")
    return part.type in ("text/plain", "text/html") and name is None and not kept_apart


def _may_be_mail(type: str, name: str | None, content: bytes) -> bool:
    """Forwarded as an attachment, a mail often comes as a file without a proper type."""
    if type in _MAIL_TYPES or (name or "").lower().endswith(".eml"):
        return True
    return type == "application/octet-stream" and name is None and bool(content)


def _begins_like_mail(start: bytes, type: str) -> bool:
    names = {name for name, _ in headers.split(start, 0, len(start), lambda doubt: None)[0]}
    if type in _MAIL_TYPES:
        return bool(names)
    return "from" in names and not names.isdisjoint({"to", "received", "message-id", "date"})


def _marked_inline(attachments: list[Attachment], html: str) -> tuple[Attachment, ...]:
    shown = unquote(html) if "cid:" in html else ""
    return tuple(replace(a, inline=True) if a.content_id and f"cid:{a.content_id}" in shown else a for a in attachments)


def _words(text: str) -> bytes:
    """A text as it survives a change of line ends and of blanks before them."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines()).encode()


def _digest(pieces: list[bytes]) -> str:
    whole = sha256()
    for piece in pieces:
        whole.update(len(piece).to_bytes(8, "big"))
        whole.update(piece)
    return whole.hexdigest()
