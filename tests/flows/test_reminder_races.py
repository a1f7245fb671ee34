"""Races between a unit's report and its reminder: none is sent after the report was accepted, and neither is lost.

Four hundred times with MAILBOT_FAULTS=full, twenty times else.
"""

import os
import random
import threading
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from mailbot.campaigns import roster_file
from mailbot.campaigns.roster import Roster
from mailbot.documents import workbook
from mailbot.domain.letter import LetterKind, LetterState
from mailbot.flows.deliver import deliver_next
from mailbot.flows.judge import judge_next
from mailbot.flows.remind import remind
from storage.store import Transaction
from support.mails import mail
from support.world import NOON, World, config, table

ROUNDS = 20 if os.environ.get("MAILBOT_FAULTS") == "full" else 1
UNITS = range(20)
NAMES = tuple(f"星{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{'东西'[n // 10]}街道总工会" for n in UNITS)


def units(race: int) -> Roster:
    """The same, with codes of their own: a unit is reminded once a day."""
    lines = (f"U{n}R{race},{NAMES[n]},unit{n}@example.org" for n in UNITS)
    return roster_file.read("\n".join(["code,name,emails", *lines]).encode(), "units.csv")


def report(unit: int, race: int) -> bytes:
    sender, attachment = f"unit{unit}@example.org", ("附件1.xlsx", table(NAMES[unit]))
    return mail(sender=sender, subject=f"统计表 {race}", message_id=f"<{unit}.{race}@x>", attachments=[attachment])


class Order:
    """What the database did, in the order in which it did it: each is noted by the one writer, between its first
    statement, which makes it that, and its commit."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.events: list[tuple[str, str]] = []
        claim, accept = Transaction.claim, Transaction.accept

        def noted_claim(tx: Transaction, *where: Any, **how: Any) -> Any:
            if claimed := claim(tx, *where, **how):
                self.events.append(("claim", claimed.envelope.key))
            return claimed

        def noted_accept(tx: Transaction, sighting: Any, digest: str, *where: Any) -> Any:
            is_new = accept(tx, sighting, digest, *where)
            self.events.append(("accept", digest))
            return is_new

        monkeypatch.setattr(Transaction, "claim", noted_claim)
        monkeypatch.setattr(Transaction, "accept", noted_accept)

    def last(self, *event: str) -> int:
        """The place of its last occurrence."""
        return max(place for place, one in enumerate(self.events) if one == event)


def test_no_reminder_is_claimed_after_the_report_was_accepted_and_none_is_lost(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "blank_form", lambda *known: b"")  # which takes longer than all else
    world, order, chance = World(tmp_path, database={"url": url}), Order(monkeypatch), random.Random(7)
    reminded = 0
    for number in range(ROUNDS):
        ours = config(tmp_path, database={"url": url}, campaign={"id": f"c-{number}"})
        world.app = replace(world.app, config=ours, roster=units(number))
        world.clock.now = NOON.replace(day=16, hour=9, minute=1)
        world.collect()
        remind(world.app)
        reports = {unit: report(unit, number) for unit in chance.sample(UNITS, 15)}
        race(world, list(reports.values()), chance)
        with world.app.store.transaction() as tx:
            letters = {one.key: one.state for one in tx.letters() if one.kind is LetterKind.REMINDER}
            reported = {one.submission.unit for one in tx.submissions(f"c-{number}") if one.submission.current}
        assert reported == {f"U{unit}R{number}" for unit in reports}
        for unit in UNITS:
            key = f"reminder:c-{number}:U{unit}R{number}:-10d"
            copies = sum(envelope.key == key for envelope in world.post.sent)
            assert (letters[key], copies) in ((LetterState.SENT, 1), (LetterState.DROPPED, 0))
            reminded += copies
            if unit not in reports:
                assert letters[key] is LetterState.SENT
            elif copies:
                assert order.last("claim", key) < order.last("accept", sha256(reports[unit]).hexdigest())
    assert 5 * ROUNDS < reminded < 20 * ROUNDS, "the threads did not race"
    world.app.close()


def race(world: World, reports: list[bytes], chance: random.Random) -> None:
    """Take reports in and judge them, one after the other, while all that is due is delivered."""
    pauses = [chance.uniform(0, 0.03) for _ in reports]
    done = threading.Event()
    faults: list[BaseException] = []

    def take_in() -> None:
        try:
            for raw, pause in zip(reports, pauses, strict=True):
                time.sleep(pause)
                world.deliver(raw)
                world.collect()
                while judge_next(world.app):
                    pass
        except BaseException as error:  # noqa: BLE001 - the test shows it
            faults.append(error)
        finally:
            done.set()

    thread = threading.Thread(target=take_in)
    thread.start()
    while not faults and (not done.is_set() or any(one.state is LetterState.QUEUED for one in world.letters)):
        if deliver_next(world.app) is None:
            world.clock.forward(seconds=20)  # reminders that wait for a judgement will be due again
        time.sleep(0.02)
    thread.join()
    assert not faults, faults
