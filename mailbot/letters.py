"""A letter becomes bytes: its words from templates, its headers from checked values alone.

Nothing that a unit wrote enters a header, whatever the runtime would do to it: headers are made here as finished ASCII
lines and handed to a policy that neither decodes nor encodes them again (CVE-2024-6923 is alive in Python 3.11.7).
"""

import hmac
import re
import unicodedata
from base64 import b64encode, encodebytes
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from email.message import Message
from email.policy import compat32
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote
from zoneinfo import ZoneInfo

from css_inline import CSSInliner
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailbot.charts import Picture, pictures
from mailbot.config import Campaign, MailboxConfig, Organisation
from mailbot.contents import Digest, Line
from mailbot.domain import Enclosure, Envelope, Letter, LetterKind, Milestone
from mailbot.errors import ConfigError
from mailbot.identifiers import is_address, is_message_id
from mailbot.personal import masked

HTML_LIMIT = 100_000
"""Bytes; readers such as Gmail cut off what is longer."""

LIST_LENGTHS = (100, 30, 10, 3)
"""How many lines of one list are shown at most: the first length with which the page stays within the limit."""

NAME_LENGTH = 60
"""Characters of an attachment's name; keeps both of its spellings on lines of 998 bytes (RFC 5322 section 2.1.1)."""

WORD_BYTES = 45
"""Make 60 characters of base64, with the 12 around them 72; the next step of three bytes would make 76."""

REFERENCES = 10
"""Message-IDs in one letter at most."""

_WIRE = compat32.clone(linesep="\r\n", max_line_length=998)

_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]*")

_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*/[A-Za-z0-9][A-Za-z0-9.+-]*")


