"""Finding: everything that is kept of one person, in the database, the raw mails and the rosters."""

import html
import io
import logging
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from mailbot.decide.cases import cases
from mailbot.domain.act import StoredAct
from mailbot.domain.erasing import Person
from mailbot.domain.errors import ArchiveError, ReaderDied
from mailbot.domain.letter import LetterKind, StoredLetter
from mailbot.domain.mail import StoredMessage
from mailbot.flows.ports import App
from mailbot.mail.opening import Opened
from storage.store import Transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """What is kept of a person."""

    person: Person
    own: tuple[StoredMessage, ...]
    """Mails that the person sent, or whose tables the person filled in or signed."""
    naming: tuple[StoredMessage, ...]
    """Other mails in which the person is named."""
    letters: tuple[int, ...]
    decisions: tuple[StoredAct, ...]
    rosters: tuple[str, ...]
    """The versions of rosters in the archive that name the person."""
    unread: tuple[str, ...] = ()
    """By sha256, the mails that could not be read through."""

    @property
    def messages(self) -> tuple[StoredMessage, ...]:
        """All mails, in order of id."""
        return tuple(sorted((*self.own, *self.naming), key=lambda one: one.id))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is kept."""
        return not (self.own or self.naming or self.letters or self.decisions or self.rosters)


def find_person(app: App, person: Person, step: Callable[[int], None] = lambda of: None) -> Found:
    """Look through all that is kept; `step` is called for each mail that is read, with the number of all.

    A name that stands in a file alone, outside of what is read of it, or in a picture, is not found. Raises StoreError,
    ArchiveError.
    """
    own, naming = set[int](), set[int]()
    with app.store.transaction() as tx:
        messages = [message for _, message in tx.all_messages()]
        for id, role, text in tx.texts():
            if role == "text" and person.finds(text):
                naming.add(id)
            elif role != "text" and (person.is_named_in(text) if role == "name" else person.finds(text)):
                own.add(id)
    unread = []
    for message in messages:
        step(len(messages))
        if message.id in own or app.archive.outcomes.erased_at(message.sha256):
            continue
        try:
            is_own, is_named = _of_mail(app, message, person)
        except (ReaderDied, ArchiveError) as error:
            log.warning("message %s cannot be looked through: %s", message.sha256[:12], error)
            unread.append(message.sha256)
            continue
        own |= {message.id} if is_own else set()
        naming |= {message.id} if is_named else set()
    with app.store.transaction() as tx:
        letters = tuple(letter.id for letter in tx.letters() if is_about(tx, letter, person))
        decisions = tuple(one for one in tx.decisions() if _decides(one, person))
    return Found(
        person,
        tuple(one for one in messages if one.id in own),
        tuple(one for one in messages if one.id in naming - own),
        letters,
        decisions,
        tuple(name for name in app.archive.versions.names() if _names(app, name, person)),
        tuple(unread),
    )


def open_cases_of(tx: Transaction, messages: tuple[StoredMessage, ...]) -> dict[int, str]:
    """Of these messages, those that wait for a person, and the case."""
    campaigns = {campaign for campaign, _ in tx.all_messages()}
    waiting = (case for one in campaigns for case in cases(tx.messages(one), tx.submissions(one)))
    ids = {message.id for message in messages}
    return {case.message.id: case.name for case in waiting if case.message.id in ids}


def _of_mail(app: App, message: StoredMessage, person: Person) -> tuple[bool, bool]:
    """Whether a raw mail is the person's own, and whether it names the person."""
    raw = app.archive.open(message.sha256)
    if app.archive.left_on_server(message.sha256):
        opened = Opened(app.reader.head(raw), words="", documents=(), content_digest="")
    else:
        opened = app.reader.open(raw, message.received_at)
    sender = opened.head.sender
    is_own = bool(sender and (person.finds(sender.address) or person.is_named_in(sender.name)))
    return is_own, any(map(person.finds, _words(opened)))


def _words(opened: Opened) -> Iterator[str]:
    yield from (text for _, text in opened.head.headers)
    yield opened.words
    for document in opened.documents:
        yield document.names


# ---------------------------------------------------------------- letters, decisions, rosters


def is_about(tx: Transaction, letter: StoredLetter, person: Person) -> bool:
    """Whether a letter goes to a person, or names the person."""
    return not person.is_nobody and (
        any(map(person.finds, (letter.to, letter.subject, letter.key)))
        or any(map(person.finds, _words_of(tx.content(letter.id), letter.kind)))
    )


def _words_of(content: bytes, kind: str) -> Iterator[str]:
    """The words of a letter of ours; of its files those of the digest's workbook, which we have written ourselves."""
    if not content:
        return
    for part in message_from_bytes(content, policy=policy.default).walk():
        assert isinstance(part, EmailMessage)
        if part.get_content_maintype() == "text":
            yield html.unescape(str(part.get_content()))
        elif kind == LetterKind.DIGEST and (part.get_filename() or "").endswith(".xlsx"):
            yield from _words_in_workbook(part.get_content())


def _words_in_workbook(content: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for name in book.namelist():
            if name.endswith(".xml"):
                yield html.unescape(re.sub(r"<[^>]*>", "\n", book.read(name).decode("utf-8", "replace")))


def _decides(stored: StoredAct, person: Person) -> bool:
    return any(map(person.finds, (stored.act.actor.name, stored.act.reason, stored.act.source.line)))


def _names(app: App, version: str, person: Person) -> bool:
    content = app.archive.versions.read(version) or b""
    if content.startswith(b"PK"):
        try:
            return any(map(person.finds, _words_in_workbook(content)))
        except zipfile.BadZipFile:
            return False
    return person.finds(decoded(content)[0])


def decoded(content: bytes) -> tuple[str, str]:
    """The text of a roster that is no workbook, and the name of its encoding."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1"), "latin-1"
