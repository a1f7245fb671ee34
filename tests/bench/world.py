"""Servers and measured sides for the groups that go from a mailbox to receipts."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.inputs import configuration
from bench.worker import Worker
from support.dovecot import Account, Dovecot
from support.smtp_sink import SmtpSink


@dataclass(frozen=True)
class Servers:
    """A real IMAP server, and an SMTP server that keeps what it takes; neither counts for anybody."""

    imap: Dovecot
    smtp: SmtpSink


@contextlib.contextmanager
def servers() -> Iterator[Servers]:
    """Both, as long as they are needed."""
    imap, smtp = Dovecot(), SmtpSink().start()
    try:
        yield Servers(imap, smtp)
    finally:
        smtp.stop()
        imap.stop()


@dataclass(frozen=True)
class Side:
    """One who is measured, and the mailbox that it reads."""

    worker: Worker
    account: Account
    smtp: SmtpSink

    def deliver(self, mails: Iterable[bytes]) -> int:
        """Put mails into its mailbox; how many."""
        number = 0
        for number, raw in enumerate(mails, start=1):  # noqa: B007
            self.account.deliver(raw)
        return number

    def answered(self, method: str, most: int, *, is_traced: bool = False) -> dict[str, float]:
        """What a call cost in which it had to answer so many mails."""
        before = len(self.smtp.mails)
        found = (self.worker.ask_traced if is_traced else self.worker.ask)(method)
        sent = len(self.smtp.mails) - before
        assert sent == most, f"{sent} of {most} mails were answered"
        return found


def side(name: str, there: Servers, folder: Path, units: int) -> Side:
    """`ours`, `peer` or `floor`, with a mailbox of its own."""
    account = there.imap.account()
    folder.mkdir(parents=True)
    if name == "ours":
        path = configuration(folder, account.config(), there.smtp.config(), units)
        return Side(Worker("ours", "Ours", str(path)), account, there.smtp)
    arguments = (there.imap.port, account.user, there.smtp.port, str(folder / "mail.db"))
    return Side(Worker(name, name.capitalize(), *arguments), account, there.smtp)
