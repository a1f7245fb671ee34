"""Knows letters as sent that have left by the journal, so that none of them leaves twice."""

import logging

from mailbot.flows.ports import App
from storage.journal import Departure

log = logging.getLogger(__name__)

NOTED_AT_ONCE = 500
"""Letters that are noted in one transaction: for its time nobody else can write."""


def note_departures(app: App) -> None:
    """Know them as sent: the database may be an older copy, or a crash may have come before its commit.

    Raises StoreError, ArchiveError.
    """
    with app.store.transaction() as tx:
        known = tx.sent_keys()
    departures = (entry for entry in app.archive.journal.entries() if isinstance(entry, Departure))
    unknown = [departure for departure in departures if departure.key not in known]
    for start in range(0, len(unknown), NOTED_AT_ONCE):
        with app.store.transaction() as tx:
            tx.departed(unknown[start : start + NOTED_AT_ONCE])
    if unknown:
        log.warning("%s letters have left by the journal, and the database did not know of it", len(unknown))
