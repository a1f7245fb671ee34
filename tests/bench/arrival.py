"""A mail arrives while the daemon waits by IDLE: how long until its receipt is with the SMTP server.

Mails come one at a time, at random moments, each when the one before is answered.
"""

import contextlib
import random
import statistics
import time
from collections.abc import Iterator
from functools import partial

from bench.daemons import daemon, until
from bench.harness import Cases, Figures, Group, Place, Row, figure
from bench.inputs import configuration, form_mail
from bench.world import Servers, servers

MAILS = (12, 40)
LONGEST = 60.0


@contextlib.contextmanager
def cases(place: Place) -> Iterator[Cases]:
    """The daemon."""
    with servers() as there:
        yield {"daemon": partial(_waits, there, place)}


def _waits(there: Servers, place: Place) -> Figures:
    account, chance = there.imap.account(), random.Random(1)
    config = configuration(place.folder / account.user, account.config(), there.smtp.config(), 100)
    with daemon(config):
        account.deliver(form_mail(0, mark="warm"))
        until(lambda: len(there.smtp.mails) == 1, LONGEST)
        waits = []
        for number in range(1, MAILS[place.full] + 1):
            time.sleep(3 + chance.uniform(0, 2))
            account.deliver(form_mail(number))
            waits.append(until(lambda most=number + 1: len(there.smtp.mails) >= most, LONGEST))
    there.smtp.mails.clear()
    return {"p95": statistics.quantiles(waits, n=20)[-1], "median": statistics.median(waits), "most": max(waits)}


GROUP = Group(
    "arrival",
    cases,
    (
        Row(
            "arrival to receipt with IDLE, p95",
            figure("daemon", "p95"),
            1.5,
            " s",
            reach=0.5,
            of=lambda found: f"median {found['daemon']['median']:.2f} s, most {found['daemon']['most']:.2f} s",
        ),
    ),
    rounds=(1, 1),
)
