"""Cuts a cell's text into tokens, and gives a cursor over them; the grammars of counts and dates use both."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Token(NamedTuple):
    """A piece of text and what it is. What no rule knows has the kind "?"."""

    kind: str
    text: str


def lexer(rules: Iterable[tuple[str, str]]) -> re.Pattern[str]:
    """One pattern out of (kind, expression) rules, the first that matches wins; a kind is a name of letters."""
    return re.compile("|".join([*(f"(?P<{kind}>{expression})" for kind, expression in rules), r"(?P<unknown>[\s\S])"]))


def words(alternatives: str) -> str:
    """An expression for any of the words in a text, the longest first."""
    return "|".join(re.escape(word) for word in sorted(alternatives.split(), key=len, reverse=True))


def lex(pattern: re.Pattern[str], text: str) -> list[Token]:
    """The whole text as tokens."""
    return [
        Token("?" if match.lastgroup == "unknown" else str(match.lastgroup), match[0])
        for match in pattern.finditer(text)
    ]


_END = Token("end", "")


class Cursor:
    """A place in a list of tokens that moves on as tokens are taken."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self.at = 0

    def peek(self, ahead: int = 0) -> Token:
        """The token `ahead` places further on, or one of kind "end"."""
        place = self.at + ahead
        return self._tokens[place] if place < len(self._tokens) else _END

    def kinds(self, count: int) -> tuple[str, ...]:
        """The kinds of the next tokens."""
        return tuple(self.peek(ahead).kind for ahead in range(count))

    def take(self, *kinds: str) -> Token | None:
        """The next token if it is of one of the kinds, and the cursor moves on."""
        token = self.peek()
        if token.kind not in kinds:
            return None
        self.at += 1
        return token

    def since(self, start: int) -> Sequence[Token]:
        """The tokens taken from a place on."""
        return self._tokens[start : self.at]

    def done(self) -> bool:
        """Whether every token was taken."""
        return self.at >= len(self._tokens)
