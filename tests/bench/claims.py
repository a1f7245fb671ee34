"""Taking up and settling one letter, with 5,000 letters sent today beside ten; an hour ago or less, all of them.

The letters go to a double, so that it is the outbox alone that is measured.
"""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from bench.harness import Cases, Figures, Group, Place, Row, ratio, shown
from bench.worker import Worker

FEW, MANY, LETTERS, CLAIMS = 10, 5_000, 300, 100


class Outbox:
    """An office that has sent so many letters in the last hour, with some to send."""

    def __init__(self, folder: str, sent: int) -> None:
        from sqlmodel import update

        from mailbot.domain.letter import LetterState
        from storage import tables
        from support.world import World

        Path(folder).mkdir(parents=True)
        self.world = World(
            Path(folder), sending={"per_minute": 100_000, "per_day": 100_000, "per_address_per_hour": 10}
        )
        self._number = 0
        with self.world.app.store.transaction() as tx:
            self._queue(tx, sent)
        ago = self.world.clock.now - timedelta(minutes=30)
        self.world.execute(
            update(tables.Letter).values(state=LetterState.SENT, sent_at=ago, mailbox="office", attempts=1)
        )

    def queue(self) -> None:
        """More letters to send."""
        with self.world.app.store.transaction() as tx:
            self._queue(tx, LETTERS)

    def deliver(self) -> None:
        """Send letters."""
        from mailbot.flows.deliver import deliver_next

        for _ in range(CLAIMS):
            assert deliver_next(self.world.app)

    def _queue(self, tx: object, number: int) -> None:
        from mailbot.domain.letter import Envelope, LetterKind

        now = self.world.clock.now
        for _ in range(number):
            self._number += 1
            to, word = f"unit{self._number}@example.org", f"<bench-{self._number}@example.org>"
            content = f"Message-ID: {word}\r\nSubject: receipt\r\n\r\n".encode() + b"words and tables \r\n" * 1500
            envelope = Envelope(f"receipt:{self._number}", LetterKind.RECEIPT, to, "receipt", word, content)
            tx.enqueue(envelope, now, now, held=False)  # type: ignore[attr-defined]


@contextlib.contextmanager
def cases(place: Place) -> Iterator[Cases]:
    """Both outboxes."""
    with contextlib.ExitStack() as workers:
        found = {}
        for number in (FEW, MANY):
            folder = str(place.folder / str(number))
            worker = workers.enter_context(Worker("claims", "Outbox", folder, number))
            found[f"{number} sent"] = partial(_cost, worker)
        yield found


def _cost(worker: Worker) -> Figures:
    worker.ask("queue")
    return {"cpu": worker.ask("deliver")["cpu"] / CLAIMS}


GROUP = Group(
    "claims",
    cases,
    (
        Row(
            "a letter, claimed and settled, 5,000 ÷ 10 sent today",
            ratio(f"{MANY} sent", f"{FEW} sent"),
            1.5,
            "×",
            of=shown(f"{FEW} sent", f"{MANY} sent"),
        ),
    ),
    rounds=(3, 5),
)
