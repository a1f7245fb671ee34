"""Erasing: raw mails go, and what was read from them stays with names, addresses and numbers masked.

What counts is left as it is. What became of each message is kept beside the archive's raw mails (`storage.outcomes`),
also of those that were compared with an erased one, so that a replay gives the same records over what is left.

An erasure can be killed at any line: what is to be erased is written down first, and done again from the start by the
next erasure or the next start of the daemon. All but that note is one transaction, which whoever writes waits for.
"""

import json
import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from mailbot.decide.erasing import Masking
from mailbot.domain.erasing import ERASED, NOBODY, Person, contacts_hidden, persons_in
from mailbot.domain.errors import ArchiveError
from mailbot.domain.letter import StoredLetter
from mailbot.flows.departures import note_departures
from mailbot.flows.find_person import decoded, is_about
from mailbot.flows.ports import App
from storage.journal import Departure, Entry, Erasure, Judgement, Performed
from storage.personal_rows import Blanked, WordsOfAct
from storage.store import Transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be erased: the raw mails of these messages by sha256, each wholly a person's own or only naming one
    (`Masking.is_whole`), a person wherever named, and the letters from before a moment."""

    at: datetime
    number: int = 0
    """Its number in the journal; given by `erase`."""
    messages: Mapping[str, bool] = field(default_factory=dict)
    person: Person = NOBODY
    letters_before: datetime | None = None


def erase(app: App, order: Order, *, is_last: bool = True) -> None:
    """Carry out an order, after one that was cut off; after the last of several nothing of them is left in the file of
    the database either. Raises StoreError, ArchiveError.
    """
    finish_erasing(app)
    note_departures(app)
    made = [entry.number for entry in app.archive.journal.entries() if isinstance(entry, Erasure)]
    order = replace(order, number=max(made, default=0) + 1)
    app.archive.begin_erasing(_as_bytes(order))
    _carry_out(app, order)
    if is_last:
        app.store.sweep()
    app.archive.end_erasing()


def finish_erasing(app: App) -> bool:
    """Carry out what was to be erased when an erasure was cut off; whether there was one."""
    begun = app.archive.begun_erasing()
    if begun is None:
        return False
    log.warning("an erasure was cut off; it is carried out now")
    _carry_out(app, _from_bytes(begun))
    app.store.sweep()
    app.archive.end_erasing()
    return True


def _carry_out(app: App, order: Order) -> None:
    with app.store.transaction() as tx:
        ids = {sha256: message.id for _, message in tx.all_messages() if (sha256 := message.sha256) in order.messages}
        compared = tx.compared_with(ids.values())
        letters = list(_letters(tx, order))
        blanked = {one.id: _blanked(app, one, blank) for one, blank in letters}
        keys = {one.key: blanked[one.id] for one, _ in letters}
        before = tx.words_of_acts()
        for sha256, id in ids.items():
            tx.mask_message(id, _masking(tx, order, sha256, id))
        whole = [sha256 for sha256, is_whole in order.messages.items() if is_whole]
        tx.mask_acts(order.person, whole, app.config.staff.everyone)
        tx.mask_bounces(order.person, [ids[sha256] for sha256 in whole if sha256 in ids], order.letters_before)
        tx.forget_tallies(order.person, order.letters_before)
        tx.blank_letters(blanked)
        _keep_outcomes(app, tx, order, compared, before)
        _rewrite_journal(app, tx, order, keys)
        app.archive.versions.rewrite(lambda name, content: _of_roster(content, order.person))
        for sha256 in order.messages:
            app.archive.erase(sha256)


def _masking(tx: Transaction, order: Order, sha256: str, id: int) -> Masking:
    if not order.messages[sha256]:
        return Masking(order.person)
    sender = tx.message(id).sender
    own = persons_in((*tx.filled_in_by(id), sender))
    return Masking(order.person, is_whole=True, own=own)


def _keep_outcomes(
    app: App, tx: Transaction, order: Order, compared: Iterable[int], before: Mapping[int, WordsOfAct]
) -> None:
    """Keep what became of these messages. `before`: who had acted, and in what words, until something was hidden."""
    outcomes, words = app.archive.outcomes, tx.words_of_acts()
    outcomes.remove_drafts()
    kept = set()
    for id in sorted(compared):
        sha256 = tx.message(id).sha256
        kept.add(sha256)
        erased = outcomes.erased_at(sha256) or (order.at.isoformat() if sha256 in order.messages else None)
        outcomes.keep(sha256, {"number": order.number, "erased": erased, **tx.outcome(id)})
    if words == before:
        return
    for sha256 in outcomes.messages():  # what somebody decided about others
        outcome = outcomes.read(sha256)
        if sha256 in kept or outcome is None:
            continue
        acts = [{**one, **asdict(words[one["number"]])} if one["number"] in words else one for one in outcome["acts"]]
        if acts != outcome["acts"]:
            outcomes.keep(sha256, {**outcome, "acts": acts})


def _rewrite_journal(app: App, tx: Transaction, order: Order, keys: Mapping[str, Blanked]) -> None:
    reasons = {message.sha256: message.reason for _, message in tx.all_messages()}
    words = tx.words_of_acts()

    def masked(entry: Entry) -> Entry:
        match entry:
            case Judgement() if entry.order is not None and entry.sha256 in order.messages:
                return replace(entry, order=reasons[entry.sha256])
            case Performed() if entry.number in words:
                known = words[entry.number]
                actor = replace(entry.act.actor, name=known.actor)
                source = replace(entry.act.source, line=known.line)
                return replace(entry, act=replace(entry.act, actor=actor, source=source, reason=known.reason))
            case Departure() if entry.key in keys:
                instead = keys[entry.key]
                return replace(entry, key=instead.key, to=instead.to, subject=instead.subject)
            case _:
                return entry

    app.archive.journal.rewrite(masked, Erasure(order.number, order.at))


def _of_roster(content: bytes, person: Person) -> bytes:
    """A roster without a person; a workbook stays as it is, and whoever asked is told (`Found.rosters`)."""
    if content.startswith(b"PK"):
        return content
    text, encoding = decoded(content)
    return person.hidden(text).encode(encoding) if person.finds(text) else content


# ---------------------------------------------------------------- letters


@dataclass(frozen=True, slots=True)
class _Blank:
    """Why a letter's words go; `hides_recipient`: its recipient with them."""

    person: Person
    hides_recipient: bool


