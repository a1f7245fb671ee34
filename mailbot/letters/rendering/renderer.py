"""Renders a letter: its pages from templates, its headers from checked values alone, the whole as a message."""

import hmac
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from css_inline import CSSInliner

from mailbot.config import Campaign, MailboxConfig, Organisation
from mailbot.domain.errors import ConfigError
from mailbot.domain.letter import Envelope, Letter, LetterKind
from mailbot.domain.letter_contents import Digest
from mailbot.domain.masking import masked
from mailbot.letters.rendering.charts import Picture, pictures
from mailbot.letters.rendering.filters import defanged
from mailbot.letters.rendering.mime import WIRE, body, checked_address, encoded, message_ids, one_line
from mailbot.letters.rendering.templates import environment

HTML_LIMIT = 100_000
"""Bytes; readers such as Gmail cut off what is longer."""

IN_FULL = frozenset({LetterKind.RECEIPT, LetterKind.CASE, LetterKind.TRANSCRIPT, LetterKind.DIGEST})
"""Letters with phone numbers in them: to who wrote them, and to staff, who must call."""

OURS = frozenset({"alert"})
"""Templates of letters whose addresses and hosts are our own; in all others none can be clicked on."""

LIST_LENGTHS = (100, 30, 10, 3)
"""How many lines of one list are shown at most: the first length with which the page stays within the limit."""


class Renderer:
    """Renders letters: pages from templates, and the message for SMTP.

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
        self._templates, self._own_templates = environment(overrides), environment(None)
        self._inliner = CSSInliner(load_remote_stylesheets=False)
        self._is_known: Callable[[str], bool] = _nobody

    def by(self, mailbox: MailboxConfig) -> Self:
        """The same letters, sent from another mailbox."""
        other = copy(self)
        other._mailbox = mailbox
        return other

    def knowing(self, is_known: Callable[[str], bool]) -> Self:
        """The same letters; an address, in lower case, that is known stays as it is wherever our own people read it."""
        other = copy(self)
        other._is_known = is_known
        return other

    def about(self, campaign: Campaign) -> Self:
        """The same letters about another state of the campaign."""
        other = copy(self)
        other._campaign = campaign
        return other

    def by_own_templates(self) -> Self:
        """The same letters by the program's own templates alone."""
        other = copy(self)
        other._templates = self._own_templates
        return other

    def render(self, letter: Letter, now: datetime) -> Envelope:
        """The letter as bytes for SMTP, the same for the same arguments.

        Raises ValueError where `letter.to` is not one bare address, ConfigError where a template cannot be filled.
        """
        shown = self._pictures(letter)
        return self._envelope(letter, now, *self._pages(letter, now, shown), shown)

    def render_plainly(self, letter: Letter, now: datetime) -> Envelope:
        """The letter without its template and enclosures: its subject, and that details follow. For when all else
        fails: who writes to us must hear that it arrived. Raises ValueError as `render` does."""
        organisation = self._organisation
        phones = f"电话：{'、'.join(organisation.phones)}" if organisation.phones else ""
        lines = (
            one_line(letter.subject),
            "本信未能按常规格式生成，详细内容由工作人员另行告知。",
            *filter(None, (phones,)),
            organisation.signature,
        )
        html = "".join(f"<p>{escape(line)}</p>\n" for line in lines)
        return self._envelope(replace(letter, enclosures=()), now, html, "\n\n".join(lines) + "\n", {})

    def _envelope(self, letter: Letter, now: datetime, html: str, text: str, shown: Mapping[str, Picture]) -> Envelope:
        to = checked_address(letter.to)
        message_id = self._message_id(letter.key)
        message = body(html, text, shown, letter.enclosures, boundary=message_id[1:25])
        for name, value in self._headers(letter, to, message_id, now):
            message[name] = value
        return Envelope(
            key=letter.key,
            kind=letter.kind,
            to=to,
            subject=one_line(letter.subject),
            message_id=message_id,
            content=message.as_bytes(policy=WIRE),
            unit=letter.unit,
            mailbox=self._mailbox.name,
            yields=letter.yields,
            cases=letter.cases,
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
        content = _shown(letter.content, zone, _words_of_others(letter, self._is_known))
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
        except Exception as error:  # a template of the office's own may raise anything
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
        answers = message_ids([letter.answers or ""])
        if answers:
            yield "In-Reply-To", answers[0]
        references = message_ids([*letter.thread, *answers])
        if references:
            yield "References", " ".join(references)
        yield "MIME-Version", "1.0"
        # RFC 3834 section 5
        yield "Auto-Submitted", "auto-replied" if letter.kind is LetterKind.RECEIPT else "auto-generated"
        yield "X-Auto-Response-Suppress", "All"
        yield "X-Mailbot-Letter", letter.kind.value


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


def _nobody(address: str) -> bool:
    return False


def _words_of_others(letter: Letter, is_known: Callable[[str], bool]) -> Callable[[str], str]:
    """How a letter shows texts, most of which others wrote; a receipt goes to anybody who writes."""
    spared = _nobody if letter.kind is LetterKind.RECEIPT else is_known

    def shown(text: str) -> str:
        text = one_line(text) if letter.kind in IN_FULL else masked(one_line(text))
        return text if letter.template in OURS else defanged(text, spared)

    return shown
