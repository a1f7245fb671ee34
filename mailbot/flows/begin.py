"""Runs at start: finishes an erasure, marks as sent what the journal says was sent, retries skipped messages."""

from mailbot.flows.departures import note_departures
from mailbot.flows.erase import finish_erasing
from mailbot.flows.ports import App


def begin(app: App) -> None:
    """At the start of a daemon or of a pass: carry out what was to be erased; show each form as a view of its own, for
    whoever reads the database with other tools; ask again for what the archive had lost; know as sent what has left."""
    finish_erasing(app)
    app.store.publish(app.forms.values())
    with app.store.transaction() as tx:
        tx.retry()
    note_departures(app)
