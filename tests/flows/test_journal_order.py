"""The journal is written before the database commits; otherwise a replay could forget what was committed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from mailbot.domain.letter import LetterState
from storage.journal import Departure, Judgement, Performed
from storage.store import Store
from support.mails import mail
from support.review import a_correction_by_a_stranger, a_table_of_nobody, answer, decide
from support.world import World


class Watched:
    """A store after each of whose commits the journal is looked at."""

    def __init__(self, world: World) -> None:
        self.world, self.inner, self.commits = world, world.app.store, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with self.inner.transaction() as tx:
            yield tx
        self.commits += 1
        with self.inner.transaction() as tx:
            judged = {message.sha256 for message in tx.messages("c-2021") if message.disposition}
            sent = {letter.key for letter in tx.letters([LetterState.SENT])}
            decided = {one.number for one in tx.decisions()}
        entries = self.world.app.archive.journal.entries()
        assert judged <= {entry.sha256 for entry in entries if isinstance(entry, Judgement)}
        assert sent <= {entry.key for entry in entries if isinstance(entry, Departure)}
        assert decided <= {entry.number for entry in entries if isinstance(entry, Performed)}


def test_at_no_commit_the_journal_is_behind_the_database(tmp_path: Path) -> None:
    world = World(tmp_path)
    watched = Watched(world)
    world.app = replace(world.app, store=cast(Store, watched))
    a_correction_by_a_stranger(world)
    answer(world, "1")
    a_table_of_nobody(world)
    decide(world, "assign", world.export["submissions"][-1]["case"], unit="XG")
    world.deliver(mail(sender="friend@example.net", subject="明天的会", text="请带上材料。"))
    world.round()
    kinds = {type(entry) for entry in world.app.archive.journal.entries()}
    assert kinds == {Judgement, Departure, Performed}
    assert watched.commits > 20
