"""Mixed mail in a mailbox, until the last receipt has left: how many a second, beside what one would write."""

import contextlib
import itertools
from collections.abc import Iterator
from functools import partial

from bench.harness import Cases, Figures, Group, Place, Row, ratio
from bench.inputs import mixed_mail
from bench.world import Servers, servers, side

MAILS = (200, 1000)


@contextlib.contextmanager
def cases(place: Place) -> Iterator[Cases]:
    """Both sides, each time with a new mailbox and a new database."""
    with servers() as there:
        runs = itertools.count()
        yield {name: partial(_rate, name, there, place, runs) for name in ("ours", "peer")}


def _rate(name: str, there: Servers, place: Place, runs: Iterator[int]) -> Figures:
    number = MAILS[place.full]
    one = side(name, there, place.folder / f"{name}{next(runs)}", number)
    with one.worker:
        cost = one.answered("take_all", one.deliver(mixed_mail(n) for n in range(number)))
    there.smtp.mails.clear()
    return {"rate": number / cost["seconds"], **{k: cost[k] for k in ("cpu", "seconds")}}


def _told(found: dict[str, Figures]) -> str:
    return ", ".join(f"{name} {found[name]['rate']:.3g} a second" for name in ("ours", "peer"))


GROUP = Group(
    "many mails",
    cases,
    (
        Row(
            "1,000 mixed mails (short run: 200), Dovecot to receipted, mails a second ÷ peer",
            ratio("ours", "peer", "rate"),
            1.0,
            "×",
            at_least=True,
            reach=2,
            of=_told,  # type: ignore[arg-type]
        ),
    ),
    rounds=(1, 1),
)
