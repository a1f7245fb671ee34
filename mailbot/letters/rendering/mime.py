"""Builds MIME messages: headers as checked or encoded ASCII lines, bodies and attachments in base64.

Nothing that a unit wrote enters a header, whatever the runtime would do to it: headers are made here as finished ASCII
lines and handed to a policy that neither decodes nor encodes them again (CVE-2024-6923 is alive in Python 3.11.7).
"""

import re
import unicodedata
from base64 import b64encode, encodebytes
from collections.abc import Iterable, Mapping
from email.message import Message
from email.policy import compat32
from pathlib import Path
from urllib.parse import quote

from mailbot.domain.identifiers import is_address, is_message_id
from mailbot.domain.letter import Enclosure
from mailbot.letters.rendering.charts import Picture

NAME_LENGTH = 60
"""Characters of an attachment's name; keeps both of its spellings on lines of 998 bytes (RFC 5322 section 2.1.1)."""

WORD_BYTES = 45
"""Make 60 characters of base64, with the 12 around them 72; the next step of three bytes would make 76."""

REFERENCES = 10
"""Message-IDs in one letter at most."""

WIRE = compat32.clone(linesep="\r\n", max_line_length=998)

_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]*")

_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*/[A-Za-z0-9][A-Za-z0-9.+-]*")


# ---------------------------------------------------------------- lines of a header


def checked_address(address: str) -> str:
    """The address itself. Raises ValueError unless it may stand in a header (`identifiers.is_address`)."""
    if not is_address(address):
        raise ValueError(
            f"{address!r} is not an address that a letter can go to; it takes one such as office@example.org"
        )
    return address


def message_ids(candidates: Iterable[str]) -> list[str]:
    """Those that are well formed, each once; of a long thread its first and its last (RFC 5322 section 3.6.4)."""
    ids = [i for i in dict.fromkeys(candidates) if is_message_id(i)]
    return ids if len(ids) <= REFERENCES else [ids[0], *ids[1 - REFERENCES :]]


def one_line(text: str) -> str:
    """The text without line breaks, control and invisible formatting characters, and lone surrogates."""
    visible = (" " if unicodedata.category(c) in ("Cc", "Cf", "Cs") else c for c in text)
    return " ".join("".join(visible).split())


def encoded(text: str) -> str:
    """As encoded words on one line, each of at most 75 characters and of whole ones (RFC 2047 sections 2 and 5)."""
    chunks = [""]
    for character in text:
        if len((chunks[-1] + character).encode()) > WORD_BYTES:
            chunks.append("")
        chunks[-1] += character
    return " ".join(map(_word, chunks))


def _word(text: str) -> str:
    return f"=?UTF-8?B?{b64encode(text.encode()).decode()}?="


# ---------------------------------------------------------------- parts


def body(
    html: str, text: str, shown: Mapping[str, Picture], enclosures: tuple[Enclosure, ...], boundary: str
) -> Message:
    """The two pages of a letter, pictures that they show by Content-ID, and files, without the letter's headers."""
    whole = _multipart(
        "alternative",
        f"=_{boundary}_pages",
        [
            _part("text/plain; charset=utf-8", _canonical(text)),
            _part("text/html; charset=utf-8", _canonical(html)),
        ],
    )
    if shown:
        # the pages inside, the pictures beside them: as Outlook, Foxmail and QQ mail build it themselves
        pictures = [_picture(cid, picture) for cid, picture in shown.items()]
        whole = _multipart("related", f"=_{boundary}_shown", [whole, *pictures], '; type="multipart/alternative"')
    if not enclosures:
        return whole
    return _multipart("mixed", f"=_{boundary}_files", [whole, *map(_file, enclosures)])


def _canonical(text: str) -> bytes:
    """RFC 2045 section 6.8: text in base64 has CRLF lines too."""
    return text.replace("\n", "\r\n").encode()


def _multipart(kind: str, boundary: str, parts: list[Message], more: str = "") -> Message:
    """The boundary cannot occur in base64, so it need not be random."""
    message = Message()
    message["Content-Type"] = f'multipart/{kind}; boundary="{boundary}"{more}'
    for part in parts:
        message.attach(part)
    return message


def _part(content_type: str, content: bytes) -> Message:
    part = Message()
    part["Content-Type"] = content_type
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(encodebytes(content).decode())
    return part


def _picture(cid: str, picture: Picture) -> Message:
    part = _part(f'image/png; name="{picture.name}"', picture.content)
    part["Content-ID"] = f"<{cid}>"
    part["Content-Disposition"] = f'inline; filename="{picture.name}"'
    return part


def _file(enclosure: Enclosure) -> Message:
    """The name thrice: QQ mail and older readers want RFC 2047, others RFC 2231; a plain one is written plainly."""
    name = _file_name(enclosure.name)
    plain = name if _PLAIN_NAME.fullmatch(name) else encoded(name)
    kind = enclosure.type if _MEDIA_TYPE.fullmatch(enclosure.type) else "application/octet-stream"
    part = _part(f'{kind}; name="{plain}"', enclosure.content)
    part["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return part


def _file_name(name: str) -> str:
    """Shortened before its extension."""
    path = Path(one_line(name).replace("/", "_"))
    return path.stem[: NAME_LENGTH - len(path.suffix[:10])] + path.suffix[:10]
