"""A letter that the journal records as sent is not sent again, even beside an older database."""

import shutil
from collections import Counter

import pytest

from mailbot.domain.letter import LetterState
from mailbot.flows.begin import begin
from mailbot.flows.deliver import deliver_next
from mailbot.flows.judge import judge_next
from support.mails import mail
from support.world import NOON, Crash, World, crashing, table

REMINDED = NOON.replace(day=16, hour=9, minute=1)


def report() -> bytes:
    return mail(sender="李晓 <xinhe@example.org>", attachments=[("附件1.xlsx", table())])


def start(world: World) -> None:
    """Anew, as a daemon does."""
    world.restart()
    begin(world.app)


def test_beside_an_older_copy_of_the_database_nothing_leaves_a_second_time(world: World) -> None:
    database, older = world.config.database.path, world.config.archive.path.parent / "older.db"
    assert database is not None
    shutil.copy(database, older)
    world.clock.now = REMINDED
    world.deliver(report())
    world.round()
    before = Counter(envelope.key for envelope in world.post.sent)
    assert {"receipt", "reminder", "digest"} <= {str(envelope.kind) for envelope in world.post.sent}
    world.app.store.close()
    shutil.copy(older, database)
    world.inbox.forget()
    start(world)
    world.clock.forward(minutes=30)
    world.round()
    assert Counter(envelope.key for envelope in world.post.sent) == before
    assert len(world.submissions) == 1


def test_a_letter_whose_departure_was_written_down_before_a_crash_is_known_as_sent_at_the_next_start(
    world: World,
) -> None:
    world.deliver(report())
    world.collect()
    judge_next(world.app)
    with crashing(world, 0) as calls:
        deliver_next(world.app)
    settling = len(calls)  # the last transaction, in which the journal is written as well
    world.deliver(mail(sender="新港 <xingang@example.org>", attachments=[("a.xlsx", table("新港街道总工会"))]))
    world.collect()
    judge_next(world.app)
    with pytest.raises(Crash), crashing(world, 2 * settling - 1):
        deliver_next(world.app)
    assert [letter.state for letter in world.letters] == [LetterState.SENT, LetterState.SENDING]
    start(world)
    assert [letter.state for letter in world.letters] == [LetterState.SENT, LetterState.SENT]
    world.clock.forward(hours=3)
    world.round()
    assert len(world.sent()) == 2


def test_a_letter_that_is_on_no_line_of_the_journal_is_left_as_it_is(world: World) -> None:
    world.deliver(report())
    world.collect()
    judge_next(world.app)
    start(world)
    assert [letter.state for letter in world.letters] == [LetterState.QUEUED]
