"""A mailbox with very many old mails: the first look at it, and what a poll costs later where nothing is new."""

import contextlib
import os
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import partial

from bench.harness import Cases, Figures, Group, Place, Row, figure, ratio, shown
from bench.inputs import STARTS, configuration, form_mail
from bench.worker import Worker
from bench.world import Servers, servers
from support.dovecot import Account

FEW, MANY = 100, 100_000
LINKS = 20_000
"""Names for one file: file systems allow no more than some tens of thousands."""
POLLS = 20


@contextlib.contextmanager
def cases(place: Place) -> Iterator[Cases]:
    """A first look each time with a new database; polls with one that knows all."""
    with servers() as there, contextlib.ExitStack() as open_workers:
        boxes = {number: _full(there, number) for number in (FEW, MANY)}
        known = {}
        for number, account in boxes.items():
            known[number] = open_workers.enter_context(_worker(there, account, place, f"known{number}"))
            known[number].ask("poll", 1)
        runs = iter(range(1000))
        yield {
            "first": lambda: _first(there, boxes[MANY], place, f"first{next(runs)}"),
            **{f"{number} known": partial(_poll, worker) for number, worker in known.items()},
        }


def _worker(there: Servers, account: Account, place: Place, name: str) -> Worker:
    return Worker("ours", "Ours", str(configuration(place.folder / name, account.config(), there.smtp.config(), 60)))


def _first(there: Servers, account: Account, place: Place, name: str) -> Figures:
    with _worker(there, account, place, name) as worker:
        cost = worker.ask("poll", 1)
    assert cost["result"] == 0
    return {"seconds": cost["seconds"], "cpu": cost["cpu"]}


def _poll(worker: Worker) -> Figures:
    return {"cpu": worker.ask("poll", POLLS)["cpu"] / POLLS}


def _full(there: Servers, number: int) -> Account:
    """A mailbox with so many mails from before the campaign. Their names tell the server their sizes (Maildir++)."""
    account, raw = there.imap.account(), form_mail(0)
    old = datetime.combine(STARTS - timedelta(days=30), time(12)).timestamp()
    folder, source = account.maildir / "cur", account.maildir / "tmp" / "source"
    for n in range(number):
        if n % LINKS == 0:
            source.unlink(missing_ok=True)
            source.write_bytes(raw)
            os.utime(source, (old, old))
            there.imap.own(source)
        os.link(source, folder / f"{1_600_000_000 + n}.M{n}.bench,S={len(raw)},W={len(raw)}:2,S")
    source.unlink()
    with account.session("INBOX"):
        pass
    return account


GROUP = Group(
    "first look",
    cases,
    (
        Row("first look at 100,000 old mails", figure("first"), 15, " s", of=shown("first", unit="s of ours", by=1)),
        Row(
            "idle poll, 100,000 known ÷ 100 known, CPU",
            ratio(f"{MANY} known", f"{FEW} known"),
            1.5,
            "×",
            reach=1.1,
            of=shown(f"{FEW} known", f"{MANY} known"),
        ),
    ),
    rounds=(1, 3),
)
