"""The outbox over a faulty network: eight faults, each on a proxy before a real SMTP server.

With twenty letters each where MAILBOT_FAULTS=full, else with two.
"""

import os
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from email import message_from_bytes
from pathlib import Path

import pytest

from mailbot.domain.errors import Meaning, SendError
from mailbot.domain.letter import Envelope, LetterKind, LetterState
from mailbot.flows.deliver import deliver_next
from mailbot.servers.smtp import Post
from support.smtp_proxy import DOUBT, MODES, TIMEOUT, Harm, Proxy
from support.smtp_sink import SmtpSink
from support.world import World

LETTERS = 20 if os.environ.get("MAILBOT_FAULTS") == "full" else 2


@dataclass
class OneConnectionEach:
    """A real post that connects anew for each letter. `unknown`: outcomes that nobody could know."""

    post: Post
    unknown: int = 0

    def send(self, envelope: Envelope) -> str:
        """Hand one letter over."""
        try:
            return self.post.send(envelope)
        except SendError as error:
            self.unknown += error.uncertain
            raise
        finally:
            self.post.close()

    def close(self) -> None:
        """Nothing is open between letters."""


def put(world: World, kind: LetterKind) -> None:
    now = world.clock()
    with world.app.store.transaction() as tx:
        for n in range(LETTERS):
            word = f"<{n}@example.com>"
            content = f"Message-ID: {word}\r\nSubject: {n}\r\n\r\n".encode() + b"body\r\n" * 20_000
            envelope = Envelope(f"{kind}:{n}", kind, f"unit{n}@example.org", "s", word, content, None, "office")
            tx.enqueue(envelope, now, now, held=False)


def deliver_all(world: World) -> None:
    """As the daemon does for a day, each time that something may be due."""
    for _ in range(6):
        while deliver_next(world.app):
            pass
        world.clock.forward(hours=4)


@pytest.mark.parametrize("kind", [LetterKind.RECEIPT, LetterKind.ALERT])
@pytest.mark.parametrize(("harm", "meanings"), MODES, ids=lambda value: getattr(value, "__name__", ""))
def test_every_letter_is_there_in_the_end_and_its_copies_are_no_more_than_what_nobody_knew_and_say_so(
    tmp_path: Path, smtp_server: SmtpSink, harm: Harm, meanings: set[Meaning], kind: LetterKind
) -> None:
    """Each letter meets the fault at its first attempt, every other one at its second as well."""
    world = World(tmp_path, staff={"alerts_to": [], "digest_to": []})
    proxy = Proxy(smtp_server.port, harm, lambda number: number < LETTERS + LETTERS // 2).start()
    post = OneConnectionEach(Post(smtp_server.config(smtp_port=proxy.port), timeout=TIMEOUT, data_timeout=TIMEOUT))
    world.app = replace(world.app, posts={"office": post})
    put(world, kind)
    deliver_all(world)
    proxy.stop()
    there = defaultdict(list)
    for mail in smtp_server.mails:
        letter = message_from_bytes(mail.content)
        there[letter["Message-ID"]].append(letter["X-Possible-Duplicate"])
    copies = Counter({word: len(marks) for word, marks in there.items()})
    assert copies.total() - len(copies) <= post.unknown
    if kind is LetterKind.RECEIPT:
        assert {letter.attempts > 1 for letter in world.letters} == {bool(meanings)}
        assert {letter.state for letter in world.letters} == {LetterState.SENT}
        assert copies.keys() == {f"<{n}@example.com>" for n in range(LETTERS)}
        assert all(mark == "yes" for marks in there.values() for mark in marks[1:])
    else:
        assert set(copies.values()) <= {1}
        assert {letter.state for letter in world.letters} <= {LetterState.SENT, LetterState.UNCERTAIN}
        assert len(copies) == LETTERS or meanings & DOUBT
    world.app.store.close()
