"""Three thousand mails at once: how many receipts leave a second, and what memory the daemon and its child take."""

import contextlib
import time
from collections.abc import Iterator
from functools import partial

from bench.daemons import daemon, memory, until
from bench.harness import Cases, Figures, Group, Place, Row, figure
from bench.inputs import configuration, mixed_mail
from bench.world import Servers, servers

MAILS = 3000
LONGEST = 420.0
"""Seconds; what has not left by then is not waited for, and the rate is that of those that have."""


@contextlib.contextmanager
def cases(place: Place) -> Iterator[Cases]:
    """The daemon."""
    with servers() as there:
        yield {"daemon": partial(_flood, there, place)}


def _flood(there: Servers, place: Place) -> Figures:
    account, most = there.imap.account(), 0.0
    config = configuration(place.folder / account.user, account.config(), there.smtp.config(), MAILS)
    mails = [mixed_mail(n) for n in range(MAILS)]
    with daemon(config) as process:
        account.deliver(mixed_mail(0, "warm"))
        until(lambda: there.smtp.mails, 120)
        there.smtp.mails.clear()
        for raw in mails:
            account.deliver(raw)
        begun, last = time.perf_counter(), 0.0
        while len(there.smtp.mails) < MAILS and time.perf_counter() - begun < LONGEST:
            most = max(most, memory(process))
            time.sleep(1)
            last = time.perf_counter() - begun
    number = len(there.smtp.mails)
    return {"rate": number / last, "memory": most, "receipts": number, "seconds": last}


def _told(found: dict[str, Figures]) -> str:
    return f"{found['daemon']['receipts']:.0f} receipts in {found['daemon']['seconds']:.0f} s"


GROUP = Group(
    "burst",
    cases,
    (
        Row("3,000 mails at once, receipts a second", figure("daemon", "rate"), 10, "/s", at_least=True, of=_told),  # type: ignore[arg-type]
        Row("3,000 mails at once, memory (PSS)", figure("daemon", "memory"), 300, " MB"),
    ),
    rounds=(0, 1),
)
