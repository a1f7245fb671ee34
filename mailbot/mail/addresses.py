"""Parses the addresses in a header field (RFC 5322), also where they are not quite well-formed."""

import re
from collections.abc import Iterator

from mailbot.domain.mail import Address
from mailbot.mail.charsets import Note
from mailbot.mail.encoded_words import CONTROL, ENCODED_WORD, decode_words

MOST_ADDRESSES = 1_000
_TOKEN = re.compile(rf'{ENCODED_WORD}|"(?:[^"\\]|\\.)*"?|<[^<>]*>?|[,;:()]|[^",;:()<=\s]+|\s+|.', re.DOTALL)
_SINGLE = re.compile(r"[^\s@<>(),:;\"\\[\]]+@[^\s@<>(),:;\"\\[\]]+")
_ATOM = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+", re.ASCII)


def addresses(field: str, note: Note) -> tuple[Address, ...]:
    """The addresses of a field (RFC 5322 section 3.4, and what comes near it), names decoded."""
    found: list[Address] = []
    for phrase, comment, angle in _mailboxes(field):
        if len(found) == MOST_ADDRESSES:
            note("收件人过多，只读取了前面的部分")
            break
        if address := _address(phrase, comment, angle, note):
            found.append(address)
    return tuple(found)


def is_single_address(field: str) -> bool:
    """Whether a From field names exactly one mailbox (RFC 5322 section 3.6.2), and no reader could find another in it.

    A group, a second address outside of quotation marks and comments, and an address of more than one @ are not
    single. A comma in a name without quotation marks, which some programs write, is no second address.
    """
    pieces, depth = [], 0
    for match in _TOKEN.finditer(field):
        if match[0] in ("(", ")"):
            depth = max(0, depth + (1 if match[0] == "(" else -1))
        elif not depth and not match[0].startswith('"') and not re.fullmatch(ENCODED_WORD, match[0]):
            pieces.append(match[0])
    outside = "".join(pieces).strip().strip(",;").strip()
    angles = re.findall(r"<[^<>]*>?", outside)
    rest = re.sub(r"<[^<>]*>?", " ", outside)
    if ":" in rest or rest.count("@") + len(angles) != 1:
        return False
    address = angles[0].removeprefix("<").removesuffix(">").strip() if angles else rest.strip(" ,;")
    return bool(_SINGLE.fullmatch(address))


def _mailboxes(field: str) -> Iterator[tuple[str, str, str | None]]:
    """(words outside, words in parentheses, what stands in angle brackets) of each entry."""
    phrase, comment, angle, depth = "", "", None, 0
    for match in _TOKEN.finditer(field):
        piece = match[0]
        if piece in ("(", ")"):
            depth = max(0, depth + (1 if piece == "(" else -1))
        elif depth:
            comment += piece
        elif piece in (",", ";"):
            yield phrase, comment, angle
            phrase, comment, angle = "", "", None
        elif piece == ":":
            phrase = ""  # the name of a group
        elif piece.startswith("<"):
            angle = piece.strip("<>") if angle is None else angle
        else:
            phrase += piece
    yield phrase, comment, angle


def _address(phrase: str, comment: str, angle: str | None, note: Note) -> Address | None:
    if angle is None:
        words = phrase.split()
        written = next((word for word in words if "@" in word), words[0] if len(words) == 1 else "")
        name = comment
    else:
        written, name = angle.rpartition(":")[2], phrase
    written = CONTROL.sub("", "".join(written.split()))
    if "@" not in written and not _ATOM.fullmatch(written):
        return None
    return Address(written, _name(name, note))


def _name(written: str, note: Note) -> str:
    plain = re.sub(r'\\(["\\])', r"\1", re.sub(r'(?<!\\)"', "", written))
    return " ".join(CONTROL.sub(" ", decode_words(plain, note)).split()).strip("'\"")
