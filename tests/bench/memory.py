"""The daemon with its child when it has read some mail and nothing goes on."""

import contextlib
import time
from collections.abc import Iterator
from functools import partial

from bench.daemons import daemon, memory, until
from bench.harness import Cases, Figures, Group, Place, Row, figure
from bench.inputs import configuration, mixed_mail
from bench.world import Servers, servers


@contextlib.contextmanager
def cases(place: Place) -> Iterator[Cases]:
    """The daemon."""
    with servers() as there:
        yield {"daemon": partial(_idle, there, place)}


def _idle(there: Servers, place: Place) -> Figures:
    account = there.imap.account()
    config = configuration(place.folder / account.user, account.config(), there.smtp.config(), 60)
    with daemon(config) as process:
        for number in range(20):
            account.deliver(mixed_mail(number))
        until(lambda: len(there.smtp.mails) == 20, 120)
        time.sleep(5)
        found = memory(process)
    there.smtp.mails.clear()
    return {"memory": found}


GROUP = Group(
    "memory",
    cases,
    (Row("idle daemon with its child, after twenty mails (PSS)", figure("daemon", "memory"), 120, " MB"),),
    rounds=(1, 3),
)
