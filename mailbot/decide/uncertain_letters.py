"""Letters whose delivery is unknown, and how many extra copies may have been sent (RFC 1047)."""

from collections.abc import Iterable

from mailbot.domain.letter import LetterState, StoredLetter

_ON_THE_WAY = (LetterState.QUEUED, LetterState.SENDING)


def of_unknown_outcome(letters: Iterable[StoredLetter]) -> tuple[StoredLetter, ...]:
    """The letters that may have arrived or not: given up as such, or waiting to be looked up and tried again."""
    return tuple(
        letter
        for letter in letters
        if letter.state is LetterState.UNCERTAIN or (letter.state in _ON_THE_WAY and letter.copies)
    )


def extra_copies(letters: Iterable[StoredLetter]) -> int:
    """How many copies beyond the first may have left, at most."""
    return sum(
        letter.copies if letter.state is LetterState.SENT else max(0, letter.copies - 1)  # one is known to be there
        for letter in letters
    )