class Letters:
    """Gives letters their shape.

    A template named "receipt" is `receipt.html` and `receipt.txt`; both see `content`, `organisation`, `campaign`,
    `now` (in the campaign's time), `enclosures` (names), `pictures` (what `draw` gives for a digest, by Content-ID)
    and `most` (how many lines of a list to show). Templates in `overrides` win over those of the program. Message-IDs
    are made with the `secret`.

    Raises ConfigError where `overrides` is no folder or holds templates that do not compile.
    """

    def __init__(
        self,
        organisation: Organisation,
        mailbox: MailboxConfig,
        campaign: Campaign,
        overrides: Path | None = None,
        draw: Callable[[Digest], tuple[Picture, ...]] = pictures,
        secret: bytes = b"",
    ) -> None:
        self._secret = secret
        self._organisation, self._mailbox, self._campaign = organisation, mailbox, campaign
        self._draw = draw
        self._templates = _environment(overrides)
        self._inliner = CSSInliner(load_remote_stylesheets=False)

    def by(self, mailbox: MailboxConfig) -> Self:
        """The same letters, sent from another mailbox."""
        other = copy(self)
        other._mailbox = mailbox
        return other

    def render(self, letter: Letter, now: datetime) -> Envelope:
        """The letter as bytes for SMTP, the same for the same arguments.

        Raises ValueError where `letter.to` is not one bare address, ConfigError where a template cannot be filled.
        """
        to = checked_address(letter.to)
        message_id = self._message_id(letter.key)
        shown = self._pictures(letter)
        html, text = self._pages(letter, now, shown)
        message = _body(html, text, shown, letter.enclosures, boundary=message_id[1:25])
        for name, value in self._headers(letter, to, message_id, now):
            message[name] = value
        return Envelope(
            key=letter.key,
            kind=letter.kind,
            to=to,
            subject=one_line(letter.subject),
            message_id=message_id,
            content=message.as_bytes(policy=_WIRE),
            unit=letter.unit,
            mailbox=self._mailbox.name,
        )

    def pages(self, letter: Letter, now: datetime) -> tuple[str, str]:
        """The letter as (HTML with its styles inlined, plain text), both with the same facts.

        Its pictures stand in the page itself, so that it can be looked at by itself.
        """
        shown = self._pictures(letter)
        html, text = self._pages(letter, now, shown)
        for cid, picture in shown.items():
            html = html.replace(f'"cid:{cid}"', f'"data:image/png;base64,{b64encode(picture.content).decode()}"')
        return html, text

    def _pictures(self, letter: Letter) -> dict[str, Picture]:
        """By Content-ID, which is as unique as the letter (RFC 2392 section 2)."""
        if not isinstance(letter.content, Digest):
            return {}
        left, _, host = self._message_id(letter.key)[1:-1].partition("@")
        return {f"{Path(each.name).stem}.{left}@{host}": each for each in self._draw(letter.content)}

    def _pages(self, letter: Letter, now: datetime, shown: Mapping[str, Picture]) -> tuple[str, str]:
        zone = self._organisation.zone
        content = _shown(letter.content, zone, one_line if letter.kind is LetterKind.RECEIPT else _told_to_others)
        words = {
            "content": content,
            "organisation": self._organisation,
            "campaign": self._campaign,
            "now": now.astimezone(zone),
            "enclosures": [one_line(enclosure.name) for enclosure in letter.enclosures],
            "pictures": shown,
        }
        for most in LIST_LENGTHS:
            html = self._inliner.inline(self._fill(f"{letter.template}.html", words, most))
            if len(html.encode()) < HTML_LIMIT:
                break
        return html, self._fill(f"{letter.template}.txt", words, most)

    def _fill(self, name: str, words: dict[str, Any], most: int) -> str:
        try:
            return self._templates.get_template(name).render(words, most=most)
        except TemplateError as error:
            raise ConfigError([f"templates: {name} cannot be filled: {error}; correct the template"]) from error

    def _message_id(self, key: str) -> str:
        """From the key, so that a letter sent twice is recognisably one (RFC 5322 section 3.6.4).

        With the secret, so that nobody can name a letter that he has not seen: a forged bounce, say.
        """
        host = self._mailbox.address.rpartition("@")[2]
        return f"<{hmac.digest(self._secret, key.encode(), 'sha256').hex()[:32]}@{host}>"

    def _headers(self, letter: Letter, to: str, message_id: str, now: datetime) -> Iterator[tuple[str, str]]:
        yield "From", f"{encoded(one_line(self._organisation.signature))} <{self._mailbox.address}>"
        yield "To", to
        yield "Subject", encoded(one_line(letter.subject))
        yield "Date", format_datetime(now.astimezone(self._organisation.zone))
        yield "Message-ID", message_id
        answers = _message_ids([letter.answers or ""])
        if answers:
            yield "In-Reply-To", answers[0]
        references = _message_ids([*letter.thread, *answers])
        if references:
            yield "References", " ".join(references)
        yield "MIME-Version", "1.0"
        # RFC 3834 section 5
        yield "Auto-Submitted", "auto-replied" if letter.kind is LetterKind.RECEIPT else "auto-generated"
        yield "X-Auto-Response-Suppress", "All"
        yield "X-Mailbot-Letter", letter.kind.value


# ---------------------------------------------------------------- checked values


def checked_address(address: str) -> str:
    """The address itself. Raises ValueError unless it may stand in a header (`identifiers.is_address`)."""
    if not is_address(address):
        raise ValueError(
            f"{address!r} is not an address that a letter can go to; it takes one such as office@example.org"
        )
    return address


def _message_ids(candidates: Iterable[str]) -> list[str]:
    """Those that are well formed, each once; of a long thread its first and its last (RFC 5322 section 3.6.4)."""
    ids = [i for i in dict.fromkeys(candidates) if is_message_id(i)]
    return ids if len(ids) <= REFERENCES else [ids[0], *ids[1 - REFERENCES :]]


def one_line(text: str) -> str:
    """The text without line breaks, control and invisible formatting characters, and lone surrogates."""
    visible = (" " if unicodedata.category(c) in ("Cc", "Cf", "Cs") else c for c in text)
    return " ".join("".join(visible).split())


def _told_to_others(text: str) -> str:
    return masked(one_line(text))


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


# ---------------------------------------------------------------- MIME