def _letters(tx: Transaction, order: Order) -> Iterable[tuple[StoredLetter, _Blank]]:
    """The letters about the messages, about the person, and those that are too old."""
    names: dict[str, bool] = {}
    for _, message in tx.all_messages():
        if message.sha256 in order.messages:
            tables = {stored.case for stored in tx.submissions_of(message.id)}
            names |= dict.fromkeys({message.sha256, message.case or "", *tables} - {""}, order.messages[message.sha256])
    for letter in tx.letters():
        about = [names[part] for part in letter.key.split(":") if part in names]
        is_old = order.letters_before is not None and letter.queued_at < order.letters_before
        if about or is_old or is_about(tx, letter, order.person):
            yield letter, _Blank(order.person, is_old or any(about))


def _blanked(app: App, letter: StoredLetter, blank: _Blank) -> Blanked:
    """What is left of a letter. Its key is what keeps it from being made again, so of that only addresses go."""
    is_of_staff = letter.to.lower() in app.config.staff.everyone and not blank.person.finds(letter.to)
    to = ERASED if blank.person.finds(letter.to) or (blank.hides_recipient and not is_of_staff) else letter.to
    subject, key = blank.person.hidden(letter.subject), blank.person.hidden(letter.key)
    if blank.hides_recipient:
        subject, key = contacts_hidden(subject), key if is_of_staff else contacts_hidden(key)
    return Blanked(key if key == letter.key else f"{key}~{letter.id}", to, subject)


# ---------------------------------------------------------------- the note of what is to be erased


def _as_bytes(order: Order) -> bytes:
    person = order.person
    fields = {
        "at": order.at.isoformat(),
        "number": order.number,
        "messages": dict(order.messages),
        "person": [sorted(person.addresses), sorted(person.phones), sorted(person.names)],
        "letters_before": order.letters_before.isoformat() if order.letters_before else None,
    }
    return json.dumps(fields).encode("ascii")


def _from_bytes(content: bytes) -> Order:
    try:
        fields = json.loads(content)
        before = fields["letters_before"]
        return Order(
            at=datetime.fromisoformat(fields["at"]),
            number=fields["number"],
            messages=fields["messages"],
            person=Person(*map(frozenset, fields["person"])),
            letters_before=datetime.fromisoformat(before) if before else None,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveError(f"erasing.json in the archive is damaged ({error}); restore it, or remove it") from error


def mails(own: Collection[str], naming: Collection[str] = ()) -> dict[str, bool]:
    """The messages of an order: those that go wholly, and those that only name somebody, by sha256."""
    return {**dict.fromkeys(naming, False), **dict.fromkeys(own, True)}
