"""Letters of which nobody can know whether they arrived, and how many copies too many may have left (RFC 1047)."""

from collections.abc import Iterable

from mailbot.domain.letter import LetterState, StoredLetter

_ON_THE_WAY = (LetterState.QUEUED, LetterState.SENDING)


def unknown(letters: Iterable[StoredLetter]) -> tuple[StoredLetter, ...]:
    """The letters that may have arrived or not: given up as such, or waiting to be looked up and tried again."""
    return tuple(
        letter
        for letter in letters
        if letter.state is LetterState.UNCERTAIN or (letter.state in _ON_THE_WAY and letter.copies)
    )


def surplus(letters: Iterable[StoredLetter]) -> int:
    """How many copies beyond the first may have left, at most."""
    return sum(
        letter.copies if letter.state is LetterState.SENT else max(0, letter.copies - 1)  # one is known to be there
        for letter in letters
    )
