"""The database tables as SQLModel classes, without behaviour or relationships.

They can be read with any SQL tool: times are UTC text, words stand as they are, and `value` says of every figure which
cell of which sheet it came from and what stood there. Constraint names on PostgreSQL and SQLite are the same.
"""

from storage.tables.acts import Act
from storage.tables.letters import Letter, Rest, Tally
from storage.tables.mails import Attachment, Bounce, Folder, Issuer, Message, MessageState, Place
from storage.tables.submissions import Finding, Kind, Part, Record, Replacement, Submission, Value

__all__ = [
    "Act",
    "Attachment",
    "Bounce",
    "Finding",
    "Folder",
    "Issuer",
    "Kind",
    "Letter",
    "Message",
    "MessageState",
    "Part",
    "Place",
    "Record",
    "Replacement",
    "Rest",
    "Submission",
    "Tally",
    "Value",
]
