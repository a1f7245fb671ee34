"""Finds the letter of ours that a mail answers."""

from collections.abc import Collection

from sqlmodel import Session, col, or_, select

from mailbot.domain.letter import LetterKind, StoredLetter
from storage import tables
from storage.letter_rows import stored_letter

OF_STAFF = (LetterKind.CASE, LetterKind.TRANSCRIPT)
"""The letters whose one-time word is believed."""


class AnsweredLetters:
    """The part of a transaction that knows a letter of ours by what an answer names of it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def answered_letter(self, token: str | None, message_ids: Collection[str]) -> StoredLetter | None:
        """The letter to staff whose one-time word this is, or that has one of these Message-IDs."""
        of_token = [col(tables.Letter.key).endswith(f":{token}", autoescape=True)] if token else []
        query = select(tables.Letter).where(
            col(tables.Letter.kind).in_(OF_STAFF), or_(col(tables.Letter.message_id).in_(message_ids), *of_token)
        )
        row = self._session.exec(query.order_by(col(tables.Letter.id).desc()).limit(1)).first()
        return stored_letter(row) if row else None

    def answers_letter_to_staff(self, message_ids: Collection[str]) -> bool:
        """Whether one of these Message-IDs is that of a letter for staff, of whatever kind."""
        kinds = (*OF_STAFF, LetterKind.DIGEST, LetterKind.ALERT)
        query = select(tables.Letter.id).where(
            col(tables.Letter.kind).in_(kinds), col(tables.Letter.message_id).in_(message_ids)
        )
        return self._session.exec(query.limit(1)).first() is not None

    def letter_called(self, message_ids: Collection[str]) -> StoredLetter | None:
        """The latest letter of ours with one of these Message-IDs."""
        query = select(tables.Letter).where(col(tables.Letter.message_id).in_(message_ids))
        row = self._session.exec(query.order_by(col(tables.Letter.id).desc()).limit(1)).first()
        return stored_letter(row) if row else None
