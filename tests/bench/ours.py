"""The program itself in a measured process: passes over a mailbox, polls, and what each asks of the database."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from mailbot.app import build
from mailbot.cli.commands.once import one_pass
from mailbot.cli.options import log_to_stderr, progress
from mailbot.config import load
from mailbot.flows.collect import collect
from storage.daemon_lock import lock


class Ours:
    """An app on a configuration, as `mailbot once` makes it."""

    def __init__(self, config: str) -> None:
        log_to_stderr("error")
        loaded = load(Path(config))
        self._lock = lock(loaded.database.url)
        self._lock.__enter__()
        self.app = build(loaded, alone=True, adopt=True)

    def take_all(self) -> dict[str, Any]:
        """One whole pass, and how many letters the database knows as sent."""
        with progress() as bar:
            again = one_pass(self.app, bar)
        assert not again, again
        return {}

    def take_all_counted(self) -> dict[str, Any]:
        """The same; how many statements and transactions it took."""
        with counted() as number:
            self.take_all()
        return dict(number)

    def poll(self, times: int) -> int:
        """Look into the mailbox so many times; how much was new."""
        (mailbox, inbox), *_ = self.app.mailboxes
        return sum(1 for _ in range(times) for _ in collect(self.app, mailbox, inbox))

    def close(self) -> None:
        """Let go of everything."""
        self.app.close()
        self._lock.__exit__(None, None, None)


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Statements, without those that begin and end transactions, and transactions."""
    number = Counter[str]()

    def statement(connection: Any, cursor: Any, words: str, *_: Any) -> None:
        number["statements"] += not words.startswith(("BEGIN", "COMMIT", "ROLLBACK"))

    def transaction(connection: Any) -> None:
        number["transactions"] += 1

    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "begin", transaction)
    try:
        yield number
    finally:
        event.remove(Engine, "before_cursor_execute", statement)
        event.remove(Engine, "begin", transaction)
