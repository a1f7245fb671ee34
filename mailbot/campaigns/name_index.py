"""Finds the names of units inside a text, or around one, without looking at every name of a large roster."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

Spot = tuple[int, int, str]
"""Where a name stands in a text, from and to, and the name."""


class NameIndex:
    """Some names, each once. What a question costs grows with its text and what is found, not with their number."""

    def __init__(self, names: Mapping[str, object]) -> None:
        self._names = names

    def inside(self, text: str) -> Iterator[Spot]:
        """Every place of the text at which a name stands, from its beginning to its end."""
        for start in range(len(text)):
            for length in self._lengths.get(text[start : start + 2], ()):
                end = start + length
                if end <= len(text) and text[start:end] in self._names:
                    yield start, end, text[start:end]
            if text[start] in self._names:
                yield start, start + 1, text[start]

    def around(self, text: str) -> list[str]:
        """The names that hold the text, in their order; it has two characters at least."""
        pairs = [self._with_pair.get(text[place : place + 2], ()) for place in range(len(text) - 1)]
        return [name for name in min(pairs, key=len) if text in name]

    @cached_property
    def _lengths(self) -> Mapping[str, Sequence[int]]:
        """How long the names are that begin with two characters."""
        lengths = defaultdict[str, set[int]](set)
        for name in self._names:
            if len(name) >= 2:
                lengths[name[:2]].add(len(name))
        return {start: sorted(found) for start, found in lengths.items()}

    @cached_property
    def _with_pair(self) -> Mapping[str, Sequence[str]]:
        """The names that hold two characters beside each other."""
        found = defaultdict[str, list[str]](list)
        for name in self._names:
            for pair in {name[place : place + 2] for place in range(len(name) - 1)}:
                found[pair].append(name)
        return found
