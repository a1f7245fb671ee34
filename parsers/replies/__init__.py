"""What an answer to a letter says, in its writer's own words, and which values of a table it means.

`said` reads words alone; `resolve` holds what was said against the table in question. Both are pure, know neither mail
nor storage, guess nothing in silence and raise nothing. The vocabulary lies in `words.toml`.
"""

from parsers.replies.model import (
    Acknowledge,
    Ask,
    Change,
    Confirm,
    Contact,
    Delete,
    Extend,
    Inquire,
    Kind,
    Numbered,
    Object,
    Place,
    Refused,
    Resolved,
    Row,
    Said,
    Table,
    ToPerson,
    Withdraw,
    Zero,
)
from parsers.replies.reading import said
from parsers.replies.resolving import resolve

__all__ = [
    "Acknowledge",
    "Ask",
    "Change",
    "Confirm",
    "Contact",
    "Delete",
    "Extend",
    "Inquire",
    "Kind",
    "Numbered",
    "Object",
    "Place",
    "Refused",
    "Resolved",
    "Row",
    "Said",
    "Table",
    "ToPerson",
    "Withdraw",
    "Zero",
    "resolve",
    "said",
]
