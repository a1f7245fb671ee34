"""Replaying: the records are built again from the archive alone: raw messages, how each arrived, and the journal.

Everything is judged and decided once more, in the order and at the times of the journal, and by the roster that was in
force then: a unit that was renamed or merged since changes nothing that was registered before. Of messages that were
erased the outcome is kept, and taken as it is. Nothing is sent: letters that had left are known as sent, those that had
not are held until `mailbot release`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailbot.decide.screening import MOST_ATTEMPTS
from mailbot.domain.errors import ArchiveError, ReaderDied
from mailbot.domain.mail import Disposition, Sighting, Waiting
from mailbot.domain.proof import Proof
from mailbot.domain.submission import Verdict
from mailbot.flows.archived_mail import open_archived
from mailbot.flows.judge import take_in
from mailbot.flows.ports import App
from mailbot.flows.roster_in_force import version_of
from mailbot.flows.settle import repeat
from storage.journal import Departure, Entry, Erasure, Judgement, Learnt, Performed
from storage.outcomes import Outcome

TRIES = 3
"""How often a message is read again whose reader died, though it could be read at the time."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done again, of `of` in all."""

    of: int


def replay(app: App) -> Iterator[Step]:
    """Fill an empty store from the archive; yields at each step.

    `app` has an archive whose journal is silent, and its configuration is that of the time. A message that the journal
    does not know of waits to be judged and answered by the daemon. Raises ArchiveError where a message that was judged
    is missing or can no longer be read.
    """
    if app.archive.begun_erasing() is not None:
        raise ArchiveError(
            "an erasure was cut off; `mailbot purge` or the next start of the daemon carries it out first"
        )
    held = app.config.sending.model_copy(update={"mode": "hold"})
    app = replace(app, config=app.config.model_copy(update={"sending": held}))
    entries = [entry for entry in app.archive.journal.entries() if _is_ours(entry, app)]
    messages, kept = tuple(app.archive.messages()), _kept(app)
    number = len(messages) + len(entries)
    app.store.publish(app.forms.values())
    for sha256 in messages:
        _accept(app, sha256)
        yield Step(number)
    for entry in entries:
        if not _as_kept(app, entry, kept):
            _again(app, entry)
        yield Step(number)


def _is_ours(entry: Entry, app: App) -> bool:
    """Whether it belongs to this campaign; letters do wherever they belong to, since their keys are unique, and what
    was learnt of a mailbox holds for all."""
    return isinstance(entry, Departure | Learnt | Erasure) or entry.campaign == app.config.campaign.id


def _accept(app: App, sha256: str) -> None:
    """Take a message in as it arrived, if it arrived in this campaign."""
    outcome = app.archive.outcomes.read(sha256)
    size = outcome["message"]["size"] if outcome else 0
    size = size or app.archive.left_on_server(sha256) or len(app.archive.open(sha256))
    first_days = {m.name: m.since or app.config.campaign.starts_on for m, _ in app.mailboxes}
    zone = app.config.organisation.zone
    with app.store.transaction() as tx:
        for place, received_at in app.archive.arrivals(sha256):
            first_day = first_days.get(place.mailbox, app.config.campaign.starts_on)
            if received_at.astimezone(zone).date() >= first_day:
                tx.accept(Sighting(place, received_at, size), sha256, app.config.campaign.id, received_at)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is known to have come of entries: of the acts of people, by number, the message and what they did; of
    erasures, by number, the messages whose outcome was kept then."""

    acts: dict[int, tuple[str, Outcome]] = field(default_factory=dict)
    erasures: dict[int, list[str]] = field(default_factory=dict)


def _kept(app: App) -> _Kept:
    kept = _Kept()
    for sha256 in app.archive.outcomes.messages():
        outcome = app.archive.outcomes.read(sha256)
        if outcome and outcome["message"]["campaign"] == app.config.campaign.id:
            kept.acts.update({one["number"]: (sha256, one) for one in outcome["acts"] if one["number"] is not None})
            kept.erasures.setdefault(outcome["number"], []).append(sha256)
    return kept


def _as_kept(app: App, entry: Entry, kept: _Kept) -> bool:
    """Take what is known to have come of an entry, where its mail was erased or compared with one that was; whether it
    was so. What counted at an erasure is put back at its entry, since others may have been worked out against it."""
    outcomes = app.archive.outcomes
    match entry:
        case Judgement() if outcome := outcomes.read(entry.sha256):
            with app.store.transaction() as tx:
                tx.judge_as_kept(entry.sha256, outcome)
        case Performed() if entry.number in kept.acts:
            with app.store.transaction() as tx:
                tx.act_as_kept(*kept.acts[entry.number])
        case Erasure():
            with app.store.transaction() as tx:
                for sha256 in kept.erasures.get(entry.number, ()):
                    if outcome := outcomes.read(sha256):
                        tx.end_as_kept(sha256, outcome)
        case _:
            return False
    return True


def _again(app: App, entry: Entry) -> None:
    match entry:
        case Judgement():
            _judge_again(app_at(version_of(app, entry.roster), entry.at), entry)
        case Performed():
            repeat(app_at(version_of(app, entry.roster), entry.act.at), entry.act)
        case Learnt():
            with app.store.transaction() as tx:
                tx.learn(entry.mailbox, [entry.issuer], entry.at)
        case Departure():
            with app.store.transaction() as tx:
                tx.departed([entry])


def app_at(app: App, moment: datetime) -> App:
    """The program at a moment of the past, in its own zone."""
    return replace(app, clock=lambda: moment.astimezone(app.config.organisation.zone))


def _judge_again(app: App, entry: Judgement) -> None:
    waiting = _waiting(app, entry.sha256)
    if waiting is None:
        raise ArchiveError(
            f"the journal says that message {entry.sha256} was judged, and the archive does not say where it arrived; "
            "restore its files from the last backup"
        )
    if entry.order is not None:
        _note_order(app, waiting, entry)
        return
    attempts = MOST_ATTEMPTS if entry.set_aside else 0
    for turn in range(TRIES):
        for slowly in (False, True):
            if _waiting(app, entry.sha256) is not None:
                take_in(app, replace(waiting, attempts=attempts), slowly=slowly, proof=entry.proof)
        if _waiting(app, entry.sha256) is None:
            return
        if turn == TRIES - 1:
            raise ArchiveError(f"message {entry.sha256} could be read at the time and cannot be read now; try again")


def _waiting(app: App, sha256: str) -> Waiting | None:
    with app.store.transaction() as tx:
        return tx.waiting(sha256)


def _note_order(app: App, waiting: Waiting, entry: Judgement) -> None:
    """Write down that a mail settled something; what it settled comes by itself."""
    try:
        opened = open_archived(app, waiting.sha256, waiting.received_at)
    except ReaderDied as death:
        raise ArchiveError(f"message {waiting.sha256} cannot be read now: {death}; try again") from death
    with app.store.transaction() as tx:
        verdict, proof = Verdict(Disposition.COMMAND, entry.order or ""), entry.proof or Proof.UNTOLD
        tx.save(waiting.id, None, opened.head, opened.content_digest, opened.documents, verdict, app.clock(), proof)
