"""Keeps a failure to what it is about: one letter, one unit or one file fails, and those beside it go on.

What failed is told to staff and shown by `status` and `health`, until it succeeds or a day has passed.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from mailbot.domain.errors import ArchiveError, StoreError
from mailbot.flows.ports import App
from mailbot.letters.alert_causes import AGAIN_AFTER, Setback

log = logging.getLogger(__name__)


@contextmanager
def by_itself(app: App, key: str, about: str) -> Iterator[None]:
    """Do one of several like things; its failure is noted under `key`, and the next one follows.

    `about` says in Chinese what it is. What fails for all of them alike is raised: StoreError, ArchiveError. Write
    nothing to the database inside: a transaction that has failed in part must fail as a whole.
    """
    try:
        yield
    except (StoreError, ArchiveError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not cost the others; it is told
        note(app, key, about, error)
    else:
        app.setbacks.pop(key, None)


def note(app: App, key: str, about: str, error: Exception) -> None:
    """Write down what failed. The log has one sentence when it is new, and at level debug where it came from."""
    reason = "；".join(str(error).splitlines()) or type(error).__name__
    before, now = app.setbacks.get(key), app.clock()
    for old in [k for k, one in list(app.setbacks.items()) if now - one.at >= AGAIN_AFTER]:
        app.setbacks.pop(old, None)
    app.setbacks[key] = Setback(about, reason, now)
    if before is None or before.reason != reason:
        log.warning("%s failed, the others go on: %s", key, reason)
        log.debug("%s failed", key, exc_info=error)