def _body(
    html: str, text: str, shown: Mapping[str, Picture], enclosures: tuple[Enclosure, ...], boundary: str
) -> Message:
    body = _multipart(
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
        body = _multipart("related", f"=_{boundary}_shown", [body, *pictures], '; type="multipart/alternative"')
    if not enclosures:
        return body
    return _multipart("mixed", f"=_{boundary}_files", [body, *map(_file, enclosures)])


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


# ---------------------------------------------------------------- templates


def _environment(overrides: Path | None) -> ImmutableSandboxedEnvironment:
    own = PackageLoader("templates", "")
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(overrides), own]) if overrides else own,
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "day": day,
        "short_day": short_day,
        "weekday": weekday,
        "moment": moment,
        "short_moment": short_moment,
        "grouped": grouped,
        "short": short,
        "share": share,
        "signed": signed,
        "by_category": by_category,
        "by_unit": by_unit,
        "weekly": weekly,
        "milestone": milestone,
        "span": span,
        "paragraphs": paragraphs,
    }
    if overrides:
        _check(environment, overrides)
    return environment


def _check(environment: ImmutableSandboxedEnvironment, overrides: Path) -> None:
    """Refuse at the start what would else stop the first letter."""
    if not overrides.is_dir():
        raise ConfigError([f"templates: {overrides} is no folder; create it, or remove the key"])
    faults = []
    for name in environment.list_templates(extensions=["html", "txt"]):
        try:
            environment.get_template(name)
        except (TemplateError, UnicodeDecodeError) as error:
            faults.append(f"templates: {overrides / name} is not a template: {error}; correct it")
    if faults:
        raise ConfigError(faults)


def _shown(value: Any, zone: ZoneInfo, shown: Callable[[str], str]) -> Any:
    """The same with each text on one line, so that no cell can pass for a line of ours, and times in the zone."""
    match value:
        case str():
            return shown(value)
        case datetime() if value.tzinfo:
            return value.astimezone(zone)
        case tuple():
            return tuple(_shown(item, zone, shown) for item in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{f.name: _shown(getattr(value, f.name), zone, shown) for f in fields(value)})
        case _:
            return value


def day(value: date) -> str:
    """2021年9月3日: no leading zeros (GB/T 9704-2012 section 7.3.5.4)."""
    return f"{value.year}年{short_day(value)}"


def short_day(value: date) -> str:
    """9月3日."""
    return f"{value.month}月{value.day}日"


def span(first: date, last: date) -> str:
    """9月20日—26日, 9月27日—10月3日; one day: 9月30日."""
    if first == last:
        return short_day(first)
    return f"{short_day(first)}—{f'{last.day}日' if last.month == first.month else short_day(last)}"


def weekday(value: date) -> str:
    """（星期四）."""
    return f"（星期{'一二三四五六日'[value.weekday()]}）"


def moment(value: datetime) -> str:
    """2021年9月24日15:02."""
    return f"{value.year}年{short_moment(value)}"


def short_moment(value: datetime) -> str:
    """9月24日15:02."""
    return f"{short_day(value)}{value.hour}:{value.minute:02}"


def grouped(value: int) -> str:
    """12345 → 12,345."""
    return f"{value:,}"


def short(text: str, length: int = 80) -> str:
    """Cut to the length, visibly."""
    return text if len(text) <= length else text[: length - 1] + "…"


def share(part: int, whole: int) -> str:
    """51 of 58 → 87.9%; of nothing: —."""
    return f"{part / whole:.1%}" if whole else "—"


def signed(value: int) -> str:
    """1200 → +1,200; 0 → 0."""
    return f"{value:+,}" if value else "0"


def by_category(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """Lines under their category, both in the order in which they come."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.category, []).append(line)
    return list(groups.items())


def by_unit(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """Lines under their unit, both in the order in which they come."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.unit_name, []).append(line)
    return list(groups.items())


def weekly(timeline: Iterable[tuple[date, int]]) -> list[tuple[date, int]]:
    """Of a running number on some days, the last one of each week."""
    return list({day.isocalendar()[:2]: (day, number) for day, number in timeline}.values())


def milestone(value: Milestone, today: date) -> tuple[str, str]:
    """Its name, and its days with where today stands to them."""
    single = value.first == value.last
    if value.last < today:
        state = "已过" if single else "已结束"
    elif today < value.first:
        state = "未到" if single else "未开始"
    else:
        state = "今日" if single else "进行中"
    return value.name, f"{span(value.first, value.last)}（{state}）"


def paragraphs(text: str) -> list[str]:
    """The lines that hold something, as plain texts: what comes from a macro is escaped like everything else."""
    return [line.strip() for line in str(text).split("\n") if line.strip()]
