"""No sender takes more than its share of the reading: the rest of its mail waits, and none of it is lost."""

from datetime import timedelta

from mailbot.domain.errors import ReaderDied
from mailbot.domain.mail import Waiting
from mailbot.flows import archived
from mailbot.flows.ports import App


def defer(app: App, waiting: Waiting) -> bool:
    """Defer a message whose sender has had its share, until some of it is free again; whether it was deferred.

    Staff may write as often as they like. This is also what ends an exchange of letters with a robot that hides what
    it is.
    """
    try:
        head = archived.head(app, waiting.sha256)
    except ReaderDied:
        return False
    sender = head.sender.address if head.sender else ""
    if sender.lower() in app.config.staff.everyone:
        return False
    intake, now = app.config.intake, app.clock()
    shares = ((intake.per_sender_per_hour, timedelta(hours=1)), (intake.per_sender_per_day, timedelta(days=1)))
    with app.store.transaction() as tx:
        taken = [(tx.judged_of(sender, most - 1), span) for most, span in shares if most]
        free = max((judged_at + span for judged_at, span in taken if judged_at), default=now)
        if free > now:
            tx.defer(waiting.id, free)
    return free > now
