"""What is masked of a message whose raw mail goes: of its rows, of what stands beside them, of its sender."""

from dataclasses import dataclass
from functools import cached_property

from mailbot.domain.erasing import ERASED, MASK, NOBODY, Person, contacts_hidden

NOT_OF_PERSONS = frozenset({"unit_raw"})
"""The field of the block around a table that names no person; days and figures are none either."""


@dataclass(frozen=True)
class Masking:
    """How the texts of one message are masked.

    `person`: who is erased, hidden wherever it stands. `is_whole`: the message is the person's own, or too old to be
    kept; then its sender, whoever filled in its tables, and every address and mobile number go as well. `own` is
    whoever filled them in: hidden beside the rows alone, so that equal rows of two tables stay equal and count once.
    """

    person: Person = NOBODY
    is_whole: bool = False
    own: Person = NOBODY

    @cached_property
    def _both(self) -> Person:
        return self.person.with_(self.own)

    def in_row(self, text: str) -> str:
        """A text of a row, or of its sums."""
        return contacts_hidden(self.person.hidden(text)) if self.is_whole else self.person.hidden(text)

    def beside(self, text: str) -> str:
        """A subject, a file's name, a title, a finding, a reason."""
        return contacts_hidden(self._both.hidden(text)) if self.is_whole else self.person.hidden(text)

    def of_header(self, field: str, text: str, *, is_text: bool) -> str:
        """A text of the block around a table."""
        if self.is_whole and is_text and text and field not in NOT_OF_PERSONS:
            return MASK
        return self.beside(text)

    def address(self, address: str) -> str:
        """The address of a sender."""
        return ERASED if address and (self.is_whole or self.person.finds(address)) else address
