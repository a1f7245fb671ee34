"""Watching: is mail read, do letters leave, is there room on the disk? Staff are alerted where not."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailbot.config import Config
from mailbot.domain.errors import DiskNearlyFull
from mailbot.domain.letter import LetterKind, LetterState
from mailbot.domain.mail import Place, Withheld
from mailbot.flows.enqueue import enqueue
from mailbot.flows.ports import App
from mailbot.letters.alert_causes import Failing, Poll, Setback, Signs
from mailbot.letters.alerts import alerts, sending_recoveries
from storage.backup import last_backup
from storage.disk import free_bytes
from storage.store import Transaction


@dataclass(frozen=True, slots=True)
class Known:
    """What only a running program knows: since when it runs, what its look through the database found, a set clock,
    the mailboxes that could not send when they last tried."""

    since: datetime | None = None
    damage: str | None = None
    clock_was_set: bool = False
    silent: Collection[str] = ()
    withheld: Mapping[str, Mapping[Place, Withheld]] = field(default_factory=dict)
    """By the name of the mailbox: what its last round could not take in."""
    failing: Collection[Failing] = ()
    setbacks: Collection[Setback] = ()
    roster_refused: Collection[str] = ()
    roster_faults: Collection[str] = ()
    """Lines for staff, as `Signs` has them."""


def watch(app: App, known: Known) -> None:
    """Queue the alerts to staff that are due, and the word that what they told of is over.

    They leave from the first mailbox whose account does not rest and could send when it last tried.
    """
    now = app.clock()
    with app.store.transaction() as tx:
        told = tx.letters(kind=LetterKind.ALERT)
        due = alerts(
            vital_signs(app.config, tx, _with_own(app, known), now),
            {alert.key for alert in told},
            app.config.staff,
            now,
        )
        last_sent = {box.name: tx.last_sent(box.name) for box in app.config.mailbox}
        over = sending_recoveries(told, last_sent, now)
        silent = {*known.silent, *(rest.mailbox for rest in tx.resting(now))}
        still_works = next((box.name for box in app.config.mailbox if box.name not in silent), "")
        enqueue(app, tx, [*due, *over], now, still_works)


def _with_own(app: App, known: Known) -> Known:
    """With what the program knows of itself."""
    return with_roster_lines(app, replace(known, withheld=app.withheld, setbacks=tuple(app.setbacks.values())))


def with_roster_lines(app: App, known: Known) -> Known:
    """With what is wrong with the roster, for staff."""
    return replace(
        known,
        roster_refused=tuple(fault.line() for fault in app.roster_refused),
        roster_faults=tuple(fault.line() for fault in app.roster_faults),
    )


def vital_signs(config: Config, tx: Transaction, known: Known, now: datetime) -> Signs:
    """All that tells whether the program does its work. Raises OSError where the disk cannot be asked."""
    return Signs(
        polls=tuple(
            Poll(
                box.name,
                box.poll_seconds,
                tx.last_complete_poll(box.name, box.folder),
                tuple(known.withheld.get(box.name, {}).values()),
            )
            for box in config.mailbox
        ),
        unjudged=tx.unjudged(now),
        letters=tx.letters({LetterState.QUEUED, LetterState.SENDING, LetterState.REFUSED, LetterState.UNCERTAIN}),
        free=free_bytes(config.places),
        reserve=config.disk.reserve,
        damage=known.damage,
        backup_at=last_backup(config.archive.path),
        clock_was_set=known.clock_was_set,
        since=known.since,
        failing=tuple(known.failing),
        setbacks=tuple(known.setbacks),
        roster_refused=tuple(known.roster_refused),
        roster_faults=tuple(known.roster_faults),
        calendar_fault=config.campaign.calendar.fault,
    )


def check_room(config: Config, size: int) -> None:
    """Raise DiskNearlyFull where a message of that size would leave too little room for what is known already."""
    free, needed = free_bytes(config.places), max(config.disk.reserve, 2 * size)
    if free < needed:
        raise DiskNearlyFull(
            f"no mail is taken in: {free // 2**20} MiB of the disk are free and {needed // 2**20} MiB are kept free "
            "([disk] reserve_mib); make room, the mail waits on its server"
        )
