"""Orders from addresses that are not listed as staff's: nothing is done, and who wrote hears why.

So that somebody of staff who answers from a private address is not taken for a unit, and learns what went wrong.
"""

from mailbot.decide import staff_orders
from mailbot.domain.mail import Disposition, Waiting
from mailbot.domain.proof import Proof
from mailbot.domain.submission import Verdict
from mailbot.flows.enqueue import enqueue
from mailbot.flows.ports import App
from mailbot.letters.not_staff import not_staff_letter
from mailbot.mail.opening import Opened
from parsers.marks import quoted
from storage.journal import Judgement


def is_order_of_no_staff(app: App, opened: Opened) -> bool:
    """Whether a mail answers a letter to staff with something that staff may write, from an address of somebody else.

    A mail that answers such a letter in other words is judged like any mail: a person looks at it.
    """
    sender, head = opened.head.sender, opened.head
    if sender is None or sender.address.lower() in app.config.staff.everyone:
        return False
    orders = staff_orders.orders_in(opened, {sender.address.lower()}, answers_us=True)
    if not orders or not orders[0].is_understood:
        return False
    answered = (*head.in_reply_to, *head.references)
    with app.store.transaction() as tx:
        letter = tx.answered_letter(staff_orders.token_in(head), answered)
        return letter is not None or tx.answers_letter_to_staff(answered)


def refuse_order(app: App, waiting: Waiting, opened: Opened, proof: Proof) -> None:
    """Write down that nothing was done, and say so once a day to an address; in one transaction."""
    orders = staff_orders.orders_in(opened, {opened.head.sender.address.lower()} if opened.head.sender else (), True)
    line = orders[0].line[:40] if orders else ""
    reason = f"指令{quoted(line)}未办理：发件邮箱未登记为工作人员邮箱"
    day = waiting.received_at.astimezone(app.config.organisation.zone).date()
    with app.store.transaction() as tx:
        now, verdict = app.clock(), Verdict(Disposition.COMMAND, reason)
        tx.save(waiting.id, None, opened.head, opened.content_digest, opened.documents, verdict, now, proof)
        letter = not_staff_letter(opened.head, day)
        enqueue(app, tx, [letter] if letter else [], now, waiting.place.mailbox)
        entry = Judgement(
            waiting.sha256, app.config.campaign.id, now, order=reason, proof=proof, roster=app.roster_version
        )
        app.archive.journal.add(entry)
