"""Letters: what each one says, a file a kind; `rendering/` makes messages of them.

`receipts` answer the senders of mail, `notices` go to the contacts of a unit; `digests`, `alerts`, `delivery_alerts`
and `case_letters` go to staff. What a reminder says is decided with who owes what, in `decide.reminders`.
"""
